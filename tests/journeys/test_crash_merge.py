"""Killed at every statement: records are merged and split once, and every row has one owner.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_merging_and_splitting_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("merge_flow", least=600)
