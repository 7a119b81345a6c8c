"""What is said of light events is so: they write what they are said to, and sums stand or fall by it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.snoozes import snooze_customer
from dunwell.models import Company, Item, Note
from dunwell.queries import kept_sums, light_events
from dunwell.queries.kept_sums import kept
from dunwell.queries.light_events import EVERY_EVENT, LIGHT, REQUESTS
from tests.conftest import AT, TODAY, add_customer
from tests.light_writes import watched


@pytest.fixture
def worked(monkeypatch):
    """As a page asks: outside any transaction; the sums that were worked out, in order."""
    monkeypatch.setattr(kept_sums, "_kept", type(kept_sums._kept)())
    monkeypatch.setattr(kept_sums, "_may_be_taken_back", lambda: False)
    return []


def own_company():
    """A company that the watch of all tests does not look at."""
    return Company.objects.create(
        name="Own", zone="UTC", country="DE", currency="EUR", created_at=AT
    )


def asked(worked, company, model, *, within=None):
    """The number of rows of a model, kept; with a sum within it where one is named."""

    def work():
        worked.append(model.__name__)
        if within is not None:
            asked(worked, company, within)
        return model.objects.count()

    return kept(company, (model, within), work, is_worth=lambda _: True)


def noted(company, customer, **changes):
    told = {"kind": "note", "text": "Asked again.", "as_of": TODAY, "at": AT}
    return record_note(actor=system(company), customer=customer, **(told | changes))


def test_a_note_leaves_standing_what_reads_no_notes(worked, company, customer):
    assert asked(worked, company, Item) == asked(worked, company, Item)
    noted(company, customer)
    noted(company, customer, kind="call", result="no_answer")
    asked(worked, company, Item)
    assert worked == ["Item"]


def test_it_takes_back_what_reads_notes_be_it_within_another_sum(worked, company, customer):
    assert asked(worked, company, Note) == 0
    asked(worked, company, Item, within=Note)
    worked.clear()
    noted(company, customer)
    assert asked(worked, company, Note) == 1
    asked(worked, company, Item, within=Note)
    assert worked == ["Note", "Item"]
    # what was told again within counts like what was read
    noted(company, customer)
    asked(worked, company, Item, within=Note)
    assert worked == ["Note", "Item", "Item", "Note"]


def test_any_other_event_takes_everything_back_before_a_note_or_after(worked, company, customer):
    for days, acts in enumerate((("snooze", "note"), ("note", "snooze")), 1):
        asked(worked, company, Item)
        worked.clear()
        for act in acts:
            if act == "note":
                noted(company, customer)
            else:
                snooze_customer(
                    actor=system(company), customer=customer, until_on=TODAY + timedelta(days=days), as_of=TODAY,
                    at=AT, reason="",
                )  # fmt: skip
        asked(worked, company, Item)
        assert worked == ["Item"]


def test_what_reads_events_never_stands(worked, company, customer):
    assert "dunwell_event" in EVERY_EVENT
    kept(company, "log", lambda: worked.append(company.events.count()), is_worth=lambda _: True)
    noted(company, customer)
    kept(company, "log", lambda: worked.append(company.events.count()), is_worth=lambda _: True)
    assert len(worked) == 2


def test_after_many_events_it_is_worked_out_anew(worked, company, customer, monkeypatch):
    monkeypatch.setattr(light_events, "MOST_LOOKED_AT", 2)
    for notes, times in ((2, 0), (3, 1)):
        asked(worked, company, Item)
        worked.clear()
        for _ in range(notes):
            noted(company, customer)
        asked(worked, company, Item)
        assert len(worked) == times


def test_no_trigger_writes_for_the_tables_of_light_events(company):
    if connection.vendor != "sqlite":
        pytest.skip("triggers are the same on both; their text is read on SQLite")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    tables = EVERY_EVENT.union(REQUESTS, *LIGHT.values())
    ours = [sql for table, sql in triggers if table in tables]
    assert ours, "events are kept by triggers"
    assert not [
        sql
        for sql in ours
        if any(
            f"{word} " in sql.upper().partition("BEGIN")[2]
            for word in ("INSERT INTO", "DELETE FROM")
        )
    ]


@pytest.mark.django_db
def test_the_watch_over_all_tests_sees_what_is_not_said(monkeypatch):
    company = own_company()
    customer = add_customer(company, "K1")
    monkeypatch.setattr("tests.light_writes.LIGHT", {"note.recorded": frozenset()})
    with pytest.raises(AssertionError, match="dunwell_note"), watched() as watch:
        noted(company, customer)
    assert watch.judged == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_meanwhile_waits_for_the_one_who_works_it_out(monkeypatch):
    monkeypatch.setattr(kept_sums, "_kept", type(kept_sums._kept)())
    company = own_company()
    is_asked, go, worked, told = threading.Event(), threading.Event(), [], []

    def work():
        worked.append(1)
        is_asked.set()
        assert go.wait(20)
        return 7

    def ask():
        try:
            told.append(kept(company, "sum", work, is_worth=lambda _: True))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads[0].start()
    assert is_asked.wait(20)
    for one in threads[1:]:
        one.start()
    go.set()
    for one in threads:
        one.join(20)
    assert (told, worked) == ([7, 7, 7], [1])
