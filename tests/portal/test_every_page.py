"""A walk over every address under /portal/, of all parts: who gets in, who writes, whose records.

What is added later is walked too; its parameters are named in tests/portal/addresses.py.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import debtor, system
from dunwell.actions.items import add_item
from dunwell.actions.portal_keys import add_key
from dunwell.actions.portal_passkeys import add_passkey
from tests.conftest import AT, add_customer
from tests.portal.addresses import parameters_of_records, portal_addresses, portal_routes
from tests.portal.seats import onlooker, seat_of, seated

TODAY = AT.date()
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


def with_records(customer, email):
    """A seat of a customer with an item, a passkey and a key, so that every address has keys."""
    seat = seat_of(customer, email=email)
    add_item(
        actor=system(customer.company), customer=customer, number=f"R{customer.pk}",
        kind="invoice", currency="EUR", amount_minor=100_00, issued_on=TODAY - timedelta(days=9),
        due_on=TODAY, as_of=TODAY, at=AT,
    )  # fmt: skip
    add_passkey(
        actor=debtor(seat), seat=seat, name="phone", credential_id=email, credential=b"x",
        sign_count=0, site="", at=AT,
    )  # fmt: skip
    add_key(
        actor=debtor(seat), seat=seat, name="robot", rights=["portal.view"],
        expires_on=TODAY + timedelta(days=9), site="", as_of=TODAY, at=AT,
    )  # fmt: skip
    return seat


@pytest.fixture
def seat(customer):
    return with_records(customer, "jane@buyer.example")


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


def test_another_customers_records_are_not_there(company, customer, seat):
    other = add_customer(company, "K2", "Globex")
    stranger = seated(with_records(other, "eve@other.example"))
    session = stranger.session
    session["portal_confirmed"] = {
        "person": other.portal_seats.get().person_id,
        "until": int(AT.timestamp()) + 600,
    }
    session.save()
    told = {}
    for name, address in sweeping(portal_addresses(customer)):
        if not parameters_of_records(name):
            continue
        for send in (stranger.get, stranger.post):
            answer = undone(lambda: send(address))  # noqa: B023
            told[f"{name} {send.__name__}"] = answer.status_code
    refused = {403, 404, 405}
    assert {name: status for name, status in told.items() if status not in refused} == {}
    assert 404 in told.values()


def test_every_page_opens_for_a_manager_and_none_fails(customer, seat):
    client = seated(seat)
    told = {
        name: undone(lambda: client.get(address)).status_code  # noqa: B023
        for name, address in sweeping(portal_addresses(customer))
    }
    assert {name: status for name, status in told.items() if status >= 500} == {}
