"""The facts rules of segments and pools look at: one row per customer, as of a day."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.fx import convert
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame
from dunwell.engine.segments_rules import CUSTOMER_FACTS

PPM = 1_000_000
BILLED_DAYS, PROMISE_DAYS = 365, 730

PROFILES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "segment": Column(nw.String, "segment the customer is in"),
    "country": Column(nw.String, "ISO 3166-1 alpha-2, empty when unknown"),
    "party": Column(nw.String, "company, person, public or empty"),
    "language": Column(nw.String, "language, empty when unknown"),
    "terms": Column(nw.String, "terms of payment, empty when unknown"),
    "score": Column(nw.Int64, "behavioural score", nullable=True),
    "band": Column(nw.String, "its band, empty when unknown"),
    "habit": Column(nw.String, "how it pays, empty when unknown"),
    "median_days_late": Column(nw.Int64, "median days late", nullable=True),
    "late_ppm": Column(nw.Int64, "share of items paid late", nullable=True),
}
BILLED: Frame = {
    "customer_id": Column(nw.Int64, "who was billed"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "first_day": Column(nw.Int32, "issue day of the first item"),
    "amount_minor": Column(nw.Int64, "billed in the last BILLED_DAYS, credits deducted"),
    "items": Column(nw.Int64, "debit items of that time"),
}
JUDGED_PROMISES: Frame = {
    "customer_id": Column(nw.Int64, "who promised"),
    "judged": Column(nw.Int64, "promises judged in the last PROMISE_DAYS"),
    "kept": Column(nw.Int64, "of those, kept"),
}
DISPUTED: Frame = {
    "customer_id": Column(nw.Int64, "who disputes"),
    "disputed": Column(nw.Int64, "items of the last BILLED_DAYS that were disputed"),
}
OWED_SUMS: Frame = {
    "customer_id": Column(nw.Int64, "who owes"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "open_minor": Column(nw.Int64, "open, credits deducted"),
    "late_minor": Column(nw.Int64, "of that, past due"),
    "days": Column(nw.Int64, "days past due of the oldest debit item, 0 if none"),
}
OWED: Frame = {
    "customer_id": Column(nw.Int64, "who owes"),
    "owed_minor": Column(
        nw.Int64, "open, home minor units; empty where a rate is missing", nullable=True
    ),
    "overdue_minor": Column(nw.Int64, "of that, past due", nullable=True),
    "oldest_days": Column(nw.Int64, "days past due of the oldest debit item, 0 if none"),
}


def owed_sums(open_items: nw.LazyFrame) -> nw.LazyFrame:
    """Return what each customer owes per currency, in columns OWED_SUMS, from OPEN_ITEMS."""
    late, zero = nw.col("days_past_due") > 0, nw.lit(0, nw.Int64)
    return (
        open_items.with_columns(
            late_minor=nw.when(late).then(nw.col("open_minor")).otherwise(zero),
            days=nw.when(late & (nw.col("open_minor") > 0))
            .then(nw.col("days_past_due").cast(nw.Int64))
            .otherwise(zero),
        )
        .group_by("customer_id", "currency")
        .agg(
            open_minor=total("open_minor"),
            late_minor=total("late_minor"),
            days=nw.col("days").max(),
        )
        .select(*OWED_SUMS)
    )


def owed_totals(rows: nw.LazyFrame, owed: nw.LazyFrame, *by: str) -> nw.LazyFrame:
    """Return rows with a `customer_id` summed by columns, with what their customers owe.

    Adds `customers`, `owed_minor`, `overdue_minor` and `without_rate`: the customers whose
    amounts in `owed` (columns OWED) are empty for want of a rate and so in neither sum.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    amounts = owed.select("customer_id", "owed_minor", "overdue_minor", is_counted=one)
    is_missing = ~nw.col("is_counted").is_null() & nw.col("owed_minor").is_null()
    return (
        rows.join(amounts, on="customer_id", how="left")
        .with_columns(
            one=one,
            missing=nw.when(is_missing).then(one).otherwise(zero),
            owed_minor=nw.col("owed_minor").fill_null(0),
            overdue_minor=nw.col("overdue_minor").fill_null(0),
        )
        .group_by(*by)
        .agg(
            customers=total("one"),
            owed_minor=total("owed_minor"),
            overdue_minor=total("overdue_minor"),
            without_rate=total("missing"),
        )
    )


