"""Statements by mail: once a statement and contact, held back where mail bounced, with the PDF."""

import email
import email.policy
from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.contacts import add_contact, edit_contact, mark_bounced
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.statement_mails import mail_statements
from dunwell.actions.statements import make_statement, make_statements
from dunwell.formats.account_statement_pdf import statement_pdf
from dunwell.jobs.deliver import deliver
from dunwell.models import Company, Event, Message, OpenItem
from dunwell.queries.account_documents import Span
from dunwell.queries.deliveries import delivery_verdicts
from dunwell.queries.statement_mails import unmailed_statements
from dunwell.queries.statements import statement_document
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.mail_sink import mail_sink

SPAN = {"from_on": TODAY - timedelta(days=30), "to_on": TODAY}


@pytest.fixture
def contact(customer):
    invoice(customer, "R1", 100_00)
    return add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip


@pytest.fixture
def statement(customer, contact):
    return make_statement(
        actor=system(customer.company), customer=customer, **SPAN, as_of=TODAY, at=AT
    )


def mail(user, *statements, as_of=TODAY):
    found = mail_statements(actor=acting(user), statements=statements, as_of=as_of, at=AT)
    return found.mailed, [reason for _, reason in found.left_out]


def test_a_statement_is_mailed_once_to_a_contact(clerk, statement, contact, company):
    assert mail(clerk, statement) == (1, [])
    message = Message.objects.get()
    assert (message.to, message.channel, message.status, message.template) == (
        "pay@acme.example", "statement", "ready", "account_statement",
    )  # fmt: skip
    assert message.subject == f"Statement of account {statement.number}"
    assert "Dear Pat," in message.body and statement.number in message.body
    assert Event.objects.get(verb="statements.mailed").data == {"statements": [statement.number]}
    assert mail(clerk, statement) == (0, ["it was mailed to pay@acme.example before"])
    # another contact may have it, and what was given up may go again
    edit_contact(
        actor=system(company), contact=contact, changes={"email": "new@acme.example"}, at=AT
    )
    assert mail(clerk, statement) == (1, [])
    Message.objects.filter(to="new@acme.example").update(status="dead")
    assert mail(clerk, statement) == (1, [])
    assert mail(clerk, statement)[0] == 0


def test_no_address_and_one_that_bounced_are_left_out_with_the_reason(
    clerk, collector, reader, statement, contact, company
):
    bare = add_customer(company, "K7", "Bare")
    invoice(bare, "B1", 5_00)
    other = make_statement(actor=system(company), customer=bare, **SPAN, as_of=TODAY, at=AT)
    mark_bounced(actor=system(company), contact=contact, as_of=TODAY, at=AT)
    assert mail(collector, statement, other) == (
        0,
        [
            "mail to pay@acme.example bounced",
            "the customer has no payables contact with an address",
        ],
    )
    with pytest.raises(Forbidden):
        mail(reader, statement)
    assert Message.objects.count() == 0


def test_a_fourth_statement_of_a_day_waits_for_the_next(clerk, customer, contact):
    made = [
        make_statement(
            actor=system(customer.company), customer=customer,
            from_on=TODAY - timedelta(days=days), to_on=TODAY, as_of=TODAY, at=AT,
        )
        for days in (1, 2, 3, 4)
    ]  # fmt: skip
    assert mail(clerk, *made) == (3, ["3 statements were mailed today"])
    assert mail(clerk, made[3], as_of=TODAY + timedelta(days=1)) == (1, [])


def test_the_mail_that_arrives_carries_the_pdf(clerk, statement, company, settings, tmp_path):
    mail(clerk, statement)
    folder = tmp_path / "sink"
    folder.mkdir()
    with mail_sink(folder) as port, time_machine.travel(AT, tick=False):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        Company.objects.update(sending="live")
        assert dict(deliver(company.pk)) == {"sent": 1}
        assert dict(deliver(company.pk)) == {}
    (path,) = folder.glob("*.eml")
    arrived = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    (pdf,) = arrived.iter_attachments()
    issued = statement_document(company, statement.pk)
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_filename() == f"{statement.number}-{issued.row.customer_number}-2026-03-05.pdf"
    assert pdf.get_content() == statement_pdf(issued.document, issued.letterhead)
    assert statement.number in arrived.get_body().get_content()
    assert arrived["To"] == "pay@acme.example"


def test_mail_that_bounced_or_moved_meanwhile_is_withdrawn(clerk, statement, contact, company):
    mail(clerk, statement)

    def verdict():
        (found,) = delivery_verdicts(
            company, list(Message.objects.all()), as_of=TODAY, at=AT
        ).values()
        return found.act, found.reasons

    assert verdict() == ("send", ())
    mark_bounced(actor=system(company), contact=contact, as_of=TODAY, at=AT)
    assert verdict() == ("withdraw", ("address_bounced",))
    edit_contact(
        actor=system(company), contact=contact, changes={"email": "new@acme.example"}, at=AT
    )
    assert verdict() == ("withdraw", ("address_changed",))


def test_a_statement_that_cannot_be_proved_is_not_sent(
    clerk, statement, company, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    mail(clerk, statement)
    message = Message.objects.get()
    message.pk, message.message_id, message.channel = None, "<other@dunwell>", "stated2"
    message.decision = {**message.decision, "statement_id": 0}
    Message.objects.update(status="cancelled")
    message.save()
    with time_machine.travel(AT, tick=False):
        assert dict(deliver(company.pk)) == {"dead": 1}
    assert "no longer reproduces" in Message.objects.get(status="dead").error


def test_those_of_a_run_that_were_mailed_are_not_waiting(clerk, customer, contact, company):
    other = add_customer(company, "K7", "Bare")
    invoice(other, "B1", 5_00)
    made = make_statements(
        actor=system(company), customers=[customer, other], **SPAN, as_of=TODAY, at=AT
    )
    asked = {
        "span": Span(**SPAN, known_on=TODAY), "scope": "all", "segment": "", "language": "",
        "most": 10,
    }  # fmt: skip
    assert OpenItem.objects.count() == 2
    assert unmailed_statements(company, **asked) == made
    mail(clerk, *made)
    assert unmailed_statements(company, **asked) == [made[1]]


def test_the_queries_do_not_grow_and_strangers_are_refused(
    clerk, customer, contact, statement, company, django_assert_num_queries
):
    with pytest.raises(Refused, match="at most 1000"):
        mail(clerk, *[statement] * 1001)
    stranger = Company.objects.create(
        name="Rival", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    statement.company = stranger
    with pytest.raises(Refused, match="does not belong to"):
        mail(clerk, statement)
