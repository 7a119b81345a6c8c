import re
from datetime import timedelta

import pytest
from django.utils.translation import override

from dunwell.models import Snooze
from dunwell.templatetags.ui import gate_label, gate_sentence
from tests.conftest import TODAY, add_customer
from tests.queries.test_worklist import SUGGESTION, ranked

HTMX = {"HX-Request": "true"}
QUERIES_OF_THE_LIST = 16


@pytest.fixture
def two(company, collector):
    """Two customers of Anna's, Acme before Beta."""
    made = [add_customer(company, n, name, collector=collector) for n, name in NAMES]
    for rank, customer in enumerate(made, 1):
        ranked(customer, rank)
    return made


NAMES = [("K1", "Acme"), ("K2", "Beta")]


def entries(page):
    return re.findall(r'class="cut" href="[^"]*"[^>]*>([^<]*)</a>', page.text)


def test_a_collector_sees_own_customers_in_order_and_the_first_beside_them(
    come_in, collector, two
):
    page = come_in(collector).get("/worklist/")

    assert entries(page) == ["Acme", "Beta"]
    assert f'<h2 class="big"><a href="/customers/{two[0].pk}/">Acme</a></h2>' in page.text
    assert "Promise open" in page.text


def test_somebody_without_customers_starts_with_all(come_in, manager, two):
    assert entries(come_in(manager).get("/worklist/")) == ["Acme", "Beta"]
    assert entries(come_in(manager).get("/worklist/?show=mine")) == []


def test_a_script_asks_for_the_detail_or_the_list_alone(come_in, collector, two):
    client = come_in(collector)
    address = f"/worklist/?customer={two[1].pk}"

    detail = client.get(address, headers={**HTMX, "HX-Target": "detail"})
    listed = client.get(address, headers={**HTMX, "HX-Target": "entries"})

    assert "<html" not in detail.text and "Beta" in detail.text and "Acme" not in detail.text
    assert "<html" not in listed.text and entries(listed) == ["Acme", "Beta"]


def test_a_customer_put_aside_leaves_the_list_and_comes_back(come_in, collector, two):
    client = come_in(collector)
    acme = two[0]

    answer = client.post(f"/customers/{acme.pk}/snooze/", {"days": "3"}, headers=HTMX)
    snooze = Snooze.objects.get()
    left = entries(client.get("/worklist/"))
    client.post(f"/customers/{acme.pk}/unsnooze/")

    assert answer.status_code == 204
    assert "Acme is put aside until Mar 9, 2026." in answer["HX-Trigger"]
    # three days on is a Sunday: the working day after it
    assert snooze.until_on == TODAY + timedelta(days=4)
    assert left == ["Beta"]
    assert entries(client.get("/worklist/")) == ["Acme", "Beta"]


def test_a_refused_snooze_is_shown_on_the_form(come_in, collector, two):
    answer = come_in(collector).post(
        f"/customers/{two[0].pk}/snooze/", {"days": "date", "until_on": "2027-01-01"}
    )

    assert answer.status_code == 422
    assert "Snooze for at most 90 days" in answer.text
    assert not Snooze.objects.exists()


def test_another_company_s_customer_is_not_shown_beside_the_list(come_in, rival, two):
    assert come_in(rival).get(f"/worklist/?customer={two[0].pk}").status_code == 404
    assert come_in(rival).post(f"/customers/{two[0].pk}/unsnooze/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, company, collector, count, django_assert_num_queries
):
    for rank in range(1, count + 1):
        ranked(add_customer(company, f"K{rank}", collector=collector), rank)
    client = come_in(collector)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/worklist/", headers={**HTMX, "HX-Target": "entries"})


def test_each_row_says_what_to_do_and_whether_there_is_time_for_it(come_in, company, collector):
    kinds = {
        "Acme": SUGGESTION,
        "Beta": {**SUGGESTION, "is_planned": False, "low_ppm": None, "high_ppm": None},
        "Gamma": {**SUGGESTION, "is_planned": False, "is_automatic": True, "action": "email"},
        "Delta": {**SUGGESTION, "is_planned": False, "is_worth": False},
    }
    for rank, (name, told) in enumerate(kinds.items(), 1):
        customer = add_customer(company, f"K{rank}", name, collector=collector)
        ranked(
            customer, rank, reasons={"suggestion": told}, minutes=10, expected_extra_minor=60_00,
            score=6_00,
        )  # fmt: skip
    client = come_in(collector)
    page = client.get("/worklist/").text
    today = client.get("/worklist/?show=plan")

    assert "Today: 1 customer, €60 more expected in 10 of 240 minutes" in page
    assert entries(today) == ["Acme"]
    assert page.count("Call: €60 more expected in 10 minutes, €6 a minute") == 2
    assert "E-mail goes out by itself, €60 more expected" in page
    assert "Not worth a contact today" in page
    assert page.count("(measured)") + page.count(">measured<") == 3
    assert "measured: +8 pts (+3 pts … +13 pts) from 240 decisions against 230" in page
    assert "assumed: of those who would not pay, +10 pts do so after it" in page
    # the customer beside the list shows what else was weighed
    assert "Suggested today" in page and "€20.01" in page and "€5.00" in page


def test_a_day_without_a_plan_says_so(come_in, collector, two):
    assert (
        "No customer of yours is planned for today"
        in come_in(collector).get("/worklist/?show=plan").text
    )


def test_an_unfinished_contact_is_told_in_the_readers_language():
    with override("de"):
        assert gate_label("contact_waiting") == "Ein früherer Kontakt ist noch nicht abgeschlossen"
        assert gate_sentence("contact_waiting").startswith("Eine frühere Nachricht ist noch nicht")
    assert gate_label("contact_waiting") == "An earlier contact is unfinished"
