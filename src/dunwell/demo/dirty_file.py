"""A small export with everything that goes wrong in real ones, and the list of what is wrong."""

from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.demo.csv_file import ledger_rows, plain_amount
from dunwell.demo.ledger import demo_ledger
from dunwell.engine.calendars import day_date

HEADER = (
    "Customer No", "Customer", "Invoice No", "Invoice Date", "Due Date", "Currency", "Amount",
    "Open Amount", "Reference",
)  # fmt: skip
ROWS = 200
ISO_ROWS = range(4, ROWS, 9)
NAMED_ROWS = range(7, ROWS, 11)
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
TWINS = {"duplicate_row": 190, "duplicate_number": 191}
"""Rows that repeat the row of line 12: wholly, and with another amount."""


@dataclass(frozen=True, slots=True)
class DirtyCell:
    """One thing that is wrong: line of the file (the header is line 1), column, code, meaning."""

    line: int
    column: str
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class DirtyFile:
    """The file as bytes (semicolons, cp1252, decimal comma, day first) and what is wrong in it."""

    data: bytes
    rows: int
    wrong: tuple[DirtyCell, ...]


SPOILT: tuple[tuple[int, str, str, str, str], ...] = (
    (5, "Invoice Date", "2026-13-45", "impossible_date", "there is no month 13"),
    (9, "Due Date", "31/02/2026", "impossible_date", "February has no day 31"),
    (17, "Amount", "", "missing_amount", "the amount is empty"),
    (23, "Amount", "n/a", "not_an_amount", "text where an amount belongs"),
    (29, "Currency", "ABC", "unknown_currency", "ABC is no ISO 4217 code"),
    (31, "Currency", "", "unknown_currency", "the currency is empty"),
    (37, "Customer", '=HYPERLINK("http://pay.example";"go")', "formula", "a link as a name"),
    (41, "Amount", "=SUM(G2:G9)", "formula", "a formula where an amount belongs"),
    (43, "Reference", "@SUM(1+1)*cmd", "formula", "a cell that starts a formula"),
    (47, "Customer No", "", "missing_customer", "nobody owes this item"),
    (53, "Invoice No", "", "missing_number", "the item has no number"),
    (59, "Amount", "#N/A", "not_an_amount", "an error cell of a spreadsheet"),
    (61, "Amount", "12,3456", "too_many_decimals", "more decimals than the currency has"),
    (67, "Open Amount", "99.999.999,00", "open_above_amount", "more is open than was invoiced"),
)  # fmt: skip
"""Line, column, what stands there, code, meaning."""


def dirty_csv(*, as_of: date, seed: int = 1) -> DirtyFile:
    """Return 200 rows of which a known few are wrong; same arguments, same bytes.

    Dates are mostly day/month/year, with ISO dates and month names in between;
    both are readable and not in the list of what is wrong.
    """
    lines = _sound_lines(as_of=as_of, seed=seed)
    wrong = []
    for line, column, text, code, meaning in SPOILT:
        lines[line - 2][HEADER.index(column)] = text
        wrong.append(DirtyCell(line, column, code, meaning))
    later = lines[69]
    later[3], later[4] = _slashed(as_of + timedelta(400)), _slashed(as_of + timedelta(430))
    wrong.append(DirtyCell(71, "Invoice Date", "future_date", "issued after the day of the file"))
    swapped = lines[71]
    swapped[3], swapped[4] = swapped[4], swapped[3]
    wrong.append(DirtyCell(73, "Due Date", "due_before_issue", "due before it was issued"))
    english = lines[77]
    english[6] = english[7] = "1,234.56"
    wrong.append(DirtyCell(79, "Amount", "amount_style", "decimal point among decimal commas"))
    lines[TWINS["duplicate_row"] - 2] = list(lines[10])
    wrong.append(DirtyCell(TWINS["duplicate_row"], "Invoice No", "duplicate_row", "line 12 again"))
    lines[TWINS["duplicate_number"] - 2] = [*lines[10][:6], "1,00", "1,00", lines[10][8]]
    wrong.append(
        DirtyCell(
            TWINS["duplicate_number"],
            "Invoice No",
            "duplicate_number",
            "number of line 12 with another amount",
        )
    )
    lines[ROWS - 2] = [""] * len(HEADER)
    wrong.append(DirtyCell(ROWS, "Invoice No", "blank_row", "an empty row"))
    lines[ROWS - 1] = ["Total", "", "", "", "", "", "123.456,78", "", ""]
    wrong.append(DirtyCell(ROWS + 1, "Customer No", "total_row", "a sum, not an item"))
    text = "\r\n".join(";".join(_quoted(cell) for cell in line) for line in [HEADER, *lines])
    return DirtyFile(f"{text}\r\n".encode("cp1252"), ROWS, tuple(wrong))


def _sound_lines(*, as_of: date, seed: int) -> list[list[str]]:
    """Return 200 readable rows: the newest invoices of a small ledger."""
    ledger = demo_ledger(as_of=as_of, customers=20, items=600, seed=seed)
    rows = ledger_rows(ledger).with_columns(
        amount=plain_amount("amount_minor"), open=plain_amount("open_minor")
    )
    newest = rows.filter(rows["kind"] == "invoice").tail(ROWS)
    return [
        [
            row["customer_number"],
            row["name"],
            row["item_number"],
            _styled(day_date(row["issued_day"]), index),
            _styled(day_date(row["due_day"]), index),
            row["currency"],
            _continental(row["amount"]),
            _continental(row["open"]),
            row["reference"] or "",
        ]
        for index, row in enumerate(newest.iter_rows(named=True))
    ]


def _styled(on: date, index: int) -> str:
    """Return the date day first, some rows in ISO form, some with the name."""
    if index in ISO_ROWS:
        return on.isoformat()
    if index in NAMED_ROWS:
        return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    return _slashed(on)


def _slashed(on: date) -> str:
    """Return the date as day/month/year."""
    return on.strftime("%d/%m/%Y")


def _continental(amount: str) -> str:
    """Return 1234.56 as 1.234,56."""
    units, cents = amount.split(".")
    return f"{int(units):,}".replace(",", ".") + f",{cents}"


def _quoted(cell: str) -> str:
    """Return the cell as CSV carries it."""
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ';"') else cell
