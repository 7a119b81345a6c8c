"""The narrow way to an engine backend: read a table, write a result, close."""

from pathlib import Path
from typing import Protocol

import narwhals.stable.v2 as nw
import polars as pl

BACKENDS = ("polars", "duckdb", "sail", "spark")
CORES = tuple(f"core_{backend}" for backend in BACKENDS)
"""The measure of the engine core on each."""


class Engine(Protocol):
    """What the bench needs of a backend."""

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table of the book."""

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        """Work a frame out and write it as Parquet."""

    def close(self) -> None:
        """End what was started."""


class _Polars:
    def __init__(self, source: Path, target: Path) -> None:
        self.source, self.target = source, target

    def read(self, name: str) -> nw.LazyFrame:
        return nw.from_native(pl.scan_parquet(self.source / f"{name}.parquet"))

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        native: pl.LazyFrame = frame.to_native()
        native.sink_parquet(self.target / f"{name}.parquet")

    def close(self) -> None:
        pass


def engine_of(backend: str, source: Path, target: Path) -> Engine:
    """Return a backend that reads from one folder and writes into another."""
    if backend == "polars":
        return _Polars(source, target)
    raise NotImplementedError(f"there is no {backend} backend")
