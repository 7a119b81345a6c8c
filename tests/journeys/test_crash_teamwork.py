"""Killed at every statement: hand-offs, escalations, decisions and a talk have each effect once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_teamwork_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("teamwork_flow", least=340)
