"""Walls between companies: PostgreSQL itself shows and takes only the rows of whom it was told."""

import random
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from dunwell import walls
from dunwell.actions.role_rights import RIGHTS, STAFF_ROLES
from dunwell.jobs.background import begin
from dunwell.migrations._walls import EVERYBODYS, POLICY, policies, walled
from dunwell.models import Company, Contact, Customer, Item, Task
from tests.api.books import keep_books
from tests.api.conftest import add_token
from tests.conftest import AT, add_customer, add_user
from tests.dealing import is_long_tier
from tests.web.addresses import every_address, names_of_records

pytestmark = pytest.mark.both
on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite has no row-level security"
)
MARK = "Zweibruecken"
"""A word that only the other company's records bear."""


@pytest.fixture
def standing_walls(db, settings):
    """The walls stand, and the desk has a role that neither owns a table nor passes by."""
    settings.WALLS, settings.REQUIRE_MFA = True, False
    with connection.cursor() as cursor:
        call_command("walls", "up", verbosity=0)
        cursor.execute("CREATE ROLE dunwell_walled NOSUPERUSER NOBYPASSRLS")
        cursor.execute("GRANT USAGE ON SCHEMA public TO dunwell_walled")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO dunwell_walled")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO dunwell_walled")
        cursor.execute("SET LOCAL ROLE dunwell_walled")
    yield
    # the transaction takes role and walls back; keys that wait are checked by who owns the tables
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@contextmanager
def refused():
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        yield


def two_companies():
    with walls.everything():
        ours, theirs = (
            Company.objects.create(name=name, zone="UTC", created_at=AT) for name in ("Ours", MARK)
        )
        for company in (ours, theirs):
            customer = add_customer(company, "K1", f"{company.name} buyer")
            Contact.objects.create(customer=customer, name="Ann", recorded_at=AT)
    return ours, theirs


