"""Connections over the API, against an Odoo on a socket: from the kinds to a write-back."""

import pytest

from dunwell.models import Connection, Customer
from tests.api.conftest import add_token
from tests.conftest import add_user
from tests.connectors.odoo_server import DATABASE, KEY, USER, OdooWorld, served

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(company, settings):
    with served(OdooWorld("18.0")) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield world


def test_from_the_kinds_to_a_limit_that_was_approved(
    world, company, admin, django_capture_on_commit_callbacks
):
    program = add_token(admin, company)
    manager = add_token(add_user(company, "mia", "credit_manager"), company)
    kinds = {one["kind"]: one for one in program.call("GET", "/connection-kinds", None).json()}
    settings = {"address": f"http://{world.host}", "database": DATABASE, "user": USER}
    told = {"kind": "odoo", "name": "Our Odoo", "settings": settings, "secret": KEY}
    made = program.call("POST", "/connections", told, key="one")
    again = program.call("POST", "/connections", told, key="one")
    here = f"/connections/{made.json()['id']}"
    tried = program.call("POST", f"{here}/test", None).json()
    there = world.add_customer("C7", "Hansa GmbH")
    world.add_invoice(there, "INV/26/1", 100.00)
    world.add_invoice(there, "INV/26/2", 50.00)
    program.call("POST", f"{here}/sync", None)
    Customer.objects.update(credit_limit_minor=500_000)
    world.delete("INV/26/2")
    program.call("POST", f"{here}/sync", None)
    syncs = program.call("GET", f"{here}/syncs", None).json()["rows"]
    differing = manager.call("GET", f"{here}/syncs/{syncs[0]['id']}/differences", None).json()
    (change,) = manager.call("GET", f"{here}/changes?status=tried", None).json()["rows"]
    decision = {"change_ids": [change["id"]], "is_approved": True}
    forbidden = program.call("POST", f"{here}/changes/decide", decision)
    with django_capture_on_commit_callbacks(execute=True):
        decided = manager.call("POST", f"{here}/changes/decide", decision)
    row = program.call("GET", "/connections", None)

    assert [field["name"] for field in kinds["odoo"]["fields"]][:2] == ["address", "database"]
    assert made.status_code == 201 and again.json() == made.json()
    assert Connection.objects.count() == 1
    assert (tried["fault"], tried["system"]["product"]) == ("", "Odoo")
    assert [sync["tie"] for sync in syncs] == ["different", "equal"]
    assert [
        (one["number"], one["theirs_minor"], one["ours_minor"]) for one in differing["rows"]
    ] == [("INV/26/2", None, 5000)]
    assert (change["before"], change["value"], change["status"]) == ("0", "5000.00", "tried")
    assert forbidden.status_code == 403
    assert decided.json() == {"changed": 1}
    assert float(world.limit_of(there)) == 5000.0
    assert KEY not in row.text and row.json()[0]["compared_totals"][0]["differences"] == 1


def test_a_change_made_meanwhile_is_not_overwritten_and_a_pause_refuses_a_sync(
    world, company, admin
):
    program = add_token(admin, company)
    settings = {"address": f"http://{world.host}", "database": DATABASE, "user": USER}
    told = {"name": "Our Odoo", "settings": settings}
    key = program.call("POST", "/connections", {"kind": "odoo", **told, "secret": KEY}).json()[
        "id"
    ]
    paused = program.call("PUT", f"/connections/{key}", {**told, "is_on": False, "version": 0})
    stale = program.call("PUT", f"/connections/{key}", {**told, "version": 0})
    moved = {**told, "settings": {**settings, "address": "https://other.example"}, "version": 1}
    refused = program.call("PUT", f"/connections/{key}", moved)
    sync = program.call("POST", f"/connections/{key}/sync", None)
    strange = program.call("POST", "/connections", {"kind": "nothing", **told})

    assert paused.status_code == 200
    assert stale.status_code == 409
    assert refused.status_code == 422 and "secret anew" in refused.json()["detail"]
    assert sync.status_code == 422 and "paused" in sync.json()["detail"]
    assert strange.status_code == 422
    assert Connection.objects.get().secret == KEY
