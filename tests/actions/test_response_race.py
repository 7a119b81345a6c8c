"""The same answers at once: kept once each, one case per invoice, one open promise."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "response_race")


def expected(database):
    return {
        "database": database,
        "responses": 9,
        "cases": 3,
        "promises": 3,
        "unexpected": [],
        "broken": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
