"""When claims become time-barred: the last day of each, and what moved it.

A claim lapses `years` after its due day, by some laws at the end of that year. What happens
until then moves the last day: a period begins anew, days are not counted, or nothing lapses at all
while a suit runs. Each such change is a step L -> max(L + a, b) of the last day L, in the order in
which things happened, and a step counts only if the claim had not lapsed by then. Steps
of this form compose: L after step i is A_i + max(L_0, max over j <= i of b_j - A_j), with A the
running sum of a. So whole books are worked out by running sums and maxima, exactly.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from dunwell.engine.limitation_days import with_months_later, with_year_end
from dunwell.engine.limitation_rules import ANEW, ANEW_AT_END, SUSPEND, LimitationRule
from dunwell.engine.schema import Column, Frame

FAR = 3_000_000
"""A day no claim lives to see; the end of what has no end yet."""
NEVER = -FAR

CLAIMS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "group_no": Column(nw.Int32, "kind of customer: country, region, party"),
    "due_day": Column(nw.Int32, "day it fell due"),
}
READINGS: Frame = {
    "group_no": Column(nw.Int32, "kind of customer"),
    "rule_no": Column(nw.Int32, "place of a rule that may hold for it"),
}
LIMITATION_EVENTS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "kind": Column(nw.String, "what happened"),
    "day": Column(nw.Int32, "day it happened or began"),
    "until_day": Column(nw.Int32, "last day of what ran for a time", nullable=True),
}
LAST_DAYS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "rule_no": Column(nw.Int32, "place of the rule that gives the earliest last day"),
    "first_last_day": Column(nw.Int32, "its last day before anything moved it"),
    "last_day": Column(nw.Int32, "last day to act, empty while nothing lapses", nullable=True),
    "latest_day": Column(nw.Int32, "last day by the latest reading, likewise", nullable=True),
    "readings": Column(nw.Int32, "so many rules may hold"),
}


def last_days(first: nw.LazyFrame, steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return the last day to act on each claim, in columns LAST_DAYS; unknown law, no row.

    `first` and `steps` as `first_last_days` and `limitation_steps` make them, worked out by the
    caller, as they are used more than once. The day after the last day a claim is time-barred.
    """
    known = first.join(moved_days(first, steps), on=["item_id", "rule_no"], how="left")
    known = known.with_columns(reached=nw.coalesce("moved_day", "first_last_day"))
    ranked = known.with_columns(
        # of equal readings the first rule of the list speaks
        place=nw.col("reached").cast(nw.Int64) * 1_000 + nw.col("rule_no").cast(nw.Int64)
    )
    grouped = ranked.group_by("item_id").agg(
        place=nw.col("place").min(),
        latest_day=nw.col("reached").max(),
        readings=nw.col("rule_no").count().cast(nw.Int32),
    )
    return (
        grouped.join(ranked.drop("moved_day", "first_day"), on=["item_id", "place"], how="inner")
        .with_columns(last_day=_unless_far("reached"), latest_day=_unless_far("latest_day"))
        .select(*LAST_DAYS)
    )


def rule_rows(rules: Sequence[LimitationRule]) -> list[tuple[int, int, bool, int, int]]:
    """Return rule_no, months, is_year_end, from_day, until_day of every rule, for a frame."""
    return [
        (
            number,
            12 * rule.years,
            rule.is_year_end,
            NEVER if rule.effective_from is None else rule.effective_from.toordinal() - EPOCH,
            FAR if rule.effective_until is None else rule.effective_until.toordinal() - EPOCH,
        )
        for number, rule in enumerate(rules)
    ]


EPOCH = 719_163
"""Ordinal of 1970-01-01."""
RULE_ROWS = {
    "rule_no": nw.Int32,
    "months": nw.Int32,
    "is_year_end": nw.Boolean,
    "from_day": nw.Int32,
    "until_day": nw.Int32,
}
EFFECT_ROWS = {
    "rule_no": nw.Int32,
    "kind": nw.String,
    "effect": nw.String,
    "tail_months": nw.Int32,
    "least_months": nw.Int32,
    "anew_months": nw.Int32,
    "is_anew_year_end": nw.Boolean,
    "anew_most": nw.Int32,
}


