"""ERPNext 14 to 16: customers, sales invoices and the payment ledger in; limits, holds, notes out.

Built from the documentation of Frappe's REST API (token authentication, `/api/resource`,
`/api/method`), https://docs.frappe.io/framework/user/en/api/rest, and from the doctypes and
methods in the source of frappe/frappe and frappe/erpnext. Lists are asked by POST to
`frappe.client.get_list`: a list of names does not fit into an address there.

What is on what is read from Payment Ledger Entry, where payment entries, journal entries and
credit notes look alike.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from dunwell.formats.connection_rows import (
    ChangeKind,
    OutsideChange,
    OutsideCustomer,
    OutsideError,
    OutsideFault,
    OutsideOpen,
    OutsideSystem,
    OutsideWrite,
    Pulled,
    WriteVerdict,
)
from dunwell.formats.erpnext_answers import ErpnextRefusal, held, limited, refusal
from dunwell.formats.erpnext_rows import (
    ADDRESS,
    CUSTOMER,
    ENTRY,
    INVOICE,
    PAYMENT,
    SALES_INVOICE,
    Told,
    against,
    customer,
    invoices,
    ledger,
    open_rows,
    plain,
    voucher,
)
from dunwell.formats.outside_answers import (
    FORBIDDEN,
    OK,
    Door,
    Place,
    check_status,
    only_company,
    read_json,
    read_place,
    schema_fault,
)

OLDEST, NEWEST = 14, 16
PAGE, TOGETHER = 1_000, 500
OVERLAP = timedelta(minutes=70)
"""Moments there are local times: in autumn an hour comes twice."""
MOMENT = "%Y-%m-%d %H:%M:%S.%f"
Filters = list[list[Any]]
PHASES = ("customers", "invoices", "entries")
DOCTYPES = {
    "customers": ("Customer", CUSTOMER),
    "invoices": (INVOICE, SALES_INVOICE),
    "entries": ("Payment Ledger Entry", ENTRY),
}
LIST = "/api/method/frappe.client.get_list"
TRIES = 3
_BROKEN = (KeyError, TypeError, ValueError, ArithmeticError, IndexError)


@dataclass(kw_only=True, slots=True)
class ErpnextLedger:
    """A company in an ERPNext site; keeps to `connectors.outside_ledgers.OutsideLedger`."""

    door: Door
    address: str
    key: str
    secret: str
    company: str = ""
    _user: str = field(default="", init=False)
    _chosen: str = field(default="", init=False)
    _currency: str = field(default="", init=False)
    _countries: dict[str, str] | None = field(default=None, init=False)

    def system(self) -> OutsideSystem:
        """Sign in; see `OutsideLedger`."""
        self._user = str(self._method("frappe.auth.get_logged_user"))
        version = self._version()
        companies = self._page("Company", ("name", "default_currency"), [], order="name asc")
        named = [(str(one["name"]), one) for one in companies]
        ours = only_company(named, self.company, who="ERPNext; it")
        self._chosen = str(ours["name"])
        self._currency = str(ours["default_currency"])
        return OutsideSystem(
            product="ERPNext",
            version=version,
            company=self._chosen,
            currency=self._currency,
            writes=frozenset(ChangeKind),
        )

    def pull(self, cursor: str) -> Pulled:
        """Return the next page; see `OutsideLedger`."""
        self._enter()
        place = read_place(cursor)
        name = PHASES[place.phase]
        try:
            if not place.marks:
                # before anything is read: what changes meanwhile is read again the next time
                place = replace(place, marks={one: self._mark(place, one) for one in PHASES})
            found = self._next(place, name)
            pulled = {
                "customers": self._customer_page,
                "invoices": self._invoice_page,
                "entries": self._entry_page,
            }[name](found)
            is_full = len(found) == PAGE
            after = f"{found[-1]['modified']}|{found[-1]['name']}" if is_full else ""
        except _BROKEN as error:
            raise schema_fault("ERPNext", error) from error
        return place.then(pulled, phases=len(PHASES), after=after)

    def open_now(self) -> list[OutsideOpen]:
        """Return outstanding invoices, and money that is on none; see `OutsideLedger`."""
        self._enter()
        fields = ("name", "customer", "party_account_currency", "outstanding_amount")
        standing: Filters = [["docstatus", "=", 1], ["outstanding_amount", "!=", 0], self._ours()]
        loose: Filters = [["against_voucher_type", "!=", INVOICE], ["delinked", "=", 0]]
        try:
            owed = list(self._all(INVOICE, fields, standing))
            loosely = self._all(*DOCTYPES["entries"], [*loose, *self._book()])
            names = {str(one["voucher_no"]) for one in loosely}
            entries = self._named(*DOCTYPES["entries"], "voucher_no", names, self._book())
            return open_rows(owed, entries, company_currency=self._currency)
        except _BROKEN as error:
            raise schema_fault("ERPNext", error) from error

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:
        """Write limits, holds and notes at customers; see `OutsideLedger`."""
        self._enter()
        found = []
        for one in changes:
            try:
                write = self._note if one.kind is ChangeKind.NOTE else self._customer_write
                found.append(write(one, dry_run=dry_run))
            except ErpnextRefusal as error:
                found.append(
                    OutsideWrite(key=one.key, verdict=WriteVerdict.REFUSED, text=str(error))
                )
            except _BROKEN as error:
                raise schema_fault("ERPNext", error) from error
        return found

    # what is read

    def _customer_page(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        return Pulled(customers=self._customers(found), cursor="", is_last=False)

    def _invoice_page(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        names = {str(one["name"]) for one in found}
        book: Filters = [["voucher_type", "=", INVOICE], ["delinked", "=", 0], *self._book()]
        own = self._named(*DOCTYPES["entries"], "voucher_no", names, book)
        return self._pulled(invoices(found, own, self._currency))

    def _entry_page(self, found: Sequence[Mapping[str, Any]]) -> Pulled:
        """Return all that is on the documents these entries name, and all of their vouchers."""
        doctype, fields = DOCTYPES["entries"]
        settled = {against(one) for one in found if against(one) != voucher(one)}
        names = {one.name for one in settled}
        on_them = self._named(doctype, fields, "against_voucher_no", names, self._book())
        made = {voucher(one) for one in (*found, *on_them)} | settled
        makers = {one.name for one in made if one.kind != INVOICE}
        theirs = self._named(doctype, fields, "voucher_no", makers, self._book())
        payments = {one.name for one in made if one.kind == PAYMENT}
        details = self._named(
            PAYMENT, ("name", "mode_of_payment", "reference_no"), "name", payments, []
        )
        told = ledger(
            [*found, *on_them, *theirs],
            told=found,
            details={str(one["name"]): one for one in details},
        )
        return self._pulled(told)

    def _pulled(self, told: Told) -> Pulled:
        """Return rows with the customers they name: one may be newer than the page of its own."""
        keys = {one.customer for one in told.items} | {one.customer for one in told.payments}
        return Pulled(
            customers=self._customers(self._named("Customer", CUSTOMER, "name", keys, [])),
            items=told.items,
            payments=told.payments,
            allocations=told.allocations,
            cursor="",
            is_last=False,
        )

    def _customers(self, found: Iterable[Mapping[str, Any]]) -> tuple[OutsideCustomer, ...]:
        rows = list(found)
        if self._countries is None:
            told = self._all("Country", ("name", "code"), [])
            self._countries = {str(one["name"]): plain(one["code"]).upper() for one in told}
        wanted = {plain(one["customer_primary_address"]) for one in rows} - {""}
        addresses = {
            str(one["name"]): one for one in self._named("Address", ADDRESS, "name", wanted, [])
        }
        return tuple(
            customer(one, addresses.get(plain(one["customer_primary_address"])), self._countries)
            for one in rows
        )

    def _ours(self) -> list[Any]:
        return ["company", "=", self._chosen]

    def _book(self) -> Filters:
        return [["account_type", "=", "Receivable"], ["party_type", "=", "Customer"], self._ours()]

    def _filters(self, name: str) -> Filters:
        if name == "customers":
            return []
        if name == "invoices":
            return [["docstatus", "in", [1, 2]], self._ours()]
        return self._book()

    def _next(self, place: Place, name: str) -> list[dict[str, Any]]:
        """Return the next rows behind the place, by the moment they changed and their name."""
        doctype, fields = DOCTYPES[name]
        filters = self._filters(name)
        moment, _, last = place.after.partition("|")
        if not moment:
            if since := place.since.get(name):
                filters = [*filters, ["modified", ">=", since]]
            return self._page(doctype, fields, filters, order="modified asc, name asc")
        # many rows can have changed at one moment: a patch, a bulk update
        same = [*filters, ["modified", "=", moment], ["name", ">", last]]
        found = self._page(doctype, fields, same, order="name asc")
        if len(found) < PAGE:
            later = [*filters, ["modified", ">", moment]]
            order = "modified asc, name asc"
            found += self._page(doctype, fields, later, order=order, limit=PAGE - len(found))
        return found

    def _mark(self, place: Place, name: str) -> str:
        """Return the moment the next sync looks back to: the newest there is, less an overlap."""
        doctype, _ = DOCTYPES[name]
        newest = self._page(
            doctype, ("modified",), self._filters(name), order="modified desc", limit=1
        )
        if not newest:
            return place.since.get(name, "")
        told = datetime.fromisoformat(str(newest[0]["modified"]))
        return (told - OVERLAP).strftime(MOMENT)

    def _named(
        self,
        doctype: str,
        fields: Sequence[str],
        name: str,
        values: Iterable[str],
        filters: Filters,
    ) -> list[dict[str, Any]]:
        """Return the rows whose field is one of these values."""
        told = sorted(set(values) - {""})
        found: list[dict[str, Any]] = []
        for start in range(0, len(told), TOGETHER):
            some = [*filters, [name, "in", told[start : start + TOGETHER]]]
            found += self._all(doctype, fields, some)
        return found

    def _all(
        self, doctype: str, fields: Sequence[str], filters: Filters
    ) -> Iterator[dict[str, Any]]:
        told, more = ("name", *(one for one in fields if one != "name")), list(filters)
        while True:
            found = self._page(doctype, told, more, order="name asc")
            yield from found
            if len(found) < PAGE:
                return
            more = [*filters, ["name", ">", found[-1]["name"]]]

    # what is written

    def _note(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        mark = f"[{one.key}]"
        about = {"doctype": "Customer", "name": one.customer}
        answer = self._send("POST", "/api/method/frappe.desk.form.load.get_docinfo", about)
        comments = answer["docinfo"]["comments"]
        if any(mark in str(each["content"]) for each in comments):
            return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME)
        if not dry_run:
            self._send("POST",
                "/api/method/frappe.desk.form.utils.add_comment",
                {
                    "reference_doctype": "Customer", "reference_name": one.customer,
                    "content": f"{one.value} {mark}", "comment_email": self._user,
                    "comment_by": "Dunwell",
                },
            )  # fmt: skip
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES)

    def _customer_write(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        """Set a limit or hold; read and written again when somebody else saved in between."""
        path = f"/api/resource/Customer/{quote(one.customer, safe='')}"
        for left in reversed(range(TRIES)):
            document = self._read(path)
            if one.kind is ChangeKind.HOLD:
                before, values = held(document, one)
            else:
                before, values = limited(
                    document, one, company=self._chosen, currency=self._currency
                )
            if not values:
                return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME, before=before)
            if dry_run:
                break
            try:
                self._send("PUT", path, {**values, "modified": document["modified"]})
                break
            except ErpnextRefusal as error:
                if error.kind != "TimestampMismatchError" or not left:
                    raise
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES, before=before)

    # how it is asked

    def _enter(self) -> None:
        if not self._chosen:
            self.system()

    def _version(self) -> str:
        told = self._method("frappe.utils.change_log.get_versions")
        apps = told if isinstance(told, dict) else {}
        version = str(apps.get("erpnext", {}).get("version", ""))
        number = version.split(".", maxsplit=1)[0]
        if not OLDEST <= (int(number) if number.isdigit() else 0) <= NEWEST:
            raise OutsideError(
                OutsideFault.VERSION,
                f"ERPNext {version or '(not installed)'} answers; {OLDEST} to {NEWEST} are known.",
            )
        return version

    def _page(
        self,
        doctype: str,
        fields: Sequence[str],
        filters: Filters,
        *,
        order: str,
        limit: int = 0,
    ) -> list[dict[str, Any]]:
        asked = {
            "doctype": doctype, "fields": list(fields), "filters": list(filters),
            "order_by": order, "limit_start": 0, "limit_page_length": limit or PAGE,
        }  # fmt: skip
        try:
            found = self._send("POST", LIST, asked)["message"]
        except ErpnextRefusal as error:
            raise error.of(doctype) from error
        if not isinstance(found, list):
            raise OutsideError(OutsideFault.SCHEMA, f"ERPNext answered no list of {doctype}.")
        return found

    def _method(self, name: str) -> Any:
        try:
            return self._send("GET", f"/api/method/{name}", None).get("message")
        except ErpnextRefusal as error:
            raise error.of(name) from error

    def _read(self, path: str) -> dict[str, Any]:
        data = self._send("GET", path, None)["data"]
        if not isinstance(data, dict):
            raise OutsideError(OutsideFault.SCHEMA, "ERPNext answered no customer.")
        return data

    def _send(self, method: str, path: str, document: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return what was answered; raise ErpnextRefusal for an error that Frappe names."""
        headers = {
            "Accept": "application/json", "Content-Type": "application/json",
            "Authorization": f"token {self.key}:{self.secret}", "User-Agent": "Dunwell",
        }  # fmt: skip
        body = None if document is None else json.dumps(document, default=float).encode()
        answer = self.door.ask(method, f"{self.address}{path}", body=body, headers=headers)
        if answer.status != OK:
            if answer.status != FORBIDDEN:
                check_status(answer, who="ERPNext")
            raise refusal(answer)
        told = read_json(answer, who="ERPNext")
        if not isinstance(told, dict):
            raise OutsideError(OutsideFault.VERSION, "What answers is no ERPNext; check address.")
        return told
