"""The pages about connections, against an Odoo on a socket: added, compared, decided on, removed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from dunwell.formats.connection_kinds import KINDS
from dunwell.models import (
    Connection,
    ConnectionChange,
    ConnectionSync,
    Customer,
    Event,
    ImportBatch,
    Item,
)
from tests.conftest import AT, add_customer, add_user
from tests.connectors.odoo_server import DATABASE, KEY, USER, OdooWorld, served

ADD = "/connections/new/odoo/"


@pytest.fixture
def world(company, settings):
    with served(OdooWorld("18.0")) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield world


@pytest.fixture
def manager(company):
    return add_user(company, "mia", "credit_manager")


@pytest.fixture
def told(world):
    return {
        "name": "Our Odoo", "set_address": f"http://{world.host}", "set_database": DATABASE,
        "set_user": USER, "secret": KEY, "every_minutes": "60",
    }  # fmt: skip


@pytest.fixture
def linked(come_in, admin, told):
    """Add the Odoo by its form and return its page's address and a client of the admin."""
    client = come_in(admin)
    client.post(ADD, told)
    return client, f"/connections/{Connection.objects.get().pk}/"


def test_a_connection_is_kept_only_when_it_answers(come_in, admin, told):
    client = come_in(admin)
    empty = client.get("/connections/").text
    wrong = client.post(ADD, {**told, "secret": "not the key"})
    none = client.post(ADD, {**told, "set_database": ""})
    kept = Connection.objects.count()
    right = client.post(ADD, told, follow=True).text
    connection = Connection.objects.get()

    assert "No connections" in empty
    assert wrong.status_code == none.status_code == 422
    assert "credentials: " in wrong.text and "not the key" not in wrong.text
    assert kept == 0
    assert "The connection answers and is added." in right and "not synced yet" in right
    assert (connection.secret, connection.settings["user"], connection.by) == (KEY, USER, "ada")
    for address in ("/connections/", f"/connections/{connection.pk}/"):
        assert KEY not in client.get(address).text
    assert KEY not in client.get(f"/connections/{connection.pk}/change/").text
    assert KEY not in str(list(Event.objects.values_list("data", flat=True)))


def test_every_kind_of_the_kit_has_its_form(come_in, admin):
    client = come_in(admin)
    kinds = client.get("/connections/new/").text

    for name, kind in KINDS.items():
        page = client.get(f"/connections/new/{name}/").text
        assert f'href="/connections/new/{name}/"' in kinds
        for field in kind.fields:
            assert f'name="set_{field.name}"' in page
        assert ('type="password"' in page) == bool(kind.secret)
    assert client.get("/connections/new/nothing/").status_code == 404


def test_a_sync_shows_what_came_and_the_documents_that_differ(linked, world, company):
    client, page = linked
    there = world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(there, "INV/26/1", 100.00)
    said = client.post(f"{page}sync/", follow=True).text
    first = client.get("/connections/").text
    Item.objects.get(number="INV/26/1")
    world.add_invoice(there, "INV/26/2", 50.00)
    client.post(f"{page}sync/")
    world.delete("INV/26/2")
    client.post(f"{page}sync/")
    sync = ConnectionSync.objects.order_by("-pk")[0]
    listed = client.get("/connections/").text
    shown = client.get(f"{page}syncs/{sync.pk}/").text
    file = client.get(f"{page}syncs/{sync.pk}/export.csv").content.decode("utf-8-sig")
    batch = ImportBatch.objects.order_by("pk")[0]
    before = ConnectionSync.objects.order_by("pk")[0]

    assert "The sync runs." in said
    assert "EUR ties out" in first
    assert "EUR: 1 document differs" in listed and f"{page}syncs/{sync.pk}/" in listed
    assert "INV/26/2" in shown and "Hansa GmbH" in shown and "150" in shown
    assert file.splitlines()[1].startswith("INV/26/2,Hansa GmbH,EUR,,50")
    assert f'href="/imports/{batch.pk}/"' in client.get(f"{page}syncs/{before.pk}/").text
    assert "EUR,100" in client.get("/connections/export.csv").content.decode("utf-8-sig")
    assert client.get(f"{page}syncs/{sync.pk + 1}/").status_code == 404


def test_a_manager_reads_before_and_after_and_writes_what_is_chosen(
    linked, come_in, manager, world
):
    admin, page = linked
    one, two = (world.add_customer(f"C{n}", f"Hansa {n}") for n in (1, 2))
    for number, there in enumerate((one, two)):
        world.add_invoice(there, f"INV/26/{number}", 100.00)
    admin.post(f"{page}sync/")
    Customer.objects.update(credit_limit_minor=500_000)
    admin.post(f"{page}sync/")
    keys = dict(ConnectionChange.objects.values_list("customer__number", "pk"))
    forbidden = admin.post(f"{page}decide/", {"change": keys["C1"], "decision": "approve"})
    client = come_in(manager)
    shown = client.get(f"{page}changes/").text
    nothing = client.post(f"{page}decide/", {"decision": "approve"})
    written = client.post(
        f"{page}decide/", {"change": keys["C1"], "decision": "approve"}, follow=True
    ).text
    left = client.post(
        f"{page}decide/", {"change": keys["C2"], "decision": "dismiss"}, follow=True
    ).text
    again = client.post(f"{page}decide/", {"change": keys["C2"], "decision": "approve"})
    file = client.get(f"{page}changes/export.csv?status=written").content.decode("utf-8-sig")

    assert forbidden.status_code == 403
    assert "0 EUR" in shown and "5000.00 EUR" in shown and 'name="change"' in shown
    assert nothing.status_code == again.status_code == 422
    assert "1 change approved; it is written now." in written
    assert "1 change dismissed." in left and "No write-backs here" in left
    assert (float(world.limit_of(one)), float(world.limit_of(two))) == (5000.0, 0.0)
    assert [line.split(",")[1] for line in file.splitlines()[1:]] == ["C1"]
    assert client.post(f"{page}sync/").status_code == 403
    assert "Sync now" not in client.get(page).text


