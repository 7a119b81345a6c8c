"""Killed at every statement: the life of a payment plan books, holds and releases once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_a_plans_life_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("plans_flow", least=304)
