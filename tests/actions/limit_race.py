"""People ask, approve and link at once: `python -m tests.actions.limit_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "rows": rows per round, "decided", "events" of decisions, "members", "parents",
"unexpected": errors that are no refusal}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

PEOPLE = 3
ROUNDS = 3


def main():
    """In each round all ask for the same limit, two approve it, and all change what belongs."""
    django.setup()
    from django.db import connection

    from dunwell.actions.approvals import decide_approval
    from dunwell.actions.credit_groups import add_group, join_group
    from dunwell.actions.customer_links import add_link
    from dunwell.actions.gate import staff, system
    from dunwell.actions.limits import propose_limit, withdraw_limit
    from dunwell.models import (
        ApprovalRequest,
        Company,
        CreditGroup,
        CreditGroupMember,
        CreditLimit,
        CustomerLink,
        Event,
    )
    from tests.conftest import AT, TODAY, add_customer, add_user

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    asking = staff(add_user(company, "nina", "credit_analyst"), company)
    bosses = [staff(add_user(company, f"boss{n}", "finance_director"), company) for n in range(2)]
    desk = system(company)
    on = {"as_of": TODAY, "at": AT}
    unexpected, rows = [], []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        other = add_customer(company, f"N{number}")

        def ask(customer=customer):
            propose_limit(
                actor=asking, customer=customer, kind="standard", amount_minor=900_00,
                from_on=TODAY, reason="they buy more", **on,
            )  # fmt: skip

        at_once(unexpected, *[ask] * PEOPLE)
        limit = CreditLimit.objects.get(customer=customer)
        rows.append(CreditLimit.objects.filter(customer=customer).count())

        def approve(boss, key=limit.pk):
            request = ApprovalRequest.objects.get(subject="creditlimit", subject_id=key)
            decide_approval(actor=boss, request=request, approve=True, **on)

        def withdraw(key=limit.pk):
            withdraw_limit(actor=asking, limit=CreditLimit.objects.get(pk=key), **on)

        at_once(
            unexpected, *[lambda boss=boss, approve=approve: approve(boss) for boss in bosses],
            withdraw,
        )  # fmt: skip
        groups = [add_group(actor=desk, name=f"G{number}{n}", at=AT) for n in range(2)]

        def join(key, customer=customer):
            join_group(
                actor=desk, group=CreditGroup.objects.get(pk=key), customer=customer,
                from_on=TODAY, **on,
            )  # fmt: skip

        at_once(unexpected, *[lambda key=group.pk, join=join: join(key) for group in groups])

        def link(one, two):
            add_link(actor=desk, customer=one, other=two, kind="parent", from_on=TODAY, **on)

        at_once(
            unexpected,
            lambda link=link, one=customer, two=other: link(one, two),
            lambda link=link, one=other, two=customer: link(one, two),
        )
    decided = CreditLimit.objects.exclude(status="proposed")
    told = {
        "database": connection.vendor,
        "rows": rows,
        "decided": decided.count(),
        "events": Event.objects.filter(verb__in=("limit.approved", "limit.withdrawn")).count(),
        "members": CreditGroupMember.objects.filter(until_on=None).count(),
        "parents": CustomerLink.objects.filter(until_on=None).count(),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
