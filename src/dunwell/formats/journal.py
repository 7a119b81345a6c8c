"""Journals for the general ledger as CSV, XLSX and JSON: the same rows give the same bytes.

Column names are fixed English, days are ISO, amounts are decimal and above 0 on one side.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value, write_csv, write_xlsx

COLUMNS = (
    "journal",
    "line",
    "posted_on",
    "account",
    "gl_number",
    "customer",
    "currency",
    "debit",
    "credit",
    "home_currency",
    "home_debit",
    "home_credit",
    "source",
    "source_number",
)
"""Columns of the CSV and XLSX file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedLine:
    """One line of a journal: minor units, a debit above 0 and a credit below.

    `gl_number` is the account of the general ledger, empty where the policy names none.
    """

    journal: int
    line: int
    posted_on: date
    account: str
    gl_number: str
    customer: str
    currency: str
    amount_minor: int
    home_currency: str
    home_minor: int
    source: str
    source_number: str


def journal_csv(lines: Iterable[ExportedLine]) -> bytes:
    """Return the journal as CSV; its SHA-256 is the journal's."""
    return write_csv(COLUMNS, _rows(lines))


def journal_xlsx(lines: Iterable[ExportedLine], *, number: int) -> bytes:
    """Return the journal as one sheet; raises ExportError for more rows than it can hold."""
    return write_xlsx(COLUMNS, _rows(lines), sheet=f"Journal {number}")


def journal_json(lines: Iterable[ExportedLine], *, head: dict[str, object]) -> bytes:
    """Return the journal as JSON: `head`, and the lines in minor units."""
    document = {**head, "lines": [asdict(line) for line in lines]}
    text = json.dumps(document, default=str, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _rows(lines: Iterable[ExportedLine]) -> Iterator[tuple[Value, ...]]:
    for line in lines:
        yield (
            line.journal,
            line.line,
            line.posted_on,
            line.account,
            line.gl_number,
            line.customer,
            line.currency,
            *_sides(line.amount_minor, line.currency),
            line.home_currency,
            *_sides(line.home_minor, line.home_currency),
            line.source,
            line.source_number,
        )


def _sides(amount_minor: int, currency: str) -> tuple[Decimal, Decimal]:
    """Return debit and credit, one of them 0."""
    amount, nothing = from_minor(abs(amount_minor), currency), from_minor(0, currency)
    return (amount, nothing) if amount_minor >= 0 else (nothing, amount)
