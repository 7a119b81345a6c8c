"""What the moves of a payment plan are made of beside `agreements`: charges, what is given up.

Nothing here is an action of its own: the caller holds the transaction and has checked the right.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Max

from dunwell.actions.adjustments import book_adjustment, book_reversal
from dunwell.actions.allocations import LockedItem, live, locked_items
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import book_item
from dunwell.actions.tasks import ask_follow_up
from dunwell.models import (
    Adjustment,
    Allocation,
    Item,
    PaymentPlan,
    PlanItem,
    Task,
)
from dunwell.queries.plan_items import INTEREST, interest_item, unearned_minor, unearned_reason

Status = PaymentPlan.Status

FEE = "-F"
"""What the number of a plan's fee ends in, after the plan's number."""


def tell(actor: Actor, verb: str, plan: PaymentPlan, *, at: datetime, **data: object) -> None:
    """Write the event of a plan, with its number and currency."""
    record_event(
        actor,
        f"plan.{verb}",
        plan,
        at=at,
        customer_id=plan.customer_id,
        number=plan.number,
        currency=plan.currency,
        **data,
    )


def book_charges(plan: PaymentPlan, *, as_of: date, at: datetime) -> None:
    """Add the plan's interest and fee as items that the plan covers."""
    days = list(plan.instalments.order_by("number").values_list("due_on", flat=True))
    charges = (
        (Item.Kind.INTEREST, INTEREST, plan.interest_minor, days[-1]),
        (Item.Kind.FEE, FEE, plan.fee_minor, days[0]),
    )
    for kind, ending, amount, due_on in charges:
        if not amount:
            continue
        number = f"{plan.number}{ending}"
        if Item.objects.filter(customer=plan.customer_id, kind=kind, number=number).exists():
            raise Refused(f"There is an item {number} already; plan {plan.number} cannot add it.")
        item = Item.objects.create(
            company_id=plan.company_id,
            customer_id=plan.customer_id,
            number=number,
            kind=kind,
            currency=plan.currency,
            amount_minor=amount,
            issued_on=as_of,
            due_on=max(due_on, as_of),
            reference=plan.number,
            recorded_on=as_of,
            recorded_at=at,
        )
        book_item(item)
        PlanItem.objects.create(plan=plan, item=item, amount_minor=amount)


def last_allocation(items: Iterable[int]) -> int:
    """Return the key of the newest booking on items that are locked, 0 without one."""
    return Allocation.objects.filter(item__in=items).aggregate(key=Max("pk"))["key"] or 0


def drop_unearned(plan: PaymentPlan, *, as_of: date, at: datetime) -> int:
    """Take the interest of later instalments off the books as a discount; return how much."""
    item = interest_item(plan)
    if item is None:
        return 0
    locked = locked_items(company=plan.company, items=[item])[item.pk]
    amount = min(unearned_minor(plan, as_of=as_of), locked.open_minor)
    if amount > 0:
        kind = Adjustment.Kind.DISCOUNT
        _give_up(locked, amount, kind, unearned_reason(plan), as_of=as_of, at=at)
    return max(amount, 0)


def grant_concession(plan: PaymentPlan, *, as_of: date, at: datetime) -> int:
    """Give up what was agreed for a plan that is paid; return how much was still open of it.

    Money goes on the oldest items first, so what is left lies on the newest.
    """
    left, given = plan.concession_minor, 0
    if not left:
        return 0
    locked = locked_items(company=plan.company, items=_items_of(plan))
    newest = sorted(locked.values(), key=lambda one: (one.item.due_on, one.item.pk), reverse=True)
    for one in newest:
        amount = min(one.open_minor, left)
        if amount > 0:
            _give_up(one, amount, Adjustment.Kind.CONCESSION, _conceded(plan), as_of=as_of, at=at)
            left, given = left - amount, given + amount
    return given


def take_back_concession(plan: PaymentPlan, *, as_of: date, at: datetime) -> int:
    """Let the customer owe again what was given up: money of the plan came back."""
    locked_items(company=plan.company, items=_items_of(plan))
    taken = 0
    granted = Adjustment.objects.filter(
        item__plan_lines__plan=plan,
        kind=Adjustment.Kind.CONCESSION,
        reason=_conceded(plan),
        reverses=None,
        reversed_by=None,
    ).order_by("pk")
    for adjustment in granted:
        (row,) = live(Allocation.objects.filter(adjustment=adjustment).select_related("item"))
        why = f"{plan.number}: money of the plan came back"
        book_reversal(row, reason=why, on=as_of, as_of=as_of, at=at)
        taken += adjustment.amount_minor
    return taken


def open_task(plan: PaymentPlan, *, reason: str, as_of: date, at: datetime) -> None:
    """Ask a person to follow up, unless the customer has such a task already."""
    ask_follow_up(
        company_id=plan.company_id,
        customer_id=plan.customer_id,
        reason=f"{plan.number}: {reason}",
        as_of=as_of,
        at=at,
    )


def close_task(plan: PaymentPlan, *, by: str, at: datetime) -> None:
    """Cancel the plan's own task: what it asked for is no longer needed."""
    Task.objects.filter(
        customer=plan.customer_id,
        kind=Task.Kind.FOLLOW_UP,
        status=Task.Status.OPEN,
        reason__startswith=f"{plan.number}: ",
    ).update(status=Task.Status.CANCELLED, done_at=at, done_by=by)


def _items_of(plan: PaymentPlan) -> list[Item]:
    return list(Item.objects.filter(plan_lines__plan=plan).order_by("pk"))


def _conceded(plan: PaymentPlan) -> str:
    return f"{plan.number}: given up, as every instalment is paid"


def _give_up(
    locked: LockedItem, amount_minor: int, kind: str, reason: str, *, as_of: date, at: datetime
) -> None:
    """Take a part of a debit item's open amount off the books."""
    # an item something was taken back on later is given up on that day, not before it
    on = max(as_of, locked.not_before)
    book_adjustment(
        locked, kind=kind, amount_minor=amount_minor, reason=reason, on=on, as_of=as_of, at=at
    )
