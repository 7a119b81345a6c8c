"""Days moved by calendar months and to the end of a year, as arithmetic on whole columns.

Days are numbers since 1970-01-01. The year is counted from March, so that the day a leap year
adds is its last one (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
"""

import narwhals.stable.v2 as nw

ERA_DAYS, ERA_YEARS = 146_097, 400
SHIFT = 719_468
"""Days from 1 March of the year 0 to 1 January 1970."""
DECEMBER_31 = 305
"""Place of 31 December in a year that begins on 1 March, from 0."""
MONTHS, FEBRUARY, JANUARY = 12, 11, 10
"""Months of a year, and the places of February and January in a year from March."""
_PARTS = ("_era", "_inside", "_in_era", "_year", "_place", "_month", "_in_month", "_length")


def with_months_later(
    frame: nw.LazyFrame, *, day: str, months: str, alias: str, to_year_end: str = ""
) -> nw.LazyFrame:
    """Add the day so many months later, the last day of a month that has no such day.

    Where the column `to_year_end` is true, it is 31 December of that day's year. An empty day
    stays empty.
    """
    total = nw.col("_month") + nw.col(months).cast(nw.Int64)
    moved = _split(frame, day).with_columns(
        _year=nw.col("_year") + total // MONTHS, _month=total % MONTHS
    )
    is_leap = _is_leap(nw.col("_year") + 1)
    lengthened = moved.with_columns(
        _length=nw.when(nw.col("_month") == FEBRUARY)
        .then(nw.when(is_leap).then(29).otherwise(28))
        .otherwise(_month_start(nw.col("_month") + 1) - _month_start(nw.col("_month")))
    )
    short = nw.col("_in_month") >= nw.col("_length")
    kept = nw.when(short).then(nw.col("_length") - 1).otherwise(nw.col("_in_month"))
    later = (_first_day(nw.col("_year")) + _month_start(nw.col("_month")) + kept).cast(nw.Int32)
    if to_year_end:
        later = nw.when(nw.col(to_year_end)).then(_december()).otherwise(later)
    return lengthened.with_columns(later.cast(nw.Int32).alias(alias)).drop(*_PARTS)


def with_year_end(frame: nw.LazyFrame, *, day: str, alias: str) -> nw.LazyFrame:
    """Add 31 December of the day's year."""
    return (
        _split(frame, day).with_columns(_december().alias(alias), _length=nw.lit(0)).drop(*_PARTS)
    )


def _split(frame: nw.LazyFrame, day: str) -> nw.LazyFrame:
    """Add a day's year from March, its place in it, its month, and its place in the month."""
    inside = nw.col("_inside")
    year = nw.col("_in_era")
    return (
        frame.with_columns(_era=(nw.col(day).cast(nw.Int64) + SHIFT) // ERA_DAYS)
        .with_columns(_inside=nw.col(day).cast(nw.Int64) + SHIFT - nw.col("_era") * ERA_DAYS)
        .with_columns(
            _in_era=(inside - inside // 1460 + inside // 36_524 - inside // 146_096) // 365
        )
        .with_columns(
            _place=inside - (365 * year + year // 4 - year // 100),
            _year=year + nw.col("_era") * ERA_YEARS,
        )
        .with_columns(_month=(5 * nw.col("_place") + 2) // 153)
        .with_columns(_in_month=nw.col("_place") - _month_start(nw.col("_month")))
    )


def _december() -> nw.Expr:
    """Return 31 December of a day that is split."""
    late = nw.when(nw.col("_month") >= JANUARY).then(1).otherwise(0)
    return (_first_day(nw.col("_year") + late) + DECEMBER_31).cast(nw.Int32)


def _month_start(month: nw.Expr) -> nw.Expr:
    return (153 * month + 2) // 5


def _first_day(year: nw.Expr) -> nw.Expr:
    return 365 * year + year // 4 - year // 100 + year // 400 - SHIFT


def _is_leap(year: nw.Expr) -> nw.Expr:
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
