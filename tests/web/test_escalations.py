"""Pages about escalations and watches: what waits for me, the clock, checks and freezes."""

from datetime import timedelta

import pytest

from dunwell.actions.escalations import acknowledge_escalation
from dunwell.models import ApprovalRequest, Escalation, ExposureFreeze, Watch
from tests.actions.desk import acting
from tests.actions.escalation_rows import ON, in_force, owing, raised, step, watched
from tests.conftest import TODAY, add_customer

QUERIES = {
    "/escalations/": 9,
    "/watches/": 7,
}
QUERIES_OF_AN_ESCALATION = 9
QUERIES_OF_A_WATCH = 13


def test_an_escalation_is_raised_seen_acknowledged_and_resolved(
    come_in, company, collector, manager, customer
):
    owing(customer)
    client = come_in(collector)
    page = client.get(f"/customers/{customer.pk}/").text
    assert f'href="/escalations/new/{customer.pk}/"' in page
    assert "Neither escalated nor under watch." in page
    form = client.post(f"/escalations/new/{customer.pk}/", {"kind": "other", "reason": ""})
    assert form.status_code == 422
    client.post(f"/escalations/new/{customer.pk}/", {"kind": "other", "reason": "they mock us"})
    again = client.post(f"/escalations/new/{customer.pk}/", {"kind": "other", "reason": "more"})
    assert again.status_code == 422 and "anna escalated this (other matter)" in again.text
    escalation = Escalation.objects.get()
    address = f"/escalations/{escalation.pk}/"
    assert address in client.get(f"/customers/{customer.pk}/").text
    assert "Nothing waits for you" in client.get("/escalations/").text
    assert "they mock us" in client.get("/escalations/?scope=open").text
    assert "Escalated to me" not in client.get("/").text

    client = come_in(manager)
    home = client.get("/").text
    assert "Escalated to me" in home and "3 business days left" in home
    page = client.get("/escalations/").text
    assert 'data-finding-key="a"' in page and "€1,500.00" in page and "rung 1 of 1" in page
    shown = client.get(address).text
    assert "This is the last rung" in shown and "Raised" in shown
    assert "they mock us" in client.get(f"{address}acknowledge/").text
    client.post(f"{address}acknowledge/", {"note": "I call them"})
    late = client.post(f"{address}acknowledge/", {"note": ""})
    assert late.status_code == 422 and "mona took this on on 2026-03-05" in late.text
    assert client.post(f"{address}resolve/", {"result": ""}).status_code == 422
    client.post(f"{address}resolve/", {"result": "they pay monthly"})
    page = client.get(address).text
    assert "they pay monthly" in page and "I call them" in page and "Resolved" in page
    listed = client.get("/escalations/?scope=resolved").text
    assert "they pay monthly" in listed
    export = client.get("/escalations/export.csv?scope=all").text
    assert "they mock us" in export and "1500.00" in export


def test_overdue_ones_come_first_and_filters_hold(come_in, company, collector, manager):
    in_force(company)
    customers = [add_customer(company, f"K{n}") for n in range(2)]
    early = raised(collector, customers[0])
    raised(collector, customers[1], "other")
    step(company, TODAY + timedelta(days=2))
    Escalation.objects.filter(pk=early.pk).update(answer_by_on=TODAY - timedelta(days=1))
    client = come_in(manager)
    page = client.get("/escalations/?scope=open").text
    assert page.index(">K0<") < page.index(">K1<")
    assert "1 business day too late" in page and "rung 2 of 2" in page
    assert ">K1<" not in client.get("/escalations/?scope=overdue").text
    assert ">K1<" not in client.get("/escalations/?scope=all&rung=2").text
    assert ">K0<" not in client.get("/escalations/?scope=all&kind=other").text
    assert client.get("/escalations/?cursor=nonsense").status_code == 200


@pytest.mark.parametrize("who", ["clerk", "reader", "admin"])
def test_who_may_not_answer_reads_and_another_company_sees_nothing(
    come_in, company, collector, customer, rival, request, who
):
    escalation = raised(collector, customer, "other")
    watch = watched(collector, customer)
    client = come_in(request.getfixturevalue(who))
    for page in (f"/escalations/{escalation.pk}/", f"/watches/{watch.pk}/", "/escalations/"):
        assert client.get(page).status_code == 200
    assert "they do not answer" in client.get("/escalations/").text
    for page in (
        f"/escalations/{escalation.pk}/acknowledge/", f"/escalations/{escalation.pk}/resolve/",
        f"/escalations/new/{customer.pk}/", f"/watches/new/{customer.pk}/",
        f"/watches/{watch.pk}/check/", f"/watches/{watch.pk}/end/",
    ):  # fmt: skip
        assert client.get(page).status_code == 403
    client = come_in(rival)
    for page in (f"/escalations/{escalation.pk}/", f"/watches/{watch.pk}/"):
        assert client.get(page).status_code == 404


