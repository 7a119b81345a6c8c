"""Where a case left the expected path of invoice to cash, and rules that were not kept.

The path is issued, sent, received, due, reminded, paid; it may end early. What is told of a case:

* `skipped:x`: x of the path is missing though something that follows it has happened. What an
  invoice paid in time never sees (due, reminder) is not missed, nor are sending and receipt of
  an invoice that another system sent.
* `before:x:y`: x happened although y, which comes before it, happened only later.
* `outside:x`: x belongs neither to the path nor beside it, such as a dispute.
* a rule's name: something was done while it must not be (`path.RULES`).
* `late_not_reminded`: nobody reminded within two weeks after it fell due.
"""

import narwhals.stable.v2 as nw

from dunwell.engine.process.log import MONEY_DAYS
from dunwell.engine.process.path import (
    DUE,
    EXPECTED,
    ISSUED,
    LEDGER,
    OPTIONAL,
    PAID,
    PAPER,
    REMINDED,
    RULES,
    SIDE_STEPS,
    Rule,
)
from dunwell.engine.process.rework import last_seen, with_both

FITS, DEVIATES = "fits", "deviates"
LATE_NOT_REMINDED = "late_not_reminded"
LATE_DAYS = 14

_COLUMNS = ("case_id", "name", "days", "hours", "is_waiting", "money_days")


def deviations(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return every deviation of every case once, by name; `steps` in columns STEPS.

    Days are empty: a deviation is told in cases and money, its money days are 0.
    """
    firsts = (
        steps.filter(nw.col("activity").is_in(list(EXPECTED)))
        .group_by("case_id", "activity")
        .agg(step=nw.col("step").min())
    )
    found = [
        *(_skipped(steps, firsts, place) for place in range(len(EXPECTED) - 1)),
        *_disordered(firsts),
        _outside(steps),
        *(_broken(steps, rule) for rule in RULES),
        _not_reminded(steps),
    ]
    return (
        nw.concat([part.select("case_id", "name") for part in found if part is not None])
        .unique(["case_id", "name"])
        .with_columns(
            days=nw.lit(None, nw.Int32),
            hours=nw.lit(None, nw.Int32),
            is_waiting=nw.lit(value=False),
            money_days=nw.lit(0, nw.Int64),
        )
        .select(*_COLUMNS)
    )


def fits(steps: nw.LazyFrame, strayed: nw.LazyFrame) -> nw.LazyFrame:
    """Return a row per case: whether it kept to the path and to the rules, or not.

    `strayed` is what `deviations` told of the same steps.
    """
    astray = strayed.select("case_id").unique().with_columns(name=nw.lit(DEVIATES))
    cases = steps.group_by("case_id").agg(
        days=nw.col("days").sum().cast(nw.Int32),
        is_waiting=nw.col("is_waiting").any(),
        money_days=MONEY_DAYS.sum(),
    )
    return (
        cases.join(astray, on="case_id", how="left")
        .with_columns(nw.col("name").fill_null(FITS), hours=nw.lit(None, nw.Int32))
        .select(*_COLUMNS)
    )


def _skipped(steps: nw.LazyFrame, firsts: nw.LazyFrame, place: int) -> nw.LazyFrame | None:
    activity, later = EXPECTED[place], EXPECTED[place + 1 :]
    if activity in OPTIONAL:
        return None
    has_it = steps.filter(nw.col("activity") == activity)
    if activity in PAPER:
        is_foreign = (nw.col("activity") == ISSUED) & (nw.col("resource") == LEDGER)
        has_it = steps.filter((nw.col("activity") == activity) | is_foreign)
    return (
        firsts.filter(nw.col("activity").is_in(list(later)))
        .select("case_id")
        .unique()
        .join(has_it.select("case_id"), on="case_id", how="anti")
        .with_columns(name=nw.lit(f"skipped:{activity}"))
    )


def _disordered(firsts: nw.LazyFrame) -> list[nw.LazyFrame]:
    """Return cases where one of the path came before what precedes it; the payment may."""
    found = []
    for place, activity in enumerate(EXPECTED):
        if activity == PAID:
            continue
        here = firsts.filter(nw.col("activity") == activity).select("case_id", "step")
        for earlier in EXPECTED[:place]:
            there = firsts.filter(nw.col("activity") == earlier).select(
                "case_id", other=nw.col("step")
            )
            found.append(
                here.join(there, on="case_id", how="inner")
                .filter(nw.col("step") < nw.col("other"))
                .with_columns(name=nw.lit(f"before:{activity}:{earlier}"))
            )
    return found


def _outside(steps: nw.LazyFrame) -> nw.LazyFrame:
    known = [*EXPECTED, *SIDE_STEPS]
    return steps.filter(~nw.col("activity").is_in(known)).with_columns(
        name=nw.concat_str([nw.lit("outside:"), nw.col("activity")])
    )


def _broken(steps: nw.LazyFrame, rule: Rule) -> nw.LazyFrame:
    """Return cases in which something was done after `since` and before `until` came."""
    state = with_both(steps, rule.since, rule.what, rule.until).with_columns(
        begun=last_seen(rule.since), over=last_seen(rule.until)
    )
    return state.filter(
        nw.col("activity") == rule.what, nw.col("begun") > nw.col("over")
    ).with_columns(name=nw.lit(rule.name))


def _not_reminded(steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return cases that were owed longer than LATE_DAYS after they fell due without a reminder.

    A reminder ends the time, before that day as well; so does the end of the case.
    """

    def first(activity: str, name: str) -> nw.LazyFrame:
        of_it = steps.filter(nw.col("activity") == activity)
        return of_it.group_by("case_id").agg(nw.col("day").min().alias(name))

    ends = steps.group_by("case_id").agg(end=nw.max_horizontal("day", "end_day").max())
    found = first(DUE, "due").join(ends, on="case_id", how="inner")
    for activity, name in ((REMINDED, "reminded"), (PAID, "paid")):
        found = found.join(first(activity, name), on="case_id", how="left")
    until = nw.min_horizontal("end", "reminded", "paid")
    return found.filter(until - nw.col("due") > LATE_DAYS).with_columns(
        name=nw.lit(LATE_NOT_REMINDED)
    )
