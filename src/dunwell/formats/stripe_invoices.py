"""Stripe's invoices, their payments and credit notes as rows of a pull.

Objects are those of API version 2025-11-17.clover (https://docs.stripe.com/api/invoices/object,
.../invoice-payment/object, .../credit_notes/object). What a customer has as invoice balance is
outside: it comes in when an invoice uses it, as a payment `<number>/balance`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dunwell.engine.money import from_minor
from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
    Pulled,
)
from dunwell.formats.stripe_objects import from_stripe, moment

API_VERSION = "2025-11-17.clover"
STANDING = ("open", "uncollectible")
"""Statuses of invoices that are owed: what is given up there is not written off here."""
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidInvoice:
    """An invoice with all of its payments."""

    invoice: Json
    payments: tuple[Json, ...]


def pulled(
    *,
    customers: Iterable[Json] = (),
    invoices: Iterable[PaidInvoice] = (),
    credit_notes: Iterable[Json] = (),
) -> Pulled:
    """Return objects as a page; its cursor is still to be set.

    Customers of invoices have to be expanded, and invoices of credit notes, which are told as
    `invoices` too.
    """
    told = [one for one in invoices if _is_document(one.invoice)]
    known = {str(one["id"]): customer(one) for one in customers if not one.get("deleted")}
    known |= {str(one.invoice["customer"]["id"]): _customer_of(one.invoice) for one in told}
    items = [_item(one.invoice) for one in told]
    payments: list[OutsidePayment] = []
    allocations: list[OutsideAllocation] = []
    for one, item in zip(told, items, strict=True):
        if item.is_void:
            continue
        for paid in _paid(one, item):
            payments.append(paid)
            allocations.append(
                OutsideAllocation(
                    source=paid.number, item=item.number, amount=paid.amount,
                    applied=paid.received,
                )
            )  # fmt: skip
    for note in credit_notes:
        if not _is_document(note["invoice"]) or not note["pre_payment_amount"]:
            continue
        credit = _credit(note)
        items.append(credit)
        allocations.append(
            OutsideAllocation(
                source=credit.number, item=str(note["invoice"]["number"]),
                amount=Decimal(0) if credit.is_void else -credit.amount, applied=credit.issued,
            )
        )  # fmt: skip
    return Pulled(
        customers=tuple(known.values()), items=tuple(items), payments=tuple(payments),
        allocations=tuple(allocations), cursor="", is_last=False,
    )  # fmt: skip


def customer(one: Json) -> OutsideCustomer:
    """Return a customer; its id is key and number."""
    place = one.get("address") or {}
    languages = one.get("preferred_locales") or ()
    return OutsideCustomer(
        key=str(one["id"]),
        number=str(one["id"]),
        name=str(one["name"] or one["email"] or one["id"]),
        email=str(one["email"] or ""),
        phone=str(one["phone"] or ""),
        currency=str(one["currency"] or "").upper(),
        language=str(languages[0])[:2] if languages else "",
        country=str(place.get("country") or ""),
        street=str(place.get("line1") or ""),
        postcode=str(place.get("postal_code") or ""),
        city=str(place.get("city") or ""),
    )


def open_row(one: Json) -> OutsideOpen:
    """Return what is open of an invoice."""
    return OutsideOpen(
        number=str(one["number"]),
        customer=str(one["customer"]),
        currency=_currency(one),
        open=_amount(one, "amount_remaining"),
    )


def _is_document(one: Json) -> bool:
    """Return whether an invoice is owed: drafts are not, and one below 0 becomes balance."""
    return one["status"] != "draft" and bool(one["number"]) and _owed(one) > 0


def _owed(one: Json) -> Decimal:
    """Return what an invoice moves the balance by.

    `amount_due` is less than the total where balance was used, more where balance was owed, and
    credit notes have lowered it.
    """
    due = _amount(one, "amount_due") + _amount(one, "pre_payment_credit_notes_amount")
    return max(_amount(one, "total"), due)


def _item(one: Json) -> OutsideItem:
    times = one["status_transitions"]
    issued = _day(one["effective_at"] or times["finalized_at"] or one["created"])
    return OutsideItem(
        number=str(one["number"]),
        customer=str(one["customer"]["id"]),
        currency=_currency(one),
        amount=_owed(one),
        issued=issued,
        due=max(_day(one["due_date"]), issued) if one["due_date"] else None,
        is_void=one["status"] == "void",
    )


def _paid(one: PaidInvoice, item: OutsideItem) -> Iterable[OutsidePayment]:
    """Yield what has settled an invoice: balance used, payments, and what was paid elsewhere.

    More than was due has become balance there, so a payment comes with what is on the invoice.
    """
    invoice = one.invoice
    due, credited = _amount(invoice, "amount_due"), "pre_payment_credit_notes_amount"
    used = item.amount - _amount(invoice, credited) - due
    if used > 0:
        yield _payment(item, f"{item.number}/balance", used, item.issued, "customer balance")
    remaining = _amount(invoice, "amount_remaining") if invoice["status"] in STANDING else 0
    left = due - remaining
    for paid in sorted(one.payments, key=lambda each: (each["created"], each["id"])):
        part = min(_amount(paid, "amount_paid"), left) if paid["status"] == "paid" else Decimal(0)
        if part <= 0:
            continue
        left -= part
        by = paid["payment"]
        reference = str(by.get(by["type"]) or "")
        day = _day(paid["status_transitions"]["paid_at"] or paid["created"])
        yield _payment(item, str(paid["id"]), part, day, "stripe", reference)
    if left > 0:
        day = _day(invoice["status_transitions"]["paid_at"] or invoice["created"])
        yield _payment(item, f"{item.number}/outside", left, day, "outside of Stripe")


def _payment(
    item: OutsideItem, number: str, amount: Decimal, day: date, method: str, reference: str = ""
) -> OutsidePayment:
    return OutsidePayment(
        number=number, customer=item.customer, currency=item.currency, amount=amount,
        received=day, method=method, reference=reference,
    )  # fmt: skip


def _credit(note: Json) -> OutsideItem:
    """Return what a credit note lowered its invoice by; the rest was paid back or is balance."""
    return OutsideItem(
        number=str(note["number"]),
        customer=str(note["invoice"]["customer"]["id"]),
        currency=_currency(note),
        amount=-_amount(note, "pre_payment_amount"),
        issued=_day(note["effective_at"] or note["created"]),
        reference=str(note["invoice"]["number"]),
        is_void=note["status"] == "void",
    )


def _customer_of(invoice: Json) -> OutsideCustomer:
    """Return the customer of an invoice; of a deleted one what the invoice says."""
    whole = invoice["customer"]
    if not whole.get("deleted"):
        return customer(whole)
    return customer(
        {
            "id": whole["id"], "name": invoice["customer_name"],
            "email": invoice["customer_email"], "phone": invoice["customer_phone"],
            "address": invoice["customer_address"], "currency": invoice["currency"],
        }
    )  # fmt: skip


def _amount(one: Json, name: str) -> Decimal:
    currency = _currency(one)
    return from_minor(from_stripe(one[name], currency), currency)


def _currency(one: Json) -> str:
    return str(one["currency"]).upper()


def _day(seconds: object) -> date:
    return moment(seconds).date()
