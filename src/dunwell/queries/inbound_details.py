"""One message that came in: its words, what was read in them, what was decided on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dunwell.engine.reply_suggestions import Suggestion, suggestion_of
from dunwell.formats.marked_text import Mark, Piece, pieces
from dunwell.models import (
    Company,
    InboundAttachment,
    InboundDecision,
    InboundMessage,
    InboundReading,
)
from dunwell.queries.readings import latest_reading


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentRow:
    """A file of a message; what is blocked is named and never served."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    verdict: str
    finding: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """What was decided on a message, and the record that came of it."""

    id: int
    reading_id: int | None
    place: int | None
    verdict: str
    label: str
    action: str
    record: str
    record_id: int | None
    is_edited: bool
    is_undone: bool
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionRow:
    """A suggestion at its place, with what was decided on it."""

    place: int
    suggestion: Suggestion
    decision: DecisionRow | None

    @property
    def is_open(self) -> bool:
        """Return whether nobody decided on it."""
        return self.decision is None


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundDetail:
    """A message that came in, as the desk sees it; without a reading `reading_id` is None."""

    id: int
    conversation_id: int
    customer_id: int | None
    customer_name: str
    sender: str
    sender_name: str
    to: str
    subject: str
    pieces: tuple[Piece, ...]
    quoted: str
    finding: str
    language: str
    kind: str
    channel: str
    status: str
    handled_by: str
    received_at: datetime
    reading_id: int | None
    label: str
    labels: tuple[str, ...]
    confidence_ppm: int
    is_sure: bool
    suggestions: tuple[SuggestionRow, ...]
    decisions: tuple[DecisionRow, ...]
    attachments: tuple[AttachmentRow, ...]
    assignee: str
    is_complaint: bool
    conversation_status: str

    @property
    def next_place(self) -> int | None:
        """Return the place of the first suggestion nobody decided on."""
        return next((one.place for one in self.suggestions if one.is_open), None)


def message_detail(company: Company, inbound_id: int) -> InboundDetail | None:
    """Return a message with its reading and decisions, None where there is none; four queries."""
    one = (
        InboundMessage.objects.filter(company=company, pk=inbound_id)
        .select_related("customer", "conversation__assignee")
        .first()
    )
    if one is None:
        return None
    reading = latest_reading(one)
    decisions = decisions_of([one.pk]).get(one.pk, [])
    suggestions = _suggestions(reading, decisions)
    marks = [
        Mark(start=quote.start, end=quote.end, name=name)
        for row in suggestions
        for name, told in row.suggestion.quotes.items()
        for quote in told
    ]
    conversation = one.conversation
    return InboundDetail(
        id=one.pk,
        conversation_id=conversation.pk,
        customer_id=one.customer_id,
        customer_name=one.customer.name if one.customer else "",
        sender=one.sender,
        sender_name=one.sender_name,
        to=one.to,
        subject=one.subject or conversation.subject,
        pieces=pieces(one.text, marks),
        quoted=one.quoted,
        finding=one.finding,
        language=one.language,
        kind=one.kind,
        channel=one.channel,
        status=one.status,
        handled_by=one.handled_by,
        received_at=one.received_at,
        reading_id=reading.pk if reading else None,
        label=reading.label if reading else "",
        labels=tuple(reading.labels) if reading else (),
        confidence_ppm=reading.confidence_ppm if reading else 0,
        is_sure=reading.is_sure if reading else False,
        suggestions=suggestions,
        decisions=tuple(decisions),
        attachments=tuple(attachments_of([one.pk]).get(one.pk, ())),
        assignee=conversation.assignee.username if conversation.assignee else "",
        is_complaint=conversation.is_complaint,
        conversation_status=conversation.status,
    )


def _suggestions(
    reading: InboundReading | None, decisions: Sequence[DecisionRow]
) -> tuple[SuggestionRow, ...]:
    if reading is None:
        return ()
    decided = {one.place: one for one in decisions if one.reading_id == reading.pk}
    return tuple(
        SuggestionRow(place=place, suggestion=suggestion_of(document), decision=decided.get(place))
        for place, document in enumerate(reading.suggestions)
    )


def attachments_of(inbound_ids: Sequence[int]) -> dict[int, list[AttachmentRow]]:
    """Return the files of messages by message, in their order; one query."""
    found: dict[int, list[AttachmentRow]] = {}
    for one in InboundAttachment.objects.filter(inbound__in=inbound_ids).order_by("pk"):
        found.setdefault(one.inbound_id, []).append(
            AttachmentRow(
                id=one.pk,
                name=one.name,
                media_type=one.media_type,
                size_bytes=one.size_bytes,
                verdict=one.verdict,
                finding=one.finding,
            )
        )
    return found


def decisions_of(inbound_ids: Sequence[int]) -> dict[int, list[DecisionRow]]:
    """Return decisions by message, the newest first; those that take back are told at theirs."""
    rows = (
        InboundDecision.objects.filter(inbound__in=inbound_ids, undoes=None)
        .select_related("reading", "undone")
        .order_by("-pk")
    )
    found: dict[int, list[DecisionRow]] = {}
    for one in rows:
        suggestions: Sequence[Mapping[str, Any]] = one.reading.suggestions if one.reading else ()
        is_there = one.suggestion is not None and one.suggestion < len(suggestions)
        found.setdefault(one.inbound_id, []).append(
            DecisionRow(
                id=one.pk,
                reading_id=one.reading_id,
                place=one.suggestion,
                verdict=one.verdict,
                label=one.label,
                action=suggestions[one.suggestion or 0]["action"] if is_there else "",
                record=one.subject,
                record_id=one.subject_id,
                is_edited=one.is_edited,
                is_undone=hasattr(one, "undone"),
                by=one.by,
                recorded_at=one.recorded_at,
            )
        )
    return found
