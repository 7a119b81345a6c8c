"""Telling programs of events: signed, in order, once each, again after failures."""

import json
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from dunwell.actions.gate import Refused, system
from dunwell.actions.webhook_deliveries import (
    ATTEMPTS,
    LEASE,
    claim_deliveries,
    mark_told,
    plan_deliveries,
)
from dunwell.actions.webhooks import (
    add_webhook,
    change_webhook_secret,
    drop_old_secret,
    edit_webhook,
    end_webhook,
    replay_events,
    retry_delivery,
    send_test_event,
)
from dunwell.formats.webhook_letters import SignatureError, check_signature
from dunwell.models import Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.webhooks import webhook_rows, webhook_secrets
from tests.conftest import AT
from tests.connectors.webhook_receiver import webhook_receiver
from tests.jobs.webhook_world import note, tell

pytestmark = pytest.mark.both


@pytest.fixture
def receiver(settings):
    with webhook_receiver(200) as one:
        settings.WEBHOOK_HOSTS = [one.host]
        yield one


@pytest.fixture
def endpoint(company, customer, receiver):
    note(customer, "before there was a webhook")
    return add_webhook(actor=system(company), name="ERP", address=receiver.address, at=AT)


def told(receiver):
    return [json.loads(body)["type"] for _, _, body in receiver.heard]


def test_events_from_now_on_are_told_once_each_in_their_order_and_signed(
    company, customer, endpoint, receiver
):
    note(customer, "first")
    note(customer, "second")

    assert tell(company) == Counter(told=3)
    assert tell(company) == Counter()
    assert told(receiver) == ["webhook.added", "note.recorded", "note.recorded"]
    seqs = [json.loads(body)["data"]["seq"] for _, _, body in receiver.heard]
    assert seqs == sorted(seqs)
    for _, headers, body in receiver.heard:
        seq = json.loads(body)["data"]["seq"]
        assert check_signature(headers, body, webhook_secrets(endpoint), now=AT) == (
            f"evt_{company.pk}_{seq}"
        )


def test_only_the_wanted_verbs_are_told(company, customer, receiver):
    add_webhook(
        actor=system(company), name="Notes", address=receiver.address, verbs=["note.*"], at=AT
    )
    note(customer, "hello")

    assert tell(company) == Counter(told=1)
    assert told(receiver) == ["note.recorded"]


def test_a_program_that_is_down_is_left_in_peace_and_told_everything_later(
    company, customer, endpoint, receiver
):
    receiver.statuses = [503]
    note(customer, "one")
    for minute in (0, 2, 20):
        assert tell(company, AT + timedelta(minutes=minute)) == Counter(failed=1)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.error) == (3, "answered with status 503")
    assert endpoint.rest_until == AT + timedelta(minutes=25)
    assert tell(company, AT + timedelta(minutes=24)) == Counter()

    receiver.statuses = [200]
    assert tell(company, AT + timedelta(days=1)) == Counter(told=2)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.rest_until, endpoint.error) == (0, None, "")
    assert {one.attempts for one in WebhookDelivery.objects.all()} == {4, 1}


def test_it_is_given_up_after_the_last_attempt_and_can_be_tried_again(company, endpoint, receiver):
    receiver.statuses = [500]
    at = AT
    for _ in range(ATTEMPTS):
        tell(company, at)
        at += timedelta(days=2)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.code) == ("dead", ATTEMPTS, 500)
    assert [(row.waiting, row.dead) for row in webhook_rows(company)] == [(0, 1)]

    receiver.statuses = [200]
    retry_delivery(actor=system(company), delivery=delivery, at=at)
    assert tell(company, at) == Counter(told=2)  # webhook.retried is an event as well


def test_gone_means_never_again(company, endpoint, receiver):
    receiver.statuses = [410]

    assert tell(company) == Counter(dead=1)


def test_a_worker_that_died_is_followed_by_another_under_the_same_id(company, endpoint, receiver):
    actor = system(company)
    plan_deliveries(actor=actor, endpoint=endpoint, at=AT)
    (dead,) = claim_deliveries(actor=actor, endpoint=endpoint, limit=9, at=AT)

    assert claim_deliveries(actor=actor, endpoint=endpoint, limit=9, at=AT + LEASE / 2) == []
    assert tell(company, AT + LEASE) == Counter(told=1)
    # what the dead one says now no longer counts
    mark_told(actor=actor, delivery=dead, code=299, at=AT + LEASE)
    assert WebhookDelivery.objects.get().code == 200


def test_both_secrets_sign_while_one_is_changed(company, endpoint, receiver):
    actor = system(company)
    (before,) = webhook_secrets(endpoint)
    endpoint = change_webhook_secret(actor=actor, endpoint=endpoint, at=AT)
    now, old = webhook_secrets(endpoint)
    assert (old, now == before) == (before, False)
    with pytest.raises(Refused, match="still signs"):
        change_webhook_secret(actor=actor, endpoint=endpoint, at=AT)
    tell(company)
    for secret in (now, old):
        _, headers, body = receiver.heard[-1]
        assert check_signature(headers, body, [secret], now=AT)

    drop_old_secret(actor=actor, endpoint=endpoint, at=AT)
    drop_old_secret(actor=actor, endpoint=endpoint, at=AT)
    tell(company)
    _, headers, body = receiver.heard[-1]
    with pytest.raises(SignatureError):
        check_signature(headers, body, [old], now=AT)


