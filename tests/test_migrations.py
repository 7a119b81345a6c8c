"""The schema: complete migrations, and ledger rows that the database itself protects."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from dunwell.models import Item
from tests.conftest import AT, TODAY


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


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
