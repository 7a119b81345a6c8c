"""Talks with the assistant: whether it is on, and what was said."""

from dataclasses import dataclass
from datetime import datetime

from dunwell.formats.assistant_words import spoken_language
from dunwell.models import AssistantConversation, AssistantSetting, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistantTalkRow:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistantTurnRow:
    """One text with its answer: how it was understood, what proved the answer, what was done.

    `record` names the record that came of it, empty for none; `spoken` is the answer's language.
    """

    number: int
    text: str
    intent: str
    confidence_ppm: int
    language: str
    answer: str
    spoken: str
    evidence: tuple[str, ...]
    tool: str
    record: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistantTalk:
    """One talk in full."""

    talk: AssistantTalkRow
    turns: tuple[AssistantTurnRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistantSwitch:
    """Whether the assistant answers; `version` is 0 where nothing was saved yet."""

    is_on: bool
    version: int
    changed_by: str
    changed_at: datetime | None


def assistant_switch(company: Company) -> AssistantSwitch:
    """Return the company's switch; one query."""
    held = AssistantSetting.objects.filter(company=company).first()
    return AssistantSwitch(
        is_on=held is not None and held.is_on,
        version=held.version if held else 0,
        changed_by=held.changed_by if held else "",
        changed_at=held.changed_at if held else None,
    )


def assistant_talk(company: Company, talk_id: int) -> AssistantTalk | None:
    """Return one talk of the company with its turns; two queries. None for another's."""
    found = AssistantConversation.objects.filter(company=company, pk=talk_id)
    talk = found.select_related("customer", "seat__person").first()
    if talk is None:
        return None
    return AssistantTalk(talk=_row(talk), turns=talk_turns(talk))


def assistant_is_on(company: Company) -> bool:
    """Return whether the company lets the assistant answer; off where nothing was saved."""
    return AssistantSetting.objects.filter(company=company, is_on=True).exists()


def open_talk(seat_id: int) -> AssistantConversation | None:
    """Return the talk of a seat that still goes on."""
    return AssistantConversation.objects.filter(seat=seat_id, status="open").first()


def last_talk(seat_id: int) -> AssistantConversation | None:
    """Return the newest talk of a seat, over or not."""
    return AssistantConversation.objects.filter(seat=seat_id).order_by("-id").first()


def talk_turns(talk: AssistantConversation) -> tuple[AssistantTurnRow, ...]:
    """Return what was said in a talk, in its order; one query."""
    return tuple(
        AssistantTurnRow(
            number=one.number,
            text=one.text,
            intent=one.intent,
            confidence_ppm=one.confidence_ppm,
            language=one.language,
            answer=one.answer,
            spoken=spoken_language(one.language),
            evidence=tuple(one.evidence),
            tool=one.tool,
            record=f"{one.subject} {one.subject_id}" if one.subject else "",
            said_at=one.said_at,
        )
        for one in talk.said_turns.order_by("number")
    )


def assistant_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AssistantTalkRow]:
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


def _row(talk: AssistantConversation) -> AssistantTalkRow:
    return AssistantTalkRow(
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
