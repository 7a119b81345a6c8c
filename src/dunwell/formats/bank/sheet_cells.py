"""Cells of a bank sheet as whole minor units and days, or the question that must be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.formats.amounts import (
    amount_parts,
    decimal_evidence,
    minor_of_numbers,
    minor_of_texts,
)
from dunwell.formats.bank.fields import quote
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.cells import minor_digits_of
from dunwell.formats.currencies import currency_code
from dunwell.formats.dates import OrderEvidence, order_evidence, read_days
from dunwell.formats.decisions import Decision
from dunwell.formats.grid import Table

REASONS = {
    "unreadable_amount": "is not an amount",
    "ambiguous_amount": "fits a decimal point and a decimal comma",
    "too_many_decimals": "has more decimals than its currency; amounts are never rounded",
    "too_large_amount": "is larger than this ledger can hold",
    "unreadable_date": "is not a day",
    "ambiguous_date": "fits day-month and month-day",
    "impossible_date": "is no day of the calendar",
    "implausible_date": "lies outside 1970 to 2099",
}
EPOCH = date(1970, 1, 1).toordinal()
DOLLAR = "$"


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountColumns:
    """Amounts per field and row (None: empty cell), and the decimal sign of the sheet."""

    minor: Mapping[str, list[int | None]]
    decimal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Days per field and row under each order of day and month that the file leaves open.

    `orders` holds one name where the file decides, and both where only other proof can.
    """

    by_order: Mapping[str, Mapping[str, list[date | None]]]
    columns: tuple[str, ...]
    example: str
    is_by_comma: bool = False


def place_of(table: Table, row: int, column: str = "") -> str:
    """Return where a cell stands: sheet, row as a spreadsheet numbers it, column."""
    parts = (table.part, f"row {row}", f"column {column}" if column else "")
    return ", ".join(part for part in parts if part)


def marks_of(table: Table, columns: Sequence[str]) -> list[str]:
    """Return per row the currency that symbols or codes beside its amounts name.

    A bare dollar stays `$`, for several currencies use it.
    """
    found = [""] * table.cells.height
    for column in columns:
        parts = amount_parts(_bare(table.cells.get_column(column)))
        for row, mark in enumerate(parts.get_column("mark")):
            if mark:
                code = DOLLAR if mark.strip() == DOLLAR else currency_code(mark)
                if not found[row] or found[row] == DOLLAR:
                    found[row] = code
    return found


def _bare(cells: pl.Series) -> pl.Series:
    """Return the cells without the apostrophe by which spreadsheets keep a number as text."""
    return cells.str.strip_prefix("'")


def amount_columns(
    table: Table, columns: Mapping[str, str], currencies: Sequence[str], *, decimal: str
) -> tuple[AmountColumns, list[Decision]]:
    """Return the amounts of the columns (field -> column) in each row's currency.

    Where no cell of any column tells point from comma there is a decision. Raises StatementError
    naming the row for a cell that cannot be read.
    """
    if not columns:
        return AmountColumns(minor={}, decimal="."), []
    size = table.cells.height
    # All columns at once: the work per call outweighs the work per cell in small sheets.
    joined = amount_parts(
        pl.concat([_bare(table.cells.get_column(c)).alias("cell") for c in columns.values()])
    )
    parts = {name: joined.slice(at * size, size) for at, name in enumerate(columns)}
    evidence = {}
    for name, part in parts.items():
        core = part.get_column("core")
        typed = table.numbers.get(columns[name])
        evidence[name] = decimal_evidence(core if typed is None else core.filter(typed.is_null()))
    known = {one.decided() for one in evidence.values() if one.point or one.comma}
    decisions: list[Decision] = []
    by_sign: dict[str, list[str]] = {}
    for name in columns:
        decided = decimal or evidence[name].decided()
        if decided == "?" and len(known) == 1 and "rows" not in known:
            decided = next(iter(known))
        if decided == "?":
            decisions.append(_decimal_question(table, columns[name], evidence[name].example))
        else:
            by_sign.setdefault(decided, []).append(name)
    minor: dict[str, list[int | None]] = {}
    digits = minor_digits_of(pl.Series("currency", list(currencies), dtype=pl.String))
    for decided, names in by_sign.items():
        whole = pl.concat([parts[name] for name in names])
        read = minor_of_texts(whole, pl.concat([digits] * len(names)), decimal=decided)
        for at, name in enumerate(names):
            one = read.slice(at * size, size)
            typed = table.numbers.get(columns[name])
            if typed is not None:
                one = _mixed(one, minor_of_numbers(typed, digits), typed)
            minor[name] = _checked(table, one, columns[name])
    sign = "," if {","} in (set(by_sign), known) else "."
    return AmountColumns(minor=minor, decimal=sign), decisions


