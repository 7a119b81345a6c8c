"""Credit decisions by the tables: class, knock-outs, required facts, limits, terms, conditions."""

import pytest

from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_policy import read_credit_policy
from dunwell.engine.scorecards import score_one
from tests.engine.credit_customers import GOOD, document, drawn, standard

POLICY = standard()


def one(facts, asked=None, policy=POLICY, most=None):
    subject = Subject(facts=facts, asked_minor=asked, most_minor=most)
    return decide({1: subject}, policy, policy.card)[1]


def test_the_score_is_the_card_s_own_to_the_point():
    subjects = drawn(300, seed=3)
    found = decide(subjects, POLICY, POLICY.card, with_reasons=False)
    card = POLICY.card
    scored = 0
    for key, subject in subjects.items():
        known = sum(subject.facts.get(each.name) is not None for each in card.inputs)
        by_card = score_one(
            card, {each.name: subject.facts.get(each.name) for each in card.inputs}
        )
        assert found[key].points == (by_card.points if known >= 3 else None)
        scored += known >= 3
    assert scored > 250


def test_the_same_customer_is_decided_alike_alone_and_among_others():
    subjects = drawn(200, seed=5)
    found = decide(subjects, POLICY, POLICY.card, with_reasons=False)
    for key in (0, 57, 199):
        alone = decide({key: subjects[key]}, POLICY, POLICY.card, with_reasons=False)
        assert alone[key] == found[key]


def test_classes_follow_the_probability_of_default():
    found = [one({**GOOD, "own_days_late": days, "own_share_late_ppm": share}).risk_class
             for days, share in ((0, 0), (5, 0), (45, 200_000), (75, 900_000))]  # fmt: skip
    assert found == ["A", "B", "C", "D"]


def test_a_knock_out_is_never_better_than_the_score_and_raises_the_probability():
    court = one({**GOOD, "point_is_in_court": True})
    assert (court.risk_class, court.risk, court.pd_ppm) == ("D", "high", 90_000)
    both = one({**GOOD, "point_is_in_court": True, "bureau_is_insolvent": True})
    assert (both.risk_class, both.outcome, both.pd_ppm) == ("E", "decline", 300_000)
    # False and not known are no knock-out
    assert one({**GOOD, "bureau_is_insolvent": False}).risk_class == "A"


def test_who_is_hardly_known_has_no_points_and_the_class_of_the_unscored():
    unknown = one({"own_days_late": 0, "own_share_late_ppm": 0})
    assert (unknown.points, unknown.risk_class, unknown.pd_ppm) == (None, "D", 90_000)


def test_required_facts_leave_an_approval_to_a_person_and_never_turn_a_no_round():
    asked = one(GOOD, asked=2_000_000)
    assert (asked.outcome, asked.missing) == ("approve", ())
    more = {**GOOD, "own_highest_balance_minor": 200_000_00}
    large = one(more, asked=10_000_000)
    assert (large.outcome, large.missing) == ("refer", ("bureau_reports", "fs_revenue_minor"))
    assert large.because == "Facts that must be known are missing"
    told = {**more, "bureau_reports": 1, "fs_revenue_minor": 0}
    assert one(told, asked=10_000_000).outcome == "approve"
    assert one({**more, "bureau_is_insolvent": True}, asked=10_000_000).outcome == "decline"


@pytest.mark.parametrize(
    ("facts", "table"),
    [
        ({"own_highest_balance_minor": 1_000_000}, 2_000_000),
        ({"own_highest_balance_minor": 1_000_000, "fs_revenue_minor": 50_000_000}, 5_000_000),
        ({"own_highest_balance_minor": 1_234_567}, 2_460_000),
        ({"own_highest_balance_minor": 90_000_000_00}, 50_000_000),
        ({"own_highest_balance_minor": None}, 2_500_000),
    ],
)
def test_the_table_takes_the_highest_base_caps_it_and_rounds_down(facts, table):
    assert one({**GOOD, **facts}).table_minor == table


