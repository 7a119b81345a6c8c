"""Recording money received, putting it and credit on items, and taking that back."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import (
    LockedItem,
    check_amounts,
    check_day,
    live,
    locked_items,
    locked_payment,
    money_text,
    netting_rows,
    reversal_of,
    write_allocations,
)
from dunwell.actions.entries import post_entries
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import Allocation, Customer, Item, Payment

LONGEST_NUMBER = 120

TEXTS = {"method": 40, "payer": 200, "reference": 400}
"""Texts of a payment and how many characters of each are kept."""


@transaction.atomic
def record_payment(
    *,
    actor: Actor,
    number: str,
    customer: Customer | None,
    currency: str,
    amount_minor: int,
    value_on: date,
    method: str = "",
    payer: str = "",
    reference: str = "",
    as_of: date,
    at: datetime,
) -> Payment:
    """Record money received; the same number with the same figures again changes nothing.

    Raises Refused when the number is known with other figures.
    """
    actor.require("payment.record")
    if customer and not Customer.objects.filter(company=actor.company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {actor.company.name}.")
    if customer is not None:
        open_customer(actor, customer)
    check_payment(number=number, amount_minor=amount_minor, value_on=value_on, as_of=as_of)
    figures = {
        "customer": customer,
        "currency": currency,
        "amount_minor": amount_minor,
        "value_on": value_on,
    }
    texts = payment_texts(method=method, payer=payer, reference=reference)
    payment, is_new = Payment.objects.get_or_create(
        company=actor.company,
        number=number,
        defaults={**figures, **texts, "recorded_on": as_of, "recorded_at": at},
    )
    if not is_new:
        if any(getattr(payment, name) != value for name, value in figures.items()):
            raise Refused(f"Payment {number} is already recorded with other figures.")
        return payment
    post_entries(company=actor.company, payments=[payment.pk])
    record_event(
        actor,
        "payment.recorded",
        payment,
        at=at,
        customer_id=payment.customer_id,
        number=number,
        currency=currency,
        amount_minor=amount_minor,
        value_on=value_on.isoformat(),
    )
    return payment


def check_payment(*, number: str, amount_minor: int, value_on: date, as_of: date) -> None:
    """Raise Refused for a number, amount or day that no payment may have."""
    if not number.strip() or len(number) > LONGEST_NUMBER:
        raise Refused(f"The payment's number must have 1 to {LONGEST_NUMBER} characters.")
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise Refused(f"The amount of payment {number} must be above 0 and fit the ledger.")
    if value_on > as_of:
        raise Refused(f"Payment {number} has the value date {value_on}, which lies in the future.")


def payment_texts(**told: str) -> dict[str, str]:
    """Return the texts of a payment as they are kept; raise Refused for one that does not fit."""
    return {what: fitting(text=told[what], most=most, what=what) for what, most in TEXTS.items()}


@transaction.atomic
def apply_payment(
    *,
    actor: Actor,
    payment: Payment,
    amounts: Mapping[Item, int],
    paid: Mapping[Item, int] | None = None,
    as_of: date,
    at: datetime,
) -> list[Allocation]:
    """Put a payment on items; what is left stays unapplied.

    `amounts` are in the items' currencies. For an item in another currency than the payment's
    `paid` says what of the payment it uses, in the payment's. Raises Refused, with the figures,
    when an amount is more than is open on its item or all of them more than is left of the
    payment, and for a `paid` that is missing, not above 0 or not the amount of the same currency.
    """
    actor.require("payment.apply")
    locked = locked_payment(company=actor.company, payment=payment)
    payment, currency = locked.payment, locked.payment.currency
    items = locked_items(company=actor.company, items=amounts)
    by_key = {item.pk: amount for item, amount in amounts.items()}
    told = {item.pk: amount for item, amount in (paid or {}).items()}
    check_amounts(by_key, items, currency=currency, exchanged=told, as_of=as_of)
    used = _used(by_key, told, items, currency=currency)
    if as_of < locked.not_before:
        raise Refused(
            f"Payment {payment.number} cannot be applied before {locked.not_before}: it reached "
            "us, or a part of it was taken back, on that day."
        )
    if (total := sum(used.values())) > locked.unapplied_minor:
        raise Refused(
            f"{money_text(total, currency)} is more than the "
            f"{money_text(locked.unapplied_minor, currency)} left of payment {payment.number}."
        )
    rows = [
        Allocation(
            company=actor.company,
            item=items[key].item,
            source=Allocation.Source.PAYMENT,
            payment=payment,
            amount_minor=amount,
            paid_minor=used[key] if items[key].item.currency != currency else None,
            value_on=payment.value_on,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        for key, amount in sorted(by_key.items())
    ]
    written = write_allocations(company=actor.company, rows=rows)
    exchanged = {row.item.number: row.paid_minor for row in rows if row.paid_minor is not None}
    record_event(
        actor,
        "payment.applied",
        payment,
        at=at,
        customer_id=payment.customer_id,
        amounts={items[key].item.number: amount for key, amount in by_key.items()},
        **({"paid": exchanged} if exchanged else {}),
    )
    return written


@transaction.atomic
def apply_credit(
    *, actor: Actor, credit: Item, amounts: Mapping[Item, int], as_of: date, at: datetime
) -> list[Allocation]:
    """Put a credit item on debit items of the same customer: two rows for each amount.

    Raises Refused, with the figures, when more is asked for than is open on either side.
    """
    actor.require("payment.apply")
    items = locked_items(company=actor.company, items=[credit, *amounts])
    locked = items[credit.pk]
    credit, currency = locked.item, locked.item.currency
    if credit.amount_minor > 0:
        raise Refused(f"{credit.number} is not a credit.")
    by_key = {item.pk: amount for item, amount in amounts.items()}
    check_amounts(by_key, items, currency=currency, as_of=as_of)
    check_day(locked, as_of=as_of)
    if any(items[key].item.customer_id != credit.customer_id for key in by_key):
        raise Refused(f"{credit.number} belongs to another customer.")
    if (total := sum(by_key.values())) > -locked.open_minor:
        raise Refused(
            f"{money_text(total, currency)} is more than the "
            f"{money_text(-locked.open_minor, currency)} left of {credit.number}."
        )
    rows = [
        row
        for key, amount in sorted(by_key.items())
        for row in netting_rows(
            credit=credit, debit=items[key].item, amount_minor=amount, as_of=as_of, at=at
        )
    ]
    written = write_allocations(company=actor.company, rows=rows)
    record_event(
        actor,
        "credit.applied",
        credit,
        at=at,
        customer_id=credit.customer_id,
        amounts={items[key].item.number: amount for key, amount in by_key.items()},
    )
    return written


@transaction.atomic
def reverse_allocation(
    *, actor: Actor, allocation: Allocation, reason: str, as_of: date, at: datetime
) -> list[Allocation]:
    """Take one allocation back; of a netting, both rows. Return the rows written.

    Raises Refused without a reason, for a reversal, for one taken back before, for an
    adjustment (reverse the adjustment instead) and for a refund (take the refund back).
    """
    actor.require("payment.reverse")
    if not reason.strip():
        raise Refused("Say why the allocation is taken back.")
    if allocation.source == Allocation.Source.ADJUSTMENT:
        raise Refused("This comes from an adjustment; reverse the adjustment instead.")
    if allocation.payment:
        locked_payment(company=actor.company, payment=allocation.payment)
    touched = [allocation.item]
    if allocation.counter_item:
        touched.append(allocation.counter_item)
    refunds = [item.number for item in touched if item.kind == Item.Kind.REFUND]
    if refunds:
        raise Refused(f"This is refund {refunds[0]}; take it back on the page of the refund.")
    locked_items(company=actor.company, items=touched)
    same = Allocation.objects.filter(item__in=touched, company=actor.company)
    alive = {row.pk: row for row in live(same)}
    if allocation.pk not in alive:
        raise Refused("This allocation was taken back before, or is a reversal itself.")
    rows = [alive[allocation.pk]]
    if allocation.counter_item_id:
        rows.append(_other_side(alive[allocation.pk], alive.values()))
    written = write_allocations(
        company=actor.company, rows=[reversal_of(row, as_of=as_of, at=at) for row in rows]
    )
    record_event(
        actor,
        "allocation.reversed",
        allocation,
        at=at,
        customer_id=allocation.item.customer_id,
        reason=reason.strip(),
        amount_minor=allocation.amount_minor,
    )
    return written


@transaction.atomic
def reverse_payment(
    *, actor: Actor, payment: Payment, reason: str, as_of: date, at: datetime
) -> Payment:
    """Record that a payment was returned: its live allocations are taken back with it.

    Returns the second, negative payment; raises Refused when it was returned before.
    """
    actor.require("payment.reverse")
    if not reason.strip():
        raise Refused("Say why the payment is returned.")
    payment = locked_payment(company=actor.company, payment=payment).payment
    if as_of < payment.value_on:
        raise Refused(f"Payment {payment.number} reached us on {payment.value_on}, not before.")
    number = f"{payment.number[: LONGEST_NUMBER - 2]}-R"
    if Payment.objects.filter(company=actor.company, number=number).exists():
        raise Refused(f"The return would be numbered {number}, and that number is taken.")
    rows = live(Allocation.objects.filter(payment=payment).select_related("item"))
    locked_items(company=actor.company, items=[row.item for row in rows])
    returned = Payment.objects.create(
        company=actor.company,
        customer_id=payment.customer_id,
        number=number,
        currency=payment.currency,
        amount_minor=-payment.amount_minor,
        value_on=as_of,
        method=payment.method,
        payer=payment.payer,
        reference=payment.reference,
        reverses=payment,
        recorded_on=as_of,
        recorded_at=at,
    )
    post_entries(company=actor.company, payments=[returned.pk])
    write_allocations(
        company=actor.company, rows=[reversal_of(row, as_of=as_of, at=at) for row in rows]
    )
    record_event(
        actor,
        "payment.reversed",
        payment,
        at=at,
        customer_id=payment.customer_id,
        reason=reason.strip(),
        number=number,
        allocations=len(rows),
    )
    return returned


def _used(
    amounts: Mapping[int, int],
    paid: Mapping[int, int],
    items: Mapping[int, LockedItem],
    *,
    currency: str,
) -> dict[int, int]:
    """Return what of the payment each item uses, in the payment's currency."""
    if unknown := paid.keys() - amounts.keys():
        raise Refused(f"Nothing is put on item {min(unknown)}; it cannot use the payment.")
    for key, used in paid.items():
        item = items[key].item
        if used <= 0:
            raise Refused(f"What {item.number} uses of the payment must be more than 0.")
        if item.currency == currency and used != amounts[key]:
            raise Refused(
                f"{item.number} is in {currency} like the payment: it uses "
                f"{money_text(amounts[key], currency)} of it, not {money_text(used, currency)}."
            )
    return {key: paid.get(key, amount) for key, amount in amounts.items()}


def _other_side(row: Allocation, alive: Iterable[Allocation]) -> Allocation:
    """Return the row written together with this one; equal nettings are interchangeable."""
    pairs = [
        other
        for other in alive
        if (other.item_id, other.counter_item_id) == (row.counter_item_id, row.item_id)
        and other.amount_minor == -row.amount_minor
    ]
    return min(pairs, key=lambda other: abs(other.pk - row.pk))
