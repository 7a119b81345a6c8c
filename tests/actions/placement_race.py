"""People place, approve, send and report at once: `python -m tests.actions.placement_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "placements": statuses per round, "files": handed over per round, "reports":
amounts per round, "live": items bound, "held": holds left, "unexpected": no refusals, "broken"}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

PEOPLE = 3
ROUNDS = 2


def main():
    """In each round all of them do the same step at once, from the proposal to the last money."""
    django.setup()
    from django.db import connection

    from dunwell.actions.gate import system
    from dunwell.actions.placement_batches import claim_batch, hand_over_batch
    from dunwell.actions.placement_files import read_agency_report
    from dunwell.actions.placements import approve_placement
    from dunwell.models import (
        AgencyReport,
        Company,
        Hold,
        Placement,
        PlacementBatch,
        PlacementItem,
    )
    from tests.actions.ledger_rows import breaks
    from tests.actions.placement_rows import ON, agency, proposed, ready
    from tests.conftest import AT, add_customer, add_user

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    people = [add_user(company, f"m{n}", "collector") for n in range(PEOPLE)]
    to, desk = agency(company), system(company)
    unexpected, placements, reports = [], [], []
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        items = ready(customer, f"R{number}")
        at_once(unexpected, *[lambda who=who, items=items: proposed(who, items, to)
                              for who in people])  # fmt: skip
        placement = Placement.objects.get(customer=customer)

        def fresh(key=placement.pk):
            return Placement.objects.get(pk=key)

        def approve(fresh=fresh):
            approve_placement(actor=desk, placement=fresh(), **ON)

        at_once(unexpected, *[approve] * PEOPLE)
        at_once(unexpected, *[lambda: claim_batch(actor=desk, agency=to, **ON)] * PEOPLE)
        batch = PlacementBatch.objects.get(status="claimed")

        def hand_over(key=batch.pk):
            hand_over_batch(actor=desk, batch=PlacementBatch.objects.get(pk=key), **ON)

        at_once(unexpected, *[hand_over] * PEOPLE)
        text = (
            "placement,event,on,reference,currency,gross,commission,net,note\n"
            f"{placement.number},accepted,2026-03-05,A-1,,,,,\n"
            f"{placement.number},remitted,2026-03-05,M-1,EUR,600.00,,,\n"
        )

        def read(text=text):
            read_agency_report(actor=desk, agency=to, data=text.encode(), **ON)

        at_once(unexpected, *[read] * PEOPLE)
        placements.append(fresh().status)
        found = AgencyReport.objects.filter(placement=placement)
        reports.append(list(found.values_list("gross_minor", flat=True)))
    told = {
        "database": connection.vendor,
        "placements": placements,
        "files": PlacementBatch.objects.filter(status="handed").count(),
        "reports": reports,
        "live": PlacementItem.objects.filter(is_live=True).count(),
        "held": Hold.objects.filter(released_on=None).count(),
        "unexpected": unexpected,
        # the final notices are written by hand here, without a decision and its hash
        "broken": sorted(set(breaks(company)) - {"D4", "D5.words"}),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
