"""How well and how often customers are contacted: right-party contact, complaints, fatigue.

Everything is read from the log of contacts, messages, signals and conversations; every figure
opens the rows it counts.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet

from dunwell.engine.feedback_policy import FeedbackPolicy
from dunwell.engine.proportions import wilson
from dunwell.models import Company, ContactAttempt, Conversation, Message, Signal
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

PPM = 1_000_000
CONFIDENCE = 1.96
"""Normal quantile of 95 % on both sides."""

SPOKEN = "call"
"""The channel in which it can be told whether the right person was reached."""

Outcome = ContactAttempt.Outcome
MADE = (Outcome.CONVERSATION, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.NOT_CONNECTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RightParty:
    """Calls of one person (all: empty) and how many reached somebody who could speak of the debt.

    `share_ppm` None without a call; the interval holds 95 %. Right-party contact is the share of
    attempts that became a conversation with the debtor or its accounts payable, as collection
    practice counts it; a wrong number and a voicemail are none.
    """

    by: str
    calls: int
    reached: int
    share_ppm: int | None
    low_ppm: int
    high_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintRate:
    """Messages that went out under a strategy, and complaints about them, in ppm.

    `is_over` where the rate is beyond the policy's guardrail and not by chance: the lower end of
    its interval is beyond it too. `is_near` where only the rate itself is.
    """

    strategy: str
    sent: int
    complaints: int
    rate_ppm: int | None
    low_ppm: int
    high_ppm: int
    is_over: bool
    is_near: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TiredCustomer:
    """A customer that was contacted often of late, by channel and by how many of us."""

    customer_id: int
    customer_number: str
    customer_name: str
    contacts: int
    calls: int
    written: int
    people: int
    last_at: datetime


def right_party(company: Company, *, from_on: date, until_on: date) -> list[RightParty]:
    """Return the calls of a span, all together first, then by who called; one query."""
    found = (
        _attempts(company, from_on, until_on)
        .filter(counted("calls"))
        .values("by")
        .annotate(calls=Count("id"), reached=Count("id", filter=Q(outcome=Outcome.CONVERSATION)))
        .order_by("-calls", "by")
    )
    rows = [(str(row["by"]), int(row["calls"]), int(row["reached"])) for row in found]
    whole = ("", sum(calls for _, calls, _ in rows), sum(reached for *_, reached in rows))
    return [_right_party(*row) for row in (whole, *rows)] if rows else []


def complaint_rates(
    company: Company, policy: FeedbackPolicy, *, from_on: date, until_on: date
) -> list[ComplaintRate]:
    """Return complaints per message that went out, all together first, then by strategy.

    A complaint is a report of a mail provider, or a conversation somebody marked as one that a
    message began; what is composed by hand has no strategy.
    """
    begin, end = _span(company, from_on, until_on)
    sent = dict(
        Message.objects.filter(
            company=company, status__in=Message.HANDED_OVER, sent_at__gte=begin, sent_at__lt=end
        )
        .values_list("strategy")
        .annotate(number=Count("id"))
    )
    told = Signal.objects.filter(
        company=company, kind=Signal.Kind.COMPLAINED, message__sent_at__gte=begin,
        message__sent_at__lt=end,
    ).values_list("message_id", "message__strategy")  # fmt: skip
    marked = Conversation.objects.filter(
        company=company, is_complaint=True, inbound__answers__sent_at__gte=begin,
        inbound__answers__sent_at__lt=end,
    ).values_list("inbound__answers", "inbound__answers__strategy")  # fmt: skip
    # one message complained about twice is one complaint
    complaints: dict[str, set[int]] = {}
    for message_id, strategy in (*told, *marked):
        complaints.setdefault(strategy, set()).add(message_id)
    rows = sorted(
        ((name, sent.get(name, 0), len(complaints.get(name, ()))) for name in sent),
        key=lambda row: (-row[1], row[0]),
    )
    if not rows:
        return []
    whole = ("*", sum(row[1] for row in rows), sum(row[2] for row in rows))
    return [_complaint_rate(*row, policy) for row in (whole, *rows)]


def tired_customers(
    company: Company,
    policy: FeedbackPolicy,
    *,
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[TiredCustomer]:
    """Return customers with at least as many contacts of late as the policy calls tiring.

    Contacts of every team count, and what the customer began does not. The most contacted first.
    """
    limit = page_limit(limit)
    from_on = tiring_since(policy, as_of=as_of)
    found = (
        _attempts(company, from_on, as_of)
        .filter(counted("ours"))
        .values("customer_id", "customer__number", "customer__name")
        .annotate(
            contacts=Count("id"),
            calls=Count("id", filter=Q(channel=SPOKEN)),
            people=Count("by", distinct=True),
            last_at=Max("at"),
        )
        .filter(contacts__gte=policy.fatigue_contacts)
        .order_by("-contacts", "customer_id")
    )
    if cursor:
        contacts, customer_id = read_cursor(cursor, (int, int))
        found = found.filter(
            Q(contacts__lt=contacts) | Q(contacts=contacts, customer_id__gt=customer_id)
        )
    return page_of(
        [
            TiredCustomer(
                customer_id=row["customer_id"],
                customer_number=row["customer__number"],
                customer_name=row["customer__name"],
                contacts=row["contacts"],
                calls=row["calls"],
                written=row["contacts"] - row["calls"],
                people=row["people"],
                last_at=row["last_at"],
            )
            for row in found[: limit + 1]
        ],
        limit=limit,
        key=lambda row: (row.contacts, row.customer_id),
    )


def tiring_since(policy: FeedbackPolicy, *, as_of: date) -> date:
    """Return the first day whose contacts count as of late."""
    return as_of - timedelta(days=policy.fatigue_days - 1)


def complained_of(company: Company) -> Q:
    """Return the condition of messages that a complaint is about, as `complaint_rates` counts."""
    told = Signal.objects.filter(company=company, kind=Signal.Kind.COMPLAINED)
    marked = Conversation.objects.filter(company=company, is_complaint=True)
    return Q(pk__in=told.values("message")) | Q(pk__in=marked.values("inbound__answers"))


def counted(kind: str) -> Q:
    """Return the condition of contacts a figure counts: calls, reached or ours; else all."""
    if kind == "ours":
        return Q(is_inbound=False) & ~Q(outcome=Outcome.REFUSED)
    if kind == "calls":
        return Q(channel=SPOKEN, outcome__in=MADE)
    return Q(channel=SPOKEN, outcome=Outcome.CONVERSATION) if kind == "reached" else Q()


def _attempts(company: Company, from_on: date, until_on: date) -> QuerySet[ContactAttempt]:
    begin, end = _span(company, from_on, until_on)
    return ContactAttempt.objects.filter(company=company, at__gte=begin, at__lt=end)


def _span(company: Company, from_on: date, until_on: date) -> tuple[datetime, datetime]:
    """Return the moments a span of the company's days begins and has ended."""
    zone = ZoneInfo(company.zone)
    begin = datetime.combine(from_on, time(), zone)
    return begin, datetime.combine(until_on + timedelta(days=1), time(), zone)


def _right_party(by: str, calls: int, reached: int) -> RightParty:
    low, high = wilson(reached, calls, z=CONFIDENCE)
    return RightParty(
        by=by,
        calls=calls,
        reached=reached,
        share_ppm=round(PPM * reached / calls) if calls else None,
        low_ppm=round(PPM * low),
        high_ppm=round(PPM * high),
    )


def _complaint_rate(
    strategy: str, sent: int, complaints: int, policy: FeedbackPolicy
) -> ComplaintRate:
    low, high = wilson(min(complaints, sent), sent, z=CONFIDENCE)
    rate = round(PPM * complaints / sent) if sent else None
    is_over = round(PPM * low) > policy.complaints_ppm
    return ComplaintRate(
        strategy=strategy,
        sent=sent,
        complaints=complaints,
        rate_ppm=rate,
        low_ppm=round(PPM * low),
        high_ppm=round(PPM * high),
        is_over=is_over,
        is_near=not is_over and rate is not None and rate > policy.complaints_ppm,
    )
