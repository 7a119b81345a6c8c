"""What plans and settlements must both know of items: what binds them, and what is disputed."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from dunwell.models import (
    Dispute,
    PaymentPlan,
    PlacementItem,
    PlanItem,
    Settlement,
    SettlementItem,
)

OFFERED = (
    PaymentPlan.Status.DRAFT,
    PaymentPlan.Status.PENDING,
    PaymentPlan.Status.OFFERED,
)
"""Statuses of a plan that is not agreed yet, and not given up."""

SETTLING = (Settlement.Status.DRAFT, Settlement.Status.PENDING, Settlement.Status.OFFERED)
"""Statuses of a settlement that is not agreed yet, and not given up."""


Keys = Collection[int] | QuerySet[Any, int]
"""Keys of items, or the query that finds them."""


def bound_items(items: Keys, *, beside: PaymentPlan | Settlement | None = None) -> dict[int, str]:
    """Return the number of what binds, or is proposed for, each of the items.

    A plan, a settlement or a placement with an agency; `beside` is not counted.
    """
    plans = PlanItem.objects.filter(Q(is_live=True) | Q(plan__status__in=OFFERED), item__in=items)
    settlements = SettlementItem.objects.filter(
        Q(is_live=True) | Q(settlement__status__in=SETTLING), item__in=items
    )
    if isinstance(beside, PaymentPlan):
        plans = plans.exclude(plan=beside)
    elif beside is not None:
        settlements = settlements.exclude(settlement=beside)
    placed = PlacementItem.objects.filter(is_live=True, item__in=items)
    return {
        **dict(placed.values_list("item", "placement__number")),
        **dict(settlements.values_list("item", "settlement__number")),
        **dict(plans.order_by("plan_id").values_list("item", "plan__number")),
    }


def disputed_items(items: Keys) -> set[int]:
    """Return those of the items that have an open dispute."""
    found = Dispute.objects.filter(item__in=items, closed_on=None)
    return set(found.values_list("item", flat=True))
