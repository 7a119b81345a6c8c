"""Promises of an amount: what of them is paid, what they cover now, how much may be promised."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from django.db.models import Q, QuerySet, Sum

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.promises import assess_promises
from dunwell.models import Company, Customer, Dispute, OpenItem, Promise, PromiseItem
from dunwell.queries.agreements import bound_items
from dunwell.queries.frames import day, promises_frame, read_frame
from dunwell.queries.holds import active_holds
from dunwell.queries.prepared import prepared

AGREED = "'plan', 'agreement', 'legal'"
"""Holds of what is agreed otherwise: money on the item meanwhile belongs to that."""

Place = tuple[int, str]
"""Customer and currency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountFrames:
    """What amounts are judged by: items and money of the customers who promised one.

    `agreed` says which money belongs to a plan, a settlement or an agency, in columns PROMISES
    with keys below 0, to be put to `assess_promises` beside the promises.
    """

    items: nw.LazyFrame
    allocations: nw.LazyFrame
    agreed: nw.LazyFrame


def amount_frames(
    company: Company, *, as_of: date, customers: Collection[int] = ()
) -> AmountFrames:
    """Return the frames of everybody who ever promised an amount, or of some of them."""
    only = f"AND p.customer_id IN ({_marks(customers)})" if customers else ""
    whose = (
        "SELECT p.customer_id FROM dunwell_promise p "
        f"WHERE p.company_id = %s AND p.level = 'customer' {only}"
    )
    of_them = [company.pk, *customers]
    return AmountFrames(
        items=read_frame(
            f"SELECT i.id, i.customer_id, i.kind, i.currency, i.amount_minor, "
            f"{day('i.issued_on')}, {day('i.due_on')}, {day('i.recorded_on')} "
            f"FROM dunwell_item i WHERE i.customer_id IN ({whose})",
            of_them,
            schema.ITEMS,
        ),
        allocations=read_frame(
            "SELECT a.item_id, a.payment_id, a.source, a.amount_minor, "
            "COALESCE(a.paid_minor, a.amount_minor), "
            f"{day('a.value_on')}, {day('a.applied_on')}, {day('a.recorded_on')} "
            "FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id "
            f"WHERE a.source IN ('payment', 'credit') AND i.customer_id IN ({whose})",
            of_them,
            schema.ALLOCATIONS,
        ),
        agreed=read_frame(
            "SELECT -h.id, h.customer_id, h.item_id, i.currency, ABS(i.amount_minor), "
            f"{day('h.from_on')}, COALESCE({day('h.released_on')}, {day('h.until_on')}, %s), "
            "NULL, 0 FROM dunwell_hold h JOIN dunwell_item i ON i.id = h.item_id "
            f"WHERE h.reason IN ({AGREED}) AND h.customer_id IN ({whose})",
            [day_number(as_of), *of_them],
            schema.PROMISES,
        ),
    )


def no_amounts() -> AmountFrames:
    """Return the frames of a company to which nobody ever promised an amount."""
    items, allocations, agreed = (
        nw.from_dict(
            {name: [] for name in columns},
            schema={name: column.dtype() for name, column in columns.items()},
            backend="polars",
        ).lazy()
        for columns in (schema.ITEMS, schema.ALLOCATIONS, schema.PROMISES)
    )
    return AmountFrames(items=items, allocations=allocations, agreed=agreed)


def unpaid_amounts(
    company: Company, customers: Collection[int], *, as_of: date
) -> Mapping[Place, int]:
    """Return what is not paid yet of open promises of amounts, by customer and currency.

    One query where nobody of them promised an amount.
    """
    standing = {
        key: (customer_id, currency, amount)
        for key, customer_id, currency, amount in Promise.objects.filter(
            customer__in=customers, level=Promise.Level.CUSTOMER, outcome=Promise.Outcome.OPEN
        ).values_list("pk", "customer", "currency", "amount_minor")
    }
    if not standing:
        return {}
    promised_by = {customer_id for customer_id, _, _ in standing.values()}
    found = amount_frames(company, as_of=as_of, customers=promised_by)
    assessed = assess_promises(
        nw.concat([promises_frame(company, customers=promised_by), found.agreed], how="vertical"),
        found.allocations,
        found.items,
        as_of=as_of,
    )
    found_paid = assessed.select("promise_id", "paid_minor").collect("polars").rows()
    paid = {int(key): int(amount) for key, amount in found_paid}
    left: dict[Place, int] = defaultdict(int)
    for key, (customer_id, currency, amount) in standing.items():
        left[customer_id, currency] += (amount or 0) - paid.get(key, 0)
    return {place: amount for place, amount in left.items() if amount > 0}


