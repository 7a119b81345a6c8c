"""Killed at every statement: closing a month hands every line over once and locks once.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_closing_a_month_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("books_flow", least=118)
