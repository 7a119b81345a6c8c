"""What was done well, and what holds a word about it back: from records that stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dunwell.engine.recognition import Deed, Word, words_due
from dunwell.models import (
    Company,
    Conversation,
    Dispute,
    Initiative,
    MeetingDecision,
    Milestone,
    User,
    Voice,
)
from dunwell.queries.meetings import paid_by_point, shown_name

LOOKBACK = timedelta(days=90)
KINDS = (Milestone.Kind.DECISION, Milestone.Kind.VOICE)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBackRow:
    """A deed that gets no word yet or at all, and why; for the person and the lead alone."""

    kind: str
    name: str
    person: str
    done_on: date
    held_back: str


def words_of_day(company: Company, *, as_of: date) -> tuple[Word, ...]:
    """Return the deeds of the last ninety days with no word yet, each with what holds it back."""
    given = list(
        Milestone.objects.filter(company=company, kind__in=KINDS, user__isnull=False).values_list(
            "kind", "subject_id", "user_id", "figures"
        )
    )
    known = {(kind, subject_id) for kind, subject_id, _, _ in given}
    deeds = [
        deed
        for deed in (*_decisions(company, as_of), *_voices(company, as_of))
        if (deed.kind, deed.subject_id) not in known
    ]
    told = [
        (user_id, date.fromisoformat(figures["done_on"]))
        for _, _, user_id, figures in given
        if user_id is not None and "done_on" in figures
    ]
    return words_due(deeds, told=told, as_of=as_of)


def held_back_rows(
    company: Company, *, viewer_id: int | None, is_lead: bool, as_of: date
) -> tuple[HeldBackRow, ...]:
    """Return what is held back of the viewer's own deeds; for the lead, of everybody's."""
    words = [
        word
        for word in words_of_day(company, as_of=as_of)
        if word.held_back and (is_lead or word.deed.user_id == viewer_id)
    ]
    people = User.objects.in_bulk([word.deed.user_id for word in words])
    return tuple(
        HeldBackRow(
            kind=word.deed.kind,
            name=word.deed.name,
            person=shown_name(people[word.deed.user_id]),
            done_on=word.deed.done_on,
            held_back=word.held_back,
        )
        for word in words
    )


def _decisions(company: Company, as_of: date) -> list[Deed]:
    found = list(
        MeetingDecision.objects.filter(
            company=company, done_on__gt=as_of - LOOKBACK, done_on__lte=as_of, point__isnull=False
        ).select_related("point", "meeting")
    )
    points = [one.point for one in found if one.point is not None]
    paid = paid_by_point(company, points)
    customers = {point.customer_id for point in points}
    items = {item_id for point in points for item_id, _ in point.items}
    angry = list(
        Conversation.objects.filter(
            company=company, customer__in=customers, is_complaint=True
        ).values_list("customer_id", "opened_at")
    )
    raised = list(
        Dispute.objects.filter(company=company, item__in=items).values_list("item_id", "opened_on")
    )
    deeds = []
    for one in found:
        point, done_on = one.point, one.done_on
        if point is None or done_on is None:
            continue
        keys = {item_id for item_id, _ in point.items}
        deeds.append(
            Deed(
                kind=Milestone.Kind.DECISION,
                subject_id=one.pk,
                matter=f"point:{point.pk}",
                user_id=one.owner_id,
                name=one.text,
                done_on=done_on,
                currency=point.currency,
                stuck_minor=point.stuck_minor,
                paid_minor=paid.get(point.pk, 0),
                has_complaint=any(
                    customer_id == point.customer_id and _day(at) >= one.meeting.on
                    for customer_id, at in angry
                ),
                is_reopened=any(key in keys and on >= done_on for key, on in raised),
            )
        )
    return deeds


def _voices(company: Company, as_of: date) -> list[Deed]:
    found = Voice.objects.filter(
        Q(initiative__decided_on__gt=as_of - LOOKBACK, initiative__decided_on__lte=as_of),
        company=company,
        author__isnull=False,
        initiative__status=Initiative.Status.KEPT,
    ).select_related("initiative", "author")
    deeds = []
    for one in found:
        initiative, author = one.initiative, one.author
        if initiative is None or author is None or initiative.decided_on is None:
            continue
        deeds.append(
            Deed(
                kind=Milestone.Kind.VOICE,
                subject_id=one.pk,
                matter=f"initiative:{initiative.pk}:{author.pk}",
                user_id=author.pk,
                name=initiative.name,
                done_on=initiative.decided_on,
                # who suggests, takes up and keeps alone has praised nobody but itself
                is_own_judge=author.username
                in {by.split(" via ")[0] for by in (initiative.decided_by, one.answered_by)},
            )
        )
    return deeds


def _day(at: datetime) -> date:
    return at.date()
