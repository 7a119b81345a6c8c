"""Odoo 16 and later: partners, receivables and reconciliations in; limits, holds and notes out.

Built from the documentation: JSON-RPC (`/jsonrpc`, service object, execute_kw) up to Odoo 18,
https://www.odoo.com/documentation/18.0/developer/reference/external_api.html, and JSON-2
(`/json/2/<model>/<method>`, bearer key) from 19 on, where RPC is deprecated,
https://www.odoo.com/documentation/19.0/developer/reference/external_api.html. Models and fields
as in the source of `addons/account` (account.move, account.move.line, account.partial.reconcile).

Everything is read from the receivable lines: a payment, a bank statement and a manual entry look
alike there. Money that reaches an invoice in another currency is left to the tie-out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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
from dunwell.formats.odoo_rows import (
    DOCUMENTS,
    ENDS,
    LINE,
    MOVE,
    PARTIAL,
    PARTNER,
    allocations,
    amount,
    customer,
    item,
    key,
    open_rows,
    payment,
)
from dunwell.formats.outside_answers import (
    GONE,
    OK,
    Door,
    Place,
    check_status,
    only_company,
    read_json,
    read_place,
    schema_fault,
    words,
)

OLDEST, NEWEST = 16, 19
PAGE = 1_000
OVERLAP = timedelta(minutes=10)
MOMENT = "%Y-%m-%d %H:%M:%S"
PHASES = ("customers", "moves", "lines", "partials")
RECEIVABLE = ["account_type", "=", "asset_receivable"]
_CREDENTIALS = ("AccessDenied", "AccessError", "Unauthorized", "SessionExpired")
_HOLD = {"1": "block", "": "no-message"}


@dataclass(kw_only=True, slots=True)
class OdooLedger:
    """An Odoo database; keeps to `connectors.outside_ledgers.OutsideLedger`.

    With `user` it is asked by JSON-RPC, without by JSON-2.
    """

    door: Door
    address: str
    database: str
    secret: str
    user: str = ""
    company: str = ""
    _uid: int = field(default=0, init=False)
    _company_id: int = field(default=0, init=False)

    def system(self) -> OutsideSystem:
        """Sign in; see `OutsideLedger`."""
        version = self._version()
        if self.user:
            self._uid = self._login()
        companies = self._read("res.company", [], ("id", "name", "currency_id"), order="id")
        named = [(str(one["name"]), one) for one in companies]
        ours = only_company(named, self.company, who="Odoo; it")
        self._company_id = int(ours["id"])
        known = self._call("res.partner", "fields_get", allfields=["credit_limit", "sale_warn"])
        writes = {ChangeKind.NOTE}
        writes |= {ChangeKind.CREDIT_LIMIT} if "credit_limit" in known else set()
        writes |= {ChangeKind.HOLD} if "sale_warn" in known else set()
        return OutsideSystem(
            product="Odoo",
            version=version,
            company=str(ours["name"]),
            currency=str(ours["currency_id"][1]),
            writes=frozenset(writes),
        )

    def pull(self, cursor: str) -> Pulled:
        """Return the next page; see `OutsideLedger`."""
        self._enter()
        place = read_place(cursor)
        name = PHASES[place.phase]
        try:
            if name not in place.marks:
                place = replace(place, marks={**place.marks, name: self._mark(place, name)})
            found = self._page(place, name)
            pulled = {
                "customers": self._customers,
                "moves": self._moves,
                "lines": self._lines,
                "partials": self._partials,
            }[name](found)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise schema_fault("Odoo", error) from error
        after = str(found[-1]["id"]) if len(found) == PAGE else ""
        return place.then(pulled, phases=len(PHASES), after=after)

    def open_now(self) -> list[OutsideOpen]:
        """Return what is not reconciled on receivable accounts; see `OutsideLedger`."""
        self._enter()
        domain = [RECEIVABLE, ["parent_state", "=", "posted"], ["reconciled", "=", False]]
        fields = (*LINE, "amount_residual_currency")
        try:
            lines = list(self._all("account.move.line", [*domain, self._ours()], fields))
            owners = self._commercial({key(one["partner_id"]) for one in lines} - {""})
            return open_rows(lines, owners)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise schema_fault("Odoo", error) from error

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:
        """Write limits, blocks and notes at partners; see `OutsideLedger`."""
        writes = self.system().writes
        return [
            self._write(one, dry_run=dry_run)
            if one.kind in writes
            else OutsideWrite(
                key=one.key, verdict=WriteVerdict.UNSUPPORTED, text=f"Odoo has no {one.kind} here"
            )
            for one in changes
        ]

    # what is read

    def _customers(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        return Pulled(customers=tuple(customer(one) for one in found), cursor="", is_last=False)

    def _moves(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        told = [one for one in found if one["invoice_date"] and one["name"] not in {"/", False}]
        keys = {int(one["commercial_partner_id"][0]) for one in told}
        partners = self._read("res.partner", [["id", "in", sorted(keys)]], PARTNER) if keys else []
        return Pulled(
            customers=tuple(customer(one) for one in partners),
            items=tuple(item(one) for one in told if one["amount_total"]),
            cursor="",
            is_last=False,
        )

    def _lines(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        told = [one for one in found if amount(one["amount_currency"])]
        owners = self._commercial({key(one["partner_id"]) for one in told if one["partner_id"]})
        return Pulled(
            payments=tuple(payment(one, owners) for one in told), cursor="", is_last=False
        )

    def _partials(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        """Return all that is on the pairs of these partials, by the documents of their lines."""
        if not found:
            return Pulled(cursor="", is_last=False)
        debits = self._lines_of({int(one["debit_move_id"][0]) for one in found})
        moves = sorted({int(one["move_id"][0]) for one in debits.values()})
        domain = [["debit_move_id.move_id", "in", moves]]
        every = {one["id"]: one for one in self._all("account.partial.reconcile", domain, PARTIAL)}
        lines = self._lines_of({int(one[end][0]) for one in every.values() for end in ENDS})
        return Pulled(allocations=allocations(every.values(), lines), cursor="", is_last=False)

    def _ours(self) -> list[Any]:
        return ["company_id", "=", self._company_id]

    def _domain(self, name: str) -> tuple[str, list[Any], Sequence[str]]:
        if name == "customers":
            return "res.partner", [["customer_rank", ">", 0], ["parent_id", "=", False]], PARTNER
        if name == "moves":
            kinds = ["move_type", "in", sorted(DOCUMENTS)]
            states = ["state", "in", ["posted", "cancel"]]
            return "account.move", [kinds, states, self._ours()], MOVE
        if name == "lines":
            kinds = ["move_type", "not in", sorted(DOCUMENTS)]
            posted = ["parent_state", "=", "posted"]
            return "account.move.line", [RECEIVABLE, kinds, posted, self._ours()], LINE
        receivable = ["debit_move_id.account_type", "=", "asset_receivable"]
        return "account.partial.reconcile", [receivable, self._ours()], PARTIAL

    def _page(self, place: Place, name: str) -> list[dict[str, Any]]:
        model, domain, fields = self._domain(name)
        if since := place.since.get(name):
            domain = [*domain, ["write_date", ">=", since]]
        if place.after:
            domain = [*domain, ["id", ">", int(place.after)]]
        return self._read(model, domain, fields, order="id", limit=PAGE)

    def _mark(self, place: Place, name: str) -> str:
        """Return the moment the next sync looks back to: the newest there is, less an overlap.

        Asked before the first page is read, since a row that changes while pages are read may
        lie before the place.
        """
        model, domain, _ = self._domain(name)
        newest = self._read(model, domain, ("write_date",), order="write_date desc", limit=1)
        if not newest:
            return place.since.get(name, "")
        told = datetime.strptime(newest[0]["write_date"], MOMENT)  # noqa: DTZ007 -- their text
        return (told - OVERLAP).strftime(MOMENT)

    def _all(
        self, model: str, domain: list[Any], fields: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        after = 0
        while True:
            found = self._read(
                model, [*domain, ["id", ">", after]], fields, order="id", limit=PAGE
            )
            yield from found
            if len(found) < PAGE:
                return
            after = int(found[-1]["id"])

    def _lines_of(self, keys: set[int]) -> dict[int, dict[str, Any]]:
        domain = [["id", "in", sorted(keys)]]
        return {int(one["id"]): one for one in self._all("account.move.line", domain, LINE)}

    def _commercial(self, keys: set[str]) -> dict[str, str]:
        """Return the commercial partner of each partner: who owes, whoever was addressed."""
        domain = [["id", "in", sorted(int(key) for key in keys)]]
        found = self._all("res.partner", domain, ("id", "commercial_partner_id")) if keys else ()
        return {str(one["id"]): key(one["commercial_partner_id"]) for one in found}

    # what is written

    def _write(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        partner = int(one.customer)
        if one.kind is ChangeKind.NOTE:
            mark = f"[{one.key}]"
            about = [["model", "=", "res.partner"], ["res_id", "=", partner]]
            domain = [*about, ["body", "ilike", mark]]
            if self._read("mail.message", domain, ("id",), limit=1):
                return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME)
            if not dry_run:
                self._call(
                    "res.partner", "message_post", ids=[partner], body=f"{one.value} {mark}"
                )
            return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES)
        name = "credit_limit" if one.kind is ChangeKind.CREDIT_LIMIT else "sale_warn"
        rows = self._read("res.partner", [["id", "=", partner]], (name,))
        if not rows:
            return OutsideWrite(
                key=one.key, verdict=WriteVerdict.REFUSED, text="the customer is not in Odoo"
            )
        values: dict[str, Any]
        if one.kind is ChangeKind.CREDIT_LIMIT:
            was, now = amount(rows[0][name]), Decimal(one.value or 0)
            before, is_same = format(was, "f"), was == now
            values = {"credit_limit": float(now), "use_partner_credit_limit": bool(one.value)}
        else:
            before = "1" if rows[0][name] == _HOLD["1"] else ""
            is_same = before == one.value
            values = {"sale_warn": _HOLD[one.value], "sale_warn_msg": "Held by credit control"}
        if is_same:
            return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME, before=before)
        if not dry_run:
            self._call("res.partner", "write", ids=[partner], vals=values)
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES, before=before)

    # how it is asked

    def _enter(self) -> None:
        if not self._company_id:
            self.system()

    def _version(self) -> str:
        if self.user:
            told = self._rpc("common", "version", [])
            version = str(told.get("server_version", "") if isinstance(told, dict) else "")
        else:
            answer = self._ask("GET", "/web/version", None)
            document = read_json(answer, who="Odoo") if answer.status == OK else {}
            version = str(document.get("version", "") if isinstance(document, dict) else "")
        number = version.removeprefix("saas~").split(".")[0].split("-")[0]
        major = int(number) if number.isdigit() else 0
        if not OLDEST <= major <= NEWEST:
            raise OutsideError(
                OutsideFault.VERSION,
                f"Odoo {version or '(no version)'} answers; {OLDEST} to {NEWEST} are known.",
            )
        return version

    def _login(self) -> int:
        told = self._rpc("common", "authenticate", [self.database, self.user, self.secret, {}])
        if not told:
            raise OutsideError(
                OutsideFault.CREDENTIALS, "Odoo does not know this user, key or database."
            )
        return int(told)

    def _read(
        self,
        model: str,
        domain: list[Any],
        fields: Sequence[str],
        *,
        order: str = "",
        limit: int = 0,
    ) -> list[dict[str, Any]]:
        told: dict[str, Any] = {"domain": domain, "fields": list(fields)}
        told |= {"order": order} if order else {}
        told |= {"limit": limit} if limit else {}
        found = self._call(model, "search_read", **told)
        if not isinstance(found, list):
            raise OutsideError(OutsideFault.SCHEMA, f"Odoo answered no list of {model}.")
        return found

    def _call(self, model: str, method: str, *, ids: Sequence[int] = (), **named: Any) -> Any:
        if self.user:
            positional = [list(ids)] if ids else []
            args = [self.database, self._uid, self.secret, model, method, positional, named]
            return self._rpc("object", "execute_kw", args)
        document = {**({"ids": list(ids)} if ids else {}), **named}
        answer = self._ask("POST", f"/json/2/{model}/{method}", document)
        if answer.status == OK:
            return read_json(answer, who="Odoo")
        check_status(answer, who="Odoo")
        told = read_json(answer, who="Odoo")
        text = told.get("message", "") if isinstance(told, dict) else told
        name = str(told.get("name", "")) if isinstance(told, dict) else ""
        raise _fault(name, str(text), is_gone=answer.status == GONE)

    def _rpc(self, service: str, method: str, args: list[Any]) -> Any:
        document = {
            "jsonrpc": "2.0", "method": "call", "id": 1,
            "params": {"service": service, "method": method, "args": args},
        }  # fmt: skip
        answer = self._ask("POST", "/jsonrpc", document)
        check_status(answer, who="Odoo")
        told = read_json(answer, who="Odoo")
        if isinstance(told, dict) and "error" in told:
            data = told["error"].get("data") or {}
            text = data.get("message") or told["error"].get("message", "")
            raise _fault(str(data.get("name", "")), str(text), is_gone=False)
        if not isinstance(told, dict) or "result" not in told:
            raise OutsideError(OutsideFault.VERSION, "What answers is no Odoo; check the address.")
        return told["result"]

    def _ask(self, method: str, path: str, document: dict[str, Any] | None) -> Any:
        headers = {"Content-Type": "application/json", "User-Agent": "Dunwell"}
        if not self.user:
            headers |= {"Authorization": f"bearer {self.secret}", "X-Odoo-Database": self.database}
        body = None if document is None else json.dumps(document).encode()
        return self.door.ask(method, f"{self.address}{path}", body=body, headers=headers)


def _fault(name: str, text: str, *, is_gone: bool) -> OutsideError:
    if any(name.endswith(one) for one in _CREDENTIALS):
        return OutsideError(OutsideFault.CREDENTIALS, f"Odoo does not allow it: {words(text)}")
    is_schema = is_gone or name.endswith(("KeyError", "ValueError", "AttributeError"))
    fault = OutsideFault.SCHEMA if is_schema else OutsideFault.REFUSED
    return OutsideError(fault, f"Odoo refuses: {words(text)}")
