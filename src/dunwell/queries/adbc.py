"""Reading many committed rows apart: by ADBC from PostgreSQL, where no tuple is made per row.

On a connection of its own, so what a running transaction wrote is not seen: only for work that
begins outside one. Whoever needs that reads by `queries.frames`.

SQLite is read by Python's own: an ADBC driver brings a second SQLite into the process, and when
that closes the file, the system drops all locks of the process on it. Somebody else could then
write in the middle of a transaction of ours (sqlite.org, How To Corrupt, 2.2.1).
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import polars as pl
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from dunwell import walls
from dunwell.queries.frames import PLAIN, OddColumnError, columns_of, columns_query, rows_of


class ReadError(Exception):
    """PostgreSQL's driver cannot connect or read; its own error is the cause."""


READ_ERRORS: tuple[type[Exception], ...] = (ReadError, sqlite3.Error)
"""What reading raises on both databases."""
Types = Mapping[str, type[pl.DataType]]
Read = Callable[[str, Types], pl.DataFrame]
"""Takes a query without parameters and the names and types of its columns."""


def is_within_reach() -> bool:
    """Return whether another connection sees what there is: not in a transaction, nor in memory.

    Tests of records keep SQLite in memory.
    """
    if connection.in_atomic_block:
        return False
    return connection.vendor == "postgresql" or Path(_name()).is_file()


@contextmanager
def apart() -> Iterator[Read]:
    """Yield a function that reads committed rows; its connection ends with the block.

    The database must be within reach. On PostgreSQL it works behind the same walls.
    """
    if connection.vendor != "postgresql":
        with closing(_sqlite()) as line:
            yield partial(_sqlite_rows, line)
        return
    # brings pandas along, which nothing else of a desk loads, and SQLite needs none of it
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415

    @contextmanager
    def named() -> Iterator[None]:
        try:
            yield
        except dbapi.Error as error:
            raise ReadError(str(error)) from error

    with named():
        far = dbapi.connect(_conninfo())
    with closing(far) as opened:

        def read(query: str, types: Types) -> pl.DataFrame:
            with named(), opened.cursor() as cursor:
                cursor.execute(query)
                # PostgreSQL calls all expressions alike
                found = cursor.fetch_arrow_table().rename_columns(list(types))
            return pl.DataFrame(pl.from_arrow(found)).cast(pl.Schema(types))

        yield read


def _sqlite() -> sqlite3.Connection:
    line = sqlite3.connect(f"file:{quote(_name())}?mode=ro", uri=True, isolation_level=None)
    # all reads are of one moment
    line.execute("BEGIN")
    return line


def _sqlite_rows(line: sqlite3.Connection, query: str, types: Types) -> pl.DataFrame:
    if PLAIN.issuperset(types.values()):
        # a column longer than a text of SQLite, or with fractions, is read row by row
        with suppress(sqlite3.DataError, OddColumnError):
            return columns_of(line.execute(columns_query(query, types)).fetchone(), types)
    return rows_of(line.execute(query), types, has_booleans=False)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _conninfo() -> str:
    told = connection.settings_dict
    options = f"-c dunwell.companies={walls.told()}" if settings.WALLS else ""
    given = {
        "dbname": told["NAME"],
        "user": told["USER"],
        "password": told["PASSWORD"],
        "host": told["HOST"],
        "port": told["PORT"],
        "options": options,
    }
    return make_conninfo(**{name: str(value) for name, value in given.items() if value})
