"""The calls of a person's day: whom to call next, who may not be called now, what is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from dunwell.models import Company, Contact, Event, Note, Task, WorklistEntry
from dunwell.queries.contact_rules import ContactVerdict, call_verdicts
from dunwell.queries.local_times import local_times
from dunwell.queries.workforce import covered_users

CALL_TASKS = (Task.Kind.CALL, Task.Kind.BROKEN_PROMISE, Task.Kind.FOLLOW_UP)
"""Open tasks that are done by calling, once they are due."""

MOST_CALLS = 100
"""So many calls of a day are listed; nobody makes more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRow:
    """One customer to call: amounts in minor units of `currency`, `local_time` HH:MM there.

    `verdict` is what the contact rules say to a call at this moment; who may not be called has
    the reason in it and the first moment when it is allowed again. `is_again`: its call was taken
    back today, so the result is told anew, whether another call may be made or not.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    rank: int
    to_collect_minor: int
    currency: str
    minutes: int
    oldest_days: int
    reasons: Mapping[str, object]
    is_planned: bool
    phone: str
    contact: str
    local_time: str
    verdict: ContactVerdict
    is_again: bool

    @property
    def is_callable(self) -> bool:
        """Return whether the customer may be called now and has a number."""
        return self.verdict.is_allowed and bool(self.phone)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallQueue:
    """The day's calls: `waiting` in the order of the ranks, `blocked` may not be called now.

    `done` counts the calls this person recorded today, `last_call_id` is the last of them.
    """

    waiting: tuple[CallRow, ...]
    blocked: tuple[CallRow, ...]
    done: int
    last_call_id: int | None
    last_customer: str

    @property
    def total(self) -> int:
        """Return how many calls the day has: made, and to be made."""
        return self.done + len(self.waiting)


def call_queue(
    company: Company, *, user_id: int | None, person: str, as_of: date, at: datetime
) -> CallQueue:
    """Return the calls of a person's day; the same queries however many there are.

    A call is planned by the day's plan or asked for by a task that is due. Whom somebody called
    today is done, unless the result was taken back.
    """
    users = covered_users(company, user_id=user_id, as_of=as_of)
    calls, again = _calls(company, as_of)
    mine = [call for call in calls if call.by == person]
    entries = _entries(company, users, as_of, {call.customer_id for call in calls})
    customers = [entry.customer_id for entry in entries]
    rows = _rows(company, entries, customers, again, as_of=as_of, at=at)
    return CallQueue(
        waiting=tuple(row for row in rows if row.is_callable or row.is_again),
        blocked=tuple(row for row in rows if not row.is_callable and not row.is_again),
        done=len(mine),
        last_call_id=mine[-1].pk if mine else None,
        last_customer=mine[-1].customer.name if mine else "",
    )


def standing_calls(company: Company, *, as_of: date) -> list[Note]:
    """Return the calls of a day in the order they were made, those taken back left out."""
    return _calls(company, as_of)[0]


def _calls(company: Company, as_of: date) -> tuple[list[Note], set[int]]:
    """Return the calls of a day that stand, and the customers whose call was taken back."""
    calls = list(
        Note.objects.filter(company=company, on=as_of, kind=Note.Kind.CALL)
        .select_related("customer")
        .order_by("id")
    )
    taken_back = set(
        Event.objects.filter(
            company=company,
            subject="note",
            subject_id__in=[call.pk for call in calls],
            verb="note.taken_back",
        ).values_list("subject_id", flat=True)
    )
    standing = [call for call in calls if call.pk not in taken_back]
    return standing, {call.customer_id for call in calls if call.pk in taken_back}


def _entries(
    company: Company, users: Sequence[int], as_of: date, called: set[int]
) -> list[WorklistEntry]:
    awake = Q(customer__snooze=None) | Q(customer__snooze__until_on__lte=as_of)
    asked_for = Task.objects.filter(
        customer=OuterRef("customer"),
        kind__in=CALL_TASKS,
        status=Task.Status.OPEN,
        due_on__lte=as_of,
    )
    planned = Q(reasons__suggestion__is_planned=True, reasons__suggestion__action="call")
    found = (
        WorklistEntry.objects.filter(awake, company=company, customer__collector__in=users)
        .filter(planned | Q(Exists(asked_for)))
        .exclude(customer__in=called)
        .select_related("customer")
    )
    return list(found.order_by("rank", "id")[:MOST_CALLS])


def _rows(
    company: Company,
    entries: Sequence[WorklistEntry],
    customers: Sequence[int],
    again: Collection[int],
    *,
    as_of: date,
    at: datetime,
) -> list[CallRow]:
    verdicts = call_verdicts(company, customers, as_of=as_of, at=at)
    times = local_times(company, customers, at=at)
    people: dict[int, Contact] = {}
    for contact in (
        Contact.objects.filter(customer__in=customers)
        .exclude(phone="")
        .order_by("customer", "-is_primary", "id")
    ):
        people.setdefault(contact.customer_id, contact)
    rows = []
    for entry in entries:
        person = people.get(entry.customer_id)
        told = entry.reasons.get("suggestion") or {}
        rows.append(
            CallRow(
                customer_id=entry.customer_id,
                customer_number=entry.customer.number,
                customer_name=entry.customer.name,
                rank=entry.rank,
                to_collect_minor=entry.to_collect_minor,
                currency=entry.currency,
                minutes=entry.minutes,
                oldest_days=entry.oldest_days,
                reasons=entry.reasons,
                is_planned=bool(told.get("is_planned")) and told.get("action") == "call",
                phone=person.phone if person else "",
                contact=person.name if person else "",
                local_time=times[entry.customer_id].text,
                verdict=verdicts[entry.customer_id],
                is_again=entry.customer_id in again,
            )
        )
    return rows
