"""CODA (Belgium, version 2): account statements in records of 128 characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.coda_records import (
    DECIMALS,
    Movement,
    belgian_reference,
    continue_movement,
    direct_debit,
    inform_movement,
    read_movement,
)
from dunwell.formats.bank.fields import known_currency
from dunwell.formats.bank.fixed_width import Record, fixed_records
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Part,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

WIDTH = 128
_HEADER = re.compile(r"0000[0 ]\d{6}[\dA-Z ]{3}05")
BELGIAN, FOREIGN, IBAN_BELGIAN, IBAN_FOREIGN = "0", "1", "2", "3"
GROUPED = frozenset({"1", "2"})
"""Transaction types of totals whose details are payments of their own."""


@dataclass(slots=True)
class _Draft:
    """A statement while its records come in."""

    header: Record
    account: str = ""
    currency: str = ""
    sequence: str = ""
    opening_minor: int = 0
    opening_on: date | None = None
    closing_minor: int = 0
    closing_on: date | None = None
    closing_line: str = ""
    owner: str = ""
    movements: list[Movement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    records: int = 0
    place: str = ""


def is_coda(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with a CODA header record."""
    return bool(_HEADER.match(head(content).lstrip("\n\r")))


def read_coda(content: bytes, name: str) -> BankFile:
    """Return a CODA file; record 9 is checked and what differs is a finding of its statement.

    Raises StatementError for records that cannot be read, are out of order or cut off.
    """
    statements: list[Statement] = []
    draft: _Draft | None = None
    for record in fixed_records(bank_text(content, name=name), width=WIDTH, name=name):
        kind = record.raw(1, 1)
        if kind == "0":
            if draft is not None:
                raise record.refuse("a header follows a statement without its record 9: cut off")
            draft = _Draft(header=record)
        elif draft is None:
            raise record.refuse(f"record {kind} comes before any header (0). Fetch the file again")
        elif kind == "9":
            statements.append(_closed(draft, record))
            draft = None
        else:
            _add(draft, record, kind)
    if draft is not None:
        raise StatementError(
            name,
            draft.header.place,
            "the statement has no closing record 9: the file is cut off. Fetch it again",
        )
    return BankFile(format="coda", statements=identified_statements(statements, is_numbered=True))


def _add(draft: _Draft, record: Record, kind: str) -> None:
    """Take one record between header and trailer into the draft."""
    if kind == "1":
        _open(draft, record)
    elif kind in {"2", "3"} and not draft.currency:
        raise record.refuse("a movement comes before the old balance (record 1)")
    elif kind == "2" and record.raw(2, 2) == "1":
        draft.movements.append(read_movement(record, draft.currency))
    elif kind in {"2", "3"} and record.raw(2, 2) in {"1", "2", "3"}:
        if not draft.movements:
            raise record.refuse("the record continues a movement that is not there")
        change = continue_movement if kind == "2" else inform_movement
        change(draft.movements[-1], record)
    elif kind == "4":
        draft.notes.append(record.cut(33, 112))
    elif kind == "8":
        _close_balance(draft, record)
    else:
        raise record.refuse(f"'{record.text[:2]}' is no record of CODA. Fetch the file again")
    draft.records += kind in {"1", "2", "3", "8"}


def _account(record: Record, structure: str, start: int) -> tuple[str, str]:
    """Return account and currency from the 37 positions that begin at `start`."""
    body = record.raw(start, start + 36)
    if structure == BELGIAN:
        return body[:12].strip(), body[13:16]
    if structure in {FOREIGN, IBAN_FOREIGN}:
        return body[:34].strip(), body[34:37]
    if structure == IBAN_BELGIAN:
        return body[:31].strip(), body[34:37].strip() or body[31:34]
    raise record.refuse(f"the account structure '{structure}' is not 0, 1, 2 or 3")


def _open(draft: _Draft, record: Record) -> None:
    account, currency = _account(record, record.raw(2, 2), 6)
    draft.account = account
    draft.currency = known_currency(currency, file=record.file, place=record.place)
    draft.sequence = record.cut(3, 5)
    draft.opening_minor = _balance(record, 43, draft.currency)
    draft.opening_on = record.day(59, 64, order="dmy")
    draft.owner = record.cut(65, 90)
    draft.place = f"statement {draft.sequence} {account}"


def _balance(record: Record, sign_at: int, currency: str) -> int:
    amount = record.amount(sign_at + 1, sign_at + 15, currency, decimals=DECIMALS)
    sign = record.raw(sign_at, sign_at)
    if sign not in {"0", "1"}:
        raise record.refuse(f"the sign '{sign}' of the balance is neither 0 nor 1")
    return -amount if sign == "1" else amount


def _close_balance(draft: _Draft, record: Record) -> None:
    if not draft.currency:
        raise record.refuse("the new balance comes before the old one (record 1)")
    draft.closing_minor = _balance(record, 42, draft.currency)
    draft.closing_on = record.day(58, 63, order="dmy")
    draft.closing_line = record.place


