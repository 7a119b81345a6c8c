"""Killed at every statement: hand-offs, escalations, decisions and a talk have each effect once.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_teamwork_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("teamwork_flow", least=340)
