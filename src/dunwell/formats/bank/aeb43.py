"""AEB43 (Norma 43, Spain): account statements in records of 80 characters."""

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.fixed_width import Record, fixed_records
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.numeric_currencies import NUMERIC_CODES
from dunwell.formats.bank.references import structured_reference
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

WIDTH = 80
DECIMALS = 2
"""AEB43 writes every amount with two decimals."""
DEBIT, CREDIT = "1", "2"
RETURNS = frozenset({"13"})
"""Common concepts that are returned or unpaid items."""
CHEQUES = frozenset({"01"})
_HEADER = re.compile(r"11[\dA-Z]{4}\d{4}[\dA-Z]{10}\d{12}[012 ]\d{14}\d{3}")


@dataclass(slots=True)
class _Movement:
    """Record 22 with the texts of its records 23 and the amount of its record 24."""

    record: Record
    concepts: list[str] = field(default_factory=list)
    original_minor: int | None = None
    original_currency: str = ""


@dataclass(slots=True)
class _Draft:
    """An account while its records come in."""

    header: Record
    account: str
    currency: str
    movements: list[_Movement] = field(default_factory=list)


def is_aeb43(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with the account header (record 11) of AEB43."""
    return bool(_HEADER.match(head(content).lstrip("\n\r")))


def read_aeb43(content: bytes, name: str) -> BankFile:
    """Return an AEB43 file, one statement per account; records 33 and 88 are checked.

    Raises StatementError for records that cannot be read, are out of order or cut off.
    """
    records = fixed_records(bank_text(content, name=name), width=WIDTH, name=name)
    statements: list[Statement] = []
    findings: list[StatementFinding] = []
    draft: _Draft | None = None
    end: Record | None = None
    for position, record in enumerate(records):
        kind = record.raw(1, 2)
        if kind == "88":
            end = record
            findings.extend(_count_finding(record, position))
        elif kind == "11":
            if draft is not None:
                raise record.refuse("an account begins before the one before is closed (33)")
            draft = _begun(record)
        elif draft is None:
            raise record.refuse(f"record '{kind}' stands outside an account (11 to 33)")
        elif kind == "33":
            statements.append(_closed(draft, record))
            draft = None
        else:
            _add(draft, record, kind)
    if draft is not None:
        raise StatementError(
            name,
            draft.header.place,
            "the account has no closing record 33: the file is cut off. Fetch it again",
        )
    if end is None:
        findings.append(
            StatementFinding(
                code="no_end",
                place="whole file",
                reason="the file has no end record 88, so accounts may be missing",
            )
        )
    return BankFile(
        format="aeb43",
        statements=identified_statements(statements, is_numbered=True),
        findings=tuple(findings),
    )


def _count_finding(record: Record, before: int) -> list[StatementFinding]:
    told = record.whole(21, 26, "record count")
    if told == before:
        return []
    return [
        StatementFinding(
            code="control_total",
            place=record.place,
            reason=f"the end record 88 tells {told} records, the file holds {before} before it. "
            "Ask the bank for the file again",
            severity="error",
        )
    ]


def _currency(record: Record, first: int) -> str:
    code = record.cut(first, first + 2)
    found = NUMERIC_CODES.get(code, "")
    if not found:
        raise record.refuse(
            f"'{code}' is no numeric currency code known here, so its decimals are unknown"
        )
    return found


def _begun(record: Record) -> _Draft:
    account = "".join(record.raw(3, 20).split())
    return _Draft(header=record, account=account, currency=_currency(record, 48))


def _add(draft: _Draft, record: Record, kind: str) -> None:
    if kind == "22":
        draft.movements.append(_Movement(record=record))
        return
    if kind not in {"23", "24"}:
        raise record.refuse(f"'{kind}' is no record of AEB43. Fetch the file again")
    if not draft.movements:
        raise record.refuse(f"record {kind} continues a movement that is not there")
    movement = draft.movements[-1]
    if kind == "23":
        movement.concepts.append(record.raw(5, 80))
        return
    code = NUMERIC_CODES.get(record.cut(5, 7), "")
    with contextlib.suppress(StatementError):
        # It moves no money here: one that cannot be read exactly is left out.
        amount = record.amount(8, 21, code, decimals=DECIMALS) if code else None
        movement.original_minor, movement.original_currency = amount, code


def _signed(record: Record, sign_at: int, amount_minor: int) -> int:
    sign = record.raw(sign_at, sign_at)
    if sign not in {DEBIT, CREDIT} and amount_minor:
        raise record.refuse(f"the sign '{sign}' is neither 1 (debit) nor 2 (credit)")
    return -amount_minor if sign == DEBIT else amount_minor


def _closed(draft: _Draft, record: Record) -> Statement:
    """Return the account as a statement, with what record 33 contradicts."""
    header, currency = draft.header, draft.currency
    place = f"account {draft.account}"
    opening = header.amount(34, 47, currency, decimals=DECIMALS)
    closing = record.amount(60, 73, currency, decimals=DECIMALS)
    findings = []
    sign = record.raw(59, 59)
    if closing and sign not in {DEBIT, CREDIT}:
        findings.append(
            StatementFinding(
                code="balance_sign",
                place=place,
                reason=f"the sign '{sign}' of the closing balance is neither 1 (debit) nor 2 "
                "(credit); it was read as credit",
            )
        )
    opening_on, closing_on = header.day(21, 26, order="ymd"), header.day(27, 32, order="ymd")
    entries = tuple(_entry(one, draft, closing_on) for one in draft.movements)
    findings += _total_findings(record, entries, draft, place)
    return Statement(
        id=f"{header.cut(21, 26)}-{header.cut(27, 32)}",
        account=draft.account,
        currency=currency,
        opening_minor=_signed(header, 33, opening),
        closing_minor=-closing if sign == DEBIT else closing,
        opening_on=opening_on,
        closing_on=closing_on,
        entries=entries,
        findings=tuple(findings),
    )


def _total_findings(
    record: Record, entries: Sequence[Entry], draft: _Draft, place: str
) -> list[StatementFinding]:
    """Return where record 33 and the account differ: numbers and sums of debits and credits."""
    currency = draft.currency
    signs = [one.record.raw(28, 28) for one in draft.movements]
    counted = (
        ("debits", 21, 26, DEBIT, -1),
        ("credits", 40, 45, CREDIT, 1),
    )
    found = []
    for what, number_at, amount_at, sign, direction in counted:
        told = (
            record.whole(number_at, number_at + 4, f"number of {what}"),
            record.amount(amount_at, amount_at + 13, currency, decimals=DECIMALS),
        )
        held = (
            signs.count(sign),
            sum(
                direction * entry.amount_minor
                for entry, own in zip(entries, signs, strict=True)
                if own == sign
            ),
        )
        if told != held:
            found.append(
                StatementFinding(
                    code="control_total",
                    place=place,
                    reason=f"record 33 tells {told[0]} {what} of {from_minor(told[1], currency)} "
                    f"{currency}, the account holds {held[0]} of {from_minor(held[1], currency)} "
                    f"{currency}. Ask the bank for the file again",
                    severity="error",
                )
            )
    return found


def _entry(movement: _Movement, draft: _Draft, closing_on: date | None) -> Entry:
    record = movement.record
    booked = record.day(11, 16, order="ymd") or closing_on
    valued = record.day(17, 22, order="ymd") or booked
    if booked is None or valued is None:
        raise record.refuse("neither the movement nor its account has a day. Ask the bank")
    amount = record.amount(29, 42, draft.currency, decimals=DECIMALS)
    first, second = (_told(record.cut(*where)) for where in ((53, 64), (65, 80)))
    document = _told(record.cut(43, 52))
    text = "\n".join(part for part in map(_settled, movement.concepts) if part)
    concept = record.cut(23, 24)
    details = [("document", document), ("reference 1", first), ("reference 2", second)]
    return Entry(
        value_on=valued,
        booked_on=booked,
        amount_minor=_signed(record, 28, amount),
        currency=draft.currency,
        reference=structured_reference(text) or first or second or document,
        cheque_number=document if concept in CHEQUES else "",
        text=text,
        code=concept + record.cut(25, 27),
        is_reversal=concept in RETURNS,
        original_minor=movement.original_minor,
        original_currency=movement.original_currency,
        place=record.place,
        details=tuple((name, value) for name, value in details if value),
    )


def _told(text: str) -> str:
    """Return a reference, or an empty text for nothing but zeros."""
    return text if text.strip("0 ") else ""


def _settled(text: str) -> str:
    return " ".join(text.split())
