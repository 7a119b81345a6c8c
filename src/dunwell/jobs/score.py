"""Scoring the open book: the serving model's word on every open item, its log, and its cash."""

import io
from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.ml.artifact import load
from dunwell.ml.cash_outlook import Book
from dunwell.ml.cash_periods import period_ends
from dunwell.ml.curves import ITEM_COLUMNS, Curves
from dunwell.ml.dispute_risk import dispute_risk
from dunwell.ml.explain import reasons
from dunwell.ml.forecast import ReplayedWeek, cash_weeks
from dunwell.ml.history import Floats, History
from dunwell.ml.model import PayDateModel
from dunwell.ml.predictions import LATE_DAYS, PREDICTIONS, QUANTILES, predictions
from dunwell.models import ModelVersion

CHUNK = 100_000
"""Items told in figures at a time; bounds memory."""

LOSS_DAYS = 365
"""Who has not paid so long after today, or after the due day if that is later, never will."""

UNPAID_DAYS = 14

EXPLAINED = 8_000
"""So many of the largest open items are explained; each costs ten curves."""

PPM = 1_000_000

CHANCES = {
    **{f"late_{days}": f"p_late_{days}_ppm" if days else "p_late_ppm" for days in LATE_DAYS},
    "soon": "p_soon_ppm",
}
"""Columns of the log by those of PREDICTIONS: whole ppm take half the room of a float."""

SHOWN = ("q10", "q50", "q90")
LOGGED = (
    *ITEM_COLUMNS,
    "as_of_day",
    "history_items",
    *CHANCES.values(),
    "p_unpaid_14_ppm",
    "p_loss_ppm",
    "expected_pay_day",
    *QUANTILES,
)
"""Columns of the day's log."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model says of one day: the records' rows, the log's bytes, the cash by week.

    `book` holds the chances by the ends of the outlook's periods, from which it is made.
    """

    rows: pl.DataFrame
    content: bytes
    forecast: pl.DataFrame
    book: Book


def scored(
    version: ModelVersion, history: History, *, segments: pl.DataFrame | None = None
) -> Scored:
    """Return what a version says of the open items as of the history's day.

    `segments` (customer_id, segment) sharpens the chance of a dispute. `rows` is what
    `actions.predictions.write_predictions` takes, `forecast` what
    `write_forecast` takes; `content` holds `ml.predictions.PREDICTIONS` and the figures as
    Parquet.
    """
    model = load(bytes(version.artifact))
    requests = history.open.select(*ITEM_COLUMNS)
    curves = model.curves(history, requests)
    parts = [
        _told(curves.take(np.arange(begin, min(begin + CHUNK, len(curves)))), history)
        for begin in range(0, max(len(curves), 1), CHUNK)
    ]
    told = pl.concat(parts)
    risk = dispute_risk(history, requests, segments=segments)
    return Scored(
        rows=told.with_columns(
            *[pl.col(name).alias(f"{name}_day") for name in SHOWN],
            risk["p_dispute_ppm"],
            reasons=_reasons(model, history, requests),
            dispute_reasons=_json_list(risk["reasons"]),
        ),
        content=_parquet(told),
        forecast=cash_weeks(curves, history, replay=replayed(version)),
        book=cash_book(curves),
    )


def cash_book(curves: Curves) -> Book:
    """Return what the outlook of cash asks: P(paid by the end of each period) of every item."""
    ends = period_ends(curves.as_of)
    paid = np.empty((len(curves), len(ends)), np.float32)
    for place, end in enumerate(ends):
        paid[:, place] = curves.paid_by(np.full(len(curves), end, np.int32))
    names = ("item_id", "customer_id", "currency", "open_minor", "due_day")
    return Book(items=curves.items.select(*names), paid=paid)


def logged_rows(content: bytes) -> pl.DataFrame:
    """Return a day's log in the columns PREDICTIONS, for judging what was said."""
    found = pl.read_parquet(io.BytesIO(content))
    return found.with_columns(**{name: pl.col(ppm) / PPM for name, ppm in CHANCES.items()}).select(
        pl.col(name).cast(dtype) for name, dtype in PREDICTIONS.items()
    )


def _told(curves: Curves, history: History) -> pl.DataFrame:
    """Return the figures of some curves, in columns LOGGED."""
    told = predictions(curves, history)
    end = np.maximum(curves.due, np.int32(curves.as_of)) + np.int32(LOSS_DAYS)
    expected = np.maximum(np.floor(curves.expected() + 0.5), curves.as_of + 1)
    return (
        told.with_columns(
            curves.items["issued_day"],
            curves.items["open_minor"],
            *[_ppm(told[name].to_numpy()).alias(ppm) for name, ppm in CHANCES.items()],
            _ppm(curves.unpaid_after(UNPAID_DAYS)).alias("p_unpaid_14_ppm"),
            _ppm(1 - curves.paid_by(end)).alias("p_loss_ppm"),
            pl.Series("expected_pay_day", expected.astype(np.int32)),
        )
        .select(*LOGGED)
        .rechunk()
    )


def _reasons(model: PayDateModel, history: History, requests: pl.DataFrame) -> pl.Series:
    """Return why, as JSON lists: of the largest items, where a book is too large to ask of all."""
    largest = requests["open_minor"].rank("ordinal", descending=True) <= EXPLAINED
    found = pl.DataFrame(
        {
            "item_id": requests.filter(largest)["item_id"],
            "reasons": _json_list(reasons(model, history, requests.filter(largest))),
        }
    )
    told = requests.select("item_id").join(found, on="item_id", how="left", maintain_order="left")
    return told["reasons"].fill_null("[]")


def _json_list(rows: pl.Series) -> pl.Series:
    """Return each list of rows as a JSON list."""
    texts = rows.to_frame("rows").select(
        pl.format(
            "[{}]", pl.col("rows").list.eval(pl.element().struct.json_encode()).list.join(",")
        )
    )
    return texts.to_series()


def _ppm(chance: Floats) -> pl.Series:
    return pl.Series(np.floor(np.clip(chance, 0, 1) * PPM + 0.5).astype(np.int32))


def _parquet(told: pl.DataFrame) -> bytes:
    """Return the rows as Parquet; the same rows give the same bytes."""
    out = io.BytesIO()
    told.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def replayed(version: ModelVersion) -> tuple[ReplayedWeek, ...]:
    """Return the cash the version's training replayed, which sets the forecast's range."""
    return tuple(ReplayedWeek(**row) for row in version.replay.get("cash", ()))