def test_a_watch_from_proposal_to_its_end(come_in, company, collector, manager, customer):
    in_force(company)
    owing(customer, 2_500_00, days_late=10)
    step(company)
    watch = Watch.objects.get()
    address = f"/watches/{watch.pk}/"
    client = come_in(collector)
    assert "100 % of what is open is overdue" in client.get("/watches/?scope=proposed").text
    start = client.get(f"{address}accept/").text
    assert "What is paid this week" in start
    terms = {"way": "call", "every_days": "7", "agenda": "Cash?\nStock?", "sponsor": manager.pk}
    client.post(f"{address}accept/", terms)
    page = client.get(address).text
    assert "The playbook proposes to freeze the exposure" in page and "Stock?" in page
    assert "€2,500.00" in page and "Half of what is open is late" in page
    client.post(f"{address}check/", {"way": "visit", "result": "the yard is full"})
    twice = client.post(f"{address}check/", {"way": "call", "result": "again"})
    assert twice.status_code == 422 and "anna recorded a check of today" in twice.text
    client.post(f"{address}change/", {**terms, "every_days": "3", "next_on": "2026-03-10"})
    assert "the yard is full" in client.get(address).text
    client.post(f"{address}freeze/", {"reason": "insolvency looms"})
    assert "Freeze waits for approval" in client.get(address).text
    refused = client.post(f"{address}end/", {"reason": "done"})
    assert refused.status_code == 422 and "may be frozen" in refused.text

    client = come_in(manager)
    approvals = client.get("/approvals/").text
    freeze = ExposureFreeze.objects.get()
    assert "Freeze of the exposure" in approvals and f"/watches/freezes/{freeze.pk}/" in approvals
    client.post(f"/approvals/{ApprovalRequest.objects.get().pk}/approve/", {"reason": ""})
    assert client.get(f"/watches/freezes/{freeze.pk}/").url == address
    assert "exposure frozen" in client.get(f"/customers/{customer.pk}/").text
    client.post(f"/watches/freezes/{freeze.pk}/lift/", {"reason": "guarantee is in"})
    client.post(f"{address}end/", {"reason": "paid up"})
    page = client.get(address).text
    assert "paid up" in page and "guarantee is in" in page
    assert "High risk" in client.get("/watches/export.csv?scope=all").text
    assert "mona" in client.get("/watches/?scope=ended").text


def test_a_watch_by_hand_begins_with_the_playbook(come_in, company, collector, manager, customer):
    in_force(company)
    client = come_in(collector)
    address = f"/watches/new/{customer.pk}/"
    form = client.get(address).text
    assert 'value="High risk"' in form and "What is delivered next" in form
    sent = {"playbook": "High risk", "reason": "rumours", "way": "call", "every_days": "7",
            "agenda": "Cash?", "sponsor": ""}  # fmt: skip
    wrong = client.post(address, {**sent, "every_days": "0"})
    assert wrong.status_code == 422
    client.post(address, sent)
    again = client.post(address, sent)
    assert again.status_code == 422 and "is under the watch" in again.text
    assert "today" in client.get("/watches/?scope=due").text


@pytest.mark.parametrize("address", QUERIES)
def test_lists_ask_the_same_however_many_rows(
    come_in, company, collector, manager, django_assert_num_queries, address
):
    client = come_in(manager)
    for n in range(3):
        customer = add_customer(company, f"K{n}")
        raised(collector, customer, "other")
        watched(collector, customer)
        if n in {0, 2}:
            with django_assert_num_queries(QUERIES[address]):
                client.get(address)


def test_one_of_them_asks_the_same_whatever_happened(
    come_in, company, collector, manager, customer, django_assert_num_queries
):
    owing(customer)
    escalation = raised(collector, customer, "other")
    watch = watched(collector, customer)
    client = come_in(manager)
    with django_assert_num_queries(QUERIES_OF_AN_ESCALATION):
        client.get(f"/escalations/{escalation.pk}/")
    with django_assert_num_queries(QUERIES_OF_A_WATCH):
        client.get(f"/watches/{watch.pk}/")
    acknowledge_escalation(actor=acting(manager), escalation=escalation, **ON)
    with django_assert_num_queries(QUERIES_OF_AN_ESCALATION):
        client.get(f"/escalations/{escalation.pk}/")
