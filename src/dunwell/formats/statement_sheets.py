"""Financial statements from a table (CSV, XLSX): a line per row, a period per column.

The row that names the periods holds years (2024, FY2024) or last days (2024-12-31, 31.12.2024).
Line names are read in English and German. What cannot be told for sure is refused, not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dunwell.engine.financial_statements import Statement
from dunwell.engine.money import minor_digits
from dunwell.formats.amounts import (
    amount_parts,
    decimal_evidence,
    minor_of_numbers,
    minor_of_texts,
)
from dunwell.formats.currencies import SHARED_SYMBOLS, currency_code
from dunwell.formats.financial_figures import FinancialFile, ReadStatement, StatementFileError
from dunwell.formats.findings import TableError
from dunwell.formats.sheet_rows import SheetCell, SheetRows, read_sheet_rows
from dunwell.formats.statement_words import line_named, told_scale

LIMIT_BYTES = 20 * 1024 * 1024
SCALES = (1, 1_000, 1_000_000)
MOST_PERIODS = 40
COSTS = frozenset({"cost_of_sales", "depreciation", "interest"})
"""Lines stated as costs: a table that shows them below 0 shows what is taken off."""

PROBLEMS: Mapping[str, str] = {
    "unreadable_amount": "is no amount",
    "ambiguous_amount": "can be read in two ways; say which sign parts the decimals",
    "too_many_decimals": "has more decimals than the currency allows",
    "too_large_amount": "is larger than this ledger can hold",
}
_YEAR = re.compile(r"(?i)^(?:fy|gj|year|jahr)?\s*((?:19|20)\d{2})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One figure of the table: its line, period, place, text, and number where it is typed."""

    line: str
    period_to: date
    place: str
    text: str
    number: float | None


def read_statement_sheet(
    data: bytes, *, name: str, currency: str, scale: int = 0, decimal: str = ""
) -> FinancialFile:
    """Return the statements of a table, one per column with a period.

    `scale` 0 takes what the file says (`in TEUR`, `in thousands`), else 1; `decimal` is "." or ","
    where the file does not show it. Raises StatementFileError for a file without periods or
    lines, a figure that cannot be read, and a line that stands twice with other figures.
    """
    if len(data) > LIMIT_BYTES:
        raise StatementFileError(f"{name}: is larger than {LIMIT_BYTES // 1024 // 1024} MB.")
    if scale and scale not in SCALES:
        raise StatementFileError(f"{name}: figures may be in 1, 1,000 or 1,000,000, not {scale}.")
    try:
        sheets = read_sheet_rows(data, name=name)
    except TableError as error:
        raise StatementFileError(str(error)) from error
    texts = (cell.text for sheet in sheets for row in sheet.rows for cell in row)
    told = max(map(told_scale, texts), default=0)
    used = scale or told or 1
    cells: list[_Cell] = []
    unread: list[str] = []
    for sheet in sheets:
        _collect(sheet, cells, unread)
    if not cells:
        raise StatementFileError(
            f"{name}: no line of a financial statement with a period was found. Put the names of "
            "the lines into the first column and years or last days into a row above the figures."
        )
    minors = _minors(cells, name=name, currency=currency, scale=used, decimal=decimal)
    notes = [f"Figures are in {used:,} {currency}."] if told and not scale else []
    return _file(cells, minors, currency=currency, scale=used, unread=unread, notes=notes)


def period_end(text: str) -> date | None:
    """Return the last day of the period a heading names, None where it names none."""
    plain = text.strip()
    if found := _YEAR.match(plain):
        return date(int(found[1]), 12, 31)
    try:
        if found := _DAY_FIRST.match(plain):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.match(plain):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            months = {(first, second), (second, first)}
            days = [date(year, month, day) for month, day in months if month <= 12]  # noqa: PLR2004
            return days[0] if len(days) == 1 else None
        return date.fromisoformat(plain)
    except ValueError:
        return None


def year_to(period_to: date) -> date:
    """Return the first day of the year that ends on a day."""
    day = period_to + timedelta(days=1)
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the day after 28 February of a leap year's eve
        return day.replace(year=day.year - 1, day=28)


