"""Killed at every statement: answers to invoices have each effect once.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import pytest

from tests.journeys.crashes import assert_healed

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_answers_killed_anywhere_are_finished_by_the_next_call():
    assert_healed("responses_flow", least=88)
