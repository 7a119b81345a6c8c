"""The demo shows every state, adds up, and a second call doubles nothing."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dunwell.actions.gate import Refused, system
from dunwell.engine.behaviour import HABIT_LABELS
from dunwell.jobs.demo import make_demo
from dunwell.models import Company, Message, SignInLink, Task, User
from tests.actions.ledger_rows import breaks
from tests.crash import digest
from tests.jobs.demo_desk import AT, DAY

SIZE = {"customers": 150, "items": 3_000}


@pytest.fixture
def made(db):
    """The demo, made on a Thursday."""
    with time_machine.travel(AT, tick=False):
        yield make_demo(tell=lambda text: None, **SIZE)


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


def test_on_a_day_off_the_last_business_day_is_run_too(db):
    sunday = AT + timedelta(days=3)
    with time_machine.travel(sunday, tick=False):
        demo = make_demo(tell=lambda text: None, customers=30, items=400)
    days = set(Message.objects.filter(status="ready").values_list("as_of", flat=True))
    assert (demo.summary.as_of, days) == (DAY + timedelta(days=3), {DAY + timedelta(days=1)})


def test_only_a_demo_company_has_an_invented_past(company):
    from dunwell.actions.demo import answer_demo_messages, renew_demo_feeds

    with pytest.raises(Refused, match="Only a demo company has invented bank data"):
        renew_demo_feeds(actor=system(company), as_of=DAY, at=AT)
    with pytest.raises(Refused, match="Only a demo company has an invented past"):
        answer_demo_messages(actor=system(company), as_of=DAY, at=AT)


def test_the_command_prints_a_summary_that_adds_up(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "new"
    out = StringIO()
    with time_machine.travel(AT, tick=False):
        call_command("demo", no_serve=True, customers=30, items=400, stdout=out)
    lines = out.getvalue().splitlines()
    assert "Dunwell Demo GmbH, 2026-03-05: 30 customers, 400 items" in lines
    assert [line for line in lines if line.startswith("  First on the worklist")]
    assert (lines[-1].startswith("Ready after "), (tmp_path / "new").is_dir()) == (True, True)
    assert SignInLink.objects.count() == 0
    assert Task.objects.exclude(company=Company.objects.get()).count() == 0


def test_sizes_that_cannot_show_every_habit_are_refused(db):
    with pytest.raises(CommandError, match="too few to show every habit"):
        call_command("demo", no_serve=True, customers=5, items=50)
