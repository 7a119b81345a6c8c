"""Set-based writes inside Django's own transaction: thousands to millions of rows at once.

SQLite takes many rows in one statement, PostgreSQL by `COPY`; both through Django's
connection, so that they commit or vanish with everything else the action does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection
from django.db.models import Model

from dunwell.models.sealed import marks_of, sealed_texts

CHUNK = 50_000
"""Rows handed to the driver at a time; bounds memory."""
MOST_VALUES = 999
"""Values in one statement, as many as every SQLite takes. Row by row, beginning and ending the
statement costs twice what the row does."""
ROOMY_KIB = 400_000
"""Memory SQLite may use for its pages during an import; indexes that fit are not written twice."""
MANY = 100_000
"""New rows from which indexes are made anew rather than kept up row by row."""
_INDEXES = """
SELECT name, sql FROM sqlite_master
WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%%'
ORDER BY rowid
"""
_TYPES: Sequence[tuple[type[pl.DataType], str, str]] = (
    (pl.Int64, "bigint", "bigint"),
    (pl.Int32, "integer", "integer"),
    (pl.UInt32, "bigint", "bigint"),
    (pl.Float64, "double precision", "real"),
    (pl.String, "text", "text"),
    (pl.Boolean, "boolean", "bool"),
    (pl.Date, "date", "date"),
    (pl.Datetime, "timestamp with time zone", "datetime"),
)
"""Polars type, PostgreSQL type, SQLite type."""
_NOTHING = "\\N"


def is_postgresql() -> bool:
    """Return whether Django talks to PostgreSQL; the alternative is SQLite."""
    return connection.vendor == "postgresql"


def quoted(name: str) -> str:
    """Return the name of a table or column, quoted for the database."""
    return str(connection.ops.quote_name(name))


def insert_rows(*, table: str, rows: pl.DataFrame) -> int:
    """Add the rows to a table whose columns bear the frame's names; return how many.

    Dates are pl.Date, moments pl.Datetime in UTC, amounts pl.Int64. Raises what the
    database raises when a constraint says no; nothing is written then.
    """
    if not rows.height:
        return 0
    if is_postgresql() and _is_walled(table):
        # the server takes no COPY into a table with walls
        _copy_past_walls(table, rows)
    elif is_postgresql():
        _copy(table, rows)
    else:
        _execute_many(table, rows)
    return rows.height


def look_at_tables(*tables: str) -> None:
    """Let the database note how its tables are filled: those named, all where none is.

    It chooses its indexes by that. PostgreSQL also looks by itself in time, SQLite never does:
    it sought one customer's open items among all of the company's.
    """
    with connection.cursor() as cursor:
        for table in map(quoted, tables):
            cursor.execute(f"ANALYZE {table}")
        if not tables:
            cursor.execute("ANALYZE")


def with_sealed(rows: pl.DataFrame, model: type[Model], name: str) -> pl.DataFrame:
    """Return rows with a column sealed as the model would, and its mark beside it."""
    texts = rows[name].to_list()
    return rows.with_columns(
        pl.Series(name, sealed_texts(model, name, texts), dtype=pl.String),
        pl.Series(f"{name}_mark", marks_of(model, name, texts), dtype=pl.String),
    )


@contextmanager
def staged(name: str, rows: pl.DataFrame, *, key: str = "") -> Iterator[str]:
    """Put the rows into a temporary table, yield its quoted name, and drop it.

    Set-based statements join it inside the same transaction. `key` names a column to
    index, for frames that are joined row by row.
    """
    table = quoted(name)
    columns = ", ".join(f"{quoted(n)} {_sql_type(t)}" for n, t in rows.schema.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        insert_rows(table=name, rows=rows)
        if key:
            cursor.execute(f"CREATE INDEX {quoted(f'{name}_key')} ON {table} ({quoted(key)})")
        if is_postgresql():
            # autovacuum never sees temporary tables; without figures joins go wrong
            cursor.execute(f"ANALYZE {table}")
    yield table
    # not in a `finally`: after an error the transaction rolls the table back by itself
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {table}")


@contextmanager
def roomy_cache() -> Iterator[None]:
    """Give SQLite more memory for its pages; PostgreSQL has its own budget."""
    if is_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        before = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA cache_size = {-ROOMY_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")


@contextmanager
def indexed_after(table: str, *, rows: int) -> Iterator[None]:
    """Have SQLite make a table's indexes anew after many rows were added to few or none.

    Sorted once they cost half of what finding the place of each row costs. Those that keep rows
    from coming twice stay; only for a caller that has the tables looked at afterwards, since what
    was noted of an index goes with it.
    """
    many = quoted(table)
    with connection.cursor() as cursor:
        indexes: list[tuple[str, str]] = []
        if not is_postgresql() and rows >= MANY:
            cursor.execute(f"SELECT COALESCE(MAX(rowid), 0) FROM {many}")  # noqa: S608  our own
            if cursor.fetchone()[0] <= rows:
                cursor.execute(_INDEXES, [table])
                indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {quoted(name)}")
    yield
    # not in a `finally`: after an error the transaction brings them back by itself
    with connection.cursor() as cursor:
        for _, made in indexes:
            cursor.execute(made)


def _sql_type(dtype: pl.DataType) -> str:
    for polars_type, postgresql, sqlite in _TYPES:
        if dtype.base_type() is polars_type:
            return postgresql if is_postgresql() else sqlite
    raise TypeError(f"no column type for {dtype}")


def _columns(rows: pl.DataFrame) -> str:
    return ", ".join(quoted(name) for name in rows.columns)


def _is_walled(table: str) -> bool:
    """Return whether the walls between companies stand before a table, for this role."""
    if not settings.WALLS:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s::regclass)", [quoted(table)])
        return bool(cursor.fetchone()[0])


def _copy_past_walls(table: str, rows: pl.DataFrame) -> None:
    """Take the rows through a temporary table with columns alike; every row meets the wall."""
    new, columns = f"{table}_new", _columns(rows)
    with connection.cursor() as cursor:
        # names come from our own models and frames and are quoted
        cursor.execute(
            f"CREATE TEMPORARY TABLE {quoted(new)} AS"  # noqa: S608
            f" SELECT {columns} FROM {quoted(table)} WITH NO DATA"
        )
        _copy(new, rows)
        cursor.execute(
            f"INSERT INTO {quoted(table)} ({columns})"  # noqa: S608
            f" SELECT {columns} FROM {quoted(new)}"
        )
        cursor.execute(f"DROP TABLE {quoted(new)}")


def _copy(table: str, rows: pl.DataFrame) -> None:
    statement = (
        f"COPY {quoted(table)} ({_columns(rows)}) FROM STDIN (FORMAT csv, NULL '{_NOTHING}')"
    )
    texts = pl.col(pl.String).str.replace_all("\0", "\ufffd", literal=True)
    # the quoting tells the text \N from nothing; Django does not translate errors of COPY itself
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as copy,
    ):
        for part in rows.with_columns(texts).iter_slices(CHUNK):
            csv = part.write_csv(
                include_header=False,
                quote_style="non_numeric",
                null_value=_NOTHING,
                datetime_format="%Y-%m-%d %H:%M:%S%.6f+00",
            )
            copy.write(csv)


def _execute_many(table: str, rows: pl.DataFrame) -> None:
    width, together = rows.width, max(MOST_VALUES // rows.width, 1)
    marks = f"({', '.join(['%s'] * width)})"
    # names come from our own models and frames and are quoted; values are parameters
    statement = f"INSERT INTO {quoted(table)} ({_columns(rows)}) VALUES "  # noqa: S608
    with connection.cursor() as cursor:
        for part in rows.iter_slices(CHUNK):
            values = _flat(_as_text(part))
            rest = len(values) - len(values) % (together * width)
            for size, some in ((together, values[:rest]), (1, values[rest:])):
                step = size * width
                rounds = [some[at : at + step] for at in range(0, len(some), step)]
                if rounds:
                    cursor.executemany(statement + ", ".join([marks] * size), rounds)


def _flat(rows: pl.DataFrame) -> list[Any]:
    """Return the values row after row."""
    values: list[Any] = [None] * (rows.height * rows.width)
    for at, column in enumerate(rows.iter_columns()):
        values[at :: rows.width] = column.to_list()
    return values


def _as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Write days and moments the way Django writes them to SQLite."""
    moments = [name for name, dtype in rows.schema.items() if dtype.base_type() is pl.Datetime]
    return rows.with_columns(
        pl.col(pl.String).str.replace_all("\0", "\ufffd", literal=True),
        pl.col(pl.Date).cast(pl.String),
        *[
            pl.when(pl.col(name).dt.microsecond() == 0)
            .then(pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S"))
            .otherwise(pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S%.6f"))
            .alias(name)
            for name in moments
        ],
    )
