"""The same message to many: looked at, tested, sent once each, with a report of who was left out."""

from datetime import timedelta

import pytest

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.models import Message
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

PAGE = "/messages/many/"
WORDS = {"channel": "email", "template": "reminder", "subject": "", "body": ""}


@pytest.fixture
def three(company):
    for number in ("A1", "A2", "A3"):
        customer = add_customer(company, number, f"Firm {number}", segment="small")
        invoice(customer, f"R-{number}", 100_00, due_on=TODAY - timedelta(days=9))
        if number != "A3":
            add_contact(
                actor=system(company), customer=customer, email=f"{number}@x.example", at=AT
            )
    add_customer(company, "PAID")


def test_many_are_written_to_once_each_and_the_rest_is_reported(come_in, collector, three):
    client = come_in(collector)
    assert "Nothing looked at yet" in client.get(PAGE).text
    looked = client.post(PAGE, {**WORDS, "look": "1"}).text
    assert "Invoice R-A1" in looked and "The contact has no mail address." in looked
    assert Message.objects.count() == 0

    for _ in range(2):
        client.post(PAGE, {**WORDS, "send": "1"})
        assert [one.customer.number for one in Message.objects.order_by("id")] == ["A1", "A2"]
    told = client.get(PAGE).text
    assert "2 written" in told and "1 left out" in told and "no mail address" in told
    assert client.get(f"{PAGE}progress/").status_code == 204


def test_a_test_goes_to_the_writer_alone(come_in, collector, three):
    told = {**WORDS, "segment": "small", "subject": "Closed in May", "body": "Dear {contact_name}"}
    tested = come_in(collector).post(PAGE, {**told, "test": "1"}).text
    assert "3 test mails are in the outbox." in tested
    # what is sent next is what was tested: to whom and in which words stays in the form
    assert '<option value="small" selected' in tested and "Dear {contact_name}" in tested
    assert set(Message.objects.values_list("to", "channel")) == {
        ("anna@northwind.example", "test")
    }


def test_nothing_is_begun_without_words(come_in, collector, three):
    told = come_in(collector).post(PAGE, {**WORDS, "template": "", "body": " ", "send": "1"})
    assert told.status_code == 422
    assert "Write something, or choose a text to start from." in told.text


def test_an_empty_list_and_people_without_the_right_are_told(come_in, collector, reader, three):
    client = come_in(collector)
    nobody = client.post(PAGE, {**WORDS, "segment": "small", "pool": "9", "send": "1"})
    assert nobody.status_code == 422
    assert come_in(reader).get(PAGE).status_code == 403
    assert Message.objects.count() == 0
