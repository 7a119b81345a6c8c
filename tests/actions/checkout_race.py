"""Webhook, return page and poll at once: `python -m tests.actions.checkout_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "unexpected": errors, "checkouts", "payments", "receipts", "open"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 6


def main():
    """In each round one click comes doubled, and the news of it by three ways at once."""
    django.setup()
    from django.db import connection

    from dunwell import clock
    from dunwell.jobs.checkouts import apply_events, ask_provider, tend_payments
    from dunwell.jobs.payment_gateways import practice_bank
    from dunwell.jobs.practice_bank import bring_events
    from dunwell.models import Checkout, Company, OpenItem, Payment, Receipt
    from tests.actions.checkout_rows import begun, provider_of
    from tests.actions.ledger_rows import invoice
    from tests.conftest import AT, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    provider = provider_of(company)
    unexpected = []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        item = invoice(customer, f"R{number}", 10_00)

        def click(customer=customer, item=item):
            begun(provider, customer, {item: 10_00}, key="click")

        at_once(unexpected, click, click, click)
        checkout = Checkout.objects.select_related("company", "provider").get(customer=customer)
        practice_bank().press(checkout.external_id, "succeed", at=clock.now())
        at_once(
            unexpected,
            lambda: bring_events(provider),
            lambda checkout=checkout: ask_provider(checkout),
            lambda: apply_events(company),
            lambda: tend_payments(company),
        )
        tend_payments(company)
    told = {
        "database": connection.vendor,
        "unexpected": unexpected,
        "checkouts": Checkout.objects.count(),
        "payments": Payment.objects.count(),
        "receipts": Receipt.objects.count(),
        "open": OpenItem.objects.exclude(open_minor=0).count(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