def owed_at_home(
    sums: nw.LazyFrame, rates: nw.LazyFrame, *, home: str, as_of: date
) -> nw.LazyFrame:
    """Return what each customer with an open item owes in the home currency, in columns OWED.

    `sums` has columns OWED_SUMS, `rates` FX. Each currency of a customer is converted once. One
    missing rate leaves the customer's amounts empty: a part would look like the whole.
    """
    zero = nw.lit(0, nw.Int64)
    rows = convert(sums, rates, to=home, as_of=as_of, amount="open_minor").rename(
        {"converted_minor": "owed_home"}
    )
    rows = rows.drop("rate_ppm", "rate_day", "is_converted")
    rows = convert(rows, rates, to=home, as_of=as_of, amount="late_minor")
    one = nw.lit(1, nw.Int64)
    missing = nw.when(nw.col("is_converted")).then(zero).otherwise(one)
    is_whole = nw.col("missing") == 0
    return (
        rows.with_columns(missing=missing)
        .group_by("customer_id")
        .agg(
            missing=total("missing"),
            owed=total("owed_home"),
            overdue=total("converted_minor"),
            oldest_days=nw.col("days").max(),
        )
        .with_columns(
            owed_minor=nw.when(is_whole).then(nw.col("owed")),
            overdue_minor=nw.when(is_whole).then(nw.col("overdue")),
        )
        .select(*OWED)
    )


def customer_facts(
    profiles: nw.LazyFrame,
    owed: nw.LazyFrame,
    billed: nw.LazyFrame,
    promises: nw.LazyFrame,
    disputed: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
    as_of: date,
) -> nw.LazyFrame:
    """Return one row per customer, in columns CUSTOMER_FACTS.

    Frames in columns PROFILES, OWED, BILLED, JUDGED_PROMISES, DISPUTED and FX. Who has no open
    item owes 0; shares without anything behind them are empty.
    """
    zero, is_debtor = nw.lit(0, nw.Int64), ~nw.col("oldest_days").is_null()
    joined = (
        profiles.join(owed, on="customer_id", how="left")
        .join(_billed(billed, rates, home=home, as_of=as_of), on="customer_id", how="left")
        .join(promises, on="customer_id", how="left")
        .join(disputed, on="customer_id", how="left")
    )
    judged, items = nw.col("judged").fill_null(0), nw.col("items").fill_null(0)
    below = {
        "kept_ppm": (nw.col("kept").fill_null(0), judged),
        "disputed_ppm": (nw.col("disputed").fill_null(0), items),
    }
    return joined.with_columns(
        owed_minor=nw.when(is_debtor).then(nw.col("owed_minor")).otherwise(zero),
        overdue_minor=nw.when(is_debtor).then(nw.col("overdue_minor")).otherwise(zero),
        oldest_days=nw.col("oldest_days").fill_null(0),
        **{
            name: nw.when(base > 0).then(
                nw.min_horizontal(
                    part * PPM // nw.when(base > 0).then(base).otherwise(1),
                    nw.lit(PPM, nw.Int64),
                )
            )
            for name, (part, base) in below.items()
        },
    ).select(*CUSTOMER_FACTS)


def _billed(billed: nw.LazyFrame, rates: nw.LazyFrame, *, home: str, as_of: date) -> nw.LazyFrame:
    """Return customer_id, billed_minor (empty for want of a rate), lifetime_days and items."""
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    # a currency nothing was billed in needs no rate
    is_missing = ~nw.col("is_converted") & (nw.col("amount_minor") != 0)
    return (
        convert(billed, rates, to=home, as_of=as_of)
        .with_columns(missing=nw.when(is_missing).then(one).otherwise(zero))
        .group_by("customer_id")
        .agg(
            missing=total("missing"),
            sum_minor=total("converted_minor"),
            first_day=nw.col("first_day").min(),
            items=total("items"),
        )
        .with_columns(
            billed_minor=nw.when(nw.col("missing") == 0).then(nw.col("sum_minor")),
            lifetime_days=(nw.lit(day_number(as_of)) - nw.col("first_day")).cast(nw.Int64),
        )
        .select("customer_id", "billed_minor", "lifetime_days", "items")
    )
