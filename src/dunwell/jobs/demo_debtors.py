"""The debtor's side of the demo: practice bank, early payment, invoices, people in the portal."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, system
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.invoicing import add_tax_rate, save_customer_invoicing, save_profile
from dunwell.actions.payment_providers import add_payment_provider
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.portal_access import invite_person
from dunwell.models import Company, Contact, Customer, PaymentProvider, PortalSeat
from dunwell.queries.invoice_drafts import Draft, LineDraft, Origin

INVITED = 3
"""Customers whose first contact gets access to the portal."""

BILLED = (
    ("Consulting, March", 12_000_000, 145_000_000),
    ("Travel at cost", 1_000_000, 318_400_000),
)
"""Lines of the demo's invoices: name, quantity and price in millionths."""

PROFILE = {
    "legal_name": "Dunwell Demo GmbH",
    "street": "Hafenstr. 1",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "iban": "DE02120300000000202051",
    "contact": "Billing",
    "phone": "+49 40 1234567",
    "email": "billing@dunwell-demo.example",
}
POLICY = """early_payment:
  name: early_payment
  valid_from: {day}
  funding_ppm: 65000
  programmes:
    - {{name: Nine percent a year, kind: dynamic, currency: EUR, least_minor: 500000,
       least_days: 5, apr_ppm: 90000, budget_minor: 250000}}
"""


@transaction.atomic
def open_to_debtors(company: Company, *, as_of: date, at: datetime) -> str:
    """Set the demo up for its debtors, once; return what there is now, in words."""
    if PaymentProvider.objects.filter(company=company).exists():
        return "done before"
    actor = system(company)
    add_payment_provider(
        actor=actor,
        kind=PaymentProvider.Kind.LOOPBACK,
        name="Practice bank",
        is_live=False,
        currencies=["EUR"],
        methods=["card", "debit"],
        account=None,
        settings={},
        at=at,
    )
    version = draft_document(
        actor=actor, kind="early_pay", text=POLICY.format(day=as_of.isoformat()), at=at
    )
    publish_document(actor=actor, version=version, as_of=as_of, at=at)
    save_profile(actor=actor, texts=PROFILE, approve_over_minor=None, version=0, at=at)
    add_tax_rate(
        actor=actor,
        code="DE19",
        name="VAT 19 %",
        country="DE",
        category="S",
        rate_ppm=190_000,
        valid_from=date(as_of.year - 1, 1, 1),
        at=at,
    )
    contacts = _contacts(company, as_of=as_of)
    for contact in contacts:
        _invite(actor, contact, at=at)
    invoices = [
        _bill(actor, one.customer, n, as_of=as_of, at=at) for n, one in enumerate(contacts)
    ]
    return f"{len(contacts)} invited, {sum(invoices)} invoices issued"


def demo_seat(company: Company) -> PortalSeat | None:
    """Return a seat of the demo to look at the portal from, None where there is none."""
    seats = PortalSeat.objects.filter(company=company, ended_on=None)
    return seats.select_related("customer", "person").order_by("pk").first()


def _contacts(company: Company, *, as_of: date) -> list[Contact]:
    """Return the first contacts of a few customers of our own country who are late."""
    found = (
        Contact.objects.filter(
            customer__company=company,
            customer__country=company.country,
            customer__open_items__open_minor__gt=0,
            customer__open_items__due_on__lt=as_of,
            role=Contact.Role.PAYABLES,
            is_primary=True,
            bounced_on=None,
        )
        .exclude(email="")
        .select_related("customer")
        .order_by("customer__number")
        .distinct()
    )
    return list(found[:INVITED])


def _invite(actor: Actor, contact: Contact, *, at: datetime) -> None:
    invite_person(
        actor=actor,
        customer=contact.customer,
        email=contact.email,
        name=contact.name,
        role=PortalSeat.Role.MANAGER,
        contact=contact,
        site="",
        at=at,
    )


def _bill(actor: Actor, customer: Customer, place: int, *, as_of: date, at: datetime) -> bool:
    """Write an invoice, and issue all but the last, which stays a draft to be checked."""
    save_customer_invoicing(
        actor=actor,
        customer=customer,
        texts={"street": "Markt 2", "postcode": "01067", "city": "Dresden", "country": "DE"},
        wire="facturx",
        delivery="portal",
        is_po_required=False,
        version=0,
        at=at,
    )
    lines = [
        LineDraft(name=name, quantity_micros=quantity, price_micros=price, tax_code="DE19")
        for name, quantity, price in BILLED
    ]
    invoice = draft_invoice(
        actor=actor,
        customer=customer,
        draft=Draft(lines=lines, currency="EUR", delivered_on=as_of, terms="Net 30"),
        origin=Origin(source="api", key=f"demo-{place}"),
        as_of=as_of,
        at=at,
    )
    if place == INVITED - 1:
        return False
    issue_invoice(
        actor=actor,
        invoice=invoice,
        version=invoice.version,
        is_confirmed=True,
        as_of=as_of,
        at=at,
    )
    return True
