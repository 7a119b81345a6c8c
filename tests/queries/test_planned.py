"""Plans that are kept and run on other rows."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.queries.planned import Planned, Read


def _owed(read: Read) -> nw.LazyFrame:
    rows = read["items"].filter(nw.col("open") > 0)
    sums = rows.group_by("customer").agg(owed=nw.col("open").sum())
    return sums.join(read["names"], on="customer", how="left").sort("customer")


def _frames(first: int) -> dict[str, pl.DataFrame]:
    items = pl.DataFrame({"customer": [1, 1, 2], "open": [first, 5, 0], "other": ["a", "b", "c"]})
    return {"items": items, "names": pl.DataFrame({"customer": [1, 2], "name": ["A", "B"]})}


def test_a_plan_is_built_once_and_run_on_whatever_rows_are_given() -> None:
    built = []

    def build(read: Read) -> nw.LazyFrame:
        built.append(read)
        return _owed(read)

    owed = Planned(build)
    assert [owed(_frames(first)).rows() for first in (1, 0, 7)] == [
        [(1, 6, "A")],
        [(1, 5, "A")],
        [(1, 12, "A")],
    ]
    assert len(built) == 1


def test_rows_of_other_types_get_a_plan_of_their_own() -> None:
    owed = Planned(_owed)
    owed(_frames(1))
    frames = _frames(2)
    floats = {**frames, "items": frames["items"].with_columns(pl.col("open").cast(pl.Float64))}
    assert owed(floats).rows() == [(1, 7.0, "A")]
    assert owed(floats).schema["owed"] == pl.Float64


def test_a_plan_that_failed_is_not_run_again_on_old_rows() -> None:
    owed = Planned(lambda read: _owed(read).with_columns(nw.col("owed").cast(nw.Int8)))
    with pytest.raises(pl.exceptions.InvalidOperationError):
        owed(_frames(10_000))
    assert owed(_frames(3)).rows() == [(1, 8, "A")]


def test_threads_do_not_see_each_others_rows() -> None:
    owed, ready = Planned(_owed), Barrier(4)

    def ask(first: int) -> list[list[tuple[object, ...]]]:
        ready.wait()
        return [owed(_frames(first)).rows() for _ in range(50)]

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(ask, (10, 20, 30, 40)))
    assert told == [[[(1, first + 5, "A")]] * 50 for first in (10, 20, 30, 40)]
