"""The channels of a company as pages and the API show them: health, volume, cost, outcome."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from dunwell.engine.calendars import month_end, month_number, months_after
from dunwell.models import Channel, Company, Message, Signal
from dunwell.queries.channel_carriers import is_resting
from dunwell.queries.kept_sums import is_large, kept, of_large

MONTHS = 12
OUTCOME_DAYS = 90

Status = Message.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelRow:
    """One channel; `cost_micros` are millionths of `cost_currency` a message costs.

    `state` is well, failing (it failed, but is still used), resting, untried or ended.
    """

    id: int
    kind: str
    kind_label: str
    provider: str
    address: str
    sender: str
    secret_name: str
    has_secret: bool
    settings: dict[str, object]
    cost_micros: int
    cost_currency: str
    is_active: bool
    state: str
    failures: int
    last_ok_at: datetime | None
    last_failed_at: datetime | None
    error: str
    rest_until: datetime | None
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelMonthRow:
    """What went out by a channel and provider in a month of the company's zone, and its cost.

    `messages` went out, `priced` of them cost something: `cost_micros` of `cost_currency`.
    """

    month: date
    channel: str
    provider: str
    cost_currency: str
    messages: int
    delivered: int
    bounced: int
    priced: int
    cost_micros: int

    @property
    def last_on(self) -> date:
        """Return the last day of the month."""
        return month_end(month_number(self.month))


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelOutcomeRow:
    """What became of the messages of a template by a channel that went out lately."""

    channel: str
    template: str
    messages: int
    delivered: int
    bounced: int
    opened: int
    complained: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelWaitingRow:
    """Messages of a channel that have not gone out, by what they wait for."""

    channel: str
    ready: int
    failed: int
    dead: int
    may_repeat: int


def channel_rows(
    company: Company, *, at: datetime, with_ended: bool = False
) -> tuple[ChannelRow, ...]:
    """Return the channels, the active ones first; one query."""
    found = Channel.objects.filter(company=company)
    if not with_ended:
        found = found.filter(is_active=True)
    return tuple(
        _channel(channel, at=at) for channel in found.order_by("-is_active", "kind", "-pk")
    )


def channel_row(company: Company, channel_id: int, *, at: datetime) -> ChannelRow | None:
    """Return one channel of the company, or None."""
    channel = Channel.objects.filter(company=company, pk=channel_id).first()
    return None if channel is None else _channel(channel, at=at)


@of_large
def month_rows(company: Company, *, as_of: date) -> tuple[ChannelMonthRow, ...]:
    """Return volume and cost of the last twelve months, the newest first; one query.

    The messages of the month under the same filter come to it (`message_rows`).
    """
    zone = ZoneInfo(company.zone)
    first_on = months_after(as_of.replace(day=1), 1 - MONTHS)
    first = datetime.combine(first_on, time(), tzinfo=zone)
    rows = (
        Message.objects.filter(company=company, status__in=Message.HANDED_OVER, sent_at__gte=first)
        .annotate(month=TruncMonth("sent_at", tzinfo=zone))
        .order_by("-month", "channel", "provider", "cost_currency")
        .values_list("month", "channel", "provider", "cost_currency")
        .annotate(
            n=Count("pk"),
            delivered=Count("pk", filter=Q(status=Status.DELIVERED)),
            bounced=Count("pk", filter=Q(status=Status.BOUNCED)),
            priced=Count("cost_micros"),
            cost=Sum("cost_micros"),
        )
    )
    return tuple(
        ChannelMonthRow(
            month=month.date(),
            channel=channel,
            provider=provider,
            cost_currency=currency,
            messages=n,
            delivered=delivered,
            bounced=bounced,
            priced=priced,
            cost_micros=int(cost or 0),
        )
        for month, channel, provider, currency, n, delivered, bounced, priced, cost in rows
    )


def outcome_rows(company: Company, *, at: datetime) -> tuple[ChannelOutcomeRow, ...]:
    """Return what became of the messages of the last 90 days by channel and template.

    Two queries: messages, and what was opened or complained about.
    """
    return kept(
        company,
        ("channel_outcomes", at.date()),
        lambda: _outcomes(company, at=at),
        is_worth=lambda _: is_large(company),
    )


def _outcomes(company: Company, *, at: datetime) -> tuple[ChannelOutcomeRow, ...]:
    since = at - timedelta(days=OUTCOME_DAYS)
    told: dict[tuple[str, str], dict[str, int]] = {}
    for channel, template, kind, n in (
        Signal.objects.filter(
            company=company,
            message__status__in=Message.HANDED_OVER,
            message__sent_at__gte=since,
            kind__in=(Signal.Kind.VIEWED, Signal.Kind.COMPLAINED),
        )
        .order_by("message__channel")
        .values_list("message__channel", "message__template", "kind")
        .annotate(n=Count("message", distinct=True))
    ):
        told.setdefault((channel, template), {})[kind] = n
    rows = (
        Message.objects.filter(company=company, status__in=Message.HANDED_OVER, sent_at__gte=since)
        .order_by("channel", "template")
        .values_list("channel", "template")
        .annotate(
            n=Count("pk"),
            delivered=Count("pk", filter=Q(status=Status.DELIVERED)),
            bounced=Count("pk", filter=Q(status=Status.BOUNCED)),
        )
    )
    return tuple(
        ChannelOutcomeRow(
            channel=channel,
            template=template,
            messages=n,
            delivered=delivered,
            bounced=bounced,
            opened=told.get((channel, template), {}).get(Signal.Kind.VIEWED, 0),
            complained=told.get((channel, template), {}).get(Signal.Kind.COMPLAINED, 0),
        )
        for channel, template, n, delivered, bounced in rows
    )


@of_large
def waiting_rows(company: Company) -> tuple[ChannelWaitingRow, ...]:
    """Return the messages that have not gone out, by channel; one query."""
    held = (Status.READY, Status.CLAIMED, Status.FAILED, Status.DEAD)
    rows = (
        Message.objects.filter(company=company, status__in=held)
        .order_by("channel")
        .values_list("channel")
        .annotate(
            ready=Count("pk", filter=Q(status__in=(Status.READY, Status.CLAIMED))),
            failed=Count("pk", filter=Q(status=Status.FAILED)),
            dead=Count("pk", filter=Q(status=Status.DEAD)),
            repeats=Count("pk", filter=Q(may_repeat=True)),
        )
    )
    return tuple(
        ChannelWaitingRow(channel=channel, ready=ready, failed=failed, dead=dead, may_repeat=n)
        for channel, ready, failed, dead, n in rows
    )


def _channel(channel: Channel, *, at: datetime) -> ChannelRow:
    state = "ended"
    if channel.is_active:
        state = "untried" if channel.last_ok_at is None else "well"
        if channel.failures:
            state = "resting" if is_resting(channel, at=at) else "failing"
    return ChannelRow(
        id=channel.pk,
        kind=channel.kind,
        kind_label=str(Channel.Kind(channel.kind).label),
        provider=channel.provider,
        address=channel.address,
        sender=channel.sender,
        secret_name=channel.secret_name,
        has_secret=bool(settings.CHANNEL_SECRETS.get(channel.secret_name)),
        settings=channel.settings,
        cost_micros=channel.cost_micros,
        cost_currency=channel.cost_currency,
        is_active=channel.is_active,
        state=state,
        failures=channel.failures,
        last_ok_at=channel.last_ok_at,
        last_failed_at=channel.last_failed_at,
        error=channel.error,
        rest_until=channel.rest_until,
        by=channel.by,
        recorded_at=channel.recorded_at,
    )
