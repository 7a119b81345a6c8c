"""Carriers: providers and gateways over real HTTP, prices, refusals, and a carrier that is down."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dunwell.formats.hand_overs import CarrierError
from dunwell.formats.mail import Attachment, Mail
from dunwell.jobs.channels import carrier_of
from dunwell.models import Channel, Company
from tests.conftest import AT
from tests.connectors.http_sink import requests_in

NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)

MAIL = Mail(
    message_id="<1.2.2026-03-05.email@dunwell>",
    sender="Northwind <credit@dunwell.example>",
    to="pay@acme.example",
    subject="Überfällig",
    body="Dear Acme,\n€100.00 is open.",
    language="en",
    reply_to="anna@northwind.example",
    attachments=(Attachment(name="a.pdf", media_type="application/pdf", data=b"%PDF-1"),),
    in_reply_to="<abc@acme.example>",
    unsubscribe="https://northwind.example/u/1",
    is_personal=True,
)


@pytest.fixture
def seller(db):
    return Company.objects.create(
        name="Northwind", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT,
        sending="live",
    )  # fmt: skip


def channel_of(company, address, kind="email", provider="resend", **fields):
    path = {"mailgun": "mailgun", "postmark": "postmark"}.get(provider, provider)
    options = {"mailgun": {"sender_domain": "mg.example"}, "twilio": {"account": "AC1"}}
    return Channel.objects.create(
        **{
            "company": company, "kind": kind, "provider": provider,
            "address": f"{address}/{path}/", "secret_name": "DUNWELL_CHANNEL_X", "nonce": "n",
            "settings": options.get(provider, {}), "by": "ada", "recorded_at": AT, **fields,
        }
    )  # fmt: skip


def handed(company, channel, mail=MAIL):
    with carrier_of(company, channel.kind, channel) as hand_over:
        return hand_over(mail, NOON)


@pytest.mark.parametrize(
    ("provider", "signed"),
    [
        ("resend", ("Authorization", "Bearer secret-7")),
        ("postmark", ("X-Postmark-Server-Token", "secret-7")),
        ("mailgun", ("Authorization", "Basic YXBpOnNlY3JldC03")),
    ],
)
def test_a_provider_gets_the_mail_with_our_id_its_headers_and_files(
    seller, sink, provider, signed
):
    address, folder = sink
    channel = channel_of(
        seller, address, provider=provider, sender="ar@northwind.example", cost_micros=400,
        cost_currency="USD",
    )  # fmt: skip
    found = handed(seller, channel)
    (request,) = requests_in(folder)
    assert (found.place, found.provider, found.cost_micros, found.cost_currency) == (
        provider, provider, 400, "USD",
    )  # fmt: skip
    assert found.provider_id.strip("<>").startswith(f"{provider}-")
    assert found.is_repeat_safe == (provider == "resend")
    assert request["headers"][signed[0]] == signed[1]
    assert request["headers"]["Idempotency-Key"] == MAIL.message_id
    for part in (
        *("ar@northwind.example", "pay@acme.example", "anna@northwind.example"),
        *("abc@acme.example", "northwind.example/u/1", "List-Unsubscribe=One-Click", "a.pdf"),
    ):
        assert part in request["body"], part


def test_an_idempotent_provider_takes_a_repeat_once_with_the_same_bytes(seller, sink):
    address, folder = sink
    channel = channel_of(seller, address)
    first, again = handed(seller, channel), handed(seller, channel)
    one, two = requests_in(folder)
    assert (first, one["body"], len(list(folder.glob("*.eml")))) == (again, two["body"], 1)


@pytest.mark.parametrize("provider", ["resend", "postmark", "mailgun"])
@pytest.mark.parametrize(
    ("to", "is_final", "is_carriers"),
    [
        ("refused@acme.example", True, False),
        ("later@acme.example", False, True),
        ("down@acme.example", False, True),
        ("denied@acme.example", False, True),
        ("moved@acme.example", False, True),
        ("half@acme.example", False, True),
    ],
)
def test_refusals_say_whose_fault_it_is_and_whether_to_try_again(
    seller, sink, provider, to, is_final, is_carriers
):
    channel = channel_of(seller, sink[0], provider=provider)
    with pytest.raises(CarrierError) as refusal:
        handed(seller, channel, replace(MAIL, to=to))
    assert (refusal.value.permanent, refusal.value.of_carrier) == (is_final, is_carriers)
    assert str(refusal.value).startswith(provider) and "secret-7" not in str(refusal.value)


def test_a_secret_that_is_not_set_is_the_carriers_fault(seller, sink, settings):
    settings.CHANNEL_SECRETS = {}
    with pytest.raises(CarrierError, match="DUNWELL_CHANNEL_X is not set") as refusal:
        handed(seller, channel_of(seller, sink[0]))
    assert refusal.value.of_carrier


TEXT = Mail(
    message_id="<1.2.2026-03-05.sms@dunwell>", sender="", to="+4930123456", subject="",
    body="Please pay €100.00", language="en",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "provider", "price"),
    [("sms", "json", 75_000), ("sms", "twilio", 75_000), ("whatsapp", "meta", 75_000)],
)
def test_a_gateway_gets_the_text_and_the_agreed_price_is_noted(
    seller, sink, kind, provider, price
):
    address, folder = sink
    channel = channel_of(
        seller, address, kind=kind, provider=provider, sender="Northwind", cost_micros=75_000,
        cost_currency="EUR",
    )  # fmt: skip
    found = handed(seller, channel, TEXT)
    (request,) = requests_in(folder)
    assert (found.cost_micros, found.cost_currency, found.provider) == (price, "EUR", provider)
    assert found.provider_id.startswith(provider)
    assert request["headers"]["Idempotency-Key"] == TEXT.message_id
    assert "4930123456" in request["body"]


def test_a_long_text_costs_its_segments_and_a_told_price_goes_first(seller, sink):
    channel = channel_of(
        seller, sink[0], kind="sms", provider="twilio", cost_micros=75_000, cost_currency="EUR"
    )
    long = handed(seller, channel, replace(TEXT, body="ж" * 135))
    priced = handed(seller, channel, replace(TEXT, body="priced", message_id="<p@dunwell>"))
    assert (long.cost_micros, long.cost_currency) == (225_000, "EUR")
    assert (priced.cost_micros, priced.cost_currency) == (75_000, "USD")


def test_a_whatsapp_template_carries_the_text_on_one_line(seller, sink):
    address, folder = sink
    channel = channel_of(
        seller, address, kind="whatsapp", provider="meta", settings={"template": "reminder"}
    )
    handed(seller, channel, replace(TEXT, body="Dear Acme,\n\npay"))
    document = json.loads(requests_in(folder)[0]["body"])
    assert document["template"] == {
        "name": "reminder",
        "language": {"code": "en"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Dear Acme, pay"}]}
        ],
    }


def test_a_gateway_that_is_not_encrypted_is_never_spoken_to(seller, sink):
    channel = channel_of(seller, sink[0], kind="sms", provider="json")
    channel.address = "http://sms.example/send"
    with pytest.raises(CarrierError, match="must begin with https://"):
        handed(seller, channel, TEXT)


def test_a_notice_in_the_portal_is_there_once_it_is_written(seller, sink):
    channel = channel_of(seller, "", kind="portal", provider="portal", secret_name="")
    assert handed(seller, channel).place == "portal"
