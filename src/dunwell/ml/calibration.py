"""Does 30 % mean 30 %: predicted chances and ranges beside what happened.

Shares are in parts per million, days are days. Every table is made of matured predictions
(`ml.predictions.matured`), so no answer counts before it could have come out either way.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import isotonic_regression

from dunwell.engine import proportions
from dunwell.ml.draws import calibration_errors, calibration_slopes, drawn_customers, interval
from dunwell.ml.history import Floats, Ints
from dunwell.ml.metrics import brier, crps
from dunwell.ml.predictions import LATE_DAYS, quantile_days

Flags = npt.NDArray[np.bool_]

PPM = 1_000_000
BINS = 10
NORMAL_95 = 1.959964
RANGE = ("q10", "q90")
"""The range shown to people holds 80 % of the outcomes when it is right."""

LEAST_MATURED = 1_000
"""A recalibration is offered from this many matured rows on."""

HISTORY_SEGMENTS = ((0, "history 0"), (1, "history 1-3"), (4, "history 4-10"), (11, "history 11+"))
"""Paid items of the customer on the day of the prediction: least number and name."""

RELIABILITY: dict[str, type[pl.DataType]] = {
    "bin": pl.Int32,
    "items": pl.Int64,
    "told_ppm": pl.Int64,
    "seen_ppm": pl.Int64,
    "low_ppm": pl.Int64,
    "high_ppm": pl.Int64,
}
"""`told`: mean predicted chance, `seen`: share that happened, its 95 % interval (Wilson 1927)."""

CALIBRATION: dict[str, type[pl.DataType]] = {
    "segment": pl.String,
    "late_days": pl.Int32,
    "items": pl.Int64,
    "customers": pl.Int64,
    "told_ppm": pl.Int64,
    "seen_ppm": pl.Int64,
    "brier_ppm": pl.Int64,
    "ece_ppm": pl.Int64,
    "slope_ppm": pl.Int64,
    **{
        f"{name}_{side}_ppm": pl.Int64
        for name in ("told", "seen", "brier", "ece", "slope")
        for side in ("low", "high")
    },
}
"""`slope_ppm` is empty where it cannot be told; 1,000,000 is ideal, less is too sure.

Every figure has its 95 % interval, for which whole customers are drawn; empty for one customer.
"""

RANGES: dict[str, type[pl.DataType]] = {
    "segment": pl.String,
    "items": pl.Int64,
    "covered_ppm": pl.Int64,
    "low_ppm": pl.Int64,
    "high_ppm": pl.Int64,
    "width_days": pl.Float64,
    "crps_days": pl.Float64,
    **{
        f"{name}_{side}_days": pl.Float64 for name in ("width", "crps") for side in ("low", "high")
    },
}
"""The 80 % range of the pay day: share inside, mean width and CRPS, each with its interval.

