"""Reading many committed rows by ADBC: columns come from the driver, no tuple is made per row.

On a connection of its own, so what a running transaction wrote is not seen: only for work that
begins outside one. Whoever needs that reads by `queries.frames`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import polars as pl
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from dunwell import walls

ReadError: type[Exception] = adbc_driver_sqlite.dbapi.Error
"""What the drivers of both databases raise."""
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
    opened = (
        adbc_driver_postgresql.dbapi.connect(_conninfo())
        if connection.vendor == "postgresql"
        else adbc_driver_sqlite.dbapi.connect(f"file:{quote(_name())}?mode=ro")
    )
    with closing(opened):

        def read(query: str, types: Types) -> pl.DataFrame:
            with opened.cursor() as cursor:
                cursor.execute(query)
                # PostgreSQL calls all expressions alike
                found = cursor.fetch_arrow_table().rename_columns(list(types))
            # SQLite's whole numbers come as 64 bits, its yes and no as numbers
            return pl.DataFrame(pl.from_arrow(found)).cast(pl.Schema(types))

        yield read


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
