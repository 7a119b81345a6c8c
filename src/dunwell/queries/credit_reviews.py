"""Reviews of credit as pages and the API show them: the queue with its budget, one review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from dunwell.engine.review_queue import snapshot_of, week_of, what_moved
from dunwell.engine.review_rules import ReviewRules
from dunwell.models import Company, CreditReview
from dunwell.queries.credit_sections import review_rules
from dunwell.queries.customers import customers_searched
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = CreditReview.Status
SCOPES = ("week", "waiting", "working", "decide", "overdue", "closed", "all")
"""This week's; everything nobody began; begun; to decide; past their day; closed; every one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewTrigger:
    """Something that asked for a review, since when, about what."""

    code: str
    on: date
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewRow:
    """One review; amounts in minor units of `currency`, the company's.

    `change_minor` is the change in expected loss since the last review, by which it is ranked.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    triggers: tuple[ReviewTrigger, ...]
    due_on: date
    days_left: int
    is_overdue: bool
    is_queued: bool
    opened_on: date
    currency: str
    exposure_minor: int | None
    limit_minor: int | None
    change_minor: int
    risk_class: str
    reviewer: str
    advice: str
    advice_label: str
    advised_minor: int | None
    advised_until_on: date | None
    advice_reason: str
    advised_by: str
    advised_on: date | None
    limit_id: int | None
    limit_status: str
    decided_by: str
    decided_on: date | None
    decision_reason: str
    outcome: str
    closed_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewFact:
    """A fact of a review: then and now; `moved` beyond the policy's threshold."""

    name: str
    unit: str
    before: int | str | None
    now: int | str | None
    moved: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewDetail:
    """One review with what moved since the one before, and what the policy proposed."""

    row: ReviewRow
    has_before: bool
    facts: tuple[ReviewFact, ...]
    proposal: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewBudget:
    """The week's budget: `per_week` of it `taken`, and how many wait behind it."""

    per_week: int
    taken: int
    waiting: int

    @property
    def left(self) -> int:
        """Return how many more people get this week."""
        return max(self.per_week - self.taken, 0)

    @property
    def weeks(self) -> int:
        """Return in how many weeks everything that waits is handed out, at this rate."""
        return -(-max(self.waiting - self.left, 0) // self.per_week)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewMonth:
    """How many reviews fall due in a month, and of these how many are still open."""

    month: date
    due: int
    still_open: int


def review_rows(
    company: Company,
    *,
    as_of: date,
    scope: str = "week",
    search: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ReviewRow]:
    """Return one page of reviews, the largest change in expected loss first; one query.

    Closed ones come the newest first.
    """
    found = _scope(CreditReview.objects.filter(company=company), scope, as_of=as_of).filter(
        customers_searched(company, search, path="customer__")
    )
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    is_newest_first = scope in {"closed", "all"}
    order = ("-id",) if is_newest_first else ("-change_minor", "id")
    kinds = (int,) * len(order)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, order, kinds))
        .select_related("customer", "limit")
        .order_by(*order)[: limit + 1]
    )
    return page_of(
        [_row(row, as_of=as_of) for row in rows],
        limit=limit,
        key=lambda row: (row.id,) if is_newest_first else (row.change_minor, row.id),
    )


def review_counts(company: Company, *, as_of: date) -> dict[str, int]:
    """Return how many reviews each scope has; one query."""
    return CreditReview.objects.filter(company=company).aggregate(
        **{name: Count("id", filter=_condition(name, as_of)) for name in SCOPES if name != "all"},
        all=Count("id"),
    )


def review_budget(company: Company, *, as_of: date) -> ReviewBudget:
    """Return how much of the week's budget is given out; two queries."""
    rules = review_rules(company, as_of=as_of)
    counts = CreditReview.objects.filter(company=company).aggregate(
        taken=Count("id", filter=Q(queued_on__gte=week_of(as_of), queued_on__lte=as_of)),
        waiting=Count("id", filter=Q(status__in=CreditReview.WAITING, is_queued=False)),
    )
    return ReviewBudget(per_week=rules.per_week, taken=counts["taken"], waiting=counts["waiting"])


