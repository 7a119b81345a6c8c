"""The currency of each row of a bank sheet: its cell, a mark beside its amount, or the header."""

from collections.abc import Sequence

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.fields import quote
from dunwell.formats.bank.sheet_cells import DOLLAR, marks_of, place_of
from dunwell.formats.bank.sheet_columns import AMOUNTS, SheetColumns
from dunwell.formats.bank.sheet_margins import Margins
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import StatementError, StatementFinding
from dunwell.formats.currencies import currency_code
from dunwell.formats.grid import Table


def row_currencies(
    table: Table, columns: SheetColumns, profile: SheetProfile, told: Margins
) -> tuple[list[str], list[StatementFinding]]:
    """Return the currency of each row, XXX where nothing tells it, and what was assumed.

    In this order: the row's cell, the code or symbol beside its amounts, the headers of amounts,
    the margins, the profile. A bare dollar sign is US dollars unless one of those names another
    dollar. A cell that is no currency is refused.
    """
    whole = columns.currency or told.currency or profile.currency
    found = _cells(table, columns.one("currency")) or [""] * table.cells.height
    money = [columns.one(name) for name in AMOUNTS if name != "original_amount"]
    marks = marks_of(table, [column for column in money if column])
    named = {mark for mark in marks if mark not in {"", DOLLAR}}
    whole = whole or (named.pop() if len(named) == 1 else "")
    is_assumed = False
    for row, mark in enumerate(marks):
        if found[row]:
            continue
        if mark == DOLLAR:
            is_assumed = is_assumed or not whole
            found[row] = whole or "USD"
        else:
            found[row] = mark or whole or UNKNOWN_CURRENCY
    if not is_assumed:
        return found, []
    reason = "amounts have a dollar sign and were read as US dollars. Check the account's currency"
    return found, [StatementFinding(code="dollar_sign", place="USD", reason=reason)]


def _cells(table: Table, column: str) -> list[str]:
    if not column:
        return []
    return read_codes(table, column)


def read_codes(table: Table, column: str) -> list[str]:
    """Return the currency codes of a column, empty where a cell is. Raises StatementError."""
    codes: Sequence[str] = [
        currency_code(cell) if cell else "" for cell in table.cells.get_column(column)
    ]
    for row, (code, cell) in enumerate(zip(codes, table.cells.get_column(column), strict=True)):
        if cell and not code:
            raise StatementError(
                table.name,
                place_of(table, int(table.rows[row]), column),
                f"{quote(cell)} is no currency code of ISO 4217, so its decimals are unknown",
            )
    return list(codes)
