"""What payments, items and adjustments share: locked rows, checked amounts, written allocations.

Rows are locked before anything is inserted, payment first, then items by key: two people
at once queue instead of over-allocating or waiting for each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.actions.balances import refresh_open_items
from dunwell.actions.entries import post_entries
from dunwell.actions.gate import Refused
from dunwell.actions.new_records import add_records
from dunwell.engine.money import from_minor
from dunwell.models import Allocation, Company, Item, Payment


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedItem:
    """An item nobody else can settle until the transaction ends, and what is open on it.

    Nothing may be booked on it before `not_before`: the day it was issued or, if later,
    the day something was last taken back, or the open amount of a day gone by would break.
    """

    item: Item
    open_minor: int
    not_before: date


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedPayment:
    """A payment nobody else can apply until the transaction ends, and what is left of it."""

    payment: Payment
    unapplied_minor: int
    not_before: date


def money_text(amount_minor: int, currency: str) -> str:
    """Return an amount for a sentence, such as `12.34 EUR`."""
    return f"{from_minor(amount_minor, currency)} {currency}"


def locked_payment(*, company: Company, payment: Payment) -> LockedPayment:
    """Lock a payment and return what is left of it.

    Raises Refused for another company's payment, a returned one, and a return itself.
    """
    found = (
        Payment.objects.select_for_update(no_key=True)
        .filter(company=company, pk=payment.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Payment {payment.number} does not belong to {company.name}.")
    if found.reverses_id is not None:
        raise Refused(f"Payment {found.number} is a return; it cannot be used again.")
    if Payment.objects.filter(reverses=found).exists():
        raise Refused(f"Payment {found.number} was returned.")
    used = Allocation.objects.filter(payment=found).aggregate(
        minor=Sum(Coalesce("paid_minor", "amount_minor")),
        back_on=Max("applied_on", filter=Q(reverses__isnull=False)),
    )
    return LockedPayment(
        payment=found,
        unapplied_minor=found.amount_minor - (used["minor"] or 0),
        not_before=max(found.value_on, used["back_on"] or found.value_on),
    )


def locked_items(*, company: Company, items: Iterable[Item]) -> dict[int, LockedItem]:
    """Lock items in the order of their keys and return them with their open amounts, by key.

    Raises Refused for another company's item.
    """
    numbers = {item.pk: item.number for item in items}
    locked = items_of_keys(company=company, keys=list(numbers))
    if missing := sorted(numbers.keys() - locked.keys()):
        raise Refused(f"Item {numbers[missing[0]]} does not belong to {company.name}.")
    return locked


def items_of_keys(*, company: Company, keys: Collection[int]) -> dict[int, LockedItem]:
    """Lock the items of a company that are among these keys, in their order; return them so."""
    found = list(
        Item.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=company, pk__in=keys)
        .order_by("pk")
    )
    settled = {
        key: (minor, back_on)
        for key, minor, back_on in Allocation.objects.filter(item__in=found)
        .order_by()
        .values_list("item_id")
        .annotate(
            minor=Sum("amount_minor"), back_on=Max("applied_on", filter=Q(reverses__isnull=False))
        )
    }
    locked = {}
    for item in found:
        minor, back_on = settled.get(item.pk, (0, None))
        locked[item.pk] = LockedItem(
            item=item,
            open_minor=item.amount_minor - minor,
            not_before=max(item.issued_on, back_on or item.issued_on),
        )
    return locked


def check_day(locked: LockedItem, *, as_of: date) -> None:
    """Raise Refused when nothing may be booked on the item as of the day."""
    if as_of < locked.not_before:
        raise Refused(
            f"Nothing can be booked on {locked.item.number} before {locked.not_before}: it was "
            "issued, or something on it was taken back, on that day."
        )


def check_amounts(
    amounts: Mapping[int, int],
    locked: Mapping[int, LockedItem],
    *,
    currency: str,
    exchanged: Collection[int] = (),
    as_of: date,
) -> None:
    """Raise Refused unless every amount fits on its debit item as of the day.

    Only the items in `exchanged` may be in another currency; amounts are in the item's.
    """
    if not amounts:
        raise Refused("Name at least one item and an amount.")
    for key, amount in amounts.items():
        item, open_minor = locked[key].item, locked[key].open_minor
        if item.currency != currency and key not in exchanged:
            raise Refused(f"{item.number} is in {item.currency}, not in {currency}.")
        if item.amount_minor < 0:
            raise Refused(f"{item.number} is a credit; nothing can be paid on it.")
        if amount <= 0:
            raise Refused(f"The amount for {item.number} must be more than 0.")
        check_day(locked[key], as_of=as_of)
        if amount > open_minor:
            raise Refused(
                f"{money_text(amount, item.currency)} is more than the "
                f"{money_text(open_minor, item.currency)} still open on {item.number}."
            )


def write_allocations(*, company: Company, rows: Sequence[Allocation]) -> list[Allocation]:
    """Add allocations with their entries, refresh their items; return them with keys."""
    written = add_records(Allocation, rows)
    post_entries(
        company=company,
        allocations=[row.pk for row in written],
        exchanged=[row.pk for row in written if row.paid_minor is not None],
    )
    refresh_open_items(company=company, items=sorted({row.item_id for row in written}))
    return written


def netting_rows(
    *, credit: Item, debit: Item, amount_minor: int, as_of: date, at: datetime
) -> list[Allocation]:
    """Return the two rows that put a part of a credit item on a debit item, not yet written."""
    return [
        Allocation(
            company_id=item.company_id,
            item=item,
            source=Allocation.Source.CREDIT,
            counter_item=other,
            amount_minor=signed,
            value_on=as_of,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        for item, other, signed in ((debit, credit, amount_minor), (credit, debit, -amount_minor))
    ]


def reversal_of(allocation: Allocation, *, as_of: date, at: datetime) -> Allocation:
    """Return the row that takes an allocation back, not yet written.

    It keeps the value day: a promise that was judged by that money is judged again.
    Raises Refused for a day before the allocation was booked.
    """
    if as_of < allocation.applied_on:
        raise Refused(f"It was booked on {allocation.applied_on}; it cannot be taken back before.")
    return Allocation(
        company_id=allocation.company_id,
        item_id=allocation.item_id,
        source=allocation.source,
        payment_id=allocation.payment_id,
        counter_item_id=allocation.counter_item_id,
        adjustment_id=allocation.adjustment_id,
        amount_minor=-allocation.amount_minor,
        paid_minor=None if allocation.paid_minor is None else -allocation.paid_minor,
        value_on=allocation.value_on,
        applied_on=as_of,
        reverses=allocation,
        recorded_on=as_of,
        recorded_at=at,
    )


def live(allocations: Iterable[Allocation]) -> list[Allocation]:
    """Return the allocations that are neither reversals nor reversed, in the order written."""
    rows = sorted(allocations, key=lambda row: row.pk)
    reversed_keys = {row.reverses_id for row in rows}
    return [row for row in rows if row.reverses_id is None and row.pk not in reversed_keys]
