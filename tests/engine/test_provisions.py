"""Expected losses: the published examples to the unit, and laws that hold for every book."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.documents import DocumentError
from dunwell.engine.loss_rates import Overlay, Scenario, flow_rates, scalar_on
from dunwell.engine.provisions import (
    Moved,
    Pool,
    PoolRate,
    discount,
    expected_loss,
    line,
    loss_of,
    postings,
    present_value,
    roll_forward,
    shares,
    total_of,
)
from dunwell.engine.provisions_policy import play_provision_cases, read_provisions_policy
from dunwell.formats.policies import read_policy

POLICY = (Path(__file__).parents[2] / "src/dunwell/policies/provisions_standard.yaml").read_text(
    encoding="utf-8"
)
GOLDEN = Path("/work/shared/golden/kpis.json")


def allowance(amounts, rates, overlay=Fraction(1)):
    pools = (
        Pool(
            method="matrix", segment="s", bucket="b", currency="EUR", items=1,
            gross_minor=amount, covered_minor=0, base_minor=amount,
        )
        for amount in amounts
    )  # fmt: skip
    return sum(
        line(pool, PoolRate(rate=rate, overlay=overlay)).allowance_minor
        for pool, rate in zip(pools, rates, strict=True)
    )


def thousandths(*rates):
    return [Fraction(rate, 1000) for rate in rates]


def test_the_published_examples_come_out_to_the_unit():
    ifrs = allowance(
        [15_000_000, 7_500_000, 4_000_000, 2_500_000, 1_000_000], thousandths(3, 16, 36, 66, 106)
    )
    cecl = allowance(
        [5_984_698, 8_272, 2_882, 842, 1_100], thousandths(3, 80, 260, 580, 820), Fraction(9, 10)
    )
    flow = allowance(
        [300_000_00, 140_000_00, 60_000_00, 23_000_00, 5_000_00],
        flow_rates([100_000, 50_000, 23_000, 8_000, 2_000], 2_000),
    )
    assert (ifrs, cecl, flow) == (580_000, 18_681, 27_567_39)
    assert allowance([250_000], [expected_loss(pd_ppm=20_000, lgd_ppm=450_000)]) == 2_250


@pytest.mark.skipif(not GOLDEN.exists(), reason="the golden values are not here")
def test_the_golden_file_says_the_same():
    assert json.loads(GOLDEN.read_text())["ecl"] == {
        "ifrs9_ex12": 580000, "cecl_ex5": 18681, "flow": 27567.39,
    }  # fmt: skip


def test_the_shipped_policy_answers_its_own_cases_and_refuses_what_is_wrong():
    policy = read_provisions_policy(read_policy(POLICY).document)
    assert all(answer.is_passed for answer in play_provision_cases(policy))
    for before, after in (
        ("106000]", "]"),
        ("edges: [0, 30, 60, 90]", "edges: [30, 60]"),
        ("standard: ifrs9", "standard: hgb"),
        ('segment: "*", rates', "segment: key, rates"),
        ("overlays: []", "overlays: [{from_on: 2026-01-01, reason: r, source: s, scenarios: []}]"),
    ):
        with pytest.raises(DocumentError):
            read_provisions_policy(read_policy(POLICY.replace(before, after)).document)


def test_scenarios_are_weighed_from_their_day_on_in_their_segments():
    scenarios = (
        Scenario(name="as now", weight_ppm=700_000, scalar_ppm=1_000_000),
        Scenario(name="downturn", weight_ppm=300_000, scalar_ppm=1_500_000),
    )
    overlay = Overlay(
        from_on=date(2026, 6, 30), segments=("small",), scenarios=scenarios, reason="r", source="s"
    )
    asked = [("small", 30), ("small", 29), ("large", 30)]
    found = [scalar_on((overlay,), name, as_of=date(2026, 6, day)) for name, day in asked]
    assert found == [Fraction(115, 100), 1, 1]


def test_money_that_comes_later_is_worth_less():
    day = date(2026, 1, 1)
    assert discount(100_000, days=365) == Fraction(10, 11)
    assert discount(100_000, days=-5) == 1
    flows = [(date(2027, 1, 1), 1_100_00), (day, 50_00)]
    assert present_value(flows, rate_ppm=100_000, as_of=day) == 1_050_00
    assert loss_of(net_minor=1_200_00, loss_ppm=None, expected_minor=1_050_00)[0] == 150_00
    assert loss_of(net_minor=1_000_00, loss_ppm=250_000, expected_minor=None)[0] == 250_00
    assert loss_of(net_minor=100, loss_ppm=None, expected_minor=500)[0] == 0


amounts = st.integers(min_value=0, max_value=10**12)


@given(st.lists(amounts, min_size=1, max_size=8), amounts)
def test_parts_sum_to_the_whole(weights, total):
    parts = shares(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
    assert min(parts) >= 0


segments = st.sampled_from(["a", "b", ""])
moved = st.builds(
    lambda before, after, opening, closing, lost, back, fx: Moved(
        before=before, after=after or before or "a", opening_minor=opening if before else 0,
        closing_minor=closing, write_off_minor=lost, recovery_minor=back,
        fx_minor=fx if before else 0,
    ),
    segments, segments, amounts, amounts, amounts, amounts,
    st.integers(min_value=-(10**9), max_value=10**9),
)  # fmt: skip


@given(st.lists(moved, max_size=8))
def test_every_roll_forward_ties_and_its_postings_balance(items):
    moves = roll_forward(items)
    total = total_of(moves)
    assert total.opening_minor == sum(item.opening_minor for item in items)
    assert total.closing_minor == sum(item.closing_minor for item in items)
    assert total.transfer_minor == 0
    for segment, move in moves.items():
        closing = sum(item.closing_minor for item in items if item.after == segment)
        assert move.closing_minor == closing
        assert move.charge_minor >= 0 <= move.release_minor
    booked = postings(total)
    assert sum(booked.values()) == 0
    assert booked["allowance"] == total.opening_minor - total.closing_minor
