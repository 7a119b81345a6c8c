"""Answered by two at once, each thing of teamwork and of the assistant is answered once."""

from functools import partial

import pytest

from tests.actions.races import postgresql, raced

pytestmark = pytest.mark.dealt(one_in=12, of="races")

race = partial(raced, "teamwork_race")


def expected(database):
    return {
        "database": database,
        "events": {
            "hand_off.taken": 2,
            "escalation.acknowledged": 2,
            "meeting.held": 2,
            "meeting_decision.taken": 2,
            "meeting_decision.done": 2,
            "promise.recorded": 2,
            "assistant.answered": 4,
        },
        "tasks": 2,
        "promises": 2,
        "turns": 4,
        "unexpected": [],
    }


@pytest.mark.release
def test_on_a_sqlite_file(tmp_path):
    assert race(tmp_path, DUNWELL_DATABASE_URL="") == expected("sqlite")


def test_on_postgresql(tmp_path):
    with postgresql() as address:
        assert race(tmp_path, DUNWELL_DATABASE_URL=address) == expected("postgresql")