def effect_rows(
    rules: Sequence[LimitationRule],
) -> list[tuple[int, str, str, int, int, int, bool, int]]:
    """Return the columns EFFECT_ROWS of every rule and kind of event that counts under it."""
    return [
        (
            number,
            kind,
            effect.effect,
            effect.tail_months,
            effect.least_months,
            12 * rule.years,
            rule.is_anew_year_end,
            FAR if rule.anew_most is None else rule.anew_most,
        )
        for number, rule in enumerate(rules)
        for kind, effect in rule.events.items()
    ]


def first_last_days(
    claims: nw.LazyFrame, readings: nw.LazyFrame, rules: nw.LazyFrame
) -> nw.LazyFrame:
    """Return every reading of every claim: item_id, rule_no, first_last_day, first_day.

    That is the last day before anything moved it, and the first day that counts. `rules` as
    `rule_rows` makes them.
    """
    due = nw.col("due_day")
    found = (
        claims.join(readings, on="group_no", how="inner")
        .join(rules, on="rule_no", how="inner")
        .filter(due >= nw.col("from_day"), due <= nw.col("until_day"))
    )
    ended = with_months_later(
        with_year_end(found, day="due_day", alias="due_year_end"),
        day="due_day",
        months="months",
        alias="first_last_day",
        to_year_end="is_year_end",
    )
    # by such a law the period begins with the end of the year; days before cannot stand still
    begins = nw.when(nw.col("is_year_end")).then(nw.col("due_year_end")).otherwise(due) + 1
    return ended.with_columns(first_day=begins.cast(nw.Int32)).select(
        "item_id", "rule_no", "first_last_day", "first_day"
    )


def limitation_events(
    first: nw.LazyFrame, events: nw.LazyFrame, effects: nw.LazyFrame, *, as_of_day: int
) -> nw.LazyFrame:
    """Return the events that count under a reading, with their effect and the reading.

    What happens after `as_of_day` is not known yet: what ends later still runs. `effects` as
    `effect_rows` makes them.
    """
    known_until = nw.when(nw.col("until_day") <= as_of_day).then(nw.col("until_day"))
    seen = events.filter(nw.col("day") <= as_of_day).with_columns(until_day=known_until)
    return first.join(seen, on="item_id", how="inner").join(
        effects, on=["rule_no", "kind"], how="inner"
    )


def limitation_steps(known: nw.LazyFrame, spans: nw.LazyFrame) -> nw.LazyFrame:
    """Return the steps of every reading: item_id, rule_no, day, added (a), least (b).

    `known` as `limitation_events` makes it, `spans` the days that do not count of it.
    """
    has_no_end = nw.col("until_day").is_null()
    other = known.filter((nw.col("effect") != SUSPEND) & (nw.col("effect") != ANEW))
    running = other.filter(has_no_end).with_columns(added=nw.lit(0), least=nw.lit(FAR))
    ended = _with_new_period(
        other.filter(~has_no_end & (nw.col("effect") == ANEW_AT_END)), from_day="until_day"
    ).with_columns(added=nw.lit(0))
    parts = (spans, _anew(known, spans), running, ended)
    return nw.concat(
        [
            part.select(
                "item_id",
                "rule_no",
                nw.col("day").cast(nw.Int32),
                nw.col("added").cast(nw.Int64),
                nw.col("least").cast(nw.Int64),
            )
            for part in parts
        ],
        how="vertical",
    )


