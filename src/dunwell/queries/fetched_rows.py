"""Rows of plain SQL, read by statements that the server plans once where it can keep them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

MOST_VALUES = 64
"""Statements with more values are of many customers, whose number changes with every call."""


def fetched(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement; `%s` in it stand for the values.

    On PostgreSQL a statement with few values is kept ready by the connection: to plan what an
    order check reads costs more than to read it.
    """
    with _cursor(len(values)) as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _cursor(size: int) -> Any:
    if connection.vendor == "postgresql" and size <= MOST_VALUES:
        return connection.preparing_cursor()  # type: ignore[attr-defined]
    return connection.cursor()