def test_a_span_is_told_again_under_its_ids_even_from_before_the_webhook(
    company, customer, endpoint, receiver
):
    tell(company)
    number = replay_events(
        actor=system(company), endpoint=endpoint, from_seq=1, until_seq=endpoint.told_seq, at=AT
    )

    assert number == endpoint.told_seq
    tell(company)
    ids = [headers["webhook-id"] for _, headers, _ in receiver.heard]
    assert f"evt_{company.pk}_1" in ids
    with pytest.raises(Refused, match="has not been told of yet"):
        replay_events(actor=system(company), endpoint=endpoint, from_seq=1, until_seq=9_999, at=AT)


def test_what_an_endpoint_no_longer_wants_is_not_told_again(company, customer, endpoint, receiver):
    note(customer, "told once")
    tell(company)
    before = len(receiver.heard)
    only = edit_webhook(
        actor=system(company), endpoint=endpoint, name="ERP", address=receiver.address,
        verbs=["webhook.*"], at=AT,
    )  # fmt: skip

    replay_events(actor=system(company), endpoint=only, from_seq=1, until_seq=only.told_seq, at=AT)
    tell(company)

    assert receiver.heard[before:]
    assert {kind.partition(".")[0] for kind in told(receiver)[before:]} == {"webhook"}


def test_while_it_is_off_nothing_is_told_and_later_all_that_was_missed(
    company, customer, endpoint, receiver
):
    told_of = {"name": "ERP", "address": receiver.address}
    edit_webhook(actor=system(company), endpoint=endpoint, is_active=False, at=AT, **told_of)
    note(customer, "meanwhile")
    assert tell(company) == Counter()

    edit_webhook(actor=system(company), endpoint=endpoint, is_active=True, at=AT, **told_of)
    assert tell(company) == Counter(told=4)
    assert "note.recorded" in told(receiver)


def test_a_test_event_is_told_whatever_the_webhook_wants(company, receiver):
    endpoint = add_webhook(
        actor=system(company), name="None", address=receiver.address, verbs=["nothing.at_all"], at=AT
    )  # fmt: skip
    send_test_event(actor=system(company), endpoint=endpoint, at=AT)

    assert tell(company) == Counter(told=1)
    assert told(receiver) == ["webhook.tested"]


def test_an_ended_webhook_gives_up_what_waits(company, endpoint, receiver):
    plan_deliveries(actor=system(company), endpoint=endpoint, at=AT)
    end_webhook(actor=system(company), endpoint=endpoint, at=AT)
    end_webhook(actor=system(company), endpoint=endpoint, at=AT)

    assert tell(company) == Counter()
    assert WebhookDelivery.objects.get().status == "dead"
    assert Event.objects.filter(verb="webhook.ended").count() == 1
    with pytest.raises(Refused, match="was ended"):
        send_test_event(actor=system(company), endpoint=endpoint, at=AT)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, "Give the webhook a name."),
        ({"name": "ERP"}, "There is a webhook named ERP already."),
        ({"address": "ftp://x.example/"}, "Give an https address"),
        ({"address": "https://[x"}, "Give an https address"),
        ({"address": "https://u:p@x.example/"}, "Leave user and password out"),
        ({"verbs": ["Promise!"]}, "is no verb"),
        ({"verbs": [f"a.{chr(97 + n % 26)}{'b' * (n // 26)}" for n in range(60)]}, "at most 50"),
    ],
)
def test_what_cannot_be_told_is_refused(company, endpoint, changes, refusal):
    asked = {"name": "Two", "address": "https://x.example/", "verbs": [], **changes}

    with pytest.raises(Refused, match=refusal):
        add_webhook(actor=system(company), at=AT, **asked)
    assert WebhookEndpoint.objects.count() == 1


def test_an_address_inside_the_house_is_given_up_at_once_with_the_reason(company, settings):
    settings.WEBHOOK_HOSTS = []
    add_webhook(actor=system(company), name="In", address="https://127.0.0.1/x", at=AT)

    assert tell(company) == Counter(dead=1)
    assert "not a public address" in WebhookDelivery.objects.get().error


def test_the_deliver_command_tells_them_too(company, endpoint, receiver, capsys):
    with time_machine.travel(AT, tick=False):
        call_command("deliver")

    assert "events told 1" in capsys.readouterr().out


def test_the_number_of_statements_does_not_grow_with_what_waits(
    company, customer, endpoint, django_assert_num_queries
):
    for number in range(30):
        note(customer, f"note {number}")

    with django_assert_num_queries(6):
        plan_deliveries(actor=system(company), endpoint=endpoint, at=AT)
