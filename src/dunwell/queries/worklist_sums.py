"""What the views of the worklist hold: the condition of each, its counts, and the day's plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from dunwell.ml.action_day import CAPACITY_MINUTES
from dunwell.models import Company, Customer, WorklistEntry
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept, of_large
from dunwell.queries.prepared import prepared
from dunwell.queries.workforce import covered_users, workforce

FEW, STEP = 200, 20
"""Of so many customers the entries are looked up; of more the list is walked by rank."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DayPlan:
    """What fits into a collector's day: the customers of the worklist's view `plan` together."""

    customers: int
    minutes: int
    capacity_minutes: int
    expected_extra_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorklistCounts:
    """How many customers each view of the worklist shows, and what there is to collect in mine."""

    mine: int
    all: int
    unassigned: int
    snoozed: int
    mine_to_collect_minor: int
    mine_minutes: int


def worklist_counts(company: Company, *, as_of: date, user_id: int | None) -> WorklistCounts:
    """Return how much each view holds, in two queries; mine includes those I cover for.

    Counted from the customers, whose index by collector and whose worklist key answer by
    themselves; only what is put aside is looked up row by row. On a long list what is the same
    for everybody is counted once for all who work on it.
    """
    users = covered_users(company, user_id=user_id, as_of=as_of)
    counted: list[WorklistCounts] = []

    def of_everybody() -> WorklistCounts:
        counted.append(_counts(company, users, as_of))
        return counted[0]

    found = kept(
        company,
        ("worklist_counts", as_of),
        of_everybody,
        is_worth=lambda counts: counts.all >= MANY_CUSTOMERS,
    )
    if counted:
        return found
    own = kept(
        company,
        ("worklist_of", as_of, tuple(users)),
        lambda: _own(company, users, as_of),
        is_worth=lambda _: True,
    )
    return replace(found, **own)


def _own(company: Company, users: Sequence[int], as_of: date) -> dict[str, int]:
    mine = WorklistEntry.objects.filter(_shown("mine", users, as_of), company=company)
    found = mine.aggregate(
        mine=Count("pk"),
        mine_to_collect_minor=Sum("to_collect_minor"),
        mine_minutes=Sum("minutes"),
    )
    return {name: int(value or 0) for name, value in found.items()}


def _counts(company: Company, users: Sequence[int], as_of: date) -> WorklistCounts:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS.format(users=", ".join(map(str, users)) or "NULL"),
            {"company": company.pk, "as_of": as_of},
        )
        mine, entries, unassigned, snoozed, to_collect, minutes = cursor.fetchone()
    return WorklistCounts(
        mine=mine,
        all=entries,
        unassigned=unassigned,
        snoozed=snoozed,
        mine_to_collect_minor=int(to_collect or 0),
        mine_minutes=int(minutes or 0),
    )


def day_plan(company: Company, *, as_of: date, user_id: int | None) -> DayPlan:
    """Return what fits into a collector's day; its rows are the view `plan`."""
    force = workforce(company, as_of=as_of)
    users = [] if user_id is None else force.works_for(user_id)
    planned = _planned(company, tuple(users), as_of=as_of)
    return DayPlan(
        customers=len(planned),
        minutes=sum(minutes for _, minutes, _ in planned),
        capacity_minutes=force.minutes.get(user_id or 0, CAPACITY_MINUTES),
        expected_extra_minor=sum(extra or 0 for _, _, extra in planned),
    )


@of_large
def _planned(
    company: Company, users: tuple[int, ...], *, as_of: date
) -> Sequence[tuple[int, int, int | None]]:
    """Return key, minutes and extra cash of what fits into a day: few of the entries looked at."""
    planned = WorklistEntry.objects.filter(
        _shown("mine", users, as_of), company=company, reasons__suggestion__is_planned=True
    )
    return list(planned.values_list("pk", "minutes", "expected_extra_minor"))


def entries_shown(company: Company, show: str, user_id: int | None, as_of: date) -> Q:
    """Return the condition of a view, one of `mine`, `plan`, `all`, `unassigned` and `snoozed`.

    What is planned for the day is known by its keys.
    """
    is_own = show in {"mine", "plan"}
    users = covered_users(company, user_id=user_id if is_own else None, as_of=as_of)
    if show == "plan":
        planned = _planned(company, tuple(users), as_of=as_of)
        return Q(pk__in=[key for key, _, _ in planned])
    if show == "mine":
        theirs = list(_customers_of(users, company.pk, limit=FEW + 1))
        if len(theirs) <= FEW:
            # in steps, so that a query is composed for few lengths
            steady = [*theirs, *theirs[-1:] * (-len(theirs) % STEP)]
            return _shown("all", (), as_of) & Q(customer__pk__in=steady)
    return _shown(show, users, as_of)


@prepared
def _customers_of(users: Sequence[int], company_id: int, *, limit: int) -> QuerySet[Customer, int]:
    found = Customer.objects.filter(company=company_id, collector__pk__in=users)
    return found.order_by("pk").values_list("pk", flat=True)[:limit]


def _shown(show: str, users: Sequence[int], as_of: date) -> Q:
    if show == "snoozed":
        return Q(customer__snooze__until_on__gt=as_of)
    # a missing snooze compares as unknown, so both ways of not being put aside are named
    awake = Q(customer__snooze=None) | Q(customer__snooze__until_on__lte=as_of)
    if show == "mine":
        return awake & Q(customer__collector__pk__in=users)
    if show == "unassigned":
        return awake & Q(customer__collector=None)
    return awake


_COUNTS = """
WITH asleep AS (
    SELECT c.id, c.collector_id
    FROM dunwell_snooze s
    JOIN dunwell_worklistentry e ON e.customer_id = s.customer_id
    JOIN dunwell_customer c ON c.id = s.customer_id
    WHERE e.company_id = %(company)s AND s.until_on > %(as_of)s
), mine AS (
    SELECT COUNT(*) AS customers, SUM(e.to_collect_minor) AS to_collect, SUM(e.minutes) AS minutes
    FROM dunwell_customer c
    JOIN dunwell_worklistentry e ON e.customer_id = c.id
    WHERE c.company_id = %(company)s AND c.collector_id IN ({users})
      AND c.id NOT IN (SELECT id FROM asleep)
), nobody AS (
    SELECT COUNT(*) AS customers
    FROM dunwell_customer c
    JOIN dunwell_worklistentry e ON e.customer_id = c.id
    WHERE c.company_id = %(company)s AND c.collector_id IS NULL
)
SELECT mine.customers,
       (SELECT COUNT(*) FROM dunwell_worklistentry WHERE company_id = %(company)s)
       - (SELECT COUNT(*) FROM asleep),
       nobody.customers - (SELECT COUNT(*) FROM asleep WHERE collector_id IS NULL),
       (SELECT COUNT(*) FROM asleep),
       mine.to_collect, mine.minutes
FROM mine CROSS JOIN nobody
"""
"""A customer is of the company its worklist entry is of."""
