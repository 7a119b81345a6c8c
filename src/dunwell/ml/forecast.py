"""Money expected from the items on the book, by currency and week, with a range that held before.

The expected amount is the sum of the curves and nothing else. The range starts from the
distribution of that sum (`ml.cash_spread`) and is then set by the forecast's own errors on
earlier days (split conformal prediction, Vovk et al. 2005): how much wider each week was than
its distribution said, and in what shape, both pooled over weeks because sixteen errors of one
week alone say little. Errors count only of forecasts by models that had not seen the outcome:
on the development ledger a model replayed on days it was trained on showed less than half of
the error of its first week.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.cash_spread import Parts, customer_parts, sum_quantiles
from dunwell.ml.curves import LEVELS, Curves
from dunwell.ml.history import Floats, History, Ints, as_known, codes

WEEKS = 13
REPLAYS = 16
"""Weekly forecasts looked back on: enough to set a range, few enough to follow a change."""

WEEK_DAYS = 7

CASH_WEEKS: dict[str, type[pl.DataType]] = {
    "currency": pl.String,
    "week": pl.Int32,
    "from_day": pl.Int32,
    "to_day": pl.Int32,
    "expected_minor": pl.Int64,
    "p10_minor": pl.Int64,
    "p50_minor": pl.Int64,
    "p90_minor": pl.Int64,
}
"""Columns of `cash_weeks`; both days belong to the week."""

OWN_WEIGHT = 4.0
"""The distribution's own word counts as much as this many past errors."""

MOST_ERROR = 8.0
"""An error counts at most as this many standard deviations."""

NORMAL_ERROR = 0.798
"""Mean absolute error of a standard normal, in standard deviations."""

FEW_ERRORS = 12
"""With fewer errors in a currency those of all currencies are used."""

SHOWN_LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class ReplayedWeek:
    """What was forecast on an earlier day for a week since over, and what came.

    `spread_minor` is the standard deviation of the forecast's own distribution; all in minor
    units of the currency.
    """

    currency: str
    as_of: int
    week: int
    expected_minor: int
    spread_minor: int
    paid_minor: int

    @property
    def error(self) -> float:
        """Paid less expected in standard deviations, at most MOST_ERROR."""
        gap = self.paid_minor - self.expected_minor
        return float(np.clip(gap / max(self.spread_minor, 1), -MOST_ERROR, MOST_ERROR))


@dataclass(frozen=True, slots=True)
class _Book:
    """The open items of one currency: P(paid in week), amounts and what follows for the sum."""

    currency: str
    open_minor: int
    parts: Parts

    @property
    def expected(self) -> Ints:
        """Whole minor units per week; every sum from week 1 on is rounded half up, once."""
        so_far = np.minimum(self.parts.mean.sum(axis=0).cumsum(), self.open_minor)
        whole: Ints = np.floor(so_far + 0.5).astype(np.int64)
        return np.diff(whole, prepend=np.int64(0))

    @property
    def spread(self) -> Floats:
        """Standard deviation per week in minor units."""
        return np.asarray(np.sqrt(self.parts.variance.sum(axis=0)), np.float64)


def cash_weeks(
    curves: Curves, history: History, *, weeks: int = WEEKS, replay: Sequence[ReplayedWeek] = ()
) -> pl.DataFrame:
    """Return the money expected from items on the book, columns CASH_WEEKS, sorted.

    Weeks of seven days from as_of + 1 on; one row per currency and week. Only items open in
    the history count, whatever else the curves hold. The sum of expected_minor over any first
    weeks is the curves' own, rounded once, so it never exceeds what is open;
    0 <= p10 <= p50 <= p90 <= open. `replay` (from `replays`) sets the range by past errors;
    without it the range is that of the distribution alone.

    Raises ValueError when curves and history are of different days.
    """
    if curves.as_of != history.as_of:
        raise ValueError(f"curves of day {curves.as_of}, history of day {history.as_of}")
    first = curves.as_of + 1 + WEEK_DAYS * np.arange(weeks)
    frames = [_empty()]
    for book in _books(curves, history, weeks=weeks):
        levels = _ranges(book, _errors(replay, book.currency))
        frames.append(
            pl.DataFrame(
                {
                    "currency": [book.currency] * weeks,
                    "week": np.arange(1, weeks + 1),
                    "from_day": first,
                    "to_day": first + WEEK_DAYS - 1,
                    "expected_minor": book.expected,
                    "p10_minor": levels[:, 0],
                    "p50_minor": levels[:, 1],
                    "p90_minor": levels[:, 2],
                }
            ).cast(pl.Schema(CASH_WEEKS))
        )
    return pl.concat(frames)


def replays(
    history: History,
    curves_at: Callable[[History], Curves],
    *,
    weeks: int = WEEKS,
    count: int = REPLAYS,
) -> tuple[ReplayedWeek, ...]:
    """Return what would have been forecast at the `count` week steps before today.

    `curves_at` makes the curves of the open items of a history as known on an earlier day; it
    must learn from that history alone. A model fitted on later outcomes knows the answers and
    its ranges come out too narrow. Days before the first item are left out.
    """
    first = history.items["issued_day"].min()
    earlier = [history.as_of - WEEK_DAYS * step for step in range(count, 0, -1)]
    known = (
        as_known(history, as_of=day) for day in earlier if isinstance(first, int) and day >= first
    )
    made = (curves_at(past) for past in known if past.open.height)
    return replayed_weeks(history, made, weeks=weeks)


