"""Killed at every statement: invoices get one number each, without a gap, and one item.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_issuing_killed_anywhere_is_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 53
    found = findings("tests.crash tests.journeys.invoices_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 2
