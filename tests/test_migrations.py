"""The schema: complete migrations, and ledger rows that the database itself protects."""

import sqlite3
from contextlib import closing
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from dunwell.models import Item, TeamMail
from tests.conftest import AT, TODAY
from tests.migrated import NAME, run_migrations


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_this_database_makes_every_constraint(db):
    # without a database named, Django doesn't ask what it cannot do
    call_command("check", databases=["default"], fail_level="WARNING", verbosity=0)


@pytest.mark.parametrize(
    "change", ["UPDATE dunwell_item SET amount_minor = 1", "DELETE FROM dunwell_item"]
)
def test_the_database_refuses_to_change_a_ledger_row(company, customer, change):
    Item.objects.create(
        company=company,
        customer=customer,
        number="R1",
        kind="invoice",
        currency="EUR",
        amount_minor=100_00,
        issued_on=date(2026, 1, 1),
        due_on=date(2026, 2, 1),
        recorded_on=TODAY,
        recorded_at=AT,
    )

    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert list(Item.objects.values_list("amount_minor", flat=True)) == [100_00]


def test_going_back_forgets_the_mails_that_an_older_desk_cannot_read(company, reader):
    told = {"company": company, "user": reader, "subject_id": 1, "to": "r@acme.example"}
    for kind in ("factor", "escalation"):
        TeamMail.objects.create(
            kind=kind, key=kind, by="ada", message_id=kind, recorded_at=AT, **told
        )
    step = import_module("dunwell.migrations.0033_reset_mails")

    step.forget(apps, SimpleNamespace(connection=connection))

    assert list(TeamMail.objects.values_list("kind", flat=True)) == ["escalation"]


@pytest.mark.release
def test_tables_made_at_once_are_those_that_every_step_makes(tmp_path):
    """Into an empty database tables are made from the models; the steps of old make the same."""
    schemas = []
    for folder, options in (("at once", ()), ("in steps", ("--step-by-step",))):
        (tmp_path / folder).mkdir()
        run_migrations(tmp_path / folder, *options)
        with closing(sqlite3.connect(tmp_path / folder / NAME)) as made:
            schemas.append(schema(made))

    assert schemas[0] == schemas[1]


def schema(database):
    """Columns, keys, indexes, checks and triggers by table, whatever order they came in."""
    found = {}
    for kind, name, text in database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ):
        found[kind, name] = sorted(parts(text)) if kind == "table" else text
    rows = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return found, rows.fetchall()


def parts(text):
    """The columns and constraints between the outer brackets of a CREATE TABLE."""
    depth, begun, found = 0, text.index("(") + 1, []
    for at, sign in enumerate(text[begun:], begun):
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or (depth == 0 and sign == ","):
            found.append(text[begun:at].strip())
            begun = at + 1
        if depth < 0:
            break
    return found
