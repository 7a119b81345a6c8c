"""Guided tours: in a demo company alone, kept in the session, without a query on the pages."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import resolve, reverse

from dunwell.jobs import demo_resets
from dunwell.models import Company, DisputeCase, Event, LegalMatter
from dunwell.queries.tours import RECORD_NAMES, TOURS, tour_records
from dunwell.templatetags.tours import ABOUT, NAMES, WORDS
from dunwell.web.demo_story import story
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def demo(company):
    company.is_demo = True
    company.save(update_fields=["is_demo"])
    return company


@pytest.fixture
def dispute(demo):
    return DisputeCase.objects.create(
        company=demo, customer=add_customer(demo, "K1"), number="DC-1", status="in_review",
        title="x", source="staff", reason="price", opened_on=TODAY, recorded_at=AT,
    )  # fmt: skip


def panel(page):
    """Title and place of the panel on a page, nothing where there is none."""
    found = re.search(
        r'<section class="tour.*?stop (\d+ of \d+).*?<h2 id="tour-title">(.*?)</h2>',
        page.text,
        re.S,
    )
    return found and (unescape(found[2]), found[1])


def moved(client, tour, move):
    answer = client.post(f"/tours/{tour}/", {"move": move})
    assert answer.status_code == 302
    return answer["Location"]


def test_every_stop_has_words_and_every_noun_a_record_name():
    stops = [stop for tour in TOURS.values() for stop in tour]
    ids = [stop.id for stop in stops]
    assert (len(ids), sorted(WORDS)) == (len(set(ids)), sorted(ids))
    assert {stop.noun for stop in stops if stop.noun} == set(RECORD_NAMES)
    assert (set(NAMES), set(ABOUT)) == (set(TOURS), set(TOURS) - {"portal"})


def test_a_tour_leads_from_stop_to_stop_and_remembers_where_one_is(come_in, reader, demo):
    client = come_in(reader)

    begun = moved(client, "resolver", "here")
    first = client.get("/disputes/")
    elsewhere = client.get("/items/")
    again = moved(client, "resolver", "here")
    following = moved(client, "resolver", "next")
    before = moved(client, "resolver", "back")

    # no case and no task yet: the stop at one case is left out
    assert (begun, panel(first)) == ("/disputes/#tour", ("Cases by deadline", "1 of 4"))
    assert "Go there" not in first.text and "Stop before" not in first.text
    assert panel(elsewhere) == panel(first) and 'href="/disputes/#tour"' in elsewhere.text
    assert (again, following, before) == (begun, "/disputes/tasks/#tour", begun)


def test_a_stop_shows_the_record_there_is(come_in, reader, dispute):
    client = come_in(reader)
    moved(client, "resolver", "here")

    address = moved(client, "resolver", "next")

    assert address == f"/disputes/{dispute.pk}/#tour"
    assert panel(client.get(address)) == ("One case from first word to credit note", "2 of 5")


def test_the_last_stop_ends_the_tour_and_so_does_its_button(come_in, reader, demo):
    client = come_in(reader)
    moved(client, "resolver", "here")
    for _ in range(3):
        last = moved(client, "resolver", "next")
    page = client.get(last)
    over = moved(client, "resolver", "next")

    assert panel(page)[1] == "4 of 4" and "Next stop" not in page.text
    assert (over, panel(client.get("/disputes/"))) == ("/tours/", None)
    moved(client, "clerk", "here")
    assert moved(client, "clerk", "end") == "/tours/"
    assert panel(client.get("/cash/")) is None


def test_pages_one_may_not_open_are_no_stops(come_in, reader, admin, demo):
    # whoever reads alone sees neither access reviews nor the register of personal data
    seen = []
    for person in (reader, admin):
        client = come_in(person)
        moved(client, "admin", "here")
        seen.append(panel(client.get("/verify/"))[1])
    assert seen == ["1 of 4", "1 of 6"]


def test_another_tour_begins_at_its_start_and_another_company_has_none(come_in, reader, demo):
    client = come_in(reader)
    moved(client, "resolver", "here")
    moved(client, "resolver", "next")
    assert moved(client, "clerk", "here") == "/cash/#tour"

    Company.objects.update(is_demo=False)

    assert panel(client.get("/cash/")) is None
    assert (client.get("/tours/").status_code, "/tours/" in client.get("/").text) == (404, False)
    assert client.post("/tours/clerk/", {"move": "next"}).status_code == 404


def test_the_list_begins_with_the_own_role_and_home_and_help_lead_there(come_in, clerk, demo):
    client = come_in(clerk)
    moved(client, "clerk", "here")
    page = client.get("/tours/")
    names = re.findall(
        r'<span class="strong">(.*?)</span>(?: <span class="chip">(.*?)</span>)?', page.text
    )
    assert (names[0], len(names)) == (("Cash-application clerk", "Your role"), 6)
    assert "Go on" in page.text
    assert client.get("/").text.count('href="/tours/"') == 2
    assert client.post("/tours/portal/", {"move": "here"}).status_code == 404


def test_a_chapter_of_the_story_is_told_where_its_record_is(
    come_in, reader, demo, django_assert_num_queries
):
    client = come_in(reader)
    without = client.get("/tours/")
    matter = LegalMatter.objects.create(
        company=demo, customer=add_customer(demo, "K1"), kind="insolvency", status="closed",
        currency="EUR", claim_minor=1, opened_on=TODAY, closed_on=TODAY, result="Over",
        recorded_at=AT,
    )  # fmt: skip
    page = client.get("/tours/")
    with django_assert_num_queries(1):
        chapters = story(demo)

    assert "What happened here in two years" not in without.text
    address = reverse("legal-matter", args=[matter.pk])
    assert f'href="{address}">The insolvency</a>' in page.text
    assert [chapter.address for chapter in chapters] == [reverse("analysis-course"), address]


def test_a_running_tour_costs_pages_no_query(
    come_in, reader, demo, django_assert_num_queries, django_assert_max_num_queries
):
    client = come_in(reader)
    client.get("/verify/")
    with django_assert_max_num_queries(100) as plain:
        client.get("/verify/")
        queries = len(plain)
    moved(client, "clerk", "here")
    with django_assert_num_queries(queries):
        client.get("/verify/")


@pytest.mark.parametrize("tour", list(TOURS))
def test_all_records_of_a_tour_are_found_by_one_query(demo, django_assert_num_queries, tour):
    customer = add_customer(demo, "K9")
    with django_assert_num_queries(1):
        tour_records(demo, TOURS[tour], customer=customer)


def test_every_address_names_its_record_as_the_page_does():
    for stops in TOURS.values():
        for stop in stops:
            named = {RECORD_NAMES[stop.noun]: 7} if stop.noun else {}
            assert resolve(reverse(stop.page, kwargs=named)).url_name == stop.page


@pytest.fixture
def begun(monkeypatch, settings, tmp_path):
    """What the page begins in the background, noted and not done."""
    settings.DATA_DIR = tmp_path
    found = []
    monkeypatch.setattr(demo_resets, "begin", lambda work, *, key: found.append(key) or True)
    return found


def test_the_demo_is_put_back_by_typing_its_name_and_the_page_tells_how_far(
    come_in, admin, demo, begun
):
    client = come_in(admin)
    page = client.get("/tours/first-day/")
    wrong = client.post("/tours/first-day/", {"name": "North"})
    right = client.post("/tours/first-day/", {"name": "Northwind"})
    twice = client.post("/tours/first-day/", {"name": "Northwind"})
    running = client.get("/tours/first-day/")
    bar = client.get("/tours/first-day/progress/")

    assert "Type Northwind to confirm." in page.text
    assert (wrong.status_code, "Type the name of the company" in wrong.text) == (422, True)
    assert (right.status_code, twice.status_code, begun) == (302, 302, ["demo-reset"])
    assert "A new demo is being made" in running.text and "Put the demo back" not in running.text
    assert 'aria-valuenow="0"' in bar.text and bar.status_code == 200
    assert Event.objects.filter(verb="demo.reset_ordered").count() == 1


def test_a_reset_that_was_cut_off_is_told_and_may_be_begun_again(come_in, admin, demo, begun):
    client = come_in(admin)
    client.post("/tours/first-day/", {"name": "Northwind"})
    with time_machine.travel(AT + timedelta(minutes=1), tick=False):
        page = client.get("/tours/first-day/")
        bar = client.get("/tours/first-day/progress/")
    assert (
        "The demo stands as it was; begin again." in page.text and "Put the demo back" in page.text
    )
    assert (bar.status_code, bar["HX-Refresh"]) == (204, "true")


def test_only_admins_of_a_demo_put_it_back(come_in, admin, manager, demo, begun):
    assert come_in(manager).get("/tours/first-day/").status_code == 403
    Company.objects.update(is_demo=False)
    client = come_in(admin)
    assert client.get("/tours/first-day/").status_code == 404
    assert client.post("/tours/first-day/", {"name": "Northwind"}).status_code == 404
    assert client.get("/tours/first-day/progress/").status_code == 404
    assert begun == []
