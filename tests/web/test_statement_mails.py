"""Mailing statements from their pages: one, a run, and why nothing goes."""

from datetime import timedelta

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.statements import make_statement
from dunwell.jobs.statements import begin_run, run_statements
from dunwell.models import Message
from dunwell.queries.account_documents import Span
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

SPAN = {"from_on": TODAY - timedelta(days=30), "to_on": TODAY}


def test_a_statement_is_mailed_from_its_page(come_in, clerk, company, customer):
    invoice(customer, "R1", 100_00)
    made = make_statement(actor=system(company), customer=customer, **SPAN, as_of=TODAY, at=AT)
    client = come_in(clerk)
    address = f"/statements/{made.pk}/"
    assert "Mail it" in client.get(address).text
    refused = client.post(f"{address}mail/")
    assert refused.status_code == 422 and "no payables contact with an address" in refused.text
    add_contact(actor=system(company), customer=customer, email="pay@acme.example", at=AT)
    assert "1 statement is in the outbox." in client.post(f"{address}mail/", follow=True).text
    message = Message.objects.get()
    assert "Statement of account" in client.get(f"/messages/{message.pk}/").text
    assert client.get("/messages/").status_code == 200


def test_only_who_makes_statements_mails_them(come_in, reader, company, customer):
    made = make_statement(actor=system(company), customer=customer, **SPAN, as_of=TODAY, at=AT)
    client = come_in(reader)
    assert "Mail it" not in client.get(f"/statements/{made.pk}/").text
    assert client.post(f"/statements/{made.pk}/mail/").status_code == 403


def test_a_run_mails_those_that_can_be_and_names_the_others(
    come_in, clerk, company, customer, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    other = add_customer(company, "K7", "Bare")
    for one, number in ((customer, "R1"), (other, "B1")):
        invoice(one, number, 5_00)
    add_contact(actor=system(company), customer=customer, email="pay@acme.example", at=AT)
    run = begin_run(
        actor=system(company), span=Span(**SPAN, known_on=TODAY), scope="all", kinds=["csv"], at=AT
    )
    run_statements(company_id=company.pk, run_id=run.id, as_of=TODAY, at=AT)
    client = come_in(clerk)
    address = f"/statements/runs/{run.id}/"
    assert "Mail them" in client.get(address).text
    text = client.post(f"{address}mail/", follow=True).text
    assert "1 statement is in the outbox." in text and "no payables contact" in text
    assert client.post(f"{address}mail/").status_code == 422
    assert Message.objects.count() == 1
    assert client.post("/statements/runs/0123456789abcdef/mail/").status_code == 404
