"""Amounts in one currency, at the rate in force on a day."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame

PPM = 1_000_000

RATES_IN_FORCE: Frame = {
    "currency": Column(nw.String, "foreign currency"),
    "rate_day": Column(nw.Int32, "first day the rate holds"),
    "rate_ppm": Column(nw.Int64, "home minor units per million foreign minor units"),
}
CONVERTED: Frame = {
    "rate_ppm": Column(
        nw.Int64, "rate of the row's currency to home, empty if none", nullable=True
    ),
    "rate_day": Column(nw.Int32, "first day of that rate, empty for home", nullable=True),
    "converted_minor": Column(nw.Int64, "amount in the asked currency, else empty", nullable=True),
    "is_converted": Column(nw.Boolean, "False: a rate is missing and the amount is empty"),
}
"""Columns `convert` adds to those of its frame."""


def rates_in_force(rates: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return per currency the rate with the greatest day <= `as_of`, in columns RATES_IN_FORCE.

    Two rates of one currency from the same day are a contradiction; the larger is taken.
    """
    past = rates.filter(nw.col("day") <= day_number(as_of))
    latest = past.group_by("currency").agg(day=nw.col("day").max())
    return (
        past.join(latest, on=["currency", "day"], how="inner")
        .group_by("currency")
        .agg(rate_day=nw.col("day").max(), rate_ppm=nw.col("rate_ppm").max())
        .select(*RATES_IN_FORCE)
    )


def convert(
    frame: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    to: str,
    as_of: date,
    home: str | None = None,
    amount: str = "amount_minor",
) -> nw.LazyFrame:
    """Return every row of the frame with the columns CONVERTED.

    `home` is the currency the rates lead to, `to` unless given. A row in the asked currency keeps
    its amount; any other is amount * its rate / the asked currency's rate, with
    one rounding, half away from zero. A row whose rate is missing stays, with an
    empty amount and `is_converted` False.
    """
    in_force = rates_in_force(rates, as_of=as_of)
    target = in_force.filter(nw.col("currency") == to).select(
        to_currency=nw.col("currency"), to_ppm=nw.col("rate_ppm")
    )
    is_home, is_same = nw.col("currency") == (home or to), nw.col("currency") == to
    to_ppm = nw.lit(PPM, nw.Int64) if home in (None, to) else nw.col("to_ppm")
    # A missing or zero rate must not reach the division; 1 stands in and the result is dropped.
    is_usable = (nw.col("rate_ppm") > 0) & (nw.col("to_ppm") > 0)
    below = nw.when(is_usable).then(nw.col("to_ppm")).otherwise(1)
    exchanged = share(nw.col(amount), nw.col("rate_ppm"), below)
    return (
        frame.join(in_force, on="currency", how="left")
        .with_columns(to_currency=nw.lit(to))
        .join(target, on="to_currency", how="left")
        .with_columns(
            rate_ppm=nw.when(is_home).then(nw.lit(PPM, nw.Int64)).otherwise(nw.col("rate_ppm")),
            rate_day=nw.when(~is_home).then(nw.col("rate_day")),
            to_ppm=to_ppm,
        )
        .with_columns(
            converted_minor=nw.when(is_same)
            .then(nw.col(amount))
            .otherwise(nw.when(is_usable).then(exchanged))
        )
        .with_columns(is_converted=~nw.col("converted_minor").is_null())
        .drop("to_currency", "to_ppm")
    )
