"""Has the world moved away from the model: its inputs, its calibration, its exactness.

Three views. PSI compares the inputs with those it was trained on. Trailing calibration,
coverage and CRPS look at matured predictions. `ml.paid_watch` sums up paid less expected week
by week. An alarm is raised only where chance and a customer's runs do not explain the number.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import chdtri

from dunwell.ml.calibration import RANGE, crps_days, late_truth, reliability
from dunwell.ml.cash_spread import RUNS
from dunwell.ml.estimates import clustered_error
from dunwell.ml.history import Floats, Ints, codes
from dunwell.ml.metrics import calibration_error

PPM = 1_000_000
BINS = 10
MOST_VALUES = 20
"""A text input is compared by its most frequent values; the others count as one."""

STABLE_PPM, WATCH_PPM = 100_000, 250_000
"""PSI below 0.1 is stable, below 0.25 worth a look (Siddiqi 2006)."""

CHANCE = 0.01
"""A PSI that equal samples exceed this often is not shown as a shift."""

TRAILING_DAYS = 56
"""Calibration, coverage and CRPS look at predictions made in so many days."""

PSI: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "psi_ppm": pl.Int64,
    "chance_ppm": pl.Int64,
    "verdict": pl.String,
}
"""Columns of `psi`. `chance_ppm`: what equal samples of this size exceed once in a hundred
times; `verdict`: stable, watch or shifted."""

TRAILING: dict[str, type[pl.DataType]] = {
    "as_of_day": pl.Int32,
    "items": pl.Int64,
    "customers": pl.Int64,
    "ece_ppm": pl.Int64,
    "ece_limit_ppm": pl.Int64,
    "covered_ppm": pl.Int64,
    "covered_limit_ppm": pl.Int64,
    "crps_days": pl.Float64,
    "crps_error_days": pl.Float64,
}
"""Columns of `trailing`; the limits are what a right model crosses about once in a hundred
looks, empty where no answer is known."""


@dataclass(frozen=True, slots=True)
class InputBins:
    """How one input was spread in training: borders or values, and the rows in each bin.

    A number x lies in bin i when borders[i - 1] < x <= borders[i]; text in the bin of its
    value. One more bin holds other values and one the empty ones.
    """

    code: str
    borders: tuple[float, ...]
    values: tuple[str, ...]
    counts: tuple[int, ...]


Reference = tuple[InputBins, ...]
"""The inputs of the training sample; stored with the model."""


def reference(features: pl.DataFrame) -> Reference:
    """Return the bins of every column: tenths of a number, values of a text or flag."""
    return tuple(_input_bins(features[name]) for name in features.columns)


def reference_from(stored: Iterable[dict[str, object]]) -> Reference:
    """Return the reference from plain data, as `reference_data` gave it."""
    return tuple(
        InputBins(
            code=str(one["code"]),
            borders=tuple(float(str(border)) for border in _listed(one["borders"])),
            values=tuple(str(value) for value in _listed(one["values"])),
            counts=tuple(int(str(count)) for count in _listed(one["counts"])),
        )
        for one in stored
    )


def reference_data(bins: Reference) -> list[dict[str, object]]:
    """Return the reference as plain data for JSON."""
    return [
        {
            "code": one.code,
            "borders": list(one.borders),
            "values": list(one.values),
            "counts": list(one.counts),
        }
        for one in bins
    ]


def psi(
    bins: Reference, features: pl.DataFrame, *, a_year_ago: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return how far each input moved from the reference, columns PSI, in the reference's order.

    PSI = sum of (q - p) ln(q / p) over the bins, half a row added to each. With `a_year_ago`
    (the same inputs in the same season) the smaller of the two distances counts, so a season
    that returns every year is not a shift. Raises ValueError naming a column that is missing.
    """
    rows = []
    for one in bins:
        if one.code not in features.columns:
            raise ValueError(f"input {one.code} is missing: compare what the model is asked with")
        now = _counts(one, features[one.code])
        before = [np.asarray(one.counts, np.int64)]
        if a_year_ago is not None and a_year_ago.height:
            before.append(_counts(one, a_year_ago[one.code]))
        value, chance = min(_distance(old, now) for old in before)
        rows.append((one.code, _ppm(value), _ppm(chance), _verdict(value, chance)))
    return pl.DataFrame(rows, schema=PSI, orient="row")


def _input_bins(column: pl.Series) -> InputBins:
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
        tenths = np.linspace(0, 1, BINS + 1)[1:-1]
        found = np.unique(np.quantile(numbers, tenths, method="inverted_cdf"))
        borders: tuple[float, ...] = tuple(found.tolist()) if len(numbers) else ()
        values: tuple[str, ...] = ()
    else:
        borders = ()
        texts = column.cast(pl.String).drop_nulls().value_counts(name="rows")
        kept = texts.sort("rows", column.name, descending=[True, False])[column.name]
        values = tuple(kept.head(MOST_VALUES))
    empty = InputBins(code=column.name, borders=borders, values=values, counts=())
    counts = tuple(_counts(empty, column).tolist())
    return InputBins(code=column.name, borders=borders, values=values, counts=counts)


