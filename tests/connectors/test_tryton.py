"""Tryton: real servers on the loopback. One company's story by default, more in the long tier."""

from datetime import timedelta

import pytest

from dunwell.actions.connection_changes import decide_changes, propose_note
from dunwell.actions.connections import add_connection
from dunwell.actions.gate import system
from dunwell.connectors import tryton as connector
from dunwell.connectors.tryton import TrytonLedger
from dunwell.formats.connection_rows import OutsideChange, OutsideError
from dunwell.jobs import connections as jobs
from dunwell.models import (
    Allocation,
    Connection,
    ConnectionChange,
    ConnectionDifference,
    Customer,
    OpenItem,
)
from dunwell.queries.verify import verify_books
from tests.actions.merge_rows import merged_by, split_by
from tests.conftest import AT
from tests.connectors.conformance import Conformance, counts
from tests.connectors.tryton_server import DATABASE, day_of, served, tryton
from tests.connectors.tryton_setup import PASSWORD, USER

pytestmark = pytest.mark.dealt(one_in=8, of="whole desks", whole=True)


def settings_of(world):
    return {"address": f"http://{world.host}", "database": DATABASE, "user": USER}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with tryton(tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture(scope="module")
def oldest(tmp_path_factory):
    with tryton(tmp_path_factory.mktemp("tryton-7"), "tryton-7", f"/{DATABASE}/") as server:
        yield server


@pytest.fixture
def there(server):
    with served(server) as world:
        yield world


@pytest.fixture
def ledger(there, settings):
    settings.CONNECTION_HOSTS = [there.host]
    return TrytonLedger(door=jobs._Door(), **settings_of(there), secret=PASSWORD)


@pytest.fixture
def linked(company, there, settings):
    settings.CONNECTION_HOSTS = [there.host]
    return add_connection(
        actor=system(company), kind="tryton", name="ERP", settings=settings_of(there),
        secret=PASSWORD, at=AT,
    )  # fmt: skip


def synced(linked):
    sync = jobs.sync_connection(linked.pk)
    assert (sync.status, sync.error, sync.tie) == ("done", "", "equal")
    assert [one for one in verify_books(linked.company).proofs if one.broken] == []
    return sync


def open_here():
    return {one.item.number: one.open_minor for one in OpenItem.objects.select_related("item")}


@pytest.mark.django_db
def test_what_happens_there_comes_in_once_and_ties_out(linked, there, monkeypatch):
    monkeypatch.setattr(connector, "PAGE", 4)
    customer = there.add_customer("C7", "Hansa GmbH")
    there.add_invoices(customer, {"INV/26/1": 119.50, "INV/26/2": 80.00, "INV/26/3": 10.00})
    there.add_invoice(customer, "US/26/1", 250.00, currency="USD")
    there.add_invoice(customer, "CR/26/1", -30.00)
    there.pay(customer, 120.00, on={"INV/26/1": 100.00})
    there.pay(customer, 50.00, on={"US/26/1": 50.00}, currency="USD")
    there.down_after = 20
    assert jobs.sync_connection(linked.pk).fault == "unreachable"
    there.down_after = None
    Connection.objects.update(next_at=AT)
    sync = synced(linked)
    assert open_here() == {
        "INV/26/1": 1950, "INV/26/2": 8000, "INV/26/3": 1000, "US/26/1": 20000, "CR/26/1": -3000,
    }  # fmt: skip
    assert {one["currency"]: one["theirs_minor"] for one in sync.totals} == {
        "EUR": 5950, "USD": 20000,
    }  # fmt: skip

    there.apply_credit("CR/26/1", "INV/26/2", 30.00)
    there.pay(customer, 19.50, on={"INV/26/1": 19.50})
    there.void("INV/26/3")
    synced(linked)
    assert open_here() == {"INV/26/2": 5000, "US/26/1": 20000}
    before = counts()
    synced(linked)
    Connection.objects.update(cursor="")
    synced(linked)
    assert counts() == before


@pytest.mark.django_db
def test_documents_of_a_merged_record_come_to_the_survivor_and_go_back_by_the_split(
    linked, there, clerk, manager
):
    twin, hansa = there.add_customer("C8", "Hansa"), there.add_customer("C7", "Hansa GmbH")
    there.add_invoice(hansa, "INV/26/1", 100.00)
    there.add_invoice(twin, "INV/26/2", 50.00)
    synced(linked)
    survivor, closed = (Customer.objects.get(number=number) for number in ("C7", "C8"))
    merge = merged_by(clerk, manager, closed, survivor)

    there.add_invoice(twin, "INV/26/3", 20.00)
    there.pay(hansa, 40.00, on={"INV/26/1": 40.00})
    there.pay(twin, 12.00, on={"INV/26/3": 5.00})
    synced(linked)
    assert open_here() == {"INV/26/1": 6000, "INV/26/2": 5000, "INV/26/3": 1500}
    assert {one.customer for one in OpenItem.objects.all()} == {survivor}

    split_by(manager, merge)
    synced(linked)
    there.pay(twin, 15.00, on={"INV/26/3": 15.00})
    synced(linked)
    assert open_here() == {"INV/26/1": 6000, "INV/26/2": 5000}
    owners = {one.item.number: one.customer for one in OpenItem.objects.all()}
    assert owners == {"INV/26/1": survivor, "INV/26/2": closed}


@pytest.mark.django_db
def test_a_limit_and_a_note_stand_there_once_approved_and_holds_do_not(linked, there, company):
    actor, key = system(company), there.add_customer("C7", "Hansa GmbH")
    synced(linked)
    Customer.objects.update(credit_limit_minor=500_000)
    synced(linked)
    ours = Customer.objects.get()
    told = "Promised for Friday."
    propose_note(actor=actor, connection=linked, customer=ours, text=told, at=AT)
    jobs.try_changes(linked.pk)
    changes = dict(ConnectionChange.objects.values_list("kind", "pk"))
    assert set(ConnectionChange.objects.values_list("status", flat=True)) == {"tried"}
    assert (there.limit_of(key), there.notes_of(key)) == (None, [])
    decide_changes(
        actor=actor, connection=linked, change_ids=list(changes.values()), is_approved=True, at=AT
    )
    assert jobs.write_changes(linked.pk) == {"written": 2}
    # written there, but the worker died before it was marked
    ConnectionChange.objects.update(status="approved")
    jobs.write_changes(linked.pk)
    assert there.limit_of(key) == "5000.00"
    assert there.notes_of(key) == [f"{told} [dunwell-{changes['note']}]"]

    hold = OutsideChange(key="k", kind="hold", customer=str(key), value="1")
    (answer,) = jobs.open_place(linked).push([hold], dry_run=False)
    assert (answer.verdict, answer.text) == ("unsupported", "Tryton has no hold here")


def test_who_may_not_or_asks_too_often_is_told(ledger, there):
    there.status = 429
    with pytest.raises(OutsideError) as told:
        ledger.system()
    assert (told.value.fault, told.value.wait_seconds) == ("rate_limit", 120)
    there.status = 0
    ledger.company = "Southwind"
    with pytest.raises(OutsideError, match=r"the user has Northwind\.") as told:
        ledger.system()
    assert told.value.fault == "refused"
    ledger.database = "nowhere"
    with pytest.raises(OutsideError) as told:
        ledger.system()
    assert told.value.fault == "credentials"


@pytest.mark.release
@pytest.mark.django_db
def test_reconciliations_of_several_write_offs_and_exchange_differences_tie_out(linked, there):
    customer = there.add_customer("C7", "Hansa GmbH")
    there.add_invoice(customer, "INV/26/1", 100.00, term="two parts")
    there.add_invoices(customer, {"INV/26/2": 50.00, "INV/26/3": 40.00})
    there.add_invoice(customer, "US/26/1", 250.00, currency="USD")
    part = there.pay(customer, 30.00, on={"INV/26/2": 30.00})
    whole = there.pay(customer, 120.00)
    short = there.pay(customer, 39.50)
    dollars = there.pay(customer, 250.00, currency="USD", rate=1.2)
    synced(linked)
    there.reconcile(["INV/26/1", "INV/26/2"], [*part, *whole])
    small = there.rpc.one("account.move.reconcile.write_off", [["name", "=", "Small"]])
    there.reconcile(["INV/26/3"], short, writeoff=small, date=day_of("2026-03-12"))
    there.reconcile(["US/26/1"], dollars)
    synced(linked)
    assert open_here() == {}
    on = {
        (source.rpartition("/")[2], number): amount
        for source, number, amount in Allocation.objects.values_list(
            "payment__number", "item__number", "amount_minor"
        )
    }
    assert on[str(part[0]), "INV/26/2"] == 3000
    assert on[str(whole[0]), "INV/26/1"] == 10000
    assert on[str(whole[0]), "INV/26/2"] == 2000
    assert sorted(put for (_, number), put in on.items() if number == "INV/26/3") == [50, 3950]
    before = counts()
    synced(linked)
    assert counts() == before

    there.unreconcile(short)
    sync = jobs.sync_connection(linked.pk)
    assert (sync.status, sync.tie) == ("done", "different")
    assert {one.number for one in ConnectionDifference.objects.all()} >= {"INV/26/3"}


@pytest.mark.release
def test_who_is_a_customer_and_what_changed_of_one(ledger, there, monkeypatch):
    monkeypatch.setattr(connector, "OVERLAP", timedelta(0))
    old, new = there.add_customer("C7", "Hansa GmbH"), there.add_customer("C8", "Werft AG")
    assert [one.number for one in ledger.pull("").customers] == ["C7", "C8"]
    cursor, is_last = "", False
    while not is_last:
        pulled = ledger.pull(cursor)
        cursor, is_last = pulled.cursor, pulled.is_last
    there.add_customer("C9", "Speicher KG")
    address = there.rpc.one("party.address", [["party", "=", old]])
    there.rpc.do("party.address", "write", [address], {"city": "Bremen"})
    changed = {one.number: one.city for one in ledger.pull(cursor).customers}
    assert changed["C7"] == "Bremen"
    assert set(changed) >= {"C7", "C9"}

    category = there.rpc.one("party.category", [["name", "=", "Customers"]])
    there.rpc.do("party.party", "write", [new], {"categories": [["add", [category]]]})
    ledger.category = "Customers"
    assert [one.number for one in ledger.pull("").customers] == ["C8"]

    user = there.rpc.one("res.user", [["login", "=", USER]])
    groups = [one["id"] for one in there.rpc.find("res.group", [], "id")]
    there.rpc.do("res.user", "write", [user], {"groups": [["remove", groups]]})
    with pytest.raises(OutsideError) as told:
        ledger.open_now()
    assert told.value.fault == "credentials"
    limit = OutsideChange(
        key="k", kind="credit_limit", customer=str(new), value="5", currency="EUR"
    )
    (answer,) = ledger.push([limit], dry_run=False)
    assert answer.verdict == "refused"


@pytest.mark.release
class TestTryton(Conformance):
    kind, secret = "tryton", PASSWORD

    @pytest.fixture
    def there(self, server):
        with served(server) as world:
            yield world

    def settings_of(self, world):
        return settings_of(world)

    def test_over_a_thousand_rows_come_in_pages(self, linked, there, monkeypatch):
        """Come in pages: smaller ones, since posting a thousand takes Tryton minutes."""
        monkeypatch.setattr(connector, "PAGE", 25)
        monkeypatch.setattr(connector, "TOGETHER", 10)
        customer = there.add_customer("C7", "Hansa GmbH")
        there.add_invoices(customer, {f"INV/26/{number}": 10.00 for number in range(1, 61)})
        assert self.synced(linked).tie == "equal"
        assert len(self.open_here()) == 60


@pytest.mark.release
class TestTryton7(TestTryton):
    @pytest.fixture
    def there(self, oldest):
        with served(oldest) as world:
            yield world
