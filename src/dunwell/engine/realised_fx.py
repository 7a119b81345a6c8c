"""Realised exchange differences: what an item was worth when issued against what settled it.

Everything is in minor units of the home currency. An item is worth its amount at the rate of
its issue day, a payment its amount at the rate of its value day; every allocation takes its
part of both, and the difference is realised on the day it is booked (IAS 21.28).

The part is the proportion of what is left, rounded half away from zero as in `money`, so the
allocation that settles the rest takes all that is left: the parts of a settled item sum to
its value exactly, in whatever order they came. A reversal takes its original's parts with
the other sign. What depends on rounding is thereby a matter of order, row by row, and no
expression over a frame: `home_values` is one, `realised` goes through the rows of foreign
items and payments only.

A credit note, a write-off or a discount takes its part at the item's own rate and realises
nothing. Netting two items realises the difference of their rates, on the credit's row.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine.fx import PPM
from dunwell.engine.money import part, share
from dunwell.engine.schema import Column, Frame

NO_DAY = -1_000_000
"""Before every day a rate can have."""

HOME_VALUES: Frame = {
    "rate_day": Column(nw.Int32, "first day of the rate, empty for home or none", nullable=True),
    "home_minor": Column(nw.Int64, "value at the rate of its day, empty if none", nullable=True),
}
"""Columns `home_values` adds to those of its frame."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """An item or payment: its amount, and its value in the home currency, None without a rate."""

    amount_minor: int
    home_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settling:
    """One allocation: `amount_minor` in the item's currency, `paid_minor` in the payment's.

    `item_booked_minor` and `source_booked_minor` are the parts a journal froze already; they
    stand, whatever rates say by now.
    """

    allocation_id: int
    item_id: int
    amount_minor: int
    payment_id: int | None = None
    paid_minor: int | None = None
    counter_item_id: int | None = None
    reverses_id: int | None = None
    item_booked_minor: int | None = None
    source_booked_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Realised:
    """What one allocation took of its item's value and of its payment's, None without a rate.

    For a credit's row the source is the item it was put on; for an adjustment the item itself.
    """

    allocation_id: int
    item_home_minor: int | None
    source_home_minor: int | None

    @property
    def gain_minor(self) -> int | None:
        """What was gained by the difference of the rates, a loss below 0, None without a rate."""
        if self.item_home_minor is None or self.source_home_minor is None:
            return None
        return self.source_home_minor - self.item_home_minor


def home_values(
    rows: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
    day: str,
    amount: str = "amount_minor",
) -> nw.LazyFrame:
    """Return every row with the columns HOME_VALUES, valued at the rate in force on its own day.

    A row without a rate keeps an empty value: it is listed, not guessed. Two rates of one
    currency from the same day are a contradiction; the larger is taken, as in `fx`.
    """
    known = rates.group_by("currency", "day").agg(rate_ppm=nw.col("rate_ppm").max())
    pair = ("currency", "day")
    asked = rows.select("currency", day=nw.col(day)).unique(subset=list(pair))
    marks = nw.concat(
        [
            known.select(*pair, told=nw.col("day"), rank=nw.lit(0, nw.Int32)),
            asked.select(*pair, told=nw.lit(NO_DAY, nw.Int32), rank=nw.lit(1, nw.Int32)),
        ],
        how="vertical",
    )
    latest = nw.col("told").cum_max().over("currency", order_by=["day", "rank"])
    in_force = (
        marks.with_columns(rate_day=latest)
        .filter(nw.col("rank") == 1, nw.col("rate_day") > NO_DAY)
        .select(*pair, "rate_day")
        .join(
            known.select("currency", "rate_ppm", rate_day=nw.col("day")),
            on=["currency", "rate_day"],
            how="inner",
        )
    )
    is_home = nw.col("currency") == home
    valued = share(nw.col(amount), nw.col("rate_ppm"), PPM)
    return (
        rows.join(in_force, left_on=["currency", day], right_on=[*pair], how="left")
        .with_columns(
            rate_day=nw.when(~is_home).then(nw.col("rate_day")),
            home_minor=nw.when(is_home)
            .then(nw.col(amount))
            .otherwise(nw.when(~nw.col("rate_ppm").is_null()).then(valued)),
        )
        .drop("rate_ppm")
    )


def realised(
    rows: Iterable[Settling], *, items: Mapping[int, Worth], payments: Mapping[int, Worth]
) -> list[Realised]:
    """Return what each allocation realised, in the order of their keys (the order written).

    What is left of an item or payment is followed row by row: of one with a row that is not
    frozen yet every row must be there, both rows of a netting, and a reversal's original.
    """
    ordered = sorted(rows, key=lambda row: row.allocation_id)
    purses = {("item", key): _Purse(worth) for key, worth in items.items()}
    purses |= {("payment", key): _Purse(worth) for key, worth in payments.items()}
    of_item: dict[int, int | None] = {}
    of_source: dict[int, int | None] = {}
    for row in ordered:
        of_item[row.allocation_id] = purses["item", row.item_id].take(
            row.amount_minor, booked=row.item_booked_minor, back=of_item.get(row.reverses_id or 0)
        )
        if row.payment_id is not None:
            of_source[row.allocation_id] = purses["payment", row.payment_id].take(
                row.amount_minor if row.paid_minor is None else row.paid_minor,
                booked=row.source_booked_minor,
                back=of_source.get(row.reverses_id or 0),
            )
    _net(ordered, of_item, of_source)
    return [
        Realised(
            allocation_id=row.allocation_id,
            item_home_minor=of_item[row.allocation_id],
            source_home_minor=of_source[row.allocation_id],
        )
        for row in ordered
    ]


def _net(
    rows: Iterable[Settling],
    of_item: Mapping[int, int | None],
    of_source: dict[int, int | None],
) -> None:
    """Fill the source of what no payment paid: the debit's part stands on both rows of a netting.

    The n-th row of a credit note on an item belongs to the item's n-th row of that amount.
    """
    debits: dict[tuple[int, int, int], deque[int | None]] = defaultdict(deque)
    without_payment = [row for row in rows if row.payment_id is None]
    for row in without_payment:
        own = of_item[row.allocation_id]
        of_source[row.allocation_id] = own
        if row.counter_item_id is not None and row.reverses_id is None and row.amount_minor > 0:
            debits[row.item_id, row.counter_item_id, row.amount_minor].append(own)
    for row in without_payment:
        if row.counter_item_id is None or row.amount_minor > 0 or row.reverses_id is not None:
            continue
        waiting = debits[row.counter_item_id, row.item_id, -row.amount_minor]
        worth = waiting.popleft() if waiting else None
        if row.source_booked_minor is not None:
            of_source[row.allocation_id] = row.source_booked_minor
        else:
            of_source[row.allocation_id] = None if worth is None else -worth
    for row in without_payment:
        if row.reverses_id is not None:
            worth = of_source.get(row.reverses_id)
            of_source[row.allocation_id] = None if worth is None else -worth


class _Purse:
    """What is left of an item or payment, in its own currency and at home."""

    __slots__ = ("_left_home", "_left_minor", "_worth")

    def __init__(self, worth: Worth) -> None:
        self._worth = worth
        self._left_minor = worth.amount_minor
        self._left_home = worth.home_minor or 0

    def take(self, amount_minor: int, *, booked: int | None, back: int | None) -> int | None:
        """Take a part out and return its value at home; `back` is what a reversal puts back."""
        if booked is not None:
            home = booked
        elif self._worth.home_minor is None:
            return None
        elif back is not None:
            home = -back
        else:
            home = self._part(amount_minor, self._worth.home_minor)
        self._left_minor -= amount_minor
        self._left_home -= home
        return home

    def _part(self, amount_minor: int, whole_home: int) -> int:
        left = self._left_minor
        if left and (amount_minor > 0) == (left > 0) and abs(amount_minor) <= abs(left):
            return part(self._left_home, amount_minor, left)
        # money and credit of one receipt: more is put on items for a moment than was paid
        return part(whole_home, amount_minor, self._worth.amount_minor)
