"""EDI 823 (X12): lockbox deposits with their cheques and the documents these pay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.edi820 import first_set
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head
from dunwell.formats.bank.x12 import (
    Segment,
    envelope_findings,
    item_sum_findings,
    party,
    remitted_items,
    set_currency,
    transaction_sets,
    x12_segments,
)


@dataclass(slots=True)
class _Group:
    """A deposit (DEP), batch (BAT) or payment (BPR) with its own segments, and what it holds."""

    start: Segment
    own: list[Segment] = field(default_factory=list)
    inner: list["_Group"] = field(default_factory=list)


LEVELS = {"DEP": 0, "BAT": 1, "BPR": 2}
CHEQUES = frozenset({"CHK", "PBC", "PDC", "CBC"})
"""BPR04 of payments by cheque."""
PAYMENTS = "42"
"""QTY01 of the number of payments; other quantities are of batches or documents."""


def is_edi823(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file is an X12 interchange or set of type 823."""
    return first_set(head(content)) == "823"


def read_edi823(content: bytes, name: str) -> BankFile:
    """Return an 823 file: a notification per deposit, an entry per cheque or payment in it.

    Totals told for deposits and batches (AMT, AVA) and numbers of payments (QTY) are checked.
    Raises StatementError.
    """
    segments = x12_segments(bank_text(content, name=name), name=name)
    statements = [
        statement
        for start, inside in transaction_sets(segments)
        if start.at(1) == "823"
        for statement in _statements(start, inside)
    ]
    if not statements:
        raise StatementError(
            name, "whole file", "the file holds no deposit (DEP) of an 823. Fetch it again"
        )
    return BankFile(
        format="edi823",
        statements=identified_statements(statements, is_numbered=True),
        findings=tuple(envelope_findings(segments)),
    )


def _statements(start: Segment, inside: Sequence[Segment]) -> list[Statement]:
    currency = set_currency(inside)
    top = _Group(start=start)
    stack = [top]
    levels = [-1]
    for segment in inside:
        level = LEVELS.get(segment.id)
        if level is None:
            stack[-1].own.append(segment)
            continue
        while levels[-1] >= level:
            stack.pop()
            levels.pop()
        group = _Group(start=segment)
        stack[-1].inner.append(group)
        stack.append(group)
        levels.append(level)
    days = [segment.day(2) for segment in top.own if segment.id == "DTM"]
    day = next((told for told in days if told), None)
    return [
        _deposit(group, day, currency, number=start.at(2))
        for group in top.inner
        if group.start.id == "DEP"
    ]


def _deposit(group: _Group, day: date | None, currency: str, *, number: str) -> Statement:
    """Return a deposit: DEP01 its number, DEP02 its day, DEP06 the bank, DEP08 the account."""
    start = group.start
    banked = start.day(2) or day
    entries: list[Entry] = []
    findings: list[StatementFinding] = []
    for batch in group.inner:
        is_batch = batch.start.id == "BAT"
        made = [
            _payment(
                one,
                (batch.start.day(1) if is_batch else None) or banked,
                currency,
                batch=batch.start.at(3) if is_batch else "",
            )
            for one in (batch.inner if is_batch else [batch])
        ]
        entries += made
        findings += _totals(batch, made, currency) if is_batch else []
    findings += _totals(group, entries, currency)
    for entry in entries:
        findings += item_sum_findings(
            entry.items, abs(entry.amount_minor), currency, place=entry.place
        )
    return Statement(
        id=f"{number}-{start.at(1)}",
        account=start.at(8) or start.at(6),
        currency=currency,
        closing_on=banked,
        kind="notification",
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _payment(group: _Group, day: date | None, currency: str, *, batch: str) -> Entry:
    """Return one cheque or payment; its day is the batch's where it tells none."""
    order = group.start
    told = order.day(16) or day
    if told is None:
        raise order.refuse("neither the payment, its batch nor its deposit tells a day")
    amount = order.money(2, currency)
    if amount is None:
        raise order.refuse("the payment has no amount (BPR02). Ask the bank for the file again")
    own = [*group.own, *(segment for inner in group.inner for segment in inner.own)]
    traces = [segment.at(2) for segment in own if segment.id == "TRN" and segment.at(2)]
    marks = {segment.at(1): segment.at(2) for segment in own if segment.id == "REF"}
    trace = traces[0] if traces else ""
    is_cheque = order.at(4) in CHEQUES
    items = remitted_items(own, currency)
    return Entry(
        value_on=told,
        booked_on=told,
        amount_minor=-amount if order.at(3) == "D" else amount,
        currency=currency,
        counterparty=party(own, "PR", "PE"),
        counterparty_account=order.at(9),
        counterparty_bank=order.at(7),
        reference=items[0].reference if len(items) == 1 else trace,
        bank_reference=trace,
        cheque_number=marks.get("CK", trace if is_cheque else ""),
        text=" ".join(segment.at(2) for segment in own if segment.id == "NTE"),
        code=" ".join(part for part in (order.at(1), order.at(4)) if part),
        place=order.place,
        items=items,
        details=tuple(
            (name, value)
            for name, value in (("batch", batch), *((f"REF {k}", v) for k, v in marks.items()))
            if value
        ),
    )


def _totals(group: _Group, entries: Sequence[Entry], currency: str) -> list[StatementFinding]:
    """Return where a deposit or batch tells another sum (AMT) or number of payments (QTY 42)."""
    held = sum(entry.amount_minor for entry in entries)
    found = []
    for segment in group.own:
        told = segment.money(2, currency) if segment.id == "AMT" else None
        if told is not None and told != held:
            found.append(
                f"AMT tells {from_minor(told, currency)} {currency}, the payments make "
                f"{from_minor(held, currency)} {currency}"
            )
        if segment.id == "QTY" and segment.at(1) == PAYMENTS:
            count = segment.at(2)
            if count.lstrip("0") != str(len(entries)):
                found.append(f"QTY tells {count or 'no'} payments, the file holds {len(entries)}")
    return [
        StatementFinding(
            code="control_total",
            place=group.start.place,
            reason=f"{reason}. Ask the bank for the file again",
            severity="error",
        )
        for reason in found
    ]
