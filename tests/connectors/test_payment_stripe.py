"""Stripe over real HTTP: opened, paid, saved, declined, refunded, busy, broken, gone, signed."""

import hashlib
import hmac
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dunwell.connectors.payment_stripe import StripeGateway
from dunwell.engine.checkout_facts import (
    OpenCheckout,
    PaymentGatewayError,
    SavedMethodFacts,
    WebhookRefused,
)
from tests.connectors.stripe_server import CREATED, card, stripe_server

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
ASKED = OpenCheckout(
    key="abc-CK-1",
    number="CK-1",
    currency="EUR",
    total_minor=10_150,
    method="card",
    lines=(("R1", 10_000), ("CK-1-S", 150)),
    payer="Acme",
    email="jane@buyer.example",
    language="de",
    return_to="https://northwind.example/portal/pay/1/",
    expires_at=NOW + timedelta(hours=20),
    saves_method=True,
)


@pytest.fixture
def stripe():
    with stripe_server() as (address, books):
        yield (
            StripeGateway(
                key="sk_test_1", webhook_secret="whsec_1", address=address, timeout_seconds=0.5
            ),
            books,
        )


def kinds(state):
    return [(one.kind, one.subject, one.number, one.amount_minor) for one in state.facts]


def test_a_page_is_opened_once_for_a_key_with_the_lines_and_our_number(stripe):
    gateway, books = stripe

    first, again = gateway.open_checkout(ASKED), gateway.open_checkout(ASKED)

    assert first == again
    assert first.address == "https://checkout.example/cs_1"
    assert len(books.things) == 1
    sent = books.last("/v1/checkout/sessions")
    assert sent["line_items[0][price_data][unit_amount]"] == "10000"
    assert sent["line_items[1][price_data][product_data][name]"] == "CK-1-S"
    assert sent["payment_intent_data[setup_future_usage]"] == "off_session"
    assert sent["payment_method_types[0]"] == "card"
    assert (sent["locale"], sent["customer_creation"]) == ("de", "always")
    headers = books.asked[-1][3]
    assert headers["Authorization"] == "Bearer sk_test_1"
    assert headers["Stripe-Version"] == "2024-06-20"


def test_what_became_of_a_page_is_told_with_fee_method_refund_and_dispute(stripe):
    gateway, books = stripe
    gateway.open_checkout(ASKED)
    assert kinds(gateway.state_of("cs_1")) == [("opened", "cs_1", "CK-1", 10_150)]

    books.paid("cs_1", saves=True)
    books.things["dp_1"] = {
        "id": "dp_1",
        "object": "dispute",
        "payment_intent": "pi_of_cs_1",
        "amount": 10_150,
        "currency": "eur",
        "reason": "fraudulent",
        "status": "needs_response",
        "created": CREATED + 500,
        "evidence_details": {"due_by": CREATED + 86_400},
    }
    refund = gateway.refund("cs_1", key="RF-1", currency="EUR", amount_minor=500)
    state = gateway.state_of("cs_1")

    assert kinds(state) == [
        ("paid", "cs_1", "CK-1", 10_150),
        ("method_saved", "cs_1", "CK-1", 0),
        ("refunded", "cs_1", "CK-1", 500),
        ("charged_back", "cs_1", "CK-1", 10_150),
    ]
    assert state.facts[0].fee_minor == 59
    assert state.facts[1].method == SavedMethodFacts(
        token="pm_9",
        kind="card",
        payer_token="cus_1",
        brand="visa",
        last4="4242",
        expires="2029-04",
        funding="credit",
        country="DE",
    )
    assert state.facts[3].due_on == datetime.fromtimestamp(CREATED + 86_400, tz=UTC).date()
    assert [one.kind for one in refund.facts] == ["refunded"]
    assert gateway.state_of("cs_1") == state


def test_closing_a_page_tells_what_it_was_before(stripe):
    gateway, books = stripe
    gateway.open_checkout(ASKED)
    assert kinds(gateway.close_checkout("cs_1")) == [("expired", "cs_1", "CK-1", 10_150)]
    gateway.open_checkout(replace(ASKED, key="abc-CK-2", number="CK-2"))
    books.paid("cs_2")
    assert kinds(gateway.close_checkout("cs_2")) == [("paid", "cs_2", "CK-2", 10_150)]


@pytest.mark.parametrize(
    ("token", "kind", "reason"),
    [
        ("pm_rich", "paid", ""),
        ("pm_poor", "failed", "insufficient_funds"),
        ("pm_asks", "failed", "authentication_required"),
    ],
)
def test_a_saved_card_is_charged_once_and_a_decline_is_a_fact(stripe, token, kind, reason):
    gateway, books = stripe
    asked = replace(ASKED, payer_token="cus_1")

    first = gateway.charge_saved(asked, token=token)
    again = gateway.charge_saved(asked, token=token)

    assert first == again
    assert [(one.kind, one.reason, one.number) for one in first.facts] == [(kind, reason, "CK-1")]
    sent = books.last("/v1/payment_intents")
    assert (sent["off_session"], sent["customer"]) == ("true", "cus_1")
    assert len([one for one in books.things if one.startswith("pi_")]) == 1


