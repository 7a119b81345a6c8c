"""The open claims of a day with everything they could be late for: the rows of a cause tree."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.book_slices import SLICED
from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, open_items
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import SALES_KINDS
from dunwell.engine.schema import Column, Frame

CAUSES = (*SLICED, "reason", "terms", "channel", "size", "invoice", "delivery")
"""Dimensions of the tree, in the order in which equal ones are preferred."""

TRAITS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "reason": Column(nw.String, "why it may stay unpaid, empty when nothing is known"),
    "channel": Column(nw.String, "how the invoice went out, empty when not known"),
    "invoice": Column(nw.String, "what was wrong with the invoice, empty for nothing"),
    "delivery": Column(nw.String, "failed, proven or sent, empty without a word on it"),
}
CLAIMS: Frame = {
    "item_id": Column(nw.Int64, "key of the claim"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "overdue_minor": Column(nw.Int64, "open and past due on the day"),
    "open_minor": Column(nw.Int64, "open on the day"),
    "before_minor": Column(nw.Int64, "open and past due on the earlier day"),
    **{name: Column(nw.String, "value of the dimension") for name in CAUSES},
}

TERMS = ((7, "0-7"), (14, "8-14"), (30, "15-30"), (45, "31-45"), (60, "46-60"))
LONGEST = "61+"
YEAR_DAYS = 365
LARGE_SHARE, MIDDLE_SHARE = 80, 95
"""Customers by sales of a year, largest first: those up to 80 % of them are large, up to 95 %
middling, the rest small; without sales in the year none."""


def overdue_claims(
    ledger: Ledger, traits: nw.LazyFrame, slices: nw.LazyFrame, *, as_of: date, since: date
) -> nw.LazyFrame:
    """Return the claims open on the day or overdue on the earlier one, in columns CLAIMS.

    Claims are debit items; credit notes and refunds are left out. `traits` (TRAITS) and `slices`
    (SLICES) say what is known of items and customers on `as_of`.
    """
    claims = ledger.items.filter(nw.col("amount_minor") > 0, nw.col("kind") != REFUND)
    nothing = nw.lit(0, nw.Int64)
    is_late = nw.col("days_past_due") > 0
    now = open_items(claims, ledger.allocations, as_of=as_of).filter(nw.col("open_minor") > 0)
    then = open_items(claims, ledger.allocations, as_of=since).filter(
        is_late, nw.col("open_minor") > 0
    )
    both = nw.concat(
        [
            now.select(
                "item_id",
                overdue_minor=nw.when(is_late).then(nw.col("open_minor")).otherwise(nothing),
                open_minor=nw.col("open_minor"),
                before_minor=nothing,
            ),
            then.select(
                "item_id",
                overdue_minor=nothing,
                open_minor=nothing,
                before_minor=nw.col("open_minor"),
            ),
        ],
        how="vertical",
    )
    sums = ("overdue_minor", "open_minor", "before_minor")
    days = nw.col("due_day") - nw.col("issued_day")
    terms = nw.lit(LONGEST)
    for most, name in reversed(TERMS):
        terms = nw.when(days <= most).then(nw.lit(name)).otherwise(terms)
    return (
        both.group_by("item_id")
        .agg(*[nw.col(name).sum().cast(nw.Int64).alias(name) for name in sums])
        .join(
            claims.select(
                "item_id", "customer_id", "currency", "due_day", "issued_day", terms=terms
            ),
            on="item_id",
            how="inner",
        )
        .join(slices, on="customer_id", how="left")
        .join(_sizes(ledger.items, as_of=as_of), on=["customer_id", "currency"], how="left")
        .join(traits, on="item_id", how="left")
        .with_columns(nw.col(name).fill_null("") for name in CAUSES)
        .select(*CLAIMS)
    )


def _sizes(items: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the size of each customer by the sales of the year to the day, per currency."""
    last = day_number(as_of)
    sold = (
        items.filter(
            nw.col("kind").is_in(SALES_KINDS),
            nw.col("issued_day").is_between(last - YEAR_DAYS + 1, last),
        )
        .group_by("currency", "customer_id")
        .agg(sold_minor=nw.col("amount_minor").sum().cast(nw.Int64))
        .filter(nw.col("sold_minor") > 0)
        .with_columns(falling=-nw.col("sold_minor"))
    )
    so_far = nw.col("sold_minor").cum_sum().over(
        "currency", order_by=["falling", "customer_id"]
    ) - nw.col("sold_minor")
    part = so_far.cast(nw.Int128) * 100
    whole = nw.col("sold_minor").sum().over("currency").cast(nw.Int128)
    return (
        sold.with_columns(part=part, whole=whole)
        .with_columns(
            size=nw.when(nw.col("part") < nw.col("whole") * LARGE_SHARE)
            .then(nw.lit("large"))
            .otherwise(
                nw.when(nw.col("part") < nw.col("whole") * MIDDLE_SHARE)
                .then(nw.lit("middling"))
                .otherwise(nw.lit("small"))
            )
        )
        .select("customer_id", "currency", "size")
    )