def test_it_is_paused_changed_and_removed(linked, world, told):
    client, page = linked
    paused = client.post(f"{page}switch/", {"is_on": "0"}, follow=True).text
    refused = client.post(f"{page}sync/")
    gone_on = client.post(f"{page}switch/", {"is_on": "1"}, follow=True).text
    version = Connection.objects.get().version
    change = {**told, "secret": "", "name": "Odoo of the group", "version": version}
    moved = client.post(f"{page}change/", {**change, "set_address": "https://other.example"})
    saved = client.post(f"{page}change/", change, follow=True).text
    stale = client.post(f"{page}change/", change)
    connection = Connection.objects.get()
    kept = (connection.name, connection.secret, connection.settings["address"])
    ended = client.post(f"{page}end/", follow=True).text

    assert "It is paused." in paused and "Resume" in paused
    assert refused.status_code == 422 and "paused" in refused.text
    assert "The connection goes on." in gone_on
    assert moved.status_code == 422 and "needs the secret anew" in moved.text
    assert "The connection is changed." in saved
    assert stale.status_code == 422 and "Somebody else has changed" in stale.text
    assert kept == ("Odoo of the group", KEY, f"http://{world.host}")
    assert "its secret is wiped" in ended
    assert Connection.objects.get().secret == ""
    assert client.get(page).status_code == 404


def test_a_failed_sync_is_told_and_a_running_one_shows_how_far_it_is(linked, world):
    client, page = linked
    world.add_customer("C7", "Hansa GmbH")
    Connection.objects.update(secret="old")
    client.post(f"{page}sync/")
    failed = client.get(page).text
    tested = client.post(f"{page}test/")
    Connection.objects.update(secret=KEY)
    answers = client.post(f"{page}test/", follow=True).text
    over = client.get(f"{page}progress/")
    ConnectionSync.objects.create(
        connection=Connection.objects.get(), by="ada", as_of=AT.date(), started_at=AT,
        claimed_at=AT, counts={"customers_added": 3, "items_imported": 1_200},
    )  # fmt: skip
    running = client.get(page).text
    bar = client.get(f"{page}progress/").text

    assert "The last sync failed." in failed and "next try" in failed
    assert tested.status_code == 422 and "credentials" in tested.text
    assert "Odoo 18.0 answers" in answers
    assert over["HX-Refresh"] == "true"
    assert 'hx-trigger="every 2s"' in running
    assert "3 customers, 1,200 documents and 0 payments so far" in bar


def test_writing_asks_who_it_is_once_more(linked, come_in, manager, settings):
    _admin, page = linked
    settings.REQUIRE_MFA = True
    client = come_in(manager)
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        answer = client.post(f"{page}decide/", {"change": "1", "decision": "approve"})

    assert answer.status_code == 302 and "/accounts/" in answer["Location"]


def test_another_company_and_other_roles_see_nothing_of_it(linked, come_in, rival, company):
    _client, page = linked
    clerk = add_user(company, "carl", "clerk")

    assert come_in(rival).get(page).status_code == 404
    assert come_in(rival).post(f"{page}end/").status_code == 404
    assert come_in(clerk).get(page).status_code == 403
    assert come_in(clerk).get(ADD).status_code == 403


def test_pages_ask_the_same_for_one_row_and_three(linked, world, company):
    client, page = linked
    there = world.add_customer("C1", "Hansa")
    world.add_invoice(there, "INV/26/1", 100.00)
    client.post(f"{page}sync/")
    connection = Connection.objects.get()
    customer = Customer.objects.get()
    addresses = ("/connections/", page, f"{page}changes/?status=")

    def asked():
        found = []
        for address in addresses:
            with CaptureQueriesContext(database) as seen:
                client.get(address)
            found.append(len(seen))
        return found

    ConnectionChange.objects.create(
        connection=connection, customer=customer, kind="note", value="a", proposed_at=AT
    )
    asked()
    one = asked()
    for number in (2, 3):
        made = Connection.objects.create(
            company=company, kind="odoo", name=f"Odoo {number}", recorded_at=AT, by="ada"
        )
        ConnectionSync.objects.create(
            connection=connection, by="ada", as_of=AT.date(), started_at=AT, claimed_at=AT,
            status="done", totals=[],
        )  # fmt: skip
        ConnectionSync.objects.create(
            connection=made, by="ada", as_of=AT.date(), started_at=AT, claimed_at=AT,
            status="done", totals=[],
        )  # fmt: skip
        ConnectionChange.objects.create(
            connection=connection, customer=add_customer(company, f"K{number}", "x"),
            kind="note", value="a", proposed_at=AT,
        )  # fmt: skip

    assert asked() == one
