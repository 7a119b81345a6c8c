"""Records written at once are those that Django would have written, on both databases."""

import gc
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat

from dunwell.actions.new_records import add_records
from dunwell.apps import CYCLES_AFTER
from dunwell.models import Customer, Event, Role
from dunwell.models.sealed import mark_of
from tests.conftest import AT

ODD = ["", 'a,"b"\'\n;c', "\\N", "NULL", "{1,2}", "Łódź €", "%s", "50 % off"]
MOMENTS = [AT, AT.astimezone(timezone(timedelta(hours=2))), datetime(2026, 3, 5, 9, tzinfo=UTC)]


def events(company, *, first, count=1):
    return [
        Event(
            company=company,
            seq=first + n,
            at=MOMENTS[n % len(MOMENTS)] + timedelta(microseconds=n % 2),
            actor=ODD[n % len(ODD)],
            verb="told",
            subject=Role.ADMIN if n % 2 else "plain",
            subject_id=n,
            customer_id=None if n % 3 else 7,
            data={"text": ODD[n % len(ODD)], "list": [1, None, True, 1.5, {"ä": []}]},
            previous_hash="0" * 64,
            hash=str(n),
        )
        for n in range(count)
    ]


def told(rows):
    names = [one.attname for one in rows.model._meta.concrete_fields if not one.primary_key]
    return list(rows.order_by("pk").values_list(*names))


def test_records_are_those_that_django_would_have_written(company):
    Event.objects.bulk_create(events(company, first=1_000, count=50))
    theirs = told(Event.objects.filter(seq__gte=1_000))
    made = events(company, first=50_000, count=50)
    assert add_records(Event, made) == made
    ours = told(Event.objects.filter(seq__gte=50_000))
    assert [(row[0], *row[2:]) for row in ours] == [(row[0], *row[2:]) for row in theirs]


def test_each_record_gets_its_own_key_however_many_there_are(company):
    made = add_records(Event, events(company, first=1_000, count=250), most=60)
    stored = dict(Event.objects.filter(seq__gte=1_000).values_list("seq", "pk"))
    assert {one.seq: one.pk for one in made} == stored
    assert not made[0]._state.adding and made[0] == Event.objects.get(seq=1_000)
    assert add_records(Event, []) == []


def test_what_is_sealed_is_sealed_and_has_its_mark(company):
    made = Customer(company=company, number="S1", name="Sealed", vat_id="DE123", recorded_at=AT)
    add_records(Customer, [made])
    kept = Customer.objects.get(pk=made.pk)
    assert (kept.vat_id, kept.vat_id_mark) == ("DE123", mark_of(Customer, "vat_id", "DE123"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT vat_id FROM dunwell_customer WHERE id = %s", [made.pk])
        assert "DE123" not in cursor.fetchone()[0]


def test_a_wrong_record_writes_nothing_of_its_transaction(company):
    made = events(company, first=1_000, count=3)
    made[2].seq = 1_000
    with pytest.raises(IntegrityError), transaction.atomic():
        add_records(Event, made)
    assert not Event.objects.filter(seq__gte=1_000).exists()


def test_what_the_database_is_to_work_out_is_refused(company):
    made = events(company, first=1_000)
    made[0].actor = Concat(Value("a"), Value("b"))
    with pytest.raises(TypeError, match="use bulk_create"):
        add_records(Event, made)


def test_python_looks_seldom_for_cycles_of_objects():
    assert gc.get_threshold() == CYCLES_AFTER
