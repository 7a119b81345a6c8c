"""Crash scenario: invoices are drafted, issued with their files, credited in part."""

from datetime import UTC, date, datetime

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.invoice_credits import credit_invoice
from dunwell.actions.invoice_files import MadeFile, keep_invoice_files
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.models import Company, Customer, Invoice
from dunwell.queries.invoice_drafts import Origin
from tests.actions.invoice_rows import can_invoice, drafted, line

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
ON = {"as_of": date(2026, 3, 5), "at": AT}


def prepare():
    """A company that can invoice, and whom."""
    company = add_company(
        name="Bills", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(
        company=company, number="K1", name="Acme", country="DE", recorded_at=AT
    )
    can_invoice(company, customer)


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company, customer = Company.objects.get(), Customer.objects.get()
    actor = system(company)
    for key, price in (("A", "50"), ("B", "70")):
        draft = drafted(customer, line(price, "2", name=key), origin=Origin(source="api", key=key))
        invoice = issue_invoice(actor=actor, invoice=draft, version=1, **ON)
        data = invoice.number.encode()
        file = MadeFile(kind="pdf", name=f"{invoice.number}.pdf", media_type="x/y", data=data)
        keep_invoice_files(actor=actor, invoice=invoice, files=[file], at=AT)
    first = Invoice.objects.get(source_key="A")
    note = Invoice.objects.filter(preceding=first).first() or credit_invoice(
        actor=actor, invoice=first, reason="One too many", quantities={1: 1_000_000}, **ON
    )
    issue_invoice(actor=actor, invoice=note, version=1, **ON)
