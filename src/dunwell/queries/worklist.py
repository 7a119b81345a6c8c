"""The worklist as pages and the API show it: whom to work on next, why, and what is ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from dunwell.models import Company, Message, Note, Snooze, Task, WorklistEntry
from dunwell.queries.customers import customers_searched
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared
from dunwell.queries.worklist_sums import entries_shown

SHOWN = ("plan", "mine", "all", "unassigned", "snoozed")
WAITING = (Message.Status.DRAFT, Message.Status.READY, Message.Status.FAILED)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingTask:
    """An open task of the customer; the soonest due comes first."""

    id: int
    kind: str
    kind_label: str
    reason: str
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingMessage:
    """A message that is not sent yet."""

    id: int
    channel: str
    status: str
    template: str
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionOption:
    """One way to act on a customer today: its time, what it should bring, and that per minute."""

    action: str
    minutes: int
    extra_minor: int
    per_minute_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """What to do with a customer today, and why, as the last cycle worked it out.

    `is_planned`: it fits into the collector's minutes of the day; `is_automatic`: the mail goes
    out without anybody's doing; `is_worth`: it brings more than it costs. `effect_ppm` of those
    who would not pay by themselves pay because of it: assumed at `prior_ppm`, until chance
    decisions (`acted_n` of them, against `alone_n` left alone) have measured `observed_ppm`
    with its 95 % interval; `weight_ppm` is the weight of what was measured.
    """

    action: str
    is_planned: bool
    is_automatic: bool
    is_worth: bool
    effect_ppm: int
    prior_ppm: int
    observed_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    acted_n: int
    alone_n: int
    weight_ppm: int
    options: tuple[ActionOption, ...]

    @property
    def is_measured(self) -> bool:
        """Whether enough chance decisions stand behind the effect to call it measured."""
        return self.low_ppm is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class WorklistRow:
    """One customer to work on, amounts in minor units of the company's `currency`.

    to_collect = due - promised - disputed - dunned. The rank is by `score`, the extra cash
    expected per minute of what is suggested; `reasons` explain it as the last cycle stored
    it, `blocked` says what keeps the customer from being contacted.
    """

    id: int
    rank: int
    as_of: date
    customer_id: int
    customer_number: str
    customer_name: str
    segment: str
    collector_id: int | None
    collector: str
    currency: str
    due_minor: int
    promised_minor: int
    disputed_minor: int
    dunned_minor: int
    to_collect_minor: int
    expected_extra_minor: int
    score: int
    minutes: int
    oldest_days: int
    reasons: Mapping[str, object]
    suggestion: Suggestion | None
    blocked: tuple[object, ...]
    tasks: tuple[WaitingTask, ...]
    messages: tuple[WaitingMessage, ...]
    last_note_at: datetime | None
    snoozed_until: date | None
    snooze_reason: str


def worklist_rows(
    company: Company,
    *,
    as_of: date,
    user_id: int | None,
    show: str = "mine",
    search: str = "",
    pool_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[WorklistRow]:
    """Return one page of the worklist in the order of its ranks.

    `show` is one of SHOWN; a customer put aside stands in `snoozed` alone until
    its day; `plan` holds those of mine that fit into today's minutes; `pool_id`
    leaves those of a pool. Raises
    ValueError for another word.
    """
    if show not in SHOWN:
        raise ValueError(f"There is no worklist of {show}; use one of {', '.join(SHOWN)}.")
    limit = page_limit(limit)
    asked = (
        Q(company=company)
        & entries_shown(company, show, user_id, as_of)
        & customers_searched(company, search, path="customer__")
        & after(cursor, ("rank", "id"), (int, int))
    )
    if pool_id is not None:
        asked &= Q(customer__pools__pool=pool_id)
    entries = _entries(asked, limit=limit)
    customers = [entry.customer_id for entry in entries]
    tasks = _tasks(customers)
    messages = _messages(customers)
    notes = dict(_noted(customers))
    return page_of(
        [
            _row(
                entry,
                as_of,
                tasks.get(entry.customer_id, ()),
                messages.get(entry.customer_id, ()),
                notes.get(entry.customer_id),
            )
            for entry in entries
        ],
        limit=limit,
        key=lambda row: (row.rank, row.id),
    )


def worklist_entry(company: Company, customer_id: int) -> WorklistEntry | None:
    """Return the entry of a customer, None while it needs no work."""
    return next(iter(_entry(company.pk, customer_id)), None)


@prepared
def _entry(company_id: int, customer_id: int) -> QuerySet[WorklistEntry]:
    return WorklistEntry.objects.filter(company=company_id, customer=customer_id).order_by("pk")


def suggestion_of(reasons: Mapping[str, Any]) -> Suggestion | None:
    """Return what the stored reasons of a worklist entry suggest, None for nothing permitted."""
    told = reasons.get("suggestion")
    if not told or told.get("action") is None:
        return None
    return Suggestion(
        **{name: told[name] for name in Suggestion.__slots__ if name != "options"},
        options=tuple(
            ActionOption(**option, per_minute_minor=option["extra_minor"] // option["minutes"])
            for option in told["options"]
        ),
    )


@prepared
def _entries(condition: Q, *, limit: int) -> QuerySet[WorklistEntry]:
    # the page is chosen before its rows are put together: joined to people, SQLite sorted all
    keys = WorklistEntry.objects.filter(condition).order_by("rank", "id").values("pk")
    found = WorklistEntry.objects.filter(pk__in=keys[: limit + 1])
    told = found.select_related("customer__collector", "customer__snooze")
    return told.order_by("rank", "id")


@prepared
def _noted(customers: Sequence[int]) -> QuerySet[Any, tuple[int, datetime]]:
    found = Note.objects.filter(customer__pk__in=customers).order_by("customer")
    return found.values_list("customer").annotate(last=Max("at"))


@prepared
def _open_tasks(customers: Sequence[int]) -> QuerySet[Task]:
    found = Task.objects.filter(customer__pk__in=customers, status=Task.Status.OPEN)
    return found.order_by("due_on", "id")


@prepared
def _waiting(customers: Sequence[int]) -> QuerySet[Message]:
    found = Message.objects.filter(customer__pk__in=customers, status__in=WAITING)
    left = found.exclude(channel__in=("call", "letter"), status=Message.Status.READY)
    return left.defer("body", "decision").order_by("id")


def _tasks(customers: Sequence[int]) -> dict[int, tuple[WaitingTask, ...]]:
    found: dict[int, tuple[WaitingTask, ...]] = {}
    for task in _open_tasks(customers):
        row = WaitingTask(
            id=task.pk,
            kind=task.kind,
            kind_label=str(Task.Kind(task.kind).label),
            reason=task.reason,
            due_on=task.due_on,
        )
        found[task.customer_id] = (*found.get(task.customer_id, ()), row)
    return found


def _messages(customers: Sequence[int]) -> dict[int, tuple[WaitingMessage, ...]]:
    """Return the messages that wait for delivery or approval; calls and letters are tasks."""
    found: dict[int, tuple[WaitingMessage, ...]] = {}
    for message in _waiting(customers):
        row = WaitingMessage(
            id=message.pk,
            channel=message.channel,
            status=message.status,
            template=message.template,
            level=message.level,
        )
        found[message.customer_id] = (*found.get(message.customer_id, ()), row)
    return found


def _row(
    entry: WorklistEntry,
    as_of: date,
    tasks: tuple[WaitingTask, ...],
    messages: tuple[WaitingMessage, ...],
    last_note_at: datetime | None,
) -> WorklistRow:
    customer = entry.customer
    snooze: Snooze | None = getattr(customer, "snooze", None)
    if snooze is not None and snooze.until_on <= as_of:
        snooze = None
    return WorklistRow(
        id=entry.pk,
        rank=entry.rank,
        as_of=entry.as_of,
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        segment=customer.segment,
        collector_id=customer.collector_id,
        collector=customer.collector.username if customer.collector else "",
        currency=entry.currency,
        due_minor=entry.due_minor,
        promised_minor=entry.promised_minor,
        disputed_minor=entry.disputed_minor,
        dunned_minor=entry.dunned_minor,
        to_collect_minor=entry.to_collect_minor,
        expected_extra_minor=entry.expected_extra_minor,
        score=entry.score,
        minutes=entry.minutes,
        oldest_days=entry.oldest_days,
        reasons=entry.reasons,
        suggestion=suggestion_of(entry.reasons),
        blocked=tuple(entry.blocked),
        tasks=tasks,
        messages=messages,
        last_note_at=last_note_at,
        snoozed_until=snooze.until_on if snooze else None,
        snooze_reason=snooze.reason if snooze else "",
    )
