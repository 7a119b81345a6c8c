"""Which plans a policy allows: all of them are offered, none beyond it, the shortest affordable."""

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.plan_offers import (
    PlanWish,
    affordable,
    in_currency,
    offers,
    refusals,
    terms_of,
)
from dunwell.engine.plan_schedule import FREQUENCIES, months_until, schedule
from dunwell.engine.plans_policy import (
    STANDARD_PLANS,
    Bounds,
    PlansPolicyError,
    read_plans_policy,
)
from dunwell.engine.plans_rehearsal import play_plan_cases
from dunwell.formats.policies import read_policy

DAY = date(2026, 3, 5)


def offered(policy, covered_minor, **changes):
    values = {"first_on": DAY, "as_of": DAY, "country": "DE", **changes}
    return offers(policy, covered_minor=covered_minor, **values)


def wish(frequency="monthly", number=3, **changes):
    return PlanWish(frequency=frequency, number=number, **{"first_on": DAY, **changes})


def rules(policy, asked, covered_minor):
    found = refusals(policy, asked, covered_minor=covered_minor, as_of=DAY, country="DE")
    return [one.rule for one in found]


def test_the_standard_says_what_its_document_says_and_plays_its_cases():
    file = files("dunwell").joinpath("policies", "plans_standard.yaml")
    policy = read_plans_policy(read_policy(file.read_text(encoding="utf-8")).document)
    assert replace(policy, cases=(), valid_from=date.min) == STANDARD_PLANS
    assert [one.message() for one in play_plan_cases(policy) if not one.is_passed] == []
    assert len(policy.cases) == 13


def test_a_policy_of_one_frequency_lists_its_plans():
    policy = replace(STANDARD_PLANS, frequencies={"monthly": Bounds(least=2, most=4)})
    assert [
        (one.terms.number, one.level_minor, one.total_minor, one.last_on)
        for one in offered(policy, 400_00)
    ] == [
        (2, 200_00, 400_00, date(2026, 4, 7)),
        (3, 133_34, 400_00, date(2026, 5, 5)),
        (4, 100_00, 400_00, date(2026, 6, 5)),
    ]


POLICIES = st.builds(
    replace,
    st.just(STANDARD_PLANS),
    frequencies=st.dictionaries(
        st.sampled_from(FREQUENCIES),
        st.tuples(st.integers(1, 6), st.integers(0, 6)).map(
            lambda pair: Bounds(least=pair[0], most=sum(pair))
        ),
        min_size=1,
    ),
    months=st.integers(1, 12),
    instalment_minor=st.sampled_from([1, 25_00, 100_00]),
    deposit_ppm=st.sampled_from([Bounds(least=0, most=0), Bounds(least=100_000, most=300_000)]),
    method=st.sampled_from(["none", "flat", "declining"]),
    rate_ppm=st.just(90_000),
    fee_minor=st.sampled_from([0, 15_00]),
    first_within_days=st.integers(0, 20),
)


