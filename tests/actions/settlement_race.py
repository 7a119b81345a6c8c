"""People settle, decide and end at once: `python -m tests.actions.settlement_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "settlements": that stand or are done per round, "unexpected": errors that
are no refusal, "decided": approvals per round, "given": concessions in all, "broken": proofs}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

PEOPLE = 3
ROUNDS = 2


def main():
    """In each round some propose for one item, decide the request, and judge the day at once."""
    django.setup()
    from django.db import connection

    from dunwell.actions.approvals import decide_approval
    from dunwell.actions.settlements import accept_settlement
    from dunwell.models import Adjustment, ApprovalRequest, Company, Settlement
    from tests.actions.ledger_rows import breaks, invoice
    from tests.actions.settlement_rows import ON, end, pay, proposed
    from tests.conftest import AT, add_customer, add_user

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    people = [add_user(company, f"m{n}", "credit_manager") for n in range(PEOPLE)]
    unexpected, settlements, decided = [], [], []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        item = invoice(customer, f"R{number}", 1_000_00)
        asks = [lambda who=who, item=item: proposed(who, [item], 600_00) for who in people]
        at_once(unexpected, *asks)
        settlement = Settlement.objects.filter(customer=customer, status="pending").get()
        request = ApprovalRequest.objects.get(subject_id=settlement.pk)

        def decide(who, is_approved, request=request):
            from tests.actions.desk import acting

            decide_approval(
                actor=acting(who), request=ApprovalRequest.objects.get(pk=request.pk),
                approve=is_approved, reason="so be it", **ON,
            )  # fmt: skip

        others = [who for who in people if who.username != request.requested_by]
        at_once(unexpected, *[lambda who=who: decide(who, True) for who in others])
        settlement.refresh_from_db()
        decided.append(ApprovalRequest.objects.get(pk=request.pk).status)

        def accept(who, settlement=settlement):
            from tests.actions.desk import acting

            accept_settlement(
                actor=acting(who), settlement=Settlement.objects.get(pk=settlement.pk),
                name="Pat", **ON,
            )  # fmt: skip

        at_once(unexpected, *[lambda who=who: accept(who) for who in people])
        pay(customer, f"P{number}", {item: 600_00})
        at_once(unexpected, *[lambda: end(company)] * PEOPLE)
        settlements.append(
            list(Settlement.objects.filter(customer=customer).values_list("status", flat=True))
        )
    told = {
        "database": connection.vendor,
        "settlements": settlements,
        "decided": decided,
        "unexpected": unexpected,
        "given": sum(Adjustment.objects.values_list("amount_minor", flat=True)),
        "broken": sorted(breaks(company)),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
