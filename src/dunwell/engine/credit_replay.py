"""What another credit policy would have changed: decisions, limits, orders, losses and sales.

Pure. Customers are decided on as they were known on each month's last day, under the policy that
held then and under the one in question; what customers would have done otherwise is not guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.credit_classes import DECLINE
from dunwell.engine.credit_decision import Decision
from dunwell.engine.order_facts import PPM, CreditFacts, OrderAsk, OrderFacts
from dunwell.engine.order_rules import (
    AMOUNT_RULES,
    HOLD,
    UNKNOWN,
    OrderRule,
    OrderRules,
)

OUTCOME, CLASS, LIMIT, OVER_LIMIT = "outcome", "class", "limit", "over_limit"
ORDER, LOSS, SALES = "order", "loss", "sales"
KINDS = (OUTCOME, CLASS, LIMIT, OVER_LIMIT, ORDER, LOSS, SALES)
"""Kinds of change. `over_limit`: what is open lies above the limit that would have been proposed.

`loss`: a debt that was lost since, of a customer one of the policies declines; `sales`: what was
billed in the month after to a customer one of them declines.
"""

APPROVED, HELD = "approved", "held"
_BROKEN = ("held", "warned")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that would have been otherwise; amounts in the company's currency.

    `on` is the month's last day, of an order the day of its check. `amount_minor`: the
    difference of a limit, what lies above it, the order, the debt, the sales; else 0.
    """

    on: date
    kind: str
    customer_id: int
    before: str
    after: str
    amount_minor: int = 0
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastItem:
    """A debt of which something was lost, or an invoice: when issued, and the home amount."""

    customer_id: int
    number: str
    issued_on: date
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCheck:
    """A check of an order as it was recorded: what was asked, what each rule said."""

    on: date
    decision: str
    ask: OrderAsk
    customer: CreditFacts
    outcomes: tuple[Mapping[str, Any], ...]


def changed_decisions(
    on: date,
    old: Mapping[int, Decision],
    new: Mapping[int, Decision],
    *,
    open_minor: Mapping[int, int],
) -> list[Change]:
    """Return the outcomes, classes and limits that differ on a day, and who would be above."""
    found = []
    for key in sorted(new):
        before, after = old[key], new[key]
        if before.outcome != after.outcome:
            found.append(_change(on, OUTCOME, key, before.outcome, after.outcome))
        if before.risk_class != after.risk_class:
            found.append(_change(on, CLASS, key, before.risk_class, after.risk_class))
        was, now = before.limit_minor, after.limit_minor
        if was != now:
            found.append(_change(on, LIMIT, key, str(was), str(now), now - was))
        owed = open_minor.get(key, 0)
        if owed > now and owed <= was:
            found.append(_change(on, OVER_LIMIT, key, str(was), str(now), owed - now))
    return found


def changed_items(
    kind: str,
    on: date,
    old: Mapping[int, Decision],
    new: Mapping[int, Decision],
    items: Iterable[PastItem],
) -> list[Change]:
    """Return the debts or sales of customers whom one policy declines and the other does not."""
    found = []
    for item in items:
        before, after = old.get(item.customer_id), new.get(item.customer_id)
        if before is None or after is None:
            continue
        if (before.outcome == DECLINE) != (after.outcome == DECLINE):
            found.append(
                Change(
                    on=on,
                    kind=kind,
                    customer_id=item.customer_id,
                    before=before.outcome,
                    after=after.outcome,
                    amount_minor=item.amount_minor,
                    reference=item.number,
                )
            )
    return found


def changed_order(check: PastCheck, rules: OrderRules, *, home_minor: int) -> Change | None:
    """Return how a recorded check would have come out under other order rules, None as it did.

    Each rule is asked again by the figures it rested on. A rule that was not asked then is asked
    only where its figures are known: the class and the order's own amount.
    """
    decision = recheck(check, rules)
    if decision == check.decision:
        return None
    return Change(
        on=check.on,
        kind=ORDER,
        customer_id=check.customer.customer_id,
        before=check.decision,
        after=decision,
        amount_minor=home_minor,
        reference=check.ask.number,
    )


def recheck(check: PastCheck, rules: OrderRules) -> str:
    """Return approved or held by rules, from what a check recorded."""
    order = OrderFacts(ask=check.ask, customer=check.customer)
    if check.ask.on_credit_minor <= 0:
        return APPROVED
    exclusion = next((way for way in rules.exclusions if way.fits(order)), None)
    recorded = {str(one["rule"]): one for one in check.outcomes}
    if recorded.get(UNKNOWN, {}).get("result") == HELD:
        return HELD
    for name, row in rules.for_customer(check.customer).items():
        if row.severity != HOLD or not row.applies_at(check.ask.checkpoint):
            continue
        if exclusion is not None and exclusion.passes(name):
            continue
        if _is_broken(name, row, recorded.get(name), check):
            return HELD
    return APPROVED


def _is_broken(
    name: str, row: OrderRule, recorded: Mapping[str, Any] | None, check: PastCheck
) -> bool:
    if name == "risk_class":
        return check.customer.risk_class in row.classes
    if recorded is None:
        if name == "order_amount" and check.ask.currency == check.customer.currency:
            return check.ask.amount_minor > row.value("most_minor")
        return False
    figures = recorded.get("figures") or {}
    again = _by_figures(name, row, figures, grace=row.grace(check.ask.checkpoint))
    return recorded["result"] in _BROKEN if again is None else again


def _by_figures(
    name: str, row: OrderRule, figures: Mapping[str, Any], *, grace: int
) -> bool | None:
    """Return whether a rule is broken by the figures it rested on, None without them."""
    if name in AMOUNT_RULES and name != "limit_used":
        limit, now = figures.get("limit_minor"), figures.get("after_minor")
        if limit is None or now is None:
            return None
        more = int(limit) * row.value("tolerance_ppm") // PPM + row.value("tolerance_minor")
        return int(now) > int(limit) + more
    told = _BY_ONE.get(name)
    if told is None or figures.get(told[0]) is None:
        return None
    figure, parameter, is_least, has_grace = told
    bound = row.value(parameter) + (grace if has_grace else 0)
    value = int(figures[figure])
    if name == "write_off":
        return value < bound
    return value >= bound if is_least else value > bound


_BY_ONE: Mapping[str, tuple[str, str, bool, bool]] = {
    "days_overdue": ("days", "days", False, True),
    "overdue_amount": ("overdue_minor", "over_minor", False, False),
    "limit_used": ("used_ppm", "used_ppm", True, False),
    "order_amount": ("order_minor", "most_minor", False, False),
    "dunning_level": ("level", "level", True, False),
    "broken_promises": ("broken", "count", True, False),
    "write_off": ("days", "days", False, False),
    "stale_data": ("days", "days", False, False),
}
"""Rule: its figure, the parameter it is held against, reaching it breaks it, days of grace."""


def _change(
    on: date, kind: str, customer_id: int, before: str, after: str, amount_minor: int = 0
) -> Change:
    return Change(
        on=on,
        kind=kind,
        customer_id=customer_id,
        before=before,
        after=after,
        amount_minor=amount_minor,
    )
