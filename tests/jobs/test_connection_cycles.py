"""The day's cycle decides by what came in before it, and runs when nothing could."""

import pytest

from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.jobs import connection_cycles
from dunwell.jobs.cycle import CycleDone
from dunwell.jobs.shared_cycles import run_cycles
from dunwell.models import Connection, ConnectionSync, Item, Run
from dunwell.queries.connections import connection_rows
from tests.conftest import AT
from tests.connectors.odoo_server import DATABASE, KEY, USER, OdooWorld, served

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    with served(OdooWorld("18.0")) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield world


def linked(company, world, secret=KEY):
    told = {"address": f"http://{world.host}", "database": DATABASE, "user": USER}
    return add_connection(
        actor=system(company), kind="odoo", name="Our Odoo", settings=told, secret=secret, at=AT
    )


def test_what_is_due_comes_in_before_the_cycle(company, world):
    linked(company, world)
    customer = world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(customer, "INV/26/1", 100.00)
    seen = []
    ((_company, done),) = run_cycles(
        [company], tell=lambda _company, _step: seen.append(Item.objects.count())
    )

    assert isinstance(done, CycleDone) and done.days
    assert set(seen) == {1}


def test_a_ledger_that_fails_is_told_and_the_cycle_runs(company, world, monkeypatch):
    linked(company, world, secret="wrong")
    ((_company, done),) = run_cycles([company])
    row = connection_rows(company)[0]

    def broken(_company_id):
        raise KeyError("a field nobody thought of")

    monkeypatch.setattr(connection_cycles, "sync_due", broken)
    ((_company, again),) = run_cycles([company])

    assert isinstance(done, CycleDone) and done.days and Run.objects.exists()
    assert (row.last_status, row.fault, row.failures) == ("failed", "credentials", 1)
    assert isinstance(again, CycleDone)


def test_a_day_that_is_said_is_decided_on_the_books_as_they_are(company, world):
    linked(company, world)
    list(run_cycles([company], AT.date()))

    assert not ConnectionSync.objects.exists()
    assert Connection.objects.get().system == {}
