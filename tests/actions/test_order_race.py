"""Orders that come at the same time never pass a limit together (TRUST T11), on both databases."""

import pytest

from tests.actions.order_race import KINDS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

FITS = {"one_fits": 1, "five_fit": 6, "group": 1, "parent": 1}
"""Orders that fit in a round; of five_fit with the one that had used 95 % of the limit before."""
MANY = 1_000


def race(folder, rounds, **environment):
    return raced("order_race", folder, str(rounds), **environment)


def check(told, database, rounds):
    each = rounds // len(KINDS)
    assert told == {
        "database": database,
        "over": 0,
        "accepted": {kind: FITS[kind] * each for kind in KINDS},
        "rounds": rounds,
        "unexpected": [],
    }


def on_postgresql(folder, rounds):
    with postgresql() as address:
        check(race(folder, rounds, DUNWELL_DATABASE_URL=address), "postgresql", rounds)


def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, len(KINDS), DUNWELL_DATABASE_URL=""), "sqlite", len(KINDS))


def test_on_postgresql(tmp_path):
    on_postgresql(tmp_path, len(KINDS))


@pytest.mark.release
def test_a_thousand_times_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, MANY, DUNWELL_DATABASE_URL=""), "sqlite", MANY)


@pytest.mark.release
def test_a_thousand_times_on_postgresql(tmp_path):
    on_postgresql(tmp_path, MANY)
