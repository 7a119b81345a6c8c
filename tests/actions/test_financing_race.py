"""Clerks who assign one item to two lenders at once assign it once."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "financing_race")


def check(told, database):
    assert told == {
        "database": database, "live": 1, "draws": 3, "unexpected": [], "broken": [],
    }  # fmt: skip


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
