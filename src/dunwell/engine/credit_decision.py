"""The credit decision: facts and scorecard in; class, outcome, limit, terms and reasons out.

Pure and over many customers at once; applications, reviews, the nightly rating and the replay
all decide by this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.credit_classes import APPROVE, DECLINE, OUTCOMES, PPM
from dunwell.engine.credit_conditions import cell, facts_frame
from dunwell.engine.credit_fact_names import NUMBER, Value
from dunwell.engine.credit_frame import NO_RULE, Judge, decided
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.credit_reasons import Reason, decided_with_reasons, reasons_of
from dunwell.engine.credit_tables import TermsRow, fits
from dunwell.engine.limit_worth import CreditAsk, CreditWorth, best_credit, credit_worth
from dunwell.engine.scorecard_terms import Scorecard


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A customer to be decided on: its facts, and what it asks for (None: nothing named).

    `most_minor`: what the appetite still allows (None: no bound). Home minor units.
    """

    facts: Mapping[str, Value]
    asked_minor: int | None = None
    most_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What the policy says. `table_minor` is the limit of the table, `limit_minor` the one
    proposed: worth most within it, within what is asked for and within the appetite.

    `points` None: too little is known to score. `rule`, `because`: the automatic rule that
    decided and its text. `missing` are required facts nobody knows.
    """

    outcome: str
    risk_class: str
    risk: str
    points: int | None
    pd_ppm: int
    lgd_ppm: int
    rule: str
    because: str
    asked_minor: int
    table_minor: int
    limit_minor: int
    terms_days: int
    deposit_ppm: int
    conditions: tuple[str, ...]
    missing: tuple[str, ...]
    worth: CreditWorth
    reasons: tuple[Reason, ...] = field(default_factory=tuple)


def decide(
    subjects: Mapping[int, Subject],
    policy: CreditPolicy,
    card: Scorecard,
    *,
    with_reasons: bool = True,
    currency: str = "",
    judge: Judge = decided,
) -> dict[int, Decision]:
    """Return the decision on each subject by its key; `currency` is for texts alone.

    Reasons cost the most; whoever needs only classes and limits leaves them out. `judge` works
    out `credit_frame.decided`.
    """
    if not subjects:
        return {}
    frame = subject_frame(subjects, policy, card)
    if not with_reasons:
        rows = judge(frame, policy, card).sort("row_id").rows(named=True)
        return {
            row["row_id"]: _decision(subjects[row["row_id"]], row, policy, card) for row in rows
        }
    values = {key: one.facts for key, one in subjects.items()}
    judged, told = decided_with_reasons(
        frame, values, policy, card, currency=currency, judge=judge
    )
    return {
        key: replace(_decision(subjects[key], row, policy, card), reasons=told[key])
        for key, row in judged.items()
    }


def add_reasons(
    subjects: Mapping[int, Subject], policy: CreditPolicy, card: Scorecard, *, currency: str = ""
) -> dict[int, tuple[Reason, ...]]:
    """Return the two to four reasons of each subject's decision."""
    frame = subject_frame(subjects, policy, card)
    values = {key: one.facts for key, one in subjects.items()}
    return reasons_of(frame, values, policy, card, currency=currency)


def subject_frame(
    subjects: Mapping[int, Subject], policy: CreditPolicy, card: Scorecard
) -> nw.DataFrame[Any]:
    """Return the frame `decided` takes; `row_id` is the subject's key."""
    kinds = policy.kinds(card)
    rows = {key: {**one.facts, "asked_minor": one.asked_minor} for key, one in subjects.items()}
    frame = facts_frame(rows, {**kinds, "asked_minor": NUMBER})
    return frame.rename({"customer_id": "row_id"})


