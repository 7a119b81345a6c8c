"""Who writes to the ledger is not disturbed by its mirror; the server's own cleaning gives way."""

from threading import Thread

import pytest
from django.db import connection

from dunwell.queries.mirror_rows import LedgerBusyError, settled_heads
from tests.actions.ledger_rows import invoice

WAITING = """
SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'dunwell_item'::regclass
"""


@pytest.fixture
def beside():
    """A second line to the database, in a transaction of its own."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and cleans nothing by itself")
    line = connection.copy()
    line.set_autocommit(False)
    yield line
    line.rollback()
    line.close()


def held(line, mode):
    with line.cursor() as cursor:
        cursor.execute(f"LOCK TABLE dunwell_item IN {mode} MODE")


def test_a_ledger_that_is_written_to_is_left_alone_at_once(company, customer, beside):
    invoice(customer, "R1", 100_00)
    held(beside, "ROW EXCLUSIVE")
    with pytest.raises(LedgerBusyError):
        settled_heads(company)

    beside.rollback()
    assert settled_heads(company).keys["item"] == company.items.get().pk


def test_what_cleans_a_table_is_waited_for(company, customer, beside):
    invoice(customer, "R1", 100_00)
    held(beside, "SHARE UPDATE EXCLUSIVE")

    def give_way():
        with beside.cursor() as cursor:
            waiting = 0
            while not waiting:
                cursor.execute(WAITING)
                (waiting,) = cursor.fetchone()
        beside.rollback()

    other = Thread(target=give_way, daemon=True)
    beside.inc_thread_sharing()
    other.start()
    assert settled_heads(company).keys["item"] == company.items.get().pk
    other.join(timeout=60)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
