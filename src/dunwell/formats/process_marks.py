"""Marks of a process as a Parquet file, and files of several months as one frame again."""

import io
from collections.abc import Iterable

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.process.marks import MARKS
from dunwell.engine.schema import table

ROW_GROUP = 50_000
"""Rows of one kind and name lie together, so a reader skips most groups of a large file."""
_ORDER = ["kind", "name", "case_id", "money_days", "days", "hours", "is_waiting"]


def write_marks(marks: nw.LazyFrame) -> bytes:
    """Return marks as a file: the same rows give the same bytes, in whatever order they come."""
    target = io.BytesIO()
    frame = marks.select(*MARKS).collect("polars").to_native()
    frame.sort(_ORDER).write_parquet(target, compression="zstd", row_group_size=ROW_GROUP)
    return target.getvalue()


def read_marks(files: Iterable[bytes], *, kind: str, name: str) -> nw.LazyFrame:
    """Return the marks of one kind and name out of some files, in columns MARKS."""
    wanted = (pl.col("kind") == kind) & (pl.col("name") == name)
    parts = [pl.scan_parquet(io.BytesIO(data)).filter(wanted) for data in files]
    if not parts:
        return table([], MARKS)
    return nw.from_native(pl.concat(parts))