def replayed_weeks(
    history: History, made: Iterable[Curves], *, weeks: int = WEEKS
) -> tuple[ReplayedWeek, ...]:
    """Return forecasts made on earlier days beside what came, for weeks over by the history's day.

    `made` are curves as logged or replayed, one per day. What came is the money booked on the
    items of the forecast in the week, part payments included.
    """
    return tuple(row for curves in made for row in _replayed(history, curves, weeks=weeks))


def _replayed(history: History, curves: Curves, *, weeks: int) -> list[ReplayedWeek]:
    over = min(weeks, (history.as_of - curves.as_of) // WEEK_DAYS)
    if over < 1:
        return []
    week = (pl.col("day") - curves.as_of - 1) // WEEK_DAYS + 1
    came = (
        history.parts.filter(pl.col("day") > curves.as_of)
        .join(curves.items.select("item_id", "currency"), on="item_id")
        .group_by("currency", week.alias("week"))
        .agg(pl.col("amount_minor").sum())
    )
    paid = {(name, number): minor for name, number, minor in came.iter_rows()}
    known = as_known(history, as_of=curves.as_of)
    return [
        ReplayedWeek(
            currency=book.currency,
            as_of=curves.as_of,
            week=number,
            expected_minor=int(book.expected[number - 1]),
            spread_minor=round(float(book.spread[number - 1])),
            paid_minor=paid.get((book.currency, number), 0),
        )
        for book in _books(curves, known, weeks=over)
        for number in range(1, over + 1)
    ]


def _books(curves: Curves, history: History, *, weeks: int) -> list[_Book]:
    """Return one book per currency, sorted; items by item_id, so row order changes nothing."""
    items = curves.items
    is_open = items["item_id"].is_in(history.open["item_id"].implode()).to_numpy()
    rows = np.flatnonzero(is_open)
    rows = rows[np.argsort(items["item_id"].to_numpy()[rows], kind="stable")]
    items = items[rows]
    chances = np.clip(curves.by_week(weeks)[rows], 0.0, 1.0)
    amounts = items["open_minor"].to_numpy()
    currency, names = codes(items["currency"])
    books = []
    for code, name in enumerate(names):
        own = np.flatnonzero(currency == code)
        customers, _ = codes(items["customer_id"][own])
        parts = customer_parts(chances[own], amounts[own].astype(np.float64), customers)
        books.append(_Book(currency=name, open_minor=int(amounts[own].sum()), parts=parts))
    return books


def _errors(replay: Sequence[ReplayedWeek], currency: str) -> tuple[Ints, Floats]:
    """Return week and error of the replayed weeks of a currency, or of all when it has few."""
    own = [row for row in replay if row.currency == currency]
    used = own if len(own) >= FEW_ERRORS else list(replay)
    used = sorted(used, key=lambda row: (row.as_of, row.week, row.currency))
    return (
        np.array([row.week for row in used], np.int64),
        np.array([row.error for row in used], np.float64),
    )


def _ranges(book: _Book, errors: tuple[Ints, Floats]) -> Ints:
    """Return p10, p50, p90 per week in whole minor units."""
    week_of, error = errors
    weeks = book.parts.mean.shape[1]
    widths = _widths(week_of, np.abs(error), weeks=max(weeks, int(week_of.max(initial=1))))
    shape = error / widths[week_of - 1]
    spread, mean = book.spread, book.parts.mean.sum(axis=0)
    levels = np.empty((weeks, len(SHOWN_LEVELS)))
    for week in range(weeks):
        own = sum_quantiles(book.parts, week)
        if spread[week] > 0:
            told = (own - mean[week]) / spread[week]
            weight = np.full(len(LEVELS), OWN_WEIGHT / len(LEVELS))
            scaled = _pooled_quantiles(told, weight, shape)
            levels[week] = mean[week] + widths[week] * scaled * spread[week]
        else:
            levels[week] = mean[week]
    whole = np.floor(np.clip(levels, 0, book.open_minor) + 0.5).astype(np.int64)
    return np.sort(np.minimum(whole, book.open_minor), axis=1)


def _widths(week_of: Ints, size: Floats, *, weeks: int) -> Floats:
    """Return how many times wider each week was than its distribution, drawn to that of all."""
    seen = np.bincount(week_of - 1, minlength=weeks)
    total = np.bincount(week_of - 1, weights=size, minlength=weeks) / NORMAL_ERROR
    pooled = (OWN_WEIGHT + total.sum()) / (OWN_WEIGHT + seen.sum())
    return np.asarray((OWN_WEIGHT * pooled + total) / (OWN_WEIGHT + seen), np.float64)


def _pooled_quantiles(told: Floats, weight: Floats, shape: Floats) -> Floats:
    """Return the quantiles at SHOWN_LEVELS of the distribution's own points and past errors.

    With equal weights the i-th of n values stands at i / (n + 1), the finite-sample rank of
    split conformal prediction.
    """
    values = np.concatenate([told, shape])
    weights = np.concatenate([weight, np.ones(len(shape))])
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    half = weights.mean() / 2
    place = (weights.cumsum() - weights / 2 + half) / (weights.sum() + 2 * half)
    return np.asarray(np.interp(SHOWN_LEVELS, place, values), np.float64)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema=CASH_WEEKS)
