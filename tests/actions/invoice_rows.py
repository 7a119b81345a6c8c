"""A company that can issue invoices, for the tests of invoicing: profile, tax codes, customer."""

from datetime import date

from dunwell.actions.gate import system
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoicing import add_tax_rate, save_customer_invoicing, save_profile
from dunwell.queries.invoice_drafts import Draft, LineDraft
from tests.conftest import AT, TODAY

NOW = {"as_of": TODAY, "at": AT}
OURS = {
    "legal_name": "Own GmbH",
    "street": "Hafenstr. 1",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "iban": "DE02120300000000202051",
    "contact": "Billing",
    "phone": "+49 40 123",
    "email": "billing@own.example",
}
THEIRS = {"street": "Markt 2", "postcode": "01067", "city": "Dresden", "country": "DE"}


def can_invoice(company, customer, **more):
    """Everything an invoice needs; `more` are fields of the customer's invoicing."""
    boss = system(company)
    save_profile(actor=boss, texts=OURS, approve_over_minor=None, version=0, at=AT)
    for code, name, category, ppm, why in (
        ("DE19", "VAT 19 %", "S", 190_000, ""),
        ("DE7", "VAT 7 %", "S", 70_000, ""),
        ("AE", "Reverse charge", "AE", 0, "VATEX-EU-AE"),
    ):
        add_tax_rate(
            actor=boss, code=code, name=name, country="DE", category=category, rate_ppm=ppm,
            exemption_code=why, valid_from=date(2020, 1, 1), at=AT,
        )  # fmt: skip
    wants_invoices(customer, **more)
    customer.terms = "Net 30"
    customer.save()
    return boss


def wants_invoices(customer, *, wire="pdf", delivery="mail", is_po_required=False, **texts):
    save_customer_invoicing(
        actor=system(customer.company), customer=customer, texts={**THEIRS, **texts}, wire=wire,
        delivery=delivery, is_po_required=is_po_required, version=0, at=AT,
    )  # fmt: skip


def line(price="100", quantity="1", tax="DE19", name="Service", **more):
    return LineDraft(
        name=name,
        quantity_micros=int(float(quantity) * 1_000_000),
        price_micros=int(float(price) * 1_000_000),
        tax_code=tax,
        **more,
    )


def drafted(customer, *lines, actor=None, origin=None, **fields):
    fields = {"delivered_on": TODAY, "currency": "EUR", **fields}
    return draft_invoice(
        actor=actor or system(customer.company),
        customer=customer,
        draft=Draft(lines=lines or (line(),), **fields),
        origin=origin,
        **NOW,
    )
