"""How each customer pays: habits as of a day, from nothing but what had happened by then.

Lateness is judged by items settled with money in the two years before `as_of`.
Within a currency an item weighs by its amount, across currencies by number of
items, so that yen never outweigh euros. Every sum is of whole numbers, so the
order of rows cannot change an answer.
"""

from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items, settled_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame
from dunwell.engine.seasons import (
    FAR_LATE_DAYS,
    season_counts,
    season_days,
    season_month,
    season_spans,
)

HISTORY_DAYS = 730
"""How far back habits look."""

CALENDAR_LEAD = timedelta(days=HISTORY_DAYS + 370)
"""How far back their calendar reaches: an item paid two years ago may be due a year before."""

RECENT_ITEMS = 10
"""Number of latest items that count as recent, compared with as many before them."""

TYPICAL_ITEMS = 20
"""Number of latest items whose median is the typical lateness."""

LATEST_ITEMS, LATEST_FAR_ITEMS = 5, 4
"""A customer gets worse when so many of so many latest items are far later than its median."""

PRIOR_ITEMS = 3
"""Weight of the portfolio's lateness, in items: a customer with three items is half believed.

The median of 20 with this weight erred least of the six pairs of (mean of 10, median
of 10, median of 20) and (3, 5) tried on three ledgers, two of them public.
"""

FEW_ITEMS = 3
"""Below this a customer is new and a trend is not shown."""

MONTH_END_LAST, MONTH_END_FIRST = 3, 2
"""A payment within the last 3 or first 2 business days of a month is a month-end payment."""

PPM = 1_000_000

HABITS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "settled_items": Column(nw.Int64, "items settled with money in the last two years"),
    "mean_days_late": Column(nw.Float64, "weighted mean days late, early < 0", nullable=True),
    "median_days_late": Column(nw.Int32, "weighted median days late", nullable=True),
    "spread_days": Column(nw.Float64, "standard deviation of days late", nullable=True),
    "recent_days_late": Column(nw.Float64, "mean days late of the last ten items", nullable=True),
    "trend_days": Column(
        nw.Float64,
        "recent mean less the mean of the ten items before; > 0 is worse",
        nullable=True,
    ),
    "late_ppm": Column(nw.Int64, "share of items paid late", nullable=True),
    "month_end_ppm": Column(nw.Int64, "share of items paid around a month end", nullable=True),
    "pay_weekday": Column(
        nw.Int32, "1 = Monday; most items are paid on it, else empty", nullable=True
    ),
    "typical_days_late": Column(nw.Int32, "median days late of the last 20 items", nullable=True),
    "season_month": Column(
        nw.Int32, "first of two months of late payment, else empty", nullable=True
    ),
    "last_payment_day": Column(nw.Int32, "value day of the last payment", nullable=True),
    "oldest_overdue_days": Column(nw.Int32, "days past due of the oldest open item, 0 if none"),
    "promises_broken": Column(nw.Int64, "promises broken in the last two years, in part included"),
    "expected_days_late": Column(nw.Int32, "typical days late drawn towards the portfolio's"),
    "habit": Column(nw.String, "one of HABIT_LABELS"),
}
PAID_ITEMS: Frame = {
    "customer_id": Column(nw.Int64, "who paid"),
    "item_id": Column(nw.Int64, "key of the item"),
    "due_day": Column(nw.Int32, "due day"),
    "days_late": Column(nw.Int32, "value day of the last money less due day"),
    "weekday": Column(nw.Int32, "1 = Monday, empty outside the calendar", nullable=True),
    "is_month_end": Column(nw.Boolean, "paid around a month end", nullable=True),
    "due_month": Column(nw.Int32, "month of the year it was due", nullable=True),
    "weight": Column(nw.Int64, "millionths of an average item of the customer and currency"),
    "from_end": Column(nw.Int64, "position by day of payment, 0 = the latest"),
    "typical_items": Column(nw.Int64, "number of the latest items, at most TYPICAL_ITEMS"),
    "typical_so_far": Column(nw.Int64, "how many of those are at most as late"),
    "median_days_late": Column(nw.Int32, "weighted median of the customer"),
    "all_items": Column(nw.Int64, "items of the customer"),
}
HABIT_LABELS = ("new", "failing", "seasonal", "month_end", "slow", "prompt", "steady")

WORSE_DAYS = 15
SILENT_DAYS = 60
MONTH_END_SHARE_PPM = 600_000
MONTH_END_ITEMS = 5
SLOW_DAYS = 12
PROMPT_DAYS = 3
WEEKDAY_ITEMS = 6
WEEKDAYS = range(1, 8)


