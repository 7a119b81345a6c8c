"""A payment provider, checkouts, a refund, a chargeback, an event and a payout to name in calls."""

from dunwell import clock
from dunwell.actions.checkout_refunds import refund_checkout
from dunwell.actions.gate import Actor, system
from dunwell.actions.provider_events import take_provider_facts
from dunwell.engine.checkout_facts import ProviderFact
from dunwell.jobs.checkouts import fetch_payouts
from dunwell.jobs.practice_bank import pay_out, press
from dunwell.models import Chargeback, ProviderEvent, ProviderPayout
from tests.actions.checkout_rows import begun, paid, provider_of
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer


def keep_checkouts(company, tag, *, at):
    """Add one of each; return path parameter -> key. Another person than the callers made them."""
    customer = add_customer(company, f"{tag}-online")
    provider = provider_of(company, name="Practice")
    today = clock.today(company.zone)
    items = [invoice(customer, f"CK-R{n}", 50_00) for n in range(4)]
    done = paid(provider, customer, {items[0]: 50_00}, key="a1")
    taken = paid(provider, customer, {items[1]: 50_00}, key="a2")
    press(taken.external_id, "charge_back")
    waits = begun(provider, customer, {items[2]: 50_00}, key="a3")
    peer = Actor(company=company, name="peer", rights=system(company).rights)
    refund = refund_checkout(
        actor=peer, checkout=done, amount_minor=5_00, reason="damaged", as_of=today, at=at
    )
    pay_out(provider)
    fetch_payouts(company)
    lost = ProviderFact(event_id="lost", kind="paid", happened_at=at, subject="nobody")
    take_provider_facts(actor=peer, provider=provider, facts=[lost], at=at)
    event = ProviderEvent.objects.get(provider=provider, event_id="lost")
    ProviderEvent.objects.filter(pk=event.pk).update(state="ignored")
    return {
        "provider_id": provider.pk,
        "checkout_customer_id": customer.pk,
        "checkout_id": done.pk,
        "open_checkout_id": waits.pk,
        "checkout_refund_id": refund.pk,
        "chargeback_id": Chargeback.objects.get(checkout=taken).pk,
        "provider_event_id": event.pk,
        "provider_payout_id": ProviderPayout.objects.get(provider=provider).pk,
        "checkout_item_id": items[3].pk,
    }
