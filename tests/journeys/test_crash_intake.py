"""Killed at every statement: what came in is kept, threaded and told once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.test_crash_cycle import findings


def test_an_intake_killed_anywhere_is_finished_by_the_next_run(request):
    every = 1 if request.config.getoption("--release") else 17
    found = findings("tests.crash tests.journeys.intake_flow", "--every", every)
    assert found["failures"] == []
    assert found["tried"] == len(range(0, found["points"], every)) >= 4
