"""Requests with keys of another company anywhere in them: no row of it is shown, changed or made."""

import random

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.test import Client

from dunwell import clock
from dunwell.actions.role_rights import RIGHTS, STAFF_ROLES
from dunwell.api import api
from dunwell.models import Company, Contact, Customer
from tests.api.conftest import add_token
from tests.api.kept_books import kept_books
from tests.api.operations import operations, send
from tests.conftest import AT, add_customer, add_user
from tests.dealing import is_long_tier
from tests.portal.addresses import portal_addresses
from tests.portal.seats import seat_of, seated
from tests.trust.routes import listed
from tests.web.addresses import every_address, names_of_records

MARK = "Zweibruecken"
"""A word that only the other company's records bear."""
OURS = {"User", "ApiToken", "Session", "PortalSeat", "PortalPerson", "UserSession"}
"""What notes by itself that somebody of ours was here."""
LISTS = (
    *("/customers/", "/items/", "/payments/", "/promises/", "/disputes/list/", "/messages/"),
    *("/audit/", "/worklist/", "/refunds/", "/plans/", "/limits/", "/orders/", "/invoices/"),
)
FIELDS = ("customer", "customer_id", "item", "payer", "collector", "user", "contact", "cursor")


@pytest.fixture(autouse=True)
def _standing(settings):
    settings.REQUIRE_MFA = False
    with time_machine.travel(AT, tick=False):
        yield


def rows_of(models):
    """Every row as it stands, by table and key."""
    return {
        (model._meta.label, row[0]): row
        for model in models
        for row in model.objects.values_list("pk", *(f.attname for f in model._meta.fields))
    }


def form_of(ids, chance):
    """A form whose fields of every name that a key could have hold keys of the other company."""
    told = {"reason": "x", "text": "x", "amount": "1.00", "on": "2026-03-05", "name": "x"}
    for name, key in ids.items():
        if name.endswith("_id") and chance.random() < 0.5:
            short = name.removesuffix("_id")
            told |= {name: key, short: key, f"{short}s": key, f"{name}s": key}
    return told


def test_a8_2_2_whatever_names_a_record_of_another_company_finds_and_changes_none(db):
    company_id, ids = kept_books()
    theirs = Company.objects.get(pk=company_id)
    ours = Company.objects.create(
        name="Ours", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    Customer.objects.filter(company=theirs).update(name=MARK)
    Contact.objects.filter(customer__company=theirs).update(name=MARK)
    person = add_user(ours, "omni", *STAFF_ROLES)
    program = add_token(person, ours, rights=sorted(RIGHTS))
    buyer = add_customer(ours, "B1", "Our buyer")
    staff, debtor = (
        Client(raise_request_exception=False),
        seated(seat_of(buyer, email="bob@ours.example")),
    )
    staff.force_login(person)
    routes, addresses = listed(), every_address(ids)
    pages = sorted(n for n in names_of_records() if n in routes and routes[n].place == "staff")
    forms = sorted(
        n for n in addresses if routes[n].place == "staff" and "POST" in routes[n].methods
    )
    calls = [one for one in operations(api.get_openapi_schema()) if "/partner/" not in one[2]]
    inside = sorted(portal_addresses(Customer.objects.get(pk=ids["customer_id"])).values())
    today = clock.today(ours.zone)
    models = [m for m in apps.get_models() if m._meta.managed and m.__name__ not in OURS]
    before, chance, told = rows_of(models), random.Random(822), {}

    def asked(kind):
        if kind == "path":
            return staff.get(addresses[chance.choice(pages)])
        if kind == "form":
            return staff.post(addresses[chance.choice(forms)], form_of(ids, chance))
        if kind == "query":
            query = {field: ids[chance.choice(keys)] for field in chance.sample(FIELDS, 2)}
            return staff.get(chance.choice(LISTS), query)
        if kind == "api":
            name, method, path, _ = chance.choice(calls)
            return send(program, name, method, path, ids, today)
        method = chance.choice((debtor.get, debtor.post))
        return method(chance.choice(inside), form_of(ids, chance))

    keys, kinds = (
        sorted(n for n in ids if n.endswith("_id")),
        ("path", "form", "query", "api", "portal"),
    )
    for number in range(10_000 if is_long_tier() else 250):
        kind = kinds[number % len(kinds)]
        cache.clear()
        answer = asked(kind)
        assert answer.status_code < 500, (kind, answer.request["PATH_INFO"])
        if not answer.streaming:
            assert MARK.encode() not in answer.content, (kind, answer.request["PATH_INFO"])
        told[kind] = told.get(kind, 0) + 1
    assert set(told) == set(kinds)

    after = rows_of(models)
    owned = {
        m._meta.label for m in models if any(f.attname == "company_id" for f in m._meta.fields)
    }
    assert {at for at, row in before.items() if after.get(at) != row} == set()
    made = [at for at in after.keys() - before.keys() if at[0] in owned]
    assert [at for at in made if _company_of(at) == theirs.pk] == []


def _company_of(at):
    label, key = at
    return apps.get_model(label).objects.values_list("company_id", flat=True).get(pk=key)
