"""Meetings as pages and the API show them: agendas kept, decisions, and what came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from dunwell.models import (
    Allocation,
    Company,
    Meeting,
    MeetingDecision,
    MeetingPoint,
    OpenItem,
    User,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_DECISIONS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingRow:
    """One meeting: how many points it had, and how many of its decisions are carried out."""

    id: int
    name: str
    on: date
    author: str
    points: int
    decisions: int
    done: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingPointRow:
    """A point as it was, and now: `stuck_minor` then, `open_minor` of the same items now."""

    id: int
    rank: int
    reason: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    stuck_minor: int
    open_minor: int
    since_on: date
    n_items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingDecisionRow:
    """A decision with who sees to it; `days_late` is 0 where it is not due or carried out.

    `paid_minor` of `currency` came as payments on its point's items since the meeting; both are
    empty where it is about no point.
    """

    id: int
    meeting_id: int
    meeting: str
    text: str
    owner: str
    owner_id: int
    due_on: date
    days_late: int
    customer_id: int | None
    customer: str
    point_id: int | None
    currency: str
    stuck_minor: int | None
    paid_minor: int | None
    done_on: date | None
    done_by: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetingDetail:
    """One meeting with its agenda and decisions."""

    row: MeetingRow
    points: tuple[MeetingPointRow, ...]
    decisions: tuple[MeetingDecisionRow, ...]


def meeting_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[MeetingRow]:
    """Return one page of meetings, the newest first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = Meeting.objects.filter(company=company).filter(
        after(cursor, ("-on", "-id"), (date, int))
    )
    rows = [_row(one) for one in _counted(found).order_by("-on", "-id")[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.on, row.id))


def meeting_detail(company: Company, meeting_id: int, *, as_of: date) -> MeetingDetail | None:
    """Return one meeting, None where there is none; five queries."""
    found = _counted(Meeting.objects.filter(company=company, pk=meeting_id)).first()
    if found is None:
        return None
    points = list(
        MeetingPoint.objects.filter(meeting=found).select_related("customer").order_by("rank")
    )
    opens = _open_now(company, points)
    return MeetingDetail(
        row=_row(found),
        points=tuple(
            MeetingPointRow(
                id=one.pk,
                rank=one.rank,
                reason=one.reason,
                customer_id=one.customer_id,
                customer_number=one.customer.number,
                customer_name=one.customer.name,
                currency=one.currency,
                stuck_minor=one.stuck_minor,
                open_minor=sum(min(minor, opens.get(key, 0)) for key, minor in one.items),
                since_on=one.since_on,
                n_items=len(one.items),
            )
            for one in points
        ),
        decisions=meeting_decision_rows(company, as_of=as_of, meeting_id=meeting_id),
    )


def meeting_decision_rows(
    company: Company,
    *,
    as_of: date,
    meeting_id: int | None = None,
    only_open: bool = False,
    since: date | None = None,
) -> tuple[MeetingDecisionRow, ...]:
    """Return decisions, those not carried out first by the day they are due; two queries.

    After them stand those carried out, the latest first; MOST_DECISIONS at most. `since` keeps
    those carried out from that day on; those not carried out are always in it.
    """
    found = MeetingDecision.objects.filter(company=company)
    if meeting_id is not None:
        found = found.filter(meeting=meeting_id)
    if only_open:
        found = found.filter(done_on=None)
    elif since is not None:
        found = found.filter(Q(done_on=None) | Q(done_on__gte=since))
    rows = list(
        found.select_related("meeting", "owner", "point__customer").order_by(
            F("done_on").desc(nulls_first=True), "due_on", "pk"
        )[:MOST_DECISIONS]
    )
    paid = paid_by_point(company, [one.point for one in rows if one.point is not None])
    return tuple(_decision(one, paid, as_of) for one in rows)


def paid_by_point(company: Company, points: Iterable[MeetingPoint]) -> dict[int, int]:
    """Return what was paid on the items of points since their meeting, at most what was stuck.

    Minor units of the point's currency, payments alone: credit notes and write-offs free
    nothing. One query.
    """
    wanted = {one.pk: one for one in points}
    keys = {item_id for one in wanted.values() for item_id, _ in one.items}
    rows = Allocation.objects.filter(
        company=company, item__in=keys, source=Allocation.Source.PAYMENT
    ).values_list("item_id", "recorded_at", "amount_minor")
    applied: dict[int, list[tuple[datetime, int]]] = {}
    for item_id, at, minor in rows:
        applied.setdefault(item_id, []).append((at, minor))
    return {
        key: sum(
            max(
                0, min(stuck, sum(n for at, n in applied.get(item_id, []) if at > one.recorded_at))
            )
            for item_id, stuck in one.items
        )
        for key, one in wanted.items()
    }


def _open_now(company: Company, points: Iterable[MeetingPoint]) -> dict[int, int]:
    keys = {item_id for one in points for item_id, _ in one.items}
    return dict(
        OpenItem.objects.filter(company=company, item__in=keys).values_list(
            "item_id", "open_minor"
        )
    )


def _counted(found: QuerySet[Meeting]) -> QuerySet[Meeting]:
    return found.annotate(
        n_points=Count("points", distinct=True),
        n_decisions=Count("decisions", distinct=True),
        n_done=Count("decisions", filter=Q(decisions__done_on__isnull=False), distinct=True),
    )


def _row(one: Meeting) -> MeetingRow:
    return MeetingRow(
        id=one.pk,
        name=one.name,
        on=one.on,
        author=one.author,
        points=one.n_points,  # type: ignore[attr-defined]  # counted above
        decisions=one.n_decisions,  # type: ignore[attr-defined]
        done=one.n_done,  # type: ignore[attr-defined]
    )


def _decision(one: MeetingDecision, paid: dict[int, int], as_of: date) -> MeetingDecisionRow:
    point = one.point
    return MeetingDecisionRow(
        id=one.pk,
        meeting_id=one.meeting_id,
        meeting=str(one.meeting.name),
        text=one.text,
        owner=shown_name(one.owner),
        owner_id=one.owner_id,
        due_on=one.due_on,
        days_late=0 if one.done_on else max(0, (as_of - one.due_on).days),
        customer_id=None if point is None else point.customer_id,
        customer="" if point is None else point.customer.name,
        point_id=None if point is None else point.pk,
        currency="" if point is None else point.currency,
        stuck_minor=None if point is None else point.stuck_minor,
        paid_minor=None if point is None else paid.get(point.pk, 0),
        done_on=one.done_on,
        done_by=one.done_by,
        outcome=one.outcome,
    )


def shown_name(user: User) -> str:
    """Return how a person is called on a page."""
    return user.get_full_name() or user.username