def _collect(sheet: SheetRows, cells: list[_Cell], unread: list[str]) -> None:
    """Add the figures of one sheet, and the names of rows with figures that no line stands for."""
    periods: dict[int, date] = {}
    for number, row in enumerate(sheet.rows, 1):
        if heads := _heads(row):
            if len(set(heads.values())) != len(heads) or len(heads) > MOST_PERIODS:
                raise StatementFileError(
                    f"{sheet.label}: row {number} names a period twice, or too many."
                )
            periods = heads
            continue
        called = next((cell.text for cell in row[: min(periods, default=1)] if cell.text), "")
        figures = [column for column in periods if column < len(row) and row[column].text]
        if not figures or not called:
            continue
        line = line_named(called)
        if not line:
            unread.append(f"{sheet.label}, row {number}: {called[:80]}")
            continue
        cells += [
            _Cell(
                line=line,
                period_to=periods[column],
                place=f"{sheet.label}, row {number}, column {column + 1}",
                text=row[column].text,
                number=row[column].number,
            )
            for column in figures
        ]


def _heads(row: Sequence[SheetCell]) -> dict[int, date]:
    """Return the periods a row names by their columns; empty where it is a row of figures.

    The row has no line's name before them, and nothing behind the first that is no period.
    """
    heads = {
        column: day
        for column, cell in enumerate(row)
        if column and (day := period_end(cell.text)) is not None
    }
    if not heads or any(line_named(cell.text) for cell in row[: min(heads)]):
        return {}
    behind = sum(bool(cell.text) for cell in row[min(heads) :])
    return heads if behind == len(heads) else {}


def _minors(
    cells: Sequence[_Cell], *, name: str, currency: str, scale: int, decimal: str
) -> list[int]:
    """Return the minor units of each figure, exact, or raise naming the first that has none."""
    digits = minor_digits(currency) + len(str(scale)) - 1
    parts = amount_parts(pl.Series([cell.text for cell in cells], dtype=pl.String))
    untyped = pl.Series([cell.number is None for cell in cells], dtype=pl.Boolean)
    evidence = decimal_evidence(parts.filter(untyped).get_column("core"))
    sign = decimal or evidence.decided()
    if sign == "?":
        raise StatementFileError(
            f"{name}: {evidence.example} can be read with decimals or in thousands. Say which "
            "sign parts the decimals."
        )
    counts = pl.Series([digits] * len(cells), dtype=pl.Int64)
    texts = minor_of_texts(parts, counts, decimal=sign)
    typed = minor_of_numbers(pl.Series([cell.number for cell in cells], dtype=pl.Float64), counts)
    found: list[int] = []
    marks = parts.get_column("mark").to_list()
    for at, cell in enumerate(cells):
        minor, problem = (texts if cell.number is None else typed).row(at)
        if minor is None:
            said = PROBLEMS.get(problem, "is no amount")
            raise StatementFileError(f"{cell.place}: {cell.text[:60]} {said}.")
        mark = marks[at] or ""
        code = "" if mark in SHARED_SYMBOLS else currency_code(mark)
        if code and code != currency:
            raise StatementFileError(
                f"{cell.place}: {cell.text[:60]} is in {code}, not {currency}."
            )
        found.append(int(minor))
    return found


def _file(
    cells: Sequence[_Cell],
    minors: Sequence[int],
    *,
    currency: str,
    scale: int,
    unread: Sequence[str],
    notes: list[str],
) -> FinancialFile:
    lines: dict[date, dict[str, int]] = {}
    places: dict[date, dict[str, str]] = {}
    for cell, minor in zip(cells, minors, strict=True):
        told = lines.setdefault(cell.period_to, {})
        if told.setdefault(cell.line, minor) != minor:
            first = places[cell.period_to][cell.line]
            raise StatementFileError(
                f"{cell.place}: {cell.line} stands there again with another figure than in "
                f"{first}. Leave one of them out."
            )
        places.setdefault(cell.period_to, {}).setdefault(cell.line, cell.place)
    for cost in sorted(COSTS):
        stated = [told[cost] for told in lines.values() if cost in told]
        if stated and max(stated) <= 0 and min(stated) < 0:
            for told in lines.values():
                if cost in told:
                    told[cost] = abs(told[cost])
            notes.append(f"{cost} was stated below 0 and is taken as a cost.")
    read = tuple(
        ReadStatement(
            statement=Statement(
                period_from=year_to(day),
                period_to=day,
                currency=currency,
                lines=lines[day],
                scale=scale,
            ),
            places=places[day],
        )
        for day in sorted(lines)
    )
    return FinancialFile(source="csv", statements=read, unread=tuple(unread), notes=tuple(notes))
