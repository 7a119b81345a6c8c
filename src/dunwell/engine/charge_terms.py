"""From a group of the policy and the law to terms: which rule, at which yearly rates, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dunwell.engine.charges.late_rules import (
    ACT_365,
    CONTRACT,
    DUE,
    FIXED,
    REFERENCE,
    InterestRule,
    LateRule,
    statutory_rules,
)
from dunwell.engine.charges.reference_rates import RateSpan, ReferenceTable, rate_spans
from dunwell.engine.charges.terms import FOREVER, LONG_AGO, ChargeTerms
from dunwell.engine.charges_policy import (
    BILL,
    BY_CONTRACT,
    OFF,
    STATUTORY,
    ChargeGroup,
)
from dunwell.engine.documents import DocumentError

CONTRACT_ALONE = LateRule(
    id="CONTRACT",
    title="What the contract says, and nothing else",
    countries=(),
    parties=(),
    is_in_force=True,
    effective_from=None,
    effective_until=None,
    interest=InterestRule(kind=CONTRACT),
    year=ACT_365,
    has_monthly_rests=False,
    starts=DUE,
    told_days=0,
    terms_cap_days=None,
    needs_registration="",
    compensation=None,
    letter=None,
    fees=None,
    basis=(),
    source="contract",
    evidence="",
)
"""The rule of a group that charges by contract, whatever the law allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedTerms:
    """Terms for items whose default begins from one day up to but not including another."""

    from_on: date
    until_on: date
    terms: ChargeTerms


def group_terms(
    group: ChargeGroup,
    *,
    rules: Sequence[LateRule],
    tables: Mapping[str, ReferenceTable],
    country: str,
    party: str,
    last: date,
) -> tuple[DatedTerms, ...]:
    """Return the terms of a group's customers of a country and kind, in order of time.

    Empty where the group charges nothing or no rule fits. Rates are given from the group's first
    day to `last`. Raises DocumentError for a rule or an official rate that does not exist.
    """
    if group.mode == OFF or group.since > last:
        return ()
    fitting = _fitting(group, rules, country=country, party=party or group.assume_party)
    found = []
    for from_on, until_on, rule in _windows(fitting):
        terms = ChargeTerms(
            group=group.name,
            rule=rule,
            spans=_spans(rule, group, tables, last=last),
            year=group.year or rule.year,
            since_on=group.since,
            grace_days=group.grace_days,
            cap_ppm=group.cap_ppm,
            pauses_disputed=group.pauses_disputed,
            with_compensation=group.with_compensation,
            told_days=rule.told_days if group.is_told else 0,
            is_billed=group.mode == BILL,
        )
        found.append(DatedTerms(from_on=from_on, until_on=until_on, terms=terms))
    return tuple(found)


def _fitting(
    group: ChargeGroup, rules: Sequence[LateRule], *, country: str, party: str
) -> tuple[LateRule, ...]:
    if group.rule == BY_CONTRACT:
        return (CONTRACT_ALONE,)
    if group.rule == STATUTORY:
        return statutory_rules(
            rules, country=group.law or country, party=party, registered=group.registered
        )
    named = tuple(rule for rule in rules if rule.id == group.rule)
    if not named:
        raise DocumentError(
            f"charges, group {group.name}: rule {group.rule!r} is not known; write statutory, "
            "contract, or the id of a rule such as EU-LPD"
        )
    return named


def _windows(rules: Sequence[LateRule]) -> list[tuple[date, date, LateRule]]:
    """Return from when to when each rule decides, the first effective one of any day."""
    edges = {LONG_AGO, FOREVER}
    for rule in rules:
        edges.update(day for day in (rule.effective_from,) if day)
        if rule.effective_until:
            edges.add(rule.effective_until + timedelta(days=1))
    days = sorted(edges)
    found = []
    for start, stop in pairwise(days):
        deciding = next((rule for rule in rules if _is_effective(rule, start)), None)
        if deciding is not None:
            found.append((start, stop, deciding))
    return found


def _is_effective(rule: LateRule, day: date) -> bool:
    return (rule.effective_from is None or rule.effective_from <= day) and (
        rule.effective_until is None or day <= rule.effective_until
    )


def _spans(
    rule: LateRule, group: ChargeGroup, tables: Mapping[str, ReferenceTable], *, last: date
) -> tuple[RateSpan, ...]:
    interest, spans = rule.interest, tuple[RateSpan, ...]()
    if interest.kind == FIXED:
        spans = _one(interest.rate_ppm, rule.source, group, last)
    elif interest.kind == CONTRACT and group.contract_rate_ppm is not None:
        rate, told = group.contract_rate_ppm, "contract"
        cap = interest.cap_ppm
        if cap is not None and not group.is_yearly_stated and rate > cap:
            rate, told = cap, f"contract, capped ({rule.source})"
        spans = _one(rate, told, group, last)
    elif interest.kind == REFERENCE or (interest.kind == CONTRACT and interest.reference):
        if interest.reference not in tables:
            raise DocumentError(f"rule {rule.id}: {interest.reference} is no official rate")
        spans = rate_spans(
            tables[interest.reference],
            fixing=interest.fixing,
            first=group.since,
            last=last,
            multiple_ppm=interest.multiple_ppm,
            margin_ppm=interest.margin_ppm,
        )
    if group.max_rate_ppm is None:
        return spans
    return tuple(_bounded(span, group.max_rate_ppm) for span in spans)


def _one(rate_ppm: int, source: str, group: ChargeGroup, last: date) -> tuple[RateSpan, ...]:
    until = last + timedelta(days=1)
    return (RateSpan(from_on=group.since, until_on=until, rate_ppm=rate_ppm, source=source),)


def _bounded(span: RateSpan, most_ppm: int) -> RateSpan:
    if span.rate_ppm is None or span.rate_ppm <= most_ppm:
        return span
    return RateSpan(
        from_on=span.from_on,
        until_on=span.until_on,
        rate_ppm=most_ppm,
        source=f"{span.source}, at most {most_ppm / 10_000:g} % by policy",
    )
