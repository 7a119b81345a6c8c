"""People who place, approve, send and report at once make one of each, on both databases."""

from functools import partial

import pytest

from tests.actions.placement_race import ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "placement_race")


def check(told, database):
    assert told == {
        "database": database,
        "placements": ["paid"] * ROUNDS,
        "files": ROUNDS,
        "reports": [[600_00]] * ROUNDS,
        "live": 0,
        "held": 0,
        "unexpected": [],
        "broken": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
