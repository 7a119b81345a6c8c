"""What the calendar of reviews looks at: limits, exposure, ratings, and what happened since."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models.functions import Coalesce

from dunwell.engine.limits import LimitInForce
from dunwell.engine.review_queue import (
    PlannedReview,
    ReviewCase,
    Snapshot,
    Trigger,
    due_day,
    planned_reviews,
    snapshot_of,
)
from dunwell.engine.review_rules import ReviewRules
from dunwell.models import (
    Company,
    Cover,
    CreditHold,
    CreditReview,
    Customer,
    EarlyWarning,
)
from dunwell.queries.bureau_events import bureau_events
from dunwell.queries.credit_ratings import ratings
from dunwell.queries.credit_sections import published_review_rules
from dunwell.queries.exposures import exposures
from dunwell.queries.limits import limits_in_force

EVENT_DAYS = 400
"""Reports of a bureau older than this are no events any more."""

REVIEWED = ("implemented", "no_change", "nothing_moved")
"""Outcomes that count as a review; a trigger that went away by itself does not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewsDue:
    """The reviews that should be there on a day, with what is known of each customer."""

    as_of: date
    rules: ReviewRules
    planned: tuple[PlannedReview, ...]
    cases: Mapping[int, ReviewCase]


def reviews_due(company: Company, *, as_of: date) -> ReviewsDue | None:
    """Return the reviews due or triggered on a day, None without a credit policy of its own.

    Customers who were ever granted a limit are reviewed. One query without a policy, 17 at most
    with one, whatever the number of customers.
    """
    rules = published_review_rules(company, as_of=as_of)
    if rules is None:
        return None
    cases = review_cases(company, rules, as_of=as_of)
    return ReviewsDue(
        as_of=as_of,
        rules=rules,
        planned=tuple(planned_reviews(cases.values(), rules=rules, as_of=as_of)),
        cases=cases,
    )


def review_cases(
    company: Company,
    rules: ReviewRules,
    *,
    as_of: date,
    with_triggers: bool = True,
) -> dict[int, ReviewCase]:
    """Return the case of every customer with a limit, by its key.

    Without triggers it says what the calendar alone asks, four queries less.
    """
    limits = limits_in_force(company, as_of=as_of)
    limited = {key: one for key, one in limits.items() if one.limit_minor is not None}
    if not limited:
        return {}
    now = snapshots(company, as_of=as_of, limits=limits)
    known = dict(Customer.objects.filter(company=company).values_list("pk", "recorded_at"))
    before = last_reviews(company)
    triggers: dict[int, list[Trigger]] = defaultdict(list)
    if with_triggers:
        for customer, trigger in _triggers(company, rules, as_of=as_of):
            triggers[customer].append(trigger)
    found = {}
    for key, limit in limited.items():
        last = before.get(key)
        until = limit.until_on
        last_day = as_of + timedelta(days=rules.expiring_days)
        if until is not None and not limit.is_suspended and as_of <= until <= last_day:
            triggers[key].append(Trigger(code="limit_expiring", on=as_of, text=until.isoformat()))
        first_on = limit.approved_on or known[key].date()
        found[key] = ReviewCase(
            customer_id=key,
            since_on=last[0] if last else first_on,
            is_first=last is None,
            now=now[key],
            before=last[1] if last else Snapshot(),
            triggers=tuple(triggers.get(key, ())),
        )
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class ComingMonth:
    """A month of the calendar to come: how many customers are due, with which limits in all."""

    month: date
    customers: int
    limit_minor: int


def coming_reviews(company: Company, *, as_of: date) -> tuple[ComingMonth, ...]:
    """Return the months in which reviews fall due by the calendar; what is overdue counts now.

    Customers with a limit, by the rules in force; none without a credit policy of its own.
    """
    rules = published_review_rules(company, as_of=as_of)
    if rules is None:
        return ()
    months: dict[date, list[int]] = {}
    for case in review_cases(company, rules, as_of=as_of, with_triggers=False).values():
        month = max(due_day(case, rules), as_of).replace(day=1)
        counted = months.setdefault(month, [0, 0])
        counted[0] += 1
        counted[1] += case.now.limit_minor or 0
    return tuple(
        ComingMonth(month=month, customers=customers, limit_minor=limit_minor)
        for month, (customers, limit_minor) in sorted(months.items())
    )


def snapshots(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    limits: Mapping[int, LimitInForce] | None = None,
) -> dict[int, Snapshot]:
    """Return what is known of each customer's credit on a day, by its key; ten queries.

    `limits` are those in force, where the caller has read them.
    """
    if limits is None:
        limits = limits_in_force(company, as_of=as_of, customer_ids=customer_ids)
    exposed = exposures(company, as_of=as_of, customer_ids=customer_ids)
    rated = ratings(company, as_of=as_of, customer_ids=customer_ids, with_reasons=False)
    found = {}
    for key, limit in limits.items():
        exposure = exposed.get(key)
        rating = rated.get(key)
        found[key] = Snapshot(
            exposure_minor=exposure.exposure_minor if exposure else None,
            limit_minor=limit.limit_minor,
            pd_ppm=rating.pd_ppm if rating else None,
            risk_class=rating.risk_class if rating else "",
            risk=rating.risk if rating else "",
        )
    return found


def last_reviews(
    company: Company, *, customer_ids: Collection[int] | None = None
) -> dict[int, tuple[date, Snapshot]]:
    """Return day and facts of each customer's last review that was finished; one query."""
    rows = CreditReview.objects.filter(company=company, outcome__in=REVIEWED)
    if customer_ids is not None:
        rows = rows.filter(customer__in=customer_ids)
    return {
        customer: (on, snapshot_of(facts))
        for customer, on, facts in rows.annotate(on=Coalesce("decided_on", "closed_on"))
        .order_by("on", "id")
        .values_list("customer", "on", "facts")
        if on is not None
    }


def document_of(snapshot: Snapshot) -> dict[str, object]:
    """Return a snapshot as the document a record keeps."""
    return {
        "exposure_minor": snapshot.exposure_minor,
        "limit_minor": snapshot.limit_minor,
        "pd_ppm": snapshot.pd_ppm,
        "risk_class": snapshot.risk_class,
        "risk": snapshot.risk,
    }


def _triggers(
    company: Company, rules: ReviewRules, *, as_of: date
) -> Iterator[tuple[int, Trigger]]:
    """Yield what happened to customers, each as (customer, trigger); four queries."""
    holds = CreditHold.objects.filter(
        company=company,
        kind=CreditHold.Kind.AUTO,
        status__in=CreditHold.STANDING,
        raised_on__lte=as_of,
    )
    for customer, on, number in holds.values_list("customer", "raised_on", "order__number"):
        yield customer, Trigger(code="blocked_order", on=on, text=number or "")
    covers = Cover.objects.filter(
        company=company,
        status=Cover.Status.GRANTED,
        until_on__gte=as_of,
        until_on__lte=as_of + timedelta(days=rules.expiring_days),
    )
    for customer, provider, until in covers.values_list("customer", "provider", "until_on"):
        text = f"{provider} {until}"
        yield customer, Trigger(code="cover_expiring", on=as_of, text=text)
    warnings = EarlyWarning.objects.filter(
        company=company,
        status__in=(EarlyWarning.Status.NEW, EarlyWarning.Status.ACCEPTED),
        first_on__lte=as_of,
    )
    for customer, on, kind in warnings.values_list("customer", "first_on", "kind"):
        yield customer, Trigger(code="early_warning", on=on, text=kind)
    yield from bureau_events(company, as_of=as_of, days=EVENT_DAYS)
