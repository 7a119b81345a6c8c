"""Reading apart from Django's connection: what is committed, and nobody's locks are touched."""

import sqlite3
import subprocess
import sys

import polars as pl
import pytest

from dunwell.queries import adbc
from dunwell.queries.adbc import apart

TYPES = {"id": pl.Int64, "name": pl.String, "is_old": pl.Boolean, "days": pl.Int32}
WRITE = """
import sqlite3, sys
line = sqlite3.connect(sys.argv[1], timeout=0)
try:
    line.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
else:
    print("it may write")
"""


@pytest.fixture(params=["wal", "delete"])
def book(request, tmp_path, monkeypatch):
    """A database of its own file, open as Django's connection is."""
    path = tmp_path / "own ledger?.sqlite3"
    monkeypatch.setattr(adbc, "_name", lambda: str(path))
    monkeypatch.setattr(adbc.connection, "vendor", "sqlite")
    line = sqlite3.connect(path, isolation_level=None)
    line.execute(f"PRAGMA journal_mode = {request.param}")
    line.execute("CREATE TABLE t (id INTEGER, name TEXT, is_old BOOL, days INTEGER)")
    line.execute("INSERT INTO t VALUES (1, 'Ä', 1, NULL), (9007199254740993, NULL, 0, -3)")
    yield line, path
    line.close()


def from_outside(path):
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(path)], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_reading_leaves_the_lock_of_a_writer_of_this_process(book):
    """Locks are the process's: a second SQLite in it would drop them all by closing the file."""
    line, path = book
    line.execute("BEGIN IMMEDIATE")
    line.execute("INSERT INTO t VALUES (3, 'new', 0, 0)")
    with apart() as read:
        found = read("SELECT id, name, is_old, days FROM t ORDER BY id", TYPES)

    assert from_outside(path) == "database is locked"
    assert found.rows() == [(1, "Ä", True, None), (9007199254740993, None, False, -3)]
    assert dict(found.schema) == TYPES
    line.execute("COMMIT")
    assert from_outside(path) == "it may write"


def test_all_that_is_read_at_once_is_of_one_moment(book):
    line, _path = book
    with apart() as read:
        before = read("SELECT COUNT(*) FROM t", {"n": pl.Int64}).item()
        if line.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            line.execute("INSERT INTO t VALUES (3, 'new', 0, 0)")
        after = read("SELECT COUNT(*) FROM t", {"n": pl.Int64}).item()
        nothing = read("SELECT id, name, is_old, days FROM t WHERE id < 0", TYPES)

    assert (before, after) == (2, 2)
    assert (nothing.height, dict(nothing.schema)) == (0, TYPES)


def test_nothing_can_be_written_there(book):
    with apart() as read, pytest.raises(adbc.READ_ERRORS):
        read("DELETE FROM t RETURNING id", {"id": pl.Int64})
