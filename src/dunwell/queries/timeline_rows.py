"""Where the rows of a customer's timeline come from: one source per kind of record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from django.db.models import DateTimeField, ExpressionWrapper, Max, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, Coalesce, Least

from dunwell.models import (
    Company,
    CreditRating,
    Event,
    InboundMessage,
    Message,
    Note,
    Payment,
    Promise,
    Signal,
)
from dunwell.queries.prepared import prepared

TOLD_ELSEWHERE = (
    "note.recorded",
    "promise.recorded",
    "payment.recorded",
    "message.sent",
    "mail.received",
    *(f"signal.{kind}" for kind in Signal.Kind.values),
)
"""Events whose own record stands in the timeline with its words and amounts."""

KINDS = ("event", "promise", "message", "note", "payment", "signal", "inbound", "rating")
"""What a row can be, in the order of their sources."""

LONGEST_TEXT = 500
"""Characters of a mail that the timeline shows; the conversation has all of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineRow:
    """One thing that happened; `amount_minor` and `currency` where money is meant.

    `at` of a payment is the start of its value day, of a promise written down later the end of
    the day it was made on. `kind` is one of KINDS, and `id` the key of
    that record. Of a row that `is_redacted` the asker may know that it happened, not what it says.
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
    is_redacted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineFilter:
    """Which rows to show: of some kinds (none: all), with a text in them, of a span of days."""

    kinds: Collection[str] = ()
    text: str = ""
    from_on: date | None = None
    until_on: date | None = None


class Source(Protocol):
    """Reads the newest rows of one kind that come after a place."""

    def __call__(
        self, company: Company, customer_id: int, place: "Place", limit: int
    ) -> list[TimelineRow]:
        """Return at most `limit` rows, the newest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where to go on: rows before the moment, and of the moment itself those with lower keys."""

    at: datetime
    order: int
    key: int
    only: TimelineFilter = field(default_factory=TimelineFilter)

    def of(self, *columns: str) -> Q:
        """Return the condition that one of the columns holds the text that is looked for."""
        found = Q()
        for column in columns if self.only.text else ():
            found |= Q(**{f"{column}__icontains": self.only.text})
        return found

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


def _events(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("verb", "words", "actor")
    events = _told_by_events(
        asked & place.before("at", 0), limit=limit, is_searched=bool(place.only.text)
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


@prepared
def _told_by_events(condition: Q, *, limit: int, is_searched: bool) -> QuerySet[Event]:
    found: QuerySet[Event] = Event.objects.all()
    if is_searched:
        found = found.annotate(words=Cast("data", TextField()))
    told = found.filter(condition).exclude(verb__in=TOLD_ELSEWHERE)
    return told.order_by("-at", "-id")[:limit]


def _promises(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("note")
    promises = _told_by_promises(asked & place.before("moment", 1), limit=limit)
    return [
        TimelineRow(
            kind="promise",
            id=promise.pk,
            at=promise.moment,
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


@prepared
def _told_by_promises(condition: Q, *, limit: int) -> QuerySet[Any]:
    made_at = Cast("made_on", DateTimeField()) + timedelta(days=1)
    made = ExpressionWrapper(made_at, output_field=DateTimeField())
    found = Promise.objects.annotate(moment=Least("recorded_at", made)).filter(condition)
    found = found.annotate(total=Sum("lines__amount_minor"), code=Max("lines__item__currency"))
    return found.order_by("-moment", "-id")[:limit]


def _messages(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("subject", "body", "to")
    messages = _told_by_messages(asked & place.before("moment", 2), limit=limit)
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


@prepared
def _told_by_messages(condition: Q, *, limit: int) -> QuerySet[Message]:
    found = Message.objects.annotate(moment=Coalesce("sent_at", "recorded_at"))
    return found.filter(condition).defer("body").order_by("-moment", "-id")[:limit]


def _notes(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("text", "by")
    notes = _told_by_notes(asked & place.before("at", 3), limit=limit)
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


@prepared
def _told_by_notes(condition: Q, *, limit: int) -> QuerySet[Note]:
    return Note.objects.filter(condition).order_by("-at", "-id")[:limit]


def _payments(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("number", "reference", "payer")
    payments = _told_by_payments(asked & _before_day(place, 4), limit=limit)
    return [
        TimelineRow(
            kind="payment",
            id=payment.pk,
            at=start_of(payment.value_on),
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


@prepared
def _told_by_payments(condition: Q, *, limit: int) -> QuerySet[Payment]:
    return Payment.objects.filter(condition).order_by("-value_on", "-id")[:limit]


def _signals(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("message__subject", "kind")
    signals = _told_by_signals(asked & place.before("at", 5), limit=limit)
    return [
        TimelineRow(
            kind="signal",
            id=signal.pk,
            at=signal.at,
            title=str(Signal.Kind(signal.kind).label),
            text=signal.message.subject if signal.message else "",
            actor=signal.source,
            amount_minor=None,
            currency="",
            data={"signal": signal.kind, "message_id": signal.message_id},
        )
        for signal in signals
    ]


@prepared
def _told_by_signals(condition: Q, *, limit: int) -> QuerySet[Signal]:
    found = Signal.objects.filter(condition).select_related("message")
    return found.order_by("-at", "-id")[:limit]


def _inbound(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("subject", "text", "sender")
    came_in = _told_by_mails(asked & place.before("received_at", 6), limit=limit)
    return [
        TimelineRow(
            kind="inbound",
            id=one.pk,
            at=one.received_at,
            title=one.subject,
            text=one.text[:LONGEST_TEXT],
            actor=one.sender_name or one.sender,
            amount_minor=None,
            currency="",
            data={
                "channel": one.channel,
                "inbound": one.kind,
                "status": one.status,
                "from": one.sender,
                "conversation_id": one.conversation_id,
            },
        )
        for one in came_in
    ]


@prepared
def _told_by_mails(condition: Q, *, limit: int) -> QuerySet[InboundMessage]:
    found = InboundMessage.objects.filter(condition).defer("quoted")
    return found.order_by("-received_at", "-id")[:limit]


def _ratings(company: Company, customer_id: int, place: Place, limit: int) -> list[TimelineRow]:
    asked = _whose(company, customer_id) & place.of("risk_class", "outcome")
    ratings = _told_by_ratings(asked & place.before("recorded_at", 7), limit=limit)
    return [
        TimelineRow(
            kind="rating",
            id=rating.pk,
            at=rating.recorded_at,
            title=rating.risk_class,
            text="",
            actor=rating.by,
            amount_minor=None,
            currency="",
            data={
                "risk_class": rating.risk_class,
                "outcome": rating.outcome,
                "points": rating.points,
                "pd_ppm": rating.pd_ppm,
                "reasons": rating.reasons,
            },
        )
        for rating in ratings
    ]


@prepared
def _told_by_ratings(condition: Q, *, limit: int) -> QuerySet[CreditRating]:
    found = CreditRating.objects.filter(condition).defer("facts")
    return found.order_by("-recorded_at", "-id")[:limit]


SOURCES: Sequence[Source] = (
    _events,
    _promises,
    _messages,
    _notes,
    _payments,
    _signals,
    _inbound,
    _ratings,
)
"""The sources; of one moment, the later named comes first."""


def _whose(company: Company, customer_id: int) -> Q:
    return Q(company=company, customer_id=customer_id)


def _before_day(place: Place, order: int) -> Q:
    """Return the condition of payments, which have a day and no moment."""
    day = place.at.astimezone(UTC).date()
    if place.at > start_of(day):
        # every payment of the cursor's own day lies before its moment
        return Q(value_on__lte=day)
    return place.before("value_on", order, day)


def start_of(on: date) -> datetime:
    """Return the moment a day begins, UTC."""
    return datetime.combine(on, time(), UTC)


def _first_text(data: Mapping[str, object], names: Sequence[str]) -> str:
    return next((str(data[name]) for name in names if data.get(name)), "")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
