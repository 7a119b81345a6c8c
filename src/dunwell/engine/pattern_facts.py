"""Facts from the pattern of trade: overdue against billing, orders, disputes, returned payments.

All but the overdue amount and the returned payments are the same whenever the customer
pays, so a late payment can only worsen them.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, open_items, total, unapplied
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import Column, Frame

QUARTER_DAYS = 90
BILLING_DAYS = 4 * QUARTER_DAYS
"""Billing is looked at in four quarters: the last one against the three before."""

USUAL_ITEMS = 6
"""Fewer items than this in the three quarters before show no usual rate."""

MOST_MONTHS = 12
"""Overdue counts as at most so many months of billing."""

MOST_GROWTH = 9
"""Billing counts as grown by at most so many times the usual."""

PPM = 1_000_000

_RATES = ("overdue_ppm", "order_drop_ppm", "growth_ppm", "disputed_ppm")
PATTERN_FACTS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    **{name: Column(nw.Int64, "see score_facts.FACTS", nullable=True) for name in _RATES},
    **{f"{name}_rows": Column(nw.Int64, f"items behind {name}") for name in _RATES},
    "returned_payments": Column(nw.Int64, "payments reversed in the last `days`"),
}


def pattern_facts(
    ledger: Ledger, customers: nw.LazyFrame, *, days: int, as_of: date
) -> nw.LazyFrame:
    """Return one row per row of `customers` (customer_id, unique), in columns PATTERN_FACTS.

    A usual rate of orders needs 6 items in the three quarters before the last one and
    one in the oldest of them. Overdue is what is past due and never disputed, less
    unapplied cash: money that came is not overdue because we have not booked it.
    """
    disputed = disputed_items(ledger, as_of=as_of)
    billed = _billed(ledger, disputed, as_of=as_of)
    joined = customers.select("customer_id")
    for facts in (
        _overdue(billed, ledger, disputed, as_of=as_of),
        _orders(billed),
        _returned(ledger, days, as_of=as_of),
    ):
        joined = joined.join(facts, on="customer_id", how="left")
    counts = [f"{name}_rows" for name in _RATES]
    return joined.with_columns(nw.col(*counts, "returned_payments").fill_null(0)).select(
        *PATTERN_FACTS
    )


def disputed_items(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return item_id of every item that was ever disputed by `as_of`."""
    opened = ledger.disputes.filter(nw.col("opened_day") <= day_number(as_of))
    return opened.select("item_id").unique()


