"""Customers in collection without somebody to write to: the list, its roles, its export."""

import pytest

from dunwell.actions.gate import system
from dunwell.actions.suppressions import suppress_address
from dunwell.models import Contact, WorklistEntry
from dunwell.queries.contact_gaps import contact_gap_counts, contact_gaps
from tests.conftest import AT, TODAY, add_customer


def ranked(company, rank, number, **contact):
    customer = add_customer(company, number, f"{number} Ltd")
    WorklistEntry.objects.create(
        customer=customer, company=company, as_of=TODAY, rank=rank, currency="EUR",
        due_minor=rank * 100_00, promised_minor=0, disputed_minor=0, dunned_minor=0,
        to_collect_minor=1, expected_extra_minor=0, score=1, minutes=1, oldest_days=1, reasons={},
    )  # fmt: skip
    if contact:
        Contact.objects.create(customer=customer, recorded_at=AT, **contact)
    return customer


@pytest.fixture
def book(company):
    ranked(company, 1, "K1", email="ap@globex.example")
    ranked(company, 2, "K2")
    ranked(company, 3, "K3", email="Gone@initech.example")
    ranked(company, 4, "K4", phone="+49 30 1")
    ranked(company, 5, "K5", email="x@acme.example", bounced_on=TODAY)
    ranked(company, 6, "K6", email="boss@hooli.example", role="executive")
    suppress_address(
        actor=system(company), channel="email", address="gone@initech.example", note="x", at=AT
    )
    return company


def gaps(company, **only):
    return [(row.customer_number, row.gap) for row in contact_gaps(company, **only).rows]


def test_whoever_no_mail_reaches_is_listed_with_what_there_is(book):
    assert gaps(book) == [
        ("K2", "none"),
        ("K3", "unusable"),
        ("K4", "phone"),
        ("K5", "unusable"),
        ("K6", "none"),
    ]
    assert gaps(book, role="executive") == [(f"K{n}", "none") for n in range(1, 6)]
    assert contact_gap_counts(book) == {
        "payables": 5,
        "approver": 6,
        "dispute": 6,
        "legal": 6,
        "executive": 5,
    }


def test_the_list_goes_on_after_a_page(book):
    page = contact_gaps(book, limit=2)

    assert [row.customer_number for row in page.rows] == ["K2", "K3"]
    assert gaps(book, cursor=page.next, limit=2) == [("K4", "phone"), ("K5", "unusable")]


def test_the_page_and_its_export_show_the_same(come_in, collector, book):
    client = come_in(collector)
    page = client.get("/suppressions/contacts/").text
    executives = client.get("/suppressions/contacts/?role=executive").text
    export = client.get("/suppressions/contacts/export.csv").content.decode()

    assert "K2 Ltd" in page and "K1 Ltd" not in page and "By phone alone" in page
    assert "K6 Ltd" not in executives and "K1 Ltd" in executives
    assert "K3,K3 Ltd,Accounts payable,The address gets nothing,,EUR,300" in export
    assert client.get("/suppressions/contacts/?role=odd&cursor=odd").status_code == 200


def test_one_row_and_three_take_the_same_queries(
    come_in, collector, company, django_assert_num_queries
):
    client = come_in(collector)
    ranked(company, 1, "K1")
    client.get("/suppressions/contacts/")
    with django_assert_num_queries(QUERIES):
        client.get("/suppressions/contacts/")
    ranked(company, 2, "K2"), ranked(company, 3, "K3")
    with django_assert_num_queries(QUERIES):
        client.get("/suppressions/contacts/")


QUERIES = 6
