"""Customers that began to pay later than they used to, by change against their own past.

A one-sided CUSUM (Page 1954) on ranks: each week's mean days late is placed among the
customer's own earlier weeks, from -1 (earlier than all) to 1 (later than all), and what
exceeds SLACK adds up: C = S - min(S so far). Ranks make the rate of false alarms the
same for every shape of lateness: simulated on eight shapes, at most 0.9 per 100 customer
months, where median and MAD (slack 0.5, threshold 7) gave 0.5 to 9, most on skewed
lateness. A shift of 10 days is found within five weeks for 99 % of customers whose weeks
spread by 3 days, and for about half where they spread by 6.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.items import total
from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame
from dunwell.engine.score_facts import judged_items

WATCHED_WEEKS = 10
"""The latest weeks with items, in which a change is looked for."""

USUAL_WEEKS, FEWEST_WEEKS = 40, 15
"""So many weeks before them, at most and at least, are the customer's own past."""

HISTORY_DAYS = 1_095
"""Weeks lie in the three years before as_of."""

SLACK_PPM = 350_000
"""A week counts by as much as its place exceeds this."""

ALARM_PPM = 2_250_000
"""C from which a change is told: at most 1 false alarm per 100 months of weekly items."""

SMALLEST_SHIFT_DAYS = 3
"""A smaller shift is not worth telling."""

PPM = 1_000_000
WEEK_DAYS = 7
THURSDAY = 3

CHANGE_POINTS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "measured_days": Column(nw.Int64, "mean of the weeks' days late since the change"),
    "usual_days": Column(nw.Int64, "median of the usual weeks' days late, rounded down"),
    "since_day": Column(nw.Int32, "due day of the first item since the change"),
    "weeks": Column(nw.Int64, "weeks with items since the change"),
    "usual_weeks": Column(nw.Int64, "weeks it is compared with"),
    "strength_ppm": Column(nw.Int64, "C in millionths, at least ALARM_PPM"),
}
WEEKS_LATE: Frame = {
    "customer_id": Column(nw.Int64, "who owes"),
    "week": Column(nw.Int32, "weeks since January 1970, from Monday, of the due days"),
    "days_late": Column(nw.Int64, "mean days late of the week's items, whole days"),
    "first_due_day": Column(nw.Int32, "due day of its first item"),
}


