"""What a legal matter costs and brings: costs, and dividends of an insolvency."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from dunwell.actions.allocations import (
    check_amounts,
    locked_items,
    locked_payment,
    money_text,
    write_allocations,
)
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import Allocation, Customer, Item, LegalEntry, LegalMatter, Payment


@transaction.atomic
def record_legal_cost(
    *, actor: Actor, matter: LegalMatter, amount_minor: int, on: date, note: str, at: datetime
) -> LegalEntry:
    """Record what the matter cost; below 0 takes a cost back. Return the entry.

    Raises Refused without a note, for 0, for a day before the opening, and when more is taken
    back than was spent.
    """
    actor.require("legal.edit")
    matter = _locked(actor, matter)
    told = fitting(text=note, most=300, what="note")
    if not told:
        raise Refused("Say what the cost is for.")
    if not 0 < abs(amount_minor) <= LARGEST_MINOR:
        raise Refused("The amount must not be 0.")
    if on < matter.opened_on:
        raise Refused(f"The matter was opened on {matter.opened_on}, not before.")
    kind = LegalEntry.Kind.COST
    spent = matter.entries.filter(kind=kind).aggregate(minor=Sum("amount_minor"))["minor"] or 0
    if spent + amount_minor < 0:
        raise Refused(f"Only {money_text(spent, matter.currency)} of costs is recorded.")
    return _enter(actor, matter, kind, amount_minor, on=on, note=told, payment=None, at=at)


@transaction.atomic
def record_dividend(
    *,
    actor: Actor,
    matter: LegalMatter,
    payment: Payment,
    as_of: date,
    at: datetime,
    note: str = "",
) -> LegalEntry:
    """Put a payment on the items of a matter, each by its share of what is open; return the entry.

    Only an admitted claim brings a dividend. Raises Refused for a payment of another currency,
    one with nothing left, and one larger than what is open on the items.
    """
    actor.require("payment.apply")
    payment = locked_payment(company=actor.company, payment=payment).payment
    matter = _locked(actor, matter)
    if matter.status not in {LegalMatter.Status.ADMITTED, LegalMatter.Status.ENFORCING}:
        raise Refused(f"{matter.number} is not admitted; record that first.")
    left = locked_payment(company=actor.company, payment=payment)
    items = locked_items(
        company=actor.company, items=Item.objects.filter(legal_lines__matter=matter)
    )
    opened = {key: one.open_minor for key, one in sorted(items.items()) if one.open_minor > 0}
    if payment.currency != matter.currency:
        raise Refused(f"{payment.number} is in {payment.currency}, not in {matter.currency}.")
    amount = left.unapplied_minor
    if not 0 < amount <= sum(opened.values()):
        raise Refused(
            f"{money_text(amount, payment.currency)} is left of {payment.number}, and "
            f"{money_text(sum(opened.values()), matter.currency)} is open on the items."
        )
    if as_of < left.not_before:
        raise Refused(f"Payment {payment.number} reached us on {left.not_before}, not before.")
    parts = _shares(amount, opened)
    check_amounts(parts, items, currency=payment.currency, as_of=as_of)
    rows = [
        Allocation(
            company=actor.company,
            item=items[key].item,
            source=Allocation.Source.PAYMENT,
            payment=payment,
            amount_minor=minor,
            value_on=payment.value_on,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        for key, minor in parts.items()
    ]
    write_allocations(company=actor.company, rows=rows)
    told = fitting(text=note, most=300, what="note")
    kind = LegalEntry.Kind.DIVIDEND
    return _enter(
        actor, matter, kind, amount, on=payment.value_on, note=told, payment=payment, at=at
    )


def _shares(amount_minor: int, opened: dict[int, int]) -> dict[int, int]:
    """Return an amount split by what is open, to the cent; what rounding leaves goes in order."""
    total = sum(opened.values())
    parts = {key: amount_minor * minor // total for key, minor in opened.items()}
    left = amount_minor - sum(parts.values())
    by_rest = sorted(opened, key=lambda key: (-(amount_minor * opened[key] % total), key))
    for key in by_rest[:left]:
        parts[key] += 1
    return {key: minor for key, minor in parts.items() if minor}


def _locked(actor: Actor, matter: LegalMatter) -> LegalMatter:
    Customer.objects.select_for_update(no_key=True).get(pk=matter.customer_id)
    found = LegalMatter.objects.filter(company=actor.company, pk=matter.pk).first()
    if found is None:
        raise Refused(f"{matter.number} does not belong to {actor.company.name}.")
    return found


def _enter(
    actor: Actor,
    matter: LegalMatter,
    kind: LegalEntry.Kind,
    amount_minor: int,
    *,
    on: date,
    note: str,
    payment: Payment | None,
    at: datetime,
) -> LegalEntry:
    entry = LegalEntry.objects.create(
        matter=matter,
        kind=kind,
        amount_minor=amount_minor,
        on=on,
        payment=payment,
        note=note,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        f"legal.{'spent' if kind == LegalEntry.Kind.COST else 'paid'}",
        matter,
        at=at,
        customer_id=matter.customer_id,
        number=matter.number,
        amount_minor=amount_minor,
        payment=payment.number if payment else "",
    )
    return entry
