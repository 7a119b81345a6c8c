"""Delivery by channels: a carrier that is down rests, texts go out, composed messages too."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dunwell.actions.channel_health import RESTS
from dunwell.actions.channels import add_channel, end_channel
from dunwell.actions.contacts import add_contact
from dunwell.actions.delivery_reports import report_delivery
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Actor, system
from dunwell.actions.outbox import ATTEMPTS, LEASE, claim_messages
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.suppressions import put_on_list
from dunwell.actions.uploads import keep_bytes
from dunwell.jobs.deliver import deliver
from dunwell.models import (
    Channel,
    ContactAttempt,
    ContactRestriction,
    Message,
    MessageAttachment,
    Task,
)
from tests.actions.desk import verbs
from tests.actions.test_messages import message_to
from tests.actions.test_reminders import owing, tonight
from tests.conftest import AT, TODAY
from tests.connectors.http_sink import requests_in

NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)


@pytest.fixture
def live(company, customer):
    """The company sends for real; its customer has a contact with a number."""
    company.sending, company.country = "live", "DE"
    company.save(update_fields=["sending", "country"])
    add_contact(
        actor=system(company), customer=customer, email="ap@acme.example", phone="030 123456",
        at=AT,
    )  # fmt: skip
    return company


def admin_of(company):
    return Actor(company=company, name="ada", rights=frozenset({"channel.edit"}))


def by_provider(company, address, kind="email", provider="resend"):
    return add_channel(
        actor=admin_of(company), kind=kind, provider=provider, address=f"{address}/{provider}/",
        secret_name="DUNWELL_CHANNEL_X", at=AT, cost_micros=400, cost_currency="USD",
    )  # fmt: skip


def written(customer, number=0, **fields):
    """A message a person wrote."""
    return message_to(
        customer, status="ready",
        **{
            "author": "ines", "message_id": f"<c{number}@dunwell>", **fields,
        },
    )  # fmt: skip


def delivered(company, at=NOON):
    with time_machine.travel(at, tick=False):
        return dict(deliver(company.pk))


def states():
    return list(Message.objects.order_by("pk").values_list("status", "attempts"))


def test_what_a_person_wrote_goes_out_with_its_file_and_the_message_it_answers(
    live, customer, sink, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    by_provider(live, sink[0])
    message = written(customer, in_reply_to="<abc@acme.example>")
    MessageAttachment.objects.create(
        message=message, kind="file", name="R1.pdf", media_type="application/pdf",
        size_bytes=5, sha256=keep_bytes(b"%PDF-"),
    )  # fmt: skip
    assert delivered(live) == {"sent": 1}
    body = requests_in(sink[1])[0]["body"]
    assert "<abc@acme.example>" in body and "R1.pdf" in body and "Auto-Submitted" not in body
    message.refresh_from_db()
    assert (message.status, message.provider, message.cost_micros, message.may_repeat) == (
        "sent", "resend", 400, False,
    )  # fmt: skip
    assert ContactAttempt.objects.get().channel == "email"
    assert Channel.objects.get().last_ok_at == NOON


def test_a_file_that_is_gone_is_said_and_nothing_goes_out_without_it(
    live, customer, sink, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    by_provider(live, sink[0])
    MessageAttachment.objects.create(
        message=written(customer), kind="file", name="R1.pdf", media_type="application/pdf",
        size_bytes=5, sha256="0" * 64,
    )  # fmt: skip
    assert delivered(live) == {"dead": 1}
    assert "R1.pdf is not in the store" in Message.objects.get().error


@pytest.mark.parametrize(
    ("happened", "is_answer", "counts"),
    [
        ("nothing", False, {"sent": 1}),
        ("opted_out", False, {"withdrawn": 1}),
        ("opted_out", True, {"sent": 1}),
        ("channel_opt_out", False, {"withdrawn": 1}),
        ("channel_opt_out", True, {"withdrawn": 1}),
        ("suppressed", True, {"withdrawn": 1}),
        ("bounced", True, {"withdrawn": 1}),
        ("at_night", False, {"waiting": 1}),
        ("at_night", True, {"sent": 1}),
        ("too_old", False, {"withdrawn": 1}),
    ],
)
def test_contact_rules_hold_for_what_is_written_and_an_answer_is_no_contact_of_ours(
    live, customer, sink, happened, is_answer, counts
):
    by_provider(live, sink[0])
    message = written(customer, in_reply_to="<abc@acme.example>" if is_answer else "")
    if happened == "opted_out":
        type(customer).objects.update(is_opted_out=True)
    if happened == "channel_opt_out":
        ContactRestriction.objects.create(
            company=live, customer=customer, kind="opt_out", channel="email", from_on=TODAY,
            recorded_by="ines", recorded_at=AT,
        )  # fmt: skip
    if happened == "suppressed":
        put_on_list(
            actor=system(live), channel="email", address="ap@acme.example", reason="by_hand",
            note="wrong firm", at=AT,
        )  # fmt: skip
    if happened == "bounced":
        customer.contacts.update(bounced_on=TODAY)
    if happened == "too_old":
        Message.objects.update(as_of=TODAY - timedelta(days=6))
    at = NOON + timedelta(hours=11) if happened == "at_night" else NOON
    assert delivered(live, at) == counts, Message.objects.get(pk=message.pk).error


def test_a_carrier_that_is_down_rests_and_what_waits_loses_no_attempt(live, customer, sink):
    by_provider(live, sink[0])
    for number in range(5):
        written(customer, number, to="down@acme.example" if number < 4 else "ap@acme.example")
    assert delivered(live) == {"failed": 3, "waiting": 2}
    channel = Channel.objects.get()
    assert (channel.failures, channel.rest_until) == (3, NOON + RESTS[0])
    assert "channel.rested" in verbs(live) and "resend answered 503" in channel.error
    assert states() == [("failed", 1)] * 3 + [("ready", 0)] * 2
    assert (delivered(live, NOON + timedelta(minutes=1)), len(requests_in(sink[1]))) == ({}, 3)
    # the first asks whether it is back: that it is not costs nothing, and it rests longer
    again = NOON + RESTS[0]
    assert delivered(live, again) == {"waiting": 5}
    assert states() == [("ready", 1)] * 3 + [("ready", 0)] * 2
    channel.refresh_from_db()
    assert (channel.failures, channel.rest_until) == (4, again + RESTS[1])
    Message.objects.update(to="ap@acme.example")
    assert delivered(live, again + RESTS[1]) == {"sent": 5}
    channel.refresh_from_db()
    assert (channel.failures, channel.rest_until, channel.error) == (0, None, "")
    assert "channel.recovered" in verbs(live)


def test_a_bad_address_is_no_fault_of_the_carrier(live, customer, sink):
    by_provider(live, sink[0])
    for number in range(4):
        written(customer, number, to="refused@acme.example")
    assert delivered(live) == {"dead": 4}
    assert Channel.objects.get().failures == 0


def test_a_mail_server_of_the_settings_that_is_down_rests_too(live, customer, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for number in range(4):
        written(customer, number)
    assert delivered(live) == {"failed": 3, "waiting": 1}
    channel = Channel.objects.get()
    assert (channel.provider, channel.address, channel.failures) == ("smtp", "", 3)


def test_a_text_goes_out_by_the_gateway_and_becomes_a_task_when_that_ends(live, customer, sink):
    channel = by_provider(live, sink[0], kind="sms", provider="json")
    sent = written(customer, channel="sms", to="+4930123456")
    assert delivered(live) == {"sent": 1}
    sent.refresh_from_db()
    assert (sent.provider, sent.cost_micros) == ("json", 400)
    waiting = written(customer, 1, channel="sms", to="+4930123456")
    end_channel(actor=admin_of(live), channel=channel, at=NOON)
    assert delivered(live, NOON + timedelta(hours=1)) == {}
    waiting.refresh_from_db()
    assert (waiting.to, Task.objects.get().message, Task.objects.get().kind) == (
        "", waiting, "call",
    )  # fmt: skip


def test_what_the_carrier_reported_meanwhile_is_not_handed_over_again(live, customer, sink):
    by_provider(live, sink[0])
    message = written(customer)
    claim_messages(actor=system(live), limit=1, at=NOON)
    report_delivery(
        actor=system(live), company=live, provider="resend", kind="delivered", external_id="1",
        message_id=message.message_id, at=NOON + timedelta(minutes=1),
    )  # fmt: skip
    assert delivered(live, NOON + LEASE) == {"sent": 1}
    message.refresh_from_db()
    assert (message.status, requests_in(sink[1])) == ("delivered", [])


def test_by_plain_smtp_a_repeat_is_marked_and_after_all_attempts_it_is_given_up(
    live, customer, settings
):
    message = written(customer, attempts=ATTEMPTS - 1)
    claim_messages(actor=system(live), limit=1, at=NOON)
    assert delivered(live, NOON + LEASE) == {}
    message.refresh_from_db()
    assert (message.status, message.may_repeat) == ("dead", True)


def test_a_step_by_text_goes_to_the_number_where_a_channel_carries_it_else_to_a_person(
    company, sink
):
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    company.sending, company.country, company.feed_max_age_days = "live", "DE", 400
    company.save()
    by_provider(company, sink[0], kind="sms", provider="json")
    for number, phone in enumerate(["030 123456", "ext. 7"]):
        owner = owing(company, f"T{number}", segment="small", late=30)
        owner.contacts.update(phone=phone)
        before = TODAY - timedelta(days=15)
        message_to(
            owner, status="sent", items=[(owner.items.get(), 100_00)], as_of=before, sent_at=AT
        )
    assert tonight(company) == 3
    written_to = list(
        Message.objects.filter(as_of=TODAY).order_by("pk").values_list("channel", "to", "status")
    )
    assert written_to == [("sms", "+4930123456", "ready"), ("sms", "", "ready")]
    assert [task.message.to for task in Task.objects.select_related("message")] == [""]
    assert delivered(company) == {"sent": 1}
    assert '"+4930123456"' in requests_in(sink[1])[0]["body"]