`low_ppm` and `high_ppm` bound the share inside; intervals are those of CALIBRATION.
"""


def wilson(hits: int, total: int) -> tuple[int, int]:
    """Return the 95 % interval of a share in ppm; the whole range without a row (Wilson 1927)."""
    low, high = proportions.wilson(hits, total, z=NORMAL_95)
    return _ppm(low), _ppm(high)


def reliability(is_true: Flags, chance: Floats, *, bins: int = BINS) -> pl.DataFrame:
    """Return at most `bins` bins of about equal size by predicted chance, columns RELIABILITY.

    Equal chances are never split, so the order of rows changes nothing.
    """
    rows: list[tuple[int, ...]] = []
    if len(chance):
        ranked = np.sort(chance)
        # the bin of a chance is that of the first row with it
        first = np.searchsorted(ranked, chance, side="left")
        place = first * bins // len(chance)
        for number, which in enumerate(np.unique(place)):
            own = place == which
            hits, total = int(is_true[own].sum()), int(own.sum())
            share = (_ppm(float(chance[own].mean())), _ppm(hits / total))
            rows.append((number + 1, total, *share, *wilson(hits, total)))
    return pl.DataFrame(rows, schema=RELIABILITY, orient="row")


def calibration(rows: pl.DataFrame) -> pl.DataFrame:
    """Return calibration of P(late by k) per segment and horizon, columns CALIBRATION.

    `rows` has MATURED. Segments: all, by history of the customer, by currency; those without
    a matured row are left out.
    """
    found: list[tuple[object, ...]] = []
    for name, part in segments(rows):
        for days in LATE_DAYS:
            judged = part.filter(pl.col(f"is_late_{days}").is_not_null())
            if judged.height:
                truth, chance = late_truth(judged, days)
                found.append((name, days, judged.height, *_scores(judged, truth, chance)))
    return pl.DataFrame(found, schema=CALIBRATION, orient="row")


def late_truth(rows: pl.DataFrame, days: int) -> tuple[Flags, Floats]:
    """Return what happened and P(late by more than `days`) of rows whose answer is known."""
    truth = rows[f"is_late_{days}"].to_numpy().astype(np.bool_)
    return truth, rows[f"late_{days}"].to_numpy().astype(np.float64)


def _scores(rows: pl.DataFrame, truth: Flags, chance: Floats) -> tuple[int | None, ...]:
    drawn = drawn_customers(rows["customer_id"])
    found = [
        interval(values)
        for values in (
            drawn.means(chance),
            drawn.means(truth),
            drawn.means((chance - truth) ** 2),
            calibration_errors(drawn, truth, chance),
            calibration_slopes(drawn, truth, chance),
        )
    ]
    ends = [_ppm_or_none(end) for one in found for end in (one.low, one.high)]
    return (
        drawn.weights.shape[1],
        *(_ppm_or_none(one.value) for one in found),
        *ends,
    )


def ranges(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how often and how widely the 80 % range of the pay day held, columns RANGES.

    Rows count once their 95 % day has passed; one unpaid then counts as paid tomorrow in the
    CRPS, which is the least it can lose.
    """
    found: list[tuple[object, ...]] = []
    for name, part in segments(rows.filter(pl.col("seen_day").is_not_null())):
        low, high = (part[side].to_numpy() for side in RANGE)
        seen = part["seen_day"].to_numpy()
        drawn = drawn_customers(part["customer_id"])
        inside, width, loss = (
            interval(drawn.means(values))
            for values in ((seen >= low) & (seen <= high), high - low, crps_days(part))
        )
        share = [_ppm_or_none(end) for end in (inside.value, inside.low, inside.high)]
        ends = [_or_none(end) for one in (width, loss) for end in (one.low, one.high)]
        found.append((name, part.height, *share, width.value, loss.value, *ends))
    return pl.DataFrame(found, schema=RANGES, orient="row")


def crps_days(rows: pl.DataFrame) -> Floats:
    """Return the CRPS of each row in days; rows need their `seen_day`."""
    seen = rows["seen_day"].to_numpy().astype(np.float64)
    return crps(seen, quantile_days(rows).astype(np.float64))


def rank_shares(rows: pl.DataFrame, *, bins: int = BINS) -> list[int]:
    """Return the share of pay days in each tenth of their predicted distribution, in ppm.

    A right distribution gives equal shares (probability integral transform); days are whole, so
    a row is spread over all the tenths its day covers (Czado, Gneiting and Held 2009). Read from
    19 quantiles, the tenths of a right and narrow distribution still differ by about two points.
    """
    judged = rows.filter(pl.col("seen_day").is_not_null())
    if not judged.height:
        return [0] * bins
    days, seen = quantile_days(judged), judged["seen_day"].to_numpy().astype(np.int64)
    low, high = _share_by(days, seen - 1)[:, None], _share_by(days, seen)[:, None]
    # before the first quantile or after the last nothing finer is known than that
    is_outside = high <= low
    half = 0.5 / (days.shape[1] + 1)
    low, high = np.where(is_outside, low - half, low), np.where(is_outside, high + half, high)
    filled = np.clip((np.linspace(0, 1, bins + 1) - low) / (high - low), 0, 1)
    return [_ppm(share) for share in np.diff(filled, axis=1).mean(axis=0)]


