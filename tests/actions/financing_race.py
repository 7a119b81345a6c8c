"""Clerks assign one item to two lenders at once: `python -m tests.actions.financing_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "live": most live draws of one item, "draws", "unexpected": errors that are no
refusal, "broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 3


def main():
    """In each round two clerks draw on two facilities with the same item, two on one of them."""
    django.setup()
    from django.db import connection
    from django.db.models import Count

    from dunwell.actions.financing_draws import propose_draw
    from dunwell.actions.financing_facilities import add_facility, add_terms, open_facility
    from dunwell.actions.gate import system
    from dunwell.models import Company, FinancingDraw, FinancingItem
    from tests.actions.ledger_rows import breaks, invoice
    from tests.conftest import AT, TODAY, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    actor, lines = system(company), []
    for name in ("North", "South"):
        facility = add_facility(
            actor=actor, name=name, lender=name, kind="recourse", limit_minor=10_000_00,
            from_on=TODAY, until_on=None, at=AT,
        )  # fmt: skip
        add_terms(
            actor=actor, facility=facility, valid_from=TODAY, source="contract", at=AT,
            figures={"advance_ppm": 800_000, "rate_ppm": 60_000},
            rules={"concentration_ppm": None},
        )  # fmt: skip
        lines.append(open_facility(actor=actor, facility=facility, at=AT))
    unexpected = []
    for number in range(ROUNDS):
        item = invoice(add_customer(company, f"K{number}"), f"R{number}", 100_00)

        def draw(line, item=item):
            propose_draw(actor=actor, facility=line, items=[item.pk], as_of=TODAY, at=AT)

        at_once(unexpected, *[lambda line=line: draw(line) for line in (*lines, *lines)])
    live = FinancingItem.objects.filter(status="assigned").values("item").order_by("item")
    told = {
        "database": connection.vendor,
        "live": max(live.annotate(n=Count("id")).values_list("n", flat=True), default=0),
        "draws": FinancingDraw.objects.count(),
        "unexpected": unexpected,
        "broken": sorted(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
