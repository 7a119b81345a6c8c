"""A ledger outside that knows two customers where the desk merged them into one record."""

import pytest

from dunwell import clock
from dunwell.actions.connection_changes import decide_changes, propose_note
from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.jobs.connections import sync_connection, try_changes, write_changes
from dunwell.models import ConnectionCustomer, Customer, Item, OpenItem, Payment
from dunwell.queries.merge_splits import rows_that_return
from tests.actions.exports import items_csv
from tests.actions.exports import merged as imported
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


def test_what_came_by_the_old_number_in_between_goes_back_and_the_books_tie_out(
    company, clerk, manager, world
):
    connection = linked(company, world)
    twin, hansa = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(hansa, "INV/26/1", 100.00)
    world.add_invoice(twin, "INV/26/2", 60.00)
    sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merge = merged_by(clerk, manager, closed, survivor)
    world.add_invoice(twin, "INV/26/3", 50.00)
    world.add_invoice(hansa, "INV/26/4", 10.00)
    world.add_invoice(twin, "INV/26/5", 5.00)
    world.pay(twin, 80.00, on={"INV/26/2": 40.00, "INV/26/3": 20.00})
    merged = sync_connection(connection.pk)
    # what is void there is taken back here by a document of the same customer
    world.void("INV/26/5")
    voided = sync_connection(connection.pk)
    known = rows_that_return(merge)

    split_by(manager, merge, as_of=clock.today("UTC"), at=clock.now())
    parted = sync_connection(connection.pk)
    world.void("INV/26/4")
    world.pay(twin, 30.00, on={"INV/26/3": 30.00})
    later = sync_connection(connection.pk)

    for sync in (merged, voided, parted, later):
        assert told(sync) == ("done", "equal", [0])
    assert known == {"connectioncustomer": 1, "contact": 1, "item": 4, "payment": 1}
    assert owed(company) == [("C7", "INV/26/1", 100_00), ("C8", "INV/26/2", 20_00)]
    corrected = Item.objects.filter(number__startswith="INV/26/5")
    assert [one.customer for one in corrected] == [closed] * 2
    assert [one.customer for one in Payment.objects.all()] == [closed] * 2
    assert breaks(company) == {}


def test_a_chain_of_merges_is_split_link_by_link_and_the_books_tie_out(
    company, clerk, manager, world
):
    connection = linked(company, world)
    keys = {number: world.add_customer(number, f"Hansa {number}") for number in ("C7", "C8", "C9")}
    sync_connection(connection.pk)
    first, second, third = (Customer.objects.get(number=number) for number in keys)
    merges = [merged_by(clerk, manager, third, second), merged_by(clerk, manager, second, first)]
    for number, key in keys.items():
        world.add_invoice(key, f"INV/{number}", 10.00)
        world.pay(key, 4.00, on={f"INV/{number}": 3.00})
    merged = sync_connection(connection.pk)
    owners = [owed(company)]
    for merge in reversed(merges):
        split_by(manager, merge)
        owners.append(owed(company))
    parted = sync_connection(connection.pk)

    numbers = ("INV/C7", "INV/C8", "INV/C9")
    assert owners == [
        [(owner, number, 7_00) for owner, number in zip(each, numbers, strict=True)]
        for each in (("C7", "C7", "C7"), ("C7", "C8", "C8"), ("C7", "C8", "C9"))
    ]
    assert told(merged) == told(parted) == ("done", "equal", [0])
    assert breaks(company) == {}


def test_what_came_before_it_was_kept_by_which_number_is_followed_still(
    company, clerk, manager, world
):
    connection = linked(company, world)
    twin, _ = world.add_customer("C8", "Hansa"), world.add_customer("C7", "Hansa GmbH")
    sync_connection(connection.pk)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merged_by(clerk, manager, closed, survivor)
    # as it was taken in: the survivor's, and no move says that it came by the old number
    imported(company, items_csv("C7;H;INV/26/2;invoice;2026-03-02;2026-04-01;EUR;50.00;50.00"))
    world.add_invoice(twin, "INV/26/2", 50.00)
    first = sync_connection(connection.pk)
    world.void("INV/26/2")
    sync_connection(connection.pk)
    last = sync_connection(connection.pk)

    assert told(first) == ("done", "equal", [0])
    assert (first.notes, owed(company)) == ([], [])
    assert (last.status, last.tie) == ("done", "equal")
    assert breaks(company) == {}


def test_a_connection_made_after_the_merge_leads_on_by_the_old_number(
    company, clerk, manager, world
):
    survivor, closed = add_customer(company, "C7", "Hansa"), add_customer(company, "C8", "Hansa")
    merge = merged_by(clerk, manager, closed, survivor)
    connection = linked(company, world)
    world.add_invoice(world.add_customer("C8", "Hansa"), "INV/26/2", 50.00)

    first = sync_connection(connection.pk)
    again = sync_connection(connection.pk)

    assert told(first) == told(again) == ("done", "equal", [0])
    assert owed(company) == [("C7", "INV/26/2", 50_00)]
    assert [one.customer for one in ConnectionCustomer.objects.all()] == [survivor]
    assert breaks(company) == {}

    split_by(manager, merge)
    parted = sync_connection(connection.pk)

    assert told(parted) == ("done", "equal", [0])
    assert owed(company) == [("C8", "INV/26/2", 50_00)]
    assert [one.customer for one in ConnectionCustomer.objects.all()] == [closed]
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
