"""Fetchers at the same moment take every mail in once, on both databases."""

from functools import partial

import pytest

from tests.actions.intake_race import MAILS
from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "intake_race")


def expected(database):
    # contacts at one moment by one channel and person are one contact
    return {
        "database": database, "messages": MAILS, "conversations": 1, "signals": MAILS,
        "attempts": 1, "files": MAILS, "events": MAILS, "taken": 1, "unexpected": [],
    }  # fmt: skip


def test_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
