"""Covers as CSV or XLSX tell them: columns by English or German names, one line a cover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.cover_clock import CONDITIONS, COVER_KINDS, MOST_DAYS, PPM
from dunwell.engine.money import minor_digits
from dunwell.formats.amounts import amount_parts, decimal_evidence, minor_of_texts
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.words import plain_words

MOST_LINES = 5_000
"""Lines read at once."""
MOST_BYTES = 5 * 1024 * 1024
NAMED = 12
"""Columns a refusal names."""
TEMPLATE = (
    *("Customer number", "Kind", "Provider", "Number", "Amount", "Currency", "Share %"),
    *("Valid from", "Valid until", "Max terms days", "Report overdue days"),
    *("Max extension days", "Stop delivery days", "Claim days"),
)
"""Columns of the template, as English files name them."""
FIELDS: Mapping[str, str] = {
    "customer_number": "customer number|customer no|customer|customer id|debtor number|debtor no|"
    "kundennummer|kunden nr|kundennr|kunde|debitorennummer|debitor",
    "kind": "kind|type|cover type|coverage type|art|deckungsart|typ",
    "provider": "provider|insurer|guarantor|bank|versicherer|deckungsgeber|burge|buerge",
    "number": "number|cover number|policy number|policy|certificate|nummer|policennummer|"
    "vertragsnummer|versicherungsnummer",
    "amount": "amount|cover amount|insured limit|covered amount|betrag|deckungssumme|"
    "versicherungssumme",
    "currency": "currency|ccy|wahrung|waehrung",
    "share": "share|share percent|covered share|quote|deckungsquote|coverage|prozent",
    "from_on": "valid from|from|start|gultig ab|gueltig ab|ab|von|beginn",
    "until_on": "valid until|until|valid to|to|end|expiry|gultig bis|gueltig bis|bis|ende|ablauf",
    "max_terms_days": "max terms days|longest terms|zahlungsziel max|maximales zahlungsziel",
    "overdue_report_days": "report overdue days|overdue report days|meldefrist|"
    "meldefrist uberfalligkeit|meldefrist ueberfaelligkeit",
    "max_extension_days": "max extension days|longest extension|verlangerung max|"
    "verlaengerung max|maximale verlangerung",
    "stop_delivery_days": "stop delivery days|lieferstopp|lieferstopp tage",
    "claim_days": "claim days|claim window|schadenmeldefrist|antragsfrist",
}
NEEDED = {
    "customer_number": "customer number (Kundennummer)",
    "kind": "kind (Art)",
    "provider": "provider (Versicherer)",
    "amount": "amount (Betrag)",
}
KINDS: Mapping[str, str] = dict(
    zip(
        COVER_KINDS,
        (
            "insurance|credit insurance|versicherung|warenkreditversicherung|wkv",
            "guarantee|burgschaft|buergschaft|garantie|aval",
            "collateral|security|sicherheit|pfand",
            "deposit|kaution|anzahlung",
        ),
        strict=True,
    )
)
_FIELD_OF = {phrase: name for name, told in FIELDS.items() for phrase in told.split("|")}


class CoverFileError(ValueError):
    """A file of covers that cannot be read; the text reads `file: place: reason`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverLine:
    """One line as told; `row` is its number in the file, `problem` why it cannot be read.

    The amount is in minor units of `currency`, the share ppm, conditions days by name.
    """

    row: int
    customer_number: str
    kind: str
    provider: str
    number: str
    amount_minor: int
    currency: str
    share_ppm: int = PPM
    from_on: date | None = None
    until_on: date | None = None
    conditions: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""


