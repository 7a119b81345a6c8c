"""Causes of disputes: the golden cycle of TRUST.md, the running sum, what is not applicable."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.dispute_causes import (
    CAUSED,
    Cycle,
    cycle,
    days_deductions_outstanding,
    pareto,
)
from dunwell.engine.schema import table


def frame(*rows):
    """Cases as (group, base_minor, days, valid_milli)."""
    return table([(n, *row) for n, row in enumerate(rows, start=1)], CAUSED)


def bars(cases):
    return pareto(cases).collect().sort("upto_minor", "group").rows()


def test_the_golden_dispute_cycle_is_15_days_on_average_and_13_and_a_half_in_the_middle():
    cases = frame(*(("price", 1_00, days, None) for days in (3, 10, 17, 30)))
    assert cycle(cases) == Cycle(resolved=4, mean_days=Fraction(15), median_days=Fraction(27, 2))


def test_running_cases_have_no_days_and_nothing_resolved_has_no_cycle():
    assert cycle(frame(("price", 1_00, None, None))) == Cycle(
        resolved=0, mean_days=None, median_days=None
    )
    assert cycle(frame()) == Cycle(resolved=0, mean_days=None, median_days=None)


def test_groups_are_summed_largest_first_and_equal_ones_by_name():
    cases = frame(
        ("b", 50_00, 4, 1_000),
        ("a", 20_00, 3, 0),
        ("a", 30_00, 10, 500),
        ("c", None, None, None),
        ("d", 900_00, 2, None),
    )
    assert bars(cases) == [
        ("d", 1, 900_00, 900_00, 1, 2, 4, 0, 0),
        ("a", 2, 50_00, 950_00, 2, 13, 13, 2, 500),
        ("b", 1, 50_00, 1_000_00, 1, 4, 8, 1, 1_000),
        ("c", 1, 0, 1_000_00, 0, 0, None, 0, 0),
    ]


def test_days_deductions_outstanding_is_not_applicable_without_deductions():
    assert days_deductions_outstanding(open_minor=500, disputed_minor=0, days=365) is None
    assert days_deductions_outstanding(open_minor=50, disputed_minor=100, days=365) == Fraction(
        365, 2
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.integers(0, 10**12),
            st.none() | st.integers(0, 400),
            st.none() | st.sampled_from([0, 500, 1_000]),
        ),
        max_size=12,
    )
)
def test_the_running_sum_ends_with_all_the_money_and_no_case_is_lost(rows):
    found = bars(frame(*rows))
    whole = sum(row[1] for row in rows)
    assert sum(row[1] for row in found) == len(rows)
    assert sum(row[2] for row in found) == whole
    assert [row[3] for row in found[-1:]] == ([whole] if rows else [])
