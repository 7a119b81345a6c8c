"""The verdict on each customer and channel: allow, deny or hold, by which rule, and until when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.contact_rules.caps import denied_by_cap
from dunwell.engine.contact_rules.denials import (
    KEYS,
    Moment,
    denied_before_notice,
    denied_by_content,
    denied_by_dispute,
    denied_by_word,
    denied_without_consent,
    denied_without_notice,
    inconvenient_hours,
)
from dunwell.engine.contact_rules.hours import (
    closed_hours,
    next_open,
    open_hours,
    with_classes,
)
from dunwell.engine.contact_rules.rules import RulePack
from dunwell.engine.contact_rules.scope import Binding, exclusions_of, inside
from dunwell.engine.contact_rules.tables import (
    DAY_SECONDS,
    DENIED,
    FOREVER,
    HORIZON_DAYS,
    VERDICTS,
    ContactFacts,
)
from dunwell.engine.ledger import Keep, as_it_is
from dunwell.engine.schema import table

SLACK = timedelta(days=2)
"""Local days begin before and end after those of UTC."""

PAST = timedelta(days=40)
"""How far back the tables of local days reach at least; longer than any rolling window."""


def tables_span(at: datetime, *, oldest: date | None = None) -> tuple[date, date]:
    """Return the first and the last day the tables of zones and days must hold.

    Whole months, so that tables serve many moments. `oldest` is the day of the oldest contact
    whose day matters.
    """
    on = at.astimezone(UTC).date()
    first = min(on - PAST, on if oldest is None else oldest - SLACK).replace(day=1)
    beyond = on + timedelta(days=HORIZON_DAYS) + 2 * SLACK
    return first, (beyond.replace(day=1) + timedelta(days=31)).replace(day=1)


def contact_verdicts(
    facts: ContactFacts,
    pack: RulePack,
    bound_by: Sequence[Binding],
    *,
    as_of: date,
    at: datetime,
    known_until: datetime | None = None,
    keep: Keep = as_it_is,
) -> nw.LazyFrame:
    """Return one row per candidate in columns VERDICTS, for the moment `at`.

    `bound_by` comes from `scope.bindings`; `as_of` is our own day. Attempts after `known_until`
    (`at` unless given) are not seen. The next moment is exact: allowed itself, and nothing
    before it is, as long as no fact changes. `keep` computes a frame once that is used often.
    """
    second = int(at.timestamp())
    known = second if known_until is None else int(known_until.timestamp())
    moment = Moment(second=second, as_of=as_of, known_until=known)
    last = second + HORIZON_DAYS * DAY_SECONDS
    hours = [binding for binding in bound_by if binding.rule.kind == "hours"]
    classed = keep(with_classes(facts.candidates, hours))
    denied = keep(_denied(facts, pack, bound_by, moment).filter(nw.col("end_second") > second))
    classes = classed.select("hours_class").unique()
    closed = keep(_closed(classed, hours, facts, at))
    opened = keep(open_hours(classes, closed, first=second, last=last))
    coming = _next(classed, denied, opened, second=second, last=last)
    return _told(classed, denied, closed, coming, pack, second=second)


def _denied(
    facts: ContactFacts, pack: RulePack, bound_by: Sequence[Binding], moment: Moment
) -> nw.LazyFrame:
    """Return what every rule but those on hours forbids."""
    found = [table([], DENIED)]
    simple = {
        "consent": denied_without_consent,
        "content": denied_by_content,
        "notice": denied_without_notice,
        "notice_first": denied_before_notice,
        "dispute": denied_by_dispute,
        "stop": denied_by_word,
    }
    for binding in bound_by:
        rule = binding.rule
        bound = inside(facts.candidates, binding)
        if rule.kind == "cap":
            exclusions = exclusions_of(pack, rule)
            found.append(denied_by_cap(bound, binding, facts, moment, exclusions=exclusions))
        elif rule.kind in simple:
            found.append(simple[rule.kind](bound, binding, facts, moment))
        if rule.kind == "stop" and "inconvenient" in rule.params.restrictions:
            found.append(inconvenient_hours(bound, binding, facts, moment))
    return nw.concat(found, how="vertical")


def _closed(
    classed: nw.LazyFrame, hours: Sequence[Binding], facts: ContactFacts, at: datetime
) -> nw.LazyFrame:
    on = at.astimezone(UTC).date()
    if not hours:
        return classed.head(0).select(
            "hours_class",
            start_second=nw.lit(0, nw.Int64),
            end_second=nw.lit(0, nw.Int64),
            rule_no=nw.lit(0, nw.Int32),
        )
    beyond = on + timedelta(days=HORIZON_DAYS) + SLACK
    return closed_hours(classed, hours, facts, first=on - SLACK, last=beyond)


def _next(
    classed: nw.LazyFrame, denied: nw.LazyFrame, opened: nw.LazyFrame, *, second: int, last: int
) -> nw.LazyFrame:
    """Return customer_id, channel, next_second: the first moment that is open and not denied.

    The first allowed moment is now, or the end of a denial, or the first open moment after one
    of these; so only these are looked at.
    """
    keys = classed.select(*KEYS, "hours_class")
    ends = denied.filter(nw.col("end_second") < last).select(*KEYS, point_second="end_second")
    points = nw.concat(
        [
            keys.with_columns(point_second=nw.lit(second, nw.Int64)),
            keys.join(ends, on=list(KEYS), how="inner"),
        ],
        how="vertical",
    ).unique()
    asked = points.select("hours_class", "point_second").unique()
    found = points.join(
        next_open(asked, opened, first=second, last=last),
        on=["hours_class", "point_second"],
        how="inner",
    ).filter(~nw.col("next_second").is_null())
    stopped = (
        found.join(denied, on=list(KEYS), how="inner")
        .filter(
            nw.col("start_second") <= nw.col("next_second"),
            nw.col("next_second") < nw.col("end_second"),
        )
        .select(*KEYS, "next_second")
        .unique()
    )
    return (
        found.join(stopped, on=[*KEYS, "next_second"], how="anti")
        .group_by(*KEYS)
        .agg(next_second=nw.col("next_second").min())
    )


def _told(
    classed: nw.LazyFrame,
    denied: nw.LazyFrame,
    closed: nw.LazyFrame,
    coming: nw.LazyFrame,
    pack: RulePack,
    *,
    second: int,
) -> nw.LazyFrame:
    """Return the verdicts: of what forbids it now, what ends by itself last or not at all."""
    ends, is_hold = nw.col("end_second"), nw.col("is_hold")
    # first what only a changed fact ends, a refusal before a question, then the longest wait
    is_final = ends >= FOREVER
    rank = nw.when(is_final & ~is_hold).then(0).otherwise(nw.when(is_final).then(1).otherwise(2))
    order = ["rank", "left", "rule_no"]
    first_denied = (
        denied.filter(nw.col("start_second") <= second)
        .with_columns(rank=rank, left=FOREVER - ends, one=nw.lit(1, nw.Int64))
        .with_columns(place=nw.col("one").cum_sum().over(*KEYS, order_by=order))
        .filter(nw.col("place") == 1)
        .select(*KEYS, denied_no="rule_no", is_held="is_hold")
    )
    shut = (
        closed.filter(nw.col("start_second") <= second, second < nw.col("end_second"))
        .group_by("hours_class")
        .agg(shut_no=nw.col("rule_no").min())
    )
    names = table(
        [(number, rule.id) for number, rule in enumerate(pack.rules)],
        {"rule_no": DENIED["rule_no"], "rule_id": VERDICTS["rule_id"]},
    )
    is_denied, never = ~nw.col("denied_no").is_null(), nw.col("next_second").is_null()
    is_shut = ~nw.col("shut_no").is_null()
    asked = nw.when(nw.col("is_held") | (~is_denied & never)).then(nw.lit("hold"))
    return (
        classed.select(*KEYS, "hours_class")
        .join(first_denied, on=list(KEYS), how="left")
        .join(shut, on="hours_class", how="left")
        .join(coming, on=list(KEYS), how="left")
        .with_columns(
            rule_no=nw.coalesce("denied_no", "shut_no"),
            decision=nw.when(is_denied | is_shut)
            .then(asked.otherwise(nw.lit("deny")))
            .otherwise(nw.lit("allow")),
        )
        .join(names, on="rule_no", how="left")
        .select(*VERDICTS)
    )
