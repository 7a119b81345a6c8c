"""Hand-offs as pages and the API show them: whom they wait for, the clock, what came of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from dunwell.engine.office_hours import OfficeHours
from dunwell.models import Company, HandOff, Membership
from dunwell.queries.colleagues import WORKING, desks_of
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.playbooks import office_of, playbooks_in_force
from dunwell.queries.workforce import covered_users

Status = HandOff.Status

MINE, ASKED, OPEN, LATE, OVER = "mine", "asked", "open", "late", "over"
SCOPES = (MINE, ASKED, OPEN, LATE, OVER)
"""Waits for this person or taken on by it; asked by it; not over; not taken on in time; over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOffRow:
    """One hand-off; `minutes_left` are office minutes to take it on, below 0 too late.

    None once it was answered; `answered_minutes` then are the office minutes that took. `is_mine`:
    it waits for this person, or was taken on by it or whom it covers.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    what: str
    context: str
    subject: str
    subject_id: int | None
    status: str
    status_label: str
    to_desk: str
    desk_label: str
    to_person: str
    by: str
    asked_on: date
    due_on: date | None
    answer_by_at: datetime
    minutes_left: int | None
    answered_minutes: int | None
    is_late: bool
    taken_by: str
    result: str
    ended_by: str
    is_mine: bool
    may_take: bool
    may_finish: bool
    may_give_back: bool
    may_withdraw: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOffReader:
    """Who reads: the people it stands for, its desks, and who still works here."""

    stands_for: frozenset[int]
    desks: frozenset[str]
    here: frozenset[int]

    def may_work(self, hand_off: HandOff) -> bool:
        """Return whether a person may answer: who took it on, is named, or else of the desk."""
        for key in (hand_off.taken_user_id, hand_off.to_user_id):
            if key is not None and key in self.here:
                return key in self.stands_for
        return hand_off.to_desk in self.desks

    def is_asker(self, hand_off: HandOff) -> bool:
        """Return whether a person asked for it, or covers for who did."""
        return hand_off.by_user_id in self.stands_for

    @property
    def waiting(self) -> Q:
        """Return the condition of what waits for the person, or was taken on by it."""
        named = Q(to_user__in=self.stands_for)
        nobody = Q(to_user=None) | ~Q(to_user__in=self.here)
        asked = Q(status=Status.ASKED) & (named | nobody & Q(to_desk__in=self.desks))
        return asked | Q(status=Status.TAKEN, taken_user__in=self.stands_for)


def hand_off_reader(
    company: Company, *, user_id: int | None, roles: Collection[str], as_of: date
) -> HandOffReader:
    """Return what a person sees hand-offs with; two queries."""
    here = Membership.objects.filter(company=company, role__in=WORKING, user__is_active=True)
    return HandOffReader(
        stands_for=frozenset(covered_users(company, user_id=user_id, as_of=as_of)),
        desks=frozenset(desks_of(frozenset(roles))),
        here=frozenset(here.values_list("user_id", flat=True)),
    )


def hand_off_rows(
    company: Company,
    reader: HandOffReader,
    *,
    scope: str = OPEN,
    desk: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
    as_of: date,
    at: datetime,
) -> Page[HandOffRow]:
    """Return one page: what is to be answered first at the top, what is over newest first."""
    found = HandOff.objects.filter(_scope(reader, scope, at), company=company)
    if desk:
        found = found.filter(to_desk=desk)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    order: tuple[str, ...] = ("-id",) if scope == OVER else ("answer_by_at", "id")
    kinds: tuple[type[Key], ...] = (int,) if scope == OVER else (datetime, int)
    rows = (
        found.filter(after(cursor, order, kinds))
        .select_related("customer", "to_user")
        .order_by(*order)[: limit + 1]
    )
    office = office_of(company, playbooks_in_force(company, as_of=as_of))
    return page_of(
        [hand_off_row(one, reader, office=office, at=at) for one in rows],
        limit=limit,
        key=lambda row: (row.id,) if scope == OVER else (row.answer_by_at, row.id),
    )


def hand_off_of(
    company: Company, reader: HandOffReader, hand_off_id: int, *, as_of: date, at: datetime
) -> HandOffRow | None:
    """Return one hand-off of the company, or None; two queries."""
    found = (
        HandOff.objects.filter(company=company, pk=hand_off_id)
        .select_related("customer", "to_user")
        .first()
    )
    if found is None:
        return None
    office = office_of(company, playbooks_in_force(company, as_of=as_of))
    return hand_off_row(found, reader, office=office, at=at)


def waiting_count(company: Company, reader: HandOffReader) -> int:
    """Return how many hand-offs wait for a person or are with it; one query."""
    return HandOff.objects.filter(reader.waiting, company=company).count()


def hand_off_row(
    hand_off: HandOff, reader: HandOffReader, *, office: OfficeHours, at: datetime
) -> HandOffRow:
    """Return how one hand-off looks to a reader."""
    is_asked = hand_off.status == Status.ASKED
    is_open = is_asked or hand_off.status == Status.TAKEN
    may_work = is_open and reader.may_work(hand_off)
    answered = hand_off.taken_at or hand_off.ended_at
    left = office.minutes_between(at, hand_off.answer_by_at)
    is_late = is_asked and hand_off.answer_by_at <= at
    if is_late:
        left = -max(1, office.minutes_between(hand_off.answer_by_at, at))
    customer = hand_off.customer
    return HandOffRow(
        id=hand_off.pk,
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        what=hand_off.what,
        context=hand_off.context,
        subject=hand_off.subject,
        subject_id=hand_off.subject_id,
        status=hand_off.status,
        status_label=str(Status(hand_off.status).label),
        to_desk=hand_off.to_desk,
        desk_label=str(HandOff.Desk(hand_off.to_desk).label),
        to_person=hand_off.to_user.username if hand_off.to_user else "",
        by=hand_off.by,
        asked_on=hand_off.asked_on,
        due_on=hand_off.due_on,
        answer_by_at=hand_off.answer_by_at,
        minutes_left=left if is_asked else None,
        answered_minutes=None
        if answered is None
        else office.minutes_between(hand_off.asked_at, answered),
        is_late=is_late,
        taken_by=hand_off.taken_by,
        result=hand_off.result,
        ended_by=hand_off.ended_by,
        is_mine=may_work,
        may_take=is_asked and may_work,
        may_finish=hand_off.status == Status.TAKEN and may_work,
        may_give_back=may_work,
        may_withdraw=is_open and reader.is_asker(hand_off),
    )


def _scope(reader: HandOffReader, scope: str, at: datetime) -> Q:
    is_open = Q(status__in=(Status.ASKED, Status.TAKEN))
    return {
        MINE: reader.waiting,
        ASKED: is_open & Q(by_user__in=reader.stands_for),
        OPEN: is_open,
        LATE: Q(status=Status.ASKED, answer_by_at__lte=at),
    }.get(scope, ~is_open)
