"""Whose payment it is: found out after it was recorded, and taken back when it was wrong.

The newest `PayerAssignment` rules. `Payment.customer` and the customer of its entry lines
repeat it; they are the only columns of the ledger that may change.
"""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from django.db import connection, transaction

from dunwell.actions.allocations import locked_payment
from dunwell.actions.bulk import staged
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.new_records import add_records
from dunwell.actions.texts import fitting
from dunwell.models import Allocation, Company, Customer, PayerAssignment, Payment

LONGEST_REASON = 300

_PAYMENTS = """
UPDATE dunwell_payment SET customer_id = s.customer_id FROM {staged} s
WHERE dunwell_payment.id = s.payment_id
"""
# found by their unique key; a company's index would lead SQLite through all its lines
_LINES = """
UPDATE dunwell_entryline SET customer_id = s.customer_id FROM {staged} s
WHERE dunwell_entryline.source = 'payment' AND dunwell_entryline.source_id = s.payment_id
"""
_APPLIED = """
UPDATE dunwell_entryline SET customer_id = s.customer_id
FROM (SELECT DISTINCT a.id, s.customer_id FROM {staged} s CROSS JOIN dunwell_allocation a
      WHERE a.payment_id = s.payment_id) s
WHERE dunwell_entryline.source = 'allocation' AND dunwell_entryline.account = 'unapplied'
  AND dunwell_entryline.source_id = s.id
"""
"""SQLite reads tables in the order of a CROSS JOIN: by the few payments, not all that was paid."""


@transaction.atomic
def assign_payer(
    *,
    actor: Actor,
    payment: Payment,
    customer: Customer | None,
    reason: str,
    as_of: date,
    at: datetime,
) -> Payment:
    """Say whose payment it is, or with None that nobody knows; the same again changes nothing.

    What it was put on stays: a payment may pay for others. Raises Refused without a reason,
    for a customer of another company, for a returned payment, and for None while its money
    lies on items.
    """
    actor.require("match.decide")
    if customer is not None:
        own_customer(actor.company, customer.pk)
        open_customer(actor, customer)
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say how it was found out whose payment this is.")
    payment = locked_payment(company=actor.company, payment=payment).payment
    if (
        customer is None
        and Allocation.objects.filter(payment=payment, reverses=None, reversed_by=None).exists()
    ):
        raise Refused(
            f"Money of payment {payment.number} lies on items; take that back before you say "
            "that nobody knows whose it is."
        )
    customer_id = customer.pk if customer else None
    if payment.customer_id == customer_id:
        return payment
    before = payment.customer_id
    write_payers(actor, {payment: customer_id}, reason=told, as_of=as_of, at=at)
    record_event(
        actor,
        "payer.assigned",
        payment,
        at=at,
        customer_id=customer_id or before,
        number=payment.number,
        reason=told,
        payer=customer_id,
        payer_before=before,
    )
    return payment


def own_customer(company: Company, customer_id: int) -> Customer:
    """Return a customer of the company; raise Refused for any other."""
    found = Customer.objects.filter(company=company, pk=customer_id).first()
    if found is None:
        raise Refused(f"This customer does not belong to {company.name}.")
    return found


def write_payers(
    actor: Actor,
    payers: Mapping[Payment, int | None],
    *,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Write whose payments they are, with their entry lines, inside the caller's transaction.

    The caller holds the payments, knows that the customers are its own, and records the event.
    """
    rows = [
        PayerAssignment(
            payment=payment,
            customer_id=customer_id,
            reason=reason,
            assigned_on=as_of,
            author=actor.name,
            recorded_at=at,
        )
        for payment, customer_id in payers.items()
    ]
    add_records(PayerAssignment, rows)
    changes = pl.DataFrame(
        {
            "payment_id": [payment.pk for payment in payers],
            "customer_id": list(payers.values()),
        },
        schema={"payment_id": pl.Int64, "customer_id": pl.Int64},
    )
    with staged("payers_said", changes, key="payment_id") as table, connection.cursor() as cursor:
        for statement in (_PAYMENTS, _LINES, _APPLIED):
            cursor.execute(statement.format(staged=table))
    for payment, customer_id in payers.items():
        payment.customer_id = customer_id
