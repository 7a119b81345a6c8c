"""Nacha (ACH, United States): entries of a file, its returns and addenda, with every control."""

import re
from dataclasses import dataclass, field
from datetime import date

from dunwell.formats.bank.fixed_width import Record, fixed_records
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.nacha_controls import Counted, control_findings
from dunwell.formats.bank.nacha_entries import DISPUTED, Batch, EntryRecord, entry_of
from dunwell.formats.bank.statement import (
    BankFile,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

WIDTH = 94
FILLER = "9" * WIDTH
_HEADER = re.compile(r"101[ \d].{8,19}")
ADVICE = "ADV"
SIGNS = (
    "amounts are counted for the account each entry names: credits > 0, debits < 0; a returned "
    "debit is money that goes back (< 0), a returned credit money that comes back (> 0)"
)


@dataclass(slots=True)
class _Draft:
    """A file while its records come in."""

    header: Record
    created_on: date | None
    batch: Batch | None = None
    statements: list[Statement] = field(default_factory=list)
    total: Counted = field(default_factory=Counted)
    batches: int = 0
    findings: list[StatementFinding] = field(default_factory=list)
    is_closed: bool = False


def is_nacha(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with the file header (record 1) of Nacha."""
    text = head(content).lstrip("\r\n")
    return bool(_HEADER.match(text)) and text[34:37] == "094"


def read_nacha(content: bytes, name: str) -> BankFile:
    """Return a Nacha file, a notification per batch; all control records are checked.

    Raises StatementError for records that cannot be read, are out of order or cut off.
    """
    records = fixed_records(bank_text(content, name=name), width=WIDTH, name=name)
    records = [record for record in records if record.text.strip() != FILLER]
    first = records[0] if records else None
    if first is None or first.raw(1, 1) != "1":
        raise StatementError(name, "line 1", "the file has no file header (1). Fetch it again")
    created = first.day(24, 29, order="ymd")
    draft = _Draft(header=first, created_on=created)
    for record in records[1:]:
        if draft.is_closed:
            raise record.refuse("records follow the file control (9)")
        _take(draft, record)
    if not draft.is_closed:
        raise StatementError(
            name, first.place, "the file has no file control (9): it is cut off. Fetch it again"
        )
    return BankFile(
        format="nacha",
        statements=identified_statements(draft.statements, is_numbered=True),
        findings=(
            StatementFinding(code="signs", place="whole file", reason=SIGNS, severity="info"),
            *draft.findings,
        ),
    )


def _take(draft: _Draft, record: Record) -> None:
    """Take one record below the file header into the draft."""
    kind = record.raw(1, 1)
    batch = draft.batch
    if kind == "5":
        if batch is not None:
            raise record.refuse("a batch begins before the one before is closed (8)")
        draft.batch = _batch(record, draft)
    elif kind == "9":
        if batch is not None:
            raise record.refuse("the file ends inside a batch: control record 8 is missing")
        draft.findings += control_findings(record, draft.total, what="file", batches=draft.batches)
        draft.is_closed = True
    elif batch is None:
        raise record.refuse(f"record {kind} stands outside a batch (5 to 8)")
    elif kind == "6":
        batch.entries.append(EntryRecord(record=record))
    elif kind == "7":
        if not batch.entries:
            raise record.refuse("addenda (7) come before any entry (6)")
        batch.entries[-1].addenda.append(record)
    elif kind == "8":
        draft.statements.append(_closed(draft, batch, record))
        draft.batch = None
    else:
        raise record.refuse(f"'{kind}' is no record of Nacha. Fetch the file again")


def _batch(record: Record, draft: _Draft) -> Batch:
    kind = record.cut(51, 53)
    is_foreign = kind == "IAT"
    return Batch(
        record=record,
        kind=kind,
        company="" if is_foreign else record.cut(5, 20),
        company_id=record.cut(41, 50),
        description=record.cut(54, 63),
        day=_settled_on(record, draft.created_on),
        currency=(record.cut(67, 69) or "USD") if is_foreign else "USD",
        entries=[],
    )


def _settled_on(record: Record, created_on: date | None) -> date | None:
    """Return the settlement day (Julian, as the operator wrote it), else the effective day."""
    text = record.cut(76, 78)
    if text.isascii() and text.isdigit() and int(text) and created_on:
        number = int(text)
        if number <= 366:  # noqa: PLR2004  days of a leap year
            years = (created_on.year - 1, created_on.year, created_on.year + 1)
            near = [date.fromordinal(date(year, 1, 1).toordinal() + number - 1) for year in years]
            return min(near, key=lambda day: abs((day - created_on).days))
    return record.day(70, 75, order="ymd") or created_on


def _closed(draft: _Draft, batch: Batch, record: Record) -> Statement:
    """Return the batch as a statement, with what its control record contradicts."""
    counted = Counted()
    for one in batch.entries:
        counted.take(one.record, one.addenda, is_advice=batch.kind == ADVICE)
    draft.total.join(counted)
    draft.batches += 1
    findings = control_findings(
        record, counted, what="batch", batches=0, is_advice=batch.kind == ADVICE
    )
    entries = tuple(entry_of(one, batch) for one in batch.entries)
    findings += [
        StatementFinding(
            code="disputed_return",
            place=entry.place,
            reason=f"the banks dispute a return ({entry.return_reason}); it moves nothing here. "
            "Look at the account statement for who got the money",
        )
        for entry in entries
        if entry.return_reason in DISPUTED
    ]
    header = draft.header
    number = batch.record.cut(88, 94)
    return Statement(
        id=f"{header.cut(24, 29)}{header.cut(30, 33)}{header.cut(34, 34)}-{number}",
        account=_account(batch),
        currency=batch.currency,
        closing_on=batch.day,
        kind="notification",
        entries=entries,
        findings=tuple(findings),
    )


def _account(batch: Batch) -> str:
    """Return our account: the one all entries name, or the company a return comes back to."""
    if any(one.returned for one in batch.entries):
        return batch.company_id
    accounts = {one.account(batch.kind) for one in batch.entries}
    return accounts.pop() if len(accounts) == 1 else ""
