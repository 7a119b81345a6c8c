"""Clerks who agree on plans at once bind no item twice and book no charge twice."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "plan_race")


def check(told, database):
    # a payment that came first makes the offer stale: then none of the clerks gets it accepted
    assert told.pop("live") <= 1
    assert told == {"database": database, "accepted": True, "unexpected": [], "broken": []}


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
