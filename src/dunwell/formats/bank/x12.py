"""Segments of ASC X12 (EDI): separators settled, envelopes counted, payments and items read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.fields import compact_day, known_currency, minor_amount
from dunwell.formats.bank.statement import RemittedItem, StatementError, StatementFinding

MOST_SEGMENTS = 2_000_000
ISA_LENGTH = 106
SHORTEST_ID, LONGEST_ID = 2, 3
TRAILER_COUNTS = {"SE": "segments", "GE": "sets", "IEA": "groups"}
USD = "USD"
"""Payments by ACH and by US cheque are in US dollars where no CUR segment says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One segment: its elements (the id is element 0) and its number in the file."""

    file: str
    number: int
    elements: tuple[str, ...]

    @property
    def id(self) -> str:
        """Return the segment's name, such as RMR."""
        return self.elements[0]

    @property
    def place(self) -> str:
        """Return where the segment stands, for messages."""
        return f"segment {self.number} ({self.id})"

    def at(self, position: int) -> str:
        """Return an element as X12 counts them (from 1), or an empty text."""
        return self.elements[position].strip() if position < len(self.elements) else ""

    def refuse(self, reason: str) -> StatementError:
        """Return the refusal of this segment, to be raised."""
        return StatementError(self.file, self.place, reason)

    def money(self, position: int, currency: str) -> int | None:
        """Return an amount in minor units, None where the element is empty. May raise."""
        text = self.at(position)
        if not text:
            return None
        return minor_amount(text, currency, file=self.file, place=self.place)

    def day(self, position: int) -> date | None:
        """Return a day written YYMMDD or YYYYMMDD, None where the element is empty. May raise."""
        text = self.at(position)
        return compact_day(text, file=self.file, place=self.place) if text else None


def x12_segments(text: str, *, name: str) -> list[Segment]:
    """Return the segments of an interchange, or of bare segments such as addenda hold.

    Separators come from the ISA header; without one the element separator is the character
    after the first id and the terminator the first of ~, \\ and line end. Raises StatementError.
    """
    body = text.strip()
    element, terminator = _separators(body, name=name)
    joined = body if terminator == "\n" else body.replace("\n", "")
    pieces = joined.split(terminator)
    if len(pieces) > MOST_SEGMENTS:
        raise StatementError(
            name, "whole file", f"the file has more than {MOST_SEGMENTS:,} segments"
        )
    found = []
    for number, piece in enumerate(pieces, 1):
        if piece.strip():
            elements = tuple(piece.strip().split(element))
            found.append(Segment(file=name, number=number, elements=elements))
    return found


def _separators(body: str, *, name: str) -> tuple[str, str]:
    if body.startswith("ISA"):
        if len(body) < ISA_LENGTH:
            raise StatementError(
                name, "segment 1 (ISA)", "the interchange header is cut off. Fetch the file again"
            )
        # Sixteen elements of fixed width; some senders drop the padding, so count the marks.
        element = body[3]
        parts = body.split(element, 16)
        if len(parts) <= 16 or len(parts[16]) < 2:  # noqa: PLR2004
            raise StatementError(
                name, "segment 1 (ISA)", "the interchange header lacks elements. Fetch it again"
            )
        return element, parts[16][1]
    first = next((at for at, letter in enumerate(body) if not letter.isalnum()), -1)
    if not SHORTEST_ID <= first <= LONGEST_ID:
        raise StatementError(name, "segment 1", "it does not begin as an EDI segment does")
    terminator = next((mark for mark in ("~", "\\") if mark in body), "\n")
    return body[first], terminator


def transaction_sets(segments: Sequence[Segment]) -> Iterator[tuple[Segment, list[Segment]]]:
    """Yield each ST segment with the segments up to its SE. Raises StatementError when cut off."""
    start: Segment | None = None
    inside: list[Segment] = []
    for segment in segments:
        if segment.id == "ST":
            if start is not None:
                raise segment.refuse("a transaction set begins before the one before ends (SE)")
            start, inside = segment, []
        elif segment.id == "SE" and start is not None:
            inside.append(segment)
            yield start, inside
            start = None
        elif start is not None:
            inside.append(segment)
    if start is not None:
        raise start.refuse("the transaction set has no end (SE): the file is cut off")


def envelope_findings(segments: Sequence[Segment]) -> list[StatementFinding]:
    """Return where SE, GE and IEA tell other counts or control numbers than the file holds."""
    held = {"SE": 0, "GE": 0, "IEA": 0}
    opened: dict[str, Segment] = {}
    starts = {"ST": ("SE", 2), "GS": ("GE", 6), "ISA": ("IEA", 13)}
    found: list[StatementFinding] = []
    for segment in segments:
        held["SE"] += 1
        if segment.id in starts:
            end, _ = starts[segment.id]
            opened[end] = segment
            held[end] = 1 if end == "SE" else 0
            for outer, inner in (("GE", "ST"), ("IEA", "GS")):
                held[outer] += segment.id == inner
        elif segment.id in held and segment.id in opened:
            found.extend(_differences(segment, opened.pop(segment.id), held[segment.id]))
    return found


