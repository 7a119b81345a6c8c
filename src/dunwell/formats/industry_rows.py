"""Figures of industries as CSV or XLSX: one row a figure; a wrong row is told, none is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.formats.findings import TableError
from dunwell.formats.table import read_table

COLUMNS = ("kpi", "value", "industry", "region", "period", "source", "published_on")
"""Columns of the file, all needed; the unit is the one of the KPI's catalogue."""

MOST_BYTES = 1024 * 1024
MOST_ROWS = 1_000
LONGEST = {"industry": 80, "region": 80, "period": 40, "source": 300}
LARGEST = 10**12
DECIMALS = 4


class IndustryFileError(ValueError):
    """A file that is no table of figures: what, where, what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndustryRow:
    """One figure of a file; `value` is decimal text as it is kept."""

    kpi: str
    value: str
    industry: str
    region: str
    period: str
    source: str
    published_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class IndustryFile:
    """The rows of a file, and what was wrong with others; with problems nothing is taken."""

    rows: tuple[IndustryRow, ...]
    problems: tuple[str, ...]


def read_industry_figures(content: bytes, name: str) -> IndustryFile:
    """Return the rows of a CSV or XLSX with the columns COLUMNS.

    Raises IndustryFileError for a file that is no table, lacks a column or is too large.
    """
    if len(content) > MOST_BYTES:
        raise IndustryFileError(f"{name}: it has more than {MOST_BYTES // 1024**2} MB.")
    try:
        table = read_table(content, name=name)
    except TableError as refusal:
        raise IndustryFileError(str(refusal)) from refusal
    cells = table.cells
    places = {column.strip().lower(): column for column in cells.columns}
    missing = [column for column in COLUMNS if column not in places]
    if missing:
        raise IndustryFileError(
            f"{name}: the column {missing[0]} is missing. The first row names the columns: "
            f"{', '.join(COLUMNS)}."
        )
    if cells.height > MOST_ROWS:
        raise IndustryFileError(f"{name}: it has {cells.height} rows; at most {MOST_ROWS} fit.")
    rows: list[IndustryRow] = []
    problems: list[str] = []
    for at, row in enumerate(cells.iter_rows(named=True)):
        told = {field: (row[places[field]] or "").strip() for field in COLUMNS}
        try:
            rows.append(_row(told))
        except ValueError as error:
            problems.append(f"row {int(table.rows[at])}: {error}.")
    return IndustryFile(rows=tuple(rows), problems=tuple(problems))


def _row(told: Mapping[str, str]) -> IndustryRow:
    for field, most in LONGEST.items():
        if not told[field]:
            raise ValueError(f"{field} is empty")
        if len(told[field]) > most:
            raise ValueError(f"{field} is longer than {most} characters")
    try:
        published_on = date.fromisoformat(told["published_on"])
    except ValueError as error:
        raise ValueError("write published_on as 2026-03-31") from error
    return IndustryRow(
        kpi=told["kpi"],
        value=figure_text(told["value"]),
        industry=told["industry"],
        region=told["region"],
        period=told["period"],
        source=told["source"],
        published_on=published_on,
    )


def figure_text(text: str) -> str:
    """Return typed text as decimal text; raise ValueError with a sentence for no such number."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]!r} is no number; write it like 54.2") from error
    if not value.is_finite() or abs(value) > LARGEST:
        raise ValueError(f"{text[:40]!r} is no number a figure can have")
    if value != round(value, DECIMALS):
        raise ValueError(f"{text[:40]!r} has more than {DECIMALS} decimals")
    return format(value.normalize(), "f")