def _share_by(quantiles: Ints, day: Ints) -> Floats:
    """Return P(paid by the day), read between the quantiles on a straight line.

    A quantile is the first day that reaches its level, so that day holds half a day's share more.
    """
    rows, cells = np.arange(len(day)), quantiles.shape[1] + 1
    passed = (quantiles <= day[:, None]).sum(axis=1)
    before = quantiles[rows, np.maximum(passed - 1, 0)]
    after = quantiles[rows, np.minimum(passed, cells - 2)]
    inside = (day - before + 0.5) / np.maximum(after - before, 1)
    is_outside = (passed == 0) | (passed == cells - 1)
    return np.asarray((passed + np.where(is_outside, 0.5, np.minimum(inside, 1))) / cells)


def segments(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield all rows, those of each length of history and of each currency; none empty."""
    parts = [("all", rows)]
    number = pl.col("history_items")
    borders = [least for least, _ in HISTORY_SEGMENTS[1:]]
    for (least, name), above in zip(HISTORY_SEGMENTS, [*borders, None], strict=True):
        own = number >= least
        parts.append((name, rows.filter(own if above is None else own & (number < above))))
    currencies = rows["currency"].unique().sort()
    parts.extend((name, rows.filter(pl.col("currency") == name)) for name in currencies)
    return ((name, part) for name, part in parts if part.height)


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A rising step-free curve from told to corrected chance, with what it gains on later rows.

    `before_ppm` and `after_ppm` are Brier scores on the later half, the curve fitted on the
    earlier half; `is_better` says whether it should be used. The shipped curve is fitted on all.
    """

    told: tuple[float, ...]
    corrected: tuple[float, ...]
    items: int
    before_ppm: int
    after_ppm: int

    @property
    def is_better(self) -> bool:
        """The curve lowered the error on rows it had not seen."""
        return self.after_ppm < self.before_ppm

    def apply(self, chance: Floats) -> Floats:
        """Return the corrected chances; between the known points on a straight line."""
        return np.asarray(np.interp(chance, self.told, self.corrected), np.float64)


def recalibration(rows: pl.DataFrame) -> Recalibration | None:
    """Return an isotonic correction of P(late), or nothing below LEAST_MATURED matured rows.

    Isotonic regression (Zadrozny and Elkan 2002). It changes P(late) alone, not the curve, so
    it is offered, never applied by itself.
    """
    judged = rows.filter(pl.col("is_late_0").is_not_null()).sort("as_of_day", "item_id")
    if judged.height < LEAST_MATURED:
        return None
    truth, chance = late_truth(judged, 0)
    # a day is never split: predictions of one day share their outcomes' causes
    days = judged["as_of_day"].to_numpy()
    is_early = days < np.sort(days)[judged.height // 2]
    is_late = ~is_early
    before = after = brier(truth[is_late], chance[is_late])
    if is_early.any():
        told, corrected = _isotonic(truth[is_early], chance[is_early])
        after = brier(truth[is_late], np.interp(chance[is_late], told, corrected))
    told, corrected = _isotonic(truth, chance)
    return Recalibration(
        told=tuple(told.tolist()),
        corrected=tuple(corrected.tolist()),
        items=judged.height,
        before_ppm=_ppm(before),
        after_ppm=_ppm(after),
    )


def _isotonic(truth: Flags, chance: Floats) -> tuple[Floats, Floats]:
    """Return the points of the rising fit: one per block, at the block's mean chance."""
    distinct, place = np.unique(chance, return_inverse=True)
    weight = np.bincount(place).astype(np.float64)
    share = np.bincount(place, weights=truth) / weight
    fit = isotonic_regression(share, weights=weight)
    starts = fit.blocks[:-1]
    mass = np.add.reduceat(weight, starts)
    told = np.add.reduceat(weight * distinct, starts) / mass
    return told, np.asarray(fit.x[starts], np.float64)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _ppm_or_none(share: float) -> int | None:
    return None if np.isnan(share) else _ppm(share)


def _ppm(share: float) -> int:
    return int(np.floor(share * PPM + 0.5))
