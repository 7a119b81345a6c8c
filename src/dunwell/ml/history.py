"""What a model may learn from: the debit items known on a day, as arrays.

Everything is read from the engine's frames as of the day, so no later row can reach a
model; `tests/ml` rewrites the future and checks that nothing moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.items import REFUND, open_items, settled_items
from dunwell.engine.ledger import Ledger, happened

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

NEVER = np.int32(1_000_000)
"""Day of what has not happened."""

HISTORY_ITEMS: dict[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "amount_minor": pl.Int64,
    "open_minor": pl.Int64,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
    "paid_day": pl.Int32,
    "ended_day": pl.Int32,
}
"""Columns of `History.items`. `paid_day`: day the last money reached us, empty while unpaid
or settled without money; `ended_day`: day it was settled in any way, empty while open."""

BOOKINGS: dict[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "source": pl.String,
    "amount_minor": pl.Int64,
    "value_day": pl.Int32,
    "applied_day": pl.Int32,
}
"""Columns of `History.bookings`, as in the engine's ALLOCATIONS."""

PLAIN_ITEM = {"kind": pl.lit("invoice"), "recorded_day": pl.col("issued_day")}
"""What the engine asks of an item beside the columns of a history; it changes no answer."""


PAPERS: dict[str, type[pl.DataType]] = {"item_id": pl.Int64, "is_paper": pl.Boolean}
"""Columns of `History.papers`: whether the document went out on paper, else electronically."""


def _no_bookings() -> pl.DataFrame:
    return pl.DataFrame(schema=BOOKINGS)


def _no_papers() -> pl.DataFrame:
    return pl.DataFrame(schema=PAPERS)


@dataclass(frozen=True, slots=True)
class History:
    """The debit items issued by `as_of` and what had happened to them, sorted by item_id.

    `items` has HISTORY_ITEMS; the other frames are keyed by item_id or customer_id and hold
    dated events up to `as_of`: `parts` (item_id, day, amount_minor) money on items, `disputes`
    (item_id, opened_day, closed_day), `promises` (item_id, made_day, due_day, withdrawn_day),
    `contacts` (item_id, customer_id, day). `countries`: customer_id, country.

    `bookings` (columns BOOKINGS) holds what was booked on the items whose standing on an
    earlier day does not follow from their `parts` and days: booked on another day than the
    money came, lowered without money, or reversed.

    `papers` (columns PAPERS) holds the items of which is known how they were sent. That is known
    when they are issued and never changes, so it has no day.
    """

    as_of: int
    items: pl.DataFrame
    parts: pl.DataFrame
    disputes: pl.DataFrame
    promises: pl.DataFrame
    contacts: pl.DataFrame
    countries: pl.DataFrame
    bookings: pl.DataFrame = field(default_factory=_no_bookings)
    papers: pl.DataFrame = field(default_factory=_no_papers)

    @property
    def open(self) -> pl.DataFrame:
        """The items not settled on `as_of`."""
        return self.items.filter(pl.col("ended_day").is_null())

    @property
    def paid_items(self) -> int:
        """How many items were settled with money."""
        return self.items.height - self.items["paid_day"].null_count()


def history(
    ledger: Ledger,
    *,
    as_of: date,
    contacts: nw.LazyFrame | None = None,
    countries: nw.LazyFrame | None = None,
    papers: nw.LazyFrame | None = None,
) -> History:
    """Return what the ledger shows as of a day, for fitting and for prediction.

    `contacts` (columns CONTACTS), `countries` (customer_id, country) and `papers` (item_id,
    is_paper) when there are any.
    Credit notes and refunds are left out: nobody pays them.
    """
    day = day_number(as_of)
    items = _items(ledger.items, ledger.allocations, as_of=as_of)
    booked = _native(
        ledger.allocations.filter(nw.col("applied_day") <= day).select(*BOOKINGS)
    ).cast(pl.Schema(BOOKINGS))
    return History(
        as_of=day,
        items=items,
        parts=_parts(booked, day),
        bookings=_to_retell(booked, items),
        disputes=_native(
            happened(ledger.disputes, "opened_day", ends="closed_day", as_of=as_of).select(
                "item_id", "opened_day", "closed_day"
            )
        ),
        promises=_native(
            happened(ledger.promises, "made_day", ends="withdrawn_day", as_of=as_of).select(
                "item_id", "made_day", "due_day", "withdrawn_day"
            )
        ),
        contacts=_contacts(contacts, day),
        countries=_countries(countries),
        papers=_no_papers() if papers is None else _native(papers.select(*PAPERS)),
    )


def as_known(history: History, *, as_of: int) -> History:
    """Return the history as it stood on an earlier day: later rows and endings do not exist.

    The same as `history` of the ledger on that day.
    """
    items = history.items.filter(pl.col("issued_day") <= as_of)
    parts = history.parts.filter(pl.col("day") <= as_of)
    bookings = history.bookings.filter(pl.col("applied_day") <= as_of)
    items = _earlier(items, parts, as_of)
    if history.bookings.height:
        is_retold = pl.col("item_id").is_in(history.bookings["item_id"].unique().implode())
        retold = items.filter(is_retold).with_columns(**PLAIN_ITEM)
        again = _items(
            nw.from_native(retold.lazy()), nw.from_native(bookings.lazy()), as_of=day_date(as_of)
        )
        items = pl.concat([items.filter(~is_retold), again]).sort("item_id")
        parts = pl.concat([parts.filter(~is_retold), _parts(bookings, as_of)])
        bookings = _to_retell(bookings, items)
    return History(
        as_of=as_of,
        items=items,
        parts=parts.sort("item_id", "day", "amount_minor"),
        bookings=bookings,
        disputes=history.disputes.filter(pl.col("opened_day") <= as_of).with_columns(
            _until("closed_day", as_of)
        ),
        promises=history.promises.filter(pl.col("made_day") <= as_of).with_columns(
            _until("withdrawn_day", as_of)
        ),
        contacts=history.contacts.filter(pl.col("day") <= as_of),
        countries=history.countries,
        papers=history.papers,
    )


