"""Spark 4: a session of its own (`local[4]`, `spark://…`) or Spark Connect (`sc://host:port`)."""

from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from dunwell.backends.exact import exact
from dunwell.backends.folders import Folders
from dunwell.backends.local import Batches

KEPT = "kept"
"""Folder below the results where a frame waits that is used several times."""


class Spark:
    """Reads, keeps, writes and scores frames with Spark.

    The folder must be the same place for this process and for every worker of the cluster.
    """

    name = "spark"

    def __init__(self, folder: Path, *, out: Path | None = None, master: str = "local[*]") -> None:
        self.folders = Folders(folder, out)
        self._kept = Folders(self.folders.out / KEPT, self.folders.out / KEPT)
        self._session = _session(master)
        # a whole number that outgrows 64 bits must be an error, as it is on DuckDB
        self._session.conf.set("spark.sql.ansi.enabled", "true")
        self._session.conf.set("spark.sql.session.timeZone", "UTC")

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table of the folder; FileNotFoundError where there is none."""
        return self._read(self.folders, name)

    def load(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Return few rows of the caller's on this engine."""
        return exact(self._session.createDataFrame(frame.collect("pyarrow").to_native()))

    def persist(self, frame: nw.LazyFrame, name: str) -> nw.LazyFrame:
        """Return the frame computed once, to be used several times."""
        _write(frame.to_native(), self._kept.target(name))
        return self._read(self._kept, name)

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        """Write a result into the folder of results: a folder of files, one per part."""
        _write(frame.to_native(), self.folders.target(name))

    def score(self, frame: nw.LazyFrame, batches: Batches, schema: pa.Schema) -> nw.LazyFrame:
        """Return what a function of Arrow batches makes of the rows; `schema` is its answer's."""
        names = {pa.int64(): "long", pa.int32(): "int", pa.float64(): "double"}
        told = ", ".join(f"{field.name} {names[field.type]}" for field in schema)
        return exact(frame.to_native().mapInArrow(batches, told))

    def close(self) -> None:
        """End the session; what was kept for it goes."""
        self._session.stop()

    def _read(self, folders: Folders, name: str) -> nw.LazyFrame:
        files = [str(file) for file in folders.files(name)]
        return exact(self._session.read.parquet(*files))


def _write(rows: Any, place: Path) -> None:
    """Write rows into a folder; no rows still have columns, for which Sail writes no file."""
    rows.write.parquet(str(place))
    place.mkdir(exist_ok=True)
    if not list(place.glob("*.parquet")):
        pq.write_table(rows.limit(0).toArrow(), place / "empty.parquet")


def _session(master: str) -> Any:
    maker = SparkSession.builder
    if master.startswith("sc://"):
        return maker.remote(master).getOrCreate()
    made = maker.master(master).appName("dunwell").config("spark.ui.enabled", "false")
    return made.config("spark.ui.showConsoleProgress", "false").getOrCreate()
