"""Where targets stand: each measure over a span, of the team or of one person's customers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    DateField,
    ExpressionWrapper,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)

from dunwell.engine.gaming import (
    CallMade,
    DisputeClosed,
    Finding,
    PromiseJudged,
    Receipt,
    Standing,
    collected,
    disputes_resolved,
    promises_honest,
    promises_kept,
    quick_calls,
    share_standing,
)
from dunwell.models import (
    ActionChoice,
    Adjustment,
    Company,
    Contact,
    ContactAttempt,
    Conversation,
    Customer,
    Dispute,
    Message,
    Payment,
    Promise,
    Signal,
    Survey,
    User,
)

ASPECTS: Mapping[str, str] = {
    "collected": "cash",
    "promises_kept": "quality",
    "disputes_resolved": "quality",
    "data_quality": "quality",
    "satisfied": "satisfaction",
    "complaint_free": "satisfaction",
}
"""Measures of targets, and of what each is."""
MONEY = frozenset({"collected"})
"""Measures in minor units; the others are shares in ppm."""
SATISFIED = 4
LOOKBACK = timedelta(days=28)


def standing(
    company: Company, measure: str, *, user: User | None, from_on: date, until_on: date
) -> Standing:
    """Return where a measure stands over a span; four queries at most. KeyError for another."""
    return _READERS[measure](_Span(company, user, from_on, until_on))


class _Span:
    """Whose customers, and which days."""

    def __init__(self, company: Company, user: User | None, from_on: date, until_on: date) -> None:
        self.company, self.user, self.from_on, self.until_on = company, user, from_on, until_on

    def of(self, found: QuerySet[Any], path: str = "customer__collector") -> QuerySet[Any]:
        """Return the company's rows, of a person those of its own customers."""
        return found if self.user is None else found.filter(**{path: self.user})

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return the first moment and the one after the last."""
        begin = datetime.combine(self.from_on, time(), UTC)
        return begin, datetime.combine(self.until_on + timedelta(days=1), time(), UTC)


def _collected(span: _Span) -> Standing:
    company = span.company
    chance = ActionChoice.objects.filter(
        customer=OuterRef("customer"),
        as_of__lte=OuterRef("value_on"),
        as_of__gt=ExpressionWrapper(OuterRef("value_on") - LOOKBACK, output_field=DateField()),
    ).order_by("-as_of")
    rows = (
        span.of(Payment.objects.filter(company=company, currency=company.currency))
        .filter(customer__isnull=False, value_on__range=(span.from_on, span.until_on))
        .annotate(unpaid=Subquery(chance.values("p_unpaid_ppm")[:1]))
        .order_by("id")
        .values_list("id", "customer_id", "amount_minor", "unpaid")
    )
    off = span.of(
        Adjustment.objects.filter(company=company, kind=Adjustment.Kind.WRITE_OFF),
        "item__customer__collector",
    ).filter(effective_on__range=(span.from_on, span.until_on), reverses=None)
    told = collected(
        [Receipt(*row) for row in rows], abs(off.aggregate(n=Sum("amount_minor"))["n"] or 0)
    )
    return _with(told, _calls(span))


def _calls(span: _Span) -> Finding | None:
    begin, end = span.moments
    rows = (
        span.of(ContactAttempt.objects.filter(company=span.company, channel="call"))
        .filter(
            outcome=ContactAttempt.Outcome.CONVERSATION,
            is_inbound=False,
            at__gte=begin,
            at__lt=end,
        )
        .values_list("id", "customer_id", "by", "at")
    )
    return quick_calls([CallMade(*row) for row in rows])


def _promises(span: _Span) -> Standing:
    outcome = Promise.Outcome
    judged = (outcome.KEPT, outcome.PARTIALLY_KEPT, outcome.BROKEN)
    rows = (
        span.of(Promise.objects.filter(company=span.company, outcome__in=judged))
        .filter(settled_on__range=(span.from_on, span.until_on))
        .order_by("id")
        .values_list("id", "customer_id", "made_on", "recorded_at", "outcome")
    )
    promises = [
        PromiseJudged(key, customer_id, made_on, recorded_at.date(), told == outcome.KEPT)
        for key, customer_id, made_on, recorded_at, told in rows
    ]
    return _with(promises_kept(promises), promises_honest(promises))


def _disputes(span: _Span) -> Standing:
    later = (
        Dispute.objects.filter(item=OuterRef("item"), opened_on__gte=OuterRef("closed_on"))
        .exclude(pk=OuterRef("pk"))
        .order_by()
        .values("item")
        .annotate(first=Min("opened_on"))
        .values("first")
    )
    rows = (
        span.of(Dispute.objects.filter(company=span.company))
        .filter(closed_on__range=(span.from_on, span.until_on))
        .annotate(next_on=Subquery(later))
        .order_by("id")
        .values_list("id", "customer_id", "closed_on", "next_on")
    )
    return disputes_resolved([DisputeClosed(*row) for row in rows])


def _data(span: _Span) -> Standing:
    owing = span.of(Customer.objects.filter(company=span.company), "collector").filter(
        open_items__isnull=False
    )
    reached = Contact.objects.filter(Q(email__gt="") | ~Q(phone=""), customer__in=owing)
    return share_standing(reached.values("customer").distinct().count(), owing.distinct().count())


def _satisfied(span: _Span) -> Standing:
    begin, end = span.moments
    answers = span.of(Survey.objects.filter(company=span.company, kind=Survey.Kind.CSAT)).filter(
        score__isnull=False, answered_at__gte=begin, answered_at__lt=end
    )
    good = answers.filter(score__gte=SATISFIED).count()
    return share_standing(good, answers.count())


def _complaints(span: _Span) -> Standing:
    begin, end = span.moments
    sent = span.of(
        Message.objects.filter(company=span.company, status__in=Message.HANDED_OVER)
    ).filter(sent_at__gte=begin, sent_at__lt=end)
    reported = Signal.objects.filter(
        company=span.company, kind=Signal.Kind.COMPLAINED, message__isnull=False
    )
    marked = Conversation.objects.filter(
        company=span.company, is_complaint=True, inbound__answers__isnull=False
    )
    angry = sent.filter(
        Q(pk__in=reported.values("message")) | Q(pk__in=marked.values("inbound__answers"))
    )
    all_ = sent.count()
    return share_standing(all_ - angry.count(), all_)


def _with(told: Standing, *findings: Finding | None) -> Standing:
    more = tuple(one for one in findings if one is not None)
    return replace(told, findings=(*told.findings, *more))


_READERS: Mapping[str, Callable[[_Span], Standing]] = {
    "collected": _collected,
    "promises_kept": _promises,
    "disputes_resolved": _disputes,
    "data_quality": _data,
    "satisfied": _satisfied,
    "complaint_free": _complaints,
}
