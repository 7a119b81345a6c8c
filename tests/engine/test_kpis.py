"""Golden values of every formula, from the standard examples of the field."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from dunwell.engine import kpis
from dunwell.engine.calendars import day_number
from dunwell.engine.kpi_catalogue import KPIS, LEDGER_KPIS
from dunwell.engine.kpi_desk_tables import desk_figures
from dunwell.engine.kpi_sums import Facts
from dunwell.engine.kpis import SalesMonth, rounded

G = {"receivables_minor": 150_000, "sales_minor": 310_000, "days": 91}
"""Base set: sales of April, May, June 100k, 120k, 90k; receivables 150k, 96k of them current."""
MONTHS = [
    SalesMonth(sales_minor=90_000, days=30, open_minor=78_000),
    SalesMonth(sales_minor=120_000, days=31, open_minor=54_000),
    SalesMonth(sales_minor=100_000, days=30, open_minor=18_000),
]
CEI = {
    "begin_minor": 140_000,
    "sales_minor": 310_000,
    "end_minor": 150_000,
    "end_current_minor": 96_000,
}
ACTUAL, FORECAST = [100, 120, 80, 0, 200], [110, 100, 90, 10, 180]
GOLDEN = {
    "dso": (kpis.dso(**G), "44.03"),
    "jde_dso": (
        kpis.dso(receivables_minor=10_869, sales_minor=5_538 + 4_566 + 7_570, days=90),
        "55.35",
    ),
    "bpdso": (kpis.best_possible_dso(current_minor=96_000, sales_minor=310_000, days=91), "28.18"),
    "bpdso of Growfin": (
        kpis.best_possible_dso(current_minor=8_000, sales_minor=30_000, days=28),
        "7.47",
    ),
    "add": (kpis.average_days_delinquent(**G, current_minor=96_000), "15.85"),
    "countback": (kpis.countback_dso(receivables_minor=150_000, months=MONTHS), "45.50"),
    "countback_benji": (
        kpis.countback_dso(
            receivables_minor=212_000,
            months=[SalesMonth(sales, 30) for sales in (100_000, 80_000, 70_000)],
        ),
        "73.71",
    ),
    "sales_weighted": (kpis.sales_weighted_dso(MONTHS), "45.35"),
    "cei_period": (kpis.cei(**CEI), "84.75"),
    "cei_monthly": (kpis.cei(**CEI, months=3), "63.35"),
    "cei_creditguru": (
        kpis.cei(begin_minor=6_200, sales_minor=3_630, end_minor=6_340, end_current_minor=3_590),
        "55.93",
    ),
    "recovery": (
        kpis.recovery_rate(collected_minor=300_000, begin_minor=140_000, sales_minor=310_000),
        "66.67",
    ),
    "turnover": (
        kpis.turnover(sales_minor=1_200_000, begin_minor=140_000, end_minor=160_000),
        "8.00",
    ),
    "turnover in days": (
        kpis.turnover_days(sales_minor=1_200_000, begin_minor=140_000, end_minor=160_000),
        "45.63",
    ),
    "current": (kpis.percent(part=96_000, whole=150_000), "64.00"),
    "overdue": (kpis.percent(part=54_000, whole=150_000), "36.00"),
    "write-offs to sales": (kpis.percent(part=4_650, whole=310_000), "1.50"),
    "write-off rate": (kpis.percent(part=4_650, whole=150_000), "3.10"),
    "days to pay": (
        kpis.weighted_mean(total=1_000 * 25 + 3_000 * 45 + 6_000 * 38, weight=10_000),
        "38.80",
    ),
    "days to pay, simple": (kpis.weighted_mean(total=25 + 45 + 38, weight=3), "36.00"),
    "days late": (
        kpis.weighted_mean(total=1_000 * -5 + 3_000 * 15 + 6_000 * 8, weight=10_000),
        "8.80",
    ),
    "days late, floored": (
        kpis.weighted_mean(total=3_000 * 15 + 6_000 * 8, weight=10_000),
        "9.30",
    ),
    "promises by count": (kpis.percent(part=18, whole=25), "72.00"),
    "promises by amount": (kpis.percent(part=61_000, whole=80_000), "76.25"),
    "roll rate": (kpis.percent(part=21_000, whole=60_000), "35.00"),
    "dispute mean": (kpis.mean_and_median({3: 1, 10: 1, 17: 1, 30: 1})[0], "15.00"),
    "dispute median": (kpis.mean_and_median({3: 1, 10: 1, 17: 1, 30: 1})[1], "13.50"),
    "first-contact resolution": (kpis.percent(part=420, whole=560), "75.00"),
    "right-party contact": (kpis.percent(part=312, whole=1_200), "26.00"),
    "cost to collect": (kpis.percent(part=9_000, whole=300_000), "3.00"),
    "csat": (kpis.percent(part=173, whole=200), "86.50"),
    "nps": (kpis.net_promoter_score(promoters=52, detractors=17, answers=100), "35.00"),
    "auto-match": (kpis.percent(part=870, whole=1_000), "87.00"),
    "auto-match amount": (kpis.percent(part=921, whole=1_000), "92.10"),
    "auto-match precision": (kpis.percent(part=866, whole=870), "99.54"),
    "wape": (kpis.wape(actual=ACTUAL, forecast=FORECAST), "14.00"),
    "bias": (kpis.forecast_bias(actual=ACTUAL, forecast=FORECAST), "-2.00"),
    "mape": (kpis.mape(actual=ACTUAL, forecast=FORECAST), "12.29"),
    "concentration": (kpis.concentration([40, 30, 20, 10]), "3000.00"),
    "dso undisputed": (
        kpis.dso(receivables_minor=150_000 - 15_000, sales_minor=310_000, days=91),
        "39.63",
    ),
    "cei undisputed": (
        kpis.cei(
            begin_minor=130_000, sales_minor=310_000, end_minor=135_000, end_current_minor=90_000
        ),
        "87.14",
    ),
    "delinquency": (kpis.percent(part=18_000, whole=150_000), "12.00"),
    "at risk": (kpis.percent(part=5_000, whole=100_000), "5.00"),
    "recovery after write-off": (kpis.percent(part=1_395, whole=4_650), "30.00"),
    "collection progress": (kpis.percent(part=27_000, whole=54_000), "50.00"),
    "ease": (kpis.weighted_mean(total=43, weight=8), "5.38"),
    "days to invoice": (kpis.days_to_invoice(days=[0, 2, 7]), "3.00"),
    "delivered before due": (kpis.percent(part=47, whole=50), "94.00"),
    "days to receipt": (kpis.mean_and_median({1: 2, 4: 1, 9: 2})[1], "4.00"),
}
FIGURES = {
    "dso": "dso",
    "best_possible_dso": "bpdso",
    "average_days_delinquent": "add",
    "countback_dso": "countback",
    "sales_weighted_dso": "sales_weighted",
    "cei_period": "cei_period",
    "cei_monthly": "cei_monthly",
    "recovery_rate": "recovery",
    "turnover": "turnover",
    "turnover_days": "turnover in days",
    "current_share": "current",
    "overdue_share": "overdue",
    "bad_debt_to_sales": "write-offs to sales",
    "write_off_rate": "write-off rate",
    "average_days_to_pay": "days to pay",
    "average_days_to_pay_simple": "days to pay, simple",
    "average_days_late": "days late",
    "average_days_late_floored": "days late, floored",
    "promises_kept_by_count": "promises by count",
    "promises_kept_by_amount": "promises by amount",
    "roll_not_due": "roll rate",
    "roll_1_30": "roll rate",
    "roll_31_60": "roll rate",
    "roll_61_90": "roll rate",
    "dispute_days_mean": "dispute mean",
    "dispute_days_median": "dispute median",
    "concentration": "concentration",
    "dso_undisputed": "dso undisputed",
    "cei_undisputed": "cei undisputed",
    "delinquency_rate": "delinquency",
    "at_risk": "at risk",
    "write_off_recovery": "recovery after write-off",
    "collection_progress": "collection progress",
    "first_contact_resolution": "first-contact resolution",
    "right_party_contact": "right-party contact",
    "cost_to_collect": "cost to collect",
    "csat": "csat",
    "nps": "nps",
    "customer_effort": "ease",
    "auto_match": "auto-match",
    "auto_match_amount": "auto-match amount",
    "auto_match_precision": "auto-match precision",
    "forecast_wape": "wape",
    "forecast_bias": "bias",
    "forecast_mape": "mape",
    "days_to_invoice": "days to invoice",
    "delivered_before_due": "delivered before due",
    "days_to_receipt": "days to receipt",
}
"""The golden value of each figure of the catalogue."""
DESK = {
    "cost_minor": 9_000,
    "calls": 1_200,
    "calls_reached": 312,
    "contacts_judged": 560,
    "contacts_resolved": 420,
    "csat_answers": 200,
    "csat_satisfied": 173,
    "nps_answers": 100,
    "nps_promoters": 52,
    "nps_detractors": 17,
    "effort_answers": 8,
    "effort_sum": 43,
    "lines": 1_000,
    "auto_lines": 870,
    "lines_minor": 1_000,
    "auto_lines_minor": 921,
    "auto_judged": 870,
    "auto_right": 866,
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_value(name):
    value, expected = GOLDEN[name]

    assert rounded(value) == Decimal(expected)


def test_every_figure_of_the_catalogue_has_a_golden_value():
    assert sorted(FIGURES) == sorted(KPIS)
    assert {*FIGURES.values()} <= {*GOLDEN}


def test_the_figures_of_the_desk_follow_from_their_sums():
    """The golden values of TRUST section 5 that a ledger does not hold, from recorded sums."""
    facts = Facts(date(2026, 6, 30), 90)
    for name, value in DESK.items():
        facts.add(name, None, value)
    for week, (actual, forecast) in enumerate(zip(ACTUAL, FORECAST, strict=True)):
        facts.add("actual_minor", week, actual)
        facts.add("forecast_minor", week, forecast)
    facts.add("collected_minor", day_number(date(2026, 6, 1)), 300_000)
    values = desk_figures(facts)

    assert {name: str(rounded(values[name][0])) for name in values if values[name][0]} == {
        name: GOLDEN[FIGURES[name]][1]
        for name in values
        if name not in ("days_to_invoice", "delivered_before_due", "days_to_receipt")
    }


def test_the_golden_file_agrees():
    path = Path(__file__).parents[3] / "shared" / "golden" / "kpis.json"
    if not path.is_file():
        pytest.skip(f"no golden file at {path}")
    golden = json.loads(path.read_text())["kpi"]

    assert {name: float(GOLDEN[name][1]) for name in golden} == golden


@pytest.mark.parametrize(
    "value",
    [
        kpis.dso(receivables_minor=5, sales_minor=0, days=90),
        kpis.best_possible_dso(current_minor=5, sales_minor=0, days=90),
        kpis.average_days_delinquent(
            receivables_minor=5, current_minor=1, sales_minor=-3, days=90
        ),
        kpis.countback_dso(receivables_minor=5, months=[SalesMonth(4, 30)]),
        kpis.countback_dso(receivables_minor=-5, months=[SalesMonth(4, 30)]),
        kpis.sales_weighted_dso([SalesMonth(0, 30, 5)]),
        kpis.cei(begin_minor=5, sales_minor=0, end_minor=5, end_current_minor=5),
        kpis.recovery_rate(collected_minor=5, begin_minor=0, sales_minor=0),
        kpis.turnover(sales_minor=5, begin_minor=0, end_minor=0),
        kpis.turnover_days(sales_minor=0, begin_minor=5, end_minor=5),
        kpis.percent(part=0, whole=0),
        kpis.weighted_mean(total=0, weight=0),
        kpis.mean_and_median({})[0],
        kpis.concentration([0, -5]),
        kpis.mape(actual=[0], forecast=[5]),
        kpis.wape(actual=[0], forecast=[5]),
    ],
)
def test_without_a_denominator_there_is_no_value(value):
    assert value is None
    assert rounded(value) is None


def test_a_month_without_sales_only_adds_its_days_to_the_countback():
    months = [SalesMonth(0, 31), SalesMonth(100, 30)]

    assert kpis.countback_dso(receivables_minor=50, months=months) == 46
    assert kpis.countback_dso(receivables_minor=0, months=months) == 0
    assert kpis.countback_dso(receivables_minor=100, months=months) == 61


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(2, 3), 4, "0.6667"),
        (Fraction(10**30), 2, "1000000000000000000000000000000.00"),
    ],
)
def test_rounding_is_half_away_from_zero(value, digits, expected):
    assert str(rounded(value, digits)) == expected


def test_every_figure_says_its_unit_and_formula():
    assert all(k.name and k.unit and k.formula and k.source for k in KPIS.values())
    assert all(key == kpi.id for key, kpi in KPIS.items())
    assert set(LEDGER_KPIS) < set(KPIS)
