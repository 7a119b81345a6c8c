"""Crash scenario: answers to invoices open a dispute, announce a payment, and prove arrival."""

from datetime import UTC, date, datetime

from dunwell.actions.companies import add_company
from dunwell.actions.deliveries import note_delivery, watch_deliveries
from dunwell.actions.gate import system
from dunwell.actions.invoice_responses import take_response_file
from dunwell.models import Company, Customer, DeliveryNote, Item
from dunwell.queries.delivery_ladders import delivery_alarms
from tests.actions.delivery_rows import mailed
from tests.actions.ledger_rows import invoice
from tests.formats.response_samples import cdar, peppol, reason

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)
ON = {"as_of": DAY, "at": AT}


def prepare():
    """Three invoices, one of which was sent and is due soon."""
    company = add_company(
        name="Answers", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    for number in ("R1", "R2"):
        invoice(customer, number, 90_00)
    mailed(invoice(customer, "R3", 50_00, due_on=date(2026, 3, 9)))


def run():
    """Take two answers, ask a person about the third invoice and hear of it; safe to run again."""
    company = Company.objects.get()
    for data in (
        peppol(code="RE", status=reason("QTY", "2 short")),
        cdar(number="R2", code="211", on="20260310"),
    ):
        take_response_file(actor=system(company), name="answer.xml", data=data, door="api", **ON)
    _watch(company)
    if not DeliveryNote.objects.exists():
        item = Item.objects.get(number="R3")
        note_delivery(actor=system(company), item=item, stage="received", on=DAY, **ON)
    _watch(company)


def _watch(company):
    alarms = delivery_alarms(company, as_of=DAY)
    watch_deliveries(actor=system(company), alarms=alarms, **ON)