def test_the_payer_of_a_saved_card_is_looked_up_and_a_card_is_forgotten_twice(stripe):
    gateway, books = stripe
    books.things["pm_rich"] = card("pm_rich")

    gateway.charge_saved(ASKED, token="pm_rich")
    gateway.forget_method("pm_rich")
    gateway.forget_method("pm_rich")

    assert books.last("/v1/payment_intents")["customer"] == "cus_1"
    assert "pm_rich" not in books.things


def test_payouts_come_with_all_their_lines_page_by_page(stripe):
    gateway, books = stripe
    books.things["po_1"] = {
        "id": "po_1",
        "object": "payout",
        "amount": 9_000,
        "currency": "eur",
        "arrival_date": CREATED,
    }
    for place, (kind, amount, fee) in enumerate(
        [("charge", 10_150, 59), ("refund", -500, 0), ("dispute", -591, 0), ("payout", -9_000, 0)]
    ):
        books.things[f"txn_{place}"] = {
            "id": f"txn_{place}",
            "object": "balance_transaction",
            "type": kind,
            "reporting_category": kind,
            "amount": amount,
            "fee": fee,
            "currency": "eur",
            "payout": "po_1",
            "source": {"id": f"src_{place}", "payment_intent": "pi_1", "metadata": {}},
        }

    (payout,) = gateway.payouts(since=date(2026, 3, 1))

    assert (payout.payout_id, payout.net_minor, payout.currency) == ("po_1", 9_000, "EUR")
    assert [(one.kind, one.amount_minor, one.fee_minor) for one in payout.lines] == [
        ("payment", 10_150, 59),
        ("refund", -500, 0),
        ("chargeback", -591, 0),
    ]


@pytest.mark.parametrize(
    ("mood", "is_transient", "words"),
    [
        ("busy", True, "Too many requests"),
        ("broken", True, "Something went wrong"),
        ("slow", True, "did not answer in time"),
        ("gone", True, "nothing that can be read"),
        ("words", True, "nothing that can be read"),
        ("refused", False, "Invalid API Key"),
    ],
)
def test_an_error_says_whether_trying_again_can_help(stripe, mood, is_transient, words):
    gateway, books = stripe
    books.mood = mood

    with pytest.raises(PaymentGatewayError, match=words) as told:
        gateway.open_checkout(ASKED)

    assert told.value.is_transient is is_transient


def test_who_was_cut_off_in_the_middle_and_asks_again_gets_the_same_page(stripe):
    gateway, books = stripe
    books.mood = "gone"
    with pytest.raises(PaymentGatewayError):
        gateway.open_checkout(ASKED)
    books.mood = ""

    assert gateway.open_checkout(ASKED).provider_id == "cs_1"
    assert list(books.things) == ["cs_1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "transfer"}, "does not take transfer in EUR"),
        ({"method": "debit", "currency": "JPY"}, "does not take debit in JPY"),
    ],
)
def test_what_stripe_cannot_take_is_refused_for_good(stripe, changes, words):
    with pytest.raises(PaymentGatewayError, match=words) as told:
        stripe[0].open_checkout(replace(ASKED, **changes))
    assert not told.value.is_transient


def test_an_address_without_encryption_is_never_called():
    gateway = StripeGateway(key="k", address="http://stripe.example")
    with pytest.raises(PaymentGatewayError, match="must begin with https"):
        gateway.state_of("cs_1")


def test_krona_without_hundredths_are_counted_as_stripe_does(stripe):
    gateway, books = stripe
    asked = replace(ASKED, currency="ISK", total_minor=500, lines=(("R1", 500),))

    gateway.open_checkout(asked)

    sent = books.last("/v1/checkout/sessions")
    assert sent["line_items[0][price_data][unit_amount]"] == "50000"
    assert gateway.state_of("cs_1").facts[0].amount_minor == 500


def event(kind, thing, **changes):
    document = {"id": "evt_1", "type": kind, "created": CREATED, "data": {"object": thing}}
    return json.dumps({**document, **changes}).encode()


def signed(body, *, secret="whsec_1", at=NOW, **more):
    stamp = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={mac}", **more}


SESSION = {
    "id": "cs_1",
    "mode": "payment",
    "payment_status": "paid",
    "client_reference_id": "CK-1",
    "amount_total": 10_150,
    "currency": "eur",
    "payment_intent": "pi_1",
}
SAVED = {"id": "pi_1", "amount": 5, "currency": "eur", "metadata": {"dunwell_saved": "1"}}
REFUND = {"id": "re_1", "status": "succeeded", "amount": 5, "currency": "eur"}
DISPUTE = {"id": "dp_1", "amount": 5, "currency": "eur", "payment_intent": "pi_1"}


