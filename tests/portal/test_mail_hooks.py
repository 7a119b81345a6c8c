"""Posting mails to a mailbox: only what is signed in time is taken in, and once."""

import json

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from dunwell.actions.gate import system
from dunwell.actions.mailboxes import edit_mailbox, renew_mailbox_secret
from dunwell.formats.webhook_letters import signature
from dunwell.models import Event, InboundMessage
from dunwell.portal import mail_hooks
from dunwell.queries.mailboxes import mailbox_secret, mailbox_token
from tests.actions.mail_rows import letter, mailbox
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def box(company, settings):
    settings.CLAMAV_ADDRESS = ""
    return mailbox(company, kind="webhook", name="Hook")


def post(client, box, data, *, secret="", token="", seconds=0, channel="", **headers):
    moment = str(int(AT.timestamp()) + seconds)
    signed = signature(secret or mailbox_secret(box), "msg_1", moment, data)
    told = {
        "webhook-id": "msg_1",
        "webhook-timestamp": moment,
        "webhook-signature": signed,
        **headers,
    }
    address = reverse("inbound-mail", args=[box.pk, token or mailbox_token(box)])
    return client.post(
        address + (f"?channel={channel}" if channel else ""),
        data,
        content_type="message/rfc822",
        headers=told,
    )


def test_a_signed_mail_is_taken_in_once(client, company, box):
    first, again = post(client, box, letter()), post(client, box, letter())
    inbound = InboundMessage.objects.get()
    assert [(one.status_code, one.json()) for one in (first, again)] == [
        (202, {"id": inbound.pk})
    ] * 2
    assert (inbound.company, inbound.mailbox, inbound.received_at) == (company, box, AT)
    assert Event.objects.get(verb="mail.received").actor == "mailbox Hook"


def test_a_mail_larger_than_a_form_may_be_is_taken_in(client, box):
    data = letter(files=[("a.pdf", b"%PDF-1.4\n" + b"0" * 4_000_000)])
    assert post(client, box, data).status_code == 202


def test_a_short_message_is_taken_in_as_json(client, box):
    data = json.dumps({"id": "S1", "from": "+4917012345678", "text": "Paid"}).encode()
    assert post(client, box, data, channel="sms").status_code == 202
    assert InboundMessage.objects.get().channel == "sms"


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "whsec_" + "A" * 43 + "="},
        {"seconds": 301},
        {"seconds": -301},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,é"},
        {"webhook-id": "other"},
        {"webhook-timestamp": "9" * 40},
    ],
)
def test_what_is_not_signed_or_too_old_is_refused(client, box, changes):
    assert post(client, box, letter(), **changes).status_code == 401
    assert InboundMessage.objects.count() == 0


def test_within_the_tolerance_it_is_taken(client, box):
    assert post(client, box, letter(), seconds=299).status_code == 202


def test_a_wrong_address_is_not_there(client, company, box):
    assert post(client, box, letter(), token="x" * 43).status_code == 404
    other = mailbox(company, name="By hand")
    assert post(client, other, letter()).status_code == 404
    assert (
        client.get(reverse("inbound-mail", args=[box.pk, mailbox_token(box)])).status_code == 405
    )


def test_a_new_secret_or_switching_off_ends_the_old_address(client, company, box):
    secret, token = mailbox_secret(box), mailbox_token(box)
    renewed = renew_mailbox_secret(actor=system(company), mailbox=box, at=AT)
    assert post(client, box, letter(), secret=secret, token=token).status_code == 404
    assert post(client, renewed, letter()).status_code == 202
    edit_mailbox(
        actor=system(company), mailbox=renewed, version=renewed.version, name="Hook",
        is_active=False, at=AT,
    )  # fmt: skip
    assert post(client, renewed, letter("x")).status_code == 404


def test_too_much_and_what_is_no_message_are_refused(client, box, monkeypatch):
    assert post(client, box, b"[]", channel="sms").status_code == 422
    assert post(client, box, b"x", channel="fax").status_code == 422
    assert post(client, box, b"").status_code == 422
    monkeypatch.setattr(mail_hooks, "MOST_BYTES", 10)
    assert post(client, box, b"x" * 11).status_code == 413
    assert InboundMessage.objects.count() == 0
