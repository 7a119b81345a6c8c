"""The bench's ledger holds exactly the open items asked for."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.demo.bench import bench_ledger
from dunwell.demo.ledger import demo_ledger
from dunwell.engine.calendars import day_number

AS_OF = date(2026, 11, 25)


@given(st.integers(1, 400), st.sampled_from([0.0, 0.5, 2.0]), st.integers(0, 999))
@settings(max_examples=30)
def test_exactly_so_many_items_are_open_and_the_rest_is_settled(open_items, history, seed):
    ledger = bench_ledger(as_of=AS_OF, open_items=open_items, history=history, seed=seed)
    balances = ledger.balances()
    overpaid = balances.filter((pl.col("amount_minor") > 0) & (pl.col("open_minor") < 0))
    assert (
        balances.filter(pl.col("open_minor") != 0).height,
        balances.height,
        overpaid.height,
    ) == (open_items, open_items + round(open_items * history), 0)


def test_frames_have_the_columns_of_the_sample_ledger():
    sample = demo_ledger(as_of=AS_OF, customers=20, items=400)
    bench = bench_ledger(as_of=AS_OF, open_items=100, history=1.0)
    assert {name: frame.schema for name, frame in bench.frames().items()} == {
        name: frame.schema for name, frame in sample.frames().items()
    }


def test_the_same_arguments_give_the_same_frames():
    first = bench_ledger(as_of=AS_OF, open_items=5_000, history=1.0, seed=4).frames()
    second = bench_ledger(as_of=AS_OF, open_items=5_000, history=1.0, seed=4).frames()
    assert [name for name in first if not first[name].equals(second[name])] == []


def test_no_day_lies_after_the_day_asked_for():
    ledger = bench_ledger(as_of=AS_OF, open_items=5_000, history=1.0)
    days = (ledger.items["issued_day"], ledger.payments["value_day"])
    assert max(series.max() for series in days) <= day_number(AS_OF)


@pytest.mark.parametrize(
    ("open_items", "customers", "history"), [(0, None, 0.0), (10, 5, 0.0), (10, None, -1.0)]
)
def test_a_size_that_cannot_be_is_refused(open_items, customers, history):
    with pytest.raises(ValueError, match="give at least"):
        bench_ledger(as_of=AS_OF, open_items=open_items, customers=customers, history=history)
