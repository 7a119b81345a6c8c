"""Allowed hours: when contact is open to everybody of a class, and when it opens next.

Customers of the same zones, holidays and hours rules are one class; the hours are reckoned once
for each. Open is what no rule closes in any of the zones.
"""

from collections.abc import Sequence
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.local_time import in_zones, local_hours
from dunwell.engine.contact_rules.params import HoursParams
from dunwell.engine.contact_rules.scope import Binding, is_inside
from dunwell.engine.contact_rules.tables import DAY_SECONDS, ContactFacts
from dunwell.engine.schema import Column, table


def with_classes(candidates: nw.LazyFrame, hours: Sequence[Binding]) -> nw.LazyFrame:
    """Return the candidates with `hours_class`: zones, holidays and the hours rules that bind."""
    marks = [_mark(binding) for binding in hours]
    key = [nw.col("zones"), nw.lit("|"), nw.col("calendar"), nw.lit("|"), *marks]
    return candidates.with_columns(hours_class=nw.concat_str(key))


def closed_hours(
    candidates: nw.LazyFrame,
    hours: Sequence[Binding],
    facts: ContactFacts,
    *,
    first: date,
    last: date,
) -> nw.LazyFrame:
    """Return hours_class, rule_no, start_second, end_second: when each rule closes a class.

    For the local days from `first` to `last`. `candidates` come from `with_classes`.
    """
    found = [
        _closed(_bound_classes(candidates, binding), binding, facts, first=first, last=last)
        for binding in hours
    ]
    return nw.concat(found, how="vertical")


def open_hours(
    classes: nw.LazyFrame, closed: nw.LazyFrame, *, first: int, last: int
) -> nw.LazyFrame:
    """Return hours_class, open_second, close_second between two seconds: what nothing closes."""
    ends = [
        classes.select(
            "hours_class",
            start_second=nw.lit(second, nw.Int64),
            end_second=nw.lit(second, nw.Int64),
        )
        for second in (first, last)
    ]
    # a row beside the two ends for each closed time; gaps between what was closed before are open
    shut = nw.concat(
        [closed.select("hours_class", "start_second", "end_second"), *ends], how="vertical"
    ).filter(nw.col("end_second") >= first, nw.col("start_second") <= last)
    order = ["start_second", "end_second"]
    return (
        shut.with_columns(until=nw.col("end_second").cum_max().over("hours_class", order_by=order))
        .with_columns(open_second=nw.col("until").shift(1).over("hours_class", order_by=order))
        .filter(nw.col("start_second") > nw.col("open_second"))
        .select("hours_class", "open_second", close_second=nw.col("start_second"))
    )


def next_open(
    points: nw.LazyFrame, opened: nw.LazyFrame, *, first: int, last: int
) -> nw.LazyFrame:
    """Return the points with `next_second`: the first open moment not before `point_second`.

    `points` has hours_class and point_second; empty where nothing opens before `last`.
    Found by UTC days, so that no point is compared with every hour of the year.
    """
    days = (
        opened.select("hours_class")
        .unique()
        .join(_days(first, last), how="cross")
        .join(opened, on="hours_class", how="inner")
    )
    begin = nw.col("utc_day") * DAY_SECONDS
    beyond = begin + DAY_SECONDS
    on_day = days.filter(nw.col("open_second") < beyond, nw.col("close_second") > begin)
    later = (
        days.filter(nw.col("open_second") >= beyond)
        .group_by("hours_class", "utc_day")
        .agg(later_second=nw.col("open_second").min())
    )
    asked = points.with_columns(utc_day=nw.col("point_second") // DAY_SECONDS)
    keys = points.collect_schema().names()
    point = nw.col("point_second")
    within = (
        asked.join(on_day, on=["hours_class", "utc_day"], how="inner")
        .filter(nw.col("close_second") > point)
        .with_columns(found=nw.max_horizontal(nw.col("open_second"), point))
        .group_by(*keys)
        .agg(found=nw.col("found").min())
    )
    return (
        asked.join(within, on=keys, how="left")
        .join(later, on=["hours_class", "utc_day"], how="left")
        .with_columns(next_second=nw.coalesce("found", "later_second"))
        .select(*keys, "next_second")
    )


def _days(first: int, last: int) -> nw.LazyFrame:
    """Return the UTC days between two seconds as rows."""
    days = range(first // DAY_SECONDS, last // DAY_SECONDS + 1)
    return table([(day,) for day in days], {"utc_day": Column(nw.Int64, "days since 1970")})


def _mark(binding: Binding) -> nw.Expr:
    bound = is_inside(binding)
    if bound is None:
        return nw.lit("1")
    return nw.when(bound).then(nw.lit("1")).otherwise(nw.lit("0"))


def _bound_classes(candidates: nw.LazyFrame, binding: Binding) -> nw.LazyFrame:
    bound = is_inside(binding)
    found = candidates if bound is None else candidates.filter(bound)
    return found.select("hours_class", "zones", "calendar").unique()


def _closed(
    classes: nw.LazyFrame, binding: Binding, facts: ContactFacts, *, first: date, last: date
) -> nw.LazyFrame:
    params = binding.rule.params
    if not isinstance(params, HoursParams):
        raise TypeError(f"rule {binding.rule.id} is not about hours")
    start = first if binding.first is None else max(first, binding.first)
    stop = last if binding.last is None else min(last, binding.last)
    days = facts.days.filter(nw.col("day") >= day_number(start), nw.col("day") <= day_number(stop))
    is_shut = nw.col("day").is_in([day_number(day) for day in params.closed_days])
    if params.closed_on_holidays:
        is_shut = is_shut | nw.col("is_holiday")
    opens, closes = _windows(params)
    midnight = nw.col("day").cast(nw.Int64) * DAY_SECONDS
    daily = (
        in_zones(classes, facts.zones)
        .join(days, on="calendar", how="inner")
        .with_columns(opens=nw.when(~is_shut).then(opens), closes=nw.when(~is_shut).then(closes))
    )
    columns = ("hours_class", "zone", "local_start", "local_end")
    before = daily.with_columns(
        local_start=midnight, local_end=midnight + nw.col("opens").fill_null(DAY_SECONDS)
    ).select(*columns)
    after = daily.with_columns(
        local_start=midnight + nw.col("closes").fill_null(DAY_SECONDS),
        local_end=midnight + DAY_SECONDS,
    ).select(*columns)
    both = nw.concat([before, after], how="vertical").filter(
        nw.col("local_end") > nw.col("local_start")
    )
    return local_hours(both, facts.zones).select(
        "hours_class",
        "start_second",
        "end_second",
        rule_no=nw.lit(binding.rule_no, nw.Int32),
    )


def _windows(params: HoursParams) -> tuple[nw.Expr, nw.Expr]:
    """Return the second of the day in which a weekday opens, and the first one after it closes.

    The last minute is allowed to its first second: 21:00:00 is not after nine, 21:00:01 is.
    """
    opens, closes = nw.lit(None, nw.Int64), nw.lit(None, nw.Int64)
    for window in params.windows:
        on_day = nw.col("weekday").is_in(list(window.weekdays))
        opens = nw.when(on_day).then(nw.lit(window.start * 60, nw.Int64)).otherwise(opens)
        closes = (
            nw.when(on_day)
            .then(nw.lit(min(window.end * 60 + 1, DAY_SECONDS), nw.Int64))
            .otherwise(closes)
        )
    return opens, closes
