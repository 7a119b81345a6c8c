"""What the cycle does for reviews: plans, ranks and hands them out, closes what is finished."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor
from dunwell.engine.review_queue import PlannedReview, Trigger, chosen, week_of
from dunwell.models import CreditLimit, CreditReview
from dunwell.queries.review_cases import ReviewsDue, document_of

Status = CreditReview.Status
NOTHING_MOVED, REASON_GONE = "nothing_moved", "reason_gone"
"""Outcomes the cycle closes a review with: nothing was to do, or its trigger went away."""


@transaction.atomic
def plan_reviews(*, actor: Actor, due: ReviewsDue | None, as_of: date, at: datetime) -> int:
    """Bring the queue of reviews in line with the day; return how many changed, 0 without policy.

    New reviews are written, those that wait are ranked anew, those in which nothing moved are
    closed with what was looked at; the best of the queue go to people within the week's budget.
    """
    actor.require("cycle.run")
    if due is None:
        return 0
    standing = {
        review.customer_id: review
        for review in CreditReview.objects.select_for_update(no_key=True).filter(
            company=actor.company, status__in=CreditReview.OPEN
        )
    }
    planned = {one.customer_id: one for one in due.planned}
    new = [
        _review(actor, due, one, as_of=as_of, at=at)
        for one in due.planned
        if one.customer_id not in standing
    ]
    changed = _ranked(standing, planned, due)
    gone = _gone(standing, planned, as_of=as_of)
    followed = _followed(actor, as_of=as_of)
    CreditReview.objects.bulk_create(new, batch_size=500)
    touched = [*changed, *gone, *followed]
    CreditReview.objects.bulk_update(touched, FIELDS, batch_size=500)
    handed = _hand_out(actor, due, as_of=as_of)
    told = [_closed(one) for one in (*new, *gone, *followed) if one.status == Status.CLOSED]
    record_events(actor, told, at=at)
    opened = sum(one.status != Status.CLOSED for one in new)
    if opened or handed:
        record_event(
            actor,
            "reviews.planned",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            opened=opened,
            handed_out=handed,
        )
    return len(new) + len(touched) + handed


FIELDS = [
    *("status", "triggers", "due_on", "exposure_minor", "change_minor", "facts"),
    *("outcome", "closed_on", "limit", "version"),
]


def listed(triggers: Iterable[Trigger]) -> list[dict[str, str]]:
    """Return triggers as a record keeps them."""
    return [{**asdict(one), "on": one.on.isoformat()} for one in triggers]


def _review(
    actor: Actor, due: ReviewsDue, one: PlannedReview, *, as_of: date, at: datetime
) -> CreditReview:
    case = due.cases[one.customer_id]
    status = Status.TRIGGERED if one.is_triggered else Status.DUE
    return CreditReview(
        company=actor.company,
        customer_id=one.customer_id,
        status=Status.CLOSED if one.closes else status,
        triggers=listed(one.triggers),
        due_on=one.due_on,
        opened_on=as_of,
        currency=actor.company.currency,
        exposure_minor=case.now.exposure_minor,
        change_minor=one.change_minor,
        facts=document_of(case.now),
        facts_before={} if case.is_first else document_of(case.before),
        outcome=NOTHING_MOVED if one.closes else "",
        closed_on=as_of if one.closes else None,
        recorded_at=at,
    )


def _ranked(
    standing: dict[int, CreditReview], planned: dict[int, PlannedReview], due: ReviewsDue
) -> list[CreditReview]:
    """Rank those that wait anew; a due one that something asks for becomes a triggered one."""
    changed = []
    for key, review in standing.items():
        one = planned.get(key)
        if one is None or review.status not in CreditReview.WAITING:
            continue
        now = due.cases[key].now
        # the day on which a state was first seen stays; only another set of reasons is news
        has_news = {row["code"] for row in review.triggers} != {row.code for row in one.triggers}
        figures = (one.change_minor, now.exposure_minor)
        if not has_news and figures == (review.change_minor, review.exposure_minor):
            continue
        review.change_minor, review.exposure_minor = figures
        review.facts = document_of(now)
        if has_news:
            review.triggers = listed(one.triggers)
            review.due_on = min(review.due_on, one.due_on)
            if one.is_triggered:
                review.status = Status.TRIGGERED
        review.version += 1
        changed.append(review)
    return changed


def _gone(
    standing: dict[int, CreditReview], planned: dict[int, PlannedReview], *, as_of: date
) -> list[CreditReview]:
    """Close what nothing asks for any more and nobody has begun."""
    gone = [
        review
        for key, review in standing.items()
        if key not in planned
        and review.status in CreditReview.WAITING
        and review.triggers
        and not review.is_manual
    ]
    for review in gone:
        review.status, review.outcome, review.closed_on = Status.CLOSED, REASON_GONE, as_of
        review.version += 1
    return gone


def _followed(actor: Actor, *, as_of: date) -> list[CreditReview]:
    """Close what was carried out, and follow limits that waited for an approval."""
    found = list(
        CreditReview.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company)
        .filter(status__in=(Status.IMPLEMENTED, Status.NO_CHANGE, Status.PENDING_APPROVAL))
        .select_related("limit")
        .order_by("id")
    )
    moved = []
    for review in found:
        if review.status != Status.PENDING_APPROVAL:
            review.status, review.closed_on = Status.CLOSED, as_of
        elif review.limit is None or review.limit.status == CreditLimit.Status.PROPOSED:
            continue
        elif review.limit.status == CreditLimit.Status.APPROVED:
            review.status, review.outcome = Status.IMPLEMENTED, "implemented"
        else:
            # nobody granted it: the recommendation is open again
            review.status, review.limit = Status.RECOMMENDATION, None
        review.version += 1
        moved.append(review)
    return moved


def _hand_out(actor: Actor, due: ReviewsDue, *, as_of: date) -> int:
    """Give the best of the queue to people, within what is left of the week's budget."""
    monday = week_of(as_of)
    reviews = CreditReview.objects.filter(company=actor.company)
    taken = reviews.filter(queued_on__gte=monday, queued_on__lte=as_of).count()
    waiting = list(
        reviews.filter(status__in=CreditReview.WAITING, is_queued=False)
        .order_by("-change_minor", "due_on", "customer")
        .values_list("pk", flat=True)[: due.rules.per_week]
    )
    keys = chosen(waiting, per_week=due.rules.per_week, taken=taken)
    if not keys:
        return 0
    return CreditReview.objects.filter(pk__in=keys).update(is_queued=True, queued_on=as_of)


def _closed(review: CreditReview) -> Fact:
    return Fact(
        verb="review.closed",
        subject="creditreview",
        subject_id=review.pk,
        customer_id=review.customer_id,
        data={"outcome": review.outcome, "due_on": review.due_on.isoformat()},
    )