def test_segments_and_countries_have_rows_of_their_own_the_first_that_fits():
    rows = [
        {"name": "home", "classes": ["A"], "countries": ["DE"], "fixed_minor": 700_00},
        {"name": "strategic", "classes": ["A"], "segments": ["strategic"], "fixed_minor": 900_00},
        {"name": "rest", "fixed_minor": 100_00},
    ]
    policy = read_credit_policy({**document(limits={"table": rows}), "cases": []})
    tables = [
        one({**GOOD, "customer_country": country, "customer_segment": segment}, None, policy)
        for country, segment in (("DE", "strategic"), ("FR", "strategic"), ("FR", "small"))
    ]
    assert [found.table_minor for found in tables] == [700_00, 900_00, 100_00]


def test_the_limit_stays_within_the_table_the_asked_amount_and_the_appetite():
    assert one(GOOD, asked=500_000).limit_minor == 500_000
    # what is asked for need not be a whole multiple
    assert one(GOOD, asked=512_345).limit_minor == 512_345
    above = one(GOOD, asked=3_000_000)
    assert (above.outcome, above.table_minor) == ("refer", 2_000_000)
    assert above.limit_minor <= 2_000_000
    assert one(GOOD, asked=1_000_000, most=300_000).limit_minor == 300_000
    assert one(GOOD, asked=1_000_000, most=0).limit_minor == 0


def test_without_optimising_the_table_is_proposed_as_it_is():
    table = {**document()["credit"]["limits"], "worth": {"optimise": False}}
    policy = read_credit_policy({**document(limits=table), "cases": []})
    found = one(GOOD, None, policy)
    assert (found.limit_minor, found.table_minor, found.terms_days) == (2_000_000, 2_000_000, 45)


def test_terms_and_conditions_follow_the_class_and_the_rule():
    poor = one({**GOOD, "point_is_in_court": True})
    assert (poor.terms_days, poor.deposit_ppm, poor.conditions) == (14, 300_000, ("deposit",))
    none = one({**GOOD, "bureau_is_insolvent": True})
    assert (none.limit_minor, none.terms_days, none.conditions) == (0, 0, ())
    rules = {"rules": [{"name": "all", "when": {}, "then": "approve", "reason": "ok",
                        "conditions": ["guarantee", "deposit"]}]}  # fmt: skip
    policy = read_credit_policy({**document(decisions=rules), "cases": []})
    found = one({**GOOD, "point_is_in_court": True}, None, policy)
    assert (found.rule, found.conditions) == ("all", ("deposit", "guarantee"))


def test_asking_for_nothing_is_asking_for_the_table_s_limit():
    assert one(GOOD).asked_minor == 2_000_000
    assert one({"customer_country": "DE"}).asked_minor == 0


def test_a_share_above_the_table_is_told_to_the_cent():
    assert one(GOOD, asked=2_000_000).rule == "low risk"
    assert one(GOOD, asked=2_000_001).rule == "more than the table"
    huge = 9_000_000_000_000_000
    assert one(GOOD, asked=huge).rule == "more than the table"
    assert one({"customer_country": "DE"}, asked=1).rule == "more than the table"


def test_values_of_another_kind_count_as_not_known():
    odd = {**GOOD, "own_days_late": "late", "bureau_is_insolvent": 1}
    assert one(odd).points == one({**GOOD, "own_days_late": None}).points


def test_a_class_by_points_is_read_from_points():
    table = [
        {"name": "good", "from_points": 600, "risk": "low", "pd_ppm": 1_000},
        {"name": "bad", "risk": "high", "pd_ppm": 200_000},
    ]
    policy = read_credit_policy(
        {
            **document(
                classes={"by": "points", "table": table, "unscored": "bad", "least_known": 3},
                limits={"table": [{"name": "all", "fixed_minor": 5}]},
                terms=None, appetite=None, decisions=None,
            ),
            "cases": [],
        }
    )  # fmt: skip
    assert one(GOOD, None, policy).risk_class == "good"
    assert one({**GOOD, "own_days_late": 90}, None, policy).risk_class == "bad"
    assert one(GOOD, None, policy).terms_days == 0


def test_nobody_is_decided_on_where_nobody_is_given():
    assert decide({}, POLICY, POLICY.card) == {}
