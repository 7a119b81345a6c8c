"""Talks with the assistant: whether it is on, what was said, and the summary for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dunwell.models import AssistantConversation, AssistantSetting, AssistantTurn, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

LONGEST_SUMMARY = 7_000
"""What a hand-over tells at most, with room below the longest message of the portal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkRow:
    """One talk of the list: with whom, how many texts, and why a person goes on, if one does."""

    id: int
    customer_id: int
    customer: str
    person: str
    language: str
    status: str
    status_label: str
    reason: str
    turns: int
    handed_to_id: int | None
    last_at: datetime


def assistant_is_on(company: Company) -> bool:
    """Return whether the company lets the assistant answer; off where nothing was saved."""
    return AssistantSetting.objects.filter(company=company, is_on=True).exists()


def open_talk(seat_id: int) -> AssistantConversation | None:
    """Return the talk of a seat that still goes on."""
    return AssistantConversation.objects.filter(seat=seat_id, status="open").first()


def last_talk(seat_id: int) -> AssistantConversation | None:
    """Return the newest talk of a seat, over or not."""
    return AssistantConversation.objects.filter(seat=seat_id).order_by("-id").first()


def talk_turns(talk: AssistantConversation) -> Sequence[AssistantTurn]:
    """Return what was said in a talk, in its order; one query."""
    return list(talk.said_turns.order_by("number"))


def assistant_rows(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[TalkRow]:
    """Return one page of the company's talks, the newest first; one query.

    Raises CursorError for a cursor of another list.
    """
    limit, order = page_limit(limit), ("-id",)
    found = (
        AssistantConversation.objects.filter(company=company)
        .filter(after(cursor, order, (int,)))
        .select_related("customer", "seat__person")
        .order_by(*order)[: limit + 1]
    )
    return page_of([_row(one) for one in found], limit=limit, key=lambda row: (row.id,))


def hand_over_text(
    talk: AssistantConversation, text: str, *, reason: str, evidence: Sequence[str]
) -> str:
    """Return the summary a person reads: why, what the customer said, what was answered, facts.

    The newest texts are kept where all do not fit.
    """
    head = f"Handed over by the assistant: {reason.replace('_', ' ')}."
    facts = "Known of the account at that moment: " + ("; ".join(evidence) or "nothing open")
    said = [f"Customer: {text}"]
    room = LONGEST_SUMMARY - len(head) - min(len(facts), 1_500) - len(said[0])
    for turn in talk.said_turns.order_by("-number"):
        told = f"Customer: {turn.text}\nAssistant: {turn.answer}"
        room -= len(told)
        if room < 0:
            break
        said.insert(0, told)
    return "\n\n".join([head, *said, facts[:1_500]])


def _row(talk: AssistantConversation) -> TalkRow:
    return TalkRow(
        id=talk.pk,
        customer_id=talk.customer_id,
        customer=talk.customer.name,
        person=talk.seat.person.email,
        language=talk.language,
        status=talk.status,
        status_label=str(AssistantConversation.Status(talk.status).label),
        reason=talk.reason.replace("_", " "),
        turns=talk.turns,
        handed_to_id=talk.handed_to_id,
        last_at=talk.last_at,
    )