def review_calendar(company: Company, *, as_of: date) -> tuple[ReviewMonth, ...]:
    """Return the months in which reviews fall due, closed ones a year back; one query."""
    first = date(as_of.year - 1, as_of.month, 1)
    rows = (
        CreditReview.objects.filter(company=company, due_on__gte=first)
        .order_by("due_on")
        .values_list("due_on", "status")
    )
    months: dict[date, list[int]] = {}
    for on, status in rows:
        counted = months.setdefault(on.replace(day=1), [0, 0])
        counted[0] += 1
        counted[1] += status in CreditReview.OPEN
    return tuple(
        ReviewMonth(month=month, due=due, still_open=still)
        for month, (due, still) in months.items()
    )


def review_detail(company: Company, review_id: int, *, as_of: date) -> ReviewDetail | None:
    """Return one review of the company with what moved, or None; two queries."""
    found = CreditReview.objects.filter(company=company, pk=review_id)
    review = found.select_related("customer", "limit").first()
    if review is None:
        return None
    rules = review_rules(company, as_of=as_of)
    return ReviewDetail(
        row=_row(review, as_of=as_of),
        has_before=bool(review.facts_before),
        facts=_facts(review, rules),
        proposal=review.proposal,
    )


def _facts(review: CreditReview, rules: ReviewRules) -> tuple[ReviewFact, ...]:
    now, before = snapshot_of(review.facts), snapshot_of(review.facts_before)
    moved = what_moved(before, now, rules=rules) if review.facts_before else ()
    return (
        ReviewFact(
            name="exposure",
            unit="minor",
            before=before.exposure_minor,
            now=now.exposure_minor,
            moved="exposure" in moved,
        ),
        ReviewFact(
            name="limit",
            unit="minor",
            before=before.limit_minor,
            now=now.limit_minor,
            moved="limit" in moved,
        ),
        ReviewFact(
            name="risk_class",
            unit="text",
            before=before.risk_class or None,
            now=now.risk_class or None,
            moved="class" in moved,
        ),
        ReviewFact(
            name="pd", unit="ppm", before=before.pd_ppm, now=now.pd_ppm, moved="pd" in moved
        ),
    )


def _condition(scope: str, as_of: date) -> Q:
    conditions = {
        "week": Q(status__in=CreditReview.WAITING, is_queued=True),
        "waiting": Q(status__in=CreditReview.WAITING),
        "working": Q(status__in=(Status.REFRESHING, Status.RECOMMENDATION)),
        "decide": Q(status=Status.PENDING_APPROVAL),
        "overdue": Q(status__in=CreditReview.OPEN, due_on__lt=as_of),
        "closed": Q(status__in=(Status.IMPLEMENTED, Status.NO_CHANGE, Status.CLOSED)),
    }
    return conditions.get(scope, Q())


def _scope(found: QuerySet[CreditReview], scope: str, *, as_of: date) -> QuerySet[CreditReview]:
    return found.filter(_condition(scope, as_of))


def _row(review: CreditReview, *, as_of: date) -> ReviewRow:
    is_open = review.status in CreditReview.OPEN
    facts = snapshot_of(review.facts)
    return ReviewRow(
        id=review.pk,
        customer_id=review.customer_id,
        customer_number=review.customer.number,
        customer_name=review.customer.name,
        status=review.status,
        status_label=str(Status(review.status).label),
        triggers=tuple(
            ReviewTrigger(
                code=one["code"], on=date.fromisoformat(one["on"]), text=one.get("text", "")
            )
            for one in review.triggers
        ),
        due_on=review.due_on,
        days_left=(review.due_on - as_of).days,
        is_overdue=is_open and review.due_on < as_of,
        is_queued=review.is_queued,
        opened_on=review.opened_on,
        currency=review.currency,
        exposure_minor=review.exposure_minor,
        limit_minor=facts.limit_minor,
        change_minor=review.change_minor,
        risk_class=facts.risk_class,
        reviewer=review.reviewer,
        advice=review.advice,
        advice_label=str(CreditReview.Advice(review.advice).label) if review.advice else "",
        advised_minor=review.advised_minor,
        advised_until_on=review.advised_until_on,
        advice_reason=review.advice_reason,
        advised_by=review.advised_by,
        advised_on=review.advised_on,
        limit_id=review.limit_id,
        limit_status=review.limit.status if review.limit else "",
        decided_by=review.decided_by,
        decided_on=review.decided_on,
        decision_reason=review.decision_reason,
        outcome=review.outcome,
        closed_on=review.closed_on,
    )
