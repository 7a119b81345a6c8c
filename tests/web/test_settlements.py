"""Pages about settlements and approvals: proposing with a live comparison, deciding, answering."""

import pytest

from dunwell.models import ApprovalRequest, Settlement
from tests.actions.ledger_rows import invoice
from tests.actions.settlement_rows import PAY_BY, accepted, end, pay, proposed, two_items
from tests.conftest import add_customer, add_user

QUERIES_OF_THE_LIST = 6
QUERIES_OF_A_PAGE = 6
QUERIES_OF_APPROVALS = 8


def terms(items, pay_amount="970", **changes):
    return {
        "item": [item.pk for item in items], "pay": pay_amount, "pay_by_on": PAY_BY.isoformat(),
        "expires_on": "", "reason": "insolvency looms", "currency": "EUR", **changes,
    }  # fmt: skip


def test_a_settlement_is_proposed_accepted_paid_and_shown(come_in, company, collector, customer):
    items = two_items(customer)
    client = come_in(collector)
    page = client.get(f"/customers/{customer.pk}/").text
    assert f'href="/settlements/new/{customer.pk}/"' in page
    new = client.get(f"/settlements/new/{customer.pk}/").text
    assert "R1" in new and "€900.00" not in new and 'value="900.00"' in new
    assert "a credit manager may approve it" in new

    part = client.get(f"/settlements/new/{customer.pk}/worth/", terms(items)).text
    assert "is within what is allowed" in part and "Settling is worth" in part
    assert "<html" not in part and "worth most" in part
    never = client.get(f"/settlements/new/{customer.pk}/worth/", terms(items, "10")).text
    assert "more than anybody may grant" in never
    nothing = client.get(f"/settlements/new/{customer.pk}/worth/", terms(items, "x")).text
    assert "Nothing to compare yet" in nothing

    client.post(f"/settlements/new/{customer.pk}/", terms(items))
    settlement = Settlement.objects.get()
    address = f"/settlements/{settlement.pk}/"
    page = client.get(address).text
    assert "The offer stands until" in page and "What it was worth" in page and "€970.00" in page
    client.post(f"{address}accept/", {"name": "Pat"})
    assert "Its items are held." in client.get(address).text
    pay(customer, "P1", {items[0]: 600_00, items[1]: 370_00})
    end(company)
    page = client.get(address).text
    assert "Paid, rest given up" in page
    listed = client.get("/settlements/?status=completed").text
    assert "ST-1" in listed and "1 settlement in EUR" in listed
    assert "€30.00" in listed
    export = client.get("/settlements/export.csv?status=any").text
    assert "ST-1" in export and "970.00" in export


def test_a_request_is_approved_on_its_page_and_one_s_own_only_withdrawn(
    come_in, company, collector, manager, customer
):
    settlement = proposed(collector, two_items(customer), 800_00)
    request = ApprovalRequest.objects.get()
    client = come_in(collector)
    assert "Nothing waits for you" in client.get("/approvals/").text
    mine = client.get("/approvals/?scope=mine").text
    assert "insolvency looms" in mine and f"/approvals/{request.pk}/withdraw/" in mine
    assert client.get(f"/approvals/{request.pk}/approve/").status_code == 403

    client = come_in(manager)
    page = client.get("/approvals/").text
    assert 'data-finding-key="a"' in page and f'href="/settlements/{settlement.pk}/"' in page
    assert "20\N{NO-BREAK SPACE}%" in page and "€1,000.00" in page and "risk not known" in page
    assert "insolvency looms" in client.get(f"/approvals/{request.pk}/approve/").text
    no_reason = client.post(f"/approvals/{request.pk}/reject/", {"reason": ""})
    assert no_reason.status_code == 422
    client.post(f"/approvals/{request.pk}/approve/", {"reason": "fine"})
    settlement.refresh_from_db()
    assert settlement.status == "offered"
    again = client.post(f"/approvals/{request.pk}/approve/", {"reason": ""})
    assert again.status_code == 422 and "was approved by mona" in again.text
    decided = client.get("/approvals/?scope=decided").text
    assert "fine" in decided and "mona" in client.get("/approvals/export.csv?scope=all").text


def test_an_offer_is_declined_and_a_request_withdrawn_or_rejected(
    come_in, collector, manager, customer
):
    items = two_items(customer)
    first, second = proposed(collector, items[:1], 590_00), proposed(collector, items[1:], 300_00)
    client = come_in(collector)
    assert client.post(f"/settlements/{first.pk}/decline/", {"reason": ""}).status_code == 422
    client.post(f"/settlements/{first.pk}/decline/", {"reason": "too much"})
    client.post(f"/approvals/{ApprovalRequest.objects.get().pk}/withdraw/", {"reason": ""})
    for settlement in (first, second):
        settlement.refresh_from_db()
    assert (first.status, second.status) == ("rejected", "rejected")
    third = proposed(collector, items[1:], 300_00)
    request = ApprovalRequest.objects.get(status="open")
    come_in(manager).post(f"/approvals/{request.pk}/reject/", {"reason": "no"})
    third.refresh_from_db()
    assert third.status == "rejected"
    fourth = proposed(collector, items[:1], 590_00)
    come_in(collector).post(f"/settlements/{fourth.pk}/cancel/", {"reason": "odd"})
    fourth.refresh_from_db()
    assert fourth.status == "cancelled"


def test_wrong_terms_are_shown_at_the_form_and_strangers_find_nothing(
    come_in, collector, clerk, rival, customer
):
    items = two_items(customer)
    client = come_in(collector)
    for changes, message in [
        ({"pay": "1000"}, "paid in full is a promise"),
        ({"pay_by_on": "2026-01-01"}, "has already passed"),
        ({"item": []}, "Choose at least one item"),
    ]:
        answer = client.post(f"/settlements/new/{customer.pk}/", terms(items, **changes))
        assert answer.status_code == 422 and message in answer.text
    settlement = proposed(collector, items, 800_00)
    request = ApprovalRequest.objects.get()
    assert "ST-1" in client.get(f"/settlements/new/{customer.pk}/").text
    assert come_in(clerk).get(f"/settlements/new/{customer.pk}/").status_code == 403
    client = come_in(rival)
    for address in (f"settlements/{settlement.pk}/", f"approvals/{request.pk}/approve/"):
        assert client.get(f"/{address}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_whatever_there_is(
    come_in, company, collector, manager, number, django_assert_num_queries
):
    for n in range(number):
        accepted(collector, two_items(add_customer(company, f"C{n}")))
        other = invoice(add_customer(company, f"D{n}"), "X", 5_00)
        last = proposed(collector, [other], 4_00)
    client = come_in(manager)
    client.get("/settlements/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/settlements/")
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        client.get(f"/settlements/{last.pk}/")
    with django_assert_num_queries(QUERIES_OF_APPROVALS):
        client.get("/approvals/")
    assert add_user(company, "max", "read_only").pk
