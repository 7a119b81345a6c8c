"""/inbox: messages that came in, what is suggested of them, and what is decided."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.inbox_decisions import (
    accept_suggestion,
    correct_reading,
    dismiss_suggestion,
    undo_decision,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Document,
    Done,
    Id,
    Key,
    Limit,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import InboundDecision, InboundMessage, InboundReading
from dunwell.queries.contact_resolution import InboxFigures, inbox_figures
from dunwell.queries.inbound_details import AttachmentRow, DecisionRow, message_detail
from dunwell.queries.inbox import InboxChoice, InboxCounts, InboxRow, inbox_counts, inbox_rows
from dunwell.queries.pages import Page

router = Router(tags=["inbox"])
USUAL_DAYS = 30
PlaceNumber = Annotated[int, Field(ge=0, le=100, description="Place of the suggestion, from 0.")]


class InboxFilter(Schema):
    """Which messages; `whose` mine are those of the token's owner."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["all", "new", "handled", "set_aside"] = "new"
    whose: Literal["", "mine", "nobody"] = ""
    label: Word = ""
    surety: Literal["", "sure", "unsure"] = ""
    language: Word = ""
    customer_id: Key | None = None
    is_late: bool = False
    search: Word = ""


class SuggestedOut(Schema):
    """What may be done: amounts in `fields` are minor units of the currency beside them.

    `quotes` holds per field the words of the message it was read from.
    """

    place: int
    action: str
    label: str
    fields: dict[str, Any]
    quotes: dict[str, list[dict[str, Any]]]
    why: str
    decision: DecisionRow | None


class InboundOut(Schema):
    """A message with its words, how it was read, and what may be done about it."""

    id: int
    conversation_id: int
    customer_id: int | None
    sender: str
    sender_name: str
    subject: str
    text: str
    quoted: str
    finding: str
    language: str
    channel: str
    status: str
    received_at: str
    reading_id: int | None
    label: str
    labels: list[str]
    confidence_ppm: int
    is_sure: bool
    suggestions: list[SuggestedOut]
    attachments: list[AttachmentRow]


class AcceptSuggestionIn(Body):
    """Which suggestion of which reading, and the fields that a person changed."""

    reading_id: Key
    place: PlaceNumber
    fields: Document = {}


class CorrectReadingIn(Body):
    """What a message is about."""

    label: Word


class DismissSuggestionIn(Body):
    """Which suggestion is not to be done; none named: nothing of them."""

    reading_id: Key
    place: PlaceNumber | None = None


class UndoDecisionIn(Body):
    """Which decision is taken back."""

    decision_id: Key


@router.get("", response=answers(Page[InboxRow]))
def list_inbox(
    request: ApiRequest, choice: Query[InboxFilter], cursor: Cursor = "", limit: Limit = PAGE
) -> Page[InboxRow]:
    """List messages that came in, the newest first."""
    request.actor.require("timeline.words")
    chosen = InboxChoice(**choice.dict(), user_id=request.actor.user_id)
    return inbox_rows(request.actor.company, chosen, at=request.at, cursor=cursor, limit=limit)


@router.get("/counts", response=answers(InboxCounts))
def count_inbox(request: ApiRequest) -> InboxCounts:
    """Count what waits: all, mine, nobody's, unsure, late, and by label."""
    request.actor.require("ledger.view")
    return inbox_counts(request.actor.company, user_id=request.actor.user_id, at=request.at)


@router.get("/figures", response=answers(InboxFigures))
def show_inbox_figures(
    request: ApiRequest, first_on: Day | None = None, last_on: Day | None = None
) -> InboxFigures:
    """Show first-contact resolution, time to the answer and backlog of a period.

    Without days the thirty that end today.
    """
    request.actor.require("ledger.view")
    end = last_on or request.as_of
    return inbox_figures(
        request.actor.company,
        first_on=first_on or end - timedelta(days=USUAL_DAYS - 1),
        last_on=end,
        at=request.at,
    )


@router.get("/{inbound_id}", response=answers(InboundOut))
def show_inbound(request: ApiRequest, inbound_id: Id) -> dict[str, Any]:
    """Show one message with what was read in it and what may be done."""
    request.actor.require("timeline.words")
    found = existing(message_detail(request.actor.company, inbound_id))
    names = (
        "id", "conversation_id", "customer_id", "sender", "sender_name", "subject", "quoted",
        "finding", "language", "channel", "status", "reading_id", "label", "confidence_ppm",
        "is_sure",
    )  # fmt: skip
    return {
        **{name: getattr(found, name) for name in names},
        "text": "".join(piece.text for piece in found.pieces),
        "received_at": found.received_at.isoformat(),
        "labels": list(found.labels),
        "attachments": list(found.attachments),
        "suggestions": [
            {"place": row.place, **row.suggestion.as_dict(), "decision": row.decision}
            for row in found.suggestions
        ],
    }


@router.post("/{inbound_id}/accept", response=answers(Created, 201))
@once
def accept_inbox_suggestion(
    request: ApiRequest, inbound_id: Id, body: AcceptSuggestionIn
) -> tuple[int, dict[str, Any]]:
    """Do what is suggested; the id is that of the decision."""
    decision = accept_suggestion(
        actor=request.actor,
        reading=_reading(request, inbound_id, body.reading_id),
        place=body.place,
        fields=body.fields,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": decision.pk}


@router.post("/{inbound_id}/correct", response=answers(Created, 201))
@once
def correct_inbox_reading(
    request: ApiRequest, inbound_id: Id, body: CorrectReadingIn
) -> tuple[int, dict[str, Any]]:
    """Say what a message is about; the id is that of the reading that counts now."""
    reading = correct_reading(
        actor=request.actor,
        inbound=own(InboundMessage, request.actor, inbound_id),
        label=body.label,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": reading.pk}


@router.post("/{inbound_id}/dismiss", response=answers(Created, 201))
@once
def dismiss_inbox_suggestion(
    request: ApiRequest, inbound_id: Id, body: DismissSuggestionIn
) -> tuple[int, dict[str, Any]]:
    """Say that a suggestion is not to be done; the id is that of the decision."""
    decision = dismiss_suggestion(
        actor=request.actor,
        reading=_reading(request, inbound_id, body.reading_id),
        place=body.place,
        at=request.at,
    )
    return 201, {"id": decision.pk}


@router.post("/{inbound_id}/undo", response=answers(Done))
@once
def undo_inbox_decision(
    request: ApiRequest, inbound_id: Id, body: UndoDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Take back what accepting did."""
    inbound = own(InboundMessage, request.actor, inbound_id)
    decision = get_object_or_404(InboundDecision, pk=body.decision_id, inbound=inbound)
    undo_decision(actor=request.actor, decision=decision, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


def _reading(request: ApiRequest, inbound_id: int, reading_id: int) -> InboundReading:
    inbound = own(InboundMessage, request.actor, inbound_id)
    return get_object_or_404(InboundReading, pk=reading_id, inbound=inbound)
