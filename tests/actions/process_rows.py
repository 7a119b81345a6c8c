"""An invoice paid in parts after a reminder under a promise, a late one, and the map of both."""

from datetime import UTC, datetime, timedelta

from dunwell.actions.gate import staff, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.process import record_process
from dunwell.actions.promises import record_promise
from dunwell.jobs.process import made_months
from dunwell.models import Message, MessageItem
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer


def reminded(item, at, level=1):
    """A reminder about an item that was sent."""
    message = Message.objects.create(
        company=item.company, customer=item.customer, channel="email", status="sent", level=level,
        strategy="standard", template="reminder", language="en", subject="s", body="b",
        body_sha256="0" * 64, message_id=f"{item.pk}.{at.isoformat()}", as_of=at.date(),
        sent_at=at, recorded_at=at,
    )  # fmt: skip
    MessageItem.objects.create(message=message, item=item, level=level, open_minor=100)
    return message


def mapped(company, customer, collector):
    """R1 paid in two parts after a reminder under a promise; R2 late, and nobody has asked."""
    day = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=30)}
    first = invoice(customer, "R1", 100_00, **day)
    invoice(add_customer(company, "K2", "Beta", segment="small"), "R2", 500_00, **day)
    record_promise(
        actor=staff(collector, company), customer=customer, amounts={first: 100_00},
        due_on=TODAY - timedelta(days=10), as_of=TODAY - timedelta(days=20), at=AT - timedelta(days=20),
    )  # fmt: skip
    reminded(first, datetime(2026, 2, 16, 9, 30, tzinfo=UTC))
    for number, minor, days, booked in (("B1", 40_00, 5, 5), ("B2", 60_00, 2, 0)):
        on, applied = TODAY - timedelta(days=days), TODAY - timedelta(days=booked)
        money = payment(customer, number, minor, value_on=on, as_of=applied)
        apply_payment(
            actor=system(company), payment=money, amounts={first: minor}, as_of=applied, at=AT
        )
    made = made_months(company, as_of=TODAY)
    assert record_process(actor=system(company), made=made, as_of=TODAY, at=AT) == len(made)
    return first
