"""Killed at every statement: interest and fees accrue and are billed once, whatever happens.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_accruing_and_billing_killed_anywhere_is_finished_by_the_next_call(request):
    every = 1 if request.config.getoption("--release") else 17
    found = findings("tests.crash tests.journeys.charge_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 5
