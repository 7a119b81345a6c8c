"""One person's day: what to reach, what is promised for today, what waits, and what is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.models import (
    Company,
    Escalation,
    Message,
    Note,
    Payment,
    Promise,
    Task,
    WorklistEntry,
)
from dunwell.queries.approvals import MINE, WAITING, open_count
from dunwell.queries.calls import standing_calls
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.promises import got_promises
from dunwell.queries.workforce import covered_users
from dunwell.queries.worklist_sums import DayPlan, day_plan

CREDIT_DAYS = 14
"""Money counts as brought in by a contact for so many days, as contact answers are judged."""

CALL_BACK_DAYS = 30
"""A day to call again that passed longer ago is no appointment any more."""

MOST_ROWS = 50

REACHED = (
    Note.Result.REACHED,
    Note.Result.CALL_BACK,
    Note.Result.REFUSES,
    Note.Result.SAYS_PAID,
)
"""Results of calls in which somebody was spoken to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseSum:
    """Promises of one currency: how many, and their sum."""

    currency: str
    count: int
    promised_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CashSum:
    """Money of one currency: how many payments, and their sum."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CallBack:
    """An appointment: a customer who is to be called on a day that was agreed or set."""

    customer_id: int
    customer_name: str
    on: date
    result: str
    why: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MyDay:
    """A person's day; amounts of the worklist in home minor units, others by their currency.

    The customers are the person's own and of those it covers for. `plan` is the target: what fits
    into the minutes; `planned_done` of its customers were contacted today by anybody.
    `cash_in` is money of today from customers this person contacted in the last CREDIT_DAYS days.
    """

    plan: DayPlan
    planned_done: int
    to_collect_minor: int
    promised_minor: int
    disputed_minor: int
    dunned_minor: int
    due_today: tuple[PromiseSum, ...]
    failed_today: tuple[PromiseSum, ...]
    call_backs: tuple[CallBack, ...]
    tasks_due: int
    asked_for: int
    to_approve: int
    escalations: int
    drafts: int
    calls: int
    reached: int
    notes: int
    promises: tuple[PromiseSum, ...]
    cash_in: tuple[CashSum, ...]


def my_day(
    company: Company,
    *,
    user_id: int | None,
    person: str,
    roles: Collection[str],
    as_of: date,
) -> MyDay:
    """Return a person's day; the same queries whatever there is."""
    users = covered_users(company, user_id=user_id, as_of=as_of)
    owed = own_entries(company, users).aggregate(
        collect=Sum("to_collect_minor"),
        promised=Sum("promised_minor"),
        disputed=Sum("disputed_minor"),
        dunned=Sum("dunned_minor"),
    )
    calls = [call for call in standing_calls(company, as_of=as_of) if call.by == person]
    approvals = {"person": person, "roles": roles, "as_of": as_of}
    return MyDay(
        plan=day_plan(company, as_of=as_of, user_id=user_id),
        planned_done=_planned_done(company, users, as_of=as_of),
        to_collect_minor=int(owed["collect"] or 0),
        promised_minor=int(owed["promised"] or 0),
        disputed_minor=int(owed["disputed"] or 0),
        dunned_minor=int(owed["dunned"] or 0),
        due_today=_sums(due_promises(company, users, as_of=as_of)),
        failed_today=_sums(failed_promises(company, users, as_of=as_of)),
        call_backs=_call_backs(company, users, as_of=as_of),
        tasks_due=due_tasks(company, users, as_of=as_of).count(),
        asked_for=open_count(company, scope=MINE, **approvals),  # type: ignore[arg-type]
        to_approve=open_count(company, scope=WAITING, **approvals),  # type: ignore[arg-type]
        escalations=put_to(company, user_id=user_id, roles=roles).count(),
        drafts=kept(
            company,
            ("own_drafts", tuple(users)),
            own_drafts(company, users).count,
            is_worth=lambda drafts: drafts >= MANY_CUSTOMERS,
        ),
        calls=len(calls),
        reached=sum(1 for call in calls if call.result in REACHED),
        notes=own_notes(company, person, as_of=as_of).count(),
        promises=_sums(got_promises(company, on=as_of, person=person)),
        cash_in=_cash_in(company, person, as_of=as_of),
    )


def own_entries(company: Company, users: Sequence[int]) -> QuerySet[WorklistEntry]:
    """Return the worklist of some people's customers."""
    return WorklistEntry.objects.filter(company=company, customer__collector__in=users)


def due_promises(company: Company, users: Sequence[int], *, as_of: date) -> QuerySet[Promise]:
    """Return the open promises of some people's customers that are due on a day."""
    return Promise.objects.filter(
        company=company,
        customer__collector__in=users,
        due_on=as_of,
        outcome=Promise.Outcome.OPEN,
    )


