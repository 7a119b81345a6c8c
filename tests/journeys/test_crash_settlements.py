"""Killed at every statement: a settlement and a rebate are given, and taken back, once.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_a_settlement_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("settlements_flow", least=102)
