"""Escalations as pages and the API show them: whom they wait for, the clock, what came of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from dunwell.engine.calendars import business_days
from dunwell.engine.escalation_clock import ONE_DAY, Clock, is_overdue
from dunwell.engine.escalation_rights import (
    Addressed,
    Person,
    is_asked,
    may_answer,
    may_resolve,
)
from dunwell.engine.office_hours import OfficeHours
from dunwell.engine.playbooks_policy import MANAGER, PlaybooksPolicy, Rung
from dunwell.models import Company, Escalation, Event
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of
from dunwell.queries.playbooks import People, office_of, people_asked, playbooks_in_force
from dunwell.queries.prepared import prepared
from dunwell.queries.workforce import covered_users

Status = Escalation.Status

MINE, OPEN, OVERDUE, RESOLVED, ALL = "mine", "open", "overdue", "resolved", "all"
SCOPES = (MINE, OPEN, OVERDUE, RESOLVED, ALL)
"""Put to this person or taken on by it; not resolved; nobody answered in time; over; every one."""

UNKNOWN_RUNG = Rung(role=MANAGER, answer_days=3)
"""Who is asked about a kind for which the company's matrix has no rungs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationRow:
    """One escalation; `amount_minor` in the company's currency.

    `days_left` are business days to answer, below 0 overdue, None once it was answered. Where
    the rung counts in hours, `answer_by_at` is the moment and `minutes_left` are office minutes.
    `answered_minutes` are the office minutes it took until somebody acknowledged.
    `is_mine`: it waits for this person, or was taken on by it.
    """

    id: int
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    amount_minor: int
    age_days: int
    currency: str
    rung: int
    rungs: int
    to_role: str
    to_person: str
    subject: str
    subject_id: int | None
    reason: str
    raised_by: str
    raised_on: date
    rung_on: date
    answer_by_on: date
    answer_by_at: datetime | None
    days_left: int | None
    minutes_left: int | None
    answered_minutes: int | None
    is_overdue: bool
    acknowledged_by: str
    acknowledged_on: date | None
    resolution: str
    resolved_by: str
    resolved_on: date | None
    is_mine: bool
    may_answer: bool
    may_resolve: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStep:
    """One thing that happened to an escalation: what (the event's last word), who, to whom."""

    verb: str
    on: str
    by: str
    rung: int | None
    to: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationDetail:
    """One escalation with what happened, and who is asked next if nobody answers."""

    row: EscalationRow
    steps: tuple[EscalationStep, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenEscalation:
    """An escalation of a customer that is not resolved, in short."""

    id: int
    kind_label: str
    status_label: str
    reason: str
    is_overdue: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationCounts:
    """How many wait for this person, are not resolved, and are overdue."""

    mine: int
    open: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who reads, the company's policy and people: what every row is judged by."""

    company: Company
    person: Person
    policy: PlaybooksPolicy
    people: People
    as_of: date
    at: datetime

    @property
    def office(self) -> OfficeHours:
        """Return when the company's office works."""
        return office_of(self.company, self.policy)

    def is_late(self, escalation: Escalation) -> bool:
        """Return whether nobody answered in time."""
        return is_overdue(clock_of(escalation), as_of=self.as_of, at=self.at)

    def rungs_of(self, escalation: Escalation) -> tuple[Rung, ...]:
        """Return the rungs of an escalation's kind and amount; one where the matrix has none."""
        line = self.policy.line(escalation.kind)
        return (
            line.rungs_for(escalation.amount_minor, escalation.age_days)
            if line
            else (UNKNOWN_RUNG,)
        )

    def addressed(self, escalation: Escalation) -> Addressed:
        """Return whom an escalation is put to now, with the rungs above."""
        return Addressed(
            role=escalation.to_role,
            user_id=escalation.to_user_id,
            is_there=escalation.to_user_id in self.people.roles,
            later=self.rungs_of(escalation)[escalation.rung :],
        )


def reader_of(
    company: Company,
    *,
    name: str,
    user_id: int | None,
    roles: Collection[str],
    as_of: date,
    at: datetime,
) -> Reader:
    """Return what a person sees escalations with at a moment; three queries."""
    person = Person(
        name=name.partition(" via ")[0],
        roles=frozenset(roles),
        stands_for=frozenset(covered_users(company, user_id=user_id, as_of=as_of)),
    )
    return Reader(
        company=company,
        person=person,
        policy=playbooks_in_force(company, as_of=as_of),
        people=people_asked(company),
        as_of=as_of,
        at=at,
    )


def clock_of(escalation: Escalation) -> Clock:
    """Return an escalation as the clock sees it."""
    return Clock(
        rung=escalation.rung,
        rung_on=escalation.rung_on or escalation.raised_on,
        answer_by_on=escalation.answer_by_on,
        answer_by_at=escalation.answer_by_at,
        is_waiting=escalation.status == Status.RAISED,
    )


def escalation_rows(
    reader: Reader,
    *,
    scope: str = OPEN,
    kind: str = "",
    rung: int | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[EscalationRow]:
    """Return one page, whose day to answer passed first at the top; answered ones by that day."""
    found = Escalation.objects.filter(_scope(reader, scope), company=reader.company)
    if kind:
        found = found.filter(kind=kind)
    if rung is not None:
        found = found.filter(rung=rung)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    is_newest_first = scope in {RESOLVED, ALL}
    order = ("-id",) if is_newest_first else ("answer_by_on", "id")
    kinds: tuple[type[Key], ...] = (int,) if is_newest_first else (date, int)
    rows = (
        found.filter(after(cursor, order, kinds))
        .select_related("customer", "to_user")
        .order_by(*order)[: limit + 1]
    )
    return page_of(
        [row_of(one, reader) for one in rows],
        limit=limit,
        key=lambda row: (row.id,) if is_newest_first else (row.answer_by_on, row.id),
    )


def has_open_escalations(company: Company) -> bool:
    """Return whether anything is escalated and not resolved; one query."""
    return Escalation.objects.filter(
        company=company, status__in=(Status.RAISED, Status.ACKNOWLEDGED)
    ).exists()


def open_escalations(
    company: Company, customer_id: int, *, as_of: date, at: datetime
) -> tuple[OpenEscalation, ...]:
    """Return what is escalated about a customer, the oldest first; one query."""
    return tuple(
        OpenEscalation(
            id=one.pk,
            kind_label=str(Escalation.Kind(one.kind).label),
            status_label=str(Status(one.status).label),
            reason=one.reason,
            is_overdue=is_overdue(clock_of(one), as_of=as_of, at=at),
        )
        for one in _unresolved(company.pk, customer_id)
    )


@prepared
def _unresolved(company_id: int, customer_id: int) -> QuerySet[Escalation]:
    found = Escalation.objects.filter(company=company_id, customer=customer_id)
    return found.exclude(status=Status.RESOLVED).order_by("id")


def escalation_counts(reader: Reader) -> EscalationCounts:
    """Return what the tabs count; one query."""
    found = Escalation.objects.filter(company=reader.company).exclude(status=Status.RESOLVED)
    counts = found.aggregate(
        **{name: Count("id", filter=_scope(reader, name)) for name in (MINE, OPEN, OVERDUE)}
    )
    return EscalationCounts(**counts)


def escalation_detail(reader: Reader, escalation_id: int) -> EscalationDetail | None:
    """Return one escalation of the company with its history, or None; two queries."""
    found = (
        Escalation.objects.filter(company=reader.company, pk=escalation_id)
        .select_related("customer", "to_user")
        .first()
    )
    if found is None:
        return None
    events = Event.objects.filter(
        company=reader.company, subject="escalation", subject_id=found.pk
    ).order_by("seq")
    return EscalationDetail(
        row=row_of(found, reader),
        steps=tuple(
            EscalationStep(
                verb=event.verb,
                on=str(event.data.get("on") or event.at.date().isoformat()),
                by=event.actor,
                rung=event.data.get("rung"),
                to=str(event.data.get("to", "")),
                text=str(event.data.get("reason", "")),
            )
            for event in events
        ),
        later=tuple(rung.address for rung in reader.addressed(found).later)
        if found.status == Status.RAISED
        else (),
    )


def row_of(escalation: Escalation, reader: Reader) -> EscalationRow:
    """Return how one escalation looks to a reader."""
    to, customer, is_waiting = (
        reader.addressed(escalation),
        escalation.customer,
        escalation.status == Status.RAISED,
    )
    by = escalation.acknowledged_by
    person = reader.person
    is_open = escalation.status != Status.RESOLVED
    answerer = by.partition(" via ")[0]
    return EscalationRow(
        id=escalation.pk,
        kind=escalation.kind,
        kind_label=str(Escalation.Kind(escalation.kind).label),
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        status=escalation.status,
        status_label=str(Status(escalation.status).label),
        amount_minor=escalation.amount_minor,
        age_days=escalation.age_days,
        currency=reader.company.currency,
        rung=escalation.rung,
        rungs=max(len(reader.rungs_of(escalation)), escalation.rung),
        to_role=escalation.to_role,
        to_person=escalation.to_user.username if escalation.to_user else "",
        subject=escalation.subject,
        subject_id=escalation.subject_id,
        reason=escalation.reason,
        raised_by=escalation.raised_by,
        raised_on=escalation.raised_on,
        rung_on=escalation.rung_on or escalation.raised_on,
        answer_by_on=escalation.answer_by_on,
        answer_by_at=escalation.answer_by_at,
        days_left=_days_left(escalation, reader) if is_waiting else None,
        minutes_left=_minutes_left(escalation, reader) if is_waiting else None,
        answered_minutes=None
        if escalation.acknowledged_at is None
        else reader.office.minutes_between(escalation.recorded_at, escalation.acknowledged_at),
        is_overdue=reader.is_late(escalation),
        acknowledged_by=by,
        acknowledged_on=escalation.acknowledged_on,
        resolution=escalation.resolution,
        resolved_by=escalation.resolved_by,
        resolved_on=escalation.resolved_on,
        is_mine=is_open and (answerer == person.name if by else is_asked(person, to)),
        may_answer=is_waiting and may_answer(person, to),
        may_resolve=is_open
        and may_resolve(
            person,
            to,
            acknowledged_by=answerer,
            is_answerer_there=answerer in reader.people.keys,
        ),
    )


def _scope(reader: Reader, scope: str) -> Q:
    """Return the condition of a scope on the escalations of the company."""
    if scope == MINE:
        person = reader.person
        gone = ~Q(to_user__in=list(reader.people.roles))
        asked = Q(to_user__in=person.stands_for) | (
            (Q(to_user=None) | gone) & Q(to_role__in=person.roles)
        )
        taken = Q(acknowledged_by=person.name) | Q(
            acknowledged_by__startswith=f"{person.name} via "
        )
        return Q(status=Status.RAISED) & asked | Q(status=Status.ACKNOWLEDGED) & taken
    if scope == OPEN:
        return ~Q(status=Status.RESOLVED)
    if scope == OVERDUE:
        is_late = Q(answer_by_at=None, answer_by_on__lt=reader.as_of)
        return Q(status=Status.RAISED) & (is_late | Q(answer_by_at__lte=reader.at))
    return Q(status=Status.RESOLVED) if scope == RESOLVED else Q()


def _days_left(escalation: Escalation, reader: Reader) -> int:
    """Return business days until the last day to answer, below 0 those since it passed."""
    last, country = escalation.answer_by_on, reader.company.country
    if last >= reader.as_of:
        return len(business_days(country, first=reader.as_of + ONE_DAY, last=last))
    return -max(1, len(business_days(country, first=last + ONE_DAY, last=reader.as_of)))


def _minutes_left(escalation: Escalation, reader: Reader) -> int | None:
    """Return office minutes until the moment to answer, below 0 those since; None for days."""
    last = escalation.answer_by_at
    if last is None:
        return None
    if last > reader.at:
        return reader.office.minutes_between(reader.at, last)
    return -max(1, reader.office.minutes_between(last, reader.at))
