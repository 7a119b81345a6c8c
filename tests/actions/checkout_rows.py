"""Paying through the practice bank, for tests: a provider, a checkout, and what was told of it."""

import json

from dunwell import clock
from dunwell.actions.checkouts import start_checkout
from dunwell.actions.gate import system
from dunwell.actions.payment_providers import add_payment_provider
from dunwell.jobs.checkouts import hand_over_checkout
from dunwell.jobs.payment_gateways import practice_bank
from dunwell.jobs.practice_bank import press
from dunwell.models import Checkout, ProviderEvent
from tests.conftest import AT


def no_bank():
    """Forget what the practice bank remembers of another test."""
    practice_bank().path.unlink(missing_ok=True)


def provider_of(company, *, name="Practice bank", account=None, settings=None):
    """Return a practice bank of a company, with everything it offers."""
    no_bank()
    return add_payment_provider(
        actor=system(company),
        kind="loopback",
        name=name,
        is_live=False,
        currencies=["EUR"],
        methods=["card", "wallet", "debit", "transfer"],
        account=account,
        settings=settings or {},
        at=AT,
    )


def begun(provider, customer, amounts, *, key="k1", **fields):
    """Return a checkout handed to the practice bank."""
    values = {
        "actor": system(provider.company),
        "customer": customer,
        "provider": provider,
        "method": "card",
        "currency": "EUR",
        "amounts": amounts,
        "key": key,
        "purpose": Checkout.Purpose.PORTAL,
        "as_of": clock.today(provider.company.zone),
        "at": clock.now(),
        **fields,
    }
    return hand_over_checkout(start_checkout(**values))


def paid(provider, customer, amounts, **fields):
    """Return a checkout that was paid at the practice bank."""
    checkout = begun(provider, customer, amounts, **fields)
    press(checkout.external_id, "succeed")
    return Checkout.objects.get(pk=checkout.pk)


def told_bodies(checkout):
    """Return what the practice bank tells of a checkout, as documents."""
    return [json.loads(body) for body in practice_bank().events_of(checkout.external_id)]


def states(company):
    """Return how many events of a company are in which state."""
    found = ProviderEvent.objects.filter(provider__company=company).order_by("state")
    return list(found.values_list("kind", "state"))
