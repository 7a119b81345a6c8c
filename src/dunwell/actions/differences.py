"""Writing only what differs: verdicts of the day brought in line with what was found."""

from collections.abc import Collection

import polars as pl
from django.db import connection

from dunwell.actions.bulk import is_postgresql, quoted, staged

_STAGE = "dunwell_verdicts"


def write_differences(
    *,
    table: str,
    rows: pl.DataFrame,
    company_id: int,
    key: str = "customer_id",
    documents: Collection[str] = (),
    ignored: Collection[str] = (),
) -> int:
    """Make the company's rows of a table equal the given ones; return how many changed.

    `key` is unique in the table; rows whose key is not given are deleted. `documents` are
    JSON columns, given as text. A difference in `ignored` columns alone changes nothing.
    Runs inside the caller's transaction.
    """
    names = [name for name in rows.columns if name != key]
    compared = [name for name in names if name not in ignored]
    target = quoted(table)
    values = ", ".join(_value(name, documents) for name in rows.columns)
    sets = ", ".join(f"{quoted(n)} = excluded.{quoted(n)}" for n in names)
    differs = "IS DISTINCT FROM" if is_postgresql() else "IS NOT"
    changed = " OR ".join(f"{target}.{quoted(n)} {differs} excluded.{quoted(n)}" for n in compared)
    columns = ", ".join(quoted(name) for name in rows.columns)
    with staged(_STAGE, rows, key=key) as stage, connection.cursor() as cursor:
        # not NOT IN: PostgreSQL reads a long list through once for every row
        cursor.execute(
            f"DELETE FROM {target} WHERE company_id = %s AND NOT EXISTS ("  # noqa: S608  our names
            f"SELECT 1 FROM {stage} s WHERE s.{quoted(key)} = {target}.{quoted(key)})",
            [company_id],
        )
        deleted = cursor.rowcount
        # `WHERE TRUE`: without it SQLite reads ON CONFLICT as a join condition
        cursor.execute(
            f"INSERT INTO {target} ({columns}) SELECT {values} FROM {stage} "  # noqa: S608
            f"WHERE TRUE ORDER BY {quoted(key)} ON CONFLICT ({quoted(key)}) "
            f"DO UPDATE SET {sets} WHERE {changed}"
        )
        return int(deleted + cursor.rowcount)


def _value(name: str, documents: Collection[str]) -> str:
    if name in documents and is_postgresql():
        return f"CAST({quoted(name)} AS jsonb)"
    return quoted(name)
