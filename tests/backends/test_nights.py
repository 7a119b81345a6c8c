"""One night, the same on every engine to the last minor unit, by the engine's functions unchanged."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from dunwell import backends
from dunwell.backends.nightly import RESULTS, Night, write_results
from dunwell.engine.schema import SchemaError
from tests.backends.tables import AS_OF, LARGE, differences, night, write_tables

SPARK = Path(__file__).parents[2] / ".cache" / "spark"
"""Where `dev.py test --release` installs Spark with its JVM parts."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The tables, read by every engine and changed by none."""
    folder = tmp_path_factory.mktemp("tables")
    write_tables(folder)
    return folder


@pytest.fixture(scope="module")
def on_polars(tables):
    """What the embedded engine says."""
    return night("polars", tables)


def test_the_night_has_something_to_say_and_holds_amounts_beyond_floating_point(on_polars):
    assert min(rows.height for rows in on_polars.values()) > 0
    squares = on_polars["kpi_facts"].filter(
        pl.col("measure") == "owed_squared", pl.col("currency") == "C02"
    )
    assert squares["value"].item() > LARGE**2
    assert LARGE + 0.0 != LARGE


@pytest.mark.parametrize("backend", ["duckdb", "sail"])
def test_a_night_is_the_same_to_the_last_minor_unit(backend, tables, on_polars):
    assert differences(night(backend, tables), on_polars) == []


@pytest.mark.release
@pytest.mark.skipif(
    not SPARK.is_dir() or not shutil.which("java"),
    reason="Spark and a JVM are installed by `python3 dev.py test --release`",
)
def test_a_night_is_the_same_on_spark(tables, on_polars):
    found = night("spark", tables, "--master", "local[2]", environment={"PYTHONPATH": str(SPARK)})

    assert differences(found, on_polars) == []


def test_no_rows_keep_their_columns_on_sail(tables, tmp_path):
    command = [sys.executable, "-m", "tests.backends.no_rows", str(tables), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    found = pl.read_parquet(sorted((tmp_path / "none.parquet").glob("*.parquet")))
    assert found.schema == pl.read_parquet_schema(tables / "items.parquet")
    assert found.height == 0


def test_a_result_in_other_columns_than_declared_is_refused(tables, tmp_path):
    shutil.copytree(tables, tmp_path / "tables")
    wrong = tmp_path / "tables" / "items.parquet"
    pl.read_parquet(wrong).with_columns(pl.col("amount_minor").cast(pl.Float64)).write_parquet(
        wrong
    )
    duck = backends.open("duckdb", tmp_path / "tables")
    try:
        with pytest.raises(SchemaError, match="items: column amount_minor is Float64"):
            write_results(duck, Night(as_of=AS_OF, home="C00", country="DE"))
    finally:
        duck.close()
    assert not (tmp_path / "tables" / "results" / "aging.parquet").exists()


@pytest.mark.parametrize("backend", ["polars", "duckdb"])
def test_a_table_may_be_a_folder_of_files(backend, tables, tmp_path, on_polars):
    whole = tmp_path / "tables"
    shutil.copytree(tables, whole)
    items = pl.read_parquet(whole / "items.parquet")
    (whole / "items.parquet").unlink()
    for bucket in (0, 1):
        place = whole / "items" / f"bucket={bucket}"
        place.mkdir(parents=True)
        items.filter(pl.col("customer_id") % 2 == bucket).write_parquet(place / "1.parquet")

    assert differences(night(backend, whole, only=("aging",)), on_polars) == []


@pytest.mark.parametrize("backend", ["polars", "duckdb"])
def test_rows_are_scored_by_one_function_of_arrow_batches(backend, tables, tmp_path):
    import pyarrow as pa

    schema = pa.schema([("item_id", pa.int64()), ("score", pa.float64())])

    def scored(batches):
        for batch in batches:
            half = [one / 2 for one in batch.column("amount_minor").to_pylist()]
            yield pa.record_batch([batch.column("item_id"), pa.array(half)], schema)

    engine = backends.open(backend, tables, out=tmp_path)
    try:
        rows = engine.read("items").select("item_id", "amount_minor")
        found = engine.score(rows, scored, schema).collect("polars").to_native().sort("item_id")
    finally:
        engine.close()

    items = pl.read_parquet(tables / "items.parquet").sort("item_id")
    assert found["score"].to_list() == [one / 2 for one in items["amount_minor"]]


def test_the_command_counts_its_rows_and_refuses_what_it_does_not_know(tables, tmp_path):
    command = [sys.executable, "-m", "dunwell", "nightly", str(tables), "--as-of", str(AS_OF),
               "--home", "C00", "--out", str(tmp_path), "--format", "json"]  # fmt: skip
    one = subprocess.run([*command, "--only", "aging"], capture_output=True, text=True, check=True)
    none = subprocess.run(
        [*command, "--only", "debts"], capture_output=True, text=True, check=False
    )

    rows = pl.scan_parquet(tmp_path / "aging.parquet").select(pl.len()).collect().item()
    assert json.loads(one.stdout) == {"backend": "polars", "results": {"aging": rows}}
    assert none.returncode == 2
    assert none.stderr == (
        f"dunwell nightly: There is no result debts; take some of {', '.join(RESULTS)}.\n"
    )


def test_a_backend_that_is_not_known_or_not_installed_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(
        backends.BackendError, match="There is no backend flink; take one of polars"
    ):
        backends.open("flink", tmp_path)
    monkeypatch.setitem(backends.BACKENDS, "duckdb", ("duckdb_is_missing", "Duck"))
    with pytest.raises(backends.BackendError, match=r"pip install 'dunwell\[duckdb\]'"):
        backends.open("duckdb", tmp_path)
