"""What a column holds, judged from a sample of its cells: dates, amounts, names, codes."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from dunwell.formats.amounts import amount_parts
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.dates import read_days
from dunwell.formats.grid import Table

SAMPLE = 400
NEARLY_ALL = 0.8


@dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """Shares (0 to 1) of the filled sample cells that read as each kind; `filled` of all rows.

    A share is worked out when it is first asked for: most columns are told by name, and what
    their cells hold decides nothing.
    """

    filled: int
    sample: pl.Series
    is_typed_day: bool

    @cached_property
    def dates(self) -> float:
        """Return the share of dates."""
        return 1.0 if self.is_typed_day else _dates(self.sample) / self._total

    @cached_property
    def amounts(self) -> float:
        """Return the share of amounts."""
        written = r"^[\d][\d.,' \u00a0\u202f\u2019]*$|^[.,]\d+$"
        return self._share(self._cores.str.contains(written))

    @cached_property
    def decimals(self) -> float:
        """Return the share of amounts with one or two decimals."""
        return self._share(self._cores.str.contains(r"[.,]\d{1,2}$"))

    @cached_property
    def currencies(self) -> float:
        """Return the share of currency codes."""
        return self._share(self.sample.str.to_uppercase().is_in(list(ISO_CODES)))

    @cached_property
    def emails(self) -> float:
        """Return the share of e-mail addresses."""
        return self._share(self.sample.str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"))

    @cached_property
    def names(self) -> float:
        """Return the share of words, as of a name."""
        text = self.sample.str
        return self._share(text.contains(r"\p{L}{2}") & ~text.contains(r"^\S*\d\S*$"))

    @property
    def kind(self) -> str:
        """Return the plainest word for the content."""
        if not self.filled:
            return "empty"
        if self.dates >= NEARLY_ALL:
            return "dates"
        if self.currencies >= NEARLY_ALL:
            return "currency codes"
        if self.emails >= NEARLY_ALL:
            return "e-mail addresses"
        if self.amounts >= NEARLY_ALL:
            return "numbers"
        return "text"

    @cached_property
    def _cores(self) -> pl.Series:
        return amount_parts(self.sample).get_column("core")

    @property
    def _total(self) -> int:
        return max(1, self.sample.len())

    def _share(self, found: pl.Series) -> float:
        return int(found.sum()) / self._total


def contents(table: Table, column: str) -> Contents:
    """Return what a column of the table holds, from its first filled cells and spread ones."""
    cells = table.cells.get_column(column)
    filled = cells.drop_nulls()
    if filled.len() > SAMPLE:
        step = filled.len() // (SAMPLE // 2)
        filled = pl.concat([filled.head(SAMPLE // 2), filled.gather_every(step)])
    total = max(1, filled.len())
    return Contents(
        filled=cells.len() - cells.null_count(),
        # copied, since a cut of a column keeps the whole column in memory
        sample=pl.Series(column, filled.to_list(), dtype=filled.dtype),
        is_typed_day=column in table.days and table.days[column].null_count() < total,
    )


def _dates(filled: pl.Series) -> int:
    """Return how many cells are dates with one order of day and month for all of them."""
    if not filled.str.contains(r"^.{0,12}\d.{3,}$").any():
        return 0
    most = 0
    for order in ("dmy", "mdy"):
        found = int(read_days(filled, order=order).get_column("problem").is_null().sum())
        most = max(most, found)
        if most == filled.len():
            break
    return most
