"""The generated matrix of pages: every route, every caller, both methods; what is not listed fails."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from dunwell.actions.role_rights import PORTAL_RIGHTS, ROLE_RIGHTS, STAFF_ROLES, VISITING
from dunwell.models import AdvisorAccess, Company, Customer, PortalSeat, Role
from dunwell.queries.advisor_areas import AREAS, may_open
from dunwell.web.staff import PARTNER_PATHS
from dunwell.web.visits import OWN_WRITES
from tests.api.kept_books import kept_books
from tests.api.placement_books import take_seat
from tests.conftest import AT, add_user
from tests.dealing import is_long_tier
from tests.portal.addresses import portal_addresses
from tests.portal.every_record import with_every_record
from tests.portal.seats import onlooker, seat_of, seated
from tests.trust.routes import declared, listed, sent
from tests.web.addresses import every_address, names_of_records

LISTED, SENT = listed(), sent()
FORM = {"reason": "x", "text": "x"}
REFUSED, ABSENT, NOT_SO, TO_SIGN_IN = 403, 404, 405, "/accounts/login/"
FEW = 40
"""Questions of each caller by default; in the long tier it asks all of them."""


@pytest.fixture(autouse=True)
def _standing(settings):
    settings.REQUIRE_MFA = False
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture(scope="module")
def kept(standing):
    """A company with one record of every kind, and where its pages are."""
    company_id, ids = kept_books()
    # the debtors' fixtures make a company of the other name
    Company.objects.filter(pk=company_id).update(name="Southwind")
    return company_id, every_address(ids)


def asked(names, who):
    """(name, method) of some of the routes, other ones for every caller; of all with --release."""
    every = [(name, method) for name in sorted(names) for method in ("GET", "POST")]
    return every if is_long_tier() else random.Random(who).sample(every, min(FEW, len(every)))


def answer(client, method, address):
    """(status, where it leads) of a request whose changes are taken back, those of its session too."""
    cache.clear()
    held = {name: one.value for name, one in client.cookies.items()}
    with transaction.atomic():
        told = client.generic(method, address) if method == "GET" else client.post(address, FORM)
        transaction.set_rollback(True)
    if told.streaming:  # read to the end, or its file stays open
        list(told.streaming_content)
    client.cookies.clear()
    for name, value in held.items():
        client.cookies[name] = value
    return told.status_code, told.headers.get("Location", "")


def is_led_to_sign_in(route, method, status, leads):
    return leads.startswith(TO_SIGN_IN) or (status == NOT_SO and method not in route.methods)


def is_as_listed(name, method, address, role, told):  # noqa: PLR0911  one gate each
    """Whether one of ours with a role is answered as the right of the route says."""
    route, (status, leads) = LISTED[name], told
    rights = ROLE_RIGHTS[role]
    if role == Role.PARTNER and not address.startswith(PARTNER_PATHS):
        return leads == "/partner/" if address == "/" else status == ABSENT
    if role in VISITING and address not in OWN_WRITES:
        if address == "/":
            return leads == "/my-access/"
        if method == "POST" or not may_open(address, frozenset(AREAS)):
            return status == REFUSED
    if route.right and route.right not in rights:
        return status == REFUSED
    if method not in route.methods:
        return status == NOT_SO
    if method == "POST" and (asks := SENT.get(name)) and not asks & rights:
        # a form that is not filled in is told so first; a right that is missing never passes it
        return status in {REFUSED, ABSENT, 422}
    # an action may still refuse by whose the object is: a mention is acknowledged by whom it
    # calls, an absence called off by whose it is
    is_in = status != REFUSED or (method == "POST" and bool(route.right or SENT.get(name)))
    return is_in and status < 500 and status != 401 and not leads.startswith(TO_SIGN_IN)


def test_a8_2_1_every_route_is_listed_with_the_right_it_asks_for():
    found = declared()
    assert found.keys() ^ LISTED.keys() == set()
    assert {
        name: (found[name], LISTED[name]) for name in found if found[name] != LISTED[name]
    } == {}
    asked_for = {route.right for route in LISTED.values()}.union(*SENT.values())
    unknown = asked_for - set().union(*ROLE_RIGHTS.values(), *PORTAL_RIGHTS.values(), {""})
    assert unknown == set()
    assert SENT.keys() <= {name for name, route in LISTED.items() if "POST" in route.methods}


@pytest.mark.parametrize("role", list(Role))
def test_a8_2_1_staff_are_answered_as_their_rights_say(kept, db, role):
    company, addresses = Company.objects.get(pk=kept[0]), kept[1]
    person = add_user(company, "callie", role)
    if role == Role.PARTNER:
        take_seat(company, person)
    if role in VISITING:
        AdvisorAccess.objects.create(
            company=company, user=person, role=role, name="Olga", email="olga@audit.example",
            areas=sorted(AREAS), reason="audit", invited_by="tests", token_hash="x",
            starts_at=AT, accepted_at=AT, link_until_at=AT, recorded_at=AT,
            ends_at=AT + timedelta(days=1),
        )  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(person)
    ours = {name for name, route in LISTED.items() if route.place == "staff"}
    wrong = {}
    for name, method in asked(ours, role):
        told = answer(client, method, addresses[name])
        if not is_as_listed(name, method, addresses[name], role, told):
            wrong[name, method] = (LISTED[name].right, *told)
    assert wrong == {}


@pytest.mark.parametrize("who", ["nobody", "a debtor", "an onlooker"])
def test_a8_2_1_who_is_not_of_ours_is_led_to_sign_in(kept, db, who):
    customer = Customer.objects.filter(company_id=kept[0]).first()
    browsers = {
        "nobody": Client,
        "a debtor": lambda: seated(seat_of(customer, email="eve@other.example")),
        "an onlooker": lambda: onlooker(customer)[0],
    }
    client, wrong = browsers[who](), {}
    ours = {name for name, route in LISTED.items() if route.place == "staff"}
    for name, method in asked(ours, who):
        told = answer(client, method, kept[1][name])
        if not is_led_to_sign_in(LISTED[name], method, *told):
            wrong[name, method] = told
    assert wrong == {}


def test_a8_2_1_people_of_another_company_find_no_record(kept, db):
    other = Company.objects.create(
        name="Rivals", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    client, wrong = Client(raise_request_exception=False), {}
    client.force_login(add_user(other, "rival", *STAFF_ROLES))
    named = names_of_records() - OWN
    ours = {name for name in named if LISTED[name].place == "staff"}
    for name, method in asked(ours, "rival"):
        status, leads = answer(client, method, kept[1][name])
        if status not in {ABSENT, NOT_SO if method not in LISTED[name].methods else ABSENT}:
            wrong[name, method] = (status, leads)
    assert {at: seen for at, seen in wrong.items() if not at[0].startswith("partner-")} == {}
    assert all(status not in {200, 302} for status, _ in wrong.values())


OWN = frozenset({"call-skip"})
"""Whose key is only told apart from the next one: nothing is looked up by it."""


def test_a8_2_1_closed_pages_are_not_there_and_account_pages_ask_who_it_is(kept, db):
    wrong = {}
    for name, route in LISTED.items():
        if route.place in {"closed", "account"} and name in kept[1] and name not in SIGN_IN:
            status, leads = answer(Client(), "GET", kept[1][name])
            is_right = status == ABSENT
            if route.place == "account":
                # single sign-on that is not configured is not there; a form alone takes no look
                is_right = status in {ABSENT, NOT_SO} or leads.startswith(TO_SIGN_IN)
            if not is_right:
                wrong[name] = (status, leads)
    assert wrong == {}


SIGN_IN = frozenset({"account_login", "account_inactive", "account_logout"})


@pytest.mark.parametrize("role", [*PortalSeat.Role, "onlooker", "nobody", "staff"])
def test_a8_2_1_debtors_are_answered_as_their_seat_says(db, company, customer, manager, role):
    seat = with_every_record(customer, manager)
    client, rights = Client(raise_request_exception=False), frozenset()
    if role in PORTAL_RIGHTS:
        seat.role, rights = role, PORTAL_RIGHTS[role]
        seat.save()
        seated(seat, client)
    elif role == "onlooker":
        client, rights = onlooker(customer)[0], PORTAL_RIGHTS[PortalSeat.Role.VIEWER]
    elif role == "staff":
        client.force_login(manager)
    addresses, wrong = portal_addresses(customer), {}
    theirs = {n for n, route in LISTED.items() if route.place == "portal" and route.right}
    for name, method in asked(theirs & addresses.keys(), role):
        if name == "portal-confirm-options":  # the passkey of every_record.py is no real one
            continue
        route, (status, leads) = LISTED[name], answer(client, method, addresses[name])
        if method not in route.methods:
            is_right = status in {NOT_SO, REFUSED, 302}
        elif not rights:
            is_right = leads.startswith("/portal/enter/")
        elif route.right not in rights:
            is_right = status == REFUSED
        else:
            # whoever looks by a link has no seat, so the pages of a seat lead to the door
            is_out = leads.startswith("/portal/enter/") and name not in (
                ENDS | OF_A_SEAT if role == "onlooker" else ENDS
            )
            is_right = status < 500 and status != 401 and not is_out
        if not is_right:
            wrong[name, method] = (route.right, status, leads)
    assert wrong == {}


ENDS = frozenset({"portal-seat-end", "portal-sign-out-everywhere"})
"""After which somebody stands before the door, as they wished."""
OF_A_SEAT = frozenset(
    {"portal-confirm", "portal-confirm-passkey", "portal-confirm-send", "portal-seat-take"}
)
"""What confirms, or changes to, a person's own seat."""
