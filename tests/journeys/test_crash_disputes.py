"""Killed at every statement: a dispute's life books, asks and releases once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_a_disputes_life_killed_anywhere_is_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 61
    found = findings("tests.crash tests.journeys.disputes_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 4
