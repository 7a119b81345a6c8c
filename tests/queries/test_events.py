from datetime import timedelta

import pytest
from django.db import connection

from dunwell.actions.events import record_event
from dunwell.actions.gate import staff
from dunwell.models import ChainHead, Event
from dunwell.queries.events import ChainCheck, EventRow, chain_check, event_rows
from tests.conftest import AT, add_customer


@pytest.fixture
def chain(company, collector, customer):
    """Three events about two customers, with data that JSON must keep exactly."""
    other = add_customer(company, "K2")
    actor = staff(collector, company)
    data = {"text": "Grüße „x“", "amounts": {"R1": 1}, "list": [1, None, True]}
    record_event(actor, "note.recorded", customer, at=AT, customer_id=customer.pk, **data)
    record_event(actor, "promise.recorded", customer, at=AT, customer_id=customer.pk)
    later = AT + timedelta(microseconds=1)
    record_event(actor, "promise.kept", other, at=later, customer_id=other.pk)
    return actor


def tamper(sql, *parameters):
    """What only somebody with the database's own keys can do: change rows behind the triggers."""
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            where = " ON dunwell_event" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER dunwell_event_no_{verb}{where}")
        cursor.execute(sql, parameters)


def seqs(company, **asked):
    return [row.seq for row in event_rows(company, **asked).rows]


def test_a_row_shows_the_whole_event(company, customer, chain):
    event = Event.objects.get(seq=1)

    assert event_rows(company, verb="note.").rows == (
        EventRow(
            seq=1,
            at=AT,
            actor="anna",
            verb="note.recorded",
            subject="customer",
            subject_id=customer.pk,
            customer_id=customer.pk,
            data={"text": "Grüße „x“", "amounts": {"R1": 1}, "list": [1, None, True]},
            hash=event.hash,
        ),
    )


def test_events_are_filtered_and_paged_newest_first(company, customer, rival, chain):
    assert seqs(company) == [3, 2, 1]
    assert seqs(company, verb="promise.") == [3, 2]
    assert seqs(company, customer_id=customer.pk) == [2, 1]
    assert seqs(company, subject="customer", subject_id=customer.pk) == [2, 1]
    assert seqs(company, actor="system") == []
    page = event_rows(company, limit=2)
    assert seqs(company, limit=2, cursor=page.next) == [1]
    assert seqs(rival.memberships.all()[0].company) == []


def test_an_untouched_chain_is_whole(company, rival, chain):
    assert chain_check(company) == ChainCheck(events=3, is_whole=True, broken_at=None, finding="")
    assert chain_check(rival.memberships.all()[0].company) == ChainCheck(
        events=0, is_whole=True, broken_at=None, finding=""
    )


@pytest.mark.parametrize(
    ("sql", "parameters", "events", "broken_at", "finding"),
    [
        (
            "UPDATE dunwell_event SET actor = %s WHERE seq = 2",
            ["mona"],
            1,
            2,
            "Event 2 was changed after it was written.",
        ),
        ("DELETE FROM dunwell_event WHERE seq = 2", [], 1, 2, "Event 2 is missing."),
        ("DELETE FROM dunwell_event WHERE seq = 3", [], 2, 3, "Events after event 2 are missing."),
        ("DELETE FROM dunwell_event", [], 0, 1, "Events after event 0 are missing."),
        (
            "UPDATE dunwell_event SET previous_hash = %s WHERE seq = 3",
            ["0" * 64],
            2,
            3,
            "Event 3 does not follow event 2.",
        ),
    ],
)
def test_whatever_is_changed_is_found(company, chain, sql, parameters, events, broken_at, finding):
    tamper(sql, *parameters)

    assert chain_check(company) == ChainCheck(
        events=events, is_whole=False, broken_at=broken_at, finding=finding
    )


def test_a_lost_head_is_found(company, chain):
    ChainHead.objects.filter(company=company).delete()

    assert chain_check(company).finding == "The end of the chain is not recorded."


def test_one_event_and_three_take_the_same_queries(company, chain, django_assert_num_queries):
    with django_assert_num_queries(1):
        seqs(company, limit=1)
    with django_assert_num_queries(1):
        assert len(seqs(company)) == 3
