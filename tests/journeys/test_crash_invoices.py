"""Killed at every statement: invoices get one number each, without a gap, and one item.

The quick tier tries a sample of the points, `--release` all of them.
"""

from tests.journeys.crashes import assert_healed


def test_issuing_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("invoices_flow", least=54)
