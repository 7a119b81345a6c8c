"""Stripe names the payment in refunds and disputes, and not the page it was paid on."""

import random

import pytest

from dunwell import clock
from dunwell.actions.checkout_hand_over import claim_checkout, mark_opened
from dunwell.actions.gate import system
from dunwell.actions.provider_events import take_provider_facts
from dunwell.engine.checkout_facts import OpenedCheckout
from dunwell.formats.stripe_objects import webhook_facts
from dunwell.jobs.checkouts import apply_events
from dunwell.models import Chargeback, Checkout, CheckoutRefund, Payment, ProviderEvent
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.actions.test_checkouts import start
from tests.portal.pay_rows import provider_of

SESSION, INTENT = "cs_1", "pi_1"


def said(event_id, kind, thing, *, minute):
    created = 1_772_700_000 + 60 * minute
    return webhook_facts(
        {
            "id": event_id,
            "type": kind,
            "created": created,
            "data": {"object": {"created": created, "currency": "eur", **thing}},
        }
    )


def stream():
    """A payment of 100.00, 30.00 given back at Stripe's desk, the rest contested and won."""
    dispute = {"id": "dp_1", "payment_intent": INTENT, "amount": 7_000, "reason": "fraudulent"}
    return [
        said(
            "evt_1",
            "checkout.session.completed",
            {
                "id": SESSION,
                "mode": "payment",
                "payment_status": "paid",
                "payment_intent": INTENT,
                "client_reference_id": "CK-1",
                "amount_total": 10_000,
            },
            minute=1,
        ),
        said(
            "evt_2",
            "refund.created",
            {"id": "re_1", "payment_intent": INTENT, "amount": 3_000, "status": "succeeded"},
            minute=2,
        ),
        said("evt_3", "charge.dispute.created", {**dispute, "status": "needs_response"}, minute=3),
        said("evt_4", "charge.dispute.closed", {**dispute, "status": "won"}, minute=4),
        # of a shop that uses the same account of the provider
        said("evt_5", "charge.dispute.created", {**dispute, "payment_intent": "pi_9"}, minute=5),
    ]


@pytest.fixture
def provider(company):
    return provider_of(company, kind="stripe", name="Stripe")


def opened(company, customer, provider):
    checkout = start(
        system(company), provider, customer, amounts={invoice(customer, "R1", 100_00): 100_00}
    )
    claimed = claim_checkout(actor=system(company), checkout=checkout, at=clock.now())
    page = OpenedCheckout(provider_id=SESSION, address="https://pay.example/cs_1")
    return mark_opened(actor=system(company), checkout=claimed, opened=page, at=clock.now())


@pytest.mark.parametrize("seed", range(6))
def test_what_names_the_payment_alone_finds_its_checkout_in_any_order(
    company, customer, provider, seed
):
    checkout = opened(company, customer, provider)
    told = stream() * 2
    random.Random(seed).shuffle(told)

    for facts in told:
        take_provider_facts(actor=system(company), provider=provider, facts=facts, at=clock.now())
        apply_events(company)

    assert Payment.objects.filter(reverses=None, number="CK-1").count() == 1
    refund = CheckoutRefund.objects.get()
    assert (refund.external_id, refund.amount_minor, refund.status) == ("re_1", 30_00, "done")
    assert Chargeback.objects.get().status == "won"
    assert Checkout.objects.get(pk=checkout.pk).status == "paid"
    assert open_amounts(company) == {"R1": 30_00}
    assert breaks(company) == {}
    states = dict(ProviderEvent.objects.values_list("event_id", "state"))
    assert states == {f"evt_{n}": "applied" for n in range(1, 5)} | {"evt_5": "ignored"}
