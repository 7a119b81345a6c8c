"""A customer's timeline: everything that happened, from five sources, newest first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.models import Company, Event, Message, Note, Payment, Promise
from dunwell.queries.pages import PAGE_SIZE, Page, cursor, page_limit, read_cursor

TOLD_ELSEWHERE = (
    "note.recorded",
    "promise.recorded",
    "payment.recorded",
    "message.sent",
    "message.drafted",
    "message.queued",
)
"""Events whose own record stands in the timeline with its words and amounts."""

LAST = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineRow:
    """One thing that happened; `amount_minor` and `currency` where money is meant.

    `at` of a payment is the start of its value day. `kind` is event, promise,
    message, note or payment, and `id` the key of that record.
    """

    kind: str
    id: int
    at: datetime
    title: str
    text: str
    actor: str
    amount_minor: int | None
    currency: str
    data: Mapping[str, object]


Source = Callable[[Company, int, "_Place", int], list[TimelineRow]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where to go on: rows before the moment, and of the moment itself those with lower keys."""

    at: datetime
    order: int
    key: int

    def before(self, column: str, order: int, value: date | None = None) -> Q:
        """Return the condition of a source by its order among the sources.

        `value` stands for the moment where the column holds days.
        """
        at = self.at if value is None else value
        earlier = Q(**{f"{column}__lt": at})
        if order > self.order:
            return earlier
        if order < self.order:
            return Q(**{f"{column}__lte": at})
        return earlier | Q(**{column: at, "id__lt": self.key})


def timeline(
    company: Company, customer_id: int, *, cursor_text: str = "", limit: int = PAGE_SIZE
) -> Page[TimelineRow]:
    """Return one page of a customer's timeline, the newest first.

    Each source gives its newest rows after the cursor, and the newest of all are
    kept: as many queries as there are sources, whatever lies further back.
    """
    limit = page_limit(limit)
    place = _Place(at=LAST, order=len(SOURCES), key=0)
    if cursor_text:
        at, order, key = read_cursor(cursor_text, (datetime, int, int))
        if isinstance(at, datetime) and isinstance(order, int) and isinstance(key, int):
            place = _Place(at=at, order=order, key=key)
    found = [
        (row.at, order, row.id, row)
        for order, source in enumerate(SOURCES)
        for row in source(company, customer_id, place, limit + 1)
    ]
    found.sort(key=lambda entry: entry[:3], reverse=True)
    shown = found[:limit]
    return Page(
        rows=tuple(row for _, _, _, row in shown),
        next=cursor(shown[-1][:3]) if len(found) > limit else "",
    )


def _events(company: Company, customer_id: int, place: _Place, limit: int) -> list[TimelineRow]:
    events = (
        Event.objects.filter(company=company, customer_id=customer_id)
        .exclude(verb__in=TOLD_ELSEWHERE)
        .filter(place.before("at", 0))
        .order_by("-at", "-id")[:limit]
    )
    return [
        TimelineRow(
            kind="event",
            id=event.pk,
            at=event.at,
            title=event.verb.replace(".", " ").replace("_", " ").capitalize(),
            text=_first_text(event.data, ("reason", "outcome", "note", "text")),
            actor=event.actor,
            amount_minor=_whole(event.data.get("amount_minor")),
            currency=str(event.data.get("currency", "")),
            data=event.data,
        )
        for event in events
    ]


def _promises(company: Company, customer_id: int, place: _Place, limit: int) -> list[TimelineRow]:
    promises = (
        Promise.objects.filter(company=company, customer=customer_id)
        .filter(place.before("recorded_at", 1))
        .annotate(total=Sum("lines__amount_minor"), code=Max("lines__item__currency"))
        .order_by("-recorded_at", "-id")[:limit]
    )
    return [
        TimelineRow(
            kind="promise",
            id=promise.pk,
            at=promise.recorded_at,
            title=f"Promised for {promise.due_on.isoformat()}"
            + (", oldest items first" if promise.level == Promise.Level.CUSTOMER else ""),
            text=promise.note,
            actor="",
            amount_minor=int(promise.total or promise.amount_minor or 0),
            currency=promise.code or promise.currency,
            data={
                "made_on": promise.made_on.isoformat(),
                "due_on": promise.due_on.isoformat(),
                "outcome": promise.outcome,
                "level": promise.level,
            },
        )
        for promise in promises
    ]


def _messages(company: Company, customer_id: int, place: _Place, limit: int) -> list[TimelineRow]:
    messages = (
        Message.objects.filter(company=company, customer=customer_id)
        .annotate(moment=Coalesce("sent_at", "recorded_at"))
        .filter(place.before("moment", 2))
        .defer("body")
        .order_by("-moment", "-id")[:limit]
    )
    return [
        TimelineRow(
            kind="message",
            id=message.pk,
            at=message.sent_at or message.recorded_at,
            title=f"{message.channel.capitalize()}: {message.subject}",
            text=message.error,
            actor="",
            amount_minor=None,
            currency="",
            data={
                "status": message.status,
                "template": message.template,
                "level": message.level,
                "to": message.to,
                "decision": message.decision,
            },
        )
        for message in messages
    ]


def _notes(company: Company, customer_id: int, place: _Place, limit: int) -> list[TimelineRow]:
    notes = (
        Note.objects.filter(company=company, customer=customer_id)
        .filter(place.before("at", 3))
        .order_by("-at", "-id")[:limit]
    )
    return [
        TimelineRow(
            kind="note",
            id=note.pk,
            at=note.at,
            title=": ".join(
                str(label)
                for label in (
                    Note.Kind(note.kind).label,
                    Note.Result(note.result).label if note.result else "",
                )
                if label
            ),
            text=note.text,
            actor=note.by,
            amount_minor=None,
            currency="",
            data={
                "result": note.result,
                "why": note.why,
                "next_on": note.next_on.isoformat() if note.next_on else "",
            },
        )
        for note in notes
    ]


def _payments(company: Company, customer_id: int, place: _Place, limit: int) -> list[TimelineRow]:
    payments = (
        Payment.objects.filter(company=company, customer=customer_id)
        .filter(_before_day(place, 4))
        .order_by("-value_on", "-id")[:limit]
    )
    return [
        TimelineRow(
            kind="payment",
            id=payment.pk,
            at=_start(payment.value_on),
            title=f"Payment {payment.number}"
            if payment.reverses_id is None
            else f"Payment {payment.number} returned",
            text=payment.reference,
            actor=payment.payer,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            data={"method": payment.method, "recorded_on": payment.recorded_on.isoformat()},
        )
        for payment in payments
    ]


SOURCES: Sequence[Source] = (_events, _promises, _messages, _notes, _payments)
"""The sources; of one moment, the later named comes first."""


def _before_day(place: _Place, order: int) -> Q:
    """Return the condition of payments, which have a day and no moment."""
    day = place.at.astimezone(UTC).date()
    if place.at > _start(day):
        # every payment of the cursor's own day lies before its moment
        return Q(value_on__lte=day)
    return place.before("value_on", order, day)


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def _first_text(data: Mapping[str, object], names: Sequence[str]) -> str:
    return next((str(data[name]) for name in names if data.get(name)), "")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
