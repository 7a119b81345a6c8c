"""Killed at every statement: closing a month hands every line over once and locks once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_closing_a_month_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("books_flow", least=118)
