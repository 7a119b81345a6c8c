"""People who ask, approve and link at once decide one limit once, on both databases."""

from functools import partial

import pytest

from tests.actions.limit_race import ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "limit_race")


def check(told, database):
    assert told == {
        "database": database,
        "rows": [1] * ROUNDS,
        "decided": ROUNDS,
        "events": ROUNDS,
        "members": ROUNDS,
        "parents": ROUNDS,
        "unexpected": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
