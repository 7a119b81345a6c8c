"""The demo that was made shows every state, adds up, and a second call doubles nothing."""

from datetime import timedelta

import pytest
import time_machine

from dunwell.engine.behaviour import HABIT_LABELS
from dunwell.jobs.demo import make_demo
from dunwell.models import Message, User
from tests.actions.ledger_rows import breaks
from tests.crash import digest
from tests.jobs.demo_desk import AT

SIZE = {"customers": 150, "items": 3_000}


@pytest.fixture(scope="module")
def _made(standing):
    """The demo, made on a Thursday."""
    with time_machine.travel(AT, tick=False):
        return make_demo(tell=lambda text: None, **SIZE)


@pytest.fixture
def made(_made, db):
    with time_machine.travel(AT, tick=False):
        yield _made


def test_the_books_of_the_demo_prove_themselves(made):
    assert breaks(made.company) == {}


def test_it_shows_every_state_a_desk_can_be_in(made):
    desk = made.summary
    assert (desk.customers, desk.items) == (150, 3_000)
    assert [row.currency for row in desk.currencies] == ["EUR", "GBP", "USD"]
    assert all(row.open_minor > row.overdue_minor > 0 and row.dso_days for row in desk.currencies)
    assert set(desk.habits) == set(HABIT_LABELS)
    assert {"kept", "broken", "open"} <= desk.promises.keys()
    assert {"ready"} <= desk.messages.keys()
    assert {"call", "letter", "contact_missing"} <= desk.tasks.keys()
    assert {
        "contacted_recently",
        "all_disputed",
        "promise_open",
        "legal_hold",
    } <= desk.blocked.keys()
    assert (len(desk.first), desk.disputes_open > 0) == (5, True)
    levels = set(Message.objects.filter(status="sent").values_list("level", flat=True))
    assert levels == {0, 1, 2, 3, 4, 5}


def test_nobody_in_the_demo_has_a_password(made):
    people = User.objects.filter(memberships__company=made.company).distinct()
    assert sorted(people.values_list("username", flat=True)) == ["anna", "ben", "carla", "lead"]
    assert [user for user in people if user.has_usable_password()] == []


def test_a_second_call_changes_nothing_and_the_next_day_runs_one_day(made):
    before = digest()
    again = make_demo(tell=lambda text: None, **SIZE)
    assert (digest(), again.is_new) == (before, False)
    told = []
    with time_machine.travel(AT + timedelta(days=1), tick=False):
        make_demo(tell=told.append, **SIZE)
    assert {line.split()[0] for line in told} == {"2026-03-06"}