@pytest.mark.parametrize(
    ("kind", "thing", "told"),
    [
        ("checkout.session.completed", SESSION, ["paid"]),
        (
            "checkout.session.completed",
            {**SESSION, "payment_status": "unpaid"},
            ["processing"],
        ),
        ("checkout.session.async_payment_succeeded", SESSION, ["paid"]),
        ("checkout.session.async_payment_failed", SESSION, ["failed"]),
        ("checkout.session.expired", SESSION, ["expired"]),
        ("checkout.session.completed", {**SESSION, "mode": "setup"}, []),
        ("payment_intent.succeeded", SAVED, ["paid"]),
        ("payment_intent.succeeded", {**SAVED, "metadata": {}}, []),
        ("refund.updated", REFUND, ["refunded"]),
        ("refund.updated", {**REFUND, "status": "failed"}, ["refund_failed"]),
        ("refund.updated", {**REFUND, "status": "pending"}, []),
        ("charge.dispute.created", DISPUTE, ["charged_back"]),
        ("charge.dispute.closed", {**DISPUTE, "status": "won"}, ["chargeback_won"]),
        ("charge.dispute.closed", {**DISPUTE, "status": "lost"}, ["chargeback_lost"]),
        ("payment_method.detached", {"id": "pm_1"}, ["method_gone"]),
        ("payout.paid", {"id": "po_1", "amount": 5, "currency": "eur"}, ["paid_out"]),
        ("customer.created", {"id": "cus_1"}, []),
    ],
)
def test_an_event_becomes_the_fact_it_tells(kind, thing, told):
    body = event(kind, thing)
    found = StripeGateway(key="k", webhook_secret="whsec_1").read_webhook(
        signed(body), body, now=NOW
    )
    assert [one.kind for one in found] == told
    assert all(one.event_id == "evt_1" for one in found)


def test_a_second_signature_of_an_old_secret_does_no_harm():
    body = event("checkout.session.completed", SESSION)
    headers = signed(body)
    headers["stripe-signature"] += f",v0=abc,v1={'0' * 64}"
    gateway = StripeGateway(key="k", webhook_secret="whsec_1")

    (fact,) = gateway.read_webhook(headers, body, now=NOW)

    assert (fact.subject, fact.number, fact.amount_minor, fact.about) == (
        "cs_1",
        "CK-1",
        10_150,
        "pi_1",
    )


def test_five_hundred_bad_signatures_are_all_refused():
    gateway = StripeGateway(key="k", webhook_secret="whsec_1")
    body, chance = event("checkout.session.completed", SESSION), random.Random(7)
    spoilt = [
        lambda: (signed(body, secret=f"whsec_{chance.random()}"), body),
        lambda: (signed(body, at=NOW - timedelta(seconds=301 + chance.randrange(9_999))), body),
        lambda: (signed(body, at=NOW + timedelta(seconds=301 + chance.randrange(9_999))), body),
        lambda: (signed(body), body.replace(b"10150", b"%d" % chance.randrange(99_999_999))),
        lambda: (signed(body), json.dumps(json.loads(body), indent=1).encode()),
        lambda: ({}, body),
        lambda: ({"stripe-signature": chance.randbytes(20).hex()}, body),
        lambda: ({"stripe-signature": f"t={int(NOW.timestamp())},v1="}, body),
        lambda: ({"stripe-signature": signed(body)["stripe-signature"].replace("v1", "v0")}, body),
        lambda: ({"stripe-signature": "t=\u0661,v1=\u0661"}, body),
    ]
    for place in range(500):
        headers, sent = spoilt[place % len(spoilt)]()
        with pytest.raises(WebhookRefused):
            gateway.read_webhook(headers, sent, now=NOW)
    with pytest.raises(WebhookRefused, match="is not set"):
        StripeGateway(key="k").read_webhook(signed(body), body, now=NOW)


def test_signed_nonsense_is_refused_and_no_error_of_ours():
    gateway = StripeGateway(key="k", webhook_secret="whsec_1")
    for body in (b"", b"[]", b"{}", b"\xff", event("refund.updated", []), b'{"type": 1}'):
        with pytest.raises(WebhookRefused, match="no event of Stripe's"):
            gateway.read_webhook(signed(body), body, now=NOW)


def test_stripes_own_package_signs_and_checks_alike():
    stripe = pytest.importorskip("stripe")
    body = event("checkout.session.completed", SESSION)
    header = signed(body, at=datetime.now(UTC))["stripe-signature"]

    assert stripe.WebhookSignature.verify_header(body.decode(), header, "whsec_1", 300)
