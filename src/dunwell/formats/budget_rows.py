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
from dunwell.formats.table import read_tables
from dunwell.formats.words import plain_words

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 2_000
DSO = "dso"
SHEET = "Budget"
"""The sheet that is read of a workbook with several; without it the first."""
LOOK_AT = 20
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
    header, rows = _opened(content, name)
    places = {
        field: at
        for at, text in reversed(list(enumerate(header)))
        for field, words in COLUMNS.items()
        if plain_words(text) in words.split("|")
    }
    found = {at: on for at, text in enumerate(header) if (on := _month(text)) in months}
    if not found:
        raise BudgetFileError(
            f"{name}: no column is one of the months {months[0]:%Y-%m} to {months[-1]:%Y-%m}."
        )
    lines: dict[LineKey, int] = {}
    problems: list[str] = []
    for number, cells in rows:
        told = {field: cells[at].strip() for field, at in places.items()}
        texts = {(header[at], on): cells[at].strip() for at, on in found.items() if on}
        if any(told.values()):
            _take(lines, told, texts, f"row {number}", currency, problems)
    return BudgetFile(lines=lines, problems=tuple(problems))


def _opened(content: bytes, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the numbered rows after it; the header is the row that says Figure."""
    if len(content) > MOST_BYTES:
        raise BudgetFileError(f"{name}: it has more than {MOST_BYTES // 1024**2} MB.")
    try:
        tables = read_tables(content, name=name)
    except TableError as refusal:
        raise BudgetFileError(str(refusal)) from refusal
    table = next((one for one in tables if one.part == SHEET), tables[0])
    if table.cells.height > MOST_LINES:
        lines = table.cells.height
        raise BudgetFileError(f"{name}: it has {lines} lines; at most {MOST_LINES} fit.")
    rows = [
        (int(number), [cell or "" for cell in cells])
        for number, cells in zip(table.rows, table.cells.iter_rows(), strict=True)
    ]
    # months look like data: the header may stand among the rows
    for at, header in enumerate([table.cells.columns, *(cells for _, cells in rows[:LOOK_AT])]):
        if any(plain_words(text) in COLUMNS["figure"].split("|") for text in header):
            return [text.strip() for text in header], rows[at:]
    raise BudgetFileError(
        f"{name}: no column is called Figure. Take the template of the budget and fill it in."
    )


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
