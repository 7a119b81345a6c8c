"""Scenarios, liquidity, run rates, covenants and levers: tables in, tables out, and their laws."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.budgets import run_rate, variance
from dunwell.engine.covenants import breach_on, cover_ppm, days_of_tests, next_test_on, standing
from dunwell.engine.gaps import Reserves, levers
from dunwell.engine.liquidity import WeekFlow, buffer_minor, liquidity_figures
from dunwell.engine.scenarios import (
    QUANTILES,
    Assumptions,
    Base,
    Period,
    Stream,
    run_scenario,
)
from dunwell.engine.working_capital import working_capital

DAY = date(2026, 3, 6)


def weeks(count):
    return tuple(
        Period(starts_on=DAY + timedelta(days=7 * n), ends_on=DAY + timedelta(days=7 * n + 6))
        for n in range(count)
    )


def stream(values, *, code="EUR", is_new=False, by_customer=None):
    cash = {name: tuple(values) for name in QUANTILES}
    return Stream(currency=code, is_new=is_new, cash=cash, by_customer=by_customer or {})


def base_of(*streams):
    return Base(
        periods=weeks(len(streams[0].cash["expected"])),
        streams=streams,
        receivables={"EUR": 90_000},
        sales_minor=90_000,
        sales_days=90,
    )


amounts = st.lists(st.integers(0, 10**9), min_size=4, max_size=4)
told = st.builds(
    Assumptions,
    delay_days=st.integers(0, 40),
    dispute_ppm=st.integers(0, 10**6),
    dispute_days=st.integers(0, 60),
    discount_uptake_ppm=st.integers(0, 10**6),
    discount_ppm=st.integers(0, 500_000),
    discount_days=st.integers(0, 60),
    defaults=st.sampled_from([(), (1,), (1, 2)]),
)


@given(amounts, amounts)
def test_assuming_nothing_gives_the_base_to_the_last_unit(booked, new):
    base = base_of(stream(booked), stream(new, is_new=True))
    found = run_scenario(base, Assumptions())
    assert found.cash["expected"] == tuple(a + b for a, b in zip(booked, new, strict=True))
    assert (found.later_minor, found.lost_minor, found.fx_minor) == (0, 0, 0)
    assert (found.receivables_minor, found.dso_x100) == (90_000, 9_000)


@given(amounts, told)
def test_cash_arrives_falls_behind_or_is_lost_and_nothing_else(booked, assumed):
    base = base_of(stream(booked, by_customer={1: (100, 0, 0, 0), 2: (0, 50, 50, 0)}))
    found = run_scenario(base, assumed)
    assert found.total_minor + found.later_minor + found.lost_minor == sum(booked)
    assert min(found.cash["expected"]) >= -4


@given(amounts, st.integers(0, 30), st.integers(0, 30))
def test_the_later_customers_pay_the_less_has_come_by_any_week(booked, days, more):
    base = base_of(stream(booked))
    sooner = run_scenario(base, Assumptions(delay_days=days)).cash["expected"]
    later = run_scenario(base, Assumptions(delay_days=days + more)).cash["expected"]
    # one unit of rounding a moved amount and edge
    assert all(sum(later[:n]) <= sum(sooner[:n]) + 8 for n in range(1, 5))


def test_a_named_scenario_moves_money_by_its_days_and_prices_what_it_ties_up():
    base = base_of(
        stream([7_000, 7_000, 0, 0], by_customer={5: (700, 0, 0, 0)}),
        stream([0, 0, 1_000, 1_000], is_new=True),
        stream([100, 0, 0, 0], code="USD"),
    )
    found = run_scenario(
        base,
        Assumptions(delay_days=7, defaults=(5,), volume_ppm=-500_000, fx_ppm={"USD": -100_000}),
    )
    assert found.cash["expected"] == (0, 6_390, 7_000, 500)
    assert (found.later_minor, found.lost_minor, found.fx_minor) == (500, 700, -10)
    early = run_scenario(
        base_of(stream([0, 10_000, 0, 0])),
        Assumptions(discount_uptake_ppm=500_000, discount_ppm=20_000, discount_days=7),
    )
    assert (early.cash["expected"], early.lost_minor) == ((4_900, 5_000, 0, 0), 100)
    assert early.receivables_minor == 90_000


def flow(n, expected, p10, out):
    on = DAY + timedelta(days=7 * n)
    return WeekFlow(
        starts_on=on, ends_on=on + timedelta(days=6), expected_minor=expected, p5_minor=p10 - 10,
        p10_minor=p10, p50_minor=expected, p90_minor=expected + 50, p95_minor=expected + 60,
        out_minor=out,
    )  # fmt: skip


def test_liquidity_tells_the_breach_the_cash_at_risk_and_the_days_covered():
    flows = [flow(0, 100, 80, 70), flow(1, 100, 80, 210)]
    found = liquidity_figures(flows, opening_minor=200, buffer=100)
    assert [(w.p10_minor, w.p50_minor, w.below_minor) for w in found.weeks] == [
        (210, 230, 0), (80, 120, 20),
    ]  # fmt: skip
    assert found.breach_on == DAY + timedelta(days=13)
    assert (found.cash_at_risk_minor, found.days_covered) == (60, 10)
    assert buffer_minor(kind="days", amount_minor=0, days=7, flows=flows) == 140
    idle = liquidity_figures([flow(0, 1, 1, 0)], opening_minor=5, buffer=0)
    assert (idle.days_covered, idle.breach_on) == (None, None)


@pytest.mark.parametrize(
    ("figure", "budget", "actual", "expected"),
    [
        ("sales", 100, 90, (-10, -100_000, False)),
        ("overdue", 100, 90, (-10, -100_000, True)),
        ("write_offs", 0, 5, (5, None, False)),
    ],
)
def test_a_variance_says_amount_share_and_whether_it_helps(figure, budget, actual, expected):
    found = variance(figure, budget=budget, actual=actual)
    assert (found.value, found.ppm, found.is_good) == expected
    assert variance(figure, budget=None, actual=actual) is None


def test_a_run_rate_goes_on_straight_and_by_last_years_seasons():
    span = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    last_year = [(date(2025, month, 1), 100 if month < 12 else 1_100) for month in range(1, 13)]
    found = run_rate(300, **span, as_of=date(2026, 3, 31), last_year=last_year)
    assert (found.straight, found.seasonal) == (1_217, 2_200)
    assert run_rate(0, **span, as_of=date(2025, 12, 31)) is None
    whole = run_rate(500, **span, as_of=date(2027, 5, 1), last_year=last_year)
    assert (whole.straight, whole.seasonal) == (500, 500)


def test_working_capital_is_the_cycle_the_need_and_a_day_of_dso():
    found = working_capital(
        receivables_minor=900, sales_minor=1_800, sales_days=90, inventory_days=30,
        payables_days=20, cost_of_sales_minor=3_650,
    )  # fmt: skip
    assert (found.dso_x100, found.cycle_x100, found.need_minor, found.dso_day_minor) == (
        4_500, 5_500, 1_000, 20,
    )  # fmt: skip
    bare = working_capital(
        receivables_minor=900, sales_minor=0, sales_days=90, inventory_days=30,
        payables_days=20, cost_of_sales_minor=None,
    )  # fmt: skip
    assert (bare.dso_x100, bare.cycle_x100, bare.need_minor, bare.dso_day_minor) == (None,) * 4


def test_a_covenant_stands_on_its_side_of_the_threshold_and_is_tested_on_its_dates():
    assert standing("dso", measured=5_000, threshold=4_900).headroom == -100
    assert standing("liquidity", measured=5_000, threshold=4_900).is_met is True
    assert standing("dso", measured=None, threshold=1).is_met is None
    assert cover_ppm(eligible_minor=100, eligible_ppm=800_000, drawn_minor=40) == 2_000_000
    month_ends = days_of_tests(
        date(2026, 1, 31), 1, after=date(2026, 1, 31), until=date(2026, 4, 1)
    )
    assert month_ends == [date(2026, 2, 28), date(2026, 3, 31)]
    assert next_test_on(date(2026, 1, 31), 3, as_of=date(2026, 2, 1)) == date(2026, 4, 30)
    course = [(DAY, 4_000), (DAY + timedelta(days=7), 5_000)]
    assert breach_on("dso", 4_500, course) == DAY + timedelta(days=7)


def test_levers_name_what_they_bring_the_largest_first_and_whether_it_is_enough():
    reserves = Reserves(later_minor=1_000, eligible_minor=500, late_minor=0, late_limits_minor=50)
    assert [(one.name, one.amount_minor, one.closes) for one in levers(350, reserves)] == [
        ("factoring", 400, True), ("discount", 300, False), ("limit", 50, False),
    ]  # fmt: skip
