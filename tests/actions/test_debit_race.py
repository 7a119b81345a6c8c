"""Clerks who prepare the same day at once debit nothing twice, on both databases."""

from functools import partial

import pytest

from tests.actions.debit_race import ITEMS, ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

ALL = ROUNDS * ITEMS * 10_00


race = partial(raced, "debit_race")


def check(told, database):
    # the payment covers a third: it lowers the debit whether it is put on its item before or after
    assert told == {
        "database": database,
        "over": 0,
        "unexpected": [],
        "debited": ALL - ROUNDS * 10_00,
        "runs": 1,
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
