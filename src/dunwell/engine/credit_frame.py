"""The credit policy over many customers at once: score, class, limit of the table, outcome.

One frame in, one out; every figure of a decision comes from here, the changes that would alter
it included, which are rows like any other.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.credit_classes import (
    APPROVE,
    BY_POINTS,
    OUTCOMES,
    PPM,
    REFER,
    Classes,
    Decisions,
    Required,
)
from dunwell.engine.credit_fact_names import NUMBER
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.credit_tables import LOWEST, LimitRow, LimitTable
from dunwell.engine.scorecard_terms import Scorecard
from dunwell.engine.scorecards import score_rows

NO_RULE = -1
MOST_TIMES = 10**6
"""So many times the table's limit is the most an asked share counts; beyond, it is that."""

DECIDED = (
    *("row_id", "points", "rated_points", "rated_pd_ppm", "class_no", "rated_limit_minor"),
    *("asked_minor", "is_missing", "rule_no", "outcome_no"),
)
"""Columns of `decided`: `points` is of the card whatever is known, `rated_points` None unscored;
`class_no` counts from the best, `outcome_no` from the worst of OUTCOMES."""


Judge = Callable[[nw.DataFrame[Any], CreditPolicy, Scorecard], nw.DataFrame[Any]]
"""Works out `decided`; whoever decides on few again and again keeps the plan of it."""


def decided(frame: nw.DataFrame[Any], policy: CreditPolicy, card: Scorecard) -> nw.DataFrame[Any]:
    """Return `decided_rows` of a frame, worked out."""
    return decided_rows(frame.lazy(), policy, card).collect(backend="polars")


def decided_rows(frame: nw.LazyFrame, policy: CreditPolicy, card: Scorecard) -> nw.LazyFrame:
    """Return one row per row of the frame, in columns DECIDED and needs_0, needs_1 ...

    The latter say which of the policy's requirements is not met.

    `frame` has `row_id` once per row, `asked_minor` (empty: nothing named) and the facts that
    `policy.kinds(card)` names.
    """
    kinds = policy.kinds(card)
    classes = policy.classes
    scored = score_rows(frame.with_columns(subject_id=nw.col("row_id")), card).select(
        "subject_id", "points", "pd_ppm"
    )
    known = [_is_known(one.name, kinds[one.name]).cast(nw.Int64) for one in card.inputs]
    needs = {f"needs_{number}": _needs(rule, kinds) for number, rule in enumerate(policy.required)}
    rows = (
        frame.with_columns(known=nw.sum_horizontal(*known))
        .join(scored, left_on="row_id", right_on="subject_id", how="left")
        .with_columns(is_scored=nw.col("known") >= classes.least_known)
        .with_columns(class_no=_class(classes))
        .with_columns(
            rated_class=_by_number("class_no", [one.name for one in classes.table]),
            rated_risk=_by_number("class_no", [one.risk for one in classes.table]),
            rated_points=nw.when(nw.col("is_scored")).then(nw.col("points")),
            rated_pd_ppm=_pd(classes),
        )
        .with_columns(rated_limit_minor=_limit(policy.limits))
        .with_columns(asked_minor=_filled("asked_minor", "rated_limit_minor"))
        .with_columns(asked_share_ppm=_asked_share(), **needs)
        .with_columns(is_missing=_any(list(needs)))
        .with_columns(rule_no=_rule(policy.decisions))
        .with_columns(outcome_no=_outcome(policy.decisions))
    )
    return rows.select(*DECIDED, *needs)


def _is_known(name: str, kind: str) -> nw.Expr:
    return ~nw.col(name).is_null() if kind == NUMBER else nw.col(name) != ""


def _any(columns: list[str]) -> nw.Expr:
    return reduce(or_, [nw.col(name) for name in columns]) if columns else nw.lit(value=False)


def _number(value: int) -> nw.Expr:
    return nw.lit(value, nw.Int64)


def _by_number(column: str, words: list[str]) -> nw.Expr:
    found = nw.lit(words[-1])
    for number, word in reversed(list(enumerate(words[:-1]))):
        found = nw.when(nw.col(column) == number).then(nw.lit(word)).otherwise(found)
    return found


