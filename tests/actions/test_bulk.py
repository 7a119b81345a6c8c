"""Set-based writes mean the same on both databases and belong to the running transaction."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dunwell.actions import bulk
from dunwell.actions.bulk import (
    indexed_after,
    insert_rows,
    look_at_tables,
    roomy_cache,
    staged,
)
from dunwell.models import Customer, FxRate
from tests.conftest import AT, TODAY

ODD = ['a,"b"\n;c', "\\N", "", "Łódź €", "  ", "NULL", "=1+1", "tab\there"]


def customers(company, numbers, at=AT):
    """Customer rows as a frame; their numbers are the given texts."""
    texts = (
        "segment",
        "country",
        "language",
        "currency",
        "terms",
        "vat_id",
        "vat_id_mark",
        "address",
    )
    return pl.DataFrame({"number": numbers}).with_columns(
        pl.lit(company.pk).cast(pl.Int64).alias("company_id"),
        pl.col("number").alias("name"),
        *[pl.lit("").alias(name) for name in texts],
        pl.Series("credit_limit_minor", [None] * len(numbers), dtype=pl.Int64),
        pl.lit(value=False).alias("is_opted_out"),
        pl.lit(at).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
    )


def test_texts_moments_and_nothing_arrive_as_they_were(company):
    odd = datetime(2026, 3, 5, 9, 0, 0, 123456, tzinfo=UTC)

    assert insert_rows(table="dunwell_customer", rows=customers(company, ODD)) == len(ODD)
    insert_rows(table="dunwell_customer", rows=customers(company, ["late"], at=odd))

    found = Customer.objects.order_by("pk")
    assert [row.number for row in found] == [*ODD, "late"]
    assert [row.name for row in found] == [*ODD, "late"]
    assert [row.recorded_at for row in found] == [AT] * len(ODD) + [odd]
    assert {row.credit_limit_minor for row in found} == {None}
    assert {row.is_opted_out for row in found} == {False}
    # what the ORM writes and what comes in bulk is one and the same text
    Customer.objects.create(company=company, number="orm", name="orm", recorded_at=AT)
    assert Customer.objects.filter(recorded_at=AT).count() == len(ODD) + 1


def test_dates_and_large_numbers(company):
    rows = pl.DataFrame(
        {
            "from_on": [date(1970, 1, 1), TODAY, date(2099, 12, 31)],
            "rate_ppm": [1, 2**53 + 1, 2**62],
        }
    ).with_columns(
        pl.lit(company.pk).cast(pl.Int64).alias("company_id"),
        pl.lit("USD").alias("currency"),
        pl.lit("x").alias("source"),
        pl.lit(AT).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
    )
    insert_rows(table="dunwell_fxrate", rows=rows)
    assert list(FxRate.objects.order_by("from_on").values_list("from_on", "rate_ppm")) == [
        (date(1970, 1, 1), 1),
        (TODAY, 2**53 + 1),
        (date(2099, 12, 31), 2**62),
    ]


def test_more_rows_than_one_chunk_all_arrive_or_none(company, monkeypatch):
    monkeypatch.setattr("dunwell.actions.bulk.CHUNK", 3)
    insert_rows(table="dunwell_customer", rows=customers(company, [str(n) for n in range(10)]))
    assert Customer.objects.count() == 10
    twice = customers(company, ["a", "b", "c", "d", "a"])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(table="dunwell_customer", rows=twice)
    assert Customer.objects.count() == 10
    assert insert_rows(table="dunwell_customer", rows=twice.clear()) == 0


@pytest.mark.parametrize("count", [1, 7, 8, 9, 16, 21])
def test_rows_of_many_statements_and_those_left_over_come_in_their_order(
    company, monkeypatch, count
):
    # eight rows of these three columns go into one statement on SQLite
    monkeypatch.setattr("dunwell.actions.bulk.MOST_VALUES", 26)
    rows = pl.DataFrame({"at": range(count), "name": [f"n{n}" for n in range(count)]})
    rows = rows.with_columns(odd=pl.col("at") % 2 == 1)

    with transaction.atomic(), staged("ordered", rows) as table, connection.cursor() as cursor:
        cursor.execute(f"SELECT at, name, odd FROM {table} ORDER BY at")
        assert [(at, name, bool(odd)) for at, name, odd in cursor.fetchall()] == rows.rows()


def test_three_rows_take_the_statements_of_one(company):
    if connection.vendor == "postgresql":
        pytest.skip("rows arrive by COPY there, which is no query")
    taken = []
    for numbers in (["one"], ["two", "three", "four"]):
        with CaptureQueriesContext(connection) as queries:
            insert_rows(table="dunwell_customer", rows=customers(company, numbers))
        taken.append(len(queries))
    assert taken == [1, 1]


def test_staged_rows_can_be_joined_and_are_gone_afterwards(company):
    rows = pl.DataFrame({"day": [TODAY], "amount": [5], "yes": [True], "share": [0.5]})
    with transaction.atomic():
        for _ in range(2):
            with staged("some_stage", rows, key="amount") as table, connection.cursor() as cursor:
                cursor.execute(f"SELECT amount, yes, share FROM {table}")
                assert cursor.fetchall() == [(5, True, 0.5)]
        with (
            pytest.raises(RuntimeError, match="stop"),
            transaction.atomic(),
            staged("some_stage", rows),
        ):
            raise RuntimeError("stop")
        with staged("some_stage", rows) as table, connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            assert cursor.fetchone() == (1,)


def test_a_type_without_a_column_is_a_mistake(db):
    with (
        pytest.raises(TypeError, match="no column type"),
        transaction.atomic(),
        staged("some_stage", pl.DataFrame({"a": [[1]]})),
    ):
        pass


def test_the_roomy_cache_is_given_back(db):
    if connection.vendor == "postgresql":
        with roomy_cache():
            pass
        return

    def size():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            return cursor.fetchone()[0]

    before = size()
    with roomy_cache():
        assert size() == -400_000
    assert size() == before
    with pytest.raises(ZeroDivisionError), roomy_cache():
        _ = 1 // 0
    assert size() == before


def test_the_database_notes_how_a_table_is_filled(company):
    insert_rows(table="dunwell_customer", rows=customers(company, [f"c{n}" for n in range(300)]))

    look_at_tables("dunwell_customer")

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'dunwell_customer'")
            assert cursor.fetchone() == (300,)
        else:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'customer_name'")
            assert cursor.fetchone() == ("300 300 1 1",)


def indexes(table):
    """Every index of a table with how it is made; PostgreSQL's stay as they are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table]
            )
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s",
                [table],
            )
        return set(cursor.fetchall())


