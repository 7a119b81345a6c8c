"""Clerks merge, split and book on one pair of records at once: `python -m tests.actions.merge_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "merged": how often each pair was merged at most, "lost": rows of money that
belong to nobody, "unexpected": errors that are no refusal, "broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

CLERKS = 3
ROUNDS = 3


def main():
    """In each round managers merge one pair while others book on both, then split it again."""
    django.setup()
    from django.db import connection

    from dunwell.actions.customer_merges import merge_customers, propose_merge, split_customers
    from dunwell.actions.gate import Actor, system
    from dunwell.actions.payments import apply_payment
    from dunwell.actions.role_rights import ROLE_RIGHTS
    from dunwell.models import Company, Event, Payment
    from tests.actions.ledger_rows import breaks, invoice, payment
    from tests.conftest import AT, TODAY, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    role = "credit_manager"
    people = [
        Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])
        for name in ("mona", "max")
    ]
    on = {"as_of": TODAY, "at": AT}
    unexpected = []
    for number in range(ROUNDS):
        merged, survivor = add_customer(company, f"A{number}"), add_customer(company, f"B{number}")
        item, money = invoice(merged, f"R{number}", 90_00), payment(merged, f"P{number}", 50_00)
        merge = propose_merge(
            actor=people[0], merged=merged, survivor=survivor, reason="one tax number", **on
        )

        def do(merge=merge):
            merge_customers(actor=people[1], merge=merge, **on)

        def pay(item=item, money=money):
            apply_payment(actor=system(company), payment=money, amounts={item: 10_00}, **on)

        def bill(merged=merged, number=number):
            invoice(merged, f"L{number}", 1_00)

        def part(merge=merge):
            split_customers(actor=people[1], merge=merge, reason="two branches", **on)

        at_once(unexpected, pay, bill, *[do] * CLERKS)
        at_once(unexpected, pay, *[part] * CLERKS)
    done = Event.objects.filter(verb="customer_merge.merged").values_list("subject_id", flat=True)
    told = {
        "database": connection.vendor,
        "merged": max((list(done).count(key) for key in done), default=0),
        "lost": Payment.objects.filter(customer=None).count(),
        "unexpected": unexpected,
        "broken": sorted(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
