"""The day's cycle: the same state however often, late or broken off it is run."""

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import Refused
from dunwell.jobs import cycle
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.cycle_steps import STEPS
from dunwell.models import (
    Event,
    Run,
    WorklistEntry,
)
from tests.jobs.demo_desk import AT, DAY, demo_company
from tests.table_digest import digest

START = DAY - timedelta(days=4)


@pytest.fixture(scope="module")
def _made(standing):
    with time_machine.travel(AT, tick=False):
        return demo_company()


@pytest.fixture
def company(_made, db):
    with time_machine.travel(AT, tick=False):
        yield _made


def after(company, *days):
    """The digest of every table after running the cycle on the given days, taken back again."""
    with transaction.atomic():
        for day in days:
            run_cycle(company.pk, day)
        found = digest()
        transaction.set_rollback(True)
    return found


def days(*numbers):
    return [START + timedelta(days=number) for number in numbers]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL looks by itself")
def test_a_large_books_tables_are_looked_at_once_a_day(company, monkeypatch):
    monkeypatch.setattr(cycle, "LARGE", 1)
    with CaptureQueriesContext(connection) as asked:
        run_cycle(company.pk, *days(1))
        run_cycle(company.pk, *days(1))

    assert [one["sql"] for one in asked if "ANALYZE" in one["sql"]] == ["ANALYZE"]


@pytest.mark.dealt(one_in=8, of="days and months")
def test_twice_late_and_after_missed_days_it_ends_as_if_run_daily(company):
    # all of them begin with the first day
    run_cycle(company.pk, *days(1))
    daily = after(company, *days(2, 3, 4))
    # twice, late, after a missed day, and for a day that had passed by
    assert after(company, *days(1, 3, 2, 3, 4, 4)) == daily
    assert after(company, *days(4)) == daily


@pytest.mark.release
def test_ten_days_of_sixty_customers_end_the_same_in_every_rhythm(db):
    with time_machine.travel(AT, tick=False):
        company = demo_company(customers=60, items=1_500)
        first = DAY - timedelta(days=9)
        every = [first + timedelta(days=number) for number in range(10)]
        daily = after(company, *every)
        assert after(company, *(day for day in every for _ in range(2))) == daily
        assert after(company, first, DAY) == daily
        assert after(company, *every[::4], DAY) == daily


def test_a_step_that_fails_keeps_nothing_and_the_next_call_goes_on_there(company, monkeypatch):
    whole = after(company, DAY)
    from dunwell.jobs import cycle, cycle_steps

    def broken(day):
        cycle_steps._rank_customers(day)
        raise OSError("disk full")

    names = [name for name, _ in STEPS]
    steps = tuple((n, broken if n == "rank_customers" else step) for n, step in STEPS)
    monkeypatch.setattr(cycle, "STEPS", steps)
    with pytest.raises(OSError, match="disk full"):
        run_cycle(company.pk, DAY)
    done = list(Run.objects.order_by("id").values_list("step", flat=True))
    assert (done, WorklistEntry.objects.count()) == (names[: names.index("rank_customers")], 0)
    monkeypatch.undo()
    assert after(company, DAY) == whole


@pytest.mark.dealt(one_in=8, of="days and months")
def test_a_long_break_is_not_caught_up_but_said(company):
    run_cycle(company.pk, DAY - timedelta(days=40))
    done = run_cycle(company.pk, DAY)
    assert (done.days, done.left_out) == ((DAY,), 39)


NOT_YET = (
    "2026-03-07 has not come; for Dunwell Demo GmbH today is 2026-03-05. "
    "Give today, tomorrow or an earlier day."
)
PASSED = "The cycle has passed 2026-03-02 by and cannot go back; it has run up to 2026-03-03."


def test_a_day_that_cannot_be_run_is_refused_in_words(company):
    run_cycle(company.pk, DAY - timedelta(days=2))
    for day, text in (
        (DAY + timedelta(days=2), NOT_YET),
        (date(2020, 1, 1), "2020-01-01 lies before the first item, which was issued on "),
        (DAY - timedelta(days=3), PASSED),
    ):
        with pytest.raises(Refused) as caught:
            run_cycle(company.pk, day)
        assert str(caught.value).startswith(text)


def test_the_command_prints_the_steps_and_refuses_what_is_no_day(company):
    out = StringIO()
    call_command("cycle", as_of="2026-03-05", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[1] for line in lines[1 : 1 + len(STEPS)]] == [name for name, _ in STEPS]
    assert lines[0] == "Dunwell Demo GmbH"
    with pytest.raises(CommandError, match="--as-of 5.3.2026 is not a day"):
        call_command("cycle", as_of="5.3.2026")
    with pytest.raises(CommandError, match="There is no company named 'Nobody'"):
        call_command("cycle", company="Nobody")


def test_an_empty_company_runs_and_writes_nothing(db):
    from dunwell.actions.companies import add_company

    with time_machine.travel(AT, tick=False):
        empty = add_company(
            name="Empty", zone="UTC", country="DE", currency="EUR", language="en", at=AT
        )
        done = run_cycle(empty.pk, DAY)
    assert (done.changed, Event.objects.filter(company=empty).count()) == (0, 1)
