"""Killed at every statement: the day's cycle and delivery lose nothing and double nothing.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import os

import pytest

from tests.journeys.crashes import assert_healed, findings, most

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")


def test_a_cycle_killed_anywhere_is_finished_by_the_next_call():
    assert_healed("cycle_flow", least=172)


@pytest.mark.skipif(
    "DUNWELL_DATABASE_URL" in os.environ, reason="sinks do not depend on the database"
)
def test_delivery_killed_anywhere_loses_nothing_and_doubles_at_most_one():
    few = most(4)
    customers, least = (120, 150) if few else (260, 500)
    found = findings("tests.journeys.deliver_crashes", "--most", few, "--customers", customers)
    assert sorted(found) == ["files", "http", "smtp"]
    for sink, told in found.items():
        assert told["failures"] == [], sink
        assert told["points"] >= least
        assert told["tried"] == (few or told["points"])
        assert told["sent"] >= 5
        if sink != "smtp":
            assert told["duplicates"] == 0
