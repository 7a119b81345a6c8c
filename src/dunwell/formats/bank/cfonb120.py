"""CFONB 120 (France): account statements in records of 120 characters, signs in last digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.formats.bank.fields import known_currency
from dunwell.formats.bank.fixed_width import Record, fixed_records
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.overpunch import overpunched
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

WIDTH = 120
RETURNED = frozenset({"03", "10", "12", "26", "27", "33", "38", "98", "A3", "A4", "B3", "B4"})
"""Interbank operation codes of unpaid or rejected items (CFONB, rejets et impayés)."""
CHEQUES = frozenset({"01", "02", "03"})
PARTIES = frozenset({"NPY", "NPO", "NBE", "NBU"})
"""Qualifiers of record 05 that hold a name: payer, ordering party, beneficiary, ultimate one."""
REFERENCES = frozenset({"MMO", "RCN", "REF", "RUM", "RET", "CBE", "IPY", "IBE"})
_OPENING = re.compile(r"01[\dA-Z]{5}.{4}[\dA-Z]{5}[A-Z]{3}[\d ].[\dA-Z]{11}")


@dataclass(slots=True)
class _Movement:
    """Record 04 with its records 05, as (qualifier, text)."""

    record: Record
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A statement while its records come in."""

    header: Record
    account: str
    currency: str
    decimals: int
    opening_minor: int
    movements: list[_Movement] = field(default_factory=list)