def suspended_spans(known: nw.LazyFrame) -> nw.LazyFrame:
    """Return the times in which no day counts, joined where they overlap, with what they add.

    `day` is the first of them, `stop` the first day after; days before the period began add none.
    """
    key = ["item_id", "rule_no"]
    suspended = known.filter(nw.col("effect") == SUSPEND)
    tailed = with_months_later(suspended, day="until_day", months="tail_months", alias="tail")
    floored = with_months_later(tailed, day="until_day", months="least_months", alias="floor")
    has_no_end, has_floor = nw.col("until_day").is_null(), nw.col("least_months") > 0
    floor = nw.when(has_floor).then(nw.col("floor")).otherwise(nw.lit(NEVER))
    bounded = floored.with_columns(
        stop=nw.when(has_no_end).then(nw.lit(FAR)).otherwise(nw.col("tail") + 1).cast(nw.Int32),
        floor=nw.when(has_no_end).then(nw.lit(FAR)).otherwise(floor).cast(nw.Int32),
    ).select(*key, "day", "stop", "floor", "first_day")
    order = {"order_by": ["day", "stop"]}
    reached = nw.col("stop").cum_max().over(*key, **order)
    marked = bounded.with_columns(reached=reached).with_columns(
        before=nw.col("reached").shift(1).over(*key, **order)
    )
    apart = nw.when(nw.col("before").is_null() | (nw.col("day") > nw.col("before")))
    numbered = marked.with_columns(is_new=apart.then(1).otherwise(0)).with_columns(
        span_no=nw.col("is_new").cum_sum().over(*key, **order)
    )
    joined = numbered.group_by(*key, "span_no").agg(
        day=nw.col("day").min(),
        stop=nw.col("stop").max(),
        least=nw.col("floor").max(),
        first_day=nw.col("first_day").max(),
    )
    begins = nw.when(nw.col("day") < nw.col("first_day")).then(nw.col("first_day"))
    counted = nw.col("stop") - begins.otherwise(nw.col("day"))
    return joined.with_columns(
        added=nw.when(counted > 0).then(counted).otherwise(0).cast(nw.Int64)
    )


def _anew(known: nw.LazyFrame, spans: nw.LazyFrame) -> nw.LazyFrame:
    """Return the periods that begin anew; in a time in which no day counts, at its end."""
    key = ["item_id", "rule_no"]
    order = {"order_by": "day"}
    begun = known.filter(nw.col("effect") == ANEW).unique([*key, "day"])
    numbered = begun.with_columns(one=nw.lit(1, nw.Int64)).with_columns(
        ordinal=nw.col("one").cum_sum().over(*key, **order)
    )
    counted = numbered.filter(nw.col("ordinal") <= nw.col("anew_most"))
    within = (
        counted.select(*key, "day")
        .join(spans.select(*key, "stop", span_day="day"), on=key, how="inner")
        .filter(nw.col("span_day") <= nw.col("day"), nw.col("day") < nw.col("stop"))
        .select(*key, "day", "stop")
    )
    later = counted.join(within, on=[*key, "day"], how="left").with_columns(
        from_day=nw.coalesce(nw.col("stop") - 1, nw.col("day"))
    )
    never_ends = nw.col("from_day") >= FAR - 1
    return _with_new_period(later, from_day="from_day").with_columns(
        day=nw.coalesce("stop", "day"),
        least=nw.when(never_ends).then(nw.lit(FAR)).otherwise(nw.col("least")),
        added=nw.lit(0),
    )


def _with_new_period(known: nw.LazyFrame, *, from_day: str) -> nw.LazyFrame:
    """Add `least`, the last day of a whole period that begins after a day."""
    return with_months_later(
        known,
        day=from_day,
        months="anew_months",
        alias="least",
        to_year_end="is_anew_year_end",
    )


def moved_days(first: nw.LazyFrame, steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return item_id, rule_no and the last day after every step that counts."""
    key = ["item_id", "rule_no"]
    order = {"order_by": ["day", "added", "least"]}
    summed = steps.join(first.select(*key, "first_last_day"), on=key, how="inner").with_columns(
        sum_added=nw.col("added").cum_sum().over(*key, **order)
    )
    bounds = summed.with_columns(
        bound=(nw.col("least") - nw.col("sum_added")).cum_max().over(*key, **order)
    )
    start = nw.col("first_last_day").cast(nw.Int64)
    highest = nw.when(nw.col("bound") > start).then(nw.col("bound")).otherwise(start)
    reached = bounds.with_columns(moved_day=highest + nw.col("sum_added"))
    before = nw.coalesce(nw.col("moved_day").shift(1).over(*key, **order), start)
    timely = reached.with_columns(
        is_late=nw.when(nw.col("day") > before).then(1).otherwise(0)
    ).with_columns(late=nw.col("is_late").cum_sum().over(*key, **order))
    return (
        timely.filter(nw.col("late") == 0)
        .group_by(*key)
        .agg(moved_day=nw.col("moved_day").max().cast(nw.Int32))
    )


def _unless_far(name: str) -> nw.Expr:
    """Return the day, empty where nothing lapses for now."""
    return nw.when(nw.col(name) < FAR).then(nw.col(name)).cast(nw.Int32)
