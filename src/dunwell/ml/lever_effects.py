"""Which actions there are for an open item, and how each moves the chance that it is paid.

The effects are stated assumptions until experiments of the company show others: a contact by
how late the item is (`engine.priority`), the rest below. An action is never said to be worth
more than the money it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dunwell.engine.priority import PriorityPolicy
from dunwell.ml.cash_claims import PPM
from dunwell.ml.cash_periods import CashSpan
from dunwell.ml.history import Floats
from dunwell.ml.levers import Lever

CALL, REMIND, PROMISE, DISCOUNT = "call", "remind", "promise", "discount"
DISPUTE, DEBIT, PLAN = "dispute", "debit", "plan"
KINDS = (CALL, REMIND, PROMISE, DISCOUNT, DISPUTE, DEBIT, PLAN)

CONTACT_DAYS = 7
"""A contact works within a week."""

REMIND_SHARE = 0.5
"""A written reminder brings half of what a call does."""

PROMISED_SHARE = 0.35
"""Of customers asked for a promise so many give one; it is kept as theirs were."""

PROMISE_DAYS = 10
DISCOUNT_SHARE = 0.25
"""Of offers of a discount so many are taken."""

DISCOUNT_DAYS = 10
DISPUTE_DAYS = 7
"""A dispute cleared up now is over within a week, and paid some days later."""

DISPUTE_PAY_DAYS = 7
DEBIT_DAYS = 5
DEBIT_SHARE = 0.97
"""Direct debits that are not returned."""

CONTACT_COST_MINOR = {CALL: 500, REMIND: 100, PROMISE: 500, DISPUTE: 2500, DEBIT: 50, PLAN: 500}
"""What an action costs in minor units of the company's currency, by the time it takes."""


@dataclass(frozen=True, slots=True)
class LeverItem:
    """An item something could be done about.

    `paid` is P(paid by each of the ends), `disputed_minor` of its `open_minor` waits for a
    dispute that is won with `won_ppm`. `kept_ppm`: how its customer's promises are kept.
    `discount_ppm`: what may be offered on it, 0 for nothing.
    """

    item: int
    customer: int
    open_minor: int
    due_day: int
    paid: Floats
    kinds: frozenset[str]
    disputed_minor: int = 0
    won_ppm: int = 0
    kept_ppm: int = 0
    discount_ppm: int = 0


@dataclass(frozen=True, slots=True)
class LeverPlan:
    """A plan that waits to be offered: its items as they are, its instalments as they would be."""

    plan: int
    customer: int
    items: tuple[LeverItem, ...]
    instalments: tuple[tuple[int, int], ...]
    kept_ppm: int


def item_levers(
    item: LeverItem,
    *,
    as_of: int,
    ends: Sequence[int],
    spans: Sequence[CashSpan],
    costs: Mapping[str, int] = CONTACT_COST_MINOR,
) -> tuple[Lever, ...]:
    """Return the actions an item allows, each with its moments per span before and after."""
    days = np.asarray(ends, np.int64) - as_of
    before = _moments(item.open_minor, item.paid, ends, spans)
    found = []
    for kind in KINDS:
        if kind not in item.kinds or kind == PLAN:
            continue
        paid, scale = _after(kind, item, days, as_of)
        cost = costs.get(kind, 0)
        if kind == DISCOUNT:
            cost = round(item.open_minor * item.discount_ppm / PPM * DISCOUNT_SHARE)
        found.append(
            Lever(
                key=f"{kind}:{item.item}",
                customer=item.customer,
                items=frozenset({item.item}),
                cost_minor=cost,
                before=before,
                after=_moments(round(item.open_minor * scale), paid, ends, spans),
            )
        )
    return tuple(found)


def plan_lever(
    plan: LeverPlan, *, as_of: int, ends: Sequence[int], spans: Sequence[CashSpan]
) -> Lever:
    """Return what releasing a plan does: its items stop, its instalments begin."""
    days = np.asarray(ends, np.int64)
    nothing = np.zeros((3, len(spans)))
    before = sum((_moments(one.open_minor, one.paid, ends, spans) for one in plan.items), nothing)
    kept = plan.kept_ppm / PPM
    after = sum(
        (
            _moments(minor, np.where(days >= max(due, as_of + 1), kept, 0.0), ends, spans)
            for due, minor in plan.instalments
        ),
        nothing,
    )
    return Lever(
        key=f"{PLAN}:{plan.plan}",
        customer=plan.customer,
        items=frozenset(one.item for one in plan.items),
        cost_minor=CONTACT_COST_MINOR[PLAN],
        before=before,
        after=after,
    )


def contact_share(days_past_due: int) -> float:
    """Return how much likelier a call makes payment, by the policy's table of lateness."""
    share = 0
    for days, ppm in PriorityPolicy().uplift_ppm.items():
        if days_past_due >= days:
            share = ppm
    return share / PPM


def _after(
    kind: str, item: LeverItem, days: np.typing.NDArray[np.int64], as_of: int
) -> tuple[Floats, float]:
    """Return P(paid by each end) after an action, and the share of the amount that is then due."""
    paid = item.paid
    ramp = np.clip(days / CONTACT_DAYS, 0, 1)
    if kind in (CALL, REMIND):
        share = contact_share(as_of - item.due_day) * (1.0 if kind == CALL else REMIND_SHARE)
        return paid + share * ramp * (1 - paid), 1.0
    if kind == PROMISE:
        share = PROMISED_SHARE * item.kept_ppm / PPM
        return paid + np.where(days >= PROMISE_DAYS, share, 0.0) * (1 - paid), 1.0
    if kind == DISCOUNT:
        taken = np.where(days >= DISCOUNT_DAYS, DISCOUNT_SHARE, 0.0)
        # who takes the discount pays less: the amount shrinks by what is expected to be given
        return paid + taken * (1 - paid), 1 - DISCOUNT_SHARE * item.discount_ppm / PPM
    if kind == DISPUTE:
        since = np.maximum(days - DISPUTE_DAYS, 0)
        cleared = item.won_ppm / PPM * (1 - np.exp(-since / DISPUTE_PAY_DAYS))
        share = item.disputed_minor / item.open_minor
        return np.maximum(paid, share * cleared + (1 - share) * paid), 1.0
    ready = np.maximum(item.due_day - as_of, DEBIT_DAYS)
    return np.maximum(paid, np.where(days >= ready, DEBIT_SHARE, 0.0)), 1.0


def _moments(amount: int, paid: Floats, ends: Sequence[int], spans: Sequence[CashSpan]) -> Floats:
    """Return mean, variance and deviation of an amount per span."""
    found = np.zeros((3, len(spans)))
    for place, span in enumerate(spans):
        begin = span.first_day - 1
        before = float(paid[list(ends).index(begin)]) if begin in ends else 0.0
        chance = min(max(float(paid[list(ends).index(span.last_day)]) - before, 0.0), 1.0)
        deviation = amount * float(np.sqrt(chance * (1 - chance)))
        found[:, place] = amount * chance, deviation**2, deviation
    return found
