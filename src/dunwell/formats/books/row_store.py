"""Rows collected while a large file is read, packed now and then to take little memory."""

from collections.abc import Mapping

import polars as pl

PACK = 4_000


class RowStore:
    """Takes rows as tuples in the order of a schema; `frame` returns them all."""

    __slots__ = ("_packed", "_rows", "_schema")

    def __init__(self, schema: Mapping[str, type[pl.DataType]]) -> None:
        """Begin without rows."""
        self._schema = dict(schema)
        self._rows: list[tuple[object, ...]] = []
        self._packed: list[pl.DataFrame] = []

    def __bool__(self) -> bool:
        """Return whether there are rows."""
        return bool(self._rows or self._packed)

    def add(self, row: tuple[object, ...]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= PACK:
            self._pack()

    def frame(self) -> pl.DataFrame:
        """Return all rows in the order they came."""
        self._pack()
        return pl.concat([pl.DataFrame(schema=self._schema), *self._packed])

    def _pack(self) -> None:
        if self._rows:
            frame = pl.DataFrame(self._rows, schema=self._schema, orient="row")
            self._packed.append(frame)
            self._rows = []
