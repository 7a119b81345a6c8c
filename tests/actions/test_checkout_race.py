"""A doubled click and news by three ways at once make one payment, on both databases."""

from functools import partial

import pytest

from tests.actions.checkout_race import ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "checkout_race")


def check(told, database):
    assert told == {
        "database": database,
        "unexpected": [],
        "checkouts": ROUNDS,
        "payments": ROUNDS,
        "receipts": ROUNDS,
        "open": 0,
    }


def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
