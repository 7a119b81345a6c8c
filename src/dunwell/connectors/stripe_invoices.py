"""Stripe as a ledger: customers, invoices, their payments and credit notes in; notes out.

Built from its documentation, https://docs.stripe.com/api: Bearer key, a pinned version, lists of
100 from the newest back, errors as an `error` object. Invoices have no moment of their last
change, so after the first sync the events of up to 30 days say which to read again; what stands
in an event is not used, since it has the shape of the account's version.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

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
    FORBIDDEN,
    GONE,
    OK,
    SERVER_FAULT,
    Answer,
    Door,
    Place,
    check_status,
    read_json,
    read_place,
    schema_fault,
    words,
)
from dunwell.formats.stripe_invoices import API_VERSION, STANDING, PaidInvoice, open_row, pulled
from dunwell.formats.stripe_objects import form_pairs

API = "https://api.stripe.com"
PAGE = 100
OVERLAP = timedelta(minutes=10)
REACH = timedelta(days=29)
"""Events are kept for 30 days: after a longer pause everything is read again."""
PHASES = ("customers", "invoices", "credit_notes", "events")
EVENTS = len(PHASES) - 1
EXPANDED: Mapping[str, tuple[str, ...]] = {
    "customers": (),
    "invoices": ("customer", "payments"),
    "credit_notes": ("invoice.customer", "invoice.payments"),
}
TYPES = (
    "customer.created", "customer.updated", "invoice.finalized", "invoice.updated", "invoice.paid",
    "invoice.voided", "invoice.marked_uncollectible", "invoice_payment.paid",
    "credit_note.created", "credit_note.updated", "credit_note.voided",
)  # fmt: skip
CONFLICT = 409
_BROKEN = (KeyError, TypeError, ValueError, ArithmeticError, IndexError, AttributeError)


@dataclass(kw_only=True, slots=True)
class StripeLedger:
    """A Stripe account; keeps to `connectors.outside_ledgers.OutsideLedger`."""

    door: Door
    secret: str
    address: str = API

    def system(self) -> OutsideSystem:
        """Sign in; see `OutsideLedger`. A restricted key may not read the account's name."""
        try:
            account = self._get("/v1/account")
        except _SaysNoError as error:
            if error.status != FORBIDDEN:
                raise error.fault() from error
            account = {}
        profile = account.get("business_profile") or {}
        return OutsideSystem(
            product="Stripe",
            version=API_VERSION,
            company=str(profile.get("name") or account.get("id") or ""),
            currency=str(account.get("default_currency") or "").upper(),
            writes=frozenset({ChangeKind.NOTE}),
        )

    def pull(self, cursor: str) -> Pulled:
        """Return the next page; see `OutsideLedger`."""
        place = read_place(cursor)
        try:
            if not place.marks:
                place = self._begin(place)
            name = PHASES[place.phase]
            if name == "events":
                found, has_more = self._page(
                    "/v1/events", place.after, types=TYPES, created={"gte": place.since[name]}
                )
                page = self._changed(found)
            else:
                expand = [f"data.{one}" for one in EXPANDED[name]]
                found, has_more = self._page(f"/v1/{name}", place.after, expand=expand)
                page = self._read({name: found})
            after = str(found[-1]["id"]) if has_more else ""
        except _SaysNoError as error:
            raise error.fault() from error
        except _BROKEN as error:
            raise schema_fault("Stripe", error) from error
        # events are read in place of the other phases, not behind them
        return place.then(page, phases=EVENTS, after=after)

    def open_now(self) -> list[OutsideOpen]:
        """Return what remains of finalized invoices; see `OutsideLedger`."""
        try:
            every = (
                one for status in STANDING for one in self._all("/v1/invoices", status=status)
            )
            return [open_row(one) for one in every if one["amount_remaining"]]
        except _SaysNoError as error:
            raise error.fault() from error
        except _BROKEN as error:
            raise schema_fault("Stripe", error) from error

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:
        """Write notes as metadata of customers; see `OutsideLedger`."""
        return [self._write(one, dry_run=dry_run) for one in changes]

    def _write(self, one: OutsideChange, *, dry_run: bool) -> OutsideWrite:
        if one.kind is not ChangeKind.NOTE:
            text = f"Stripe has no {one.kind}"
            return OutsideWrite(key=one.key, verdict=WriteVerdict.UNSUPPORTED, text=text)
        path = f"/v1/customers/{quote(one.customer, safe='')}"
        try:
            before = str((self._get(path).get("metadata") or {}).get(one.key, ""))
            if before == one.value:
                return OutsideWrite(key=one.key, verdict=WriteVerdict.SAME, before=before)
            if not dry_run:
                self._send("POST", path, {"metadata": {one.key: one.value}})
        except _SaysNoError as error:
            return OutsideWrite(key=one.key, verdict=WriteVerdict.REFUSED, text=str(error))
        return OutsideWrite(key=one.key, verdict=WriteVerdict.CHANGES, before=before)

    # what is read

    def _begin(self, place: Place) -> Place:
        """Return where a sync begins: at its events, or at the beginning when these are gone.

        The clock is Stripe's, and the next sync looks back to before anything was read.
        """
        _, answer = self._send("GET", "/v1/events", {"limit": 1})
        now = parsedate_to_datetime(answer.headers["date"])
        mark = {"events": str(int((now - OVERLAP).timestamp()))}
        since = place.since.get("events")
        if since and int(since) >= (now - REACH).timestamp():
            return replace(place, phase=EVENTS, marks=mark)
        return replace(place, phase=0, after="", marks=mark)

    def _changed(self, events: Sequence[Mapping[str, Any]]) -> Pulled:
        """Return the objects that events tell of as they are now."""
        wanted: dict[str, set[str]] = {name: set() for name in EXPANDED}
        for event in events:
            thing = event["data"]["object"]
            if thing["object"] == "invoice_payment":
                wanted["invoices"].add(str(thing["invoice"]))
            else:
                wanted[f"{thing['object']}s"].add(str(thing["id"]))
        found: dict[str, list[Mapping[str, Any]]] = {}
        for name, keys in wanted.items():
            found[name] = []
            for key in sorted(keys):
                path = f"/v1/{name}/{quote(key, safe='')}"
                try:
                    found[name].append(self._get(path, {"expand": list(EXPANDED[name])}))
                except _SaysNoError as error:
                    if error.status != GONE:  # a draft that was deleted
                        raise
        return self._read(found)

    def _read(self, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Pulled:
        notes = found.get("credit_notes", ())
        invoices = {str(one["invoice"]["id"]): one["invoice"] for one in notes}
        invoices |= {str(one["id"]): one for one in found.get("invoices", ())}
        return pulled(
            customers=found.get("customers", ()),
            invoices=[self._paid(one) for one in invoices.values()],
            credit_notes=notes,
        )

    def _paid(self, invoice: Mapping[str, Any]) -> PaidInvoice:
        """Return an invoice with all its payments: only the first come with it."""
        told = invoice["payments"]
        rows = told["data"]
        if told["has_more"]:
            rows = self._all("/v1/invoice_payments", invoice=invoice["id"])
        return PaidInvoice(invoice=invoice, payments=tuple(rows))

    # how it is asked

    def _all(self, path: str, **asked: object) -> Iterator[Mapping[str, Any]]:
        after, has_more = "", True
        while has_more:
            found, has_more = self._page(path, after, **asked)
            yield from found
            after = str(found[-1]["id"]) if found else ""

    def _page(
        self, path: str, after: str, **asked: object
    ) -> tuple[list[Mapping[str, Any]], bool]:
        values = {**asked, "limit": PAGE, "starting_after": after or None}
        document = self._get(path, values)
        return list(document["data"]), bool(document["has_more"]) and bool(document["data"])

    def _get(self, path: str, asked: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        return self._send("GET", path, asked or {})[0]

    def _send(
        self, method: str, path: str, asked: Mapping[str, object]
    ) -> tuple[Mapping[str, Any], Answer]:
        """Return what was answered; raise _SaysNoError for an error of Stripe."""
        headers = {
            "Authorization": f"Bearer {self.secret}", "Stripe-Version": API_VERSION,
            "User-Agent": "Dunwell",
        }  # fmt: skip
        form, body = urlencode(list(form_pairs(asked))), None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = form.encode()
        elif form:
            path = f"{path}?{form}"
        answer = self.door.ask(method, f"{self.address}{path}", body=body, headers=headers)
        if answer.status != OK:
            raise _says_no(answer)
        document = read_json(answer, who="Stripe")
        if answer.headers.get("stripe-version", API_VERSION) != API_VERSION:
            raise OutsideError(OutsideFault.VERSION, f"Stripe does not speak {API_VERSION}.")
        if not isinstance(document, dict):
            raise OutsideError(OutsideFault.VERSION, "What answers is not Stripe.")
        return document, answer


class _SaysNoError(Exception):
    """Stripe refused a request, with its status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status

    def fault(self) -> OutsideError:
        """Return the fault where it was something read."""
        fault = OutsideFault.CREDENTIALS if self.status == FORBIDDEN else OutsideFault.SCHEMA
        fault = OutsideFault.VERSION if "API version" in str(self) else fault
        return OutsideError(fault, f"Stripe does not answer: {self}")


def _says_no(answer: Answer) -> _SaysNoError:
    """Return why an answer is no; raise OutsideError for what may be gone when asked again."""
    if answer.status != FORBIDDEN:
        check_status(answer, who="Stripe")
    if answer.status >= SERVER_FAULT or answer.status == CONFLICT:
        raise OutsideError(OutsideFault.UNREACHABLE, f"Stripe failed (status {answer.status}).")
    told = read_json(answer, who="Stripe")
    error = told.get("error") if isinstance(told, dict) else None
    text = error.get("message") or error.get("code") if isinstance(error, dict) else ""
    return _SaysNoError(words(text or f"status {answer.status}"), answer.status)
