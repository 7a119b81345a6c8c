"""DuckDB in this process: the same frames as SQL, for books larger than memory."""

from itertools import count
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import pyarrow as pa

from dunwell.backends.folders import Folders
from dunwell.backends.local import Batches

WIDE = "HUGEINT"
"""DuckDB's integer of 128 bits; Parquet has none, and DuckDB would write it as DOUBLE."""


class Duck:
    """Reads, keeps, writes and scores frames with DuckDB."""

    name = "duckdb"

    def __init__(
        self, folder: Path, *, out: Path | None = None, memory: str = "", threads: int = 0
    ) -> None:
        """Open a database that spills into the folder of results; `memory` such as 4GB."""
        self.folders = Folders(folder, out)
        self._connection, self._numbers = duckdb.connect(), count(1)
        spill = self.folders.out / "spill"
        self._connection.execute(f"SET temp_directory = '{_quoted(spill)}'")
        self._connection.execute("SET preserve_insertion_order = false")
        if memory:
            self._connection.execute(f"SET memory_limit = '{_quoted(memory)}'")
        if threads:
            self._connection.execute(f"SET threads = {int(threads)}")

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table of the folder; FileNotFoundError where there is none."""
        files = [str(file) for file in self.folders.files(name)]
        return nw.from_native(self._connection.read_parquet(files, hive_partitioning=False))

    def load(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Return few rows of the caller's on this engine."""
        return self._kept(self._connection.from_arrow(frame.collect("pyarrow").to_native()), "few")

    def persist(self, frame: nw.LazyFrame, name: str) -> nw.LazyFrame:
        """Return the frame computed once, to be used several times."""
        return self._kept(frame.to_native(), name)

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        """Write a result into the folder of results."""
        rows: duckdb.DuckDBPyRelation = frame.to_native()
        columns = [
            f'"{column}"::DECIMAL(38, 0) AS "{column}"' if str(kind) == WIDE else f'"{column}"'
            for column, kind in zip(rows.columns, rows.types, strict=True)
        ]
        rows.project(", ".join(columns)).write_parquet(str(self.folders.target(name)))

    def score(self, frame: nw.LazyFrame, batches: Batches, schema: pa.Schema) -> nw.LazyFrame:
        """Return what a function of Arrow batches makes of the rows; `schema` is its answer's."""
        rows: duckdb.DuckDBPyRelation = frame.to_native()
        made = pa.Table.from_batches(batches(iter(rows.to_arrow_reader())), schema)
        return self._kept(self._connection.from_arrow(made), "scored")

    def close(self) -> None:
        """Close the database, which lived in memory."""
        self._connection.close()

    def _kept(self, rows: duckdb.DuckDBPyRelation, name: str) -> nw.LazyFrame:
        table = f"{name}_{next(self._numbers)}"
        rows.create(table)
        return nw.from_native(self._connection.table(table))


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")
