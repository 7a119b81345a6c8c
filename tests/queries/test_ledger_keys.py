"""Keys of the ledger: none points to a row that is not there, and none can be pulled away.

SQLite looks each up by itself at the end of a transaction, PostgreSQL a statement's at once.
"""

from contextlib import contextmanager

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from dunwell.actions.bulk import insert_rows
from dunwell.migrations._set_keys import FEW
from dunwell.models import Allocation, Company, EntryLine, Item, OpenItem, Payment
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

NOBODY = 999_999_999
KEYS = [
    (model, field.attname)
    for model in (Item, OpenItem, Payment, Allocation, EntryLine)
    for field in model._meta.concrete_fields
    if field.is_relation
]


@contextmanager
def checked():
    """A transaction at whose end every key is looked up, on both databases."""
    with transaction.atomic():
        yield
        connection.check_constraints()


def items(company, customers):
    """New items, one for each customer's key."""
    return pl.DataFrame(
        {
            "company_id": company.pk,
            "customer_id": customers,
            "number": [f"N{n}" for n in range(len(customers))],
            "kind": "invoice",
            "currency": "EUR",
            "amount_minor": 1,
            "issued_on": TODAY,
            "due_on": TODAY,
            "reference": "",
            "recorded_on": TODAY,
            "recorded_at": AT.replace(tzinfo=None),
        }
    )


@pytest.mark.parametrize("many", [1, FEW, FEW + 1])
def test_rows_are_refused_where_one_of_them_names_nobody(company, customer, many):
    """Few rows and many are looked up in two ways."""
    with checked():
        insert_rows(table="dunwell_item", rows=items(company, [customer.pk] * many))
    assert Item.objects.filter(customer=customer).count() == many

    other = add_customer(company, "C9")
    rows = items(company, [other.pk] * (many - 1) + [NOBODY])
    with pytest.raises(IntegrityError), checked():
        insert_rows(table="dunwell_item", rows=rows)

    assert not Item.objects.filter(customer=other).exists()


@pytest.mark.parametrize(("model", "column"), KEYS)
def test_no_key_of_the_ledger_is_left_out(company, customer, model, column):
    """Each key of each table is refused where it is nobody's, whatever else the row says."""
    document = invoice(customer, "R1", 100)
    cash = payment(customer, "P1", 100)
    values = {
        "company_id": company.pk,
        "customer_id": customer.pk,
        "item_id": document.pk,
        "payment_id": cash.pk,
        "source": "payment",
        "source_id": 7,
        "account": "receivable",
        "currency": "EUR",
        "number": "R2",
        "kind": "invoice",
        "amount_minor": 1,
        "open_minor": 1,
        "issued_on": TODAY,
        "due_on": TODAY,
        "value_on": TODAY,
        "applied_on": TODAY,
        "posted_on": TODAY,
        "recorded_on": TODAY,
        "recorded_at": AT,
    }
    OpenItem.objects.all().delete()
    own = {field.attname for field in model._meta.concrete_fields}
    if column == "counter_item_id":
        values |= {"payment_id": None, "source": "credit"}
    if column == "adjustment_id":
        values |= {"payment_id": None, "source": "adjustment"}
    row = {name: value for name, value in values.items() if name in own}
    if column in row and row[column] is not None:
        with transaction.atomic():
            with checked():
                model.objects.create(**row)
            transaction.set_rollback(True)

    with pytest.raises(IntegrityError), checked():
        model.objects.create(**row | {column: NOBODY})


def test_an_open_item_is_not_given_to_nobody(company, customer):
    document = invoice(customer, "R1", 100)
    with pytest.raises(IntegrityError), checked():
        OpenItem.objects.filter(item=document).update(customer_id=NOBODY)

    other = add_customer(company, "C9")
    assert OpenItem.objects.filter(item=document).update(customer=other) == 1


def test_who_is_named_in_the_ledger_stays_and_keeps_the_key(company, customer):
    invoice(customer, "R1", 100)
    table = customer._meta.db_table
    for change in (
        f"DELETE FROM {table} WHERE id = {customer.pk}",
        f"UPDATE {table} SET id = {NOBODY} WHERE id = {customer.pk}",
    ):
        with pytest.raises(IntegrityError), checked(), connection.cursor() as cursor:
            cursor.execute(change)
    other = add_customer(company, "C9")

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [other.pk])

    assert list(Company.objects.get(pk=company.pk).customers.values_list("pk", flat=True)) == [
        customer.pk
    ]


@pytest.mark.parametrize("table", ["item", "openitem", "payment"])
def test_no_index_is_the_beginning_of_another_one(db, table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dunwell_{table}")
    columns = [tuple(one["columns"]) for one in found.values() if one["index"] and one["columns"]]
    plain = [one for one in columns if len(one) == 1]
    assert [one for one in plain if any(o[:1] == one and len(o) > 1 for o in columns)] == []
