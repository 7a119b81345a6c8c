"""Two debtors never see each other: requests with each other's keys, by every address there is.

10,000 requests in the long tier, 500 by default.
"""

import random
import re
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.urls import URLPattern, get_resolver

from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.models import Customer
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of, seated

SECRET = "Zanzibar"
"""Stands in every name, number and text of the other customer, and nowhere else."""

NAMES = (
    *("item", "customer", "customer_id", "seat", "currency", "q", "cursor", "amount", "reason"),
    *("from", "until", "mode", "way", "key", "instalment", "settlement", "credit", "offer"),
)


@pytest.fixture(autouse=True)
def at_the_moment():
    with time_machine.travel(AT, tick=False):
        yield


def debtor(company, number, name):
    customer = Customer.objects.create(
        company=company, number=number, name=name, currency="EUR", recorded_at=AT
    )
    for n in (1, 2, 3):
        add_item(
            actor=system(company), customer=customer, number=f"{name}-{n}", kind="invoice",
            currency="EUR", amount_minor=10_000 * n, issued_on=TODAY, due_on=TODAY, as_of=TODAY,
            reference=f"order of {name}", at=AT,
        )  # fmt: skip
    return customer


def addresses():
    """Every address under /portal/ as a pattern of text and converters."""

    def walk(patterns, prefix):
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLPattern):
                yield route
            else:
                yield from walk(one.url_patterns, route)

    return [one for one in walk(get_resolver().url_patterns, "") if one.startswith("portal/")]


def filled(route, chance, keys):
    """A route with keys of the other customer, small numbers and words in its places."""

    def value(match):
        kind = match[1].partition(":")[0]
        if kind == "int":
            return str(chance.choice(keys))
        return chance.choice([SECRET, "csv", "xlsx", "pdf", str(chance.choice(keys)), "x"])

    return "/" + re.sub(r"<([^>]+)>", value, route)


def test_no_request_of_one_debtor_shows_or_changes_anything_of_another(company, request):
    count = 10_000 if request.config.getoption("--release") else 500
    mine = debtor(company, "K1", "Own Ltd")
    other = debtor(company, "K2", SECRET)
    keys = [*other.items.values_list("pk", flat=True), other.pk, *range(1, 12)]
    seat_of(other, email=f"jane@{SECRET.lower()}.example")
    browser = seated(seat_of(mine, role="manager"))
    chance, routes = random.Random(8), addresses()
    assert len(routes) > 40
    before = picture(other)
    answered = {}
    for n in range(count):
        if n % 100 == 0:
            cache.clear()  # the limit of requests is tested elsewhere
            browser = seated(seat_or(mine), browser)
        path = filled(chance.choice(routes), chance, keys)
        told = {chance.choice(NAMES): chance.choice([*map(str, keys), SECRET]) for _ in range(3)}
        if chance.random() < 0.6:
            answer = browser.get(f"{path}?{urlencode(told)}")
        else:
            answer = browser.post(path, told | {"item": str(chance.choice(keys))})
        answered[answer.status_code] = answered.get(answer.status_code, 0) + 1
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        # what was asked for may be repeated; nothing else of the other may appear
        shown = body.decode(errors="replace")
        for word in {f"{SECRET}-1", f"{SECRET}-2", f"{SECRET}-3", f"order of {SECRET}"}:
            assert word not in shown, (path, told, answer.status_code)
        assert answer.status_code < 500, (path, told)
    assert picture(other) == before
    assert answered.get(200, 0) > count // 20, answered


def seat_or(customer):
    """The customer's one seat, or another where the requests have ended it: that is their right."""
    return customer.portal_seats.filter(ended_on=None).first() or seat_of(customer, role="manager")


def picture(customer):
    """Everything of the customer that a stranger could have touched."""
    return {
        relation.name: sorted(
            relation.related_model.objects.filter(**{relation.field.name: customer}).values_list(
                "pk", flat=True
            )
        )
        for relation in Customer._meta.related_objects
        if relation.field.name in {"customer", "other"}
    }
