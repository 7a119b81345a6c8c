"""Clerks work on the same disputes at once: `python -m tests.actions.dispute_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "open": most open parts of an item, "unbalanced": cases whose amounts do not
add up, "twice": resolutions or requests made twice, "unexpected": errors that are no refusal,
"broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

CLERKS = 3
ROUNDS = 3


def main():
    """In each round: reports of one item, two resolutions against money, a merge against one."""
    django.setup()
    from django.db import connection

    from dunwell.actions.dispute_cases import DisputedPart, merge_cases, open_case
    from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
    from dunwell.actions.gate import Actor, system
    from dunwell.actions.payments import apply_payment
    from dunwell.actions.role_rights import ROLE_RIGHTS
    from dunwell.models import Company, CreditRequest, Dispute, DisputeCase, DisputeResolution
    from dunwell.queries.dispute_amounts import case_amounts
    from tests.actions.ledger_rows import breaks, invoice, payment
    from tests.conftest import AT, TODAY, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", country="DE", created_at=AT)
    role = "credit_manager"
    clerk = Actor(company=company, name="mona", roles=frozenset({role}), rights=ROLE_RIGHTS[role])
    on = {"as_of": TODAY, "at": AT}
    unexpected = []

    def report(item, amount):
        return open_case(
            actor=clerk,
            customer=item.customer,
            reason="price",
            parts=[DisputedPart(item=item, amount_minor=amount)],
            source="mail",
            **on,
        )

    def resolve(case):
        part = Dispute.objects.filter(case=case, closed_on=None).first()
        if part is not None:
            amount = {"credit_minor": part.amount_minor // 2}
            propose_resolution(
                actor=clerk,
                case=case,
                parts=[
                    ResolvedPart(
                        dispute=part,
                        written_off_minor=part.amount_minor - part.amount_minor // 2,
                        **amount,
                    )
                ],
                reason="race",
                missing_evidence="race",
                **on,
            )

    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        item, other = (invoice(customer, f"{name}{number}", 900_00) for name in ("R", "S"))
        money = payment(customer, f"B{number}", 900_00)
        at_once(
            unexpected,
            *[lambda item=item, n=n: report(item, 100_00 + n) for n in range(CLERKS)],
            lambda other=other: report(other, 50_00),
        )
        case = DisputeCase.objects.get(disputes__item=item, disputes__closed_on=None)
        second = DisputeCase.objects.get(disputes__item=other)

        def pay(item=item, money=money):
            apply_payment(actor=system(company), payment=money, amounts={item: 850_00}, **on)

        def merge(case=case, second=second):
            merge_cases(actor=clerk, case=second, into=case, **on)

        at_once(
            unexpected,
            pay,
            merge,
            *[lambda case=case: resolve(case)] * 2,
            lambda second=second: resolve(second),
        )
    still = Dispute.objects.filter(closed_on=None)
    cases = list(DisputeCase.objects.values_list("pk", flat=True))
    found = case_amounts(company, case_ids=cases, as_of=TODAY)
    done = DisputeResolution.objects.exclude(status="rejected")
    told = {
        "database": connection.vendor,
        "open": max(
            [still.filter(item=key).count() for key in still.values_list("item", flat=True)],
            default=0,
        ),
        "unbalanced": [
            row.case_id
            for rows in found.values()
            for row in rows
            if row.original_minor
            != row.open_minor
            + row.credited_minor
            + row.paid_minor
            + row.written_off_minor
            + row.cleared_minor
            + row.removed_minor
        ],
        "twice": done.count()
        - done.values("case").distinct().count()
        + CreditRequest.objects.count()
        - CreditRequest.objects.values("resolution").distinct().count(),
        "unexpected": unexpected,
        "broken": sorted(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
