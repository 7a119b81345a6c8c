"""The what-if of the team: figures, the customers behind each, and the hand-over it proposes."""

from datetime import timedelta

import pytest

from dunwell.actions.snoozes import snooze_customer
from dunwell.actions.workforce import set_capacity
from dunwell.models import Customer, WorklistEntry
from dunwell.queries.headcount import turn_rows, usual_staffing, what_if
from tests.actions.desk import acting
from tests.conftest import AT, TODAY, add_customer, add_user

QUERIES_OF_THE_PAGE = 12


def entry(customer, rank, *, extra=100_00, minutes=10, owed=1_000_00, **suggestion):
    options = [{"action": "call", "minutes": minutes, "extra_minor": extra}]
    told = {"action": "call", "is_planned": True, "is_automatic": False, "options": options}
    return WorklistEntry.objects.create(
        customer=customer, company=customer.company, as_of=TODAY, rank=rank, currency="EUR",
        due_minor=owed, promised_minor=0, disputed_minor=0, dunned_minor=0,
        to_collect_minor=owed, expected_extra_minor=extra, score=10, minutes=minutes,
        oldest_days=9, reasons={"suggestion": {**told, **suggestion}},
    )  # fmt: skip


@pytest.fixture
def bert(company):
    return add_user(company, "bert", "collector")


@pytest.fixture
def work(company, collector):
    """Five customers of anna, the first worth most, each ten minutes; 20 minutes a day."""
    set_capacity(
        actor=acting(add_user(company, "lead", "credit_manager")), user=collector, minutes=20,
        from_on=TODAY, as_of=TODAY, at=AT,
    )  # fmt: skip
    found = [add_customer(company, f"K{n}", collector=collector) for n in range(1, 6)]
    for n, customer in enumerate(found, 1):
        entry(customer, n, extra=(6 - n) * 100_00)
    return found


def test_figures_are_of_the_customers_that_need_a_person(company, collector, work):
    entry(add_customer(company, "AUTO"), 6, is_automatic=True)
    put_aside = add_customer(company, "LATER")
    entry(put_aside, 7)
    snooze_customer(
        actor=acting(collector), customer=put_aside, until_on=TODAY + timedelta(days=5),
        as_of=TODAY, at=AT,
    )  # fmt: skip
    WorklistEntry.objects.create(
        customer=add_customer(company, "NONE"), company=company, as_of=TODAY, rank=8,
        currency="EUR", due_minor=5, promised_minor=0, disputed_minor=0, dunned_minor=0,
        to_collect_minor=5, expected_extra_minor=0, score=0, minutes=0, oldest_days=1,
        reasons={"suggestion": None},
    )  # fmt: skip
    staffing = usual_staffing(company, as_of=TODAY)
    # anna's twenty minutes and lead's usual 240
    assert (staffing.people, staffing.minutes) == (2, 130)
    found = what_if(company, staffing, as_of=TODAY)
    assert (found.customers, found.extra_minor, found.is_cut) == (5, 1_500_00, False)
    assert found.days[0].extra_minor == 1_500_00


def test_the_page_answers_and_every_figure_opens_its_customers(
    come_in, company, manager, collector, work
):
    client = come_in(manager)
    assert 'href="/team/what-if/"' in client.get("/team/").text
    query = "people=1&minutes=20&hours=8&call=10&letter=6&email=4"
    page = client.get(f"/team/what-if/?{query}").text
    assert "5 customers of the worklist need a person" in page and "€900" in page
    assert "days 3 to 5" in page and "supposed" in page and "As it is today" in page
    behind = client.get(f"/team/what-if/customers/?{query}&from=1&to=1").text
    assert ">K1<" in behind and ">K2<" in behind and ">K3<" not in behind
    assert "€900.00" in behind and "2 customers" in behind
    second = client.get(f"/team/what-if/customers/?{query}&from=2&to=2").text
    assert "€500.00" in second
    late = client.get(f"/team/what-if/customers/?{query}&from=9").text
    assert "Nobody: the figure is 0." in late
    export = client.get(f"/team/what-if/export.csv?{query}&from=1&to=1").text
    assert "K1" in export and "500.00" in export and "K3" not in export
    slower = client.get(f"/team/what-if/?{query.replace('call=10', 'call=21')}").text
    assert "day 11 or later, or never" in slower
    wrong = client.get("/team/what-if/?people=x&minutes=0").text
    assert "Enter a whole number" in wrong and "5 customers" in wrong
    nobody = client.get("/team/what-if/?people=0").text
    assert "5 customers of the worklist" in nobody


def test_figures_and_the_rows_behind_them_agree(company, collector, work):
    usual = usual_staffing(company, as_of=TODAY)
    for people in range(4):
        staffing = type(usual)(people=people, minutes=20, hours=1, efforts=usual.efforts)
        found = what_if(company, staffing, as_of=TODAY)
        for day in found.days:
            rows = turn_rows(company, staffing, as_of=TODAY, from_day=day.day, to_day=day.day)
            assert sum(row.extra_minor for row in rows) == day.extra_minor
        for one in found.waits:
            rows = turn_rows(
                company, staffing, as_of=TODAY, from_day=one.from_day, to_day=one.to_day
            )
            assert (len(rows), sum(row.owed_minor for row in rows)) == (
                one.customers, one.owed_minor,
            )  # fmt: skip
        for row in found.headcounts:
            last = type(usual)(people=1, minutes=20, hours=1, efforts=usual.efforts)
            rows = turn_rows(company, last, as_of=TODAY, from_day=row.people, to_day=row.people)
            assert sum(one.extra_minor for one in rows) == row.adds_day_minor


def test_a_lead_hands_over_what_is_proposed_and_nobody_else(
    come_in, company, manager, collector, bert, work
):
    set_capacity(actor=acting(manager), user=bert, minutes=240, from_on=TODAY, as_of=TODAY, at=AT)
    found = what_if(company, usual_staffing(company, as_of=TODAY), as_of=TODAY)
    for_bert = [move.customer_id for move in found.moves if move.to_name == "bert"]
    sent = {"to": bert.pk, "id": for_bert}
    client = come_in(collector)
    assert "Give " in client.get("/team/what-if/").text
    assert "/team/what-if/give/" not in client.get("/team/what-if/").text
    assert client.post("/team/what-if/give/", sent).status_code == 403
    client = come_in(manager)
    assert "/team/what-if/give/" in client.get("/team/what-if/").text
    assert client.get("/team/what-if/give/").status_code == 405
    client.post("/team/what-if/give/", sent)
    moved = Customer.objects.filter(collector=bert).values_list("pk", flat=True)
    assert sorted(moved) == sorted(for_bert) and for_bert
    assert client.post("/team/what-if/give/", {"to": bert.pk, "id": []}).status_code == 422
    assert client.post("/team/what-if/give/", {"to": "x", "id": []}).status_code == 404


def test_the_page_asks_the_same_however_many_customers(
    come_in, company, manager, collector, django_assert_num_queries
):
    client = come_in(manager)
    for n in range(3):
        entry(add_customer(company, f"K{n}"), n + 1)
        if n != 1:
            with django_assert_num_queries(QUERIES_OF_THE_PAGE):
                client.get("/team/what-if/")


def test_nothing_to_do_says_so(come_in, company, manager):
    page = come_in(manager).get("/team/what-if/").text
    assert "0 customers of the worklist need a person" in page
    assert "The work is mixed fairly" in page
