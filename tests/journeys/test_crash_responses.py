"""Killed at every statement: answers to invoices have each effect once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_answers_killed_anywhere_are_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 29
    found = findings("tests.crash tests.journeys.responses_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 4
