"""The ledger of a few customers as engine frames: what `frames` reads, narrowed to them."""

# every value is a parameter; what is put together here are our own pieces of SQL and marks
# ruff: noqa: S608

from collections.abc import Collection

from dunwell.engine import schema
from dunwell.engine.ledger import Ledger
from dunwell.models import Company
from dunwell.queries.frames import day, promises_frame, read_frame


def ledger_of(company: Company, customer_ids: Collection[int]) -> Ledger:
    """Return the whole ledger of some customers, history included: five queries."""
    keys = sorted(set(customer_ids)) or [0]
    marks = ", ".join(["%s"] * len(keys))
    given = [company.pk, *keys]
    return Ledger(
        items=read_frame(
            "SELECT i.id, i.customer_id, i.kind, i.currency, i.amount_minor, "
            f"{day('i.issued_on')}, {day('i.due_on')}, {day('i.recorded_on')} "
            f"FROM dunwell_item i WHERE i.company_id = %s AND i.customer_id IN ({marks})",
            given,
            schema.ITEMS,
        ),
        allocations=read_frame(
            "SELECT a.item_id, a.payment_id, "
            "CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END, a.amount_minor, "
            "COALESCE(a.paid_minor, a.amount_minor), "
            f"{day('a.value_on')}, {day('a.applied_on')}, {day('a.recorded_on')} "
            "FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id "
            "LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id "
            f"WHERE a.company_id = %s AND i.customer_id IN ({marks})",
            given,
            schema.ALLOCATIONS,
        ),
        payments=read_frame(
            "SELECT p.id, p.customer_id, p.currency, p.amount_minor, "
            f"{day('p.value_on')}, {day('p.recorded_on')} FROM dunwell_payment p "
            f"WHERE p.company_id = %s AND p.customer_id IN ({marks})",
            given,
            schema.PAYMENTS,
        ),
        disputes=read_frame(
            "SELECT d.id, d.item_id, d.customer_id, d.amount_minor, "
            f"{day('d.opened_on')}, {day('d.closed_on')} FROM dunwell_dispute d "
            f"WHERE d.company_id = %s AND d.customer_id IN ({marks})",
            given,
            schema.DISPUTES,
        ),
        promises=promises_frame(company, customers=keys),
    )
