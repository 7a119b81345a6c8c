"""What we can show the payer's bank about a chargeback: invoice, papers, payment, mails."""

from collections.abc import Iterator
from datetime import date

from dunwell.models import Chargeback, Event, ItemDocument, Message

Line = tuple[str, str, str, str]
"""What it is about, the day, what is said, and the document behind it."""


def chargeback_evidence(row: Chargeback) -> Iterator[Line]:
    """Yield the lines of the evidence, in the order a bank asks for them; bodies of mails not."""
    checkout = row.checkout
    customer = checkout.customer
    yield ("chargeback", _day(row.opened_on), row.reason, row.external_id)
    yield ("buyer", "", customer.name, customer.number)
    yield (
        "payment",
        checkout.recorded_at.date().isoformat(),
        f"{checkout.get_method_display()}, begun by {checkout.started_by}",
        checkout.external_id,
    )
    items = [
        line.item
        for line in checkout.lines.select_related("item").order_by("item__due_on", "item_id")
    ]
    for item in items:
        yield (
            "invoice",
            _day(item.issued_on),
            f"{item.amount_minor} minor units {item.currency}, due {item.due_on}",
            item.number,
        )
    papers = ItemDocument.objects.filter(item__in=items, removed_at=None).order_by("item", "id")
    for paper in papers:
        yield (
            str(paper.kind),
            paper.recorded_at.date().isoformat(),
            paper.name,
            paper.sha256,
        )
    sent = Message.objects.filter(lines__item__in=items, sent_at__isnull=False).distinct()
    for message in sent.order_by("sent_at", "id"):
        when = message.sent_at.date().isoformat() if message.sent_at else ""
        yield ("message", when, message.subject, message.message_id)
    for event in Event.objects.filter(
        company=row.company_id, subject="checkout", subject_id=checkout.pk
    ).order_by("seq"):
        yield ("event", event.at.isoformat(), event.verb, f"{event.seq} {event.hash}")


def _day(value: date) -> str:
    return value.isoformat()