def _until(column: str, as_of: int) -> pl.Expr:
    return pl.when(pl.col(column) <= as_of).then(pl.col(column)).alias(column)


def _earlier(items: pl.DataFrame, parts: pl.DataFrame, as_of: int) -> pl.DataFrame:
    """Return the items as they stood, by their days and the money on them by then."""
    taken = parts.group_by("item_id").agg(pl.col("amount_minor").sum().alias("taken_minor"))
    return (
        items.join(taken, on="item_id", how="left", maintain_order="left")
        .with_columns(_until("paid_day", as_of), _until("ended_day", as_of))
        .with_columns(
            open_minor=pl.when(pl.col("ended_day").is_null())
            .then((pl.col("amount_minor") - pl.col("taken_minor").fill_null(0)).clip(1))
            .otherwise(0)
        )
        .select(*HISTORY_ITEMS)
    )


def _parts(booked: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return the money on items known by a day, in columns item_id, amount_minor, day."""
    return (
        booked.filter(pl.col("source") == "payment", pl.col("value_day") <= day)
        .select("item_id", "amount_minor", day="value_day")
        .sort("item_id", "day", "amount_minor")
    )


def _to_retell(booked: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return the bookings of the items whose standing their parts and days do not tell."""
    is_money = pl.col("source") == "payment"
    is_settled_at_once = (
        (~is_money).all()
        & (pl.col("applied_day").n_unique() == 1)
        & pl.col("ended_day").is_not_null().all()
    )
    is_plain = (pl.col("amount_minor") > 0).all() & (
        (is_money & (pl.col("applied_day") == pl.col("value_day"))).all() | is_settled_at_once
    )
    retold = (
        booked.join(items.select("item_id", "ended_day"), on="item_id", how="inner")
        .group_by("item_id")
        .agg(is_plain=is_plain)
        .filter(~pl.col("is_plain"))
    )
    return booked.join(retold, on="item_id", how="semi").sort(*BOOKINGS)


def _items(items: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> pl.DataFrame:
    """Return the debit items in columns HISTORY_ITEMS, sorted by item_id."""
    keys = ("item_id", "customer_id", "currency", "amount_minor", "issued_day", "due_day")
    items = items.filter(nw.col("kind") != REFUND)
    opened = _native(
        open_items(items, allocations, as_of=as_of)
        .filter(nw.col("amount_minor") > 0, nw.col("open_minor") > 0)
        .select(*keys, "open_minor")
    )
    settled = _native(
        settled_items(items, allocations, as_of=as_of)
        .filter(nw.col("amount_minor") > 0)
        .select(*keys, "paid_day", ended_day=nw.col("settled_day"))
    )
    # money can be booked on a later day than it came, and come before the invoice
    day = day_number(as_of)
    paid = pl.min_horizontal(pl.max_horizontal("paid_day", "issued_day"), pl.lit(day, pl.Int32))
    settled = settled.with_columns(
        open_minor=pl.lit(0, pl.Int64),
        paid_day=pl.when(pl.col("paid_day").is_not_null()).then(paid),
    ).with_columns(
        ended_day=pl.when(pl.col("paid_day").is_not_null())
        .then(pl.col("paid_day"))
        .otherwise(pl.max_horizontal("ended_day", "issued_day"))
    )
    never = pl.lit(None, pl.Int32)
    opened = opened.with_columns(paid_day=never, ended_day=never)
    return (
        pl.concat([frame.select(*HISTORY_ITEMS) for frame in (opened, settled)])
        .cast(pl.Schema(HISTORY_ITEMS))
        .sort("item_id")
    )


def _contacts(contacts: nw.LazyFrame | None, day: int) -> pl.DataFrame:
    if contacts is None:
        return pl.DataFrame(schema={"item_id": pl.Int64, "customer_id": pl.Int64, "day": pl.Int32})
    return _native(
        contacts.filter(nw.col("contacted_day") <= day).select(
            "item_id", "customer_id", day=nw.col("contacted_day")
        )
    )


def _countries(countries: nw.LazyFrame | None) -> pl.DataFrame:
    if countries is None:
        return pl.DataFrame(schema={"customer_id": pl.Int64, "country": pl.String})
    return _native(countries.select("customer_id", "country"))


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    return cast("pl.DataFrame", nw.to_native(frame.collect()))


def first_day(history: History) -> int:
    """Return the day the first item was issued, the history's own day without items."""
    first = history.items["issued_day"].min()
    return first if isinstance(first, int) else history.as_of


def day_array(frame: pl.DataFrame, column: str) -> Days:
    """Return a day column as an array, NEVER where it is empty."""
    return frame[column].fill_null(int(NEVER)).to_numpy().astype(np.int32)


def codes(values: Sequence[object] | pl.Series) -> tuple[Ints, pl.Series]:
    """Return each value's number in the sorted list of distinct values, and that list."""
    series = values if isinstance(values, pl.Series) else pl.Series(values)
    distinct = series.unique().sort()
    return distinct.search_sorted(series).to_numpy().astype(np.int64), distinct
