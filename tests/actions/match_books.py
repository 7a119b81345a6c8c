"""A seeded world of cash application (`tests.engine.match_world`) in the records of a company."""

from datetime import date, timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import Allocation, Item, MatchCase, MatchProposal
from tests.actions.ledger_rows import invoice, payment
from tests.actions.match_desk import money
from tests.conftest import AT, TODAY, add_customer
from tests.engine.match_world import World

START = date(1970, 1, 1)


def keep(company, made: World):
    """Write the world's customers, items, what was paid of them, and its payments."""
    last = max(row["value_day"] for row in made.payments)
    shift = TODAY - (START + timedelta(days=last))
    customers = {}
    for row in made.items:
        if row["customer_id"] not in customers:
            customers[row["customer_id"]] = add_customer(
                company, row["customer_id"], row["customer"], terms=row["terms"]
            )
        item = invoice(
            customers[row["customer_id"]],
            row["number"],
            row["amount_minor"],
            issued_on=START + timedelta(days=row["issued_day"]) + shift,
            due_on=START + timedelta(days=row["due_day"]) + shift,
        )
        paid = row["amount_minor"] - row["open_minor"]
        if paid > 0:
            before = payment(item.customer, f"X{item.number}", paid)
            apply_payment(
                actor=system(company), payment=before, amounts={item: paid}, as_of=TODAY, at=AT
            )
    told = {}
    for line in made.lines:
        told.setdefault(line["payment_id"], []).append(f"{line['item_ref']} {line['memo']}")
    for row in made.payments:
        if row["amount_minor"] > 0:
            texts = [row["reference"], row["text"], *told.get(row["payment_id"], [])]
            money(
                company,
                row["payment_id"],
                row["amount_minor"],
                payer=row["payer"],
                reference=" ".join(filter(None, texts))[:140],
                value_on=START + timedelta(days=row["value_day"]) + shift,
            )


def outcome(company):
    """What became of every payment, without keys: cases, proposals, and money on items."""
    numbers = dict(Item.objects.filter(company=company).values_list("pk", "number"))
    proposals = MatchProposal.objects.filter(case__company=company).order_by("case", "rank")
    return {
        "cases": sorted(
            MatchCase.objects.filter(company=company).values_list(
                "payment__number", "status", "reason", "why", "payment__customer__number"
            )
        ),
        "proposals": sorted(
            (number, rank, tier, sure, [[numbers[key], minor] for key, minor in told], reasons)
            for number, rank, tier, sure, told, reasons in proposals.values_list(
                *("case__payment__number", "rank", "tier", "confidence_ppm"),
                *("allocations", "reasons"),
            )
        ),
        "money": sorted(
            Allocation.objects.filter(company=company, payment__isnull=False).values_list(
                "payment__number", "item__number", "amount_minor"
            )
        ),
    }
