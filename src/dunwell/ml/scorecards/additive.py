"""A model that is a sum: one table per input, in log-odds of staying good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dunwell.ml.history import Floats, Ints
from dunwell.ml.scorecards.samples import UNKNOWN, Category, Inputs, Sample, UnusableSample


@dataclass(frozen=True, slots=True)
class NumberTable:
    """What each stretch of a number is worth: stretch i ends with edges[i], the last is open."""

    edges: Floats
    worth: Floats
    missing: float

    def place(self, values: Floats) -> Ints:
        """Return the stretch of each value; a missing one has the number after the last."""
        found = np.searchsorted(self.edges, values, side="left")
        return np.where(np.isnan(values), len(self.worth), found).astype(np.int64)

    def worths(self) -> Floats:
        """Return the worth by place."""
        return np.append(self.worth, self.missing)


@dataclass(frozen=True, slots=True)
class CategoryTable:
    """What each group of texts is worth; `other` for a text that is in no group."""

    groups: tuple[tuple[str, ...], ...]
    worth: Floats
    other: float
    missing: float

    def place(self, column: Category) -> Ints:
        """Return the group of each row; then come `other` and missing."""
        number = {text: place for place, group in enumerate(self.groups) for text in group}
        of_level = [number.get(level, len(self.groups)) for level in column.levels]
        found = np.asarray([*of_level, len(self.groups) + 1], np.int64)
        # code UNKNOWN is -1, which is the last place
        return found[np.where(column.codes == UNKNOWN, len(of_level), column.codes)]

    def worths(self) -> Floats:
        """Return the worth by place."""
        return np.append(self.worth, [self.other, self.missing])


Table = NumberTable | CategoryTable


@dataclass(frozen=True, slots=True)
class AdditiveModel:
    """Log-odds of staying good = `base` + the worth of every input."""

    base: float
    tables: Mapping[str, Table]

    def worth(self, inputs: Inputs, name: str) -> Floats:
        """Return what one input is worth in each row."""
        table = self.tables[name]
        return table.worths()[placed(table, inputs[name])]

    def log_odds(self, inputs: Inputs) -> Floats:
        """Return the log-odds of staying good, row by row."""
        rows = _height(inputs)
        found = np.full(rows, self.base)
        for name in self.tables:
            found += self.worth(inputs, name)
        return found


def tallied(place: Ints, mass: Floats, size: int) -> Floats:
    """Return the mass that lies in each place."""
    return np.bincount(place, mass, size).astype(np.float64)


def placed(table: Table, column: Floats | Category) -> Ints:
    """Return the place of every row of a column in its table."""
    if isinstance(table, CategoryTable) and isinstance(column, Category):
        return table.place(column)
    if isinstance(table, NumberTable) and not isinstance(column, Category):
        return table.place(column)
    raise UnusableSample(
        "A column is read as texts here and as numbers where it was learned; make them alike."
    )


def mean_model(models: Sequence[AdditiveModel]) -> AdditiveModel:
    """Return the mean of additive models, which is additive again."""
    share = 1 / len(models)
    names = dict.fromkeys(name for model in models for name in model.tables)
    return AdditiveModel(
        base=share * sum(model.base for model in models),
        tables={
            name: _mean_table([model.tables.get(name) for model in models], share)
            for name in names
        },
    )


def centred(model: AdditiveModel, learned: Sample) -> AdditiveModel:
    """Return the model with every table worth 0 on average of the sample; the sum is the same."""
    base, tables = model.base, {}
    for name, table in model.tables.items():
        mean = float(np.average(model.worth(learned.inputs, name), weights=learned.weight))
        base += mean
        tables[name] = shifted(table, -mean)
    return AdditiveModel(base=base, tables=tables)


def shifted(table: Table, by: float) -> Table:
    """Return the table with something added to every worth."""
    moved = replace(table, worth=table.worth + by, missing=table.missing + by)
    return replace(moved, other=moved.other + by) if isinstance(moved, CategoryTable) else moved


def _mean_table(tables: Sequence[Table | None], share: float) -> Table:
    numbers = [table for table in tables if isinstance(table, NumberTable)]
    if numbers:
        edges = np.unique(np.concatenate([table.edges for table in numbers]))
        # a point inside each stretch, the last one beyond every edge
        inside = np.append(edges, np.inf)
        worth = share * sum(table.worth[table.place(inside)] for table in numbers)
        missing = share * sum(table.missing for table in numbers)
        return NumberTable(edges=edges, worth=np.asarray(worth), missing=missing)
    texts = [table for table in tables if isinstance(table, CategoryTable)]
    levels = sorted({text for table in texts for group in table.groups for text in group})
    column = Category(levels=tuple(levels), codes=np.arange(len(levels), dtype=np.int64))
    worth = share * sum(table.worths()[table.place(column)] for table in texts)
    return CategoryTable(
        groups=tuple((level,) for level in levels),
        worth=np.asarray(worth),
        other=share * sum(table.other for table in texts),
        missing=share * sum(table.missing for table in texts),
    )


def _height(inputs: Inputs) -> int:
    first = next(iter(inputs.values()))
    return len(first.codes) if isinstance(first, Category) else len(first)
