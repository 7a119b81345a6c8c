"""Copies of whole databases."""

import sqlite3

from dunwell.connectors.database_dumps import (
    copy_sqlite,
    sqlite_faults,
    sqlite_rows,
    sqlite_tables,
)


def test_a_path_may_have_any_signs(tmp_path):
    folder = tmp_path / "100% ours? #1"
    folder.mkdir()
    source, target = folder / "a.sqlite3", folder / "b?.sqlite3"
    line = sqlite3.connect(source)
    line.execute("CREATE TABLE t (n)")
    line.execute("INSERT INTO t VALUES (7)")
    line.commit()
    line.close()

    copy_sqlite(source, target)

    assert (sqlite_faults(target), sqlite_tables(target)) == ([], {"t": 1})
    assert sqlite_rows(target, "SELECT n FROM t") == [(7,)]
