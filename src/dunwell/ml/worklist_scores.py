"""How good a worklist a model makes: the money late and unpaid that its first rows hold."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.backtest import HORIZONS, Backtest
from dunwell.ml.draws import ratio
from dunwell.ml.history import Days, Floats, day_array
from dunwell.ml.metrics import capture

WORKLIST_DAYS = 14
"""The worklist is judged by what is late and unpaid so many days after the snapshot."""

WORKLIST_ROWS = 20
"""A book with fewer rows is no worklist."""

RANKINGS = ("model", "amount", "age", "perfect", "model_items", "age_items", "perfect_items")


@dataclass(frozen=True, slots=True)
class WorklistScores:
    """Share of the money late and unpaid 14 days on that sits in the top fifth of the rows.

    Ranked by open amount times P(unpaid), by amount, by age past due and by the truth
    (`perfect`); `model_items`, `age_items` and `perfect_items` count items in place of money.
    Mean over the `books` (snapshots of a currency) within a currency, then over currencies
    by number of rows: amounts of two currencies are never added.
    """

    books: int
    model: float
    amount: float
    age: float
    perfect: float
    model_items: float
    age_items: float
    perfect_items: float


def worklist_scores(backtest: Backtest, model: str) -> WorklistScores:
    """Return how much late money the top fifth of the worklist held, see WorklistScores."""
    books = captured(backtest, model)
    days = books["snapshot_day"].unique().sort().to_numpy()
    found = worklist_figures(books, days, np.ones((1, len(days))))
    return WorklistScores(books.height, *(float(found[name][0]) for name in RANKINGS))


def captured(backtest: Backtest, model: str) -> pl.DataFrame:
    """Return what every ranking captured of every book.

    Columns currency, snapshot_day, rows and RANKINGS. Only rows that can be late by then, and
    books with at least WORKLIST_ROWS such rows.
    """
    later = pl.col("snapshot_day") + WORKLIST_DAYS
    is_worked = (pl.col("kind") == "open") & (later <= backtest.as_of)
    book = ["currency", "snapshot_day"]
    rows = (
        backtest.requests.with_row_index("row")
        .filter(is_worked, pl.len().over("kind", *book) >= WORKLIST_ROWS)
        .filter(pl.col("due_day") <= later)
        .filter(pl.len().over(book) >= WORKLIST_ROWS)
        .sort(*book, "item_id")
    )
    chance = backtest.predictions[model].unpaid[:, HORIZONS.index(WORKLIST_DAYS)]
    types = {"currency": pl.String, "snapshot_day": pl.Int32, "rows": pl.Int64}
    return pl.DataFrame(
        [_captured(part, chance) for part in rows.partition_by(book, maintain_order=True)],
        schema=types | dict.fromkeys(RANKINGS, pl.Float64),
    )


def worklist_figures(books: pl.DataFrame, days: Days, weights: Floats) -> dict[str, Floats]:
    """Return each ranking's figure under weights of snapshots (draw, day), see WorklistScores."""
    total, mass = (dict.fromkeys(RANKINGS, np.zeros(len(weights))) for _ in range(2))
    for part in books.partition_by("currency", maintain_order=True):
        weight = weights[:, np.searchsorted(days, part["snapshot_day"].to_numpy())]
        rows = weight @ part["rows"].to_numpy()
        for name in RANKINGS:
            values = part[name].to_numpy()
            told = ~np.isnan(values)
            means = ratio(weight[:, told] @ values[told], weight[:, told].sum(axis=1))
            is_told = ~np.isnan(means)
            total[name] = total[name] + np.where(is_told, rows * means, 0)
            mass[name] = mass[name] + np.where(is_told, rows, 0)
    return {name: ratio(total[name], mass[name]) for name in RANKINGS}


def _captured(book: pl.DataFrame, chance: Floats) -> dict[str, object]:
    """Return the capture of one snapshot of one currency under every ranking."""
    later = book["snapshot_day"][0] + WORKLIST_DAYS
    still = (day_array(book, "ended_day") > later).astype(np.float64)
    amount = np.maximum(book["open_minor"].to_numpy(), 0).astype(np.float64)
    age = (book["snapshot_day"] - book["due_day"]).to_numpy().astype(np.float64)
    unpaid = chance[book["row"].to_numpy()]
    late = amount * still
    return {
        "currency": book["currency"][0],
        "snapshot_day": book["snapshot_day"][0],
        "rows": book.height,
        "model": capture(late, amount * unpaid),
        "amount": capture(late, amount),
        "age": capture(late, age),
        "perfect": capture(late, late),
        "model_items": capture(still, unpaid),
        "age_items": capture(still, age),
        "perfect_items": capture(still, still),
    }
