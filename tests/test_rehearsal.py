"""A server of a large book opens its pages before it says that it is ready."""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpResponse
from django.urls import get_resolver, reverse

from dunwell import rehearsal
from dunwell.queries import prepared
from dunwell.rehearsal import rehearse
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer, add_user
from tests.migrated import NAME, ROOT, put_sqlite
from tests.portal.seats import seat_of, seated
from tests.web.test_my_day import entry

KINDS = apps.get_models()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready_to_serve(settings):
    settings.REQUIRE_MFA = False
    # a server knows its pages before, and only opening them counts towards the longest time
    _ = get_resolver().reverse_dict


@pytest.fixture
def book(company):
    """Three customers with an invoice each, a collector, and a debtor with a seat."""
    customers = [add_customer(company, f"K{n}") for n in range(3)]
    for n, customer in enumerate(customers):
        invoice(customer, f"R{n}", 10_000 + n)
    return add_user(company, "anna", "collector"), seat_of(customers[0])


def composed(monkeypatch):
    """What is composed from now on."""
    seen, plan = [], prepared._planned
    monkeypatch.setattr(prepared, "_planned", lambda rows: seen.append(rows.model) or plan(rows))
    return seen


def test_every_page_answers_and_nothing_is_written(book, company):
    before = [kind.objects.count() for kind in KINDS]
    done = rehearse(many=3)
    assert {status for _, status in done} == {200}
    addresses = [address for address, _ in done]
    assert addresses[:2] == ["/worklist/?show=all", reverse("home")]
    assert reverse("portal-home") in addresses
    assert [f"/customers/{one.pk}/" in addresses for one in company.customers.all()] == [True] * 3
    assert len(addresses) == 3 + 3 * 5 + 9 + 1
    assert [kind.objects.count() for kind in KINDS] == before


def test_what_it_opened_is_composed_for_those_who_come(book, client, monkeypatch):
    user, seat = book
    addresses = [address for address, _ in rehearse(many=3)]
    client.force_login(user)
    seen = composed(monkeypatch)
    for address in addresses:
        one = seated(seat) if address.startswith("/portal/") else client
        assert one.get(address).status_code == 200
    assert seen == []


def test_whoever_is_worked_on_first_is_opened_first(book, company):
    last = company.customers.order_by("-pk")[0]
    entry(last)
    opened = [address for address, _ in rehearse(many=3) if address.startswith("/customers/")]
    assert opened == [f"/customers/{last.pk}/{form}" for form in ("", "note/", "call/")]


def test_a_small_book_is_not_opened(book):
    assert rehearse(many=4) == []


def test_who_lacks_a_second_factor_is_not_taken_for_it(book, settings):
    settings.REQUIRE_MFA = True
    assert all(address.startswith("/portal/") for address, _ in rehearse(many=3))


@pytest.mark.django_db(transaction=True)
def test_a_page_that_would_write_is_refused_and_told(monkeypatch, caplog):
    refused = []

    def writes(request):
        try:
            Session.objects.create(session_key="a", session_data="b", expire_date=AT)
        except DatabaseError as error:
            refused.append(error)
            raise
        return HttpResponse()

    monkeypatch.setattr(rehearsal, "_CHAIN", writes)
    request = rehearsal._request("/")
    told = [(request, rehearsal._only_reading)]
    monkeypatch.setattr(rehearsal, "_requests", lambda many: told)
    assert rehearse() == []
    assert len(refused) == 1
    assert "/ failed when it was tried before the start" in caplog.text
    assert Session.objects.count() == 0
    # whoever comes next writes as ever
    Session.objects.create(session_key="a", session_data="b", expire_date=AT)


WRITES_ON = """
import sqlite3, sys
line = sqlite3.connect(sys.argv[1], isolation_level=None)
line.execute("PRAGMA journal_mode=WAL")
line.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
ASKS = """
import django, sys
django.setup()
from time import monotonic
from dunwell import rehearsal
from dunwell.models import Company
begin = monotonic()
rehearsal._requests = lambda many: [(rehearsal._request("/"), rehearsal._taken_back)] * 3
assert rehearsal.rehearse() == []
assert monotonic() - begin < 10, "it waited for whoever writes, and for each page anew"
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA busy_timeout")
    assert cursor.fetchone() == (20_000,)
"""


def test_nobody_is_waited_for_who_writes(tmp_path):
    """A night writes for minutes, and a request waits for it for twenty seconds."""
    put_sqlite(tmp_path)
    own = {name: value for name, value in os.environ.items() if not name.startswith("DUNWELL_")}
    own |= {
        "DJANGO_SETTINGS_MODULE": "dunwell.settings",
        "DUNWELL_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT / "src"),
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITES_ON, tmp_path / NAME],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout.readline() == "held\n"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ASKS],
            env=own,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        writer.communicate("")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stderr.count("Others are writing") == 1


def test_a_server_without_its_database_starts_all_the_same(monkeypatch, caplog):
    def gone(many):
        raise DatabaseError("no such table")

    monkeypatch.setattr(rehearsal, "_requests", gone)
    assert rehearse() == []
    assert "could not be tried" in caplog.text
