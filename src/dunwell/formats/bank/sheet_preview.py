"""How a bank sheet reads under a profile: columns, first rows, open questions, control totals."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.registry import sheet_reader
from dunwell.formats.bank.settlements import service_of
from dunwell.formats.bank.sheet_columns import sheet_columns
from dunwell.formats.bank.sheet_file import sheet_table
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import (
    BankFile,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.compound_file import OLE
from dunwell.formats.decisions import Decision
from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table
from dunwell.formats.table import read_table
from dunwell.formats.workbooks import ZIP

SAMPLES = 3
SHOWN = 8
"""Rows and entries of a preview."""
MOST_FINDINGS = 20
HEAD_BYTES = 256 * 1024
"""So much of a text file is looked at for its header."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetColumn:
    """One column: its place, the field it is taken for (empty: none), some of its cells."""

    place: int
    column: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTotal:
    """Control totals of one account and currency, minor units; balances empty where untold.

    `ties` is whether opening + in + out = closing, None where a balance is untold.
    """

    account: str
    currency: str
    entries: int
    first_on: date | None
    last_on: date | None
    opening_minor: int | None
    in_minor: int
    out_minor: int
    closing_minor: int | None
    ties: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetEntry:
    """An entry as it would be recorded: in > 0, out < 0, minor units."""

    place: str
    booked_on: date
    amount_minor: int
    currency: str
    counterparty: str
    reference: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetPreview:
    """What a sheet holds and what must still be answered; `trouble` says why it cannot be read.

    `service` names a payment service whose columns are known, so that none is chosen. The two
    last say that the file tells no account, or no currency.
    """

    header: str = ""
    service: str = ""
    rows: int = 0
    columns: tuple[SheetColumn, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()
    decisions: tuple[Decision, ...] = ()
    totals: tuple[SheetTotal, ...] = ()
    entries: tuple[SheetEntry, ...] = ()
    findings: tuple[StatementFinding, ...] = ()
    trouble: str = ""
    has_no_account: bool = False
    has_no_currency: bool = False


def sheet_header(content: bytes, name: str) -> str:
    """Return the hash of the column names of a sheet; empty for what is no sheet.

    Files of the same bank and export have the same one, whatever rows they hold.
    """
    if sheet_reader(content, name) is None:
        return ""
    head = content
    if len(content) > HEAD_BYTES and not content.startswith((ZIP, OLE)):
        end = content.rfind(b"\n", 0, HEAD_BYTES)
        head = content[: end + 1] if end > 0 else content
    try:
        table = read_table(head, name=name)
    except TableError:
        return ""
    return hashlib.sha256("\x1f".join(table.cells.columns).encode()).hexdigest()


def preview_sheet(content: bytes, name: str, *, profile: SheetProfile) -> SheetPreview:
    """Return how a sheet reads under a profile; what stands in its way is in the answer."""
    read_sheet = sheet_reader(content, name)
    if read_sheet is None:
        return SheetPreview(trouble=f"{name} is no sheet (CSV or XLSX), so it asks nothing.")
    try:
        table = sheet_table(content, name, profile)
    except StatementError as error:
        return SheetPreview(trouble=str(error))
    decisions: tuple[Decision, ...] = ()
    trouble = ""
    file = BankFile(format="", statements=())
    try:
        file = read_sheet(content, name, profile=profile)
    except UndecidedError as error:
        decisions = error.decisions
    except StatementError as error:
        trouble = str(error)
    service = service_of(table.cells.columns)
    fields: Mapping[str, str] = {} if service else _fields(table, profile)
    return SheetPreview(
        header=sheet_header(content, name),
        service=service.name if service else "",
        rows=table.cells.height,
        columns=tuple(
            SheetColumn(
                place=place,
                column=column,
                field=fields.get(column, ""),
                samples=_samples(table, column),
            )
            for place, column in enumerate(table.cells.columns)
        ),
        first_rows=tuple(
            tuple(cell or "" for cell in row) for row in table.cells.head(SHOWN).iter_rows()
        ),
        decisions=decisions,
        totals=tuple(_total(statement) for statement in file.statements),
        entries=_entries(file),
        findings=_findings(file),
        trouble=trouble,
        has_no_account=any(not one.account for one in file.statements),
        has_no_currency=any(one.currency == UNKNOWN_CURRENCY for one in file.statements),
    )


def _fields(table: Table, profile: SheetProfile) -> dict[str, str]:
    """Return column -> field; the one column of days that is both is the booking date."""
    fields: dict[str, str] = {}
    for field, columns in sheet_columns(table, profile).fields.items():
        for column in columns:
            if column not in fields or field == "booked":
                fields[column] = field
    return fields


def _samples(table: Table, column: str) -> tuple[str, ...]:
    cells = table.cells.get_column(column).drop_nulls().head(200).unique(maintain_order=True)
    return tuple(str(cell) for cell in cells.head(SAMPLES))


def _total(statement: Statement) -> SheetTotal:
    amounts = [entry.amount_minor for entry in statement.entries if entry.status == "booked"]
    opening, closing = statement.opening_minor, statement.closing_minor
    return SheetTotal(
        account=statement.account,
        currency=statement.currency,
        entries=len(statement.entries),
        first_on=statement.opening_on,
        last_on=statement.closing_on,
        opening_minor=opening,
        in_minor=sum(amount for amount in amounts if amount > 0),
        out_minor=sum(amount for amount in amounts if amount < 0),
        closing_minor=closing,
        ties=None if opening is None or closing is None else opening + sum(amounts) == closing,
    )


def _findings(file: BankFile) -> tuple[StatementFinding, ...]:
    """Return what reading found, such as rows left out; the currency is a question of its own."""
    every = [*file.findings, *(found for one in file.statements for found in one.findings)]
    return tuple([found for found in every if found.code != "no_currency"][:MOST_FINDINGS])


def _entries(file: BankFile) -> tuple[SheetEntry, ...]:
    every = (entry for statement in file.statements for entry in statement.entries)
    return tuple(
        SheetEntry(
            place=entry.place,
            booked_on=entry.booked_on,
            amount_minor=entry.amount_minor,
            currency=entry.currency,
            counterparty=entry.counterparty,
            reference=entry.reference,
            text=entry.text[:140],
        )
        for _, entry in zip(range(SHOWN), every, strict=False)
    )