@settings(max_examples=40)
@given(policy=POLICIES, covered_minor=st.sampled_from([99_99, 100_00, 1_234_56, 90_000_00]))
def test_offered_is_exactly_what_the_policy_allows(policy, covered_minor):
    found = offered(policy, covered_minor, first_on=DAY + timedelta(days=10))
    deposit = -(-covered_minor * policy.deposit_ppm.least // 1_000_000)
    listed = {(one.terms.frequency, one.terms.number) for one in found}
    for frequency in FREQUENCIES:
        for number in range(1, 14):
            asked = wish(
                frequency, number, first_on=DAY + timedelta(days=10), deposit_minor=deposit
            )
            is_allowed = not rules(policy, asked, covered_minor)
            assert is_allowed == ((frequency, number) in listed)
    for one in found:
        bounds = policy.frequencies[one.terms.frequency]
        assert bounds.least <= one.terms.number <= bounds.most
        assert policy.covered.least <= covered_minor <= policy.covered.most
        assert min(row.amount_minor for row in one.instalments) >= policy.instalment_minor
        assert months_until(one.last_on, from_on=DAY) <= policy.months
        assert one.terms.deposit_minor * 1_000_000 >= covered_minor * policy.deposit_ppm.least
        assert policy.first_within_days >= 10


@given(payable_minor=st.integers(1, 700_00), covered_minor=st.integers(100_00, 5_000_00))
@settings(max_examples=30)
def test_the_affordable_plan_is_the_shortest_one_that_fits(payable_minor, covered_minor):
    found = offered(STANDARD_PLANS, covered_minor)
    best = {one.terms.frequency: one for one in affordable(found, payable_minor=payable_minor)}
    for frequency in STANDARD_PLANS.frequencies:
        fitting = [
            one.terms.number
            for one in found
            if one.terms.frequency == frequency
            and max(row.amount_minor for row in one.instalments) <= payable_minor
        ]
        assert (best[frequency].terms.number if frequency in best else None) == (
            min(fitting) if fitting else None
        )


def test_every_rule_of_the_policy_refuses_by_its_name():
    policy = replace(STANDARD_PLANS, concession_ppm=10_000)
    assert rules(policy, wish(), 1_000_00) == []
    assert rules(policy, wish(), 99_99) == ["covered"]
    assert rules(policy, wish(), 100_000_01) == ["covered"]
    assert rules(policy, wish("quarterly"), 1_000_00) == ["frequency"]
    assert rules(policy, wish(number=13), 1_000_00) == ["number"]
    assert rules(policy, wish(deposit_minor=500_01), 1_000_00) == ["deposit"]
    assert rules(policy, wish(concession_minor=10_00), 1_000_00) == []
    assert rules(policy, wish(concession_minor=10_01), 1_000_00) == ["concession"]
    assert rules(policy, wish(first_on=DAY - timedelta(days=1)), 1_000_00) == ["first_on"]
    assert rules(policy, wish(number=5), 120_00) == ["instalment"]
    assert rules(replace(policy, months=1), wish(), 1_000_00) == ["months"]
    both = wish(number=13, deposit_minor=900_00)
    assert rules(policy, both, 1_000_00) == ["number", "deposit"]


def test_amounts_of_the_policy_are_converted_for_another_currency():
    dollars = in_currency(replace(STANDARD_PLANS, fee_minor=9_00), rate_ppm=900_000)
    assert (dollars.covered, dollars.instalment_minor, dollars.fee_minor) == (
        Bounds(least=111_11, most=111_111_11),
        27_78,
        10_00,
    )
    assert terms_of(dollars, wish()).fee_minor == 10_00
    assert schedule(terms_of(dollars, wish()), covered_minor=300_00, country="US").level_minor == (
        110_00
    )


BROKEN = [
    ({"plans": {}}, "plans: valid_from must be a day such as 2026-01-31, found None"),
    ({"plan": {}}, "document: field 'plan' is not known; use cases, plans"),
    ({"frequencies": {"daily": {"least": 1}}}, ("plans, frequencies: field 'daily' is not known; "
     "use fortnightly, monthly, quarterly, weekly")),
    ({"frequencies": {}}, "plans: frequencies is empty; allow at least one of them"),
    ({"frequencies": {"weekly": {"least": 5, "most": 4}}}, ("plans, weekly: least 5 is more than "
     "most 4; swap them")),
    ({"interest": {"method": "none", "rate_ppm": 5}}, ("plans, interest: rate_ppm is 5 but the "
     "method is none; choose flat or declining")),
    ({"interest": {"method": "flat"}}, ("plans, interest: the method is flat but rate_ppm is 0; "
     "give the yearly rate")),
    ({"default": {"missed": 0, "days": 0}}, ("plans, default: missed and days are both 0; a plan "
     "could never fail")),
    ({"acceleration": "soon"}, ("plans: acceleration 'soon' is not known; use one of ask, auto, "
     "never")),
    ({"name": "Plans!"}, ("plans: name 'Plans!' cannot be used; write a-z, 0-9 and _, beginning "
     "with a letter")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "text"), BROKEN)
def test_a_wrong_document_is_refused_with_field_and_place(changes, text):
    whole = {"plans", "plan"} & changes.keys()
    document = changes if whole else {"plans": {"valid_from": DAY, **changes}}
    with pytest.raises(PlansPolicyError) as refusal:
        read_plans_policy(document)
    assert str(refusal.value) == text


CASES = [
    ({"name": "x"}, ("plans, case 1: say covered_minor with frequency and number or payable_minor, "
     "or missed with days_late")),
    ({"name": "x", "covered_minor": 1, "frequency": "monthly", "number": 2, "expect": "maybe"},
     ("plans, case 1: expect 'maybe' is not known; use one of allowed, covered, frequency, number, "
     "months, instalment, deposit, concession, first_on")),
]  # fmt: skip


@pytest.mark.parametrize(("case", "text"), CASES)
def test_a_wrong_case_is_refused_with_its_number(case, text):
    with pytest.raises(PlansPolicyError) as refusal:
        read_plans_policy({"plans": {"valid_from": DAY}, "cases": [case]})
    assert str(refusal.value) == text


def test_a_case_that_does_not_come_out_says_what_was_found():
    case = {"name": "five", "covered_minor": 120000, "frequency": "monthly"}
    policy = read_plans_policy(
        {
            "plans": {"valid_from": DAY},
            "cases": [
                {**case, "payable_minor": 250_00, "expect_number": 4},
                {**case, "number": 13, "expect": "allowed"},
                {"name": "two", "missed": 2, "expect": "running"},
            ],
        }
    )
    assert [one.message() for one in play_plan_cases(policy)] == [
        "five: expected 4 instalments, found 5 instalments",
        "five: expected allowed, found number",
        "two: expected running, found default",
    ]
