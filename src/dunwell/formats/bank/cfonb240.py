"""CFONB 240 (France): operations handed to the customer, in records of 240 characters."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dunwell.engine.money import from_minor
from dunwell.formats.bank.fixed_width import Record, fixed_records
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

WIDTH = 240
CURRENCIES = {"E": ("EUR", 2), "F": ("FRF", 2)}
"""Index of the currency -> code and implied decimals."""
RECEIVED = frozenset({"20"})
"""Operation codes known here as transfers received: money in."""
_HEADER = re.compile(r"31\d{6}.{2}\d{6}[A-Z].{4}[\dA-Z]{10}")


@dataclass(slots=True)
class _Draft:
    """A list of operations while its records come in."""

    header: Record
    account: str
    currency: str
    decimals: int
    operations: list[Record] = field(default_factory=list)
    last: int = 1


def is_cfonb240(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with the header (record 31) of CFONB 240."""
    return bool(_HEADER.match(head(content).lstrip("\n\r")))


def read_cfonb240(content: bytes, name: str) -> BankFile:
    """Return a CFONB 240 file, a notification per header; record 39's total is checked.

    The format gives no signs: operations whose code is not known here are information only and
    a finding names them. Raises StatementError.
    """
    statements: list[Statement] = []
    draft: _Draft | None = None
    for record in fixed_records(bank_text(content, name=name), width=WIDTH, name=name):
        kind = record.raw(1, 2)
        if kind == "31":
            if draft is not None:
                raise record.refuse("a header follows operations without their total (39)")
            draft = _begun(record)
            continue
        if draft is None or kind not in {"34", "39"}:
            raise record.refuse(f"record '{kind}' stands where 31, 34 or 39 should be")
        number = record.whole(3, 8, "record number")
        if number != draft.last + 1:
            raise record.refuse(
                f"record number {number} follows {draft.last}: records are missing. Fetch it again"
            )
        draft.last = number
        if kind == "34":
            draft.operations.append(record)
        else:
            statements.append(_closed(draft, record))
            draft = None
    if draft is not None:
        raise StatementError(
            name,
            draft.header.place,
            "the operations have no total (39): the file is cut off. Fetch it again",
        )
    return BankFile(
        format="cfonb240", statements=identified_statements(statements, is_numbered=True)
    )


def _begun(record: Record) -> _Draft:
    index = record.raw(17, 17)
    if index not in CURRENCIES:
        raise record.refuse(f"the currency index '{index}' is not known, so neither are decimals")
    currency, decimals = CURRENCIES[index]
    return _Draft(
        header=record,
        account=_account(record, 22),
        currency=currency,
        decimals=decimals,
        last=record.whole(3, 8, "record number"),
    )


def _account(record: Record, first: int) -> str:
    return "".join(record.raw(first, first + 20).split())


def _closed(draft: _Draft, record: Record) -> Statement:
    currency = draft.currency
    total = record.amount(229, 240, currency, decimals=draft.decimals)
    entries = tuple(_entry(one, draft) for one in draft.operations)
    held = sum(abs(entry.amount_minor) for entry in entries)
    place = f"account {draft.account}"
    findings = list(_unknown(entries, currency, place))
    if held != total:
        findings.append(
            StatementFinding(
                code="control_total",
                place=place,
                reason=f"record 39 tells {from_minor(total, currency)} {currency}, the operations "
                f"make {from_minor(held, currency)} {currency}. Ask the bank for the file again",
                severity="error",
            )
        )
    day = record.day(11, 16, order="dmy")
    return Statement(
        id=day.isoformat() if day else "",
        account=draft.account,
        currency=currency,
        closing_on=day,
        kind="notification",
        entries=entries,
        findings=tuple(findings),
    )


def _unknown(entries: tuple[Entry, ...], currency: str, place: str) -> Iterator[StatementFinding]:
    """Yield a finding per operation code that does not say whether money came or went."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        if entry.status == "information":
            sums[entry.code] += entry.amount_minor
    for code, amount in sorted(sums.items()):
        yield StatementFinding(
            code="unknown_operation",
            place=place,
            reason=f"operations of code '{code}' ({from_minor(amount, currency)} {currency}) do "
            "not say whether money came or went; they are shown as information and move nothing. "
            "Take the money from the account statement",
        )


def _entry(record: Record, draft: _Draft) -> Entry:
    day = record.day(11, 16, order="dmy") or draft.header.day(11, 16, order="dmy")
    if day is None:
        raise record.refuse("neither the operation nor its header has a day. Ask the bank")
    if record.raw(17, 17) != draft.header.raw(17, 17):
        raise record.refuse("the operation is in another currency than its header")
    code = record.cut(9, 10)
    text = " ".join(record.raw(123, 210).split())
    presenter = given(record.cut(117, 122))
    details = (
        ("record number", record.cut(3, 8)),
        ("issuer", record.cut(67, 72)),
        ("presenter reference", presenter),
        ("first presented on", record.cut(217, 222)),
        ("first presenter reference", record.cut(223, 228)),
    )
    return Entry(
        value_on=day,
        booked_on=day,
        amount_minor=record.amount(229, 240, draft.currency, decimals=draft.decimals),
        currency=draft.currency,
        counterparty=record.cut(43, 66),
        counterparty_account=_account(record, 22),
        reference=structured_reference(text) or presenter or text,
        text=text,
        code=code,
        status="booked" if code in RECEIVED else "information",
        place=record.place,
        details=tuple((name, value) for name, value in details if value),
    )
