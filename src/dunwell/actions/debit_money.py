"""Money of direct debits: a payment for each, put on the items it was asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Sum
from django.db.models.functions import Coalesce

from dunwell.actions.allocations import LockedItem, check_amounts, locked_items, write_allocations
from dunwell.actions.entries import post_entries
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.match_decisions import chunks
from dunwell.actions.periods import first_open_day
from dunwell.engine.debits import CURRENCY
from dunwell.models import Allocation, Debit, Item, Payment

METHOD = "debit"
Status = Debit.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """A debit whose money came, and the day from which the bank counts it."""

    debit: Debit
    value_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class _Money:
    """The payment of a debit, what is left of it, and what of it goes on which item."""

    came: Collected
    payment: Payment
    left_minor: int
    is_new: bool
    amounts: dict[int, int] = field(default_factory=dict)


def write_collected(
    actor: Actor, collected: Sequence[Collected], *, as_of: date, at: datetime
) -> dict[int, Payment]:
    """Record the money of locked debits and put it on their items; return payments by debit.

    An item takes what is open on it; what was paid meanwhile in another way leaves unapplied
    cash. The number of queries does not grow with the debits of a chunk. Raises Refused where a
    payment of the same number says other things or was returned, and for debits that changed.
    """
    actor.require("payment.record")
    actor.require("payment.apply")
    found: dict[int, Payment] = {}
    for chunk in chunks(collected):
        moneys = _record(actor, chunk, as_of=as_of, at=at)
        items = _put_on_items(actor, moneys, as_of=as_of, at=at)
        _mark(moneys)
        record_events(actor, [fact for one in moneys for fact in _facts(one, items)], at=at)
        found |= {one.came.debit.pk: one.payment for one in moneys}
    return found


def _record(
    actor: Actor, collected: Sequence[Collected], *, as_of: date, at: datetime
) -> list[_Money]:
    """Write the payments; one recorded before with the same figures is used as far as is left."""
    company = actor.company
    told = {one.value_on for one in collected}
    days = {day: min(first_open_day(company, day), as_of) for day in told}
    wanted = [
        _payment(actor, one.debit, value_on=days[one.value_on], as_of=as_of, at=at)
        for one in collected
    ]
    known = {
        row.number: row
        for row in Payment.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=company, number__in=[row.number for row in wanted])
        .select_related("reversed_by")
        .order_by("pk")
    }
    used = dict(
        Allocation.objects.filter(payment__in=known.values())
        .order_by()
        .values_list("payment_id")
        .annotate(minor=Sum(Coalesce("paid_minor", "amount_minor")))
    )
    new = [row for row in wanted if row.number not in known]
    Payment.objects.bulk_create(new)
    post_entries(company=company, payments=[row.pk for row in new])
    payments = [_same(known[row.number], row) if row.number in known else row for row in wanted]
    return [
        _Money(
            came=came,
            payment=payment,
            left_minor=payment.amount_minor - used.get(payment.pk, 0),
            is_new=payment.number not in known,
        )
        for came, payment in zip(collected, payments, strict=True)
    ]


def _payment(actor: Actor, debit: Debit, *, value_on: date, as_of: date, at: datetime) -> Payment:
    """Return the payment of a debit, not yet written."""
    return Payment(
        company=actor.company,
        number=debit.end_to_end,
        customer_id=debit.customer_id,
        currency=CURRENCY,
        amount_minor=debit.amount_minor,
        value_on=value_on,
        method=METHOD,
        payer=debit.mandate.debtor,
        reference=f"direct debit {debit.end_to_end}, mandate {debit.mandate.reference}",
        recorded_on=as_of,
        recorded_at=at,
    )


def _same(found: Payment, wanted: Payment) -> Payment:
    """Return the payment of a number; raise Refused where it is not what is wanted."""
    figures = ("customer_id", "currency", "amount_minor", "value_on")
    if any(getattr(found, name) != getattr(wanted, name) for name in figures):
        raise Refused(f"Payment {found.number} is already recorded with other figures.")
    if hasattr(found, "reversed_by"):
        raise Refused(f"Payment {found.number} was returned.")
    return found


def _put_on_items(
    actor: Actor, moneys: Sequence[_Money], *, as_of: date, at: datetime
) -> Mapping[int, LockedItem]:
    """Put each payment on the items of its debit as far as they are open; return those items."""
    keys = {line.item_id for one in moneys for line in one.came.debit.lines.all()}
    items = locked_items(company=actor.company, items=Item.objects.in_bulk(keys).values())
    open_now = {key: item.open_minor for key, item in items.items()}
    for one in moneys:
        left = one.left_minor
        for line in sorted(one.came.debit.lines.all(), key=lambda line: line.item_id):
            amount = min(line.amount_minor, open_now[line.item_id], left)
            if amount > 0:
                one.amounts[line.item_id] = amount
                open_now[line.item_id] -= amount
                left -= amount
        if one.amounts:
            check_amounts(one.amounts, items, currency=CURRENCY, as_of=as_of)
    rows = [
        Allocation(
            company=actor.company,
            item=items[key].item,
            source=Allocation.Source.PAYMENT,
            payment=one.payment,
            amount_minor=amount,
            value_on=one.payment.value_on,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        for one in moneys
        for key, amount in one.amounts.items()
    ]
    if rows:
        write_allocations(company=actor.company, rows=rows)
    return items


def _mark(moneys: Sequence[_Money]) -> None:
    """Note that the debits were collected; raise Refused where one is not with the bank."""
    debits = [one.came.debit for one in moneys]
    waiting = Debit.objects.filter(pk__in=[debit.pk for debit in debits], status=Status.SENT)
    if waiting.update(status=Status.PAID) < len(debits):
        raise Refused("Debits of these runs have just changed; try again.")
    for one in moneys:
        one.came.debit.status, one.came.debit.payment = Status.PAID, one.payment
    Debit.objects.bulk_update(debits, ["payment"])


def _facts(one: _Money, items: Mapping[int, LockedItem]) -> Iterator[Fact]:
    """Yield what happened: payment recorded and applied, debit collected."""
    payment, debit = one.payment, one.came.debit
    whose = {"customer_id": debit.customer_id}
    if one.is_new:
        yield Fact(
            verb="payment.recorded",
            subject="payment",
            subject_id=payment.pk,
            data={
                "number": payment.number,
                "currency": payment.currency,
                "amount_minor": payment.amount_minor,
                "value_on": payment.value_on.isoformat(),
            },
            **whose,
        )
    if one.amounts:
        amounts = {items[key].item.number: amount for key, amount in one.amounts.items()}
        yield Fact(
            verb="payment.applied",
            subject="payment",
            subject_id=payment.pk,
            data={"amounts": amounts},
            **whose,
        )
    yield Fact(
        verb="debit.collected",
        subject="debit",
        subject_id=debit.pk,
        data={
            "end_to_end": debit.end_to_end,
            "amount_minor": debit.amount_minor,
            "value_on": one.came.value_on.isoformat(),
        },
        **whose,
    )
