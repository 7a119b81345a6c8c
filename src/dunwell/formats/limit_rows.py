"""Credit limits as CSV or XLSX tell them: columns by English or German names, one line a limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.limits import INSURED, STANDARD, SUSPENSION, TEMPORARY
from dunwell.engine.money import minor_digits
from dunwell.formats.amounts import amount_parts, decimal_evidence, minor_of_texts
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

MOST_LINES = 20_000
"""Lines read at once."""
MOST_BYTES = 8 * 1024 * 1024
NAMED = 12
"""Columns a refusal names."""
TEMPLATE = ("Customer number", "Limit", "Currency", "Kind", "Valid from", "Valid until", "Reason")
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "customer_number": "customer number|customer no|customer|customer id|debtor number|"
    "debtor no|account number|kundennummer|kunden nr|kundennr|kunde|debitorennummer|debitor|"
    "debitor nr|debitorennr|debitorenkonto",
    "amount": "limit|credit limit|amount|limit amount|new limit|kreditlimit|kreditlinie|betrag|"
    "limitbetrag|neues limit|kreditrahmen",
    "currency": "currency|limit currency|ccy|wahrung|waehrung",
    "kind": "kind|type|limit type|limit kind|art|limitart|typ",
    "from_on": "valid from|from|start|starts on|start date|effective from|gultig ab|gueltig ab|"
    "ab|von|beginn",
    "until_on": "valid until|until|valid to|to|end|ends on|end date|expiry|expiry date|"
    "expires on|gultig bis|gueltig bis|bis|ende|ablauf",
    "reason": "reason|note|comment|grund|begrundung|begruendung|bemerkung|kommentar",
}
NEEDED = {
    "customer_number": "customer number (Kundennummer)",
    "amount": "limit (Kreditlimit)",
}
KINDS: Mapping[str, str] = {
    STANDARD: "|standard|normal|management|dauerhaft|permanent",
    TEMPORARY: "temporary|temp|befristet|temporar|temporaer|seasonal|saison",
    INSURED: "insured|insurance|versichert|versicherung|wkv",
    SUSPENSION: "suspension|suspended|blocked|block|gesperrt|sperre|ausgesetzt",
}
_FIELD_OF = {phrase: name for name, told in FIELDS.items() for phrase in told.split("|")}


class LimitFileError(ValueError):
    """A file of limits that cannot be read: file, place, reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """Keep what is wrong where; the text reads `file: place: reason`."""
        super().__init__(f"{file}: {place}: {reason}")
        self.file, self.place, self.reason = file, place, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    The amount is in minor units of `currency`. An empty `from_on` means the day of the import.
    """

    row: int
    customer_number: str
    amount_minor: int
    currency: str = ""
    kind: str = STANDARD
    from_on: date | None = None
    until_on: date | None = None
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitFile:
    """The lines of a file, and what each column was taken for; an empty field is not used."""

    lines: tuple[LimitLine, ...]
    columns: tuple[tuple[str, str], ...]


def read_limits(content: bytes, name: str, *, home: str) -> LimitFile:
    """Return the limits of a CSV or XLSX; a cell that cannot be read is its line's problem.

    Without a currency an amount is in `home`. Raises LimitFileError for a file that is no table
    of limits, and for amounts that fit a decimal point and a decimal comma in every row.
    """
    if len(content) > MOST_BYTES:
        raise LimitFileError(
            name, "whole file", f"it has more than {MOST_BYTES // 1024**2} MB. Send fewer lines."
        )
    try:
        table = read_table(content, name=name)
    except TableError as error:
        reason = str(error).removeprefix(f"{name}: ")
        raise LimitFileError(name, "whole file", reason) from error
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise LimitFileError(name, f"row {shifted['row']}", str(shifted["reason"]))
    fields = _fields(table)
    missing = [words for field, words in NEEDED.items() if field not in fields]
    if missing:
        shown = ", ".join(map(repr, table.cells.columns[:NAMED]))
        raise LimitFileError(
            name,
            table.part or "first row",
            f"no column is known as {' or as '.join(missing)}; the columns are {shown}. Name the "
            "columns as the template does.",
        )
    if not 0 < table.cells.height <= MOST_LINES:
        raise LimitFileError(
            name,
            table.part or "whole file",
            f"it has {table.cells.height} lines; send 1 to {MOST_LINES} at once.",
        )
    texts = _Texts(table, fields, name=name, home=home)
    known = {column: field for field, column in fields.items()}
    return LimitFile(
        lines=tuple(texts.line(at) for at in range(table.cells.height)),
        columns=tuple((column, known.get(column, "")) for column in table.cells.columns),
    )


def _fields(table: Table) -> dict[str, str]:
    """Return field -> column; of two columns of a field the first is taken."""
    fields: dict[str, str] = {}
    for column in table.cells.columns:
        field = _FIELD_OF.get(plain_words(column), "")
        if field:
            fields.setdefault(field, column)
    return fields


class _Texts:
    """The cells of a table, its amounts and days read column by column."""

    def __init__(self, table: Table, fields: Mapping[str, str], *, name: str, home: str) -> None:
        self._table, self._fields = table, fields
        height = table.cells.height
        self._currency = [
            (self._cell("currency", at).strip().upper() or home) for at in range(height)
        ]
        parts = amount_parts(table.cells.get_column(fields["amount"]))
        decimal = decimal_evidence(parts.get_column("core")).decided()
        if decimal == "?":
            raise LimitFileError(
                name,
                fields["amount"],
                "the amounts fit a decimal point and a decimal comma; write 1000.00.",
            )
        digits = pl.Series([minor_digits(code) for code in self._currency], dtype=pl.Int64)
        read = minor_of_texts(parts, digits, decimal=decimal)
        self._amounts = read.get_column("minor").to_list()
        self._days = {field: self._read_days(field) for field in ("from_on", "until_on")}

    def line(self, at: int) -> LimitLine:
        """Return one line with what is wrong in it."""
        problems = [f"the {words} is missing" for key, words in NEEDED.items()
                    if not self._cell(key, at)]  # fmt: skip
        amount = self._amounts[at]
        if amount is None and self._cell("amount", at):
            problems.append(f"{self._cell('amount', at)[:40]!r} is no amount")
        kind = _word(self._cell("kind", at))
        if not kind:
            told = ", ".join(KINDS)
            problems.append(f"{self._cell('kind', at)[:40]!r} is no kind; write {told}")
        days: dict[str, date | None] = {}
        for field, column in self._days.items():
            day = column[at]
            if isinstance(day, str):
                problems.append(f"{day[:40]!r} is no day; write it as 2026-01-31")
            days[field] = day if isinstance(day, date) else None
        return LimitLine(
            row=int(self._table.rows[at]),
            customer_number=self._cell("customer_number", at).strip(),
            amount_minor=int(amount or 0),
            currency=self._currency[at],
            kind=kind or STANDARD,
            from_on=days["from_on"],
            until_on=days["until_on"],
            reason=" ".join(self._cell("reason", at).split()),
            problem="; ".join(problems),
        )

    def _cell(self, field: str, at: int) -> str:
        column = self._fields.get(field, "")
        return (self._table.cells.get_column(column)[at] or "") if column else ""

    def _read_days(self, field: str) -> list[date | str | None]:
        """Return per row the day, a text for a cell that is none, or None for an empty cell."""
        column = self._fields.get(field, "")
        if not column:
            return [None] * self._table.cells.height
        cells = self._table.cells.get_column(column)
        typed = self._table.days.get(column)
        texts = cells if typed is None else cells.set(typed.is_not_null(), None)
        evidence = order_evidence(texts)
        decided = evidence.decided() if evidence.dmy or evidence.mdy else ""
        numbers = read_days(texts, order=decided or "rows").get_column("day").to_list()
        kinds = typed.to_list() if typed is not None else [None] * len(numbers)
        days: list[date | str | None] = []
        for cell, number, kind in zip(cells, numbers, kinds, strict=True):
            day = kind if kind is not None else number
            days.append(cell if day is None else day_date(int(day)))
        return days


def _word(text: str) -> str:
    """Return the kind a word stands for, an empty text for an unknown one."""
    wanted = plain_words(text)
    if text.strip() and not wanted:
        return ""
    return next((name for name, told in KINDS.items() if wanted in told.split("|")), "")
