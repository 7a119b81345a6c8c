"""Exposure of many customers at once, in columns: the rules of `engine.exposure` but covers.

A test holds both together.
"""

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.exposure import PPM, ExposureRate
from dunwell.engine.money import share

AMOUNTS = ("open_minor", "unbilled_minor", "orders_minor", "unapplied_minor", "prepaid_minor")
PARTS: Mapping[str, type[nw.dtypes.DType]] = {
    "customer_id": nw.Int64,
    "currency": nw.String,
    **dict.fromkeys(AMOUNTS, nw.Int64),
}
"""Columns of the sums of each customer and currency, as in `exposure.Part`."""


def exposed(
    parts: nw.DataFrame[Any], rates: Mapping[str, ExposureRate], *, home: str
) -> nw.DataFrame[Any]:
    """Return `customer_id` and `exposure_minor` of each customer in parts, covers left out.

    Home minor units; none where a rate is missing.
    """
    free = nw.col("unapplied_minor") - _ahead()
    counted = parts.with_columns(free=free, rate_ppm=_rate(rates, home))
    summed = [
        share(nw.col(name), nw.col("rate_ppm"), PPM).sum().alias(f"home_{name}")
        for name in (*AMOUNTS[:3], "free")
    ]
    is_any = (
        (nw.col("open_minor") != 0)
        | (nw.col("unbilled_minor") != 0)
        | (nw.col("orders_minor") != 0)
        | (nw.col("free") != 0)
    )
    sums = (
        counted.with_columns(is_missing=nw.col("rate_ppm").is_null() & is_any)
        .group_by("customer_id")
        .agg(*summed, nw.col("is_missing").max())
    )
    gross = nw.col("home_open_minor") + nw.col("home_unbilled_minor") + nw.col("home_orders_minor")
    left = (gross - nw.col("home_free")).clip(lower_bound=0)
    return sums.select("customer_id", exposure_minor=nw.when(~nw.col("is_missing")).then(left))


def held(
    parts: nw.DataFrame[Any],
    rates: Mapping[str, ExposureRate],
    exposures: nw.DataFrame[Any],
    *,
    home: str,
) -> nw.DataFrame[Any]:
    """Return `customer_id`, `currency` and `amount_minor` of each exposure, in home minor units.

    By customer and code; parts of a customer add up to its exposure in `exposures`, as
    `split_by_currency` splits it. Who has none, or one that is not known, is left out.
    """
    owed = nw.col("open_minor") + nw.col("unbilled_minor") + nw.col("orders_minor")
    owed = owed - (nw.col("unapplied_minor") - _ahead())
    rows = (
        parts.with_columns(owed=owed, rate_ppm=_rate(rates, home))
        .with_columns(amount=share(nw.col("owed"), nw.col("rate_ppm"), PPM))
        .filter(nw.col("amount") > 0)
        .join(exposures.select("customer_id", "exposure_minor"), on="customer_id")
        .filter(nw.col("exposure_minor") > 0)
    )
    whole, most = (getattr(nw.col("amount"), name)() for name in ("sum", "max"))
    scaled = nw.col("exposure_minor").cast(nw.Int128) * nw.col("amount")
    rows = rows.with_columns(
        amount_minor=(scaled // whole.over("customer_id").cast(nw.Int128)).cast(nw.Int64),
        named=nw.when(nw.col("amount") == most.over("customer_id")).then(nw.col("currency")),
    )
    # what rounding leaves goes to the largest, the first by code among equals
    is_largest = nw.col("currency") == nw.col("named").min().over("customer_id")
    rest = nw.col("exposure_minor") - nw.col("amount_minor").sum().over("customer_id")
    return rows.select(
        "customer_id",
        "currency",
        amount_minor=nw.col("amount_minor") + nw.when(is_largest).then(rest).otherwise(nw.lit(0)),
    ).sort("customer_id", "currency")


def _ahead() -> nw.Expr:
    """Return the money on account that belongs to orders paid in advance."""
    spare = nw.col("unapplied_minor").clip(lower_bound=0)
    return nw.min_horizontal(nw.col("prepaid_minor"), spare)


def _rate(rates: Mapping[str, ExposureRate], home: str) -> nw.Expr:
    """Return the rate of a row's currency in ppm, none where it is missing."""
    known = {code: one.rate_ppm for code, one in rates.items()} | {home: PPM}
    found = nw.when(nw.col("currency") == home).then(nw.lit(PPM))
    told: nw.Expr = found.otherwise(nw.lit(None, dtype=nw.Int64))
    for code, rate_ppm in known.items():
        told = nw.when(nw.col("currency") == code).then(nw.lit(rate_ppm)).otherwise(told)
    return told
