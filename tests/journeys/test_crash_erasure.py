"""Killed at every statement: a person is erased once, wholly, and the books hold.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_i33_an_erasure_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("erasure_flow", least=100)
