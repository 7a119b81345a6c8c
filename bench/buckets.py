"""Ageing and habits of a very large ledger by buckets: `python -m bench.buckets FOLDER ITEMS`.

The mirror is made of drawn rows by a process of its own, a bucket at a time; then another one
works on it as `Mirror.rows(..., bucket=)` gives it. Prints one JSON line: what the work cost,
its peak memory, and counts with the sum that has to come out.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from bench.cost import Meter
from dunwell.engine import schema
from dunwell.engine.aging import aging
from dunwell.engine.behaviour import habits
from dunwell.engine.calendars import calendar_days
from dunwell.engine.items import open_items
from dunwell.engine.ledger import Ledger
from dunwell.formats.mirror import (
    LEAST_BUCKETS,
    MirrorManifest,
    buckets_for,
    read_manifest,
    write_manifest,
)

AS_OF = date(2026, 11, 22)
TODAY = (AS_OF - date(1970, 1, 1)).days
PER_CUSTOMER = 20
OPEN_IN = 22
"""One item in so many is open: settled history is what makes a ledger large."""


def main(arguments: list[str]) -> int:
    """Make the rows, measure, and print; `make` and `work` are the two processes."""
    what, *given = arguments
    if what == "make":
        return _make(Path(given[0]), int(given[1]))
    if what == "work":
        return _work(Path(given[0]))
    for step in (["make", what, given[0]], ["work", what]):
        code = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "bench.buckets", *step], check=False
        ).returncode
        if code:
            return code
    return 0


def _make(folder: Path, items: int) -> int:
    _set_up()
    # only now: records can be imported once Django is set up
    from dunwell.jobs.mirror_files import FrameFiles, put_manifest  # noqa: PLC0415
    from dunwell.queries.mirror_rows import SOURCES  # noqa: PLC0415

    buckets = buckets_for(items)
    writers = {
        name: FrameFiles(folder, name, generation=1, buckets=buckets, kept=()) for name in SOURCES
    }
    for bucket in range(buckets):
        for name, rows in _drawn(bucket, buckets, items // buckets).items():
            types = SOURCES[name].types
            writers[name].add(rows.select(*types).cast(pl.Schema(types)))
    manifest = MirrorManifest(
        company=1,
        buckets=buckets,
        generation=1,
        made_at="2026-11-22T00:00:00+00:00",
        event_seq=1,
        event_hash="0" * 64,
        payers_id=0,
        frames={name: writer.frame(last_id=items) for name, writer in writers.items()},
    )
    put_manifest(folder, write_manifest(manifest))
    return 0


def _drawn(bucket: int, buckets: int, count: int) -> Mapping[str, pl.DataFrame]:
    """Return the rows of a bucket; item n of all is open when OPEN_IN divides it."""
    chance = np.random.default_rng(bucket)
    owners = max(count // PER_CUSTOMER, 1)
    first = bucket * count + 1
    issued = TODAY - chance.integers(40, 1080, count)
    items = pl.DataFrame(
        {
            "item_id": np.arange(first, first + count),
            "customer_id": chance.integers(0, owners, count) * buckets + bucket,
            "amount_minor": chance.integers(1_000, 900_000, count),
            "issued_day": issued,
            "due_day": issued + 30,
            "recorded_day": issued,
        }
    ).with_columns(kind=pl.lit("invoice"), currency=pl.lit("EUR"))
    late = pl.Series("late", chance.integers(-5, 45, count))
    paid = items.with_columns(
        day=pl.min_horizontal(pl.col("due_day") + late, pl.lit(TODAY))
    ).filter(pl.col("item_id") % OPEN_IN != 0)
    paid = paid.with_columns(
        payment_id="item_id", value_day="day", applied_day="day", recorded_day="day"
    )
    return {
        "items": items,
        "payments": paid,
        "allocations": paid.with_columns(
            allocation_id="item_id", source=pl.lit("payment"), paid_minor="amount_minor"
        ),
    }


def _work(folder: Path) -> int:
    _set_up()
    # only now: records can be imported once Django is set up
    from dunwell.models import Company  # noqa: PLC0415
    from dunwell.queries.mirror import MANIFEST, Mirror  # noqa: PLC0415

    manifest = read_manifest((folder / MANIFEST).read_bytes())
    mirror = Mirror(Company(pk=1), folder, manifest)
    calendar = calendar_days("DE", first=date(2023, 1, 1), last=date(2026, 12, 31))
    opened = customers = owed = wanted = 0
    with Meter() as meter:
        for bucket in range(manifest.buckets):
            frames = {
                name: nw.from_native(mirror.rows(name, bucket=bucket).lazy())
                for name in manifest.frames
            }
            ledger = Ledger(
                items=frames["items"],
                allocations=frames["allocations"].select(*schema.ALLOCATIONS),
                payments=frames["payments"],
                disputes=schema.table([], schema.DISPUTES),
                promises=schema.table([], schema.PROMISES),
            )
            left = open_items(ledger.items, ledger.allocations, as_of=AS_OF)
            aged = aging(left).collect().to_native()
            opened += int(aged["items"].sum())
            owed += int(aged["open_minor"].sum())
            customers += habits(ledger, calendar, as_of=AS_OF).collect().to_native().height
    for path in manifest.frames["items"].paths():
        rows = pl.scan_parquet(folder / path, hive_partitioning=False)
        due = rows.filter(pl.col("item_id") % OPEN_IN == 0).select(pl.col("amount_minor").sum())
        wanted += int(due.collect().item())
    figure = {
        "measure": "buckets",
        "items": manifest.frames["items"].rows,
        "buckets": manifest.buckets,
        **meter.cost(),
        "counts": {"open": opened, "customers": customers, "owed": owed, "wanted": wanted},
    }
    sys.stdout.write(json.dumps(figure) + "\n")
    return 0 if owed == wanted and manifest.buckets >= LEAST_BUCKETS else 1


def _set_up() -> None:
    import os  # noqa: PLC0415

    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dunwell.settings")
    django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