def _decision(
    subject: Subject, row: Mapping[str, Any], policy: CreditPolicy, card: Scorecard
) -> Decision:
    risk_class = policy.classes.table[row["class_no"]]
    outcome = OUTCOMES[row["outcome_no"]]
    number = row["rule_no"]
    rule = None if number == NO_RULE else policy.decisions.rules[number]
    terms = terms_of(subject.facts, risk_class.name, policy)
    table = 0 if outcome == DECLINE else row["rated_limit_minor"]
    ask = CreditAsk(
        wanted_minor=_wanted(subject, table, policy),
        cap_minor=_cap(subject, table),
        pd_ppm=min(row["rated_pd_ppm"], PPM),
        lgd_ppm=risk_class.lgd_ppm,
        margin_ppm=policy.limits.worth.margin(str(subject.facts.get("customer_segment") or "")),
        days=terms.days,
        late_days=max(0, number_of(subject.facts, "own_days_late") or 0),
        options=terms.options,
        round_minor=policy.limits.round_minor,
    )
    missing = _missing(subject, row, policy, card)
    return Decision(
        outcome=outcome,
        risk_class=risk_class.name,
        risk=risk_class.risk,
        points=row["rated_points"],
        pd_ppm=ask.pd_ppm,
        lgd_ppm=risk_class.lgd_ppm,
        rule="" if rule is None else rule.name,
        because=_because(rule.reason if rule else "", outcome, missing),
        asked_minor=row["asked_minor"],
        table_minor=table,
        terms_days=(worth := _worth(subject, ask, policy)).days,
        limit_minor=worth.limit_minor,
        deposit_ppm=terms.deposit_ppm,
        conditions=()
        if outcome == DECLINE
        else tuple(dict.fromkeys((*terms.conditions, *(rule.conditions if rule else ())))),
        missing=missing,
        worth=worth,
    )


def _worth(subject: Subject, ask: CreditAsk, policy: CreditPolicy) -> CreditWorth:
    """Return what the proposed limit is worth: the best one, or the table's as it stands."""
    assumed = policy.limits.worth
    asked = subject.asked_minor
    if not assumed.optimise:
        return credit_worth(ask, assumed, limit_minor=ask.cap_minor, days=ask.days)
    best = best_credit(ask, assumed)
    whole = ask.cap_minor // ask.round_minor * ask.round_minor
    if asked is not None and best.limit_minor == whole and ask.cap_minor == asked:
        # what was asked for need not be a whole multiple
        return credit_worth(ask, assumed, limit_minor=asked, days=best.days)
    return best


def _wanted(subject: Subject, table: int, policy: CreditPolicy) -> int:
    """Return the most the balance would reach: asked for or seen, and grown; else the table's."""
    highest = number_of(subject.facts, "own_highest_balance_minor") or 0
    seen = max(subject.asked_minor or 0, highest)
    return (seen * policy.limits.worth.growth_ppm // PPM) if seen > 0 else table


def _cap(subject: Subject, table: int) -> int:
    bounds = [table, subject.asked_minor, subject.most_minor]
    return max(0, min(bound for bound in bounds if bound is not None))


def _missing(
    subject: Subject, row: Mapping[str, Any], policy: CreditPolicy, card: Scorecard
) -> tuple[str, ...]:
    if not row["is_missing"]:
        return ()
    kinds = policy.kinds(card)
    found = [
        name
        for number, rule in enumerate(policy.required)
        if row[f"needs_{number}"]
        for name in rule.facts
        if cell(subject.facts.get(name), kinds[name]) in {None, ""}
    ]
    return tuple(dict.fromkeys(found))


def _because(reason: str, outcome: str, missing: tuple[str, ...]) -> str:
    if missing and outcome != DECLINE:
        return "Facts that must be known are missing"
    if reason:
        return reason
    return "No automatic rule approves it" if outcome != APPROVE else "No rule speaks against it"


def terms_of(facts: Mapping[str, Value], risk_class: str, policy: CreditPolicy) -> TermsRow:
    """Return the terms of the first row that fits; without one nothing is sold on credit."""
    segment, country = (
        str(facts.get(name) or "") for name in ("customer_segment", "customer_country")
    )
    fitting = (
        row
        for row in policy.terms
        if fits(row, risk_class=risk_class, segment=segment, country=country)
    )
    return next(fitting, TermsRow())


def number_of(facts: Mapping[str, Value], name: str) -> int | None:
    """Return a fact that is a whole number, None for anything else."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
