"""People who settle, decide and judge at once give up one concession, on both databases."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced
from tests.actions.settlement_race import ROUNDS

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "settlement_race")


def check(told, database):
    assert told == {
        "database": database,
        "settlements": [["completed"]] * ROUNDS,
        "decided": ["approved"] * ROUNDS,
        "unexpected": [],
        "given": ROUNDS * 400_00,
        "broken": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
