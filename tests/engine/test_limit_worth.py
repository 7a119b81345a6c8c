"""The limit worth most: by hand against the formula, and the laws it keeps to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.documents import DocumentError
from dunwell.engine.limit_worth import (
    CreditAsk,
    WorthOfCredit,
    best_credit,
    best_limit,
    credit_worth,
    expected_loss,
    read_worth_of_credit,
)

ASSUMED = WorthOfCredit(
    margin_ppm=100_000, carry_ppm=80_000, drawn_ppm=500_000, growth_per_day_ppm=1_000
)
ASK = CreditAsk(
    wanted_minor=1_000_000, cap_minor=10_000_000, pd_ppm=100_000, lgd_ppm=500_000,
    margin_ppm=100_000, days=30,
)  # fmt: skip

asks = st.builds(
    CreditAsk,
    wanted_minor=st.integers(0, 10**11),
    cap_minor=st.integers(0, 10**11),
    pd_ppm=st.integers(0, 1_000_000),
    lgd_ppm=st.integers(0, 1_000_000),
    margin_ppm=st.integers(0, 500_000),
    days=st.integers(0, 120),
    late_days=st.integers(0, 60),
    options=st.just(()),
    round_minor=st.sampled_from([1, 100, 10_000]),
)
worths = st.builds(
    WorthOfCredit,
    carry_ppm=st.integers(0, 300_000),
    drawn_ppm=st.integers(0, 1_000_000),
    growth_per_day_ppm=st.integers(0, 5_000),
)


def test_by_hand():
    # margin of a year 10 % x 365 / 30 = 1.216666; PD x LGD = 5 %; b = 2.5 %;
    # a = 1.216666 - 0.08 - 0.025 = 1.111666; L = 1,000,000 x (1 - 0.025 / 1.111666) = 977,511
    assert best_limit(ASK, ASSUMED, days=30) == 977_511
    found = best_credit(ASK, ASSUMED)
    # U = L - L^2 / 2,000,000 = 499,747; EL = 5 % x (U + (L - U) / 2)
    assert (found.limit_minor, found.used_minor) == (977_511, 499_748)
    assert found.margin_minor == 608_026
    assert found.expected_loss_minor == 36_931
    assert found.carry_minor == 39_979
    assert found.value_minor == 608_026 - 36_931 - 39_979
    # the next unit earns nothing more
    assert abs(found.next_ppm) <= 2


def test_the_golden_expected_loss():
    assert expected_loss(25_000_000, pd_ppm=20_000, lgd_ppm=450_000) == 225_000


def test_the_cap_holds_and_the_next_unit_says_what_it_costs():
    found = best_credit(replace(ASK, cap_minor=123_456, round_minor=10_000), ASSUMED)
    assert found.limit_minor == 120_000
    assert found.next_ppm > 0
    above = credit_worth(ASK, ASSUMED, limit_minor=1_000_000, days=30)
    assert above.next_ppm < 0


def test_nothing_is_granted_where_a_default_costs_more_than_sales_bring():
    assert best_credit(replace(ASK, pd_ppm=1_000_000, margin_ppm=20_000), ASSUMED).limit_minor == 0
    assert best_credit(replace(ASK, wanted_minor=0), ASSUMED).limit_minor == 0


def test_longer_terms_are_proposed_only_where_they_earn_more():
    patient = replace(ASSUMED, growth_per_day_ppm=5_000)
    choices = replace(ASK, pd_ppm=1_000, options=(14, 30))
    assert best_credit(choices, replace(ASSUMED, growth_per_day_ppm=0)).days == 14
    assert best_credit(choices, patient).days == 30


@given(asks, worths)
def test_never_above_the_cap_or_what_is_wanted_and_whole_multiples(ask, assumed):
    found = best_credit(ask, assumed)
    assert 0 <= found.limit_minor <= ask.cap_minor
    assert found.limit_minor % ask.round_minor == 0
    assert found.limit_minor <= max(ask.wanted_minor, 0)
    assert 0 <= found.used_minor <= found.limit_minor


@given(asks, worths, st.integers(1, 300_000))
def test_a_higher_probability_of_default_never_gives_more(ask, assumed, more):
    riskier = replace(ask, pd_ppm=min(1_000_000, ask.pd_ppm + more))
    days = ask.days
    assert best_limit(riskier, assumed, days=days) <= best_limit(ask, assumed, days=days)


@given(asks, worths, st.integers(1, 300_000))
def test_a_higher_margin_never_gives_less(ask, assumed, more):
    richer = replace(ask, margin_ppm=ask.margin_ppm + more)
    days = ask.days
    assert best_limit(richer, assumed, days=days) >= best_limit(ask, assumed, days=days)


@given(asks, worths, st.lists(st.integers(0, 10**11), min_size=1, max_size=5))
def test_no_other_limit_within_the_cap_is_worth_more(ask, assumed, others):
    plain = replace(ask, round_minor=1, pd_ppm=min(ask.pd_ppm, 999_999))
    best = best_credit(plain, assumed)
    slack = 4 + best.limit_minor // 100_000
    for other in others:
        limit = min(other, plain.cap_minor)
        tried = credit_worth(plain, assumed, limit_minor=limit, days=plain.days)
        # rates are whole ppm, so a value may be off by so much of the larger limit
        assert tried.value_minor <= best.value_minor + slack + limit // 100_000


def test_what_is_assumed_is_read_and_refused_with_its_place():
    read = read_worth_of_credit({"margins": {"strategic": 90_000}, "optimise": False})
    assert (read.margin("strategic"), read.margin("other")) == (90_000, 150_000)
    assert not read.optimise
    for wrong, message in (
        ({"profit": 1}, "field 'profit' is not known"),
        ({"carry_ppm": 1_000_001}, "carry_ppm is 1000001"),
        ({"margins": {1: 2}}, "1 is no name of a segment"),
    ):
        with pytest.raises(DocumentError, match=message):
            read_worth_of_credit(wrong)