def _class(classes: Classes) -> nw.Expr:
    """Return the place of the class: by the score, and never better than a knock-out's."""
    found = _number(len(classes.table) - 1)
    for number, one in reversed(list(enumerate(classes.table[:-1]))):
        if classes.by == BY_POINTS:
            is_in = nw.col("points") >= (one.from_points or 0)
        else:
            is_in = nw.col("pd_ppm") <= (one.to_pd_ppm or 0)
        found = nw.when(is_in).then(_number(number)).otherwise(found)
    unscored = _number(classes.names.index(classes.unscored))
    found = nw.when(nw.col("is_scored")).then(found).otherwise(unscored)
    knocked = [
        nw.when(out.when.expression())
        .then(_number(classes.names.index(out.risk_class)))
        .otherwise(_number(0))
        for out in classes.knock_outs
    ]
    return nw.max_horizontal(found, *knocked)


def _pd(classes: Classes) -> nw.Expr:
    """Return the score's probability, at least the class's where a knock-out put it there."""
    of_class = _number(classes.table[-1].pd_ppm)
    for number, one in reversed(list(enumerate(classes.table[:-1]))):
        of_class = (
            nw.when(nw.col("class_no") == number).then(_number(one.pd_ppm)).otherwise(of_class)
        )
    found = nw.col("pd_ppm")
    if classes.knock_outs:
        is_knocked = reduce(or_, [out.when.expression() for out in classes.knock_outs])
        found = nw.when(is_knocked).then(nw.max_horizontal(found, of_class)).otherwise(found)
    return nw.when(nw.col("is_scored")).then(found).otherwise(of_class)


def _limit(table: LimitTable) -> nw.Expr:
    found = _number(0)
    for row in reversed(table.rows):
        found = nw.when(_fits(row)).then(_row_limit(row)).otherwise(found)
    return found // table.round_minor * table.round_minor


def _fits(row: LimitRow) -> nw.Expr:
    found = nw.lit(value=True)
    named = (
        ("rated_class", row.classes),
        ("customer_segment", row.segments),
        ("customer_country", row.countries),
    )
    for column, words in named:
        if words:
            found = found & nw.col(column).is_in(list(words))
    return found


def _row_limit(row: LimitRow) -> nw.Expr:
    """Return a row's limit; a share is taken in two parts, for a product would not fit."""
    if not row.bases:
        return _number(max(row.fixed_minor, row.least_minor))
    parts = [
        nw.col(base.fact) // PPM * base.share_ppm + nw.col(base.fact) % PPM * base.share_ppm // PPM
        for base in row.bases
    ]
    take = nw.min_horizontal if row.take == LOWEST else nw.max_horizontal
    found = take(*parts) if len(parts) > 1 else parts[0]
    known = nw.when(found.is_null()).then(_number(row.fixed_minor)).otherwise(found)
    return known.clip(row.least_minor, row.most_minor)


def _filled(column: str, other: str) -> nw.Expr:
    asked = nw.col(column)
    return nw.when(asked.is_null()).then(nw.col(other)).otherwise(asked)


def _asked_share() -> nw.Expr:
    """Return asked to the table's limit, ppm rounded up: above 1,000,000 only when it is more."""
    asked, limit = nw.col("asked_minor"), nw.col("rated_limit_minor")
    least = nw.when(limit > 0).then(limit).otherwise(_number(1))
    whole = (asked // least).clip(0, MOST_TIMES)
    rest = ((asked % least).cast(nw.Float64) / least * PPM).ceil().cast(nw.Int64)
    share = whole * PPM + rest
    none = nw.when(asked > 0).then(_number(MOST_TIMES * PPM)).otherwise(_number(0))
    return nw.when(limit > 0).then(share).otherwise(none)


def _needs(rule: Required, kinds: dict[str, str]) -> nw.Expr:
    """Return whether a requirement holds for a row and one of its facts is not known."""
    is_unknown = reduce(or_, [~_is_known(name, kinds[name]) for name in rule.facts])
    return rule.when.expression() & is_unknown


def _rule(decisions: Decisions) -> nw.Expr:
    found = _number(NO_RULE)
    for number, rule in reversed(list(enumerate(decisions.rules))):
        found = nw.when(rule.when.expression()).then(_number(number)).otherwise(found)
    return found


def _outcome(decisions: Decisions) -> nw.Expr:
    """Return the rule's outcome; what needs facts that are missing is at best a person's."""
    found = _number(OUTCOMES.index(decisions.otherwise))
    for number, rule in enumerate(decisions.rules):
        then = _number(OUTCOMES.index(rule.then))
        found = nw.when(nw.col("rule_no") == number).then(then).otherwise(found)
    is_unfounded = nw.col("is_missing") & (found == OUTCOMES.index(APPROVE))
    return nw.when(is_unfounded).then(_number(OUTCOMES.index(REFER))).otherwise(found)
