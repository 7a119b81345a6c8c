"""What the debtor's people may promise: until which day, on which items, and how often moved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.authority import ALLOWED, PORTAL, Ask, AuthorityPolicy, judge
from dunwell.engine.plan_schedule import months_until
from dunwell.models import Customer, Dispute, OpenItem, Promise, PromiseItem
from dunwell.queries.agreements import bound_items
from dunwell.queries.authority import act_risk, authority_in_force
from dunwell.queries.promise_policies import no_promises_until, promises_policy

ACT = "promise_days"
MOST_MOVES = 1
"""So often a promise may be moved in the portal; further on it is talked about."""

MOVED_WITHIN_DAYS = 90
"""Moves longer ago do not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promisable:
    """An open item and what of it may be promised: what is neither disputed nor agreed on."""

    id: int
    number: str
    currency: str
    due_on: date
    open_minor: int
    free_minor: int
    is_due: bool
    promised_on: date | None
    bound_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseBounds:
    """The last day that may be promised, None where no promise is taken; `until_on` says why."""

    latest_on: date | None
    until_on: date | None = None


def promise_bounds(customer: Customer, *, as_of: date) -> PromiseBounds:
    """Return until when a promise may lie by the promise policy and the portal's own authority.

    The earlier of the two holds. Nothing is taken while promises that failed stand against it.
    """
    until_on = no_promises_until(customer, as_of=as_of)
    if until_on is not None:
        return PromiseBounds(latest_on=None, until_on=until_on)
    company = customer.company
    policy = authority_in_force(company, as_of=as_of).policy
    risk = act_risk(customer, policy, act=ACT, as_of=as_of)
    role = policy.acts_as.get(PORTAL)
    roles = frozenset({role} if role else ())
    most = promises_policy(company, as_of=as_of).most_days
    for days in range(most, -1, -1):
        day = as_of + timedelta(days=days)
        if _is_allowed(policy, roles, risk, months=months_until(day, from_on=as_of)):
            return PromiseBounds(latest_on=day)
    return PromiseBounds(latest_on=None)


def promisable_items(customer: Customer, *, as_of: date) -> tuple[Promisable, ...]:
    """Return the open items of a customer, the oldest first; four queries."""
    theirs = OpenItem.objects.filter(customer=customer, open_minor__gt=0)
    # asked for by the customer: thousands of keys in a query cost more than the answer
    keys = theirs.values_list("item_id", flat=True)
    bound = bound_items(keys)
    disputed = dict(
        Dispute.objects.filter(item__in=keys, closed_on=None).values_list(
            "item_id", "amount_minor"
        )
    )
    promised = dict(
        PromiseItem.objects.filter(
            item__in=keys, promise__outcome=Promise.Outcome.OPEN
        ).values_list("item_id", "promise__due_on")
    )
    columns = ("item_id", "item__number", "currency", "due_on", "open_minor")
    return tuple(
        Promisable(
            id=key,
            number=number,
            currency=currency,
            due_on=due_on,
            open_minor=open_minor,
            free_minor=0 if key in bound else max(open_minor - disputed.get(key, 0), 0),
            is_due=due_on <= as_of,
            promised_on=promised.get(key),
            bound_by=bound.get(key, ""),
        )
        for key, number, currency, due_on, open_minor in theirs.order_by(
            "due_on", "item"
        ).values_list(*columns)
    )


def times_moved(items: Collection[int], *, as_of: date) -> int:
    """Return how often promises on items were replaced in the portal lately."""
    return len(set().union(*replaced_on(items, as_of=as_of).values()))


def replaced_on(items: Collection[int], *, as_of: date) -> dict[int, set[int]]:
    """Return by item which promises on it were replaced in the portal lately; one query."""
    lines = PromiseItem.objects.filter(
        item__in=items,
        promise__source=PORTAL,
        promise__outcome=Promise.Outcome.SUPERSEDED,
        promise__settled_on__gt=as_of - timedelta(days=MOVED_WITHIN_DAYS),
    )
    found: dict[int, set[int]] = {}
    for item, promise in lines.order_by("pk").values_list("item_id", "promise_id"):
        found.setdefault(item, set()).add(promise)
    return found


def _is_allowed(policy: AuthorityPolicy, roles: frozenset[str], risk: str, *, months: int) -> bool:
    ask = Ask(
        act=ACT, source=PORTAL, roles=roles, risk=risk, amount_minor=0, concession_ppm=0,
        months=months,
    )  # fmt: skip
    return judge(ask, policy).status == ALLOWED
