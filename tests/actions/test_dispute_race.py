"""Clerks at the same disputes at once: one open part per item, nothing ends or is paid twice."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "dispute_race")


def check(told, database):
    # both may wait: whose part was paid in between has nothing to end
    assert told.pop("open") <= 1
    assert told == {
        "database": database,
        "unbalanced": [],
        "twice": 0,
        "unexpected": [],
        "broken": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
