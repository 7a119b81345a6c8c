"""Spreading financial statements: what follows, what is wrong, ratios, Z scores, age and trend."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.credit_fact_names import FACTS, STATEMENTS, fact_named, fits, group_of
from dunwell.engine.financial_history import (
    FULL_DAYS,
    ZERO_DAYS,
    change_ppm,
    leading_statement,
    statement_facts,
    weight_ppm,
)
from dunwell.engine.financial_ratios import ALTMAN, RATIOS, AltmanPart, altman, ratios
from dunwell.engine.financial_statements import (
    LINES,
    SECTIONS,
    FinancialFinding,
    Statement,
    spread,
)

FULL = {
    "revenue": 1_000_000,
    "cost_of_sales": 600_000,
    "gross_profit": 400_000,
    "ebitda": 150_000,
    "depreciation": 50_000,
    "ebit": 100_000,
    "interest": 20_000,
    "tax": 24_000,
    "net_income": 56_000,
    "cash": 50_000,
    "receivables": 200_000,
    "inventory": 150_000,
    "current_assets": 400_000,
    "fixed_assets": 400_000,
    "total_assets": 800_000,
    "payables": 100_000,
    "short_debt": 50_000,
    "current_liabilities": 200_000,
    "long_debt": 250_000,
    "non_current_liabilities": 300_000,
    "total_liabilities": 500_000,
    "retained_earnings": 150_000,
    "equity": 300_000,
    "market_value_equity": 600_000,
}


def statement(year=2024, *, less=(), **changes):
    lines = {name: amount for name, amount in {**FULL, **changes}.items() if name not in less}
    return Statement(
        period_from=date(year, 1, 1), period_to=date(year, 12, 31), currency="EUR", lines=lines
    )


def test_a_sound_statement_has_no_finding_and_one_line_more():
    spreaded = spread(statement())
    assert (spreaded.findings, spreaded.is_sound, spreaded.derived) == (
        (),
        True,
        frozenset({"working_capital"}),
    )
    assert spreaded.figures["working_capital"] == 200_000


@pytest.mark.parametrize(
    "missing",
    ["gross_profit", "ebit", "ebitda", "total_liabilities", "equity", "current_liabilities",
     "total_assets", "non_current_liabilities", "cost_of_sales"],
)  # fmt: skip
def test_a_line_that_follows_from_two_others_is_filled_in(missing):
    spreaded = spread(statement(less=(missing,)))
    assert spreaded.figures[missing] == FULL[missing]
    assert missing in spreaded.derived


def test_lines_follow_from_lines_that_followed():
    told = statement(less=("total_liabilities", "non_current_liabilities"))
    assert spread(told).figures["non_current_liabilities"] == 300_000


def test_a_balance_that_does_not_balance_is_an_error_with_the_difference():
    spreaded = spread(statement(equity=290_000))
    assert spreaded.findings == (
        FinancialFinding(
            code="unbalanced",
            lines=("total_assets", "equity", "total_liabilities"),
            off_minor=10_000,
        ),
    )
    assert not spreaded.is_sound


def test_figures_in_thousands_may_be_apart_by_their_rounding():
    lines = {**FULL, "equity": 299_000}
    told = Statement(
        period_from=date(2024, 1, 1),
        period_to=date(2024, 12, 31),
        currency="EUR",
        lines=lines,
        scale=1_000,
    )
    assert (told.tolerance_minor, spread(told).findings) == (200_000, ())


def test_sums_parts_and_signs_are_checked():
    spreaded = spread(statement(gross_profit=300_000, cash=500_000, inventory=-1))
    assert [(finding.code, finding.lines, finding.off_minor) for finding in spreaded.findings] == [
        ("sum_differs", ("revenue", "cost_of_sales", "gross_profit"), 100_000),
        ("parts_exceed_total", ("current_assets", "cash", "receivables", "inventory"), 299_999),
        ("negative", ("inventory",), -1),
    ]


def test_missing_lines_and_used_up_equity_are_told_but_no_error():
    told = statement(less=("interest", "retained_earnings"), equity=-100, total_liabilities=800_100,
                     non_current_liabilities=600_100)  # fmt: skip
    spreaded = spread(told)
    assert [(finding.code, finding.lines, finding.is_error) for finding in spreaded.findings] == [
        ("negative_equity", ("equity",), False),
        ("missing", ("interest", "retained_earnings"), False),
    ]
    assert spreaded.is_sound


def test_a_line_the_layout_does_not_know_is_refused():
    with pytest.raises(ValueError, match="has no line goodwill"):
        spread(statement(goodwill=1))


def test_every_ratio_is_what_the_textbook_says():
    assert ratios(spread(statement())) == {
        "equity_ratio": 375_000,
        "debt_to_equity": 1_666_667,
        "current_ratio": 2_000_000,
        "quick_ratio": 1_250_000,
        "cash_ratio": 250_000,
        "interest_cover": 5_000_000,
        "gross_margin": 400_000,
        "ebitda_margin": 150_000,
        "ebit_margin": 100_000,
        "net_margin": 56_000,
        "return_on_assets": 70_000,
        "return_on_equity": 186_667,
        "asset_turnover": 1_250_000,
        "receivable_days": 73,
        "inventory_days": 91,
        "payable_days": 61,
    }


def test_what_cannot_be_divided_or_is_missing_is_empty_and_not_zero():
    told = spread(statement(interest=0, less=("inventory", "cash"), equity=0,
                            total_liabilities=800_000, non_current_liabilities=600_000))  # fmt: skip
    found = ratios(told)
    names = ("interest_cover", "quick_ratio", "cash_ratio", "return_on_equity", "debt_to_equity")
    assert [found[name] for name in names] == [None] * 5
    assert found["equity_ratio"] == 0


def test_a_half_year_is_taken_to_a_year_where_a_flow_meets_a_balance():
    lines = dict(FULL)
    half = Statement(
        period_from=date(2024, 1, 1),
        period_to=date(2024, 6, 30),
        currency="EUR",
        lines=lines,
        kind="interim",
    )
    found = ratios(spread(half))
    assert half.days == 182
    # 1,000,000 in 182 days are 2,005,495 in a year of 365
    assert found["asset_turnover"] == 2_506_868
    assert found["receivable_days"] == 36
    assert found["net_margin"] == 56_000
    assert spread(half).findings[-1].code == "annualised"


def test_z_scores_are_worked_out_by_the_published_weights():
    spreaded = spread(statement())
    z, z1, z2 = (altman(spreaded, model) for model in ALTMAN)
    # 1.2 x .25 + 1.4 x .1875 + 3.3 x .125 + 0.6 x 1.2 + 1.25
    assert (z.z_milli, z.zone) == (2_945, "grey")
    # .717 x .25 + .847 x .1875 + 3.107 x .125 + .420 x .6 + .998 x 1.25
    assert (z1.z_milli, z1.zone) == (2_226, "grey")
    # 6.56 x .25 + 3.26 x .1875 + 6.72 x .125 + 1.05 x .6
    assert (z2.z_milli, z2.zone) == (3_721, "safe")
    assert z2.parts[0] == AltmanPart(
        above="working_capital",
        below="total_assets",
        ratio_ppm=250_000,
        weight_milli=6_560,
        points_milli=1_640,
    )


def test_zones_end_where_they_were_published():
    # only working capital is left of Z'': 6.56 x WC / 1,000
    def zone(current):
        lines = {"current_assets": current, "current_liabilities": 0, "total_assets": 656_000,
                 "total_liabilities": 656_000, "retained_earnings": 0, "ebit": 0, "equity": 0}  # fmt: skip
        told = Statement(
            period_from=date(2024, 1, 1), period_to=date(2024, 12, 31), currency="EUR", lines=lines
        )
        return altman(spread(told), "z2").zone

    assert [zone(n) for n in (109_999, 110_000, 260_000, 260_001)] == [
        "distress", "grey", "grey", "safe",
    ]  # fmt: skip


def test_a_z_score_without_one_of_its_lines_says_which():
    score = altman(spread(statement(less=("market_value_equity",))), "z")
    assert (score.z_milli, score.zone, score.missing) == (None, "", ("market_value_equity",))


amounts = st.integers(min_value=1, max_value=10**9)
NEEDED_BY_Z = (
    *("current_assets", "current_liabilities", "total_assets", "total_liabilities"),
    "retained_earnings",
)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            (*NEEDED_BY_Z, "interest", "ebit", "revenue", "market_value_equity", "equity"), amounts
        )
    ),
    st.integers(min_value=2, max_value=1000),
)
def test_ratios_and_z_do_not_depend_on_the_unit_of_the_figures(lines, factor):
    def told(times):
        scaled = {name: amount * times for name, amount in lines.items()}
        return spread(
            Statement(
                period_from=date(2024, 1, 1),
                period_to=date(2024, 12, 31),
                currency="EUR",
                lines=scaled,
            )
        )

    one, many = told(1), told(factor)
    assert ratios(one) == ratios(many)
    for model in ALTMAN:
        assert altman(one, model).z_milli == altman(many, model).z_milli


@given(amounts, st.integers(min_value=1, max_value=10**9))
def test_more_profit_never_lowers_a_z_score(profit, more):
    for model in ALTMAN:
        less, greater = (
            altman(spread(statement(ebit=value, less=("ebitda", "depreciation"))), model).z_milli
            for value in (profit, profit + more)
        )
        assert less is not None and greater is not None and greater >= less


def test_a_statement_counts_in_full_for_a_year_and_then_less_until_nothing():
    assert [weight_ppm(days) for days in (0, 365, 730, 1095, 5000)] == [
        1_000_000, 1_000_000, 500_000, 0, 0,
    ]  # fmt: skip
    weights = [weight_ppm(days) for days in range(FULL_DAYS, ZERO_DAYS + 1)]
    assert weights == sorted(weights, reverse=True)


def test_the_latest_annual_statement_that_was_known_leads():
    first, second = statement(2023), statement(2024)
    interim = Statement(
        period_from=date(2025, 1, 1),
        period_to=date(2025, 6, 30),
        currency="EUR",
        lines=FULL,
        kind="interim",
    )
    late = Statement(
        period_from=second.period_from,
        period_to=second.period_to,
        available_on=date(2025, 5, 1),
        currency="EUR",
        lines=FULL,
    )
    every = [interim, late, first]
    assert leading_statement(every, as_of=date(2025, 4, 30)) == first
    assert leading_statement(every, as_of=date(2025, 9, 1)) == late
    assert leading_statement([interim], as_of=date(2025, 9, 1)) == interim
    assert leading_statement(every, as_of=date(2023, 12, 30)) is None


def test_growth_is_told_between_years_of_one_currency():
    before, after = (
        spread(statement(2023, revenue=800_000, cost_of_sales=400_000)),
        spread(statement()),
    )
    assert change_ppm(before, after, "revenue") == 250_000
    other = Statement(
        period_from=date(2023, 1, 1), period_to=date(2023, 12, 31), currency="USD", lines=FULL
    )
    assert change_ppm(spread(other), after, "revenue") is None


def test_the_facts_of_statements_are_those_of_the_catalogue():
    facts = statement_facts(
        [statement(2023, revenue=800_000), statement()], as_of=date(2025, 3, 1)
    )
    assert set(facts) == set(STATEMENTS)
    assert all(fits(name, value) for name, value in facts.items())
    assert facts == {
        "fs_age_days": 60,
        "fs_weight_ppm": 1_000_000,
        "fs_is_audited": False,
        "fs_is_sound": True,
        "fs_currency": "EUR",
        "fs_revenue_minor": 1_000_000,
        "fs_equity_minor": 300_000,
        "fs_total_assets_minor": 800_000,
        "fs_net_income_minor": 56_000,
        "fs_equity_ratio_ppm": 375_000,
        "fs_current_ratio_ppm": 2_000_000,
        "fs_quick_ratio_ppm": 1_250_000,
        "fs_debt_to_equity_ppm": 1_666_667,
        "fs_interest_cover_ppm": 5_000_000,
        "fs_net_margin_ppm": 56_000,
        "fs_return_on_assets_ppm": 70_000,
        "fs_receivable_days": 73,
        "fs_altman_z_milli": 2_945,
        "fs_altman_z1_milli": 2_226,
        "fs_altman_z2_milli": 3_721,
        "fs_altman_zone": "safe",
        "fs_revenue_trend_ppm": 250_000,
    }
    assert statement_facts([statement()], as_of=date(2024, 6, 1)) == {}


def test_the_catalogue_names_every_group_and_takes_points_of_a_companys_own():
    assert {group_of(name) for name in FACTS} == {"own", "fs", "bureau", "customer", "point"}
    assert fact_named("point_likes_tea") is not None
    assert (fact_named("fs_goodwill"), fact_named("point_Bad Name")) == (None, None)
    assert fits("point_likes_tea", True) and fits("point_likes_tea", "much")
    assert not fits("own_open_minor", True) and not fits("point_references_good", 1)
    assert set(SECTIONS) == {line.section for line in LINES.values()}
    assert {ratio.above for ratio in RATIOS.values()} <= set(LINES)


def test_nothing_later_than_the_day_changes_a_fact():
    day = date(2025, 3, 1)
    known = [statement(2023), statement(2024)]
    later = Statement(
        period_from=date(2024, 1, 1),
        period_to=date(2024, 12, 31),
        available_on=day + timedelta(days=1),
        currency="EUR",
        lines={"revenue": 1},
    )
    assert statement_facts(known, as_of=day) == statement_facts([*known, later], as_of=day)
