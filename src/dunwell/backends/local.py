"""The embedded engine: Polars in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from dunwell.backends.folders import Folders

Batches = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class Local:
    """Reads, keeps, writes and scores frames with Polars."""

    name = "polars"

    def __init__(self, folder: Path, *, out: Path | None = None) -> None:
        self.folders = Folders(folder, out)

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table of the folder; FileNotFoundError where there is none."""
        return nw.from_native(pl.scan_parquet(self.folders.files(name), hive_partitioning=False))

    def load(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Return few rows of the caller's on this engine."""
        return frame

    def persist(self, frame: nw.LazyFrame, name: str) -> nw.LazyFrame:  # noqa: ARG002
        """Return the frame computed once, to be used several times."""
        rows: pl.DataFrame = frame.collect(backend="polars").to_native()
        return nw.from_native(rows.lazy())

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        """Write a result into the folder of results."""
        wide = pl.selectors.by_dtype(pl.Int128).cast(pl.Decimal(38, 0))
        rows: pl.LazyFrame = frame.to_native()
        rows.with_columns(wide).sink_parquet(self.folders.target(name))

    def score(self, frame: nw.LazyFrame, batches: Batches, schema: pa.Schema) -> nw.LazyFrame:
        """Return what a function of Arrow batches makes of the rows; `schema` is its answer's."""
        rows: pl.DataFrame = frame.collect(backend="polars").to_native()
        made = pa.Table.from_batches(batches(iter(rows.to_arrow().to_batches())), schema)
        return nw.from_native(pl.DataFrame(pl.from_arrow(made)).lazy())

    def close(self) -> None:
        """Nothing to end: the engine lives in this process."""
