"""Letters as a cycle leaves them: overdue invoices, the decision, and the task to post them."""

from datetime import timedelta

from dunwell.models import Task
from tests.actions.ledger_rows import invoice
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY


def letter_to(customer, number="L1", amount_minor=100_00, *, as_of=TODAY, at=AT, **fields):
    """A letter that waits for an overdue invoice, with its open task."""
    days = {"issued_on": as_of - timedelta(days=40), "due_on": as_of - timedelta(days=10)}
    item = invoice(customer, number, amount_minor, as_of=as_of, at=at, **days)
    message = message_to(
        customer, "ready", "letter", [(item, amount_minor)], as_of=as_of, **fields
    )
    contact = {
        "customer_id": customer.pk,
        "segment": customer.segment,
        "strategy": "standard",
        "level": 2,
        "channel": "letter",
        "template": "reminder",
        "needs_approval": False,
        "is_before_due": False,
        "leading_item_id": item.pk,
        "leading_state": "due",
        "days_past_due": 10,
        "min_days_between": 7,
        "min_home_minor": 0,
    }
    message.to = ""
    message.decision = {"contact": contact, "demand_minor": {"EUR": amount_minor}}
    message.save(update_fields=["to", "decision"])
    Task.objects.create(
        company=customer.company,
        customer=customer,
        message=message,
        kind="letter",
        reason="standard, level 2",
        due_on=as_of,
        as_of=as_of,
        recorded_at=at,
    )
    return message