def failed_promises(company: Company, users: Sequence[int], *, as_of: date) -> QuerySet[Promise]:
    """Return the promises of some people's customers that were judged broken on a day."""
    return Promise.objects.filter(
        company=company,
        customer__collector__in=users,
        settled_on=as_of,
        outcome__in=[Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT],
        forgiven_on=None,
    )


def due_tasks(company: Company, users: Sequence[int], *, as_of: date) -> QuerySet[Task]:
    """Return the open tasks about some people's customers that are due."""
    return Task.objects.filter(
        company=company,
        customer__collector__in=users,
        status=Task.Status.OPEN,
        due_on__lte=as_of,
    )


def put_to(
    company: Company, *, user_id: int | None, roles: Collection[str]
) -> QuerySet[Escalation]:
    """Return the escalations nobody answered yet that are put to a person or its roles."""
    return Escalation.objects.filter(
        Q(to_user=user_id) | Q(to_user=None, to_role__in=list(roles)),
        company=company,
        status=Escalation.Status.RAISED,
    )


def own_drafts(company: Company, users: Sequence[int]) -> QuerySet[Message]:
    """Return the messages to some people's customers that wait for approval."""
    return Message.objects.filter(
        company=company, customer__collector__in=users, status=Message.Status.DRAFT
    )


def own_notes(company: Company, person: str, *, as_of: date) -> QuerySet[Note]:
    """Return what a person wrote down on a day, calls left out."""
    notes = Note.objects.filter(company=company, on=as_of, by=person)
    return notes.exclude(kind=Note.Kind.CALL)


def cash_of_contacted(company: Company, person: str, *, as_of: date) -> QuerySet[Payment]:
    """Return a day's money from customers the person contacted; returned money is left out."""
    contacted = Note.objects.filter(
        company=company, by=person, on__gt=as_of - timedelta(days=CREDIT_DAYS), on__lte=as_of
    )
    return Payment.objects.filter(
        company=company,
        value_on=as_of,
        amount_minor__gt=0,
        reversed_by=None,
        customer__in=contacted.values("customer"),
    )


def last_contacts(customers: Collection[int]) -> Mapping[int, datetime]:
    """Return when each customer was last contacted: the newest note or message sent."""
    found = dict(
        Note.objects.filter(customer__in=customers)
        .values("customer")
        .annotate(last=Max("at"))
        .values_list("customer", "last")
    )
    for customer_id, last in (
        Message.objects.filter(customer__in=customers, sent_at__isnull=False)
        .values("customer")
        .annotate(last=Max("sent_at"))
        .values_list("customer", "last")
    ):
        found[customer_id] = max(last, found.get(customer_id, last))
    return found


def _planned_done(company: Company, users: Sequence[int], *, as_of: date) -> int:
    """Return how many of the planned customers were contacted today, put aside since or not."""
    return WorklistEntry.objects.filter(
        company=company,
        customer__collector__in=users,
        reasons__suggestion__is_planned=True,
        customer__in=Note.objects.filter(company=company, on=as_of).values("customer"),
    ).count()


def _sums(promises: QuerySet[Promise]) -> tuple[PromiseSum, ...]:
    """Return how many promises there are and their sum, by currency; one query."""
    rows = (
        promises.values(code=Coalesce("lines__item__currency", F("currency")))
        .annotate(
            n=Count("pk", distinct=True),
            total=Sum(Coalesce("lines__amount_minor", F("amount_minor"))),
        )
        .order_by("code")
    )
    return tuple(
        PromiseSum(currency=row["code"], count=row["n"], promised_minor=int(row["total"]))
        for row in rows
    )


def _call_backs(company: Company, users: Sequence[int], *, as_of: date) -> tuple[CallBack, ...]:
    """Return the appointments that are due, the oldest first; a later contact keeps one."""
    notes = (
        Note.objects.filter(company=company, customer__collector__in=users)
        .annotate(newest=Max("customer__notes__id"))
        .filter(
            id=F("newest"),
            next_on__lte=as_of,
            next_on__gte=as_of - timedelta(days=CALL_BACK_DAYS),
        )
        .select_related("customer")
        .order_by("next_on", "id")[:MOST_ROWS]
    )
    return tuple(
        CallBack(
            customer_id=note.customer_id,
            customer_name=note.customer.name,
            on=note.next_on,
            result=note.result,
            why=note.why,
            text=note.text,
        )
        for note in notes
        if note.next_on is not None
    )


def _cash_in(company: Company, person: str, *, as_of: date) -> tuple[CashSum, ...]:
    rows = (
        cash_of_contacted(company, person, as_of=as_of)
        .values("currency")
        .annotate(n=Count("pk"), total=Sum("amount_minor"))
        .order_by("currency")
    )
    return tuple(
        CashSum(currency=row["currency"], count=row["n"], amount_minor=int(row["total"]))
        for row in rows
    )
