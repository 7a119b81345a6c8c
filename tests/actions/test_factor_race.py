"""However fast an admin clicks, nobody gets a link and a reset from one hand."""

from functools import partial

import pytest

from tests.actions.factor_race import ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "factor_race")


def check(told, database):
    assert told == {
        "database": database,
        "both": 0,
        "resets": 1,
        "done": 2 * ROUNDS,
        "unexpected": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
