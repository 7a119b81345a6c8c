"""The figures of whole ledgers: golden set, drill-down, and a recomputation in plain Python."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.kpi_catalogue import LEDGER_KPIS
from dunwell.engine.kpi_rows import input_rows
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.ledger import Ledger, as_it_is
from dunwell.formats.frames import kept
from tests.engine.ledgers import FIRST, SPAN, Rows, random_rows
from tests.engine.plain_kpis import Plain, sales_weighted
from tests.engine.rows import allocations, disputes, items, payments, promises

JUNE_30 = date(2026, 6, 30)
DAYS = 91
APRIL, MAY, JUNE = date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15)
LATER = date(2026, 8, 30)


def base_set() -> Ledger:
    """The base set of the field: see test_kpis.G; of the 150k open, 96k is not due."""
    return Ledger(
        items=items(
            {
                "kind": "opening",
                "amount_minor": 140_000,
                "issued_day": date(2026, 3, 1),
                "due_day": date(2026, 3, 31),
            },
            {"amount_minor": 100_000, "issued_day": APRIL, "due_day": date(2026, 5, 15)},
            {"amount_minor": 102_000, "issued_day": MAY, "due_day": date(2026, 6, 14)},
            {"amount_minor": 18_000, "issued_day": MAY, "due_day": LATER, "customer_id": 2},
            {"amount_minor": 90_000, "issued_day": JUNE, "due_day": LATER},
        ),
        allocations=allocations(
            {"item_id": 1, "payment_id": 1, "amount_minor": 140_000, "applied_day": APRIL},
            {"item_id": 2, "payment_id": 2, "amount_minor": 82_000, "applied_day": JUNE},
            {"item_id": 3, "payment_id": 3, "amount_minor": 66_000, "applied_day": JUNE},
            {"item_id": 5, "payment_id": 4, "amount_minor": 12_000, "applied_day": JUNE},
        ),
        payments=payments(
            {"amount_minor": 140_000, "value_day": APRIL},
            {"amount_minor": 82_000, "value_day": JUNE},
            {"amount_minor": 66_500, "value_day": JUNE},
            {"amount_minor": 12_000, "value_day": JUNE},
        ),
        disputes=disputes(
            {"item_id": 2, "opened_day": APRIL, "closed_day": date(2026, 4, 18)},
            {"item_id": 2, "opened_day": APRIL, "closed_day": date(2026, 4, 25)},
            {"item_id": 3, "opened_day": MAY, "closed_day": date(2026, 6, 1)},
            {"item_id": 3, "opened_day": MAY, "closed_day": date(2026, 6, 14)},
            {"item_id": 5, "opened_day": JUNE, "amount_minor": 5_000},
        ),
        promises=promises(
            {"item_id": 2, "amount_minor": 61_000, "made_day": MAY, "due_day": JUNE},
            {"item_id": 3, "amount_minor": 19_000, "made_day": MAY, "due_day": MAY},
        ),
    )


def test_the_base_set_gives_the_golden_values():
    values = kpi_table(base_set(), as_of=JUNE_30, window_days=DAYS)

    assert {v.kpi: str(v.value) for v in values} == {
        "dso": "44.03",
        "best_possible_dso": "28.18",
        "average_days_delinquent": "15.85",
        "countback_dso": "45.50",
        "sales_weighted_dso": "45.35",
        "cei_period": "84.75",
        "cei_monthly": "63.35",
        "recovery_rate": "66.67",
        "turnover": "8.58",
        "turnover_days": "42.56",
        "current_share": "64.00",
        "overdue_share": "36.00",
        "bad_debt_to_sales": "0.00",
        "write_off_rate": "0.00",
        "average_days_to_pay": "45.00",
        "average_days_to_pay_simple": "45.00",
        "average_days_late": "15.00",
        "average_days_late_floored": "15.00",
        "promises_kept_by_count": "50.00",
        "promises_kept_by_amount": "76.25",
        "roll_not_due": "30.00",
        "roll_1_30": "18.00",
        "roll_31_60": "None",
        "roll_61_90": "None",
        "dispute_days_mean": "15.00",
        "dispute_days_median": "13.50",
        "concentration": "7888",
        "dso_undisputed": "42.56",
        "cei_undisputed": "84.96",
        "delinquency_rate": "12.00",
        "at_risk": "None",
        "write_off_recovery": "None",
        "collection_progress": "0.00",
    }


def test_a_figure_names_its_unit_formula_and_inputs():
    dso = kpi_table(base_set(), as_of=JUNE_30, window_days=DAYS)[0]

    assert (dso.kpi, dso.currency, dso.value, dso.unit) == ("dso", "EUR", Decimal("44.03"), "days")
    assert dso.formula == LEDGER_KPIS["dso"].formula
    assert dso.exact == Fraction(150_000 * 91, 310_000)
    assert dict(dso.inputs) == {
        "receivables_minor": 150_000,
        "sales_minor": 310_000,
        "days": 91,
        "unapplied_minor": 500,
        "disputed_minor": 5_000,
    }


def test_an_empty_ledger_has_no_figures():
    assert kpi_table(Rows().ledger(), as_of=JUNE_30) == []


def test_a_window_without_days_is_refused():
    with pytest.raises(ValueError, match="a window of 0 days: give at least 1"):
        kpi_table(base_set(), as_of=JUNE_30, window_days=0)


def test_without_sales_a_figure_is_not_applicable_and_never_zero():
    ledger = Ledger(items({"kind": "opening"}), allocations(), payments(), disputes(), promises())
    values = {v.kpi: v.value for v in kpi_table(ledger, as_of=JUNE_30)}

    assert {values[name] for name in ("dso", "countback_dso", "sales_weighted_dso")} == {None}
    assert values["overdue_share"] == 100


def test_an_unknown_input_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no rows behind luck; choose one of receivables_minor"):
        input_rows(base_set(), "luck", as_of=JUNE_30, window_days=DAYS)


def compare_with_plain_python(seed: int, day: int, window: int) -> None:
    rows, as_of = random_rows(seed, currencies=25, items_each=16), FIRST + timedelta(days=day)
    found = defaultdict(dict)
    # as a run asks, that keeps what it uses twice, and as whoever asks for one figure
    keep = kept if seed % 2 else as_it_is
    for value in kpi_table(rows.ledger(), as_of=as_of, window_days=window, keep=keep):
        found[value.currency][value.kpi] = value.exact

    for currency, values in found.items():
        plain = Plain(rows, currency, as_of, window)
        expected = {**plain.figures(), "sales_weighted_dso": sales_weighted(plain)}
        assert values == expected


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(60, SPAN), st.sampled_from([1, 30, 90, 365]))
def test_figures_of_300_random_portfolios_equal_a_recomputation_in_plain_python(seed, day, window):
    compare_with_plain_python(seed, day, window)


@pytest.mark.release
@settings(max_examples=400)
@given(st.integers(0, 2**32), st.integers(60, SPAN), st.sampled_from([1, 30, 90, 365]))
def test_figures_of_10_000_random_portfolios_equal_a_recomputation(seed, day, window):
    compare_with_plain_python(seed, day, window)


def test_the_random_portfolios_give_every_figure_a_value():
    rows = random_rows(1, currencies=40, items_each=40)
    values = kpi_table(rows.ledger(), as_of=FIRST + timedelta(days=SPAN - 30), window_days=200)

    assert {v.kpi for v in values if v.exact} == set(LEDGER_KPIS)
