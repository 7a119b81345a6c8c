"""Statements that PostgreSQL keeps ready: which ones, and that they answer as others do."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q, Sum

from dunwell.models import Customer, Item, OpenItem
from dunwell.walls.postgresql.statements import can_be_kept
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer

EXISTS = 'SELECT %s AS "a" FROM "a" WHERE "a"."c_id" = %s LIMIT 1'


def text(asked):
    return asked.query.sql_with_params()[0]


def kept():
    """The texts of the statements that this connection keeps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    "asked",
    [
        lambda: Item.objects.filter(pk=3),
        lambda: Item.objects.filter(pk__in=[1, 2, 3], number="R1"),
        lambda: Item.objects.filter(customer=1, issued_on__lte="2026-01-01").order_by("pk")[:5],
        lambda: Item.objects.filter(open_now__customer=4).select_related("customer"),
        lambda: Item.objects.filter(pk__in=OpenItem.objects.filter(customer=2).values("item")),
        lambda: (
            OpenItem.objects.filter(customer=3)
            .values("currency")
            .annotate(n=Count("item"), total=Sum("open_minor"))
        ),
    ],
)
def test_values_beside_columns_may_stand_apart(asked):
    assert can_be_kept(text(asked()))
    assert can_be_kept(EXISTS)


@pytest.mark.parametrize(
    "asked",
    [
        # the server would not know that both values are one, nor of which type they are
        lambda: OpenItem.objects.values("currency").annotate(
            n=Count("item", filter=Q(open_minor__gt=5))
        ),
        lambda: Item.objects.filter(customer=1, number__icontains="R"),
        # a whole book: the best way depends on the day
        lambda: Item.objects.filter(company=1, due_on__lte="2026-01-01"),
        lambda: OpenItem.objects.filter(company=1).values("currency").annotate(n=Count("item")),
        lambda: Item.objects.filter(company=1).extra(select={"one": "%s"}, select_params=[1]),
    ],
)
def test_others_are_sent_with_their_values(asked):
    assert not can_be_kept(text(asked()))


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE "a" SET "b" = %s WHERE "a"."id" = %s',
        'INSERT INTO "a" ("b") VALUES (%s)',
        'SELECT COALESCE("a"."b", %s) FROM "a" WHERE "a"."c_id" = %s',
        'SELECT "a"."b" FROM "a" WHERE "a"."c" LIKE \'x%%\' AND "a"."b_id" = %s',
        'SELECT DISTINCT "a"."b" FROM "a" WHERE EXISTS(SELECT 1 FROM "c" WHERE "c"."d_id" = %s)',
        "WITH x AS (SELECT 1) SELECT * FROM x",
        'SELECT "a"."b" FROM "a" WHERE "a"."id" = %s' + " " * 20_000,
    ],
)
def test_writes_and_what_is_not_plain_are_not_kept(sql):
    assert not can_be_kept(sql)


@pytest.fixture
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps every statement itself")


@pytest.mark.both
@pytest.mark.usefixtures("_on_postgresql")
def test_what_is_asked_again_is_kept_and_tells_what_is_so_now(company, customer):
    other = add_customer(company, "K2")
    for number, owner in enumerate((customer, other, customer)):
        invoice(owner, f"R{number}", 10_00)
    for _ in range(3):
        for owner, n in ((customer, 2), (other, 1), (Customer(pk=-1), 0)):
            assert Item.objects.filter(customer=owner).count() == n
    invoice(other, "R9", 10_00)
    assert Item.objects.filter(customer=other).count() == 2
    # a number wider than the ones before is another type of value, and no other answer
    assert Item.objects.filter(customer=2**40).count() == 0
    assert any('FROM "dunwell_item"' in statement for statement in kept())


@pytest.mark.both
@pytest.mark.usefixtures("_on_postgresql")
def test_whoever_changes_tables_lets_go_of_what_was_kept(company):
    def ask():
        for _ in range(5):
            assert not Item.objects.filter(customer=company.pk, due_on="2020-02-02").exists()

    ask()
    assert kept()
    with connection.schema_editor() as editor:
        ask()
        editor.execute("SELECT 1")
    # the server hears of it after the first statement
    assert (len(kept()), kept()) == (1, [])
    ask()
    assert len(kept()) == 1


@pytest.mark.both
@pytest.mark.usefixtures("_on_postgresql")
def test_the_server_compiles_no_statement_on_any_connection(transactional_db):
    def compiles():
        with connection.cursor() as cursor:
            cursor.execute("SHOW jit")
            return cursor.fetchone()[0]

    assert compiles() == "off"
    connection.close()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert compiles() == "off"
