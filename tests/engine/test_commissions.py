"""Commission by age of the debt: tiers, splits, and the laws that hold for every amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.commissions import (
    PPM,
    CommissionTier,
    rate_at,
    read_tiers,
    split,
    tiers_document,
)
from dunwell.engine.documents import DocumentError

TIERS = (
    CommissionTier(from_days=0, rate_ppm=100_000),
    CommissionTier(from_days=91, rate_ppm=200_000),
    CommissionTier(from_days=366, rate_ppm=350_000),
)
AMOUNTS = st.integers(min_value=-9_000_000_000_000_000, max_value=9_000_000_000_000_000)
RATES = st.integers(min_value=0, max_value=PPM - 1)


@pytest.mark.parametrize(
    ("age", "rate"),
    [(-5, 100_000), (0, 100_000), (90, 100_000), (91, 200_000), (365, 200_000), (366, 350_000)],
)
def test_the_rate_is_that_of_the_tier_the_age_has_reached(age, rate):
    assert rate_at(TIERS, age_days=age) == rate


def test_what_is_written_is_read_back():
    assert read_tiers(tiers_document(TIERS)) == TIERS


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "between 1 and 20 tiers"),
        ("x", "must be a list"),
        ([{"from_days": 1, "rate_ppm": 1}], "tier 1: the first tier begins at day 0"),
        ([{"from_days": 0, "rate_ppm": PPM}], "tier 1: rate_ppm must lie"),
        ([{"from_days": 0, "rate_ppm": True}], "tier 1: rate_ppm must lie"),
        ([{"from_days": 0, "rate_ppm": 1}, {"from_days": 0, "rate_ppm": 2}], "rising order"),
        ([{"from_days": 0, "rate_ppm": 1, "x": 1}], "field 'x' is not known"),
        ([{"from_days": "0", "rate_ppm": 1}], "from_days must lie"),
        ([3], "expected fields"),
    ],
)
def test_tiers_that_cannot_be_are_refused_with_their_place(document, message):
    with pytest.raises(DocumentError, match=message):
        read_tiers(document)


@given(gross=AMOUNTS, rate=RATES)
def test_gross_is_net_and_commission_and_what_comes_back_splits_alike(gross, rate):
    parts = split(gross, rate_ppm=rate)
    assert parts.gross_minor == parts.commission_minor + parts.net_minor == gross
    assert 0 <= parts.commission_minor * (1 if gross >= 0 else -1) <= abs(gross)
    assert split(-gross, rate_ppm=rate).commission_minor == -parts.commission_minor
    # at most half a minor unit away from the exact share
    assert abs(2 * (parts.commission_minor * PPM - gross * rate)) <= PPM


@given(age=st.integers(min_value=-100, max_value=5000), more=st.integers(0, 5000))
def test_an_older_debt_never_costs_less_where_the_tiers_rise(age, more):
    assert rate_at(TIERS, age_days=age) <= rate_at(TIERS, age_days=age + more)