def _billed(ledger: Ledger, disputed: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return amounts and numbers of the debit items of four quarters by customer and currency."""
    day = day_number(as_of)
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    age = nw.lit(day) - nw.col("issued_day")
    is_recent, is_oldest = age < QUARTER_DAYS, age >= BILLING_DAYS - QUARTER_DAYS
    amount = nw.col("amount_minor")
    counted = {
        "items": one,
        "recent_items": nw.when(is_recent).then(one).otherwise(zero),
        "former_items": nw.when(is_recent).then(zero).otherwise(one),
        "oldest_items": nw.when(is_oldest).then(one).otherwise(zero),
        "disputed_items": nw.when(nw.col("is_disputed")).then(one).otherwise(zero),
        "billed_minor": amount,
        "recent_minor": nw.when(is_recent).then(amount).otherwise(zero),
    }
    return (
        ledger.items.filter(
            amount > 0,
            nw.col("kind") != REFUND,
            nw.col("issued_day") <= day,
            age < BILLING_DAYS,
        )
        .join(disputed.with_columns(is_disputed=nw.lit(value=True)), on="item_id", how="left")
        .with_columns(**counted)
        .group_by("customer_id", "currency")
        .agg(*[total(name).alias(name) for name in counted])
    )


def _orders(billed: nw.LazyFrame) -> nw.LazyFrame:
    """Return order drop, growth and disputes per customer.

    Growth of billing is taken within each currency and weighted by items.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    former_minor = nw.col("billed_minor") - nw.col("recent_minor")
    was_billed = former_minor > 0
    below = nw.when(was_billed).then(former_minor).otherwise(one)
    times = nw.col("recent_minor").cast(nw.Int128) * 3 * PPM // below.cast(nw.Int128) - PPM
    grown = nw.when(was_billed).then(times.clip(0, MOST_GROWTH * PPM).cast(nw.Int64)).otherwise(0)
    counts = ("items", "recent_items", "former_items", "oldest_items", "disputed_items")
    sums = (
        billed.with_columns(grown=grown * nw.col("former_items"))
        .group_by("customer_id")
        .agg(*[total(name).alias(name) for name in (*counts, "grown")])
    )
    former = nw.col("former_items")
    usual = nw.when(former > 0).then(former).otherwise(one)
    kept = nw.col("recent_items") * 3 * PPM // usual
    has_usual = (former >= USUAL_ITEMS) & (nw.col("oldest_items") > 0)
    rows = nw.when(has_usual).then(former).otherwise(zero)
    return sums.select(
        "customer_id",
        order_drop_ppm=nw.when(has_usual).then((PPM - kept).clip(0, PPM)),
        order_drop_ppm_rows=rows,
        growth_ppm=nw.when(has_usual).then(nw.col("grown") // usual),
        growth_ppm_rows=rows,
        disputed_ppm=nw.col("disputed_items") * PPM // nw.col("items"),
        disputed_ppm_rows=nw.col("items"),
    )


def _overdue(
    billed: nw.LazyFrame, ledger: Ledger, disputed: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return overdue against a month's billing within each currency, weighted by items billed.

    A currency that is overdue but no longer billed weighs as one item with the most months.
    """
    zero = nw.lit(0, nw.Int64)
    shape = ("customer_id", "currency", "items", "billed_minor", "overdue_minor")
    overdue = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .filter(nw.col("open_minor") > 0, nw.col("days_past_due") > 0)
        .join(disputed, on="item_id", how="anti")
        .select(
            "customer_id", "currency", items=zero, billed_minor=zero, overdue_minor="open_minor"
        )
    )
    cash = (
        unapplied(ledger.payments, ledger.allocations, as_of=as_of)
        .filter(~nw.col("customer_id").is_null(), nw.col("unapplied_minor") > 0)
        .with_columns(
            items=zero, billed_minor=zero, overdue_minor=zero - nw.col("unapplied_minor")
        )
        .select(*shape)
    )
    both = nw.concat(
        [billed.with_columns(overdue_minor=zero).select(*shape), overdue.select(*shape), cash],
        how="vertical",
    )
    sums = (
        both.group_by("customer_id", "currency")
        .agg(*[total(name).alias(name) for name in shape[2:]])
        .with_columns(nw.col("overdue_minor").clip(0))
        .filter((nw.col("billed_minor") > 0) | (nw.col("overdue_minor") > 0))
    )
    is_billed = nw.col("billed_minor") > 0
    below = nw.when(is_billed).then(nw.col("billed_minor")).otherwise(nw.lit(1, nw.Int64))
    months = nw.col("overdue_minor").cast(nw.Int128) * 12 * PPM // below.cast(nw.Int128)
    most = MOST_MONTHS * PPM
    ratio = nw.when(is_billed).then(months.clip(0, most).cast(nw.Int64)).otherwise(most)
    weight = nw.when(is_billed).then(nw.col("items")).otherwise(1)
    return (
        sums.with_columns(overdue_ppm_rows=weight, weighted=ratio * weight)
        .group_by("customer_id")
        .agg(overdue_ppm_rows=total("overdue_ppm_rows"), weighted=total("weighted"))
        .with_columns(overdue_ppm=nw.col("weighted") // nw.col("overdue_ppm_rows"))
        .drop("weighted")
    )


def _returned(ledger: Ledger, days: int, *, as_of: date) -> nw.LazyFrame:
    """Return the number of payments taken back per customer; a reversal has its own row < 0."""
    day = day_number(as_of)
    return (
        ledger.payments.filter(
            nw.col("amount_minor") < 0,
            ~nw.col("customer_id").is_null(),
            nw.col("value_day") <= day,
            nw.col("value_day") > day - days,
        )
        .group_by("customer_id")
        .agg(returned_payments=nw.len().cast(nw.Int64))
    )
