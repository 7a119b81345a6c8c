"""What an incentive brought, customer by customer: in time, days earlier, and what a day costs."""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.incentive_days import CENTI, CustomerDays, DaysEffect, days_effect
from dunwell.engine.incentives import CustomerShare, Effect, is_control, on_time_effect
from dunwell.models import Company, Customer, Incentive
from dunwell.queries.incentive_items import watched_frame
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedCustomer:
    """Items of a customer that fell due or were paid, those in time, and the days of their money.

    `day_minor` is amount times days from the due day to the money, below 0 where it came early.
    """

    customer_id: int
    is_control: bool
    items: int
    on_time: int
    amount_minor: int
    day_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedRow:
    """A watched customer by name; `centidays` is its mean from due to paid in 1/100 days."""

    customer_id: int
    customer_number: str
    customer_name: str
    is_control: bool
    items: int
    on_time: int
    amount_minor: int
    centidays: int | None


def watched_customers(incentive: Incentive, *, as_of: date) -> tuple[WatchedCustomer, ...]:
    """Return every customer with items that fell due or were paid while it runs; one query."""
    today = day_number(as_of)
    is_due = nw.col("due_day") < today
    is_paid = ~nw.col("paid_day").is_null() & (nw.col("paid_day") <= nw.col("due_day"))
    until = nw.col("paid_day").fill_null(today)
    rows = (
        watched_frame(incentive, as_of=as_of)
        .with_columns(
            on_time=is_paid.fill_null(value=False).cast(nw.Int64),
            day_minor=(until - nw.col("due_day")).cast(nw.Int64) * nw.col("amount_minor"),
        )
        .filter(is_due | (nw.col("on_time") == 1))
        .group_by("customer_id")
        .agg(
            items=nw.len().cast(nw.Int64),
            on_time=nw.col("on_time").sum(),
            amount_minor=nw.col("amount_minor").sum(),
            day_minor=nw.col("day_minor").sum(),
        )
        .sort("customer_id")
        .select("customer_id", "items", "on_time", "amount_minor", "day_minor")
        .collect()
        .rows()
    )
    return tuple(
        WatchedCustomer(
            customer_id=key,
            is_control=is_control(
                incentive_id=incentive.pk, customer_id=key, control_ppm=incentive.control_ppm
            ),
            items=items,
            on_time=on_time,
            amount_minor=amount,
            day_minor=day_minor,
        )
        for key, items, on_time, amount, day_minor in rows
    )


def measured_effect(
    incentive: Incentive, *, as_of: date, spent_minor: int
) -> tuple[Effect, DaysEffect]:
    """Return how much more customers pay in time, and how much earlier, than the control group."""
    found = watched_customers(incentive, as_of=as_of)
    shares = [
        CustomerShare(is_control=one.is_control, items=one.items, on_time=one.on_time)
        for one in found
    ]
    days = [
        CustomerDays(
            is_control=one.is_control, amount_minor=one.amount_minor, day_minor=one.day_minor
        )
        for one in found
    ]
    return on_time_effect(shares), days_effect(days, spent_minor=spent_minor)


def watched_rows(
    company: Company,
    incentive_id: int,
    *,
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[WatchedRow] | None:
    """Return one page of the customers behind the effect, by key; None for no such incentive.

    Raises CursorError for a cursor of another list.
    """
    incentive = Incentive.objects.filter(company=company, pk=incentive_id).first()
    if incentive is None:
        return None
    after = int(read_cursor(cursor, (int,))[0]) if cursor else 0  # type: ignore[arg-type]
    limit = page_limit(limit)
    found = [one for one in watched_customers(incentive, as_of=as_of) if one.customer_id > after][
        : limit + 1
    ]
    names = Customer.objects.in_bulk([one.customer_id for one in found])
    return page_of(
        [_row(one, names[one.customer_id]) for one in found],
        limit=limit,
        key=lambda row: (row.customer_id,),
    )


def _row(one: WatchedCustomer, customer: Customer) -> WatchedRow:
    amount = one.amount_minor
    return WatchedRow(
        customer_id=one.customer_id,
        customer_number=customer.number,
        customer_name=customer.name,
        is_control=one.is_control,
        items=one.items,
        on_time=one.on_time,
        amount_minor=amount,
        centidays=round(one.day_minor * CENTI / amount) if amount > 0 else None,
    )
