"""Adding items by hand, and reversing them."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import (
    LockedItem,
    check_day,
    locked_items,
    netting_rows,
    write_allocations,
)
from dunwell.actions.balances import refresh_open_items
from dunwell.actions.entries import post_entries
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.engine.money import LARGEST_MINOR, UNKNOWN_CURRENCY
from dunwell.models import Customer, Item

LONGEST_NUMBER = 80

ADDED = tuple(kind.value for kind in Item.Kind if kind != Item.Kind.REFUND)
"""Kinds that are added by hand; a refund comes from its approval alone."""


@transaction.atomic
def add_item(
    *,
    actor: Actor,
    customer: Customer,
    number: str,
    kind: str,
    currency: str,
    amount_minor: int,
    issued_on: date,
    due_on: date,
    reference: str = "",
    is_paper: bool | None = None,
    as_of: date,
    at: datetime,
) -> Item:
    """Add an item: an invoice, fee or interest above 0, a credit note below 0, an opening either.

    The same item again (customer, kind, number and the same figures) is returned as it is;
    raises Refused when the figures differ.
    """
    actor.require("item.add")
    if not Customer.objects.filter(company=actor.company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {actor.company.name}.")
    open_customer(actor, customer)
    check_figures(number=number, kind=kind, currency=currency, amount_minor=amount_minor)
    check_dates(number=number, issued_on=issued_on, due_on=due_on, as_of=as_of)
    figures = {
        "currency": currency,
        "amount_minor": amount_minor,
        "issued_on": issued_on,
        "due_on": due_on,
    }
    item, is_new = Item.objects.get_or_create(
        customer=customer,
        kind=kind,
        number=number,
        defaults={
            **figures,
            "company": actor.company,
            "reference": reference,
            "is_paper": is_paper,
            "recorded_on": as_of,
            "recorded_at": at,
        },
    )
    if not is_new:
        if any(getattr(item, name) != value for name, value in figures.items()):
            raise Refused(
                f"{number} is already in the ledger with other figures; reverse it first."
            )
        return item
    book_item(item)
    record_event(
        actor,
        "item.added",
        item,
        at=at,
        customer_id=customer.pk,
        number=number,
        kind=kind,
        currency=currency,
        amount_minor=amount_minor,
    )
    return item


@transaction.atomic
def reverse_item(*, actor: Actor, item: Item, reason: str, as_of: date, at: datetime) -> Item:
    """Offset an item by a mirror of opposite sign and net what is open of both.

    What was already settled of the item stays as an open balance on the mirror: money
    paid on a cancelled invoice is the customer's credit. Returns the mirror; raises
    Refused without a reason, for a reversal, an item reversed before, and for a refund.
    """
    actor.require("item.reverse")
    if not reason.strip():
        raise Refused("Say why the item is reversed.")
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    item = locked.item
    if item.reverses_id is not None:
        raise Refused(f"{item.number} is itself a reversal.")
    if Item.objects.filter(reverses=item).exists():
        raise Refused(f"{item.number} was reversed before.")
    if item.kind == Item.Kind.REFUND:
        raise Refused(f"{item.number} is a refund; take it back on the page of the refund.")
    if item.billed_charges.exists():
        raise Refused(f"{item.number} bills interest or fees; waive what is on it under Charges.")
    mirror = offset_item(locked=locked, as_of=as_of, at=at)
    record_event(
        actor,
        "item.reversed",
        item,
        at=at,
        customer_id=item.customer_id,
        reason=reason.strip(),
        mirror=mirror.pk,
        netted_minor=abs(locked.open_minor),
    )
    return mirror


def offset_item(*, locked: LockedItem, as_of: date, at: datetime) -> Item:
    """Add the mirror of an item and net what is open of both; return the mirror."""
    item = locked.item
    check_day(locked, as_of=as_of)
    mirror = _mirror(item, as_of=as_of, at=at)
    book_item(mirror)
    if locked.open_minor:
        debit, credit = (item, mirror) if item.amount_minor > 0 else (mirror, item)
        rows = netting_rows(
            credit=credit, debit=debit, amount_minor=abs(locked.open_minor), as_of=as_of, at=at
        )
        write_allocations(company=item.company, rows=rows)
    return mirror


def book_item(item: Item) -> None:
    """Write the entries of a new item and show it as open."""
    post_entries(company=item.company, items=[item.pk])
    refresh_open_items(company=item.company, items=[item.pk])


def check_dates(*, number: str, issued_on: date, due_on: date, as_of: date) -> None:
    """Raise Refused for an item due before it is issued, or issued in the future."""
    if due_on < issued_on:
        raise Refused(f"{number} is due on {due_on}, before it is issued on {issued_on}.")
    if issued_on > as_of:
        raise Refused(f"{number} is issued on {issued_on}, which lies in the future.")


def check_figures(*, number: str, kind: str, currency: str, amount_minor: int) -> None:
    """Raise Refused for a number, kind, currency or amount that no item may have."""
    if not number.strip() or len(number) > LONGEST_NUMBER:
        raise Refused(f"The number must have 1 to {LONGEST_NUMBER} characters.")
    if kind not in ADDED:
        raise Refused(f"{kind} is no kind of item to add; choose one of {', '.join(ADDED)}.")
    if len(currency) != len(UNKNOWN_CURRENCY) or not currency.isalpha() or not currency.isupper():
        raise Refused(f"{currency} is no currency; write its three letters, such as EUR.")
    if not 0 < abs(amount_minor) <= LARGEST_MINOR:
        raise Refused(f"The amount of {number} must not be 0 nor beyond what the ledger can hold.")
    if kind == Item.Kind.CREDIT_NOTE and amount_minor > 0:
        raise Refused(f"{number} is a credit note; its amount must be below 0.")
    if kind not in {Item.Kind.CREDIT_NOTE, Item.Kind.OPENING} and amount_minor < 0:
        raise Refused(f"The amount of {number} must be above 0; a credit is a credit note.")


def _mirror(item: Item, *, as_of: date, at: datetime) -> Item:
    """Write the item of opposite sign; an invoice is offset by a credit note and the reverse."""
    opposite: dict[str, str] = {
        Item.Kind.INVOICE: Item.Kind.CREDIT_NOTE,
        Item.Kind.CREDIT_NOTE: Item.Kind.INVOICE,
    }
    kind = opposite.get(item.kind, item.kind)
    number = f"{item.number[: LONGEST_NUMBER - 2]}-R"
    if Item.objects.filter(customer=item.customer_id, kind=kind, number=number).exists():
        raise Refused(f"The reversal would be numbered {number}, and that number is taken.")
    return Item.objects.create(
        company_id=item.company_id,
        customer_id=item.customer_id,
        number=number,
        kind=kind,
        currency=item.currency,
        amount_minor=-item.amount_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=item.reference,
        reverses=item,
        recorded_on=as_of,
        recorded_at=at,
    )
