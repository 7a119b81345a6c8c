"""The checks of a placement: each alone, what is unknown counts as failed, and scores that sum."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.placement_checks import (
    AgencyTerms,
    PlacementFacts,
    placement_checks,
    refusing,
)
from dunwell.engine.placement_scores import PlacedFact, cohort_days, cohort_of, score_cards

DAY = date(2026, 3, 5)
GOOD = PlacementFacts(
    as_of=DAY, disputed=(), demand_sent_on=DAY - timedelta(days=14), undemanded=(), unnamed=(),
    agreements=(), promised=(), has_address=True, has_reach=True, home_minor=100_00,
    country="DE", is_insolvent=False, has_attorney=False, youngest_days=90,
)  # fmt: skip
TERMS = AgencyTerms(least_minor=100_00, countries=("AT", "DE"), demand_days=14)


def test_a_claim_without_fault_passes_every_check():
    checks = placement_checks(GOOD, TERMS)
    assert [check.code for check in checks if not check.is_passed] == []
    assert [check.code for check in checks] == [
        "undisputed", "demand", "evidence", "contact", "free", "least", "country", "solvent",
        "age", "attorney",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "is_hard"),
    [
        ({"disputed": ["R1"]}, "undisputed", True),
        ({"demand_sent_on": None, "undemanded": ["R1"]}, "demand", True),
        ({"demand_sent_on": DAY - timedelta(days=13)}, "demand", True),
        ({"unnamed": ["R1"]}, "evidence", True),
        ({"has_address": False, "has_reach": False}, "contact", True),
        ({"has_address": False}, "contact", False),
        ({"has_reach": False}, "contact", False),
        ({"agreements": ["PL-1"]}, "free", True),
        ({"promised": ["R1"]}, "free", True),
        ({"home_minor": 99_99}, "least", True),
        ({"home_minor": None}, "least", True),
        ({"country": "FR"}, "country", True),
        ({"country": ""}, "country", True),
        ({"is_insolvent": True}, "solvent", True),
        ({"youngest_days": -1}, "age", True),
        ({"youngest_days": 59}, "age", False),
        ({"has_attorney": True}, "attorney", False),
    ],
)
def test_each_fault_fails_its_own_check_alone(changes, code, is_hard):
    checks = placement_checks(replace(GOOD, **changes), TERMS)
    assert [(c.code, c.is_hard) for c in checks if not c.is_passed] == [(code, is_hard)]
    assert [c.code for c in refusing(checks)] == ([code] if is_hard else [])


def test_no_countries_means_every_country_and_long_lists_are_cut():
    every = AgencyTerms(least_minor=0, countries=(), demand_days=0)
    assert refusing(placement_checks(replace(GOOD, country="", home_minor=0), every)) == ()
    many = placement_checks(replace(GOOD, disputed=["A", "B", "C", "D", "E"]), TERMS)
    assert many[0].text == "Disputed: A, B, C and 2 more; close the dispute first."


FACTS = st.builds(
    PlacedFact,
    currency=st.sampled_from(["EUR", "USD"]),
    age_days=st.integers(-10, 900),
    ended_as=st.sampled_from(["", "returned", "recalled", "paid"]),
    placed_minor=st.integers(1, 10**12),
    gross_minor=st.integers(0, 10**12),
    commission_minor=st.integers(0, 10**11),
    owed_minor=st.integers(0, 10**10),
    handed_on=st.just(DAY),
    first_money_on=st.one_of(st.none(), st.dates(DAY, DAY + timedelta(days=900))),
)


@given(st.lists(FACTS, max_size=30))
def test_cohorts_sum_to_their_total_and_totals_to_all_placements(facts):
    cards = score_cards(facts)
    assert sum(card.total.placements for card in cards) == len(facts)
    for card in cards:
        own = [fact for fact in facts if fact.currency == card.total.currency]
        assert card.total.placed_minor == sum(fact.placed_minor for fact in own)
        assert card.total.net_minor == card.total.collected_minor - card.total.commission_minor
        for name in ("placements", "running", "placed_minor", "collected_minor", "net_minor",
                     "commission_minor", "owed_minor", "returned", "returned_minor",
                     "recalled", "recalled_minor"):  # fmt: skip
            parts = sum(getattr(cohort, name) for cohort in card.cohorts)
            assert parts == getattr(card.total, name)


@given(st.integers(-50, 5000))
def test_every_age_is_in_the_cohort_that_names_its_days(age):
    days = cohort_days(cohort_of(age))
    assert days is not None
    assert days[0] <= max(age, 0) and (days[1] is None or age <= days[1])
    assert cohort_days("none") is None


def test_days_to_money_is_the_mean_of_those_with_money():
    base = PlacedFact(
        currency="EUR", age_days=10, ended_as="", placed_minor=200_00, gross_minor=50_00,
        commission_minor=5_00, owed_minor=0, handed_on=DAY, first_money_on=None,
    )  # fmt: skip
    none = score_cards([base])[0].total
    assert (none.days_to_money, none.rate_ppm) == (None, 250_000)
    later = [replace(base, first_money_on=DAY + timedelta(days=n)) for n in (10, 21)]
    assert score_cards([base, *later])[0].total.days_to_money == 15
