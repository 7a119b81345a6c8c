"""Pages of payment plans: proposing with live offers, accepting, following, ending."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.disputes import open_dispute
from dunwell.models import ApprovalRequest, PaymentPlan
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.plan_rows import accepted, accepted_offer, judged, paid, policy, proposed, wish
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}
FIRST = date(2026, 3, 12)


@pytest.fixture
def items(customer):
    return [
        invoice(customer, "R1", 600_00, due_on=TODAY - timedelta(days=1)),
        invoice(customer, "R2", 300_00),
    ]


def test_a_plan_is_proposed_from_the_customers_page_and_accepted(
    come_in, collector, customer, items
):
    client = come_in(collector)
    address = f"/plans/new/{customer.pk}/"
    assert address in client.get(f"/customers/{customer.pk}/").text
    page = client.get(address).text
    # overdue items are chosen, the first payment a week ahead
    assert f'value="{items[0].pk}" checked' in page
    assert f'value="{items[1].pk}" checked' not in page
    assert 'value="2026-03-12"' in page and "for €600.00" in page
    assert 'value="monthly:3:0"' in page and "€200.00" in page
    values = {"item": [row.pk for row in items], "first_on": "2026-03-12", "offer": "monthly:3:0"}
    shown = client.post(address, {**values, "show": "1"})
    assert shown.status_code == 200 and "for €900.00" in shown.text
    assert 'value="monthly:3:0" checked' in shown.text
    assert not PaymentPlan.objects.exists()

    answer = client.post(address, {**values, "propose": "1", "reason": "slow season"})

    plan = PaymentPlan.objects.get()
    assert answer["Location"] == f"/plans/{plan.pk}/"
    page = client.get(f"/plans/{plan.pk}/").text
    assert "The offer stands until Mar 12, 2026" in page and "slow season" in page
    assert f"/plans/{plan.pk}/accept/" in page and "Payment plan PP-1" in page
    form = client.get(f"/plans/{plan.pk}/accept/").text
    assert plan.terms_sha256 in form
    wrong = client.post(f"/plans/{plan.pk}/accept/", {"name": "Wile E.", "sha256": "0" * 64})
    assert wrong.status_code == 422 and "are not the ones accepted" in wrong.text
    client.post(
        f"/plans/{plan.pk}/accept/",
        {"name": "Wile E.", "role": "owner", "sha256": plan.terms_sha256},
    )
    page = client.get(f"/plans/{plan.pk}/").text
    assert "Accepted by Wile E. (owner) on Mar 5, 2026, recorded by anna." in page
    assert "Payment plan accepted" in page
    assert "PP-1" in client.get("/plans/").text
    assert "Payment plan: R1" in client.get(f"/customers/{customer.pk}/").text


def test_offers_follow_what_the_customer_can_pay(come_in, collector, customer, items):
    client = come_in(collector)
    address = f"/plans/new/{customer.pk}/offers/"
    values = {"item": [row.pk for row in items], "first_on": "2026-03-12", "currency": "EUR"}
    part = client.get(address, {**values, "payable": "150.00"}).text
    assert part.lstrip().startswith('<section class="card" id="offers"')
    assert part.count("shortest that fits") == 3
    assert 'value="monthly:6:0"' in part and 'value="monthly:5:0"' not in part
    assert 'value="monthly:3:30000"' in client.get(address, {**values, "deposit": "300"}).text
    assert "No plan is allowed" in client.get(address, {**values, "payable": "1.00"}).text
    assert "No plan is allowed" in client.get(address, {**values, "item": []}).text
    wrong = client.get(address, {**values, "first_on": "soon", "payable": "x", "item": "x"})
    assert wrong.status_code == 200 and "No plan is allowed" in wrong.text


def test_what_is_refused_stands_at_the_form(come_in, collector, customer, items):
    client = come_in(collector)
    address = f"/plans/new/{customer.pk}/"
    values = {"item": items[0].pk, "first_on": "2026-03-12", "propose": "1"}
    answer = client.post(address, values)
    assert answer.status_code == 422 and "Choose one of the plans below." in answer.text
    for offer in ("monthly", "monthly:x:0", ":::"):
        assert client.post(address, {**values, "offer": offer}).status_code == 422
    answer = client.post(address, {**values, "offer": "monthly:13:0"})
    assert answer.status_code == 422 and "13 monthly instalments are not offered" in answer.text
    open_dispute(actor=acting(collector), item=items[0], amount_minor=1, reason="price", **ON)
    page = client.get(address).text
    assert "disputed" in page and f'value="{items[0].pk}" disabled' in page


def test_a_customer_without_open_items_gets_no_form(come_in, collector, company):
    client = come_in(collector)
    other = add_customer(company, "K2")
    assert "There is nothing a plan could cover." in client.get(f"/plans/new/{other.pk}/").text


def test_a_plan_that_waits_says_for_whom(come_in, collector, items):
    plan = proposed(collector, items, wish(4))
    page = come_in(collector).get(f"/plans/{plan.pk}/").text
    assert "Somebody else has to approve this" in page
    assert ApprovalRequest.objects.get().verdict["text"] in page
    assert "PP-1" in come_in(collector).get("/plans/?status=pending").text


def test_the_letter_holds_the_terms_in_the_customers_language(come_in, collector, customer, items):
    customer.language = "de"
    customer.address = "Weg 1\n10115 Berlin"
    customer.save()
    plan = proposed(collector, items)
    page = come_in(collector).get(f"/plans/{plan.pk}/letter/").text
    assert "Ratenzahlungsvereinbarung PP-1" in page and "Unterschrift des Kunden" in page
    assert "10115 Berlin" in page and plan.terms_sha256 in page and 'lang="de"' in page
    waiting = proposed(collector, [invoice(customer, "R9", 900_00)], wish(4))
    assert come_in(collector).get(f"/plans/{waiting.pk}/letter/").status_code == 404


def test_a_failed_plan_is_replaced_from_its_page(come_in, company, collector, customer, items):
    plan = accepted(collector, items)
    judged(company, date(2026, 4, 8))
    client = come_in(collector)
    page = client.get(f"/plans/{plan.pk}/").text
    assert "In default since Apr 8, 2026" in page and "until Apr 22, 2026" in page
    assert "1 missed" in client.get("/plans/?status=defaulted").text
    missed = client.get("/plans/instalments/").text
    assert "no. 1" in missed and "€300.00" in missed
    early = client.post(f"/plans/{plan.pk}/due-at-once/", {"reason": "no answer"})
    assert early.status_code == 422 and "may cure PP-1 until 2026-04-22" in early.text
    page = client.get(f"/plans/{plan.pk}/replace/").text
    assert "Another plan instead of PP-1" in page and "for €900.00" in page
    part = client.get(f"/plans/{plan.pk}/replace/offers/", {"first_on": "2026-03-12"}).text
    assert 'value="monthly:6:0"' in part
    values = {"first_on": "2026-03-12", "offer": "monthly:3:0", "propose": "1"}
    answer = client.post(f"/plans/{plan.pk}/replace/", values)
    new = PaymentPlan.objects.get(renegotiates=plan)
    assert answer["Location"] == f"/plans/{new.pk}/"
    accepted_offer(collector, new)
    assert "Replaced by" in client.get(f"/plans/{plan.pk}/").text
    assert "Instead of" in client.get(f"/plans/{new.pk}/").text
    client.post(f"/plans/{new.pk}/cancel/", {"reason": "sold"})
    assert "Cancelled" in client.get(f"/plans/{new.pk}/").text


def test_a_failed_plan_goes_on_once_nothing_is_missing(come_in, company, collector, items):
    plan = accepted(collector, items)
    judged(company, date(2026, 4, 8))
    # the clock of this test stands in March, where nothing is missing yet
    answer = come_in(collector).post(f"/plans/{plan.pk}/cure/", {"reason": "paid by card"})
    assert answer["Location"] == f"/plans/{plan.pk}/"
    page = come_in(collector).get(f"/plans/{plan.pk}/").text
    assert "Payment plan in force again" in page and "paid by card" in page


def test_a_declined_offer_is_over(come_in, collector, items):
    plan = proposed(collector, items)
    come_in(collector).post(f"/plans/{plan.pk}/decline/", {"reason": "too dear"})
    plan.refresh_from_db()
    assert plan.status == "rejected"
    assert "too dear" in come_in(collector).get(f"/plans/{plan.pk}/").text


def test_lists_are_files_too(come_in, company, collector, customer, items):
    plan = accepted(collector, items)
    paid(customer, "P1", {items[0]: 100_00}, TODAY)
    judged(company, date(2026, 3, 13))
    client = come_in(collector)
    told = client.get("/plans/export.csv").content.decode("utf-8-sig").splitlines()
    assert told[1].split(",")[:6] == ["PP-1", "Running", "K1", "Acme", "EUR", "900.00"]
    told = client.get("/plans/instalments/export.csv").content.decode("utf-8-sig").splitlines()
    assert told[1].split(",") == [
        "PP-1", "1", "Acme", "2026-03-09", "Partly paid", "EUR", "300.00", "100.00", "200.00",
    ]  # fmt: skip
    assert client.get("/plans/export.xlsx").status_code == 200
    week = client.get("/plans/instalments/?which=month&cursor=junk").text
    assert "No instalment" in week and plan.number not in week


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert client.get(address).status_code == 200
    return len(told)


@pytest.mark.parametrize("address", ["/plans/?status=active", "/plans/instalments/?which=month"])
def test_a_longer_list_asks_no_more_queries(come_in, company, collector, items, address):
    accepted(collector, items)
    client = come_in(collector)
    before = queries_of(client, address)
    for number in ("K2", "K3"):
        accepted(collector, [invoice(add_customer(company, number), f"R-{number}", 900_00)])
    assert queries_of(client, address) == before


def test_longer_plans_ask_no_more_queries(come_in, manager, customer, company):
    policy(company, fee_minor="0", interest="{method: none, rate_ppm: 0}")
    one = accepted(manager, [invoice(customer, "R1", 900_00)], wish(2))
    three = accepted(manager, [invoice(customer, f"S{n}", 900_00) for n in range(3)], wish(6))
    client = come_in(manager)
    assert queries_of(client, f"/plans/{one.pk}/") == queries_of(client, f"/plans/{three.pk}/")


def test_who_may_not_propose_sees_but_does_nothing(come_in, reader, collector, customer, items):
    plan = proposed(collector, items)
    client = come_in(reader)
    assert f"/plans/{plan.pk}/accept/" not in client.get(f"/plans/{plan.pk}/").text
    for page in ("accept", "decline", "cancel", "cure", "due-at-once", "replace"):
        assert client.get(f"/plans/{plan.pk}/{page}/").status_code == 403
    assert client.get(f"/plans/new/{customer.pk}/").status_code == 403


def test_another_company_sees_nothing(come_in, rival, collector, customer, items):
    plan = proposed(collector, items)
    client = come_in(rival)
    for page in ("", "letter/", "accept/", "cancel/", "replace/", "replace/offers/"):
        assert client.get(f"/plans/{plan.pk}/{page}").status_code == 404
    assert client.get(f"/plans/new/{customer.pk}/").status_code == 404
    assert "No plans here" in client.get("/plans/").text