def _closed(draft: _Draft, record: Record) -> Statement:
    """Return the finished statement, with what record 9 contradicts."""
    if not draft.closing_line:
        raise record.refuse("the statement has no new balance (record 8). Fetch the file again")
    year = draft.closing_on.year if draft.closing_on else ""
    reference = draft.header.cut(25, 34)
    details = [("note", note) for note in draft.notes if note]
    statement = Statement(
        id="/".join(str(part) for part in (year, draft.sequence, reference) if part),
        account=draft.account,
        currency=draft.currency,
        opening_minor=draft.opening_minor,
        closing_minor=draft.closing_minor,
        opening_on=draft.opening_on,
        closing_on=draft.closing_on,
        sequence=draft.sequence,
        entries=tuple(_entries(draft)),
        findings=(
            *_trailer_findings(draft, record),
            *(
                StatementFinding(code="bank_note", place=draft.place, reason=text, severity="info")
                for _, text in details
            ),
        ),
    )
    if draft.header.raw(17, 17) == "D":
        told = StatementFinding(
            code="duplicate",
            place=draft.place,
            reason="the bank marks this file as a duplicate of one sent before",
            severity="info",
        )
        return replace(statement, findings=(*statement.findings, told))
    return statement


def _trailer_findings(draft: _Draft, record: Record) -> list[StatementFinding]:
    """Return where record 9 and the statement differ: records, debit total, credit total."""
    lines = [one.amount_minor for one in draft.movements if one.detail == "0000"]
    currency = draft.currency
    counted = (
        ("records", record.whole(17, 22, "record count"), draft.records),
        (
            "debits",
            record.amount(23, 37, currency, decimals=DECIMALS),
            -sum(amount for amount in lines if amount < 0),
        ),
        (
            "credits",
            record.amount(38, 52, currency, decimals=DECIMALS),
            sum(amount for amount in lines if amount > 0),
        ),
    )

    def shown(what: str, number: int) -> str:
        return f"{number}" if what == "records" else f"{from_minor(number, currency)} {currency}"

    return [
        StatementFinding(
            code="control_total",
            place=draft.place,
            reason=f"record 9 tells {shown(what, told)} {what}, the statement holds "
            f"{shown(what, found)}. Ask the bank for the file again",
            severity="error",
        )
        for what, told, found in counted
        if told != found
    ]


def _entries(draft: _Draft) -> list[Entry]:
    """Return the entries: totals of payments are split where their details add up."""
    entries: list[Entry] = []
    position = 0
    moves = draft.movements
    while position < len(moves):
        line = moves[position]
        position += 1
        details = []
        while position < len(moves) and _is_detail(moves[position], line):
            details.append(moves[position])
            position += 1
        entries.extend(_line_entries(draft, line, details))
    return entries


def _is_detail(movement: Movement, line: Movement) -> bool:
    return movement.sequence == line.sequence and movement.detail != "0000"


def _line_entries(draft: _Draft, line: Movement, details: Sequence[Movement]) -> list[Entry]:
    whole = _entry(draft, line)
    if not details:
        return [whole]
    total = sum(detail.amount_minor for detail in details)
    if line.code[:1] in GROUPED and total == line.amount_minor:
        group = line.bank_reference or line.place
        return [replace(_entry(draft, detail), group_id=group) for detail in details]
    parts = tuple(
        Part(
            amount_minor=entry.amount_minor,
            currency=entry.currency,
            counterparty=entry.counterparty,
            counterparty_account=entry.counterparty_account,
            reference=entry.reference,
            end_to_end=entry.end_to_end,
            bank_reference=entry.bank_reference,
            mandate=entry.mandate,
            return_reason=entry.return_reason,
            text=entry.text,
        )
        for entry in (_entry(draft, detail) for detail in details)
    )
    return [replace(whole, parts=parts)]


def _entry(draft: _Draft, movement: Movement) -> Entry:
    days = [day for day in (movement.booked_on, movement.value_on, draft.closing_on) if day]
    if not days:
        raise StatementError(
            draft.header.file,
            movement.place,
            "neither the movement nor its statement has a day. Ask the bank for the file again",
        )
    debit = direct_debit(movement)
    free = debit.communication if debit else movement.communication
    structured = belgian_reference(movement)
    if movement.structured and not structured and not debit:
        free = " ".join(movement.text.split())
    customer = given(movement.customer_reference)
    details = [("movement", movement.sequence + movement.detail)]
    if movement.structured:
        details.append(("communication type", movement.structured))
    if movement.address:
        details.append(("address", movement.address))
    if movement.purpose:
        details.append(("purpose", movement.purpose))
    return Entry(
        value_on=movement.value_on or days[0],
        booked_on=days[0],
        amount_minor=movement.amount_minor,
        currency=draft.currency,
        counterparty=movement.counterparty,
        counterparty_account=movement.account,
        counterparty_bank=movement.bank,
        reference=structured or structured_reference(free) or customer,
        end_to_end=customer,
        bank_reference=movement.bank_reference,
        mandate=debit.mandate if debit else "",
        text="\n".join(text for text in (free, *movement.notes) if text),
        code=movement.code,
        return_reason=movement.reason or (debit.reason if debit else ""),
        is_reversal=movement.returned not in {"", "0"},
        place=movement.place,
        details=tuple(details),
    )
