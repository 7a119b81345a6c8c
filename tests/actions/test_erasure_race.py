"""Erased by two at once while others write and hold, a person is gone once, on both databases."""

from functools import partial

from tests.actions.races import postgresql, raced

race = partial(raced, "erasure_race")


def expected(database):
    return {
        "database": database,
        "erasures": 8,
        "events": {"person.erased": 8, "person.retention_ended": 8},
        "left": 0,
        "unexpected": [],
    }


def test_i33_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_i33_on_postgresql(tmp_path):
    with postgresql() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
