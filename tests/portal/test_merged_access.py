"""The portal of a record that was merged: links, seats, keys and sessions lead to the survivor."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from dunwell.actions.gate import system
from dunwell.actions.portal_links import make_view_link, send_sign_in_link
from dunwell.models import Event
from dunwell.queries.portal_links import portal_token
from dunwell.queries.portal_seats import live_seats
from tests.actions.ledger_rows import invoice
from tests.actions.merge_rows import merged_by, split_by
from tests.conftest import AT, add_customer
from tests.portal.seats import onlooker, seat_of, seated

SITE = "http://testserver/"


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as now:
        yield now


@pytest.fixture
def twin(company, customer):
    """K2, of Jane; both records owe something."""
    found = add_customer(company, "K2", "Acme GmbH")
    invoice(customer, "R-SURVIVOR", 7_00)
    invoice(found, "R-MERGED", 70_00)
    return found


def path(link):
    return f"/portal/link/{portal_token(link)}/"


def shown(client):
    """Which of both documents the account in the portal shows."""
    page = client.get("/portal/items/")
    assert page.status_code == 200, page.status_code
    return [number for number in ("R-MERGED", "R-SURVIVOR") if number in page.text]


def test_a_view_link_of_a_merged_record_shows_the_survivor_until_the_split(
    company, clerk, manager, customer, twin
):
    link = make_view_link(actor=system(company), customer=twin, email="jane@buyer.example", at=AT)
    looking, _ = onlooker(twin)
    before = shown(looking)
    merge = merged_by(clerk, manager, twin, customer)
    fresh = Client()

    opened = fresh.post(path(link))
    during = [shown(looking), shown(fresh)]
    looked = Event.objects.get(verb="portal.looked")
    split_by(manager, merge)

    assert before == ["R-MERGED"]
    assert opened.status_code == 302
    assert during == [["R-MERGED", "R-SURVIVOR"]] * 2
    assert looked.customer_id == customer.pk
    assert [shown(looking), shown(fresh)] == [["R-MERGED"]] * 2


def test_a_person_of_the_merged_record_goes_on_at_the_survivor(
    company, clerk, manager, customer, twin
):
    seat = seat_of(twin)
    link = send_sign_in_link(actor=system(company), seat=seat, site=SITE, at=AT)
    sitting = seated(seat)
    merged_by(clerk, manager, twin, customer)
    fresh = Client()

    opened = fresh.post(path(link))

    assert (opened.status_code, opened["Location"]) == (302, "/portal/")
    assert [shown(sitting), shown(fresh)] == [["R-MERGED", "R-SURVIVOR"]] * 2


def test_who_has_a_seat_at_both_takes_the_survivors_and_has_both_again_after_the_split(
    company, clerk, manager, customer, twin
):
    kept, seat = seat_of(customer), seat_of(twin)
    link = send_sign_in_link(actor=system(company), seat=seat, site=SITE, at=AT)
    sitting = seated(seat)
    merge = merged_by(clerk, manager, twin, customer)
    fresh = Client()

    left = sitting.get("/portal/items/")
    opened = fresh.post(path(link))
    during, one = live_seats("jane@buyer.example"), shown(fresh)
    split_by(manager, merge)

    assert (left.status_code, left["Location"]) == (302, "/portal/enter/")
    assert (opened.status_code, during) == (302, [kept])
    assert one == ["R-MERGED", "R-SURVIVOR"]
    assert {*live_seats("jane@buyer.example")} == {kept, seat}
    assert shown(sitting) == ["R-MERGED"]


def test_where_the_seat_at_the_survivor_has_ended_the_link_of_the_other_opens_nothing(
    company, clerk, manager, customer, twin
):
    kept, seat = seat_of(customer), seat_of(twin)
    link = send_sign_in_link(actor=system(company), seat=seat, site=SITE, at=AT)
    merged_by(clerk, manager, twin, customer)
    type(kept).objects.filter(pk=kept.pk).update(ended_on=AT.date())

    gone = Client().post(path(link))

    assert (gone.status_code, "portal" in Client().session) == (422, False)
