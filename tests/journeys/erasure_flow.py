"""Crash scenario: a person is handed out and erased, and years later the retention ends."""

from datetime import UTC, date, datetime

from dunwell.actions.companies import add_company
from dunwell.actions.data_retention import end_retentions
from dunwell.actions.erasures import erase_contact, erase_customer
from dunwell.actions.gate import staff, system
from dunwell.actions.person_files import hand_out_person
from dunwell.models import (
    Company,
    Contact,
    CreditApplication,
    Customer,
    Event,
    PortalPerson,
    PortalSeat,
    Task,
    User,
)
from tests.conftest import add_customer, add_user

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)


def prepare():
    """A natural person with a task, a seat, two contacts and an application for credit."""
    company = add_company(
        name="Quills", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    add_user(company, "mona", "credit_manager")
    customer = add_customer(company, "P1", "Ina Quill", party="person", address="Am Teich 1")
    contact = Contact.objects.create(
        customer=customer, name="Ina Quill", email="ina@quill.example", recorded_at=AT
    )
    Contact.objects.create(
        customer=customer, name="Ole Quill", is_primary=False, phone="+49 30 7", recorded_at=AT
    )
    Task.objects.create(
        company=company, customer=customer, kind=Task.Kind.CALL, as_of=DAY, due_on=DAY,
        reason="ask Ina Quill", recorded_at=AT,
    )  # fmt: skip
    person = PortalPerson.objects.create(
        email="ina@quill.example", name="Ina Quill", session_nonce="n", recorded_at=AT
    )
    PortalSeat.objects.create(
        company=company, customer=customer, person=person, contact=contact, role="viewer",
        invited_by="mona", recorded_at=AT,
    )  # fmt: skip
    CreditApplication.objects.create(
        company=company, customer=customer, number="A1", name="Ina Quill", currency="EUR",
        opened_on=DAY, expires_on=DAY, recorded_at=AT,
    )  # fmt: skip


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company, customer = Company.objects.get(), Customer.objects.get()
    mona = staff(User.objects.get(username="mona"), company)
    contact = Contact.objects.order_by("pk")[0]
    on = {"as_of": DAY, "at": AT}
    if not Event.objects.filter(verb="person.handed_out").exists():
        hand_out_person(actor=mona, customer=customer, contact=contact, purpose="access", **on)
    erase_contact(actor=mona, contact=contact, ground="asked", **on)
    erase_customer(actor=mona, customer=customer, ground="asked", **on)
    for year in (2033, 2035):
        end_retentions(actor=system(company), as_of=date(year, 1, 1), at=AT)