def _counts(bins: InputBins, column: pl.Series) -> Ints:
    """Return the rows in each bin; the last two bins are other values and empty ones."""
    size = len(bins.borders) + 1 if column.dtype.is_numeric() else len(bins.values)
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_nan(None)
        known = numbers.drop_nulls().to_numpy()
        place = np.searchsorted(np.asarray(bins.borders), known, side="left").astype(np.int64)
        empty = numbers.null_count()
    else:
        numbers_of = {value: place for place, value in enumerate(bins.values)}
        known_texts = column.cast(pl.String).drop_nulls()
        place = np.array([numbers_of.get(text, size) for text in known_texts], np.int64)
        empty = column.null_count()
    return np.append(np.bincount(place, minlength=size + 1), empty).astype(np.int64)


def _distance(before: Ints, now: Ints) -> tuple[float, float]:
    """Return the PSI of two samples and the value that equal ones exceed once in a hundred.

    Bins empty in both say nothing. Under no change PSI / (1/n + 1/m) is about chi-squared with
    a degree of freedom less than there are bins (Yurdakul and Naranjo 2020).
    """
    is_used = (before > 0) | (now > 0)
    if not now.sum() or not before.sum() or is_used.sum() <= 1:
        return 0.0, 0.0
    before, now = before[is_used], now[is_used]
    size = len(before)
    told = (before + 0.5) / (before.sum() + 0.5 * size)
    seen = (now + 0.5) / (now.sum() + 0.5 * size)
    value = float(((seen - told) * np.log(seen / told)).sum())
    both = 1 / float(before.sum()) + 1 / float(now.sum())
    return value, float(chdtri(size - 1, CHANCE)) * both


def _verdict(value: float, chance: float) -> str:
    if value <= chance or value * PPM < STABLE_PPM:
        return "stable"
    return "watch" if value * PPM < WATCH_PPM else "shifted"


def trailing(rows: pl.DataFrame) -> pl.DataFrame:
    """Return calibration, coverage and CRPS as of every prediction day, columns TRAILING.

    `rows` has MATURED; each day looks at the predictions of the TRAILING_DAYS up to it.
    """
    found = []
    for day in rows["as_of_day"].unique().sort():
        part = rows.filter(pl.col("as_of_day").is_between(day - TRAILING_DAYS + 1, day))
        found.append((day, *_trailing(part)))
    return pl.DataFrame(found, schema=TRAILING, orient="row")


def _trailing(rows: pl.DataFrame) -> tuple[object, ...]:
    judged = rows.filter(pl.col("is_late_0").is_not_null())
    seen = rows.filter(pl.col("seen_day").is_not_null())
    ece: tuple[int | None, int | None] = (None, None)
    covered: tuple[int | None, int | None] = (None, None)
    loss: tuple[float | None, float | None] = (None, None)
    if judged.height:
        truth, chance = late_truth(judged, 0)
        error = calibration_error(truth, chance)
        ece = _ppm(error), _ppm(_ece_limit(chance, truth, judged))
    if seen.height:
        low, high = (seen[side].to_numpy() for side in RANGE)
        day = seen["seen_day"].to_numpy()
        inside = ((day >= low) & (day <= high)).astype(np.float64)
        owners, _ = codes(seen["customer_id"])
        reach = 2.33 * float(np.sqrt(0.16 * _run_factor(owners) / seen.height))
        covered = _ppm(float(inside.mean())), _ppm(max(0.8 - reach, 0.0))
        days = crps_days(seen)
        error = clustered_error(days, owners) if owners.max() else 0.0
        loss = float(days.mean()), error
    return (judged.height, rows["customer_id"].n_unique(), *ece, *covered, *loss)


def _run_factor(owners: Ints) -> float:
    """Return how much more a mean varies because a customer's items go together (Kish 1965)."""
    each = np.bincount(owners).astype(np.float64)
    return 1 + RUNS * (float(each @ each) / float(each.sum()) - 1)


def _ece_limit(chance: Floats, truth: np.ndarray, rows: pl.DataFrame) -> float:
    """Return the ECE that a right model of these rows exceeds about once in a hundred times.

    A bin's gap is half-normal: mean 0.8, deviation 0.6 of its own. Ten bins vary together
    through their customers, so the bound is mean + 1.33 deviations of one bin.
    """
    table = reliability(truth, chance)
    told = table["told_ppm"].to_numpy() / PPM
    number = table["items"].to_numpy()
    factor = _run_factor(codes(rows["customer_id"])[0])
    # runs reach across bins: no bin is told better than its share of all customers allows
    deviation = np.sqrt(told * (1 - told) / number * (1 + (factor - 1) * number / number.sum()))
    return float((1.6 * deviation * number).sum() / number.sum())


def _listed(values: object) -> list[object]:
    if not isinstance(values, list):
        raise TypeError(f"a stored reference lists its bins, found {type(values).__name__}")
    return values


def _ppm(share: float) -> int:
    return int(np.floor(share * PPM + 0.5))
