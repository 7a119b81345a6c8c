"""Pages of orders and holds: the workbench, one hold with what if, releases, checking a file."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import ApprovalRequest, CreditHold, Order
from tests.actions.ledger_rows import invoice
from tests.actions.order_rows import check, limited
from tests.conftest import TODAY, add_customer


@pytest.fixture
def held(customer):
    limited(customer, 1_000_00)
    invoice(customer, "R1", 700_00)
    check(customer, amount=500_00)
    return CreditHold.objects.get()


def test_the_workbench_lists_what_is_held_and_why(come_in, manager, held):
    client = come_in(manager)
    page = client.get("/credit-holds/").text
    assert "SO-1" in page and "Over the limit" in page and "€200.00" in page
    assert "1 order in EUR under this filter" in page
    for query, is_there in (
        ("rule=limit", True),
        ("rule=insolvency", False),
        ("kind=forced", False),
        ("days=1", False),
        ("status=ready", False),
        ("q=Acme", True),
        ("mine=1", False),
        (f"customer={held.customer_id}", True),
    ):
        shown = client.get(f"/credit-holds/?{query}").text
        assert ("SO-1</a>" in shown) is is_there, query
    assert "Nothing is held here" in client.get("/credit-holds/?q=nobody").text
    told = client.get("/credit-holds/export.csv").content.decode()
    assert "SO-1" in told and "200.00" in told


def test_why_an_order_is_held_reads_in_the_language_of_who_looks(come_in, manager, held):
    client = come_in(manager)
    client.cookies["django_language"] = "de"
    page = client.get("/credit-holds/").text
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "1.200,00 € mit diesem Auftrag, bei einem Limit von 1.000,00 €" in page
    assert '<th scope="col">Auftrag</th>' in page
    assert "with this order" not in page
    page = client.get(f"/credit-holds/{held.pk}/").text
    for told in ("mit diesem Auftrag, bei einem Limit von", "Nichts ist überfällig."):
        assert told in page
    for english in ("with this order", "Nothing is overdue.", "is not suspended."):
        assert english not in page


def test_a_hold_says_what_frees_it_and_tries_it(come_in, manager, held):
    client = come_in(manager)
    address = f"/credit-holds/{held.pk}/"
    page = client.get(address).text
    assert "Paying €200.00" in page and "A limit of €1,200.00" in page
    assert "we would like to deliver your order SO-1" in page
    assert "That frees it." in client.get(f"{address}?paid=200").text
    assert "Held still:" in client.get(f"{address}?paid=199.99&prepaid=&limit=").text
    assert "That frees it." in client.get(f"{address}?limit=1200").text
    assert client.get(f"{address}?paid=lots").status_code == 200
    assert client.get("/credit-holds/999/").status_code == 404


def test_a_hold_is_reviewed_asked_again_and_released(come_in, manager, held):
    client = come_in(manager)
    address = f"/credit-holds/{held.pk}/"
    client.post(f"{address}review/", {"review_on": "2026-03-09", "note": "bank"})
    held.refresh_from_db()
    assert (held.status, held.reviewer) == ("under_review", "mona")
    client.post(f"{address}evaluate/")
    assert "Why is it released?" in client.get(f"{address}release/").text
    assert client.post(f"{address}release/", {"reason": ""}).status_code == 422
    answer = client.post(f"{address}release/", {"reason": "known for years"})
    assert answer["Location"] == address
    assert Order.objects.get().status == "approved"
    page = client.get(address).text
    assert "known for years" in page and "Released" in page
    assert "What each rule said" in client.get(f"/orders/{held.order_id}/").text


def test_a_hold_is_rejected(come_in, manager, held):
    client = come_in(manager)
    client.post(f"/credit-holds/{held.pk}/reject/", {"reason": "too risky"})
    assert Order.objects.get().status == "rejected"


def test_several_are_released_each_within_authority(come_in, manager, held):
    check(held.customer, "SO-2", 900_000_00)
    client = come_in(manager)
    keys = list(CreditHold.objects.values_list("pk", flat=True))
    none = client.post("/credit-holds/release/", {"reason": "x"}, follow=True).text
    assert "Choose the orders to release first." in none
    page = client.post("/credit-holds/release/", {"hold": keys, "reason": "agreed"}).text
    assert "1 order is released." in page and "Waits for approval" in page
    assert ApprovalRequest.objects.get().subject == "credithold"
    assert dict(Order.objects.values_list("number", "status")) == {
        "SO-1": "approved", "SO-2": "held"
    }  # fmt: skip


def test_the_customers_page_shows_orders_and_holds(come_in, reader, held):
    client = come_in(reader)
    address = f"/orders/of/{held.customer_id}/"
    assert address in client.get(f"/customers/{held.customer_id}/").text
    part = client.get(address).text
    assert "SO-1" in part and "Over the limit" in part and "€500.00" in part
    other = add_customer(held.company, "K2")
    assert "No order was checked yet." in client.get(f"/orders/of/{other.pk}/").text


def test_a_person_holds_a_customer_or_one_order(come_in, manager, customer):
    limited(customer, 1_000_00)
    check(customer)
    client = come_in(manager)
    assert f"/credit-holds/new/{customer.pk}/" in client.get(f"/customers/{customer.pk}/").text
    client.post(f"/credit-holds/new/{customer.pk}/", {"reason": "fraud suspected"})
    assert CreditHold.objects.get().order is None
    client.post(f"/credit-holds/new/{customer.pk}/?order=SO-1", {"reason": "odd"})
    assert Order.objects.get().status == "held"
    page = client.get("/credit-holds/?kind=forced").text
    assert "Every order" in page and "fraud suspected" in page


def test_the_orders_are_listed_with_their_sums(come_in, reader, held):
    client = come_in(reader)
    page = client.get("/orders/").text
    assert "SO-1" in page and "1 order in EUR under this filter" in page
    assert "No orders here" in client.get("/orders/?status=approved").text
    assert "SO-1" in client.get("/orders/export.csv").content.decode()
    page = client.get(f"/orders/{held.order_id}/").text
    assert "Over the limit" in page and "of a limit of 1,000.00 EUR" in page
    assert client.get("/orders/999/").status_code == 404
    assert client.get("/orders/check/").status_code == 403
    assert client.post("/credit-holds/release/", {"hold": [1]}).status_code == 403


LIST = """Customer number;Order number;Currency;Amount;Prepaid
K1;SO-1;EUR;800.00;
K1;SO-2;EUR;300.00;100.00
K2;SO-3;EUR;50.00;
"""


def file_of(text, name="orders.csv"):
    data = BytesIO(text.encode())
    data.name = name
    return data


def test_a_file_of_orders_is_tried_and_then_written(come_in, manager, customer):
    limited(customer, 900_00)
    limited(add_customer(customer.company, "K2"), 0)
    client = come_in(manager)
    values = {"file": file_of(LIST), "answer": "page"}
    page = client.post("/orders/check/", values).text
    assert "1 pass, 2 are held." in page and "Checked, nothing written" in page
    # the prepayment it speaks of has not reached us yet: it has to come, and 100 more
    assert "Paying €200.00" in page and "Prepaying €100.00" in page
    assert not Order.objects.exists()
    values = {"file": file_of(LIST), "answer": "csv", "commit": "on"}
    answer = client.post("/orders/check/", values)
    assert answer["Content-Type"].startswith("text/csv")
    told = answer.content.decode()
    assert "Over the limit" in told and "SO-3" in told
    assert dict(Order.objects.values_list("number", "status")) == {
        "SO-1": "approved", "SO-2": "held", "SO-3": "held"
    }  # fmt: skip


def test_lines_that_cannot_be_read_are_named_and_nothing_is_checked(come_in, manager, customer):
    client = come_in(manager)
    wrong = LIST + "K9;SO-4;EUR;1.00;\nK1;;EUR;lots;\n"
    answer = client.post("/orders/check/", {"file": file_of(wrong), "answer": "page"})
    assert answer.status_code == 422
    assert "there is no customer with this number" in answer.text
    assert "the order number (Auftragsnummer) is missing" in answer.text
    assert "&#x27;lots&#x27; is no amount" in answer.text
    answer = client.post("/orders/check/", {"file": file_of("a;b\n1;2\n"), "answer": "page"})
    assert "no column is known as customer number" in answer.text
    assert client.get("/orders/template.csv").status_code == 200


@pytest.mark.parametrize("path", ["/orders/", "/credit-holds/"])
def test_a_page_costs_the_same_queries_with_one_row_and_with_three(
    come_in, manager, customer, path
):
    client = come_in(manager)
    limited(customer, 0)
    costs = []
    for numbers in (("1",), ("2", "3")):
        for number in numbers:
            check(customer, number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_another_companys_orders_and_holds_are_not_there(come_in, rival, held):
    client = come_in(rival)
    for path in (
        f"/credit-holds/{held.pk}/",
        f"/credit-holds/{held.pk}/release/",
        f"/orders/{held.order_id}/",
    ):
        assert client.get(path).status_code == 404
    assert "SO-1" not in client.get("/orders/").text
    assert held.raised_on + timedelta(days=3) == held.review_on
    assert held.raised_on == TODAY
