"""What providers tell at the secret address of a channel ends on the message."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from dunwell.formats.webhook_letters import signature
from dunwell.jobs.delivery_hooks import report_secret
from dunwell.models import Channel, Message, Signal, Suppression
from dunwell.queries.link_tokens import DELIVERY_REPORT, link_token
from tests.actions.test_messages import message_to
from tests.conftest import AT

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
OURS = "<c1@dunwell>"


@pytest.fixture
def sent(company, customer):
    return message_to(
        customer, status="sent", to="pay@acme.example", message_id=OURS, provider_id="p-1",
        sent_at=AT,
    )  # fmt: skip


def channel_of(company, provider, kind="email"):
    return Channel.objects.create(
        company=company, kind=kind, provider=provider, nonce="n", by="ada", recorded_at=AT
    )


def address(channel):
    token = link_token(DELIVERY_REPORT, channel.pk, channel.nonce)
    return f"/hooks/delivery/{channel.pk}/{token}/"


def told(client, channel, body, **options):
    with time_machine.travel(NOW, tick=False):
        options.setdefault("content_type", "application/json")
        data = body if options["content_type"] is None else json.dumps(body)
        if options["content_type"] is None:
            del options["content_type"]
        return client.post(address(channel), data, **options)


POSTMARK = {
    "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "MessageID": "p-1",
    "Email": "pay@acme.example", "BouncedAt": "2026-03-05T11:30:00Z",
    "Details": "smtp;550 5.1.1 no such user", "Metadata": {"message_id": OURS},
}  # fmt: skip
MAILGUN = {
    "signature": {"timestamp": "1", "token": "t", "signature": "s"},
    "event-data": {
        "event": "failed", "severity": "permanent", "id": "ev-1", "timestamp": 1772710200.0,
        "recipient": "pay@acme.example", "reason": "bounce",
        "message": {"headers": {"message-id": "p-1"}}, "user-variables": {"message_id": OURS},
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
    },
}  # fmt: skip
RESEND = {
    "type": "email.bounced", "created_at": "2026-03-05T11:30:00.000Z",
    "data": {
        "email_id": "p-1", "to": ["pay@acme.example"], "from": "a@x.example", "subject": "s",
        "created_at": "2026-03-05T11:00:00.000Z",
        "bounce": {"message": "550 no such user"}, "headers": [],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "body"), [("postmark", POSTMARK), ("mailgun", MAILGUN), ("resend", RESEND)]
)
def test_a_bounce_of_an_email_provider_told_three_times_is_known_once(
    client, company, sent, provider, body
):
    channel = channel_of(company, provider)
    answers = [told(client, channel, body).json() for _ in range(3)]
    assert answers == [{"known": 1, "unknown": 0}] * 3
    sent.refresh_from_db()
    assert (sent.status, Signal.objects.count()) == ("bounced", 1)
    assert Suppression.objects.get().address == "pay@acme.example"


def test_a_mail_that_came_back_for_now_is_no_reason_to_stop(client, company, sent):
    soft = {**POSTMARK, "Type": "SoftBounce", "Details": "smtp;452 full"}
    assert told(client, channel_of(company, "postmark"), soft).json()["known"] == 1
    assert not Suppression.objects.exists()


def test_what_is_still_under_way_is_no_report(client, company, sent):
    deferred = {**POSTMARK, "Type": "Transient"}
    answer = told(client, channel_of(company, "postmark"), deferred).json()
    assert (answer, Signal.objects.count()) == ({"known": 0, "unknown": 0}, 0)


def test_twilio_and_meta_report_texts(client, company, customer):
    message = message_to(
        customer, status="sent", channel="sms", to="+4930123456", provider_id="SM1", sent_at=AT
    )
    sms = channel_of(company, "twilio", "sms")
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert told(client, sms, form, content_type=None).json()["known"] == 1
    assert told(client, sms, {**form, "MessageStatus": "sent"}, content_type=None).json() == {
        "known": 0, "unknown": 0,
    }  # fmt: skip
    message.refresh_from_db()
    assert message.status == "delivered"
    meta = channel_of(company, "meta", "whatsapp")
    body = {
        "entry": [{"changes": [{"value": {"statuses": [
            {"id": "SM1", "status": "failed", "timestamp": "1772710200",
             "errors": [{"code": 131026, "title": "Message undeliverable"}]},
            {"id": "other", "status": "delivered", "timestamp": "1772710200"},
        ]}}]}],
    }  # fmt: skip
    assert told(client, meta, body).json() == {"known": 1, "unknown": 1}
    message.refresh_from_db()
    assert (message.status, message.error) == ("bounced", "Message undeliverable (131026)")


def test_meta_checks_the_address_by_a_question(client, company):
    channel = channel_of(company, "meta", "whatsapp")
    token = link_token(DELIVERY_REPORT, channel.pk, channel.nonce)
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    good = client.get(address(channel), {**asked, "hub.verify_token": token})
    bad = client.get(address(channel), {**asked, "hub.verify_token": "x"})
    assert (good.text, bad.text, good["Content-Type"]) == ("1158201444", "", "text/plain")


def plain(**changes):
    return {"reports": [{"kind": "delivered", "external_id": "e1", "message_id": OURS, **changes}]}


def signed(channel, body, *, at=NOW, secret=None):
    stamp = str(int(at.timestamp()))
    key = secret or report_secret(channel)
    return {
        "webhook-id": "m1", "webhook-timestamp": stamp,
        "webhook-signature": signature(key, "m1", stamp, json.dumps(body).encode()),
    }  # fmt: skip


def test_a_plain_gateway_signs_its_reports(client, company, sent):
    channel = channel_of(company, "json", "sms")
    body = plain(at="2026-03-05T11:30:00+00:00")
    assert told(client, channel, body, headers=signed(channel, body)).json()["known"] == 1
    sent.refresh_from_db()
    assert (sent.status, sent.delivered_at) == (
        "delivered", datetime(2026, 3, 5, 11, 30, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (plain(), {}, "webhook-id"),
        (plain(), {"at": datetime(2026, 3, 5, 11, 54, tzinfo=UTC)}, "too far from now"),
        (plain(), {"secret": "whsec_eHh4"}, "does not fit"),
        (plain(kind="lost"), None, "kind is one of"),
        (plain(external_id=""), None, "needs external_id"),
        (plain(at="soon"), None, "at is a moment"),
        ({"rows": []}, None, "a list named reports"),
    ],
)
def test_a_report_that_is_not_signed_or_makes_no_sense_changes_nothing(
    client, company, sent, body, headers, why
):
    channel = channel_of(company, "json", "sms")
    head = {} if headers == {} else signed(channel, body, **(headers or {}))
    answer = told(client, channel, body, headers=head)
    assert answer.status_code == 400 and why in answer.json()["detail"]
    assert (Message.objects.get().status, Signal.objects.count()) == ("sent", 0)


@pytest.mark.parametrize("body", [[], "x", {"RecordType": 1}, {"event-data": 7}])
@pytest.mark.parametrize("provider", ["postmark", "mailgun", "resend", "meta", "brevo", "mailjet",
                                      "sparkpost"])  # fmt: skip
def test_nonsense_is_answered_with_400_or_nothing_and_never_with_an_error(
    client, company, provider, body
):
    answer = told(client, channel_of(company, provider), body)
    assert answer.status_code in {200, 400}
    assert not Signal.objects.exists()


def test_a_wrong_or_renewed_address_is_not_there(client, company, sent):
    channel = channel_of(company, "postmark")
    before = address(channel)
    Channel.objects.update(nonce="m")
    assert client.post(before, "{}", content_type="application/json").status_code == 404
    assert client.post("/hooks/delivery/999/x/").status_code == 404
