"""A ledger outside that knows two customers where the desk merged them into one record."""

import pytest

from dunwell.actions.connection_changes import decide_changes, propose_note
from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.jobs.connections import sync_connection, try_changes, write_changes
from dunwell.models import ConnectionCustomer, ConnectionDifference, Customer, OpenItem
from tests.actions.ledger_rows import breaks
from tests.actions.merge_rows import merged_by, split_by
from tests.conftest import AT, add_customer
from tests.connectors import erpnext_server, odoo_server

pytestmark = pytest.mark.django_db

ODOO = {"database": odoo_server.DATABASE, "user": odoo_server.USER}


@pytest.fixture(params=["odoo", "erpnext"])
def world(request, settings):
    """A ledger of rows; a real Tryton after a merge is asked by `tests/connectors`."""
    is_odoo = request.param == "odoo"
    server = odoo_server if is_odoo else erpnext_server
    there = server.OdooWorld("18.0") if is_odoo else server.ErpnextWorld()
    with server.served(there) as world:
        world.kind = request.param
        settings.CONNECTION_HOSTS = [world.host]
        yield world


def linked(company, world):
    is_odoo = world.kind == "odoo"
    return add_connection(
        actor=system(company), kind=world.kind, name="Outside",
        settings={
            "address": f"http://{world.host}", **(ODOO if is_odoo else {"key": erpnext_server.KEY})
        },
        secret=odoo_server.KEY if is_odoo else erpnext_server.SECRET, at=AT,
    )  # fmt: skip


def owed(company):
    """What is open by customer and document."""
    rows = OpenItem.objects.filter(company=company)
    return sorted(rows.values_list("customer__number", "item__number", "open_minor"))


def told(sync):
    return (sync.status, sync.tie, [row["differences"] for row in sync.totals])


def test_documents_of_the_old_number_come_to_the_survivor_and_the_books_tie_out(
    company, clerk, manager, world
):
    connection = linked(company, world)
    twin, hansa = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(hansa, "INV/26/1", 100.00)
    world.add_invoice(twin, "INV/26/2", 50.00)
    before = sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merged_by(clerk, manager, closed, survivor)

    world.add_invoice(twin, "INV/26/3", 20.00)
    world.pay(twin, 80.00, on={"INV/26/2": 50.00})
    merged = sync_connection(connection.pk)

    assert told(before) == told(merged) == ("done", "equal", [0])
    assert owed(company) == [("C7", "INV/26/1", 100_00), ("C7", "INV/26/3", 20_00)]
    assert breaks(company) == {}


def test_after_the_split_documents_of_the_old_number_come_to_its_record_again(
    company, clerk, manager, world
):
    connection = linked(company, world)
    twin, hansa = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(hansa, "INV/26/1", 100.00)
    world.add_invoice(twin, "INV/26/2", 50.00)
    sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    split_by(manager, merged_by(clerk, manager, closed, survivor))

    world.add_invoice(twin, "INV/26/3", 20.00)
    synced = sync_connection(connection.pk)

    assert told(synced) == ("done", "equal", [0])
    assert owed(company) == [
        ("C7", "INV/26/1", 100_00), ("C8", "INV/26/2", 50_00), ("C8", "INV/26/3", 20_00),
    ]  # fmt: skip
    assert breaks(company) == {}


def test_what_came_in_between_stays_with_the_survivor_and_is_told_as_a_difference(
    company, clerk, manager, world
):
    connection = linked(company, world)
    twin, hansa = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(hansa, "INV/26/1", 100.00)
    sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merge = merged_by(clerk, manager, closed, survivor)
    world.add_invoice(twin, "INV/26/2", 50.00)
    sync_connection(connection.pk)

    split_by(manager, merge)
    synced = sync_connection(connection.pk)

    assert owed(company) == [("C7", "INV/26/1", 100_00), ("C7", "INV/26/2", 50_00)]
    # the sums are equal; whose it is, is not: theirs is C8's, ours C7's
    assert told(synced) == ("done", "different", [2])
    rows = ConnectionDifference.objects.filter(sync=synced)
    named = rows.values_list("customer__number", "number", "theirs_minor", "ours_minor")
    assert sorted(named) == [("C7", "INV/26/2", None, 50_00), ("C8", "INV/26/2", 50_00, None)]
    assert breaks(company) == {}


def test_a_connection_made_after_the_merge_leads_on_by_the_old_number(
    company, clerk, manager, world
):
    survivor, closed = add_customer(company, "C7", "Hansa"), add_customer(company, "C8", "Hansa")
    merged_by(clerk, manager, closed, survivor)
    connection = linked(company, world)
    world.add_invoice(world.add_customer("C8", "Hansa"), "INV/26/2", 50.00)

    first = sync_connection(connection.pk)
    again = sync_connection(connection.pk)

    assert told(first) == told(again) == ("done", "equal", [0])
    assert owed(company) == [("C7", "INV/26/2", 50_00)]
    assert [one.customer for one in ConnectionCustomer.objects.all()] == [survivor]
    assert breaks(company) == {}


def test_what_is_written_back_for_the_survivor_goes_to_its_own_customer_there(
    company, clerk, manager, world
):
    connection = linked(company, world)
    # the merged one was known first
    twin, hansa = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merged_by(clerk, manager, closed, survivor)

    note = propose_note(
        actor=system(company), connection=connection, customer=survivor, text="For Friday.", at=AT
    )
    try_changes(connection.pk)
    decide_changes(
        actor=system(company), connection=connection, change_ids=[note.pk], is_approved=True, at=AT
    )
    write_changes(connection.pk)

    assert (len(world.notes_of(hansa)), world.notes_of(twin)) == (1, [])
