"""Money of a paid checkout that goes back, or comes again: what it was put on is freed for it."""

from datetime import date, datetime

from dunwell.actions.allocations import (
    live,
    locked_items,
    locked_payment,
    money_text,
    reversal_of,
    write_allocations,
)
from dunwell.actions.checkout_discounts import (
    book_discounts,
    earned_discounts,
    take_discounts_back,
)
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.items import book_item, offset_item
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.periods import first_open_day
from dunwell.models import CHECKOUT, Allocation, Checkout, Item, Payment


def give_back(
    actor: Actor, checkout: Checkout, *, number: str, amount_minor: int, as_of: date, at: datetime
) -> Item:
    """Book that a part of a payment goes back: a debit item of kind refund the payment settles.

    What lies unapplied is used first, then what was put on items last: those are owed again, and
    so is what was taken off them for paying early.
    Raises Refused for more than the payment is, and for a payment that was returned.
    """
    if checkout.payment is None:
        raise Refused(f"{checkout.number} is not paid; nothing can be given back.")
    locked = locked_payment(company=actor.company, payment=checkout.payment)
    rows = [
        row
        for row in live(Allocation.objects.filter(payment=locked.payment).select_related("item"))
        if row.item.kind != Item.Kind.REFUND
    ]
    if amount_minor > locked.unapplied_minor + sum(row.amount_minor for row in rows):
        raise Refused(
            f"{money_text(amount_minor, checkout.currency)} is more than what is left of "
            f"{checkout.number}."
        )
    locked_items(company=actor.company, items=[row.item for row in rows])
    freed = _free(actor, rows, missing=amount_minor - locked.unapplied_minor, as_of=as_of, at=at)
    take_discounts_back(actor, checkout, items=freed, as_of=as_of, at=at)
    item = Item.objects.create(
        company=actor.company,
        customer_id=checkout.customer_id,
        number=number,
        kind=Item.Kind.REFUND,
        currency=checkout.currency,
        amount_minor=amount_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=checkout.number,
        recorded_on=as_of,
        recorded_at=at,
    )
    book_item(item)
    row = _put(locked.payment, item, amount_minor, as_of=as_of, at=at)
    write_allocations(company=actor.company, rows=[row])
    return item


def keep_after_all(actor: Actor, item: Item, *, as_of: date, at: datetime) -> None:
    """Take back that money goes back: its item is reversed, the payment's money is free again."""
    payment_ids = set(
        Allocation.objects.filter(item=item, payment__isnull=False).values_list(
            "payment_id", flat=True
        )
    )
    list(Payment.objects.select_for_update(no_key=True).filter(pk__in=payment_ids).order_by("pk"))
    locked_items(company=actor.company, items=[item])
    rows = live(Allocation.objects.filter(item=item, payment__isnull=False))
    if rows:
        write_allocations(
            company=actor.company, rows=[reversal_of(row, as_of=as_of, at=at) for row in rows]
        )
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    offset_item(locked=locked, as_of=as_of, at=at)


def come_in(
    actor: Actor,
    checkout: Checkout,
    *,
    number: str,
    amount_minor: int,
    value_on: date,
    extra: Item | None = None,
    as_of: date,
    at: datetime,
) -> Payment:
    """Book money of a checkout and put it on its items as far as they are open; return it.

    `extra` is settled after them. What an item no longer needs stays unapplied. A discount of the
    checkout is taken off where the money came in time for it; else that much is still owed.
    """
    desk = lent(actor, "payment.record", "payment.apply")
    lines = list(checkout.lines.select_related("item").order_by("item__due_on", "item_id"))
    wanted = [(line.item, line.amount_minor) for line in lines]
    if extra is not None:
        wanted.append((extra, extra.amount_minor))
    # items first: whoever else books on them waits here and not behind the chain of events
    open_now = locked_items(company=actor.company, items=[item for item, _ in wanted])
    day = min(max(first_open_day(actor.company, value_on), value_on), as_of)
    payment = record_payment(
        actor=desk,
        number=number,
        customer=checkout.customer,
        currency=checkout.currency,
        amount_minor=amount_minor,
        value_on=day,
        method=CHECKOUT,
        payer=checkout.customer.name[:200],
        reference=f"{checkout.get_method_display()} {checkout.external_id}"[:400],
        as_of=as_of,
        at=at,
    )
    amounts: dict[Item, int] = {}
    left = amount_minor
    for item, most in wanted:
        put = min(most, open_now[item.pk].open_minor, left)
        if put > 0:
            amounts[item] = put
            left -= put
    if amounts:
        # money that comes again is as early as it was the first time
        came_on = checkout.payment.value_on if checkout.payment else value_on
        put_on = {item.pk: put for item, put in amounts.items()}
        earned = earned_discounts(checkout, open_now, put_on, came_on=came_on)
        apply_payment(actor=desk, payment=payment, amounts=amounts, as_of=as_of, at=at)
        book_discounts(actor, checkout, open_now, earned, on=day, as_of=as_of, at=at)
    return payment


def _free(
    actor: Actor, rows: list[Allocation], *, missing: int, as_of: date, at: datetime
) -> set[int]:
    """Take allocations back, the last first, until so much is free; what was too much stays on.

    Returns the items that are owed again.
    """
    touched: set[int] = set()
    written: list[Allocation] = []
    for row in reversed(rows):
        if missing <= 0:
            break
        written.append(reversal_of(row, as_of=as_of, at=at))
        touched.add(row.item_id)
        if row.amount_minor > missing and row.payment is not None:
            kept = row.amount_minor - missing
            written.append(_put(row.payment, row.item, kept, as_of=as_of, at=at))
        missing -= row.amount_minor
    if written:
        write_allocations(company=actor.company, rows=written)
    return touched


def _put(
    payment: Payment, item: Item, amount_minor: int, *, as_of: date, at: datetime
) -> Allocation:
    return Allocation(
        company_id=item.company_id,
        item=item,
        source=Allocation.Source.PAYMENT,
        payment=payment,
        amount_minor=amount_minor,
        value_on=payment.value_on,
        applied_on=as_of,
        recorded_on=as_of,
        recorded_at=at,
    )
