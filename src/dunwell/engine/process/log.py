"""A log of what happened to cases, put in order: each step with its wait until the next one.

A moment is milliseconds since 1970 on the clock of the place, for a case lives by its days. What
is known by its day alone stands at the opening of that day. Within a day the usual order of the
process decides (`place`), then the moment, then the key of the event.

Business hours: Monday to Friday without public holidays, 9 to 17 o'clock, eight a day.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import business_days, calendar_days, day_date, day_number
from dunwell.engine.process.order import in_order, with_next, with_sum_so_far
from dunwell.engine.schema import Column, Frame

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
OPENS_MS, CLOSES_MS = 9 * HOUR_MS, 17 * HOUR_MS

EVENTS: Frame = {
    "event_id": Column(nw.Int64, "key of the event within the log, in the order of the source"),
    "case_id": Column(nw.Int64, "what it happened to"),
    "activity": Column(nw.String, "what happened"),
    "place": Column(nw.Int32, "rank among what happens on one day; 0 goes by the moment alone"),
    "moment": Column(nw.Int64, "milliseconds since 1970 on the local clock"),
    "settled_minor": Column(nw.Int64, "by how much it lowers what is owed, else 0"),
    "resource": Column(nw.String, "kind of party that did it, empty when not known"),
}
CASES: Frame = {
    "case_id": Column(nw.Int64, "the case"),
    "customer_id": Column(nw.Int64, "whose it is"),
    "segment": Column(nw.String, "segment of the customer, may be empty"),
    "currency": Column(nw.String, "currency of its amounts"),
    "amount_minor": Column(nw.Int64, "what it is about"),
}
STEPS: Frame = {
    "event_id": EVENTS["event_id"],
    "case_id": EVENTS["case_id"],
    "step": Column(nw.Int32, "0 for the first of the case"),
    "activity": EVENTS["activity"],
    "next_activity": Column(nw.String, "what came next, empty at the end of the case"),
    "moment": EVENTS["moment"],
    "day": Column(nw.Int32, "its day"),
    "worked_ms": Column(nw.Int64, "working time until then, since a day before the log"),
    "end_day": Column(nw.Int32, "day of what came next", nullable=True),
    "end_worked_ms": Column(nw.Int64, "working time until what came next", nullable=True),
    "days": Column(nw.Int32, "calendar days until what came next", nullable=True),
    "hours": Column(nw.Int32, "whole business hours until then", nullable=True),
    "is_waiting": Column(nw.Boolean, "nothing came next, and something is still owed"),
    "open_minor": Column(nw.Int64, "what was owed from this step to the next"),
    "resource": EVENTS["resource"],
    "next_resource": Column(nw.String, "kind of party that acted next"),
}
"""The end is empty at the last step of a case that is over; one that still waits has its end at
that of the day asked about."""

MONEY_DAYS = nw.col("open_minor") * nw.col("days").fill_null(0).cast(nw.Int64)
"""What was owed times the days it waited, of rows with `open_minor` and `days`."""


def steps(
    events: nw.LazyFrame,
    cases: nw.LazyFrame,
    *,
    as_of: date,
    country: str,
    only_while_open: tuple[str, ...] = (),
) -> nw.LazyFrame:
    """Return the log in order in columns STEPS, as it was known by the end of a day.

    `events` in columns EVENTS, `cases` in CASES. Activities of `only_while_open` did not happen
    where nothing was owed any more when their day came (an invoice paid early never falls due).
    """
    today = day_number(as_of)
    log = (
        events.with_columns(day=(nw.col("moment") // DAY_MS).cast(nw.Int32))
        .filter(nw.col("day") <= today)
        .join(cases.select("case_id", "amount_minor"), on="case_id", how="inner")
    )
    log = with_sum_so_far(in_order(log), "settled_minor", "so_far")
    log = log.with_columns(open_minor=nw.col("amount_minor") - nw.col("so_far"))
    if only_while_open:
        log = log.filter(
            ~(nw.col("activity").is_in(list(only_while_open)) & (nw.col("open_minor") <= 0))
        )
    found = log.select(first=nw.col("day").min()).collect().row(0)[0]
    first = as_of if found is None else day_date(int(found))
    worked = len(business_days(country, first=first.replace(day=1), last=as_of))
    return _with_waits(
        _with_hours(log, first, as_of, country),
        today=today,
        worked_ms=worked * (CLOSES_MS - OPENS_MS),
    )


def _with_waits(log: nw.LazyFrame, *, today: int, worked_ms: int) -> nw.LazyFrame:
    """Return each step with what came next and how long that took."""
    # some may have been left out since they were put in order
    ordered = in_order(log.drop("at", "first_at"))
    numbered = with_next(
        ordered.with_columns(step=nw.col("at") - nw.col("first_at")),
        next_activity="activity",
        next_day="day",
        next_worked="worked_ms",
        next_resource="resource",
    )
    is_last = nw.col("next_activity").is_null()
    is_waiting = is_last & (nw.col("open_minor") > 0)
    worked = nw.when(is_waiting).then(nw.lit(worked_ms, nw.Int64)).otherwise("next_worked")
    until = nw.when(is_waiting).then(nw.lit(today, nw.Int32)).otherwise("next_day")
    # what stands in the order of the process may have clocks that disagree within the day
    spent = (worked - nw.col("worked_ms")).clip(0) // HOUR_MS
    return (
        numbered.with_columns(
            is_waiting=is_waiting,
            end_day=until,
            end_worked_ms=worked,
            days=until - nw.col("day"),
            hours=spent,
        )
        .with_columns(
            nw.col("next_activity").fill_null(""),
            nw.col("next_resource").fill_null(""),
            nw.col("step").cast(nw.Int32),
            nw.col("end_day").cast(nw.Int32),
            nw.col("days").cast(nw.Int32),
            nw.col("hours").cast(nw.Int32),
        )
        .select(*STEPS)
    )


def _with_hours(log: nw.LazyFrame, first: date, as_of: date, country: str) -> nw.LazyFrame:
    """Add the working time from the first month's beginning to each moment, in milliseconds."""
    calendar = calendar_days(country, first=first, last=as_of).select(
        "day", "is_business", "business_day_no"
    )
    clock = nw.col("moment") % DAY_MS
    is_open = nw.col("is_business").cast(nw.Int64)
    whole = nw.col("business_day_no").cast(nw.Int64) - is_open
    return log.join(calendar, on="day", how="left").with_columns(
        worked_ms=whole * (CLOSES_MS - OPENS_MS)
        + is_open * (clock.clip(OPENS_MS, CLOSES_MS) - OPENS_MS)
    )
