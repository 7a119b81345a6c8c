"""A walk over every address under /portal/, of all parts: who gets in, who writes, whose records.

What is added later is walked too; its parameters are named in tests/portal/addresses.py.
"""

import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dunwell.portal.debtors import CONFIRMED_KEY
from dunwell.web.attachments import CLOSED
from tests.conftest import AT, add_customer
from tests.portal.addresses import parameters_of_records, portal_addresses, portal_routes
from tests.portal.every_record import with_every_record
from tests.portal.seats import onlooker, seat_of, seated

DOORS = {
    "portal-enter": {200},
    "portal-link": {422},
    "portal-leave": {405},
    "portal-passkey-options": {405},
    "portal-passkey-enter": {405},
}
"""Pages that answer a visitor without a session, and how they answer a GET."""

OPEN_NAMES = ("payment-link", "portal-calendar-feed")
"""Beginnings of names that open by a token of their own; without it they tell nothing."""

NOT_ALLOWED = 405
LED_TO_THE_DOOR = (302, "/portal/enter/", "no-store")
WRITE = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session)', re.IGNORECASE)
"""A statement that changes a record; the session of a browser is none."""


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def seat(customer, manager):
    return with_every_record(customer, manager)


def is_saved(answer):
    return answer.get("Content-Disposition", "").startswith("attachment")


def undone(call):
    with transaction.atomic():
        answer = call()
        transaction.set_rollback(True)
    return answer


def sweeping(addresses):
    """The addresses one after the other, each with a fresh limit: none is refused for haste."""
    for name, address in addresses.items():
        cache.clear()
        yield name, address


def test_every_page_has_a_name_of_the_portal():
    names = [name for name, _ in portal_routes()]
    assert all(name.startswith(("portal-", *OPEN_NAMES)) for name in names), names
    assert len(names) == len(set(names))
    assert len(names) > 20


def test_without_a_session_every_page_leads_to_the_door(customer, seat):
    told = {}
    for name, address in sweeping(portal_addresses(customer)):
        answer = Client().get(address)
        if name in DOORS:
            assert answer.status_code in DOORS[name], name
        elif not name.startswith(OPEN_NAMES):
            kept = answer.headers.get("Cache-Control", "")
            told[name] = (answer.status_code, answer.headers.get("Location"), kept)
    # a page that takes forms alone says so before it looks who asks
    others = {
        name: seen
        for name, seen in told.items()
        if seen != LED_TO_THE_DOOR and seen[0] != NOT_ALLOWED
    }
    assert others == {}


def test_a_link_to_look_writes_nothing(customer, seat):
    client, _ = onlooker(customer)
    form = {"reason": "x", "text": "x", "email": "a@b.example", "role": "manager", "key": "k"}
    told = {}
    for name, address in sweeping(portal_addresses(customer)):
        if name in DOORS or name == "portal-sign-out-everywhere":
            continue
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, form)
        wrote = [one["sql"] for one in queries if WRITE.match(one["sql"])]
        if answer.status_code >= 500 or wrote:
            told[name] = (answer.status_code, wrote[:1])
    assert told == {}


def confirmed(seat):
    """A browser of somebody who has just shown a second factor."""
    client = seated(seat)
    session = client.session
    until = int(AT.timestamp()) + 600
    session[CONFIRMED_KEY] = {"person": seat.person_id, "until": until}
    session.save()
    return client


def answers(client, customer):
    """How every page that names a record of a customer answers: the lower of GET and POST."""
    return {
        name: {undone(lambda: send(address)).status_code for send in (client.get, client.post)}  # noqa: B023
        for name, address in sweeping(portal_addresses(customer))
        if parameters_of_records(name)
    }


def test_every_address_names_a_record_that_its_own_customer_finds(customer, seat):
    own = answers(confirmed(seat), customer)
    assert {name for name, seen in own.items() if seen <= {404, 405}} == set()


def test_another_customers_records_are_not_there(company, customer, seat):
    other = add_customer(company, "K2", "Globex")
    stranger = confirmed(seat_of(other, email="eve@other.example"))
    told = answers(stranger, customer)
    assert {name: seen for name, seen in told.items() if not {404} <= seen <= {404, 405}} == {}
    assert len(told) > 30


def test_every_page_opens_for_a_manager_and_none_fails(customer, seat):
    client = seated(seat)
    told = {
        name: undone(lambda: client.get(address))  # noqa: B023
        for name, address in sweeping(portal_addresses(customer))
    }
    assert {name for name, answer in told.items() if answer.status_code >= 500} == set()
    saved = {name: answer for name, answer in told.items() if is_saved(answer)}
    closed = {
        name: {header: answer.get(header) for header in CLOSED} for name, answer in saved.items()
    }
    assert closed == dict.fromkeys(saved, CLOSED) and len(saved) > 8
