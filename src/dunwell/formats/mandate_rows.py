"""Mandates as CSV or XLSX tell them: columns by English or German names, one line a mandate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

MOST_LINES = 2_000
"""Lines read at once; more are refused, so that a page can show each of them."""
MOST_BYTES = 5 * 1024 * 1024
NAMED = 12
"""Columns a refusal names."""
TEMPLATE = (
    *("Mandate reference", "Customer number", "Account holder", "IBAN", "BIC"),
    *("Scheme", "Sequence", "Signed on"),
)
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "reference": "mandate reference|mandate ref|mandate id|mandate|mandate number|mandate no|"
    "mandatsreferenz|mandats referenz|mandatsreferenznummer|mandatsnummer|mandats id|"
    "mandat|reference|referenz|unique mandate reference|umr",
    "customer_number": "customer number|customer no|customer|customer id|debtor number|"
    "debtor no|account number of the customer|kundennummer|kunden nr|kundennr|kunde|"
    "debitorennummer|debitor|debitor nr|debitorennr|debitorenkonto",
    "signed_on": "signed on|signature date|date of signature|signed|mandate date|date signed|"
    "unterschriftsdatum|unterschrieben am|datum der unterschrift|mandatsdatum|"
    "ausstellungsdatum|unterzeichnet am|datum mandat|erteilt am|signatur datum",
    "iban": "iban|account|account iban|debtor iban|konto|kontonummer iban|iban kontonummer|"
    "iban des zahlungspflichtigen|iban zahlungspflichtiger",
    "bic": "bic|swift|bic swift|swift code|debtor bic|bic des zahlungspflichtigen|bic code",
    "debtor": "account holder|debtor|debtor name|holder|name of the account holder|kontoinhaber|"
    "zahlungspflichtiger|name zahlungspflichtiger|inhaber|name",
    "scheme": "scheme|type|mandate type|local instrument|art|mandatsart|lastschriftart|verfahren|"
    "typ|mandatstyp|schema",
    "sequence": "sequence|sequence type|recurring|frequency|payment type|sequenz|sequenztyp|"
    "wiederkehrend|ausfuhrung|haufigkeit|zahlungsart|ausfuehrung|haeufigkeit",
}
NEEDED = {
    "reference": "mandate reference (Mandatsreferenz)",
    "customer_number": "customer number (Kundennummer)",
    "iban": "IBAN",
}
SCHEMES: Mapping[str, str] = {
    "CORE": "|core|sepa core|basis|basislastschrift|sepa basislastschrift|cor1",
    "B2B": "b2b|sepa b2b|business|business to business|firmen|firmenlastschrift|"
    "sepa firmenlastschrift",
}
SEQUENCES: Mapping[str, str] = {
    "yes": "|rcur|frst|recurring|first|wiederkehrend|mehrfach|folge|folgelastschrift|erst|"
    "erstlastschrift|yes|ja|true|1|x",
    "no": "ooff|one off|once|single|einmalig|einmal|einmallastschrift|no|nein|false|0",
}
_FIELD_OF = {phrase: name for name, told in FIELDS.items() for phrase in told.split("|")}


class MandateFileError(ValueError):
    """A file of mandates that cannot be read: file, place, reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """Keep what is wrong where; the text reads `file: place: reason`."""
        super().__init__(f"{file}: {place}: {reason}")
        self.file, self.place, self.reason = file, place, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    `signed_on` is empty where the mandate is not signed yet.
    """

    row: int
    reference: str
    customer_number: str
    iban: str
    bic: str = ""
    debtor: str = ""
    scheme: str = "CORE"
    is_recurring: bool = True
    signed_on: date | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateFile:
    """The lines of a file, what each column was taken for, and whether dates are unclear.

    `columns` is (column, field), an empty field for one that is not used.
    """

    lines: tuple[MandateLine, ...]
    columns: tuple[tuple[str, str], ...]
    asks_date_order: bool = False


def read_mandates(content: bytes, name: str, *, date_order: str = "") -> MandateFile:
    """Return the mandates of a CSV or XLSX; a cell that cannot be read is its line's problem.

    `date_order` (dmy or mdy) is for dates that fit both in every row; without it those lines
    have the problem. Raises MandateFileError for a file that is no table of mandates.
    """
    if len(content) > MOST_BYTES:
        raise MandateFileError(
            name, "whole file", f"it has more than {MOST_BYTES // 1024**2} MB. Send fewer lines."
        )
    try:
        table = read_table(content, name=name)
    except TableError as error:
        reason = str(error).removeprefix(f"{name}: ")
        raise MandateFileError(name, "whole file", reason) from error
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise MandateFileError(name, f"row {shifted['row']}", str(shifted["reason"]))
    fields = _fields(table)
    missing = [words for field, words in NEEDED.items() if field not in fields]
    if missing:
        shown = ", ".join(map(repr, table.cells.columns[:NAMED]))
        raise MandateFileError(
            name,
            table.part or "first row",
            f"no column is known as {' or as '.join(missing)}; the columns are {shown}. Name the "
            "columns as the template does.",
        )
    if not 0 < table.cells.height <= MOST_LINES:
        raise MandateFileError(
            name,
            table.part or "whole file",
            f"it has {table.cells.height} lines; send 1 to {MOST_LINES} at once.",
        )
    days, is_open = _days(table, fields.get("signed_on", ""), date_order)
    known = {column: field for field, column in fields.items()}
    return MandateFile(
        lines=tuple(_line(table, fields, at, days) for at in range(table.cells.height)),
        columns=tuple((column, known.get(column, "")) for column in table.cells.columns),
        asks_date_order=is_open,
    )


def _fields(table: Table) -> dict[str, str]:
    """Return field -> column; of two columns of a field the first is taken."""
    fields: dict[str, str] = {}
    for column in table.cells.columns:
        field = _FIELD_OF.get(plain_words(column), "")
        if field:
            fields.setdefault(field, column)
    return fields


def _days(table: Table, column: str, told: str) -> tuple[list[date | str | None], bool]:
    """Return per row the day, a text for a cell that is none, or None for an empty cell.

    The second says that dates fit day-month and month-day in every row.
    """
    if not column:
        return [None] * table.cells.height, False
    cells = table.cells.get_column(column)
    typed = table.days.get(column)
    texts = cells if typed is None else cells.set(typed.is_not_null(), None)
    evidence = order_evidence(texts)
    decided = evidence.decided() if evidence.dmy or evidence.mdy else told
    is_open = bool(evidence.both) and not decided
    numbers = read_days(texts, order=decided or "rows").get_column("day").to_list()
    kinds = typed.to_list() if typed is not None else [None] * len(numbers)
    days: list[date | str | None] = []
    for cell, number, kind in zip(cells, numbers, kinds, strict=True):
        day = kind if kind is not None else number
        days.append(cell if day is None else day_date(int(day)))
    return days, is_open


def _line(
    table: Table, fields: Mapping[str, str], at: int, days: list[date | str | None]
) -> MandateLine:
    def cell(field: str) -> str:
        column = fields.get(field, "")
        return (table.cells.get_column(column)[at] or "") if column else ""

    problems = []
    scheme = _word(SCHEMES, cell("scheme"))
    if not scheme:
        problems.append(f"{cell('scheme')[:40]!r} is no scheme; write CORE or B2B")
    sequence = _word(SEQUENCES, cell("sequence"))
    if not sequence:
        problems.append(
            f"{cell('sequence')[:40]!r} is no sequence; write RCUR (recurring) or OOFF (once)"
        )
    day = days[at]
    if isinstance(day, str):
        problems.append(
            f"{day[:40]!r} is no day, or fits day-month and month-day; write it as 2026-01-31"
        )
        day = None
    problems += [f"the {words} is missing" for key, words in NEEDED.items() if not cell(key)]
    return MandateLine(
        row=int(table.rows[at]),
        reference=cell("reference"),
        customer_number=cell("customer_number"),
        iban=cell("iban"),
        bic=cell("bic"),
        debtor=" ".join(cell("debtor").split()),
        scheme=scheme or "CORE",
        is_recurring=sequence != "no",
        signed_on=day,
        problem="; ".join(problems),
    )


def _word(words: Mapping[str, str], text: str) -> str:
    """Return what a cell's word stands for, an empty text for an unknown one."""
    wanted = plain_words(text)
    if text.strip() and not wanted:
        return ""
    return next((name for name, told in words.items() if wanted in told.split("|")), "")