@on_postgresql
def test_a8_4_1_every_table_has_its_wall(db):
    tables = {m._meta.db_table for m in apps.get_app_config("dunwell").get_models()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = %s", [POLICY])
        has = {table for (table,) in cursor.fetchall()}

    assert has == walled(apps).keys()
    assert tables - has == {f"dunwell_{name}" for name in EVERYBODYS}


def test_a8_4_1_every_table_belongs_to_a_company_or_is_listed_as_everybodys():
    assert len(walled(apps)) == len(list(apps.get_app_config("dunwell").get_models())) - len(
        EVERYBODYS
    )


@on_postgresql
def test_a8_4_1_who_is_told_nothing_sees_nothing_and_who_is_told_one_sees_one(standing_walls):
    ours, theirs = two_companies()

    assert (Customer.objects.count(), Contact.objects.count()) == (0, 0)
    with walls.within(ours.pk):
        assert [one.company_id for one in Customer.objects.all()] == [ours.pk]
        assert [one.customer.company_id for one in Contact.objects.all()] == [ours.pk]
    with walls.within(ours.pk, theirs.pk):
        assert (Customer.objects.count(), Contact.objects.count()) == (2, 2)
    with walls.everything():
        assert Customer.objects.count() == 2
    assert Customer.objects.count() == 0


@on_postgresql
def test_a8_4_1_foreign_rows_are_neither_changed_nor_deleted_nor_written(standing_walls):
    ours, theirs = two_companies()
    with walls.everything():
        theirs_customer = Customer.objects.get(company=theirs)
    with walls.within(ours.pk):
        assert Customer.objects.filter(company=theirs).update(name="Taken") == 0
        assert Contact.objects.filter(customer=theirs_customer).delete()[0] == 0
        with refused():
            add_customer(theirs, "K2", "Planted")
        with refused():
            Contact.objects.create(customer=theirs_customer, name="Planted", recorded_at=AT)
        with refused():
            Customer.objects.filter(company=ours).update(company=theirs)
    with walls.everything():
        assert Customer.objects.get(company=theirs).name == f"{MARK} buyer"


@on_postgresql
def test_a8_4_1_a_rollback_brings_no_older_wall_back(standing_walls):
    ours, theirs = two_companies()
    with walls.within(theirs.pk):
        assert Customer.objects.get().company_id == theirs.pk
        with walls.within(ours.pk), transaction.atomic():
            assert Customer.objects.get().company_id == ours.pk
            transaction.set_rollback(True)
        with walls.within(ours.pk):
            with refused():
                add_customer(theirs, "K3", "Planted")
            assert Customer.objects.get().company_id == ours.pk
        assert Customer.objects.get().company_id == theirs.pk


@on_postgresql
def test_a8_4_1_an_index_serves_behind_the_wall(standing_walls):
    ours, _ = two_companies()
    with walls.within(ours.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM dunwell_item WHERE company_id = %s", [ours.pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Cond: (company_id =" in plan
    assert "Seq Scan" not in plan


def test_work_beside_a_request_sees_what_the_request_saw():
    with walls.within(7, 3, 7):
        assert walls.told() == "3,7"
        with walls.within():
            assert walls.told() == walls.NOTHING
        seen, work = [], lambda: seen.append(walls.told())
        begin(work, key="walls")
        from dunwell.jobs.background import _running

        if thread := _running.get("walls"):
            thread.join()
    assert seen == ["3,7"]
    assert walls.told() == walls.NOTHING


@on_postgresql
def test_walls_go_up_only_where_the_desk_tells_of_companies(db, settings):
    settings.WALLS = False
    with pytest.raises(CommandError, match="DUNWELL_WALLS=1"):
        call_command("walls", "up")


@on_postgresql
def test_a8_2_2_fuzzed_requests_find_no_row_of_another_company(standing_walls, client):
    with walls.everything():
        theirs = Company.objects.create(
            name="Theirs", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
        )
        ids = keep_books(theirs)
        Customer.objects.filter(company=theirs).update(name=MARK)
        ours = Company.objects.create(
            name="Ours", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
        )
        person = add_user(ours, "omni", *STAFF_ROLES)
        program = add_token(person, ours, rights=sorted(RIGHTS))
        foreign = {
            table: _count(f'SELECT COUNT(*) FROM "{table}"') for table in sorted(walled(apps))
        }
        theirs_ids = list(Item.objects.values_list("pk", flat=True)) + list(
            Task.objects.values_list("pk", flat=True)
        )
    assert sum(foreign.values()) > 300
    client.force_login(person)
    chance, named = random.Random(841), names_of_records()
    addresses = {name: at for name, at in every_address(ids).items() if name not in SIGN_OUT}
    lists = ("/items", "/payments", "/promises", "/disputes", "/tasks", "/messages", "/events")
    told = set()
    for _ in range(10_000 if is_long_tier() else 40):
        kind = chance.choice(("page", "page", "api", "search", "export"))
        if kind == "page":
            name = chance.choice(sorted(addresses))
            with transaction.atomic():
                answer = client.get(addresses[name])
                transaction.set_rollback(True)
            assert answer.status_code != 200 or name not in named or name in OWN_PAGES, name
        elif kind == "api":
            path = chance.choice(lists)
            answer = program.get(f"{path}?customer_id={ids['customer_id']}")
            assert answer.json()["rows"] == [], path
        elif kind == "search":
            answer = client.get("/customers/", {"q": MARK[: chance.randint(2, len(MARK) - 1)]})
        else:
            answer = client.get("/items/", {"export": chance.choice(("csv", "xlsx"))})
        told.add(kind)
        if not answer.streaming:
            shown = answer.content.replace(b'value="' + MARK.encode(), b"")
            assert MARK.encode() not in shown, answer.request["PATH_INFO"]
    assert told == {"page", "api", "search", "export"}
    with walls.within(ours.pk):
        rows = {table: _count(f'SELECT COUNT(*) FROM "{table}"') for table in foreign}
        assert Item.objects.filter(pk__in=theirs_ids).count() == 0
    assert {table: n for table, n in rows.items() if n >= foreign[table] > 0} == {}


SIGN_OUT = frozenset({"account_logout", "set_language"})
OWN_PAGES = frozenset({"call-skip"})


def _count(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@on_postgresql
def test_the_policies_of_a_migration_can_be_given_again(db):
    asked = f"SELECT COUNT(*) FROM pg_policies WHERE policyname = '{POLICY}'"
    had = _count(asked)
    with connection.schema_editor() as editor:
        policies(apps, editor)
    assert _count(asked) == had > 0
