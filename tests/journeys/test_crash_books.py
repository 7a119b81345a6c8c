"""Killed at every statement: closing a month hands every line over once and locks once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_closing_a_month_killed_anywhere_is_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 13
    found = findings("tests.crash tests.journeys.books_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 10
