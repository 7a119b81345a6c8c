"""Money a clerk decides in a day: five payments that stand first in the queue, and their items.

Runs in the desk's own process: `django shell` calls `kept`, and `told`, which prints what became
of them as one line.
"""

import json
from datetime import timedelta

from dunwell import clock
from dunwell.jobs.matching import match_open
from dunwell.models import (
    Adjustment,
    Allocation,
    Company,
    Customer,
    Dispute,
    MatchCase,
    PayerAlias,
)
from tests.actions.ledger_rows import invoice
from tests.actions.match_desk import money

CALL = "from tests.browser.cash_records import kept; kept()"
ASK = "from tests.browser.cash_records import told; told()"
PAYER = "QZ Clavier Ltd"
ITEMS = {"KEYS-1": 300_00, "KEYS-2": 200_00, "KEYS-3": 100_00, "KEYS-4": 80_00}
MONEY = {"DAY-1": 450_00, "DAY-2": 98_00, "DAY-3": 75_00, "DAY-4": 12_34, "DAY-5": 55_55}


def kept():
    """Add a customer with terms, its invoices, and money that names neither."""
    company, at = Company.objects.get(), clock.now()
    today = clock.today(company.zone)
    begun = today - timedelta(days=90)
    customer = Customer.objects.create(
        company=company, number="KEYS", name="Tastfeld GmbH", terms="2/30, net 60", recorded_at=at
    )
    for number, amount in ITEMS.items():
        days = {"issued_on": begun, "due_on": begun + timedelta(days=60), "as_of": today, "at": at}
        invoice(customer, number, amount, **days)
    ids = []
    for number, amount in MONEY.items():
        # a day apart, so that they stand in this order before all others
        value_on = begun + timedelta(days=len(ids) + 1)
        one = money(
            company, number, amount, payer=PAYER, reference="transfer", value_on=value_on,
            as_of=today, at=at,
        )  # fmt: skip
        ids.append(one.pk)
    match_open(company_id=company.pk, as_of=today, at=at, payment_ids=ids)


def told():
    """Print what the payments are now, and everything written with them."""
    cases = MatchCase.objects.filter(payment__number__in=MONEY)
    put = Allocation.objects.filter(payment__number__in=MONEY).order_by("pk")
    given_up = Adjustment.objects.filter(item__number__in=ITEMS, reverses=None)
    refused = Dispute.objects.filter(item__number__in=ITEMS)
    parked, learned = (
        cases.filter(status="parked"),
        PayerAlias.objects.filter(text__icontains="clavier"),
    )
    answer = {
        "cases": dict(cases.values_list("payment__number", "status")),
        "put": list(put.values_list("payment__number", "item__number", "amount_minor")),
        "given up": list(given_up.values_list("item__number", "kind", "amount_minor")),
        "refused": list(refused.values_list("item__number", "reason", "amount_minor", "outcome")),
        "on account of": list(parked.values_list("payment__customer__number", flat=True)),
        "learned": list(learned.values_list("kind", "customer__number")),
    }
    print(json.dumps(answer))  # noqa: T201  the answer to the caller
