"""Sixteen orders at once, over and over: `python -m tests.actions.order_race [rounds]`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "over": rounds in which more was accepted than the limit, "accepted": orders
accepted by kind of round, "rounds", "unexpected": errors that are no refusal}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ORDERS = 16
LIMIT = 100_000
KINDS = ("one_fits", "five_fit", "group", "parent")
"""Orders of 95 % of the limit each; of 1 % at 95 % used; of a group's members; of subsidiaries."""


def main(rounds):
    """In each round as many orders as there are threads are checked at the same moment."""
    django.setup()
    from django.db import connection
    from django.db.models import Sum

    from dunwell.actions.credit_checks import check_order
    from dunwell.actions.gate import system
    from dunwell.models import (
        Company,
        CreditGroup,
        CreditGroupMember,
        CreditLimit,
        Customer,
        Order,
    )
    from tests.actions.order_rows import NOW, ask, order_rules
    from tests.conftest import AT, TODAY, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    order_rules(company, rules=[{"rule": f"{kind}limit"} for kind in ("", "group_", "parent_")])
    actor = system(company)
    unexpected, over, accepted = [], 0, dict.fromkeys(KINDS, 0)

    def several(number):
        return [
            add_customer(company, f"K{number}-{n}", credit_limit_minor=LIMIT)
            for n in range(ORDERS)
        ]

    def group_of(number):
        members = several(number)
        group = CreditGroup.objects.create(
            company=company, name=f"G{number}", by="mona", recorded_at=AT
        )
        for one in members:
            CreditGroupMember.objects.create(
                group=group, customer=one, from_on=TODAY, by="mona", recorded_at=AT
            )
        decided = {"decided_by": "fritz", "decided_on": TODAY, "decided_at": AT}
        CreditLimit.objects.create(
            company=company, group=group, kind="standard", status="approved",
            currency=company.currency, amount_minor=LIMIT, from_on=TODAY, reason="shared",
            asked_by="mona", asked_on=TODAY, recorded_at=AT, **decided,
        )  # fmt: skip
        return members

    def below(number):
        top = add_customer(company, f"T{number}", credit_limit_minor=LIMIT)
        members = several(number)
        Customer.objects.filter(pk__in=[one.pk for one in members]).update(parent=top)
        return members

    for number in range(rounds):
        kind = KINDS[number % len(KINDS)]
        if kind in ("group", "parent"):
            customers = (group_of if kind == "group" else below)(number)
        else:
            one = add_customer(company, f"K{number}", credit_limit_minor=LIMIT)
            customers = [one] * ORDERS
        amount = LIMIT * 95 // 100
        if kind == "five_fit":
            asked = ask(f"SO-{number}-used", amount, company.currency)
            check_order(actor=actor, customer=customers[0], ask=asked, **NOW)
            amount = LIMIT // 100

        def order(n, number=number, customers=customers, amount=amount):
            asked = ask(f"SO-{number}-{n}", amount, company.currency)
            check_order(actor=actor, customer=customers[n], ask=asked, **NOW)

        at_once(unexpected, *[lambda n=n, order=order: order(n) for n in range(ORDERS)])
        passed = Order.objects.filter(number__startswith=f"SO-{number}-", status="approved")
        used = passed.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        over += used > LIMIT
        accepted[kind] += passed.count()
    told = {
        "database": connection.vendor,
        "over": over,
        "accepted": accepted,
        "rounds": rounds,
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else len(KINDS))
