"""Answers to the same invoices at once: `python -m tests.actions.response_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "responses", "cases", "promises": open ones, "unexpected": errors that are no
refusal, "broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 3


def main():
    """In each round the same refusal by three doors, and two announcements of one payment."""
    django.setup()
    from django.db import connection

    from dunwell.actions.gate import system
    from dunwell.actions.invoice_responses import take_response_file
    from dunwell.models import Company, DisputeCase, InvoiceResponse, Promise
    from tests.actions.ledger_rows import breaks, invoice
    from tests.conftest import AT, TODAY, add_customer
    from tests.formats.response_samples import cdar, peppol

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    unexpected = []

    def take(data, door):
        take_response_file(
            actor=system(company), name="x.xml", data=data, door=door, as_of=TODAY, at=AT
        )

    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        for name in ("R", "S"):
            invoice(customer, f"{name}{number}", 900_00)
        refusal = peppol(number=f"R{number}", identity=f"IR-{number}")
        at_once(
            unexpected,
            *[lambda door=door, data=refusal: take(data, door) for door in ("api", "mail", "api")],
            *[
                lambda n=n, number=number: take(
                    cdar(number=f"S{number}", code="211", identity=f"C-{number}-{n}"), "platform"
                )
                for n in range(2)
            ],
        )
    told = {
        "database": connection.vendor,
        "responses": InvoiceResponse.objects.count(),
        "cases": DisputeCase.objects.count(),
        "promises": Promise.objects.filter(outcome="open").count(),
        "unexpected": unexpected,
        "broken": list(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
