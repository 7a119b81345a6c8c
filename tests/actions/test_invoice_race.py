"""Two issuers at once get one number a draft, and no gap between the drafts, on both databases."""

from functools import partial

import pytest

from tests.actions.invoice_race import DRAFTS
from tests.actions.races import postgresql, raced
from tests.conftest import TODAY

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "invoice_race")


def check(told, database):
    assert told == {
        "database": database,
        "numbers": [f"INV-{TODAY.year}-{n:05}" for n in range(1, DRAFTS + 1)],
        "items": DRAFTS,
        "unexpected": [],
        "broken": {},
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    check(race(tmp_path, DUNWELL_DATABASE_URL=""), "sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        check(race(tmp_path, DUNWELL_DATABASE_URL=address), "postgresql")
