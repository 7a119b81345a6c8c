"""EDI 820 (X12): payment orders and remittance advices; one entry per transaction set."""

from collections.abc import Sequence
from datetime import date

from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.statement import BankFile, Entry, Statement, StatementError
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

MONEY_FOLLOWS = frozenset({"I", "H", "P"})
"""BPR01 of advices that carry no money themselves: information, notice, prenotification."""


def is_edi820(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file is an X12 interchange or set of type 820."""
    return first_set(head(content)) == "820"


def first_set(text: str) -> str:
    """Return the type of the first X12 transaction set in the beginning of a file, or empty."""
    begin = text.lstrip("\ufeff\r\n ")
    if not begin.startswith(("ISA", "GS", "ST")):
        return ""
    mark = begin.find("ST", 0 if begin.startswith("ST") else 3)
    while mark >= 0:
        before = begin[mark - 1 : mark]
        after = begin[mark + 2 : mark + 3]
        if not before.isalnum() and after and not after.isalnum() and after != " ":
            return begin[mark + 3 : mark + 6]
        mark = begin.find("ST", mark + 1)
    return ""


def read_edi820(content: bytes, name: str) -> BankFile:
    """Return an 820 file: per set one entry of kind remittance with the documents it pays.

    The amount is BPR02 as money to the payee (credit > 0); counts and control numbers of the
    envelopes are checked. Raises StatementError.
    """
    segments = x12_segments(bank_text(content, name=name), name=name)
    statements = [
        _statement(start, inside)
        for start, inside in transaction_sets(segments)
        if start.at(1) == "820"
    ]
    if not statements:
        raise StatementError(
            name, "whole file", "the file holds no 820 transaction set. Fetch it again"
        )
    return BankFile(
        format="edi820",
        statements=identified_statements(statements, is_numbered=True),
        findings=tuple(envelope_findings(segments)),
    )


def _statement(start: Segment, inside: Sequence[Segment]) -> Statement:
    currency = set_currency(inside)
    orders = [segment for segment in inside if segment.id == "BPR"]
    if len(orders) != 1:
        raise start.refuse(f"the 820 has {len(orders)} payment segments (BPR) instead of one")
    entry = payment_entry(orders[0], inside, currency)
    return Statement(
        id=f"{start.at(2)}-{entry.bank_reference}",
        account=orders[0].at(15),
        currency=currency,
        closing_on=entry.value_on,
        kind="remittance",
        entries=(entry,),
        findings=tuple(
            item_sum_findings(entry.items, abs(entry.amount_minor), currency, place=entry.place)
        ),
    )


def payment_entry(order: Segment, group: Sequence[Segment], currency: str) -> Entry:
    """Return a payment (BPR) with the trace, parties and documents of its group."""
    amount = order.money(2, currency)
    if amount is None:
        raise order.refuse("the payment has no amount (BPR02). Ask the payer for the file again")
    day = order.day(16) or _told_day(group)
    if day is None:
        raise order.refuse("neither BPR16 nor a DTM segment tells the day of the payment")
    traces = [segment.at(2) for segment in group if segment.id == "TRN" and segment.at(2)]
    items = remitted_items(group, currency)
    references = [
        segment.at(2) or segment.at(3)
        for segment in _before_items(group)
        if segment.id == "REF" and (segment.at(2) or segment.at(3))
    ]
    trace = traces[0] if traces else ""
    return Entry(
        value_on=day,
        booked_on=day,
        amount_minor=-amount if order.at(3) == "D" else amount,
        currency=currency,
        counterparty=party(group, "PR", "RM"),
        counterparty_account=order.at(9),
        counterparty_bank=order.at(7),
        reference=items[0].reference if len(items) == 1 else (references or [trace])[0],
        end_to_end=trace,
        bank_reference=trace,
        text=" ".join(segment.at(2) for segment in group if segment.id == "NTE"),
        code=" ".join(part for part in (order.at(1), order.at(4), order.at(5)) if part),
        status="information" if order.at(1) in MONEY_FOLLOWS else "booked",
        place=order.place,
        items=items,
        details=tuple(
            (f"REF {segment.at(1)}", segment.at(2) or segment.at(3))
            for segment in _before_items(group)
            if segment.id == "REF"
        ),
    )


def _before_items(group: Sequence[Segment]) -> list[Segment]:
    """Return the segments that speak of the payment, not of a document."""
    ends = [at for at, segment in enumerate(group) if segment.id in {"ENT", "RMR"}]
    return list(group[: ends[0]] if ends else group)


def _told_day(group: Sequence[Segment]) -> date | None:
    days = [segment.day(2) for segment in _before_items(group) if segment.id == "DTM"]
    return next((day for day in days if day), None)
