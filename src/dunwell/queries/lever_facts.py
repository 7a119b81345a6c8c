"""What is known of items something could be done about: debits, discounts, disputes, plans."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import day_number
from dunwell.models import (
    Company,
    DebitItem,
    Dispute,
    Mandate,
    PaymentPlan,
    PlanInstalment,
    PlanItem,
)
from dunwell.queries.agreements import OFFERED
from dunwell.queries.early_payment import early_payment_policy

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingPlan:
    """A plan not agreed yet: its items and what would be due when (day, minor units)."""

    id: int
    number: str
    customer_id: int
    currency: str
    items: tuple[int, ...]
    instalments: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeverFacts:
    """Customers with an active mandate, items already in a debit run, disputes, waiting plans.

    `disputes` maps an item to its dispute: case (or None), disputed minor units, and the chance
    in ppm that we are right where it was judged. `discount_ppm` is the highest discount a
    programme of the policy gives, 0 without one.
    """

    mandates: frozenset[int]
    in_debit: frozenset[int]
    disputes: Mapping[int, tuple[int | None, int, int | None]]
    plans: tuple[WaitingPlan, ...]
    discount_ppm: int


def lever_facts(
    company: Company, *, items: Collection[int], customers: Collection[int], as_of: date
) -> LeverFacts:
    """Return what is known of some items and their customers; a fixed number of queries."""
    mandates = Mandate.objects.filter(
        company=company, customer__in=customers, status=Mandate.Status.ACTIVE
    )
    running = DebitItem.objects.filter(
        item__in=items, debit__run__company=company, debit__run__status__in=("draft", "approved")
    )
    disputes = Dispute.objects.filter(company=company, item__in=items, closed_on=None)
    policy, _ = early_payment_policy(company, as_of=as_of)
    return LeverFacts(
        mandates=frozenset(mandates.values_list("customer", flat=True)),
        in_debit=frozenset(running.values_list("item", flat=True)),
        disputes={
            item: (case, minor, None if right is None else PPM - right)
            for item, case, minor, right in disputes.values_list(
                "item", "case", "amount_minor", "case__validity_ppm"
            )
        },
        plans=_waiting_plans(company),
        discount_ppm=max(
            (tier.rate_ppm for programme in policy.programmes for tier in programme.steps),
            default=0,
        ),
    )


def _waiting_plans(company: Company) -> tuple[WaitingPlan, ...]:
    plans = list(
        PaymentPlan.objects.filter(company=company, status__in=OFFERED)
        .order_by("-covered_minor", "pk")
        .only("number", "customer_id", "currency")[:50]
    )
    items: dict[int, list[int]] = {plan.pk: [] for plan in plans}
    for plan_id, item in PlanItem.objects.filter(plan__in=plans).values_list("plan", "item"):
        items[plan_id].append(item)
    dues: dict[int, list[tuple[int, int]]] = {plan.pk: [] for plan in plans}
    rows = PlanInstalment.objects.filter(plan__in=plans).order_by("number")
    for plan_id, due_on, minor in rows.values_list("plan", "due_on", "amount_minor"):
        dues[plan_id].append((day_number(due_on), minor))
    return tuple(
        WaitingPlan(
            id=plan.pk,
            number=plan.number,
            customer_id=plan.customer_id,
            currency=plan.currency,
            items=tuple(sorted(items[plan.pk])),
            instalments=tuple(dues[plan.pk]),
        )
        for plan in plans
    )
