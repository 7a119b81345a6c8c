"""Figures of the inbox: first-contact resolution, time to the answer, backlog, the classifier."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from dunwell.engine.answer_clock import ANSWER_HOURS
from dunwell.engine.contact_resolution import (
    WINDOW_DAYS,
    FigureLine,
    Judged,
    Thread,
    chosen,
    group_name,
    grouped,
    judged,
    line,
    rate,
)
from dunwell.models import (
    Company,
    Conversation,
    InboundDecision,
    InboundMessage,
    Message,
)
from dunwell.queries.readings import AGAIN, BY_PERSON

GROUPS = ("label", "person")
Verdict = InboundDecision.Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxFigures:
    """The figures of conversations that began in a period, both days in it."""

    first_on: date
    last_on: date
    window_days: int
    answer_hours: int
    total: FigureLine
    by_label: tuple[FigureLine, ...]
    by_person: tuple[FigureLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingLine:
    """How often people agreed with the classifier, by the label it gave; rate in ppm.

    Of a message counts what was decided first on its model's reading: `accepted` as it was,
    `edited` with other fields, `corrected` to another label, `dismissed`.
    """

    label: str
    decided: int
    accepted: int
    edited: int
    corrected: int
    dismissed: int
    accepted_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureRow:
    """A conversation behind a figure."""

    conversation_id: int
    subject: str
    customer_id: int | None
    customer_name: str
    label: str
    person: str
    verdict: str
    opened_at: datetime
    answer_minutes: int | None
    is_in_time: bool | None


def inbox_figures(
    company: Company, *, first_on: date, last_on: date, at: datetime
) -> InboxFigures:
    """Return the figures of a period; three queries whatever there is."""
    found = judged_threads(company, first_on=first_on, last_on=last_on, at=at)
    return InboxFigures(
        first_on=first_on,
        last_on=last_on,
        window_days=WINDOW_DAYS,
        answer_hours=ANSWER_HOURS,
        total=line("", found),
        by_label=grouped(found, by="label"),
        by_person=grouped(found, by="person"),
    )


def figure_rows(
    company: Company,
    *,
    first_on: date,
    last_on: date,
    at: datetime,
    which: str,
    group: str = "",
    name: str = "",
) -> tuple[FigureRow, ...]:
    """Return the conversations that sum to a figure, the newest first.

    `which` is a figure of `contact_resolution.CHOICES`; with a group of GROUPS only the line of
    that name. Raises KeyError for another figure.
    """
    found = judged_threads(company, first_on=first_on, last_on=last_on, at=at)
    if group in GROUPS:
        found = [one for one in found if group_name(one, by=group) == name]
    kept = {one.thread.conversation_id: one for one in chosen(found, which)}
    rows = Conversation.objects.filter(company=company).select_related("customer")
    return tuple(
        FigureRow(
            conversation_id=row.pk,
            subject=row.subject,
            customer_id=row.customer_id,
            customer_name=row.customer.name if row.customer else "",
            label=kept[row.pk].thread.label,
            person=kept[row.pk].thread.person,
            verdict=kept[row.pk].verdict,
            opened_at=row.opened_at,
            answer_minutes=kept[row.pk].answer_minutes,
            is_in_time=kept[row.pk].is_in_time,
        )
        for row in _ours(company, rows.order_by("-opened_at", "-pk"), first_on, last_on)
        if row.pk in kept
    )


def judged_threads(
    company: Company, *, first_on: date, last_on: date, at: datetime
) -> list[Judged]:
    """Return the conversations of a period with what they show; three queries."""
    rows = list(_ours(company, Conversation.objects.select_related("assignee"), first_on, last_on))
    came = _moments(
        InboundMessage.objects.filter(
            conversation__in=[row.pk for row in rows], kind=InboundMessage.Kind.PERSON
        )
        .exclude(status=InboundMessage.Status.SET_ASIDE)
        .order_by("received_at")
        .values_list("conversation_id", "received_at")
    )
    answers = _moments(
        Message.objects.filter(conversation__in=[row.pk for row in rows])
        .exclude(author="")
        .exclude(status=Message.Status.CANCELLED)
        .order_by("recorded_at")
        .values_list("conversation_id", "recorded_at")
    )
    return [
        judged(
            Thread(
                conversation_id=row.pk,
                label=row.label,
                person=row.assignee.username if row.assignee else "",
                came_at=tuple(came.get(row.pk, ())),
                answered_at=tuple(answers.get(row.pk, ())),
                done_at=row.done_at,
                reopened=row.reopened,
                is_open=row.status == Conversation.Status.OPEN,
            ),
            at=at,
            hours=ANSWER_HOURS,
            country=company.country,
            zone=company.zone,
        )
        for row in rows
        if row.pk in came
    ]


def reading_lines(company: Company, *, first_on: date, last_on: date) -> tuple[ReadingLine, ...]:
    """Return how often the classifier's labels were accepted, by label; one query."""
    start, end = _span(company, first_on, last_on)
    rows = (
        InboundDecision.objects.filter(
            inbound__company=company,
            reading__isnull=False,
            undoes=None,
            undone=None,
            recorded_at__gte=start,
            recorded_at__lt=end,
        )
        .exclude(reading__version__startswith=BY_PERSON)
        .exclude(reading__version__startswith=AGAIN)
        .exclude(by="system")
        .order_by("pk")
        .values_list("inbound_id", "reading__label", "verdict", "is_edited")
    )
    first: dict[int, tuple[str, str]] = {}
    for inbound, label, verdict, is_edited in rows:
        told = "edited" if verdict == Verdict.ACCEPTED and is_edited else str(verdict)
        first.setdefault(inbound, (label, told))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for label, told in first.values():
        counts[label][told] += 1
    return tuple(
        ReadingLine(
            label=label,
            decided=sum(told.values()),
            accepted=told["accepted"],
            edited=told["edited"],
            corrected=told["corrected"],
            dismissed=told["dismissed"],
            accepted_ppm=rate(told["accepted"] + told["edited"], sum(told.values())),
        )
        for label, told in sorted(counts.items())
    )


def _ours(
    company: Company, rows: QuerySet[Conversation], first_on: date, last_on: date
) -> QuerySet[Conversation]:
    """Return conversations that were opened in the period and not merged into others."""
    start, end = _span(company, first_on, last_on)
    return rows.filter(company=company, merged_into=None, opened_at__gte=start, opened_at__lt=end)


def _span(company: Company, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the moments a period of the company's days begins and ends at."""
    zone = ZoneInfo(company.zone)
    end = datetime.combine(last_on + timedelta(days=1), time(), zone)
    return datetime.combine(first_on, time(), zone), end


def _moments(rows: Iterable[tuple[int | None, datetime]]) -> dict[int, list[datetime]]:
    """Return moments by conversation, in their order."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for key, moment in rows:
        if key is not None:
            found[key].append(moment)
    return found