def covered_now(company: Company, customers: Collection[int], *, as_of: date) -> dict[int, int]:
    """Return what open promises of amounts cover of each item today, the oldest due first.

    As `engine.collectable` does for everybody: disputed, held and promised parts are passed over.
    """
    left = dict(unpaid_amounts(company, customers, as_of=as_of))
    if not left:
        return {}
    covered: dict[int, int] = {}
    for row, free in _free_items(company, {place[0] for place in left}, as_of=as_of):
        place = (row.customer_id, row.currency)
        part = min(free, left.get(place, 0))
        if part > 0:
            covered[row.item_id] = part
            left[place] -= part
    return covered


def promised_now(
    company: Company, customers: Collection[int], items: Collection[int], *, as_of: date
) -> dict[int, int]:
    """Return what is promised of each of the items of some customers, amounts included."""
    found: dict[int, int] = defaultdict(int)
    has_amounts = False
    for level, item_id, amount in _of_items(list(customers), list(items)):
        has_amounts = has_amounts or level == Promise.Level.CUSTOMER
        if item_id is not None:
            found[item_id] += amount
    if has_amounts:
        for item_id, part in covered_now(company, customers, as_of=as_of).items():
            found[item_id] += part
    return dict(found)


def promised_sums(customer: Customer, *, as_of: date) -> dict[str, int]:
    """Return what a customer's open promises cover by currency, of amounts what is not paid."""
    found: dict[str, int] = defaultdict(int)
    has_amounts = False
    for level, currency, amount in _promised(customer.pk):
        has_amounts = has_amounts or level == Promise.Level.CUSTOMER
        if currency is not None:
            found[currency] += amount
    if has_amounts:
        left = unpaid_amounts(customer.company, [customer.pk], as_of=as_of)
        for (_, currency), amount in left.items():
            found[currency] += amount
    return dict(found)


@prepared
def _of_items(
    customers: Sequence[int], items: Sequence[int]
) -> QuerySet[Any, tuple[str, int | None, int]]:
    found = Promise.objects.filter(
        Q(lines__item__pk__in=items) | Q(level=Promise.Level.CUSTOMER),
        customer__pk__in=customers,
        outcome=Promise.Outcome.OPEN,
    )
    return found.values_list("level", "lines__item", "lines__amount_minor")


@prepared
def _promised(customer_id: int) -> QuerySet[Any, tuple[str, str | None, int]]:
    found = Promise.objects.filter(customer=customer_id, outcome=Promise.Outcome.OPEN)
    return found.values_list("level", "lines__item__currency", "lines__amount_minor")


def free_to_promise(customer: Customer, *, as_of: date) -> dict[str, int]:
    """Return what of a customer's debt may be promised as an amount, by currency.

    Open, and neither disputed, nor promised by item, nor bound by a plan, a settlement or an
    agency. What an open promise of an amount covers counts: that promise would be replaced.
    """
    free: dict[str, int] = defaultdict(int)
    for row, part in _free_items(customer.company, {customer.pk}, as_of=as_of, with_held=True):
        free[row.currency] += part
    return {currency: amount for currency, amount in sorted(free.items()) if amount > 0}


def _free_items(
    company: Company, customers: Collection[int], *, as_of: date, with_held: bool = False
) -> list[tuple[OpenItem, int]]:
    """Return the open debit items, the oldest due first, each with what nothing else covers."""
    theirs = OpenItem.objects.filter(customer__in=customers, open_minor__gt=0)
    rows = list(theirs.order_by("due_on", "item_id"))
    # asked for by the customers: thousands of keys in a query cost more than the answer
    keys = theirs.values_list("item_id", flat=True)
    taken: dict[int, int] = defaultdict(int)
    for found in (
        Dispute.objects.filter(item__in=keys, closed_on=None),
        PromiseItem.objects.filter(item__in=keys, promise__outcome=Promise.Outcome.OPEN),
    ):
        for key, amount in found.values_list("item").annotate(Sum("amount_minor")):
            taken[key] += amount
    if with_held:
        bound: Collection[int] = bound_items(keys)
        held: set[tuple[int, int | None]] = set()
    else:
        bound = ()
        held = set(
            active_holds(company, as_of=as_of)
            .filter(customer__in=customers)
            .values_list("customer_id", "item_id")
        )
    return [
        (row, max(row.open_minor - taken[row.item_id], 0))
        for row in rows
        if row.item_id not in bound
        and not {(row.customer_id, None), (row.customer_id, row.item_id)} & held
    ]


def _marks(values: Collection[int]) -> str:
    return ", ".join(["%s"] * len(values))
