"""Interest over the open amount of each day, exact to the end, rounded once.

interest = sum over days of open amount * yearly rate / days of the year.

Every stretch of days with one open amount, one rate and one month is a segment. The exact sum
up to the end of a month is rounded half up; a month's interest is the difference of two such
sums. So the months add up to the interest of the whole time to the cent, wherever it is cut.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.charges.reference_rates import PPM
from dunwell.engine.charges.terms import Timetable
from dunwell.engine.items import total
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame

SEGMENTS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "terms_no": Column(nw.Int32, "number of the terms"),
    "month_no": Column(nw.Int32, "months since January 1970"),
    "from_day": Column(nw.Int32, "first day of the segment"),
    "until_day": Column(nw.Int32, "first day after it"),
    "days": Column(nw.Int64, "days counted, in months of 30 where the rule says so"),
    "rate_ppm": Column(nw.Int64, "yearly rate"),
    "base_minor": Column(nw.Int64, "undisputed open amount of these days, above 0"),
}
INTEREST: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "terms_no": Column(nw.Int32, "number of the terms"),
    "month_no": Column(nw.Int32, "months since January 1970"),
    "from_day": Column(nw.Int32, "first day that bears interest in the month"),
    "until_day": Column(nw.Int32, "first day after the last one"),
    "days": Column(nw.Int64, "days counted"),
    "base_minor": Column(nw.Int64, "largest open amount of these days"),
    "amount_minor": Column(nw.Int64, "interest of the month, 0 or more"),
}


def interest_segments(
    subjects: nw.LazyFrame, moved: nw.LazyFrame, table: Timetable
) -> nw.LazyFrame:
    """Return the stretches of days that bear interest, in columns SEGMENTS.

    `subjects` and `moved` as `subjects` makes them. Days whose rate is not known bear none.
    """
    spans = _spans(subjects, table)
    points = _points(spans, moved, table.cuts)
    order = {"order_by": "day"}
    opened = nw.col("open_minor").cum_sum().over("item_id", **order)
    disputed = nw.col("disputed_minor").cum_sum().over("item_id", **order)
    following = nw.col("day").shift(-1).over("item_id", **order)
    stretches = points.with_columns(
        open_sum=opened, disputed_sum=disputed, until_day=following
    ).join(spans, on="item_id", how="inner")
    held = nw.when(nw.col("disputed_sum") > 0).then(nw.col("disputed_sum")).otherwise(0)
    ends = table.days.select(until_day="day", thirty_until="thirty_day")
    return (
        stretches.with_columns(
            until_day=nw.coalesce("until_day", "end_day"),
            base_minor=(nw.col("open_sum") - held).cast(nw.Int64),
        )
        .filter(nw.col("base_minor") > 0)
        .join(table.rates, on=["terms_no", "day"], how="inner")
        .filter(nw.col("rate_ppm") > 0)
        .join(table.days, on="day", how="inner")
        .join(ends, on="until_day", how="inner")
        .with_columns(
            from_day="day",
            days=nw.when(nw.col("is_thirty"))
            .then(nw.col("thirty_until") - nw.col("thirty_day"))
            .otherwise(nw.col("until_day") - nw.col("day"))
            .cast(nw.Int64),
        )
        .select(*SEGMENTS)
    )


def monthly_interest(
    segments: nw.LazyFrame, subjects: nw.LazyFrame, table: Timetable
) -> nw.LazyFrame:
    """Return the simple interest of every item and month, in columns INTEREST.

    Whole and remaining minor units are summed apart, so that nothing is rounded before the end
    and no sum outgrows 64 bits. The cap of the terms holds for the whole time of an item.
    """
    below = (nw.col("year_days") * PPM).cast(nw.Int128)
    exact = (
        nw.col("base_minor").cast(nw.Int128)
        * nw.col("rate_ppm").cast(nw.Int128)
        * nw.col("days").cast(nw.Int128)
    )
    bounds = table.terms.select("terms_no", "year_days", "cap_ppm", "has_rests")
    months = (
        segments.join(bounds, on="terms_no", how="inner")
        .filter(~nw.col("has_rests"))
        .with_columns(whole=(exact // below).cast(nw.Int64), rest=(exact % below).cast(nw.Int64))
        .group_by("item_id", "terms_no", "month_no")
        .agg(
            from_day=nw.col("from_day").min(),
            until_day=nw.col("until_day").max(),
            days=total("days"),
            base_minor=nw.col("base_minor").max(),
            whole=total("whole"),
            rest=total("rest"),
            year_days=nw.col("year_days").max(),
            cap_ppm=nw.col("cap_ppm").max(),
        )
    )
    order = {"order_by": "month_no"}
    divisor = nw.col("year_days") * PPM
    owed = subjects.select("item_id", "amount_minor")
    summed = months.with_columns(
        whole_sum=nw.col("whole").cum_sum().over("item_id", **order),
        rest_sum=nw.col("rest").cum_sum().over("item_id", **order),
    ).with_columns(
        running=nw.col("whole_sum") + (nw.col("rest_sum") * 2 + divisor) // (divisor * 2)
    )
    return differences(summed.join(owed, on="item_id", how="inner"))


def differences(running: nw.LazyFrame) -> nw.LazyFrame:
    """Return what each month adds to the capped running sum of its item, in columns INTEREST.

    `running` has the columns of INTEREST with `running`, `cap_ppm` (may be empty) and the item's
    `amount_minor` in place of the month's.
    """
    most = share(nw.col("amount_minor"), nw.col("cap_ppm"), PPM)  # empty where nothing caps it
    capped = running.with_columns(running=nw.min_horizontal("running", most).cast(nw.Int64))
    before = nw.col("running").shift(1).over("item_id", order_by="month_no")
    return (
        capped.with_columns(before=before)
        .with_columns(amount_minor=nw.col("running") - nw.col("before").fill_null(0))
        .select(*INTEREST)
    )


def _spans(subjects: nw.LazyFrame, table: Timetable) -> nw.LazyFrame:
    """Return per item its terms, the days looked at, and the month in which they begin."""
    months = table.days.select(start_day="day", start_month="month_no")
    return (
        subjects.join(table.terms.select("terms_no", "is_thirty"), on="terms_no", how="inner")
        .join(months, on="start_day", how="inner")
        .select("item_id", "terms_no", "start_day", "end_day", "start_month", "is_thirty")
    )


def _points(spans: nw.LazyFrame, moved: nw.LazyFrame, cuts: nw.LazyFrame) -> nw.LazyFrame:
    """Return the days on which something changes, per item, with what changes on them."""
    nothing, is_before_the_end = nw.lit(0, nw.Int64), nw.col("day") < nw.col("end_day")
    changes = (
        moved.join(spans.select("item_id", "start_day", "end_day"), on="item_id", how="inner")
        .with_columns(day=nw.max_horizontal("day", "start_day").cast(nw.Int32))
        .filter(is_before_the_end)
        .select("item_id", "day", "open_minor", "disputed_minor")
    )
    breaks = (
        spans.join(cuts, on=["terms_no", "start_month"], how="inner")
        .filter(is_before_the_end)
        .select("item_id", "day", open_minor=nothing, disputed_minor=nothing)
    )
    return (
        nw.concat([changes, breaks], how="vertical")
        .group_by("item_id", "day")
        .agg(open_minor=total("open_minor"), disputed_minor=total("disputed_minor"))
    )
