"""A told debit keeps reminders away from its items, for as long as the bank takes, no longer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dunwell.actions.debit_notices import told_debits
from dunwell.engine.calendars import day_date
from dunwell.models import Debit, Message
from dunwell.queries import debit_notices
from dunwell.queries.debit_notices import (
    NOTICE,
    debit_holds_frame,
    hidden_account,
    notice_text,
    shipped_notices,
    told_in_time,
)
from dunwell.queries.reminders import native
from tests.actions.debit_rows import COLLECT, account_of, approved, mandate_of, prepared, tell
from tests.actions.test_reminders import desk, owing, tonight
from tests.conftest import TODAY

__all__ = ["desk"]


@pytest.fixture
def announced(desk, clerk, manager):
    """An overdue invoice whose debit its customer was told of."""
    customer = owing(desk, "K1")
    mandate_of(customer, contact=False)
    run = approved(manager, prepared(clerk, account_of(desk)))
    return run.debits.get()


def held(company):
    rows = native(debit_holds_frame(company)).select("from_day", "until_day").rows()
    return [tuple(map(day_date, row)) for row in rows]


def test_an_item_is_held_from_the_run_until_ten_days_after_the_collection(desk, announced):
    assert held(desk) == [(TODAY, COLLECT + timedelta(days=10))]


def test_a_retry_holds_it_until_its_day_and_nothing_does_once_it_is_paid(desk, announced):
    retry_on = date(2026, 3, 31)
    found = Debit.objects.filter(pk=announced.pk)
    found.update(status="returned", retry_on=retry_on)
    assert held(desk) == [(TODAY, retry_on)]
    found.update(retry_on=None)
    assert held(desk) == []
    found.update(status="paid")
    assert held(desk) == []


def test_no_reminder_is_written_while_the_debit_runs(desk, announced):
    assert tonight(desk) == 0
    # the announcement is no contact that a later reminder waits for
    assert list(Message.objects.values_list("channel", flat=True)) == ["notice"]
    Debit.objects.update(status="cancelled")
    assert tonight(desk) == 1
    assert tell(desk)["sent"] == 1


def test_a_notice_may_lead_to_the_portal(desk, announced, monkeypatch, settings):
    written = shipped_notices("en")
    plain = written[NOTICE]
    leading = {**written, NOTICE: replace(plain, body="See it at {pay_link}\n" + plain.body)}
    monkeypatch.setattr(debit_notices, "shipped_notices", lambda language: leading)
    (debit,) = told_debits(announced.run)
    settings.SITE = "https://desk.example"
    text = notice_text(debit, None, retry_days=[5], as_of=TODAY)
    assert text.body.splitlines()[0] == "See it at https://desk.example/portal/enter/"


def test_the_middle_of_an_account_is_hidden_and_days_are_counted_from_the_notice():
    assert hidden_account("DE02120300000000202051") == "DE** **** 2051"
    assert told_in_time(as_of=TODAY, collect_on=TODAY + timedelta(days=14), notice_days=14)
    assert not told_in_time(as_of=TODAY, collect_on=TODAY + timedelta(days=13), notice_days=14)
