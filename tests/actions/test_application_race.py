"""Managers who decide one application at once decide it once, on both databases."""

from functools import partial

import pytest

from tests.actions.application_race import ROUNDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "application_race")


def check(told, database):
    assert told == {
        "database": database,
        "decided": ROUNDS,
        "customers": ROUNDS,
        "limits": ROUNDS,
        "mails": ROUNDS,
        "unexpected": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