def _differences(end: Segment, start: Segment, held: int) -> Iterator[StatementFinding]:
    number_at = {"SE": 2, "GE": 6, "IEA": 13}[end.id]
    what = TRAILER_COUNTS[end.id]
    if end.at(1) != str(held) and end.at(1).lstrip("0") != str(held):
        yield StatementFinding(
            code="control_total",
            place=end.place,
            reason=f"{end.id} tells {end.at(1) or 'no'} {what}, the file holds {held}. Ask the "
            "sender for the file again",
            severity="error",
        )
    if end.at(2) != start.at(number_at):
        yield StatementFinding(
            code="control_number",
            place=end.place,
            reason=f"{end.id} tells control number {end.at(2) or 'none'}, {start.id} tells "
            f"{start.at(number_at) or 'none'}",
        )


def set_currency(segments: Sequence[Segment]) -> str:
    """Return the currency of a CUR segment; US dollars without one. Raises StatementError."""
    for segment in segments:
        if segment.id == "CUR" and segment.at(2):
            return known_currency(segment.at(2), file=segment.file, place=segment.place)
    return USD


def remitted_items(segments: Sequence[Segment], currency: str) -> tuple[RemittedItem, ...]:
    """Return the documents of RMR segments with their REF, DTM, NTE and ADX segments.

    RMR04 is what is paid, RMR05 the document's amount, RMR06 the discount taken; ADX is an
    adjustment of the document above it, or of the payment as an item of its own. May raise.
    """
    items: list[RemittedItem] = []
    group: list[Segment] = []
    for segment in segments:
        if segment.id == "RMR":
            items.extend(_item(group, currency))
            group = [segment]
        elif segment.id in {"ENT", "SE", "BPR", "BAT", "DEP"}:
            items.extend(_item(group, currency))
            group = []
        elif segment.id == "ADX" and not group:
            items.append(_adjustment(segment, currency))
        elif group:
            group.append(segment)
    items.extend(_item(group, currency))
    return tuple(items)


def _adjustment(segment: Segment, currency: str) -> RemittedItem:
    """Return an adjustment that belongs to no document: ADX01 < 0 lowers the payment."""
    return RemittedItem(
        reference=segment.at(4),
        currency=currency,
        paid_minor=segment.money(1, currency),
        kind="ADX",
        text=f"adjustment {segment.at(2)}".strip(),
    )


def _item(group: Sequence[Segment], currency: str) -> Iterator[RemittedItem]:
    if not group:
        return
    head, others = group[0], group[1:]
    deductions = [segment.money(1, currency) for segment in others if segment.id == "ADX"]
    notes = [segment.at(2) for segment in others if segment.id == "NTE"]
    references = [
        f"{segment.at(1)} {segment.at(2) or segment.at(3)}"
        for segment in others
        if segment.id == "REF"
    ]
    reasons = [f"adjustment {segment.at(2)}" for segment in others if segment.id == "ADX"]
    days = [segment.day(2) for segment in others if segment.id == "DTM" and segment.at(1) == "003"]
    adjusted = sum(amount for amount in deductions if amount is not None)
    yield RemittedItem(
        reference=head.at(2),
        currency=currency,
        paid_minor=head.money(4, currency),
        gross_minor=head.money(5, currency),
        discount_minor=_discount(head, currency),
        deduction_minor=-adjusted if deductions else None,
        issued_on=days[0] if days else None,
        kind=head.at(1),
        text="; ".join([*notes, *references, *reasons]),
    )


def _discount(head: Segment, currency: str) -> int | None:
    """Return the discount as what lowers the document's amount, whatever sign the payer wrote."""
    amount = head.money(6, currency)
    return abs(amount) if amount is not None else None


def party(segments: Sequence[Segment], *codes: str) -> str:
    """Return the name of the first N1 segment of one of the roles, or an empty text."""
    for code in codes:
        for segment in segments:
            if segment.id == "N1" and segment.at(1) == code and segment.at(2):
                return segment.at(2)
    return ""


def item_sum_findings(
    items: Sequence[RemittedItem], paid_minor: int, currency: str, *, place: str
) -> list[StatementFinding]:
    """Return a finding where documents and adjustments make another sum than the payment."""
    amounts = [item.paid_minor for item in items]
    told = [amount for amount in amounts if amount is not None]
    if not items or len(told) < len(amounts) or sum(told) == paid_minor:
        return []
    return [
        StatementFinding(
            code="item_sum",
            place=place,
            reason=f"the documents make {from_minor(sum(told), currency)} {currency}, the payment "
            f"is {from_minor(paid_minor, currency)} {currency}",
        )
    ]
