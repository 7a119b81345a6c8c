"""Which items of a customer a payment plan may cover, and how much of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Sum

from dunwell.models import (
    Adjustment,
    Company,
    Customer,
    Item,
    OpenItem,
    PaymentPlan,
    PlanItem,
    Promise,
    PromiseItem,
)
from dunwell.queries.agreements import OFFERED, bound_items, disputed_items

GRANTED = (
    *OFFERED,
    PaymentPlan.Status.ACTIVE,
    PaymentPlan.Status.DEFAULTED,
    PaymentPlan.Status.ACCELERATED,
)
"""Statuses of plans that count into what a customer was granted."""


INTEREST = "-I"
"""What the number of a plan's interest ends in, after the plan's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverableItem:
    """An open debit item. `bound_by` is the number of the plan or settlement it stands in.

    A plan covers what the customer acknowledges, and all of it: a disputed item is left out.
    """

    id: int
    number: str
    currency: str
    due_on: date
    issued_on: date
    open_minor: int
    is_disputed: bool
    is_promised: bool
    bound_by: str

    @property
    def is_free(self) -> bool:
        """Return whether a plan may cover it; a promise would be replaced."""
        return not self.is_disputed and not self.bound_by


def coverable_items(
    company: Company, customer: Customer, *, beside: PaymentPlan | None = None
) -> tuple[CoverableItem, ...]:
    """Return the open debit items of a customer, the oldest first; `beside` is not counted."""
    theirs = OpenItem.objects.filter(company=company, customer=customer, open_minor__gt=0)
    # asked for by the customer: thousands of keys in a query cost more than the answer
    keys = theirs.values_list("item", flat=True)
    disputed = disputed_items(keys)
    promised = set(
        PromiseItem.objects.filter(
            item__in=keys, promise__outcome=Promise.Outcome.OPEN
        ).values_list("item", flat=True)
    )
    bound = bound_items(keys, beside=beside)
    columns = ("item", "item__number", "currency", "due_on", "item__issued_on", "open_minor")
    return tuple(
        CoverableItem(
            id=key,
            number=number,
            currency=currency,
            due_on=due_on,
            issued_on=issued_on,
            open_minor=open_minor,
            is_disputed=key in disputed,
            is_promised=key in promised,
            bound_by=bound.get(key, ""),
        )
        for key, number, currency, due_on, issued_on, open_minor in theirs.order_by(
            "due_on", "item"
        ).values_list(*columns)
    )


def planned_items(items: Collection[Item]) -> list[tuple[str, str]]:
    """Return those of the items that a running plan covers: number, and number of the plan."""
    found = PlanItem.objects.filter(
        item__in=items, is_live=True, plan__status=PaymentPlan.Status.ACTIVE
    )
    return list(found.order_by("item__number").values_list("item__number", "plan__number"))


def granted_minor(customer: Customer, currency: str, *, beside: PaymentPlan | None = None) -> int:
    """Return what other plans of the customer, running or proposed, cover in a currency."""
    found = PaymentPlan.objects.filter(customer=customer, currency=currency, status__in=GRANTED)
    if beside is not None:
        found = found.exclude(pk=beside.pk)
    return found.aggregate(minor=Sum("covered_minor"))["minor"] or 0


def replaceable_items(
    company: Company, plan: PaymentPlan, *, as_of: date
) -> tuple[CoverableItem, ...]:
    """Return what another plan would cover instead of one, without interest not earned yet."""
    lines = set(plan.lines.values_list("item", flat=True))
    charge = interest_item(plan)
    falls_away = {charge.pk: unearned_minor(plan, as_of=as_of)} if charge else {}
    found = (
        replace(row, open_minor=row.open_minor - min(falls_away.get(row.id, 0), row.open_minor))
        for row in coverable_items(company, plan.customer, beside=plan)
        if row.id in lines
    )
    return tuple(row for row in found if row.open_minor)


def interest_item(plan: PaymentPlan) -> Item | None:
    """Return the item that holds the plan's interest, None for a plan without one."""
    found = Item.objects.filter(
        customer=plan.customer_id, kind=Item.Kind.INTEREST, number=f"{plan.number}{INTEREST}"
    )
    return found.first()


def unearned_minor(plan: PaymentPlan, *, as_of: date) -> int:
    """Return the interest of instalments that are not due yet, less what fell away before."""
    item = interest_item(plan)
    if item is None:
        return 0
    later = plan.instalments.filter(due_on__gt=as_of).values_list("interest_minor", flat=True)
    before = Adjustment.objects.filter(item=item, kind=Adjustment.Kind.DISCOUNT)
    dropped = before.filter(reason=unearned_reason(plan)).values_list("amount_minor", flat=True)
    return max(sum(later) - sum(dropped), 0)


def unearned_reason(plan: PaymentPlan) -> str:
    """Return the reason under which a plan's unearned interest is taken off the books."""
    return f"{plan.number}: interest of instalments that were not due"


def open_lines(plan: PaymentPlan) -> Sequence[Item]:
    """Return the items of a plan that are still open, by due day."""
    return list(
        Item.objects.filter(plan_lines__plan=plan, open_now__open_minor__gt=0).order_by(
            "due_on", "pk"
        )
    )
