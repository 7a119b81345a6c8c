"""Killed at every statement: what came in is kept, threaded and told once.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_an_intake_killed_anywhere_is_finished_by_the_next_run():
    assert_healed("intake_flow", least=52)
