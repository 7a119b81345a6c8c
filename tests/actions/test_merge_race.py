"""Managers who merge one pair at once do it once, and nothing booked meanwhile is lost."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "merge_race")


def check(told, database):
    # others booking all the while may be told to try again: then the pair is merged by none
    assert told.pop("merged") <= 1
    assert told == {"database": database, "lost": 0, "unexpected": [], "broken": []}


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
