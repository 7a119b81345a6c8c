"""People issue at once: `python -m tests.actions.invoice_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "numbers": in their order, "items": how many, "unexpected": errors that are no
refusal, "broken": proofs}. Each draft is issued by two people at once.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

DRAFTS = 4


def main():
    """Every draft is issued by two people at once, and all drafts at once."""
    django.setup()
    from django.db import connection

    from dunwell.actions.gate import system
    from dunwell.actions.invoice_issue import issue_invoice
    from dunwell.models import Company, Invoice, Item
    from tests.actions.invoice_rows import NOW, can_invoice, drafted, line
    from tests.actions.ledger_rows import breaks
    from tests.conftest import AT, add_customer

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    customer = add_customer(company, "K1", country="DE")
    can_invoice(company, customer)
    drafts = [drafted(customer, line(str(100 + n))) for n in range(DRAFTS)]

    def issuing(draft):
        return lambda: issue_invoice(actor=system(company), invoice=draft, version=1, **NOW)

    unexpected = []
    at_once(unexpected, *[issuing(draft) for draft in drafts for _ in range(2)])
    told = {
        "database": connection.vendor,
        "numbers": sorted(Invoice.objects.exclude(number="").values_list("number", flat=True)),
        "items": Item.objects.count(),
        "unexpected": unexpected,
        "broken": breaks(company),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