def read_covers(content: bytes, name: str, *, home: str) -> tuple[CoverLine, ...]:
    """Return the covers of a CSV or XLSX; a cell that cannot be read is its line's problem.

    Without a currency an amount is in `home`, without a share all of it is covered. Raises
    CoverFileError for a file that is no table of covers, and for amounts that fit a decimal
    point and a decimal comma in every row.
    """
    if len(content) > MOST_BYTES:
        raise CoverFileError(
            f"{name}: whole file: it has more than {MOST_BYTES // 1024**2} MB. Send fewer lines."
        )
    try:
        table = read_table(content, name=name)
    except TableError as error:
        raise CoverFileError(str(error)) from error
    if table.refused_rows:
        shifted = table.findings.filter(pl.col("action") == "refused").row(0, named=True)
        raise CoverFileError(f"{name}: row {shifted['row']}: {shifted['reason']}")
    fields = _fields(table)
    missing = [words for key, words in NEEDED.items() if key not in fields]
    if missing:
        shown = ", ".join(map(repr, table.cells.columns[:NAMED]))
        raise CoverFileError(
            f"{name}: first row: no column is known as {' or as '.join(missing)}; the columns are "
            f"{shown}. Name the columns as the template does."
        )
    if not 0 < table.cells.height <= MOST_LINES:
        raise CoverFileError(
            f"{name}: whole file: it has {table.cells.height} lines; send 1 to {MOST_LINES}."
        )
    texts = _Texts(table, fields, name=name, home=home)
    return tuple(texts.line(at) for at in range(table.cells.height))


def _fields(table: Table) -> dict[str, str]:
    """Return field -> column; of two columns of a field the first is taken."""
    fields: dict[str, str] = {}
    for column in table.cells.columns:
        if known := _FIELD_OF.get(plain_words(column), ""):
            fields.setdefault(known, column)
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
            raise CoverFileError(
                f"{name}: {fields['amount']}: the amounts fit a decimal point and a decimal "
                "comma; write 1000.00."
            )
        digits = pl.Series([minor_digits(code) for code in self._currency], dtype=pl.Int64)
        read = minor_of_texts(parts, digits, decimal=decimal)
        self._amounts = read.get_column("minor").to_list()
        self._days = {one: self._read_days(one) for one in ("from_on", "until_on")}

    def line(self, at: int) -> CoverLine:
        """Return one line with what is wrong in it."""
        problems = [
            f"the {words} is missing" for key, words in NEEDED.items() if not self._cell(key, at)
        ]
        amount = self._amounts[at]
        if amount is None and self._cell("amount", at):
            problems.append(f"{self._cell('amount', at)[:40]!r} is no amount")
        wanted = plain_words(self._cell("kind", at))
        kind = next((one for one, told in KINDS.items() if wanted in told.split("|")), "")
        if self._cell("kind", at) and not kind:
            problems.append(
                f"{self._cell('kind', at)[:40]!r} is no kind; write {', '.join(KINDS)}"
            )
        days: dict[str, date | None] = {}
        for one, column in self._days.items():
            day = column[at]
            if isinstance(day, str):
                problems.append(f"{day[:40]!r} is no day; write it as 2026-01-31")
            days[one] = day if isinstance(day, date) else None
        return CoverLine(
            row=int(self._table.rows[at]),
            customer_number=self._cell("customer_number", at).strip(),
            kind=kind,
            provider=" ".join(self._cell("provider", at).split()),
            number=self._cell("number", at).strip(),
            amount_minor=int(amount or 0),
            currency=self._currency[at],
            share_ppm=self._share(at, problems),
            from_on=days["from_on"],
            until_on=days["until_on"],
            conditions=self._conditions(at, problems),
            problem="; ".join(problems),
        )

    def _share(self, at: int, problems: list[str]) -> int:
        """Return the share in ppm of a percentage such as 90 or 90 %."""
        text = self._cell("share", at).replace("%", "").replace(",", ".").strip()
        if not text:
            return PPM
        try:
            share = int(Decimal(text) * PPM / 100)
        except (InvalidOperation, ValueError):
            share = 0
        if not 0 < share <= PPM:
            problems.append(f"{self._cell('share', at)[:40]!r} is no share; write a percentage")
            return PPM
        return share

    def _conditions(self, at: int, problems: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for name in CONDITIONS:
            text = self._cell(name, at).strip()
            if not text:
                continue
            if text.isascii() and text.isdigit() and int(text[:6]) <= MOST_DAYS:
                found[name] = int(text[:6])
            else:
                problems.append(f"{text[:40]!r} is no number of days")
        return found

    def _cell(self, key: str, at: int) -> str:
        column = self._fields.get(key, "")
        return (self._table.cells.get_column(column)[at] or "") if column else ""

    def _read_days(self, key: str) -> list[date | str | None]:
        """Return per row the day, a text for a cell that is none, or None for an empty cell."""
        column = self._fields.get(key, "")
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
        for cell, number, known in zip(cells, numbers, kinds, strict=True):
            day = known if known is not None else number
            days.append(cell if day is None else day_date(int(day)))
        return days