def habits(ledger: Ledger, calendar: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return one row per customer with an item issued by `as_of`, in columns HABITS.

    `calendar` (columns CALENDAR) covers the two years before `as_of`. The label
    is the first that fits: `failing` (an item 60 days past due and no payment for
    as long), `new` (fewer than three items), `seasonal`, `failing` again (four of
    the last five items far later than the median, the last ten 15 days late on
    average), `prompt` (typically at most 3 days late), `month_end` (60 % of five
    or more items), `slow` (typically 12 days late or more), `steady`.
    """
    paid = paid_items(ledger, calendar, as_of=as_of)
    stats = _statistics(paid)
    customers = ledger.items.filter(nw.col("issued_day") <= day_number(as_of))
    joined = customers.select("customer_id").unique().join(stats, on="customer_id", how="left")
    for other in (
        _last_payments(ledger, as_of=as_of),
        _overdue(ledger, as_of=as_of),
        _broken(ledger, as_of=as_of),
    ):
        joined = joined.join(other, on="customer_id", how="left")
    filled = joined.with_columns(
        nw.col("settled_items", "promises_broken", "typical_items", "typical_sum").fill_null(0),
        nw.col("oldest_overdue_days").fill_null(0),
    ).with_columns(
        portfolio_sum=nw.col("typical_sum").sum(), portfolio_items=nw.col("typical_items").sum()
    )
    return (
        filled.with_columns(expected_days_late=_expected_days_late())
        .with_columns(habit=_habit(day_number(as_of)))
        .select(*HABITS)
    )


def paid_items(ledger: Ledger, calendar: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the debit items settled with money in the history, in columns PAID_ITEMS."""
    first = day_number(as_of) - HISTORY_DAYS
    paid_on = calendar.select(
        "weekday",
        paid_day=nw.col("day"),
        is_month_end=(nw.col("business_days_left") < MONTH_END_LAST)
        | (nw.col("business_day_of_month") <= MONTH_END_FIRST),
    )
    due_on = calendar.select(due_day=nw.col("day"), due_month=nw.col("month_of_year"))
    settled = settled_items(ledger.items, ledger.allocations, as_of=as_of).filter(
        nw.col("amount_minor") > 0, nw.col("paid_day") > first
    )
    amount = nw.col("amount_minor").cast(nw.Int128)
    weight = amount * nw.col("currency_items") * PPM // nw.col("currency_minor")
    paid = settled.select(
        "customer_id", "currency", "item_id", "amount_minor", "due_day", "paid_day", "days_late"
    )
    is_upper_half = nw.col("weight_so_far") * 2 >= nw.col("all_items") * PPM
    return (
        paid.join(paid_on, on="paid_day", how="left")
        .join(due_on, on="due_day", how="left")
        .with_columns(one=nw.lit(1, nw.Int64))
        .with_columns(
            all_items=nw.col("one").sum().over("customer_id"),
            currency_items=nw.col("one").sum().over("customer_id", "currency"),
            currency_minor=nw.col("amount_minor").sum().over("customer_id", "currency"),
        )
        .with_columns(weight=weight.cast(nw.Int64))
        .with_columns(
            items_so_far=nw.col("one")
            .cum_sum()
            .over("customer_id", order_by=["paid_day", "item_id"]),
            weight_so_far=nw.col("weight")
            .cum_sum()
            .over("customer_id", order_by=["days_late", "item_id"]),
        )
        .with_columns(upper_days=nw.when(is_upper_half).then(nw.col("days_late")))
        .with_columns(
            from_end=nw.col("all_items") - nw.col("items_so_far"),
            median_days_late=nw.col("upper_days").min().over("customer_id"),
        )
        .with_columns(
            is_typical=nw.when(nw.col("from_end") < TYPICAL_ITEMS)
            .then(nw.lit(1, nw.Int64))
            .otherwise(0)
        )
        .with_columns(
            typical_items=nw.col("is_typical").sum().over("customer_id"),
            typical_so_far=nw.col("is_typical")
            .cum_sum()
            .over("customer_id", order_by=["days_late", "item_id"]),
        )
        .select(*PAID_ITEMS)
    )


def _statistics(paid: nw.LazyFrame) -> nw.LazyFrame:
    """Return means, median, spread, trend and shares per customer."""
    late = nw.col("days_late").cast(nw.Int64)
    from_end = nw.col("from_end")
    is_far = late > nw.col("median_days_late") + FAR_LATE_DAYS
    is_middle = (from_end < TYPICAL_ITEMS) & (
        nw.col("typical_so_far") * 2 >= nw.col("typical_items")
    )
    is_recent = from_end < RECENT_ITEMS
    is_former = ~is_recent & (from_end < 2 * RECENT_ITEMS)
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    counted = {
        "settled_items": one,
        "weights": nw.col("weight"),
        "weighted_sum": nw.col("weight") * late,
        "plain_sum": late,
        "square_sum": late * late,
        "late_items": nw.when(late > 0).then(one).otherwise(zero),
        "month_end_items": nw.when(nw.col("is_month_end")).then(one).otherwise(zero),
        "recent_items": nw.when(is_recent).then(one).otherwise(zero),
        "recent_sum": nw.when(is_recent).then(late).otherwise(zero),
        "latest_far": nw.when(is_far & (from_end < LATEST_ITEMS)).then(one).otherwise(zero),
        "former_items": nw.when(is_former).then(one).otherwise(zero),
        "former_sum": nw.when(is_former).then(late).otherwise(zero),
    }
    counted |= season_counts()
    for weekday in WEEKDAYS:
        is_weekday = nw.col("weekday") == weekday
        counted[f"weekday_{weekday}"] = nw.when(is_weekday).then(one).otherwise(zero)
    sums = (
        paid.with_columns(
            middle_days=nw.when(is_middle).then(nw.col("days_late")), **counted, **season_days()
        )
        .group_by("customer_id")
        .agg(
            *[total(name).alias(name) for name in counted],
            *season_spans(),
            nw.col("median_days_late", "typical_items").max(),
            typical_days_late=nw.col("middle_days").min(),
        )
    )
    items = nw.col("settled_items")
    variance = items * nw.col("square_sum") - nw.col("plain_sum") * nw.col("plain_sum")
    recent = nw.col("recent_sum") / nw.col("recent_items")
    former = nw.col("former_sum") / nw.col("former_items")
    has_trend = nw.col("former_items") >= FEW_ITEMS
    return sums.with_columns(
        mean_days_late=nw.col("weighted_sum") / nw.col("weights"),
        spread_days=variance.cast(nw.Float64).sqrt() / items,
        recent_days_late=recent,
        trend_days=nw.when(has_trend).then(recent - former),
        late_ppm=nw.col("late_items") * PPM // items,
        month_end_ppm=nw.col("month_end_items") * PPM // items,
        pay_weekday=_pay_weekday(),
        season_month=season_month(),
        typical_sum=nw.col("typical_items") * nw.col("typical_days_late"),
    )


def _pay_weekday() -> nw.Expr:
    """Return the weekday on which a customer pays at least six in ten of its items, or empty."""
    items = nw.col("settled_items")
    days = []
    for weekday in WEEKDAYS:
        is_most = nw.col(f"weekday_{weekday}") * 10 >= items * 6
        is_run = is_most & (items >= WEEKDAY_ITEMS)
        days.append(nw.when(is_run).then(nw.lit(weekday, nw.Int32)))
    return nw.max_horizontal(*days)


def _last_payments(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the value day of each customer's last payment by `as_of`."""
    received = nw.col("value_day") <= day_number(as_of)
    return (
        ledger.payments.filter(
            received, nw.col("amount_minor") > 0, ~nw.col("customer_id").is_null()
        )
        .group_by("customer_id")
        .agg(last_payment_day=nw.col("value_day").max())
    )


def _overdue(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the days past due of each customer's oldest open debit item, if any is past due."""
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of)
    return (
        opened.filter(nw.col("open_minor") > 0, nw.col("days_past_due") > 0)
        .group_by("customer_id")
        .agg(oldest_overdue_days=nw.col("days_past_due").max())
    )


def _broken(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return how many promises each customer broke in the history, partly broken ones included."""
    first = day_number(as_of) - HISTORY_DAYS
    return (
        assess_promises(ledger.promises, ledger.allocations, ledger.items, as_of=as_of)
        .filter(
            nw.col("judged_day") > first, nw.col("outcome").is_in(["broken", "partially_kept"])
        )
        .group_by("customer_id")
        .agg(promises_broken=nw.len().cast(nw.Int64))
    )


def _expected_days_late() -> nw.Expr:
    """Return typical days late drawn towards the portfolio's by PRIOR_ITEMS items, whole days."""
    has_portfolio = nw.col("portfolio_items") > 0
    items = nw.when(has_portfolio).then(nw.col("portfolio_items")).otherwise(1)
    above = nw.col("typical_sum") * items + nw.col("portfolio_sum") * PRIOR_ITEMS
    below = (nw.col("typical_items") + PRIOR_ITEMS) * items
    return share(above, nw.lit(1, nw.Int64), below).cast(nw.Int32)


def _habit(day: int) -> nw.Expr:
    """Return the first label that fits, see `habits`."""
    last_paid = nw.col("last_payment_day").fill_null(day - HISTORY_DAYS)
    is_silent = (nw.col("oldest_overdue_days") >= SILENT_DAYS) & (day - last_paid >= SILENT_DAYS)
    is_worse = (nw.col("latest_far") >= LATEST_FAR_ITEMS) & (
        nw.col("recent_days_late") >= WORSE_DAYS
    )
    is_month_end = (nw.col("month_end_ppm") >= MONTH_END_SHARE_PPM) & (
        nw.col("settled_items") >= MONTH_END_ITEMS
    )
    typical = nw.col("typical_days_late")
    ordered = (
        ("failing", is_silent),
        ("new", nw.col("settled_items") < FEW_ITEMS),
        ("seasonal", ~nw.col("season_month").is_null()),
        ("failing", is_worse),
        ("prompt", typical <= PROMPT_DAYS),
        ("month_end", is_month_end),
        ("slow", typical >= SLOW_DAYS),
    )
    label = nw.lit("steady")
    for name, fits in reversed(ordered):
        label = nw.when(fits).then(nw.lit(name)).otherwise(label)
    return label
