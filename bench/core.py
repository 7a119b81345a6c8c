"""The engine core alone, by backend: Parquet in, ageing and payment habits out, no database.

The book is seeded and made once per size: a third of the items open, the others paid with a habit
of their customer. Totals of the ageing are compared with plain sums over the same arrays.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from bench.cost import Meter
from bench.measures import Result
from bench.options import CORES
from bench.workload import AS_OF, CACHE, Workload
from dunwell import backends
from dunwell.engine.aging import aging
from dunwell.engine.behaviour import habits
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.items import open_items
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.ledger import Ledger
from dunwell.engine.schema import ALLOCATIONS, DISPUTES, ITEMS, PAYMENTS, PROMISES, Frame
from dunwell.formats.frames import kept

ITEMS_EACH = 20
"""Items per customer."""
OPEN_SHARE = 0.05
BOOKS = ("items", "allocations", "payments", "disputes", "promises")
TABLES = (*BOOKS, "calendar")


def core(load: Workload, *, backend: str) -> Result:
    """Work out ageing and habits of a book of as many items as the size says, and write both."""
    folder = book_folder(load.size)
    target = folder / f"out-{backend}"
    with Meter() as meter, closing(backends.open(backend, folder, out=target)) as engine:
        read = {name: engine.read(name) for name in TABLES}
        ledger = Ledger(
            read["items"], read["allocations"], read["payments"], read["disputes"],
            read["promises"],
        )  # fmt: skip
        opened = open_items(ledger.items, ledger.allocations, as_of=AS_OF)
        engine.write(aging(opened), "ageing")
        engine.write(habits(ledger, read["calendar"], as_of=AS_OF), "habits")
    result = Result(meter.cost())
    told = _read(target / "ageing").group_by("currency").agg(pl.col("open_minor").sum())
    result.expect("open_minor", dict(sorted(told.iter_rows())), _oracle(folder))
    customers = _read(target / "habits")["customer_id"].n_unique()
    result.expect("customers", customers, _column(folder, "customer_id").n_unique())
    return result


def book_kpis(load: Workload) -> Result:
    """Work out every figure of the book as its people look at it, from Parquet."""
    folder = book_folder(load.size)
    with Meter() as meter:
        # scanned, so that a column is decoded where it is asked for and not held
        read = {
            name: nw.from_native(pl.scan_parquet(folder / f"{name}.parquet")) for name in BOOKS
        }
        values = kpi_table(Ledger(**read), as_of=AS_OF, keep=kept)
    result = Result(meter.cost(), {"values": len(values)})
    told = {one.currency: one.inputs["receivables_minor"] for one in values if one.kpi == "dso"}
    result.expect("open_minor", told, _oracle(folder))
    return result


def decode_book(load: Workload) -> Result:
    """Decode the columns of items and allocations and order them by customer and day."""
    folder = book_folder(load.size)
    with Meter() as meter:
        items = pl.read_parquet(folder / "items.parquet")
        pl.read_parquet(folder / "allocations.parquet")
        np.argsort(items["customer_id"].to_numpy() * 100_000 + items["due_day"].to_numpy())
    return Result(meter.cost(), {"rows": items.height})


def book_folder(size: int) -> Path:
    """Return the folder of the book's Parquet files, made when it is not there."""
    folder = CACHE / f"core-{size}"
    if not (folder / "calendar.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in _book(size).items():
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def _book(size: int) -> dict[str, pl.DataFrame]:
    chance = np.random.default_rng(size)
    as_of = day_number(AS_OF)
    customer = chance.integers(1, max(size // ITEMS_EACH, 1) + 1, size)
    habit = chance.normal(8, 12, customer.max() + 1)
    is_open = chance.random(size) < OPEN_SHARE
    issued = as_of - np.where(
        is_open, chance.integers(1, 120, size), chance.integers(150, 900, size)
    )
    due = issued + chance.choice([14, 30, 45], size)
    amount = np.rint(np.exp(chance.normal(11, 1, size))).astype(np.int64)
    paid = np.clip(due + np.rint(habit[customer] + chance.normal(0, 6, size)), issued, as_of - 1)
    items = pl.DataFrame(
        {
            "item_id": np.arange(1, size + 1),
            "customer_id": customer,
            "kind": ["invoice"] * size,
            "currency": np.where(customer % 3 == 0, "USD", "EUR").tolist(),
            "amount_minor": amount,
            "issued_day": issued,
            "due_day": due,
            "recorded_day": issued,
            "paid_day": paid,
        }
    )
    closed = items.filter(pl.Series(~is_open)).with_columns(
        payment_id="item_id", source=pl.lit("payment"), paid_minor="amount_minor",
        value_day="paid_day", applied_day="paid_day", recorded_day="paid_day",
    )  # fmt: skip
    return {
        "items": _of(items, ITEMS),
        "allocations": _of(closed, ALLOCATIONS),
        "payments": _of(closed, PAYMENTS),
        "disputes": _of(None, DISPUTES),
        "promises": _of(None, PROMISES),
        # written last: it says that the book is whole
        "calendar": _collected(
            calendar_days("DE", first=AS_OF - timedelta(days=1_100), last=date(2027, 1, 31))
        ),
    }


def _of(frame: pl.DataFrame | None, wanted: Frame) -> pl.DataFrame:
    """Return the columns of a frame of the engine's data dictionary in its types."""
    schema = pl.Schema(
        {name: getattr(pl, column.dtype.__name__) for name, column in wanted.items()}
    )
    return pl.DataFrame(schema=schema) if frame is None else frame.select(*schema).cast(schema)


def _collected(frame: nw.LazyFrame) -> pl.DataFrame:
    rows: pl.DataFrame = frame.collect(backend="polars").to_native()
    return rows


def _read(place: Path) -> pl.DataFrame:
    """Return what a backend wrote: a file, or a folder of files."""
    return pl.read_parquet(place.with_suffix(".parquet"))


def _column(folder: Path, name: str) -> pl.Series:
    return pl.read_parquet(folder / "items.parquet", columns=[name])[name]


def _oracle(folder: Path) -> dict[str, int]:
    """Return what is open by currency: items without an allocation."""
    items = pl.read_parquet(folder / "items.parquet")
    paid = pl.read_parquet(folder / "allocations.parquet", columns=["item_id"])
    left = items.join(paid, on="item_id", how="anti")
    return dict(sorted(left.group_by("currency").agg(pl.col("amount_minor").sum()).iter_rows()))


MEASURES: dict[str, Callable[[Workload], Result]] = {
    **{f"core_{backend}": partial(core, backend=backend) for backend in backends.BACKENDS},
    "book_kpis": book_kpis,
}
FLOORS: dict[str, Callable[[Workload], Result]] = dict.fromkeys((*CORES, "book_kpis"), decode_book)
"""Both by the name of the measure."""
