"""Clerks propose, accept and cancel plans for one item at once: `python -m tests.actions.plan_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "live": most plans that bind one item, "accepted", "unexpected": errors that
are no refusal, "broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

CLERKS = 3
ROUNDS = 3


def main():
    """In each round clerks propose over the same item, then accept and pay at the same time."""
    django.setup()
    from django.db import connection

    from dunwell.actions.gate import Actor, system
    from dunwell.actions.payments import apply_payment
    from dunwell.actions.plan_proposals import propose_plan
    from dunwell.actions.plan_steps import judge_plans
    from dunwell.actions.plans import accept_plan
    from dunwell.actions.role_rights import ROLE_RIGHTS
    from dunwell.models import Company, Event, PaymentPlan, PlanItem
    from tests.actions.ledger_rows import breaks, invoice, payment
    from tests.actions.plan_rows import policy, wish
    from tests.conftest import AT, TODAY, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    policy(company)
    role = "credit_manager"
    clerk = Actor(company=company, name="mona", roles=frozenset({role}), rights=ROLE_RIGHTS[role])
    on = {"as_of": TODAY, "at": AT}
    unexpected = []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        item = invoice(customer, f"R{number}", 900_00)
        money = payment(customer, f"B{number}", 10_00)

        def propose(customer=customer, item=item):
            propose_plan(actor=clerk, customer=customer, items=[item], wish=wish(), **on)

        at_once(unexpected, *[propose] * CLERKS)
        (plan,) = PaymentPlan.objects.filter(customer=customer)

        def accept(plan=plan):
            accept_plan(actor=clerk, plan=plan, name="W", sha256=plan.terms_sha256, **on)

        def pay(item=item, money=money):
            apply_payment(actor=system(company), payment=money, amounts={item: 10_00}, **on)

        def judge():
            judge_plans(actor=system(company), **on)

        at_once(unexpected, pay, judge, *[accept] * CLERKS)
    live = PlanItem.objects.filter(is_live=True)
    told = {
        "database": connection.vendor,
        "live": max(
            [live.filter(item=key).count() for key in live.values_list("item", flat=True)],
            default=0,
        ),
        "accepted": Event.objects.filter(verb="plan.accepted").count()
        == PaymentPlan.objects.filter(status="active").count(),
        "unexpected": unexpected,
        "broken": sorted(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
