"""Odoo by JSON-RPC and by JSON-2, each through the whole conformance test."""

import pytest

from dunwell.connectors.odoo import OdooLedger
from dunwell.formats.connection_rows import OutsideError
from dunwell.jobs import connections as jobs
from tests.connectors.conformance import Conformance
from tests.connectors.odoo_server import DATABASE, KEY, USER, OdooWorld, served

pytestmark = pytest.mark.dealt(one_in=6, of="systems of others", whole=True)


class TestOdooByRpc(Conformance):
    kind, secret = "odoo", KEY

    @pytest.fixture
    def there(self):
        with served(OdooWorld("18.0")) as world:
            yield world

    def settings_of(self, world):
        return {"address": f"http://{world.host}", "database": DATABASE, "user": USER}


class TestOdooByJson2(Conformance):
    kind, secret = "odoo", KEY

    @pytest.fixture
    def there(self):
        with served(OdooWorld("19.0")) as world:
            yield world

    def settings_of(self, world):
        return {"address": f"http://{world.host}", "database": DATABASE}

    # where pages end does not depend on how the same database is asked
    @pytest.mark.release
    def test_over_a_thousand_rows_come_in_pages(self, linked, there):
        super().test_over_a_thousand_rows_come_in_pages(linked, there)

    @pytest.mark.release
    def test_an_outage_in_the_middle_is_gone_on_from(self, linked, there):
        super().test_an_outage_in_the_middle_is_gone_on_from(linked, there)


@pytest.fixture
def ledger(settings):
    with served(OdooWorld("18.0")) as world:
        settings.CONNECTION_HOSTS = [world.host]
        yield world, OdooLedger(
            door=jobs._Door(), address=f"http://{world.host}", database=DATABASE, user=USER,
            secret=KEY,
        )  # fmt: skip


def test_an_odoo_that_is_too_old_or_too_new_is_refused_by_version(ledger):
    world, odoo = ledger
    for version in ("15.0", "20.0", ""):
        world.version = version
        with pytest.raises(OutsideError) as told:
            odoo.system()
        assert (told.value.fault, told.value.is_transient) == ("version", False)


def test_a_field_that_went_away_is_a_changed_schema_and_nothing_is_taken_in(ledger):
    world, odoo = ledger
    world.add_invoice(world.add_customer("C7", "Hansa"), "INV/26/1", 10.0)
    world.lacks = "amount_total"
    cursor = odoo.pull("").cursor
    with pytest.raises(OutsideError) as told:
        odoo.pull(cursor)
    assert told.value.fault == "schema"
    assert "amount_total" in str(told.value)


def test_who_asks_too_often_is_told_how_long_to_wait(ledger):
    world, odoo = ledger
    world.status = 429
    with pytest.raises(OutsideError) as told:
        odoo.system()
    assert (told.value.fault, told.value.wait_seconds) == ("rate_limit", 120)


def test_a_host_inside_the_house_that_is_not_listed_is_never_reached(ledger, settings):
    world, odoo = ledger
    settings.CONNECTION_HOSTS = []
    odoo.door = jobs._Door()
    with pytest.raises(OutsideError) as told:
        odoo.system()
    assert told.value.fault == "refused"
    assert world.requests == []


def test_several_companies_there_need_one_named(ledger):
    world, odoo = ledger
    world.tables["res.company"][2] = {"id": 2, "name": "Southwind", "currency_id": [1, "EUR"]}
    with pytest.raises(OutsideError, match="Northwind, Southwind"):
        odoo.system()
    odoo.company = "Southwind"
    assert odoo.system().company == "Southwind"
