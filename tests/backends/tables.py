"""A small dense ledger as Parquet tables, and the nights that engines make of it."""

import os
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl
import yaml

from dunwell.backends.nightly import KEYS, RESULTS
from dunwell.engine.strategy import read_strategy
from tests.engine.ledgers import CUSTOMERS, random_rates, random_rows
from tests.engine.rows import contacts, customers, holds

AS_OF = date(2026, 3, 10)
STRATEGY = files("dunwell.policies").joinpath("strategy_standard.yaml")
LARGE = 9_007_199_254_740_995
"""The first odd amount that floating point cannot hold, and more: 2**53 + 3."""


def write_tables(folder, *, seed=5):
    """Write the tables of a random ledger: partly paid, bounced, promised, disputed, held."""
    rows = random_rows(seed, currencies=3, items_each=80)
    for number in (1, 2):
        # two of them: their sum, their squares and their days outgrow 64 bits and floating point
        rows.items.append(
            {"item_id": 9_000 + number, "customer_id": number, "kind": "invoice",
             "currency": "C02", "amount_minor": LARGE, "issued_day": 20_400 + number}
        )  # fmt: skip
    rows.allocations.append(
        {"item_id": 9_001, "payment_id": 9_001, "amount_minor": LARGE, "value_day": 20_450,
         "applied_day": 20_451}
    )  # fmt: skip
    segment = read_strategy(yaml.safe_load(STRATEGY.read_text(encoding="utf-8"))).segments[0]
    ledger = rows.ledger()
    tables = {name: getattr(ledger, name) for name in vars(rows)}
    tables["customers"] = customers(
        *({"customer_id": one, "segment": segment} for one in range(1, CUSTOMERS + 1))
    )
    tables["holds"] = holds({"customer_id": 3, "item_id": None})
    tables["contacts"] = contacts(
        {"customer_id": 2, "item_id": 5, "level": 1, "contacted_day": date(2026, 3, 1)}
    )
    tables["fx"] = random_rates(3)
    for name, frame in tables.items():
        frame.to_native().collect().write_parquet(folder / f"{name}.parquet")


def night(backend, folder, *more, only=tuple(RESULTS), environment=None):
    """Results of a night, sorted; made by the command in a process of its own."""
    out = folder / f"by-{backend}"
    command = [
        sys.executable, "-m", "dunwell", "nightly", str(folder), "--as-of", str(AS_OF),
        "--home", "C00", "--country", "DE", "--strategy", str(STRATEGY), "--out", str(out),
        "--backend", backend, *more, *(part for name in only for part in ("--only", name)),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {name: read_result(out / f"{name}.parquet", name) for name in only}


def read_result(place: Path, name):
    """The rows of a written result, sorted by its key."""
    found = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
    return pl.read_parquet(found).sort(KEYS[name])


def differences(found, wanted):
    """Where two nights differ: result, what differs, and the first rows of each that do."""
    told = []
    for name in found:
        rows = wanted[name]
        if rows.schema != found[name].schema:
            told.append((name, "columns", found[name].schema, rows.schema))
        elif not rows.equals(found[name]):
            ours = rows.join(found[name], on=rows.columns, how="anti", nulls_equal=True).head(2)
            theirs = found[name].join(rows, on=rows.columns, how="anti", nulls_equal=True).head(2)
            told.append((name, "rows", theirs.to_dicts(), ours.to_dicts()))
    return told
