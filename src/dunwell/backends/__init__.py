"""Engines that run the engine's functions: Polars here, DuckDB, Sail and Spark beside it.

Each backend reads tables from a folder of Parquet files, keeps a frame that is used several
times, writes results, and scores rows by a function of Arrow batches. None needs Django.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import narwhals.stable.v2 as nw
import pyarrow as pa

from dunwell.backends.folders import Folders
from dunwell.backends.local import Batches

BACKENDS = {
    "polars": ("dunwell.backends.local", "Local"),
    "duckdb": ("dunwell.backends.duck", "Duck"),
    "sail": ("dunwell.backends.sail", "Sail"),
    "spark": ("dunwell.backends.spark", "Spark"),
}
"""Name, module and class; a module is imported when it is asked for: most need an extra."""


class Backend(Protocol):
    """What an engine can do; see `local.Local` for the plainest one."""

    name: str
    folders: Folders

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table of the folder."""

    def load(self, frame: nw.LazyFrame) -> nw.LazyFrame:
        """Return few rows of the caller's on this engine."""

    def persist(self, frame: nw.LazyFrame, name: str) -> nw.LazyFrame:
        """Return the frame computed once."""

    def write(self, frame: nw.LazyFrame, name: str) -> None:
        """Write a result."""

    def score(self, frame: nw.LazyFrame, batches: Batches, schema: pa.Schema) -> nw.LazyFrame:
        """Return what a function of Arrow batches makes of the rows."""

    def close(self) -> None:
        """End what was started."""


class BackendError(ValueError):
    """A backend that is not known or not installed; the message says what to do."""


def open(name: str, folder: Path | str, **options: Any) -> Backend:  # noqa: A001
    """Return a backend on a folder of Parquet tables; close it when done.

    `out` names the folder of results (`FOLDER/results` unless given); `master` where Sail or
    Spark runs, `memory` and `threads` bound DuckDB. Raises BackendError.
    """
    if name not in BACKENDS:
        raise BackendError(f"There is no backend {name}; take one of {', '.join(BACKENDS)}.")
    module, kind = BACKENDS[name]
    try:
        found = getattr(import_module(module), kind)
    except ModuleNotFoundError as error:
        raise BackendError(
            f"The backend {name} needs {error.name}: pip install 'dunwell[{name}]'."
        ) from error
    backend: Backend = found(Path(folder), **options)
    return backend
