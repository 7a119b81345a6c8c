"""Any bank sheet (CSV, XLSX, ODS, XLS) as statements: by a saved profile, or by what it proves."""

from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.sheet_cells import place_of
from dunwell.formats.bank.sheet_columns import DATES, SheetColumns, sheet_columns
from dunwell.formats.bank.sheet_file import AS_FOUND, any_digit, sheet_table, table_findings
from dunwell.formats.bank.sheet_margins import margins, row_label, rows_above
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.sheet_statements import Sheet, sheet_statements
from dunwell.formats.bank.statement import BankFile, StatementError, StatementFinding
from dunwell.formats.bank.text import head
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.grid import Table
from dunwell.formats.workbooks import is_workbook

MARKS = ";,\t|"
NOT_TABLES = ("<", "{", "[", "%PDF", ":20:", "{1:")
LOOK_AT = 40


def is_bank_table(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file is a workbook, or text of which most lines have delimiters."""
    if is_workbook(content):
        return True
    text = head(content).lstrip("\ufeff\r\n ")
    if text.startswith(NOT_TABLES) or "\0" in text:
        return False
    lines = [line for line in text.split("\n")[:LOOK_AT] if line.strip()]
    return any(sum(mark in line for line in lines) * 2 > len(lines) for mark in MARKS)


def read_bank_table(content: bytes, name: str, *, profile: SheetProfile = AS_FOUND) -> BankFile:
    """Return a bank sheet, one statement per account and currency, oldest entry first.

    What the file leaves open (columns, order of day and month, decimal sign, signs of debit and
    credit cells) is decided by the profile, or by running balances that only one reading fits.
    Raises UndecidedError with the questions where neither does, StatementError for cells that
    cannot be read.
    """
    table = sheet_table(content, name, profile)
    columns = sheet_columns(table, profile)
    if columns.decisions:
        raise UndecidedError(name, columns.decisions)
    table, labelled, left_out = _split_rows(table, columns)
    if not table.cells.height:
        raise StatementError(
            name,
            table.part or "whole file",
            "the table holds no entries. Choose a period with movements",
        )
    told = margins([*rows_above(content, table), *labelled])
    statements = sheet_statements(
        Sheet(
            table=table,
            columns=columns,
            profile=profile,
            told=told,
            cells=table.cells.to_dict(as_series=False),
        )
    )
    findings = [*left_out, *table_findings(table)]
    return BankFile(
        format="table",
        statements=identified_statements(statements, is_numbered=False),
        findings=tuple(findings),
    )


def _split_rows(
    table: Table, columns: SheetColumns
) -> tuple[Table, list[list[str]], list[StatementFinding]]:
    """Return the rows that are entries, rows that are labelled balances, and what is left out.

    An entry has a day and an amount. A row with an amount but no day that is no labelled balance
    or total is refused: money would be lost.
    """
    dates = [columns.one(name) for name in DATES if name in columns.fields]
    money = [columns.one(name) for name in ("amount", "debit", "credit") if columns.one(name)]
    cells = table.cells
    has_day, has_money = any_digit(table, dates), any_digit(table, money)
    keep = has_day & has_money
    labelled: list[list[str]] = []
    left_out: list[StatementFinding] = []
    for at in keep.not_().arg_true().to_list():
        row = cells.row(at)
        label = row_label(row)
        if label in {"opening", "closing"}:
            labelled.append([cell or "" for cell in row])
        elif has_money[at] and not label:
            raise StatementError(
                table.name,
                place_of(table, int(table.rows[at])),
                "the row has an amount but no day. Fill in the day, or remove the row if it is "
                "a total",
            )
        elif any(row) and not label:
            left_out.append(
                StatementFinding(
                    code="no_amount",
                    place=place_of(table, int(table.rows[at])),
                    reason="the row has no amount and was left out",
                    severity="info",
                )
            )
    return table.filtered(keep), labelled, left_out