def is_cfonb120(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with the old balance (record 01) of CFONB 120."""
    return bool(_OPENING.match(head(content).lstrip("\n\r")))


def read_cfonb120(content: bytes, name: str) -> BankFile:
    """Return a CFONB 120 file, one statement per old and new balance.

    Raises StatementError for records that cannot be read, are out of order or cut off.
    """
    statements: list[Statement] = []
    draft: _Draft | None = None
    for record in fixed_records(bank_text(content, name=name), width=WIDTH, name=name):
        kind = record.raw(1, 2)
        if kind == "01":
            if draft is not None:
                raise record.refuse("an old balance follows a statement without a new one (07)")
            draft = _begun(record)
        elif draft is None:
            raise record.refuse(f"record '{kind}' stands outside a statement (01 to 07)")
        elif record.cut(22, 32) != draft.header.cut(22, 32):
            raise record.refuse(
                f"the record is of account {record.cut(22, 32)}, its statement of "
                f"{draft.header.cut(22, 32)}. Fetch the file again"
            )
        elif kind == "04":
            draft.movements.append(_Movement(record=record))
        elif kind == "05":
            _note(draft, record)
        elif kind == "07":
            statements.append(_closed(draft, record))
            draft = None
        else:
            raise record.refuse(f"'{kind}' is no record of CFONB 120. Fetch the file again")
    if draft is not None:
        raise StatementError(
            name,
            draft.header.place,
            "the statement has no new balance (07): the file is cut off. Fetch it again",
        )
    return BankFile(
        format="cfonb120", statements=identified_statements(statements, is_numbered=True)
    )


def _account(record: Record) -> str:
    """Return bank code, branch and account number as printed on a RIB, without its key."""
    return record.cut(3, 7) + record.cut(12, 16) + record.cut(22, 32)


def _begun(record: Record) -> _Draft:
    currency = known_currency(record.raw(17, 19), file=record.file, place=record.place)
    decimals = record.whole(20, 20, "number of decimals")
    return _Draft(
        header=record,
        account=_account(record),
        currency=currency,
        decimals=decimals,
        opening_minor=overpunched(record, 91, 104, currency, decimals=decimals),
    )


def _note(draft: _Draft, record: Record) -> None:
    if not draft.movements:
        raise record.refuse("record 05 continues a movement (04) that is not there")
    draft.movements[-1].notes.append((record.cut(46, 48), record.cut(49, 118)))


def _closed(draft: _Draft, record: Record) -> Statement:
    closing_on = record.day(35, 40, order="dmy")
    opening_on = draft.header.day(35, 40, order="dmy")
    currency, decimals = draft.currency, draft.decimals
    own = (record.raw(17, 19), record.whole(20, 20, "number of decimals"))
    if own != (currency, decimals):
        raise record.refuse(
            f"the new balance is in {own[0]} with {own[1]} decimals, the old one in {currency} "
            f"with {decimals}. Ask the bank for the file again"
        )
    return Statement(
        id="-".join(day.isoformat() for day in (opening_on, closing_on) if day),
        account=draft.account,
        currency=currency,
        opening_minor=draft.opening_minor,
        closing_minor=overpunched(record, 91, 104, currency, decimals=decimals),
        opening_on=opening_on,
        closing_on=closing_on,
        entries=tuple(_entry(one, draft, closing_on) for one in draft.movements),
        findings=_foreign(draft),
    )


def _foreign(draft: _Draft) -> tuple[StatementFinding, ...]:
    """Return a finding where movements tell another currency than their balances."""
    others = sorted({one.record.raw(17, 19) for one in draft.movements} - {draft.currency})
    return tuple(
        StatementFinding(
            code="foreign_movement",
            place=f"account {draft.account}",
            reason=f"movements are in {other}, the balances in {draft.currency}",
        )
        for other in others
    )


def _entry(movement: _Movement, draft: _Draft, closing_on: date | None) -> Entry:
    record = movement.record
    booked = record.day(35, 40, order="dmy") or closing_on
    valued = record.day(43, 48, order="dmy") or booked
    if booked is None or valued is None:
        raise record.refuse("neither the movement nor its statement has a day. Ask the bank")
    currency = known_currency(record.raw(17, 19), file=record.file, place=record.place)
    decimals = record.whole(20, 20, "number of decimals")
    code, reason = record.cut(33, 34), record.cut(41, 42)
    notes = movement.notes
    text = "\n".join(
        " ".join(part.split())
        for part in (record.cut(49, 79), *(_shown(kind, note) for kind, note in notes))
        if part
    )
    entry_number, reference = given(record.cut(82, 88)), given(record.cut(105, 120))
    end_to_end = given(_first(notes, "RCN")[:35])
    number = entry_number if entry_number.strip("0") else ""
    original = _original(notes, record)
    return Entry(
        value_on=valued,
        booked_on=booked,
        amount_minor=overpunched(record, 91, 104, currency, decimals=decimals),
        currency=currency,
        counterparty=next((" ".join(note.split()) for kind, note in notes if kind in PARTIES), ""),
        reference=structured_reference(text) or end_to_end or reference or number,
        end_to_end=end_to_end,
        mandate=_first(notes, "RUM")[:35].strip(),
        cheque_number=number if code in CHEQUES else "",
        text=text,
        code=code,
        return_reason=reason,
        is_reversal=code in RETURNED,
        original_minor=original[0] if original else None,
        original_currency=original[1] if original else "",
        place=record.place,
        details=_details(movement, draft, number=number, reference=reference),
    )


def _details(
    movement: _Movement, draft: _Draft, *, number: str, reference: str
) -> tuple[tuple[str, str], ...]:
    """Return what else the records say of a movement, as (name, text)."""
    record = movement.record
    bank = record.cut(3, 7)
    told = (
        ("bank", "" if bank == draft.account[:5] else bank),
        ("internal code", record.cut(8, 11)),
        ("entry number", number),
        ("reference", reference),
        *((kind, note) for kind, note in movement.notes if kind in REFERENCES),
    )
    return tuple((name, value) for name, value in told if value)


def _first(notes: Sequence[tuple[str, str]], kind: str) -> str:
    return next((note for found, note in notes if found == kind), "")


def _shown(kind: str, note: str) -> str:
    """Return a note as text; names, references and amounts have their own places."""
    return "" if kind in PARTIES or kind in {"RCN", "RUM", "MMO"} else note


def _original(notes: Sequence[tuple[str, str]], record: Record) -> tuple[int, str] | None:
    """Return the amount before exchange of qualifier MMO: currency, decimals, 14 digits.

    It moves no money here, so one that cannot be read exactly stays in the details only.
    """
    told = re.match(r"([A-Z]{3})(\d)(\d{14})", _first(notes, "MMO"))
    if told is None:
        return None
    try:
        currency = known_currency(told[1], file=record.file, place=record.place)
        return record.scaled(int(told[3]), currency, decimals=int(told[2])), currency
    except StatementError:
        return None
