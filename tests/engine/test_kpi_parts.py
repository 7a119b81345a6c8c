"""Figures of parts: the same formulas over fewer rows, from one pass, and the parts add up."""

from collections import defaultdict
from datetime import timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.kpi_catalogue import FAMILIES, FORMULAS, KPIS, LEDGER_KPIS
from dunwell.engine.kpi_desk_tables import DESK_INPUTS
from dunwell.engine.kpi_facts import kpi_facts, monthly
from dunwell.engine.kpi_parts import NOBODY, narrowed, part_of, parted
from dunwell.engine.kpi_rows import DRILLS, input_rows
from dunwell.engine.kpi_sums import NOT_ADDITIVE
from dunwell.engine.kpi_tables import KPI_INPUTS, PARAMETERS, kpi_table, kpi_values
from tests.conftest import examples
from tests.engine.ledgers import CUSTOMERS, FIRST, SPAN, random_rows
from tests.engine.rows import answers

PARTS = {customer: customer % 3 for customer in range(1, CUSTOMERS + 1)}
"""Customers 3 and 6 are in no part."""


def parts_frame():
    named = [(customer, part) for customer, part in PARTS.items() if part]
    schema = {"customer_id": pl.Int64, "part": pl.Int64}
    return nw.from_native(pl.LazyFrame(named, schema=schema, orient="row"))


def of_part(ledger, part):
    theirs = [customer for customer, one in PARTS.items() if one == part]
    frame = pl.LazyFrame({"customer_id": theirs}, schema={"customer_id": pl.Int64})
    return narrowed(ledger, nw.from_native(frame))


def by_part(ledger, *, as_of, window_days):
    """Return part -> figures, all from one pass."""
    facts = kpi_facts(parted(ledger, parts_frame()), as_of=as_of, window_days=window_days)
    rows = monthly(facts, as_of=as_of, window_days=window_days).collect().rows(named=True)
    found = defaultdict(list)
    for row in rows:
        part, currency = part_of(row["currency"])
        found[part].append({**row, "currency": currency})
    return {
        part: kpi_values(told, as_of=as_of, window_days=window_days)
        for part, told in found.items()
    }


@examples(3, release=60)
@given(st.integers(0, 2**32), st.integers(100, SPAN), st.sampled_from([1, 30, 90, 365]))
def test_one_pass_tells_of_each_part_what_its_own_ledger_tells(seed, day, window):
    ledger, as_of = random_rows(seed, items_each=15).ledger(), FIRST + timedelta(days=day)
    told = by_part(ledger, as_of=as_of, window_days=window)

    for part in {*PARTS.values(), NOBODY}:
        alone = kpi_table(of_part(ledger, part), as_of=as_of, window_days=window)
        assert told.get(part, []) == alone, part


@examples(3, release=60)
@given(st.integers(0, 2**32), st.integers(100, SPAN))
def test_the_inputs_of_the_parts_add_up_to_those_of_the_whole(seed, day):
    ledger, as_of = random_rows(seed, items_each=15).ledger(), FIRST + timedelta(days=day)
    sums = defaultdict(int)
    for values in by_part(ledger, as_of=as_of, window_days=90).values():
        for name, amount in distinct(values).items():
            sums[name] += amount

    for name, amount in distinct(kpi_table(ledger, as_of=as_of, window_days=90)).items():
        assert sums[name] == amount, name


def distinct(values):
    """Return (currency, input) -> value, each once, of those that add up."""
    return {
        (value.currency, name): amount
        for value in values
        for name, amount in value.inputs.items()
        if name not in (*PARAMETERS, *NOT_ADDITIVE)
    }


@examples(3, release=60)
@given(st.integers(0, 2**32), st.integers(100, SPAN))
def test_every_input_of_every_figure_of_a_ledger_has_rows_that_sum_to_it(seed, day):
    ledger, as_of = random_rows(seed, items_each=20).ledger(), FIRST + timedelta(days=day)
    rows = {}
    for name in DRILLS:
        rows[name] = defaultdict(int)
        for row in answers(input_rows(ledger, name, as_of=as_of, window_days=60)):
            rows[name][row["currency"]] += row["amount_minor"]

    for value in kpi_table(ledger, as_of=as_of, window_days=60):
        told = {name: n for name, n in value.inputs.items() if name not in PARAMETERS}
        assert told == {name: rows[name][value.currency] for name in told}, value.kpi


def test_every_input_is_a_parameter_or_has_rows_and_every_row_source_is_an_input():
    named = {name for names in KPI_INPUTS.values() for name in names}

    assert named - {*PARAMETERS} == {*DRILLS, *DESK_INPUTS}


def test_every_figure_stands_in_one_family():
    members = [kpi for family in FAMILIES.values() for kpi in family]

    assert sorted(members) == sorted(KPIS) == sorted(KPI_INPUTS)


def test_a_new_version_of_a_formula_changes_the_mark_of_what_is_kept():
    assert len(FORMULAS) == 16
    assert {kpi.formula_id for kpi in KPIS.values()} >= {"dso/1", "cost_to_collect/1"}
    assert set(LEDGER_KPIS) < set(KPIS)


def test_an_unknown_input_of_a_part_is_refused():
    with pytest.raises(ValueError, match="no rows behind luck"):
        input_rows(random_rows(1).ledger(), "luck", as_of=FIRST, window_days=1)
