import pytest
from django.db import connection, transaction

from dunwell.queries.fetched_rows import MOST_VALUES, fetched

pytestmark = pytest.mark.django_db

STATEMENT = "SELECT name, %s FROM dunwell_company WHERE id IN ({marks}) ORDER BY id"
on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite keeps statements by itself"
)


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_rows_come_with_the_values_of_each_call(company):
    statement = STATEMENT.format(marks="%s")
    assert fetched(statement, ["50% of it", company.pk]) == [(company.name, "50% of it")]
    assert fetched(statement, ["O'Neill", company.pk]) == [(company.name, "O'Neill")]
    assert fetched(statement, ["", company.pk + 1]) == []


def test_what_is_read_counts_as_a_query(company, django_assert_num_queries):
    with django_assert_num_queries(2) as watched:
        fetched(STATEMENT.format(marks="%s"), ["a", company.pk])
        fetched(STATEMENT.format(marks="%s"), ["b", company.pk])
    assert all("FROM dunwell_company" in one["sql"] for one in watched)


@on_postgresql
def test_a_statement_with_few_values_is_kept_ready_and_one_with_many_is_not(company):
    fetched(STATEMENT.format(marks="%s"), ["few", company.pk])
    marks = ", ".join(["%s"] * MOST_VALUES)
    fetched(STATEMENT.format(marks=marks), ["many", *[company.pk] * MOST_VALUES])

    (one,) = [statement for statement in kept() if "dunwell_company" in statement]
    assert one.count("$") == 2


@on_postgresql
def test_a_kept_statement_is_read_again_after_a_rollback(company):
    from dunwell.walls.postgresql.base import ASKED_AGAIN

    statement = STATEMENT.format(marks="%s")
    with transaction.atomic():
        fetched(statement, ["before", company.pk])
        transaction.set_rollback(True)
    assert fetched(statement, ["after", company.pk]) == [(company.name, "after")]
    assert connection.connection.prepare_threshold == ASKED_AGAIN
