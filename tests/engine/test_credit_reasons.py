"""Reasons of credit decisions: two to four, true by trial, the same for the same facts."""

from dataclasses import replace

import pytest

from dunwell.engine.credit_decision import Subject, decide
from tests.engine.credit_customers import GOOD, drawn, standard

POLICY = standard()
CARD = POLICY.card


def told(subjects):
    return decide(subjects, POLICY, CARD, currency="EUR")


def changed(subject, reason):
    """The subject with the facts of a reason set to the values it names."""
    facts = {**subject.facts, **reason.change}
    asked = facts.pop("asked_minor", subject.asked_minor)
    return Subject(facts=facts, asked_minor=asked)


def figures(decision):
    """What a reason may say that it moves."""
    limit = 0 if decision.outcome == "decline" else decision.table_minor
    return (decision.outcome, decision.risk_class, decision.points, limit)


@pytest.fixture(scope="module")
def thousand():
    subjects = drawn(1_000)
    return subjects, told(subjects)


def test_a_thousand_customers_have_two_to_four_reasons_each_of_other_facts(thousand):
    _, found = thousand
    assert {len(one.reasons) for one in found.values()} <= {2, 3, 4}
    for one in found.values():
        codes = [name for reason in one.reasons for name in reason.facts]
        assert len(set(codes)) == len(codes)


def test_the_named_factor_at_its_level_moves_what_the_reason_says_in_all_thousand(thousand):
    subjects, found = thousand
    tried = {}
    for key, decision in found.items():
        for number, reason in enumerate(decision.reasons):
            tried[key * 10 + number] = (reason, changed(subjects[key], reason), decision)
    after = decide({key: one[1] for key, one in tried.items()}, POLICY, CARD, with_reasons=False)
    assert len(tried) > 2_000
    for key, (reason, _, before) in tried.items():
        then = after[key]
        if reason.moves == "outcome":
            assert (before.outcome, then.outcome) == (reason.before, reason.after)
        elif reason.moves == "class":
            assert (before.risk_class, then.risk_class) == (reason.before, reason.after)
        elif reason.moves == "limit":
            assert reason.before != reason.after
        assert (
            reason.moves == "points"
            or figures(before) != figures(then)
            or (before.outcome == "decline")
        )


def test_points_that_a_reason_names_are_those_of_the_card(thousand):
    subjects, found = thousand
    sums = 0
    for key, decision in found.items():
        for reason in decision.reasons:
            if reason.moves != "points" or decision.points is None:
                continue
            then = decide({0: changed(subjects[key], reason)}, POLICY, CARD, with_reasons=False)[0]
            assert (decision.points, then.points) == (int(reason.before), int(reason.after))
            sums += 1
        if sums > 60:
            break
    assert sums > 60


def test_the_same_facts_have_the_same_reasons_alone_and_among_others(thousand):
    subjects, found = thousand
    for key in range(0, 1_000, 97):
        assert told({key: subjects[key]}) == {key: found[key]}


def test_what_decided_is_named_first_and_against_a_customer_only_what_speaks_against():
    decline = told({1: Subject(facts={**GOOD, "bureau_is_insolvent": True})})[1]
    assert decline.outcome == "decline"
    assert decline.reasons[0].text == (
        "Any bureau reports an insolvency: yes. If it were not so it would be approved."
    )
    assert {reason.is_against for reason in decline.reasons} == {True}


def test_two_knock_outs_are_told_together_where_neither_alone_changes_anything():
    facts = {**GOOD, "bureau_is_insolvent": True, "point_is_in_court": True}
    first = told({1: Subject(facts=facts)})[1].reasons[0]
    assert (first.moves, first.before, first.after) == ("outcome", "decline", "refer")
    assert first.facts == ("bureau_is_insolvent",)
    both = replace(POLICY, classes=replace(POLICY.classes, knock_outs=tuple(
        replace(one, risk_class="E") for one in POLICY.classes.knock_outs)))  # fmt: skip
    one = decide({1: Subject(facts={**GOOD, "own_oldest_days": 120, "point_is_in_court": True})},
                 both, CARD)[1]  # fmt: skip
    assert set(one.reasons[0].facts) == {"own_oldest_days", "point_is_in_court"}
    assert one.reasons[0].moves == "outcome"


def test_the_amount_asked_for_is_a_reason_where_it_is_more_than_the_table_gives():
    one = told({1: Subject(facts=GOOD, asked_minor=2_400_000)})[1]
    assert (one.outcome, one.rule) == ("refer", "more than the table")
    assert one.reasons[0].change == {"asked_minor": 2_000_000}
    assert one.reasons[0].text == (
        "Amount asked for: 24,000.00 EUR. At 20,000.00 EUR it would be approved."
    )


def test_an_approval_says_what_carries_it():
    one = told({1: Subject(facts=GOOD)})[1]
    assert one.outcome == "approve"
    assert [reason.is_against for reason in one.reasons] == [False, False, True, True]
    assert one.reasons[0].facts == ("own_oldest_days",)


def test_reasons_are_kept_as_json_with_what_would_change_them():
    late = {"customer_party": "person", "own_days_late": 75, "own_share_late_ppm": 900_000}
    one = told({1: Subject(facts={**GOOD, **late})})[1]
    assert one.reasons[0].document() == {
        "code": "own_days_late",
        "facts": ["own_days_late"],
        "values": {"own_days_late": 75},
        "change": {"own_days_late": 30},
        "moves": "outcome",
        "before": "refer",
        "after": "approve",
        "is_against": True,
        "text": "Mean days late: 75 days (pays more than two months late on average). "
        "At 30 days it would be approved.",
    }


def test_owing_less_is_not_told_as_a_way_to_a_smaller_limit_that_needs_no_report():
    large = {**GOOD, "own_highest_balance_minor": 34_000_000, "own_days_late": 5}
    decision = told({1: Subject(facts=large)})[1]
    assert decision.outcome == "refer"
    facts = [reason.facts for reason in decision.reasons]
    assert ("own_highest_balance_minor",) not in facts[:2]
    assert any("bureau_reports" in names for names in facts)
