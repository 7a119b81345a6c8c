"""Reading what came in: once per version, with numbers of the customer's items, safely twice."""

import hashlib
from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.intent_models import promote_intent_model, record_intent_model
from dunwell.actions.readings import MOST_AT_ONCE, ReadMessage, record_readings
from dunwell.engine.intents import Reading
from dunwell.jobs import reading
from dunwell.jobs.reading import read_new
from dunwell.ml.intents.shipped import shipped_reader, shipped_version
from dunwell.models import (
    Conversation,
    Event,
    InboundDecision,
    InboundMessage,
    InboundReading,
)
from dunwell.queries.inbound_texts import unread_texts
from dunwell.queries.intent_models import accepted_messages
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import invoice
from tests.api.reader_books import trained
from tests.conftest import AT

LABEL = Reading(label="promise", confidence_ppm=1, is_sure=False, labels=("promise",))


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def came(company, text, customer=None, **changes):
    """A message of a person, in a conversation of its own."""
    number = InboundMessage.objects.count()
    conversation = Conversation.objects.create(company=company, subject="R", opened_at=AT)
    values = {
        "kind": "person", "sender": "ap@globex.example", "language": "en", "size_bytes": 1,
        "received_at": AT, "recorded_at": AT, "text": text, "customer": customer,
        "sha256": hashlib.sha256(f"{company.pk} {number}".encode()).hexdigest(),
        **changes,
    }  # fmt: skip
    return InboundMessage.objects.create(company=company, conversation=conversation, **values)


def test_a_message_is_read_once_with_what_can_be_picked_out(company, customer):
    invoice(customer, "INV-20418", 100_00)
    said = came(company, "We will pay invoice 20418 next Friday, 100.00 in full.", customer)

    assert (read_new(company.pk), read_new(company.pk)) == (1, 0)

    kept = InboundReading.objects.get(inbound=said)
    assert (kept.version, kept.label, kept.is_sure) == (shipped_version(), "promise", True)
    found = {(one["kind"], one["value"], one["role"]) for one in kept.extracts}
    assert {("item", "INV-20418", "known"), ("amount", "10000 EUR", "")} <= found
    (day,) = [one for one in kept.extracts if one["kind"] == "date"]
    assert (day["quote"], day["role"]) == ("next Friday", "pay_by")
    assert all(said.text[one["start"] : one["end"]] == one["quote"] for one in kept.extracts)
    assert last_event(company) == (
        "inbox.read",
        "system",
        None,
        {"version": shipped_version(), "messages": 1, "sure": 1},
    )


def test_only_what_people_wrote_is_read_and_a_bare_subject_counts(company):
    came(company, "Delivery failed", kind="bounce")
    came(company, "Out of office until Monday", kind="automatic")
    bare = came(company, "", subject="Please send a copy of the invoice")

    assert read_new(company.pk) == 1
    kept = InboundReading.objects.get()
    assert (kept.inbound_id, kept.label, kept.extracts) == (bare.pk, "copy_request", [])


def test_a_new_version_reads_what_was_read_before(company, manager):
    came(company, "We will pay on Friday.")
    read_new(company.pk)
    model = record_intent_model(actor=system(company), trained=trained(0), at=AT)
    promote_intent_model(actor=acting(manager), model=model, at=AT)

    assert read_new(company.pk) == 1
    assert set(InboundReading.objects.values_list("version", flat=True)) == {
        shipped_version(),
        model.version,
    }


def test_messages_are_read_in_chunks_with_the_same_queries_for_one_and_for_three(
    company, customer, monkeypatch, django_assert_num_queries
):
    invoice(customer, "R1", 100_00)
    came(company, "one", customer)
    with django_assert_num_queries(2):
        unread_texts(company, version="x")
    came(company, "two", customer)
    came(company, "three", customer)
    with django_assert_num_queries(2):
        found = unread_texts(company, version="x")
    assert [one.around.items for one in found] == [("R1",)] * 3

    monkeypatch.setattr(reading, "CHUNK", 2)
    assert read_new(company.pk) == 3
    assert Event.objects.filter(company=company, verb="inbox.read").count() == 2


def test_nothing_of_another_company_is_read_or_written(company, rival):
    theirs = came(acting(rival).company, "We will pay on Friday.")

    assert read_new(company.pk) == 0
    with pytest.raises(Refused, match="another company"):
        record_readings(
            actor=system(company), version="v", at=AT,
            read=[ReadMessage(inbound_id=theirs.pk, reading=LABEL)],
        )  # fmt: skip
    assert not InboundReading.objects.exists()


def test_readings_are_refused_without_the_right_with_an_unknown_label_and_too_many(
    company, collector
):
    said = came(company, "hm")
    one = ReadMessage(inbound_id=said.pk, reading=LABEL)
    odd = Reading(label="odd", confidence_ppm=1, is_sure=False, labels=("odd",))

    with pytest.raises(Forbidden):
        record_readings(actor=acting(collector), version="v", read=[one], at=AT)
    with pytest.raises(Refused, match="There is no label odd"):
        record_readings(
            actor=system(company), version="v", at=AT,
            read=[ReadMessage(inbound_id=said.pk, reading=odd)],
        )  # fmt: skip
    with pytest.raises(Refused, match="at most 500"):
        record_readings(actor=system(company), version="v", read=[one] * (MOST_AT_ONCE + 1), at=AT)


def test_a_message_given_twice_is_kept_once(company):
    said = came(company, "hm")
    one = ReadMessage(inbound_id=said.pk, reading=LABEL)
    arguments = {"actor": system(company), "version": "v", "at": AT + timedelta(hours=1)}

    assert record_readings(read=[one, one], **arguments) == 1
    assert record_readings(read=[one], **arguments) == 0
    assert record_readings(read=[], **arguments) == 0


def test_what_may_be_done_is_suggested_and_a_wish_to_be_left_alone_is_kept_at_once(
    company, customer
):
    invoice(customer, "INV-20418", 100_00)
    said = came(company, "Please stop contacting me, no further e-mails.", customer)
    word = came(company, "We will pay invoice 20418 next Friday.", customer)
    away = came(company, "I am out of the office until 7 December, automatic reply.", customer)

    assert read_new(company.pk) == 3

    acts = {
        one.inbound_id: [suggestion["action"] for suggestion in one.suggestions]
        for one in InboundReading.objects.all()
    }
    assert acts[said.pk][0] == "cease"
    assert acts[word.pk][0] == "promise"
    assert acts[away.pk] == ["set_aside"]
    assert {one.inbound_id for one in InboundDecision.objects.all()} == {said.pk, away.pk}
    assert InboundMessage.objects.get(pk=away.pk).status == "set_aside"
    assert accepted_messages(company) == ()

    count = InboundDecision.objects.count()
    assert read_new(company.pk) == 0
    assert InboundDecision.objects.count() == count


def test_an_old_message_read_anew_by_another_version_is_not_acted_on_again(
    company, customer, manager, monkeypatch
):
    said = came(company, "Please stop contacting me, no further e-mails.", customer)
    read_new(company.pk)
    count = InboundDecision.objects.count()
    monkeypatch.setattr(reading, "serving_reader", lambda _: ("other", shipped_reader()))

    assert read_new(company.pk) == 1
    assert InboundDecision.objects.count() == count
    assert InboundReading.objects.filter(inbound=said).count() == 2
