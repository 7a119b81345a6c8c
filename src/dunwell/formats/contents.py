"""What a column holds, judged from a sample of its cells: dates, amounts, names, codes, flags."""

from dataclasses import dataclass

import polars as pl

from dunwell.formats.amounts import amount_parts
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.dates import read_days
from dunwell.formats.grid import Table

SAMPLE = 400
NEARLY_ALL = 0.8
FLAGS = (
    "yes",
    "no",
    "y",
    "n",
    "true",
    "false",
    "0",
    "1",
    "ja",
    "nein",
    "j",
    "oui",
    "non",
    "o",
    "si",
    "sí",
    "s",
    "x",
    "wahr",
    "falsch",
    "vrai",
    "faux",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """Shares (0 to 1) of the filled sample cells that read as each kind; `filled` of all rows."""

    filled: int
    dates: float
    amounts: float
    decimals: float
    currencies: float
    emails: float
    names: float
    flags: float

    @property
    def kind(self) -> str:
        """Return the plainest word for the content."""
        for word, share in (
            ("empty", float(not self.filled)),
            ("dates", self.dates),
            ("currency codes", self.currencies),
            ("e-mail addresses", self.emails),
            ("numbers", self.amounts),
        ):
            if share >= NEARLY_ALL:
                return word
        return "text"


def contents(table: Table, column: str) -> Contents:
    """Return what a column of the table holds, from its first filled cells and spread ones."""
    cells = table.cells.get_column(column)
    filled = cells.drop_nulls()
    if filled.len() > SAMPLE:
        step = filled.len() // (SAMPLE // 2)
        filled = pl.concat([filled.head(SAMPLE // 2), filled.gather_every(step)])
    total = max(1, filled.len())
    is_typed_day = column in table.days and table.days[column].null_count() < total
    text = pl.col("text")
    dates = 0 if is_typed_day else _dates(filled)
    core = amount_parts(filled).get_column("core")
    counted = (
        filled.alias("text")
        .to_frame()
        .select(
            text.str.to_uppercase().is_in(list(ISO_CODES)).sum().alias("currencies"),
            text.str.contains(r"^[^@\s]+@[^@\s]+\.[^@\s]+$").sum().alias("emails"),
            (text.str.contains(r"\p{L}{2}") & ~text.str.contains(r"^\S*\d\S*$"))
            .sum()
            .alias("names"),
            text.str.to_lowercase().is_in(list(FLAGS)).sum().alias("flags"),
        )
        .row(0)
    )
    return Contents(
        filled=cells.len() - cells.null_count(),
        dates=1.0 if is_typed_day else dates / total,
        amounts=int(core.str.contains(r"^[\d][\d.,' \u00a0\u202f\u2019]*$|^[.,]\d+$").sum())
        / total,
        decimals=int(core.str.contains(r"[.,]\d{1,2}$").sum()) / total,
        currencies=int(counted[0]) / total,
        emails=int(counted[1]) / total,
        names=int(counted[2]) / total,
        flags=int(counted[3]) / total,
    )


def _dates(filled: pl.Series) -> int:
    """Return how many cells are dates with one order of day and month for all of them."""
    if not filled.str.contains(r"^.{0,12}\d.{3,}$").any():
        return 0
    found = [
        int(read_days(filled, order=order).get_column("problem").is_null().sum())
        for order in ("dmy", "mdy")
    ]
    return max(found)
