"""Tryton 7.0 to 8: parties, receivables and reconciliations in; limits and notes out.

Tryton's JSON-RPC (`/<database>/`, later `/<database>/rpc/`) with the session of a user, as in
https://docs.tryton.org/latest/server/topics/ and the source of `trytond/protocols`; models and
fields as in its modules party, account, account_invoice and account_credit_limit. Keys of user
applications are not used: they open the REST interface alone, which 7.0 does not have.

Tryton has no field that holds deliveries to a customer, so holds are not written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dunwell.formats.connection_rows import (
    ChangeKind,
    OutsideChange,
    OutsideError,
    OutsideFault,
    OutsideOpen,
    OutsideSystem,
    OutsideWrite,
    Pulled,
    WriteVerdict,
)
from dunwell.formats.outside_answers import (
    OK,
    Door,
    Place,
    only_company,
    read_place,
    schema_fault,
)
from dunwell.formats.tryton_rows import (
    ADDRESS,
    INVOICE,
    LINE,
    PARTY,
    WATCHED,
    Bound,
    addresses,
    allocations,
    amount,
    check_numbers,
    customer,
    documents,
    exchange_lines,
    item,
    linked,
    moves_of,
    open_rows,
    payment,
    receivables,
)
from dunwell.formats.tryton_rpc import check_version, request, result_of, session_of, since

PAGE = 1_000
TOGETHER = 500
MOVES = ("move", "cancel_move", "additional_moves")
OVERLAP = timedelta(minutes=10)
PHASES = ("customers", "invoices", "lines", "reconciliations", "puts")
Row = Mapping[str, Any]
Domain = list[Any]


@dataclass(kw_only=True, slots=True)
class TrytonLedger:
    """A Tryton database; keeps to `connectors.outside_ledgers.OutsideLedger`.

    `category` names the party category of customers; without it every party is one that is
    neither a company nor an employee there.
    """

    door: Door
    address: str
    database: str
    user: str
    secret: str
    company: str = ""
    category: str = ""
    _path: str = field(default="", init=False)
    _session: str = field(default="", init=False)
    _context: dict[str, Any] = field(default_factory=dict, init=False)
    _system: OutsideSystem | None = field(default=None, init=False)

    def system(self) -> OutsideSystem:
        """Sign in; see `OutsideLedger`."""
        self._session, self._context = "", {}
        version = self._version()
        self._login()
        # those of a form: those of a context name no companies in 7.0
        mine = self._call("model.res.user.get_preferences", False, {}).get("companies", [])  # noqa: FBT003
        fields = ("id", "party.name", "currency.code")
        found = self._read("company.company", [["id", "in", mine]], fields)
        named = [(str(linked(one, "party", "name")), one) for one in found]
        ours = only_company(named, self.company, who="Tryton; the user")
        self._context = {"company": ours["id"], "active_test": False}
        known = self._call("model.party.party.fields_get", ["credit_limit_amount"], self._context)
        limits = {ChangeKind.CREDIT_LIMIT} if "credit_limit_amount" in known else set()
        self._system = OutsideSystem(
            product="Tryton",
            version=version,
            company=str(linked(ours, "party", "name")),
            currency=str(linked(ours, "currency", "code")),
            writes=frozenset({ChangeKind.NOTE, *limits}),
        )
        return self._system

    def pull(self, cursor: str) -> Pulled:
        """Return the next page; see `OutsideLedger`."""
        self._enter()
        place = read_place(cursor)
        name = PHASES[place.phase]
        try:
            if name not in place.marks:
                place = replace(place, marks={**place.marks, name: self._mark(place, name)})
            found = self._page(place, name)
            pulled = self._pages()[name](found)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise schema_fault("Tryton", error) from error
        after = str(found[-1]["id"]) if len(found) == PAGE else ""
        return place.then(pulled, phases=len(PHASES), after=after)

    def open_now(self) -> list[OutsideOpen]:
        """Return what is not reconciled on receivable accounts; see `OutsideLedger`."""
        self._enter()
        try:
            return open_rows(self._bound(self._all(self._lines(["reconciliation", "=", None]))))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise schema_fault("Tryton", error) from error

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:
        """Write limits and notes at parties; see `OutsideLedger`."""
        self._enter()
        return [self._write(one, dry_run=dry_run) for one in changes]

    # what is read

    def _pages(self) -> Mapping[str, Callable[[Sequence[Row]], Pulled]]:
        return {
            "customers": lambda found: _pulled(customers=self._parties(found)),
            "invoices": self._documents,
            "lines": self._money,
            "reconciliations": self._reconciled,
            "puts": self._settled,
        }

    def _parties(self, found: Sequence[Row]) -> tuple[Any, ...]:
        domain = [["party", "in", [one["id"] for one in found]], ["active", "=", True]]
        by_party = addresses(self._all(("party.address", domain, ADDRESS))) if found else {}
        return tuple(customer(one, by_party.get(one["id"], {})) for one in found)

    def _named(self, keys: set[str]) -> tuple[Any, ...]:
        """Return the parties of these keys, whatever their category."""
        ids = sorted(int(key) for key in keys - {""})
        return self._parties(self._some("party.party", ("id",), ids, PARTY))

    def _documents(self, found: Sequence[Row]) -> Pulled:
        by_move: dict[int, list[Row]] = {}
        for line in self._lines_of("move", [one["move"] for one in found]):
            by_move.setdefault(line["move"], []).append(line)
        numbers = sorted({one["number"] for one in found})
        check_numbers(self._some("account.invoice", ("number",), numbers, INVOICE, self._out()))
        items = tuple(item(one, by_move.get(one["move"], ())) for one in found)
        return _pulled(
            customers=self._named({one.customer for one in items}),
            items=tuple(one for one in items if one.amount),
        )

    def _money(self, found: Sequence[Row]) -> Pulled:
        bound, exchange = self._bound(found), self._exchange(found)
        payments = tuple(
            payment(one, bound) for one in found
            if bound.invoice(one) is None and amount(one) and one["id"] not in exchange
        )  # fmt: skip
        return _pulled(
            customers=self._named({one.customer for one in payments}), payments=payments
        )

    def _exchange(self, found: Sequence[Row]) -> frozenset[int]:
        """Return the lines that reconciling itself added for the difference of two rates."""
        own = [one["id"] for one in found if one["reconciliation"] and not one["second_currency."]]
        mixed = ["reconciliation.lines.second_currency", "!=", None]
        some = self._some("account.move.line", ("id",), own, ("id", "reconciliation"), [mixed])
        joined = sorted({one["reconciliation"] for one in some})
        return exchange_lines(self._lines_of("reconciliation", joined))

    def _reconciled(self, found: Sequence[Row]) -> Pulled:
        lines = self._lines_of("reconciliation", [one["id"] for one in found])
        owners = self._owners({one["move"] for one in lines})
        return self._settled(list({one["id"]: one for one in owners.values()}.values()))

    def _settled(self, invoices: Sequence[Row]) -> Pulled:
        """Return all that is on these invoices, whatever joined it."""
        own = self._lines_of("move", [move for one in invoices for move in moves_of(one)])
        joined = sorted({one["reconciliation"] for one in own} - {None})
        lines = {one["id"]: one for one in own}
        lines |= {one["id"]: one for one in self._lines_of("reconciliation", joined)}
        named = self._lines_of("invoice_payment", [one["id"] for one in invoices])
        lines |= {one["id"]: one for one in named if one["reconciliation"] is None}
        numbers = {one["number"] for one in invoices}
        pairs = allocations(self._bound(list(lines.values())))
        return _pulled(allocations=tuple(one for one in pairs if one.item in numbers))

    def _bound(self, lines: Iterator[Row] | Sequence[Row]) -> Bound:
        kept = tuple(lines)
        return Bound(
            lines=kept,
            invoices=self._owners({one["move"] for one in kept}),
            currency=self._enter().currency,
        )

    def _owners(self, moves: set[int]) -> dict[int, Row]:
        """Return the customer invoice that each of these moves belongs to."""
        found = self._some("account.invoice", MOVES, sorted(moves), INVOICE, self._out())
        return {move: one for one in found for move in moves_of(one)}

    def _lines_of(self, name: str, keys: Sequence[int]) -> list[Row]:
        model, domain, fields = self._lines()
        return self._some(model, (name,), keys, fields, domain)

    def _out(self) -> Domain:
        return documents(self._context["company"])

    def _lines(self, *more: Domain) -> tuple[str, Domain, Sequence[str]]:
        return "account.move.line", [*receivables(self._context["company"]), *more], LINE

    def _asked_for(self, name: str) -> tuple[str, Domain, Sequence[str]]:
        if name == "customers":
            return "party.party", self._who(), PARTY
        if name == "invoices":
            return "account.invoice", self._out(), INVOICE
        if name == "lines":
            return self._lines()
        if name == "reconciliations":
            domain = [["company", "=", self._context["company"]]]
            return "account.move.reconciliation", domain, ("id",)
        # a line that was put on an invoice, by people or by a bank statement, changes the invoice
        return "account.invoice", [*self._out(), ["payment_lines", "!=", None]], INVOICE

    def _who(self) -> Domain:
        active = ["active", "=", True]
        if self.category:
            return [active, ["categories.name", "=", self.category]]
        models = ("company.company", "company.employee")
        own = [one["party"] for model in models for one in self._all((model, [], ("id", "party")))]
        return [active, ["id", "not in", own]]

    def _page(self, place: Place, name: str) -> list[dict[str, Any]]:
        model, domain, fields = self._asked_for(name)
        if moment := place.since.get(name):
            heads = ("addresses.", "contact_mechanisms.") if name == "customers" else ()
            domain = [*domain, since(moment, *heads)]
        if place.after:
            domain = [*domain, ["id", ">", int(place.after)]]
        return self._read(model, domain, fields, limit=PAGE)

    def _mark(self, place: Place, name: str) -> str:
        """Return the moment the next sync looks back to: the newest there is, less an overlap.

        Asked before the first page is read, since a row that changes while pages are read may
        lie before the place.
        """
        newest = [
            one[moment]
            for model in WATCHED[name]
            for moment in ("create_date", "write_date")
            for one in self._read(
                model, [[moment, "!=", None]], (moment,), order=[[moment, "DESC"]], limit=1
            )
        ]
        return (max(newest) - OVERLAP).isoformat() if newest else place.since.get(name, "")

    def _some(
        self,
        model: str,
        names: Sequence[str],
        keys: Sequence[int | str],
        fields: Sequence[str],
        domain: Sequence[Any] = (),
    ) -> list[Row]:
        """Return the records one of whose fields is one of these keys, some keys at a time."""
        parts = [keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER)]
        either = [["OR", *([name, "in", part] for name in names)] for part in parts]
        return [one for some in either for one in self._all((model, [*domain, some], fields))]

    def _all(self, what: tuple[str, Domain, Sequence[str]]) -> Iterator[Row]:
        model, domain, fields = what
        after = 0
        while True:
            found = self._read(model, [*domain, ["id", ">", after]], fields, limit=PAGE)
            yield from found
            if len(found) < PAGE:
                return
            after = int(found[-1]["id"])

    # what is written

    def _write(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        if one.kind not in self._enter().writes:
            text = f"Tryton has no {one.kind} here"
            return OutsideWrite(key=one.key, verdict=WriteVerdict.UNSUPPORTED, text=text)
        try:
            if one.kind is ChangeKind.NOTE:
                return self._note(one, dry_run=dry_run)
            return self._limit(one, dry_run=dry_run)
        except OutsideError as error:
            if error.fault is not OutsideFault.REFUSED:
                raise
            return OutsideWrite(key=one.key, verdict=WriteVerdict.REFUSED, text=str(error))

    def _note(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        resource, mark = f"party.party,{int(one.customer)}", f"[{one.key}]"
        domain = [["resource", "=", resource], ["message", "like", f"%{mark}%"]]
        if self._read("ir.note", domain, ("id",), limit=1):
            return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME)
        if not dry_run:
            note = {"resource": resource, "message": f"{one.value} {mark}"}
            self._call("model.ir.note.create", [note], self._context)
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES)

    def _limit(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        party, name, currency = int(one.customer), "credit_limit_amount", self._enter().currency
        rows = self._read("party.party", [["id", "=", party]], (name,))
        if not rows:
            raise OutsideError(OutsideFault.REFUSED, "the customer is not in Tryton")
        if one.value and one.currency != currency:
            raise OutsideError(OutsideFault.REFUSED, f"limits in Tryton are in {currency}")
        was, now = rows[0][name], Decimal(one.value) if one.value else None
        before = "" if was is None else format(was, "f")
        if was == now:
            return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME, before=before)
        if not dry_run:
            self._call("model.party.party.write", [party], {name: now}, self._context)
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES, before=before)

    # how it is asked

    def _enter(self) -> OutsideSystem:
        return self._system or self.system()

    def _version(self) -> str:
        """Return the version; from 8.0 on the server is asked at another place than before."""
        method = "common.server.version"
        path, answer = "/rpc/", self._ask("/rpc/", method, [])
        if answer.status != OK:
            path, answer = "/", self._ask("/", method, [])
        version = str(result_of(answer, method))
        check_version(version)
        self._path = f"/{self.database}{path}"
        return version

    def _login(self) -> None:
        opened = self._call("common.db.login", self.user, {"password": self.secret})
        self._session = session_of(self.user, opened)

    def _read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        order: Sequence[Sequence[str]] = (("id", "ASC"),),
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        method = f"model.{model}.search_read"
        try:
            found = self._call(method, domain, 0, limit, order, fields, self._context)
        except OutsideError as error:
            if error.fault is OutsideFault.REFUSED:
                # reading is refused to who may not
                raise OutsideError(OutsideFault.CREDENTIALS, str(error)) from error
            raise
        if not isinstance(found, list):
            raise OutsideError(OutsideFault.SCHEMA, f"Tryton answered no list of {model}.")
        return found

    def _call(self, method: str, *params: Any) -> Any:
        return result_of(self._ask(self._path, method, list(params)), method)

    def _ask(self, path: str, method: str, params: list[Any]) -> Any:
        body, headers = request(method, params, self._session)
        return self.door.ask("POST", f"{self.address}{path}", body=body, headers=headers)


def _pulled(**rows: tuple[Any, ...]) -> Pulled:
    return Pulled(**rows, cursor="", is_last=False)
