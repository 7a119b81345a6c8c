"""`dunwell nightly FOLDER`: the figures of a night from Parquet tables, on any backend."""

import argparse
from contextlib import closing
from pathlib import Path

import polars as pl
import yaml

from dunwell import backends
from dunwell.backends.folders import Folders
from dunwell.backends.nightly import RESULTS, Night, write_results
from dunwell.cli.printing import Answer, Row
from dunwell.engine.strategy import Strategy, read_strategy


def nightly(options: argparse.Namespace) -> Answer:
    """Return how many rows each result has; they are written as Parquet.

    Raises ValueError for a result or backend that is not known, and for tables in other columns
    than the data dictionary's.
    """
    if unknown := [name for name in options.only if name not in RESULTS]:
        raise ValueError(f"There is no result {unknown[0]}; take some of {', '.join(RESULTS)}.")
    night = Night(
        as_of=options.as_of,
        home=options.home.upper(),
        country=options.country.upper(),
        strategies=[_strategy(path) for path in options.strategy],
    )
    told = {"master": options.master} if options.master else {}
    with closing(
        backends.open(options.backend, options.folder, out=options.out, **told)
    ) as backend:
        write_results(backend, night, only=tuple(options.only) or tuple(RESULTS))
        out = backend.folders.out
    rows: list[Row] = [
        {"result": name, "rows": _height(Folders(out).files(name))}
        for name in options.only or RESULTS
    ]
    return {"backend": options.backend, "results": {r["result"]: r["rows"] for r in rows}}, rows


def _strategy(path: Path) -> Strategy:
    return read_strategy(yaml.safe_load(path.read_text(encoding="utf-8")))


def _height(files: list[Path]) -> int:
    rows: int = pl.scan_parquet(files).select(pl.len()).collect().item()
    return rows
