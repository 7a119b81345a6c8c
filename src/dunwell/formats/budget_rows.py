"""A budget as CSV or XLSX: a line a figure and slice, a column a month; exports are read too.

Months stand in the column names (2026-01). Amounts are in whole units of the budget's currency,
DSO in days.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.engine.money import from_minor, to_minor
from dunwell.formats.exports import Value
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 2_000
DSO = "dso"
LEAD = ("Figure", "Slice", "Name")
"""The columns before the months."""
FIGURES: Mapping[str, str] = {
    "sales": "sales|revenue|turnover|umsatz|umsatzerlose",
    "cash_in": "cash in|cash|collections|receipts|zahlungseingang|zahlungseingange",
    "dso": "dso|days sales outstanding|forderungslaufzeit",
    "overdue": "overdue|overdue at month end|uberfallig|uberfallige forderungen",
    "write_offs": "write offs|write off|abschreibungen|ausbuchungen",
    "bad_debt": "bad debt|bad debt expense|forderungsausfall|forderungsausfalle",
    "cost_to_collect": "cost to collect|collection cost|inkassokosten|mahnkosten",
}
SLICES: Mapping[str, str] = {
    "": "|company|total|all|gesamt|firma|unternehmen",
    "segment": "segment",
    "collector": "collector|sachbearbeiter|bearbeiter",
}
COLUMNS = {
    "figure": "figure|kennzahl",
    "slice": "slice|dimension|ebene|schnitt",
    "name": "name|key",
}
MONTH = re.compile(r"(\d{4})[-/. ]?(\d{1,2})|(\d{1,2})[-/.](\d{4})")

LineKey = tuple[date, str, str, str]
"""First day of the month, figure, dimension, key."""


class BudgetFileError(ValueError):
    """A file that is no budget: what, where, what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetFile:
    """The lines of a file, and what was wrong with cells; with problems nothing is taken."""

    lines: Mapping[LineKey, int]
    problems: tuple[str, ...]


def read_budget(content: bytes, name: str, *, months: Sequence[date], currency: str) -> BudgetFile:
    """Return the lines of a file for the months of a budget; empty cells are no line.

    Raises BudgetFileError for a file that is no table of figures, or names none of the months.
    """
    table = _opened(content, name)
    cells = table.cells
    places = {
        field: column
        for column in reversed(cells.columns)
        for field, words in COLUMNS.items()
        if plain_words(column) in words.split("|")
    }
    if "figure" not in places:
        raise BudgetFileError(
            f"{name}: no column is called Figure. Take the template of the budget and fill it in."
        )
    told_months = {column: _month(column) for column in cells.columns}
    found = {column: on for column, on in told_months.items() if on is not None and on in months}
    if not found:
        raise BudgetFileError(
            f"{name}: no column is one of the months {months[0]:%Y-%m} to {months[-1]:%Y-%m}."
        )
    lines: dict[LineKey, int] = {}
    problems: list[str] = []
    for at, row in enumerate(cells.iter_rows(named=True)):
        told = {field: (row[column] or "").strip() for field, column in places.items()}
        texts = {(column, on): (row[column] or "").strip() for column, on in found.items()}
        _take(lines, told, texts, f"row {int(table.rows[at])}", currency, problems)
    return BudgetFile(lines=lines, problems=tuple(problems))


def _opened(content: bytes, name: str) -> Table:
    if len(content) > MOST_BYTES:
        raise BudgetFileError(f"{name}: it has more than {MOST_BYTES // 1024**2} MB.")
    try:
        table = read_table(content, name=name)
    except TableError as refusal:
        raise BudgetFileError(str(refusal)) from refusal
    if table.cells.height > MOST_LINES:
        lines = table.cells.height
        raise BudgetFileError(f"{name}: it has {lines} lines; at most {MOST_LINES} fit.")
    return table


def _take(
    lines: dict[LineKey, int],
    told: Mapping[str, str],
    texts: Mapping[tuple[str, date], str],
    place: str,
    currency: str,
    problems: list[str],
) -> None:
    """Add the values of one row to the lines, or say what is wrong with them."""
    slice_of = _slice(told, place, problems)
    if slice_of is None:
        return
    for (column, on), text in texts.items():
        where = f"{place}, {column}"
        value = _value(text, slice_of[0], currency, where, problems)
        if value is None:
            continue
        if (on, *slice_of) in lines:
            problems.append(f"{where}: this figure stands in the file twice.")
        lines[on, *slice_of] = value


def budget_columns(months: Sequence[date]) -> list[str]:
    """Return the header of a budget's file."""
    return [*LEAD, *(f"{month:%Y-%m}" for month in months)]


def budget_file_rows(
    lines: Mapping[LineKey, int], *, months: Sequence[date], currency: str
) -> Iterable[list[Value]]:
    """Return the rows of a budget's file: the company's figures first, each of them always."""
    slices = [(figure, "", "") for figure in FIGURES]
    more = {(figure, dimension, key) for _, figure, dimension, key in lines if dimension}
    order = list(FIGURES)
    slices += sorted(more, key=lambda one: (one[1], one[2], order.index(one[0])))
    for figure, dimension, key in slices:
        values = (lines.get((month, figure, dimension, key)) for month in months)
        yield [figure, dimension, key, *(shown(figure, value, currency) for value in values)]


def shown(figure: str, value: int | None, currency: str) -> Decimal | None:
    """Return a line's value as people write it: whole units, days."""
    if value is None:
        return None
    return Decimal(value).scaleb(-2) if figure == DSO else from_minor(value, currency)


def typed_value(text: str, figure: str, currency: str) -> int:
    """Return typed text with a decimal point as a line's value.

    Raises ValueError with a sentence: no number, below 0, finer than the currency.
    """
    try:
        amount = Decimal(text.replace(" ", "").replace("'", ""))
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]!r} is no number; write it like 1234.50") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text[:40]!r} is below 0 or no number")
    if figure != DSO:
        return to_minor(amount, currency)
    days = amount.scaleb(2)
    if days != days.to_integral_value() or amount > 10_000:  # noqa: PLR2004  days of 27 years
        raise ValueError(f"{text[:40]!r} is no number of days with at most two decimals")
    return int(days)


def _slice(
    told: Mapping[str, str], place: str, problems: list[str]
) -> tuple[str, str, str] | None:
    figure = _word(FIGURES, told["figure"])
    dimension = _word(SLICES, told.get("slice", ""))
    key = told.get("name", "").removeprefix("'")
    if not figure:
        problems.append(f"{place}: {told['figure'][:40]!r} is no figure of a budget.")
        return None
    if dimension is None or bool(dimension) != bool(key):
        problems.append(f"{place}: a slice is a segment or a collector with its name, or empty.")
        return None
    return figure, dimension, key[:150]


def _word(words: Mapping[str, str], text: str) -> str | None:
    wanted = plain_words(text)
    return next(
        (name for name, told in words.items() if wanted in told.split("|") or text == name), None
    )


def _month(column: str) -> date | None:
    match = MONTH.fullmatch(column.strip()[:10].removesuffix("-01") if len(column) > 7 else column)  # noqa: PLR2004
    if match is None:
        return None
    year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
    return date(int(year), int(month), 1) if 1 <= int(month) <= 12 and int(year) else None  # noqa: PLR2004


def _value(text: str, figure: str, currency: str, place: str, problems: list[str]) -> int | None:
    if not text:
        return None
    try:
        return typed_value(text, figure, currency)
    except ValueError as error:
        problems.append(f"{place}: {error}.")
        return None