def change_points(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return one row per customer that pays later than before, in columns CHANGE_POINTS.

    Needs WATCHED_WEEKS + FEWEST_WEEKS weeks with items due. A customer that returned to
    its habit has no row. Disputed items do not count.
    """
    weeks = weeks_late(ledger, as_of=as_of)
    by_week = ["week"]
    one = nw.lit(1, nw.Int64)
    placed = (
        weeks.with_columns(one=one)
        .with_columns(
            weeks=nw.col("one").sum().over("customer_id"),
            so_far=nw.col("one").cum_sum().over("customer_id", order_by=by_week),
        )
        .with_columns(from_end=nw.col("weeks") - nw.col("so_far"))
        .filter(
            nw.col("weeks") >= WATCHED_WEEKS + FEWEST_WEEKS,
            nw.col("from_end") < WATCHED_WEEKS + USUAL_WEEKS,
        )
        .with_columns(is_watched=nw.col("from_end") < WATCHED_WEEKS)
    )
    sums = (
        _ranked(placed)
        .filter(nw.col("is_watched"))
        .with_columns(sum_ppm=nw.col("step_ppm").cum_sum().over("customer_id", order_by=by_week))
        .with_columns(low_ppm=nw.col("sum_ppm").cum_min().over("customer_id", order_by=by_week))
        .with_columns(cusum_ppm=nw.col("sum_ppm") - nw.col("low_ppm").clip(None, 0))
    )
    return _changed(sums, _usual(placed))


def weeks_late(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the customers' weeks with items due, in columns WEEKS_LATE.

    One payment run settles many items at once; a week is one observation however many
    items it has. An open item counts with its lateness so far once that exceeds the
    customer's median: before, it says nothing yet.
    """
    judged = judged_items(ledger, days=HISTORY_DAYS, as_of=as_of)
    median = (
        judged.filter(~nw.col("paid_day").is_null())
        .group_by("customer_id")
        .agg(median_days=nw.col("days_late").median())
    )
    is_told = ~nw.col("paid_day").is_null() | (nw.col("days_late") > nw.col("median_days"))
    week = (nw.col("due_day") + THURSDAY) // WEEK_DAYS
    return (
        judged.join(median, on="customer_id", how="left")
        .filter(is_told)
        .with_columns(
            week=week.cast(nw.Int32),
            one=nw.lit(1, nw.Int64),
        )
        .group_by("customer_id", "week")
        .agg(
            late_sum=total("days_late"),
            items=total("one"),
            first_due_day=nw.col("due_day").min(),
        )
        .with_columns(days_late=share(nw.col("late_sum"), nw.lit(1, nw.Int64), nw.col("items")))
        .select(*WEEKS_LATE)
    )


def _ranked(placed: nw.LazyFrame) -> nw.LazyFrame:
    """Return the weeks with `step_ppm`: the place among the usual weeks, -1 to 1, less SLACK.

    The place is (less + at most as late + 1) / (usual weeks + 1) - 1, ties in the middle.
    """
    is_usual = nw.when(nw.col("is_watched")).then(nw.lit(0, nw.Int64)).otherwise(1)
    so_far = nw.col("usual").cum_sum()
    place = nw.col("earlier") + nw.col("not_later") + 1
    return (
        placed.with_columns(usual=is_usual)
        .with_columns(watched=1 - nw.col("usual"))
        .with_columns(
            usual_weeks=nw.col("usual").sum().over("customer_id"),
            # among equals the watched weeks come first, then last
            earlier=so_far.over("customer_id", order_by=["days_late", "usual", "week"]),
            not_later=so_far.over("customer_id", order_by=["days_late", "watched", "week"]),
        )
        .with_columns(step_ppm=place * PPM // (nw.col("usual_weeks") + 1) - PPM - SLACK_PPM)
    )


def _usual(placed: nw.LazyFrame) -> nw.LazyFrame:
    """Return customer_id and usual_days, the median of the usual weeks."""
    return (
        placed.filter(~nw.col("is_watched"))
        .group_by("customer_id")
        .agg(median_days=nw.col("days_late").median())
        .select("customer_id", usual_days=nw.col("median_days").floor().cast(nw.Int64))
    )


def _changed(sums: nw.LazyFrame, usual: nw.LazyFrame) -> nw.LazyFrame:
    """Return the customers whose latest C is an alarm, with the run of weeks that made it."""
    number = nw.lit(WATCHED_WEEKS, nw.Int64) - nw.col("from_end")
    latest = nw.when(nw.col("from_end") == 0).then(nw.col("cusum_ppm"))
    reset = nw.when(nw.col("cusum_ppm") <= 0).then(number).otherwise(0)
    run = (
        sums.with_columns(number=number, reset=reset, latest_ppm=latest)
        .with_columns(
            last_reset=nw.col("reset").max().over("customer_id"),
            strength_ppm=nw.col("latest_ppm").max().over("customer_id"),
        )
        .filter(nw.col("strength_ppm") >= ALARM_PPM, nw.col("number") > nw.col("last_reset"))
    )
    one = nw.lit(1, nw.Int64)
    told = (
        run.group_by("customer_id")
        .agg(
            late_sum=total("days_late"),
            weeks=total("one"),
            since_day=nw.col("first_due_day").min(),
            usual_weeks=nw.col("usual_weeks").max(),
            strength_ppm=nw.col("strength_ppm").max(),
        )
        .with_columns(measured_days=share(nw.col("late_sum"), one, nw.col("weeks")))
        .join(usual, on="customer_id", how="inner")
    )
    shift = nw.col("measured_days") - nw.col("usual_days")
    return told.filter(shift >= SMALLEST_SHIFT_DAYS).select(*CHANGE_POINTS)
