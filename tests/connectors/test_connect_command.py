"""`dunwell connect`: an Odoo from the first word to a limit that a person approved."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dunwell.models import Connection, ConnectionChange, Customer, Membership, Role, User
from tests.conftest import AT
from tests.connectors.odoo_server import DATABASE, KEY, USER, OdooWorld, served


@pytest.fixture
def world(company, settings):
    with served(OdooWorld("18.0")) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield world


def told(*words):
    out = StringIO()
    call_command("connect", *words, stdout=out)
    return out.getvalue()


def add(world, tmp_path, secret=KEY):
    key = tmp_path / "key.txt"
    key.write_text(f"{secret}\n")
    return told(
        "add", "Our Odoo", "--kind", "odoo", "--set", f"address=http://{world.host}",
        "--set", f"database={DATABASE}", "--set", f"user={USER}", "--secret-file", str(key),
    )  # fmt: skip


@pytest.mark.django_db
def test_added_synced_tried_approved_and_written(world, company, tmp_path):
    assert add(world, tmp_path) == (
        "Our Odoo: Odoo 18.0, Northwind; may write credit_limit, hold, note\n"
    )
    customer = world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(customer, "INV/26/1", 100.00)
    assert told() == "Northwind: done 1\n"
    Customer.objects.update(credit_limit_minor=500_000)
    synced = told("sync", "Our Odoo").splitlines()
    assert synced[0].endswith("tie-out: equal")
    assert synced[1] == "  EUR: 10000 there, 10000 here (minor units), 0 documents differ"
    assert told("list") == "Northwind: Our Odoo (Odoo) on; done; tie-out: equal; waiting: 1\n"

    change = ConnectionChange.objects.get()
    assert told("changes", "Our Odoo") == (
        f"{change.pk:>6}  tried     C7 Hansa GmbH: credit_limit 0 -> 5000.00 EUR\n"
    )
    user = User.objects.create_user("anna")
    words = ("approve", "Our Odoo", "--change", str(change.pk))
    with pytest.raises(CommandError, match="Say with --by"):
        told(*words)
    Membership.objects.create(user=user, company=company, role=Role.CLERK)
    with pytest.raises(CommandError, match="connection.approve"):
        told(*words, "--by", "anna")
    assert world.limit_of(customer) == "0.0"
    Membership.objects.create(user=user, company=company, role=Role.CREDIT_MANAGER)
    assert told(*words, "--by", "anna") == "1 approved.\n  written 1\n"
    assert world.limit_of(customer) == "5000.0"
    change.refresh_from_db()
    assert (change.decided_by, change.status) == ("anna", "written")


@pytest.mark.django_db
def test_what_does_not_work_is_said_and_neither_it_nor_the_secret_is_kept(
    world, company, tmp_path
):
    with pytest.raises(CommandError, match="credentials") as failed:
        add(world, tmp_path, secret="wrong-key")
    assert "wrong-key" not in str(failed.value)
    assert told("list") == ""
    add(world, tmp_path)
    with pytest.raises(CommandError, match="named Our Odoo already"):
        add(world, tmp_path)
    connection = Connection.objects.get()
    assert connection.recorded_at > AT
    for words, text in (
        (("sync", "Nobody"), "no connection named"),
        (("add", "Two", "--kind", "sap"), "no connector for sap"),
        (("add", "Two", "--kind", "odoo", "--set", "address"), "setting=value"),
        (("add", "Two"), "Say with --kind"),
    ):
        with pytest.raises(CommandError, match=text):
            told(*words)
    told("end", "Our Odoo")
    connection.refresh_from_db()
    assert (connection.secret, connection.is_on) == ("", False)
    assert told("list") == ""


@pytest.mark.django_db
def test_it_is_paused_goes_on_and_is_changed(world, company, tmp_path):
    add(world, tmp_path)
    paused = told("pause", "Our Odoo")
    listed = told("list")
    due = told()
    with pytest.raises(CommandError, match="paused"):
        told("sync", "Our Odoo")
    went_on = told("resume", "Our Odoo", "--every", "15")
    with pytest.raises(CommandError, match="secret anew"):
        told("change", "Our Odoo", "--set", "address=https://other.example")
    with pytest.raises(CommandError, match="no setting colour"):
        told("change", "Our Odoo", "--set", "colour=red")
    changed = told("change", "Our Odoo", "--set", "company=Northwind")
    connection = Connection.objects.get()

    assert paused == "Our Odoo is paused.\n" and "(Odoo) off" in listed
    assert due == "Northwind: nothing is due\n"
    assert went_on == "Our Odoo goes on.\n"
    assert changed.startswith("Our Odoo: Odoo 18.0, Northwind")
    assert (connection.every_minutes, connection.is_on) == (15, True)
    assert (connection.settings["company"], connection.secret) == ("Northwind", KEY)