def test_indexes_wait_for_many_rows_and_stand_as_before(company, monkeypatch):
    monkeypatch.setattr(bulk, "MANY", 3)
    before = indexes("dunwell_customer")
    is_sqlite = connection.vendor == "sqlite"

    with indexed_after("dunwell_customer", rows=3):
        names = {name for name, _ in indexes("dunwell_customer")}
        assert ("customer_name" in names) is not is_sqlite
        # what keeps a number from coming twice stays
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_rows(table="dunwell_customer", rows=customers(company, ["a", "a"]))
        insert_rows(table="dunwell_customer", rows=customers(company, ["a", "b", "c"]))

    assert indexes("dunwell_customer") == before
    assert list(Customer.objects.order_by("name").values_list("name", flat=True)) == [*"abc"]


def test_indexes_stay_for_few_rows_and_where_more_are_there(company, monkeypatch):
    monkeypatch.setattr(bulk, "MANY", 3)
    before = indexes("dunwell_customer")
    with indexed_after("dunwell_customer", rows=2):
        assert indexes("dunwell_customer") == before
    insert_rows(table="dunwell_customer", rows=customers(company, [*"abcd"]))
    with indexed_after("dunwell_customer", rows=3):
        assert indexes("dunwell_customer") == before


def test_indexes_come_back_with_what_was_there_when_the_rows_do_not_fit(company, monkeypatch):
    monkeypatch.setattr(bulk, "MANY", 2)
    before = indexes("dunwell_customer")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        indexed_after("dunwell_customer", rows=2),
    ):
        insert_rows(table="dunwell_customer", rows=customers(company, ["a", "a"]))
    assert indexes("dunwell_customer") == before
    assert not Customer.objects.exists()