def _mixed(texts: pl.DataFrame, numbers: pl.DataFrame, typed: pl.Series) -> pl.DataFrame:
    """Return the typed number where a cell has one, else what its text says."""
    return pl.DataFrame(
        {
            key: numbers.get_column(key).zip_with(typed.is_not_null(), texts.get_column(key))
            for key in ("minor", "problem")
        }
    )


def _checked(table: Table, read: pl.DataFrame, column: str) -> list[int | None]:
    """Return the amounts; raise for the first cell that holds text but no readable amount."""
    cells = table.cells.get_column(column)
    for at, problem in enumerate(read.get_column("problem")):
        if problem in REASONS and cells[at] is not None:
            raise StatementError(
                table.name,
                place_of(table, int(table.rows[at]), column),
                f"{quote(str(cells[at]))} {REASONS[problem]}. Correct the cell or export again",
            )
    return read.get_column("minor").to_list()


def _decimal_question(table: Table, column: str, example: str) -> Decision:
    return Decision(
        file=table.name,
        part=table.part,
        code="decimal",
        columns=(column,),
        options=(".", ","),
        question=f"Column {column!r} holds amounts such as {example}: does the separator group "
        "thousands or start the decimals? No row of the file tells. Choose decimal point or "
        "decimal comma in the profile.",
        examples=(example,),
    )


def day_columns(table: Table, columns: Mapping[str, str], *, order: str, is_comma: bool) -> Days:
    """Return the days of the columns (field -> column), under both orders where both fit.

    Amounts with a decimal comma settle it: no country that writes them puts the month first
    (Unicode CLDR). Raises StatementError naming the row for a cell that cannot be read.
    """
    texts = {}
    for name, column in columns.items():
        cells = table.cells.get_column(column)
        typed = table.days.get(column)
        texts[name] = cells if typed is None else cells.set(typed.is_not_null(), None)
    evidence = {name: order_evidence(cells) for name, cells in texts.items()}
    orders, by_comma = _orders(list(evidence.values()), order, is_comma=is_comma)
    return Days(
        by_order={
            one: {
                name: _read_days(table, texts[name], column, order=one)
                for name, column in columns.items()
            }
            for one in orders
        },
        columns=tuple(columns.values()),
        example=next((one.example for one in evidence.values() if one.example), ""),
        is_by_comma=by_comma,
    )


def _orders(
    evidence: Sequence[OrderEvidence], told: str, *, is_comma: bool
) -> tuple[list[str], bool]:
    """Return the orders of day and month that may hold, and whether a comma settled it."""
    known = {one.decided() for one in evidence if one.dmy or one.mdy}
    if "rows" in known or len(known) > 1:
        return ([told] if told else ["rows"]), False
    if known:
        return [known.pop()], False
    if told:
        return [told], False
    if not any(one.both for one in evidence):
        return ["dmy"], False
    return (["dmy"], True) if is_comma else (["dmy", "mdy"], False)


def _read_days(table: Table, cells: pl.Series, column: str, *, order: str) -> list[date | None]:
    read = read_days(cells, order=order)
    typed = table.days.get(column)
    days: list[date | None] = []
    numbers, problems = read.get_column("day").to_list(), read.get_column("problem").to_list()
    kinds = typed.to_list() if typed is not None else [None] * len(numbers)
    for at, (number, problem, kind) in enumerate(zip(numbers, problems, kinds, strict=True)):
        day = kind if kind is not None else number
        if day is None and problem in REASONS and cells[at] is not None:
            raise StatementError(
                table.name,
                place_of(table, int(table.rows[at]), column),
                f"{quote(str(cells[at]))} {REASONS[problem]}. Correct the cell or export again",
            )
        days.append(None if day is None else date.fromordinal(EPOCH + int(day)))
    return days


def order_question(table: Table, days: Days) -> Decision:
    """Return the question for dates that fit both orders in every row."""
    shown = [
        f"{order}: {days.example} is {day}"
        for order in days.by_order
        if (day := _one_day(days.example, order))
    ]
    return Decision(
        file=table.name,
        part=table.part,
        code="date_order",
        columns=days.columns,
        options=("dmy", "mdy"),
        question=f"Dates such as {days.example} fit day-month and month-day in every row. Choose "
        "the order in the profile.",
        examples=tuple(shown),
    )


def _one_day(text: str, order: str) -> date | None:
    number = read_days(pl.Series([text], dtype=pl.String), order=order).get_column("day")[0]
    return None if number is None else date.fromordinal(EPOCH + int(number))


def margin_amount(text: str, currency: str, *, decimal: str) -> int | None:
    """Return an amount that stands beside a label outside the table; None when it is none."""
    parts = amount_parts(pl.Series([text.removeprefix("'")], dtype=pl.String))
    digits = minor_digits_of(pl.Series([currency], dtype=pl.String))
    read = minor_of_texts(parts, digits, decimal=decimal)
    found = read.get_column("minor")[0]
    return None if found is None else int(found)
