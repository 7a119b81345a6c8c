"""Answers to invoices that come as files of mails."""

import pytest

from dunwell.actions.gate import system
from dunwell.actions.intake import take_in
from dunwell.jobs.fetch_mail import look_after
from dunwell.jobs.invoice_responses import take_mailed_responses
from dunwell.models import InboundAttachment, InvoiceResponse
from tests.actions.ledger_rows import invoice
from tests.actions.mail_rows import contact, letter, mailbox
from tests.conftest import AT, add_customer
from tests.formats.response_samples import peppol


@pytest.fixture(autouse=True)
def _without_a_scanner(settings):
    settings.CLAMAV_ADDRESS = ""


def mailed_in(company, data, **fields):
    return take_in(
        actor=system(company),
        mailbox=mailbox(company),
        data=letter("See the answer.", files=[("answer.xml", data)], **fields),
        received_at=AT,
        at=AT,
    )


def test_an_answer_in_a_customers_mail_is_taken_in_once(company, customer):
    item = invoice(customer, "R1", 100_00)
    contact(customer)
    mailed_in(company, peppol())
    look_after(company.pk, at=AT)
    assert take_mailed_responses(company.pk, at=AT) == 0
    kept = InvoiceResponse.objects.get()
    assert (kept.item, kept.door, kept.case.source) == (item, "mail", "e_invoice")


def test_a_mail_speaks_for_its_sender_alone(company, customer):
    invoice(add_customer(company, "K2", "Beta"), "R1", 100_00)
    contact(customer)
    mailed_in(company, peppol())
    assert take_mailed_responses(company.pk, at=AT) == 0
    mailed_in_by_nobody = InboundAttachment.objects.count()
    assert (mailed_in_by_nobody, InvoiceResponse.objects.count()) == (1, 0)


def test_a_stranger_says_nothing_of_an_invoice(company, customer):
    invoice(customer, "R1", 100_00)
    mailed_in(company, peppol(), sender="who@nowhere.example")
    assert take_mailed_responses(company.pk, at=AT) == 0


def test_other_files_and_blocked_ones_stay_with_the_mail(company, customer):
    invoice(customer, "R1", 100_00)
    contact(customer)
    mailed_in(company, b"<Invoice/>")
    assert take_mailed_responses(company.pk, at=AT) == 0
    InboundAttachment.objects.update(verdict="blocked")
    assert take_mailed_responses(company.pk, at=AT) == 0
