"""Killed at every statement: a dispute's life books, asks and releases once.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_a_disputes_life_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("disputes_flow", least=184)
