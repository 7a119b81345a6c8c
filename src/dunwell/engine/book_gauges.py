"""What the appetite measures of a whole book in columns, all its customers at once.

The rules are those of `appetite_measures`, which tells them of one customer; a test holds both
together.
"""

from collections.abc import Iterable
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.appetite_measures import (
    CLASS_SHARE,
    COUNTRY_SHARE,
    CURRENCY_SHARE,
    EXPECTED_LOSS,
    GROUP_SHARE,
    HHI,
    LARGEST,
    NEW_SHARE,
    SECTOR_SHARE,
    TOP_EXPOSURE,
    TOPS,
    AppetiteLimit,
    Whole,
    key_of_code,
    value_of,
)
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_book import CreditBook
from dunwell.engine.sectors import section_of

NAMED = {*TOPS, TOP_EXPOSURE, HHI}
"""Measures of customers by name."""


def book_gauges(
    limits: Iterable[AppetiteLimit], book: CreditBook, *, most_parts: int | None = None
) -> tuple[Gauge, ...]:
    """Return each limit with what the book has of it; shares of an empty book are 0.

    `most_parts`: so many of the customers a measure is made of are told, all when None.
    """
    covered = int(book.rows["covered_minor"].sum())
    total = int(book.rows["known_minor"].sum())
    owing = book.owing()
    return tuple(_gauge(limit, owing, (total, covered), most_parts) for limit in limits)


def whole_of(limit: AppetiteLimit, book: CreditBook) -> Whole:
    """Return what a limit measures of a book, ready to be told without a customer."""
    rows = _parts(limit, book.owing()).select("key", "amount")
    sums = rows.group_by("key").agg(nw.col("amount").sum())
    return Whole.summed(
        limit,
        total_minor=int(book.rows["known_minor"].sum()),
        covered_minor=int(book.rows["covered_minor"].sum()),
        sums=dict(zip(sums["key"].to_list(), sums["amount"].to_list(), strict=True)),
    )


def largest_parts(
    limit: AppetiteLimit, book: CreditBook, *, key: str, most: int
) -> tuple[tuple[int, int], ...]:
    """Return the customers who make up a key of a measure, the largest first, so many at most.

    All keys count where the measure is none of the largest part.
    """
    rows = _parts(limit, book.owing()).filter(nw.col("amount") != 0)
    if limit.measure in LARGEST and not limit.named:
        rows = rows.filter(nw.col("key") == key)
    rows = rows.sort("amount", "customer_id", descending=[True, False]).head(most)
    return tuple(rows.select("customer_id", "amount").rows())


def _gauge(
    limit: AppetiteLimit, owing: CreditBook, whole: tuple[int, int], most_parts: int | None
) -> Gauge:
    measure, total, covered = limit.measure, *whole
    rows = _parts(limit, owing).select("customer_id", "key", "amount")
    sums = (
        rows.group_by("key")
        .agg(nw.col("amount").sum())
        .sort("amount", "key", descending=[True, False])
    )
    amounts, chosen = sums["amount"].to_list(), ""
    counted = sum(amounts)
    held = rows.filter(nw.col("amount") != 0)
    if measure in TOPS:
        counted = sum(amounts[: TOPS[measure]])
    elif measure == HHI:
        counted = sum(amount * amount for amount in amounts)
    elif measure in LARGEST and not limit.named:
        counted = max(amounts, default=0)
        # what adds nothing is no part that could be chosen
        named = sums.filter(nw.col("amount") != 0)
        chosen = named["key"][0] if len(named) else ""
        held = held.filter(nw.col("key") == chosen)
    held = held.sort("amount", "customer_id", descending=[True, False])
    shown = [most for most in (TOPS.get(measure), most_parts) if most is not None]
    held = held.head(min(shown)) if shown else held
    return Gauge(
        limit=limit,
        value=value_of(limit, counted=counted, total_minor=total, covered_minor=covered),
        parts=tuple(held.select("customer_id", "amount").rows()),
        key=chosen,
    )


def _parts(limit: AppetiteLimit, owing: CreditBook) -> nw.DataFrame[Any]:
    """Return what each customer adds to a measure, by the key it counts under."""
    measure, rows = limit.measure, owing.rows
    if measure == CURRENCY_SHARE:
        return _keyed(limit, _spread(owing), "currency")
    if measure == COUNTRY_SHARE:
        return _keyed(limit, rows.with_columns(amount=nw.col("known_minor")), "country")
    if measure == SECTOR_SHARE:
        return _keyed(limit, rows.with_columns(amount=nw.col("known_minor")), "sector")
    key, amount = nw.lit(""), nw.col("known_minor")
    if measure in NAMED:
        key = nw.col("customer_id").cast(nw.String)
    elif measure == GROUP_SHARE:
        own = nw.col("customer_id")
        root = nw.when(nw.col("group_id") == 0).then(own).otherwise(nw.col("group_id"))
        key = root.cast(nw.String)
    elif measure == EXPECTED_LOSS:
        amount = nw.col("loss_minor")
    elif measure == CLASS_SHARE:
        rows = rows.filter(nw.col("risk_class").is_in(list(limit.classes)))
    elif measure == NEW_SHARE:
        rows = rows.filter(nw.col("is_new"))
    return rows.with_columns(key=key, amount=amount)


def _keyed(limit: AppetiteLimit, rows: nw.DataFrame[Any], column: str) -> nw.DataFrame[Any]:
    """Return the rows that count under a key, by the code in a column."""
    codes = rows[column].unique().to_list()
    wide = section_of if column == "sector" else str
    found = {code: key_of_code(limit, code, wide(code)) for code in codes}
    kept = {code: key for code, key in found.items() if key is not None}
    rows = rows.filter(nw.col(column).is_in(list(kept)))
    keys = nw.col(column)
    if kept:
        keys = keys.replace_strict(list(kept), list(kept.values()), return_dtype=nw.String)
    return rows.with_columns(key=keys)


def _spread(owing: CreditBook) -> nw.DataFrame[Any]:
    """Return exposures by currency, spread as what is held is; parts add up to the exposure."""
    held = owing.held.filter(nw.col("amount_minor") > 0).join(
        owing.rows.select("customer_id", "known_minor"), on="customer_id"
    )
    whole = nw.col("amount_minor").sum().over("customer_id")
    scaled = nw.col("known_minor").cast(nw.Int128) * nw.col("amount_minor") // whole
    held = held.with_columns(amount=scaled.cast(nw.Int64))
    # the first part takes what rounding left
    rest = nw.col("known_minor") - nw.col("amount").sum().over("customer_id")
    is_first = nw.col("currency") == nw.col("currency").min().over("customer_id")
    return held.with_columns(
        amount=nw.col("amount") + nw.when(is_first).then(rest).otherwise(nw.lit(0))
    )
