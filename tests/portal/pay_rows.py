"""Providers, saved ways to pay and a settled clock, for tests of paying."""

import re

from dunwell.models import BankAccount, PaymentProvider, SavedMethod
from tests.conftest import AT

OURS = "DE89370400440532013000"


def provider_of(company, **changes):
    """A practice bank that takes cards, wallets and debits in euro and dollars."""
    values = {
        "kind": "loopback",
        "name": "Practice bank",
        "currencies": ["EUR", "USD"],
        "methods": ["card", "wallet", "debit"],
        "nonce": "0" * 32,
        "recorded_by": "tests",
        "recorded_at": AT,
        **changes,
    }
    return PaymentProvider.objects.create(company=company, **values)


def account_of(company, *, creditor_id="DE98ZZZ09999999999"):
    """Our account, which customers transfer to and which collects debits."""
    company.pay_to = f"Northwind, IBAN {OURS}"
    company.save()
    return BankAccount.objects.create(
        company=company,
        account=OURS,
        currency="EUR",
        name="Main",
        bic="COBADEFFXXX",
        creditor_id=creditor_id,
        recorded_at=AT,
    )


def method_of(customer, provider, **changes):
    """A card a customer keeps at a provider."""
    values = {
        "kind": "card",
        "token": "pm_1",
        "brand": "visa",
        "last4": "4242",
        "expires": "2029-04",
        "saved_by": "tests",
        "recorded_at": AT,
        **changes,
    }
    return SavedMethod.objects.create(
        company=customer.company, customer=customer, provider=provider, **values
    )


def hidden(page, name):
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""
