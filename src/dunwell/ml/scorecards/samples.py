"""What a scorecard learns from: inputs, whether it went bad, and how much each row counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from dunwell.ml.history import Floats, Ints
from dunwell.ml.metrics import Flags

UNKNOWN = -1
"""Code of a category that is missing."""

MOST_LEVELS = 200
"""A text with more different values than this is a name, not a category."""


class UnusableSample(ValueError):
    """The table cannot teach a scorecard; the message says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Category:
    """A column of texts: the different values in order, and the place of each row's (-1 none)."""

    levels: tuple[str, ...]
    codes: Ints


Inputs = Mapping[str, Floats | Category]
"""Columns by name: numbers (nan is missing) or categories."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows with their inputs, the outcome and a weight; all columns are of one length."""

    inputs: Inputs
    is_bad: Flags
    weight: Floats

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.is_bad)

    def rows(self, chosen: Ints) -> Self:
        """Return the sample of the chosen rows."""
        return type(self)(
            inputs={name: taken(column, chosen) for name, column in self.inputs.items()},
            is_bad=self.is_bad[chosen],
            weight=self.weight[chosen],
        )

    def only(self, names: Sequence[str]) -> Self:
        """Return the sample with those inputs alone."""
        return type(self)(
            inputs={name: self.inputs[name] for name in names},
            is_bad=self.is_bad,
            weight=self.weight,
        )


def taken(column: Floats | Category, chosen: Ints) -> Floats | Category:
    """Return the chosen rows of a column."""
    if isinstance(column, Category):
        return Category(levels=column.levels, codes=column.codes[chosen])
    return column[chosen]


def sample(
    table: pl.DataFrame, *, target: str, bad: str, leave_out: Collection[str] = ()
) -> Sample:
    """Return a table as a sample; a row is bad where column `target` reads `bad`.

    Numbers, flags and whole numbers stay numbers; texts are categories. Columns with one value,
    and those in `leave_out`, are no inputs. Raises UnusableSample naming what is wrong.
    """
    if target not in table.columns:
        raise UnusableSample(
            f"There is no column {target!r}; the columns are {', '.join(table.columns)}."
        )
    told = table[target]
    if told.null_count():
        raise UnusableSample(
            f"Column {target!r} is empty in {told.null_count()} rows; "
            "leave out rows whose outcome is not known."
        )
    is_bad = np.asarray([same(value, bad) for value in told.to_list()], np.bool_)
    if not is_bad.any() or is_bad.all():
        found = ", ".join(sorted(str(value) for value in told.unique().to_list())[:8])
        share = "no" if not is_bad.any() else "every"
        raise UnusableSample(
            f"In {share} row does column {target!r} read {bad!r}; it holds {found}."
        )
    dropped = {target, *leave_out}
    inputs = inputs_of(table.select([name for name in table.columns if name not in dropped]))
    varied = {name: column for name, column in inputs.items() if _varies(column)}
    if not varied:
        raise UnusableSample("No column besides the outcome holds more than one value.")
    return Sample(inputs=varied, is_bad=is_bad, weight=np.ones(len(is_bad)))


def inputs_of(table: pl.DataFrame) -> Inputs:
    """Return the columns of a table as numbers or categories; raise UnusableSample for others."""
    return {name: _column(table[name]) for name in table.columns}


def same(value: object, told: str) -> bool:
    """Return whether a cell reads as told: `1`, `1.0` and true are one outcome."""
    if isinstance(value, bool):
        return told.lower() in {str(value).lower(), str(int(value))}
    if isinstance(value, int | float):
        try:
            return float(value) == float(told)
        except ValueError:
            return False
    return str(value) == told


def _column(values: pl.Series) -> Floats | Category:
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        numbers = values.cast(pl.Float64).to_numpy().astype(np.float64)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    if values.dtype in (pl.String, pl.Categorical):
        texts = [text if text else None for text in values.cast(pl.String).to_list()]
        levels = tuple(sorted({text for text in texts if text is not None}))
        if len(levels) > MOST_LEVELS:
            raise UnusableSample(
                f"Column {values.name!r} holds {len(levels)} different texts; "
                f"leave it out, or group it into at most {MOST_LEVELS}."
            )
        place = {level: number for number, level in enumerate(levels)}
        codes = [UNKNOWN if text is None else place[text] for text in texts]
        return Category(levels=levels, codes=np.asarray(codes, np.int64))
    raise UnusableSample(
        f"Column {values.name!r} holds {values.dtype}; a scorecard reads numbers and texts."
    )


def _varies(column: Floats | Category) -> bool:
    if isinstance(column, Category):
        return len(np.unique(column.codes)) > 1
    known = column[~np.isnan(column)]
    return len(known) > 0 and (len(known) < len(column) or bool((known != known[0]).any()))
