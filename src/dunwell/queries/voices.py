"""Suggestions of colleagues and words of customers, and what became of them."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, Initiative, Survey, Voice
from dunwell.queries.meetings import shown_name
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_UNHEARD = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceRow:
    """One thing said; `source` is staff or customer, `by` empty where nobody is named."""

    id: int
    source: str
    by: str
    customer_id: int | None
    text: str
    status: str
    answer: str
    answered_by: str
    initiative_id: int | None
    initiative: str
    said_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class UnheardRow:
    """The words of a customer in the answer to a survey that nobody has put on the list."""

    survey_id: int
    customer_id: int
    customer: str
    kind: str
    score: int | None
    comment: str
    answered_on: date


def voice_rows(
    company: Company,
    *,
    status: str = "",
    initiative_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[VoiceRow]:
    """Return one page of what was said, the newest first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = Voice.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if initiative_id is not None:
        found = found.filter(initiative=initiative_id)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("author", "initiative", "survey__customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def voice_of(company: Company, voice_id: int) -> VoiceRow | None:
    """Return one thing said; None for none; one query."""
    found = Voice.objects.filter(company=company, pk=voice_id)
    one = found.select_related("author", "initiative", "survey__customer").first()
    return None if one is None else _row(one)


def unheard_rows(company: Company) -> tuple[UnheardRow, ...]:
    """Return customers' words not on the list yet, the newest first; one query."""
    found = (
        Survey.objects.filter(company=company, voice=None, answered_at__isnull=False)
        .exclude(comment="")
        .select_related("customer")
        .order_by("-answered_at", "-pk")[:MOST_UNHEARD]
    )
    return tuple(
        UnheardRow(
            survey_id=one.pk,
            customer_id=one.customer_id,
            customer=one.customer.name,
            kind=one.kind,
            score=one.score,
            comment=one.comment,
            answered_on=one.answered_at.date(),
        )
        for one in found
        if one.answered_at is not None
    )


def open_initiatives(company: Company) -> tuple[tuple[int, str], ...]:
    """Return the improvements that may answer a suggestion, by name; one query."""
    found = Initiative.objects.filter(company=company).exclude(status__in=Initiative.OVER)
    return tuple(found.order_by("name").values_list("pk", "name"))


def _row(one: Voice) -> VoiceRow:
    customer = None if one.survey is None else one.survey.customer
    by = customer.name if customer else "" if one.author is None else shown_name(one.author)
    return VoiceRow(
        id=one.pk,
        source="staff" if customer is None else "customer",
        by=by,
        customer_id=None if customer is None else customer.pk,
        text=one.text,
        status=one.status,
        answer=one.answer,
        answered_by=one.answered_by,
        initiative_id=one.initiative_id,
        initiative="" if one.initiative is None else one.initiative.name,
        said_on=one.said_on,
    )
