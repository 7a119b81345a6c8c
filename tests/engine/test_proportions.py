"""Wilson's interval against published figures, and its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.proportions import wilson


@pytest.mark.parametrize(
    ("right", "cases", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_the_textbook(right, cases, low, high):
    found = wilson(right, cases, z=1.959964)
    assert tuple(round(end, 4) for end in found) == (low, high)


def test_without_a_case_nothing_is_known():
    assert wilson(0, 0, z=1.96) == (0.0, 1.0)


@given(st.integers(1, 500), st.data())
def test_the_share_lies_between_the_ends(cases, data):
    right = data.draw(st.integers(0, cases))
    low, high = wilson(right, cases, z=1.96)
    assert 0 <= low <= high <= 1
    assert low - 1e-12 <= right / cases <= high + 1e-12
