"""What holds on orders have in common: raising, changing and ending them, with what they say.

Nothing here is an action of its own: the caller holds the transaction, the locks and the right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunwell.actions.approvals import drop_approvals
from dunwell.actions.events import Fact
from dunwell.actions.gate import Actor, Refused, marked, own
from dunwell.actions.order_locks import lock_accounts
from dunwell.engine.order_checks import Judgement
from dunwell.engine.order_rules import OrderRules
from dunwell.models import ApprovalRequest, CreditCheck, CreditHold, Order

Status = CreditHold.Status
Kind = CreditHold.Kind

BATCH = 1_000
LONGEST = 300
"""Characters of a reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """An order with the check that was just written for it, and what the check says."""

    order: Order
    check: CreditCheck | None
    judgement: Judgement


def reasons_of(judgement: Judgement) -> list[dict[str, object]]:
    """Return what holds an order, as a hold keeps it: rule, text and release of each."""
    return [
        {key: said[key] for key in ("rule", "text", "release")}
        for said in (one.document() for one in judgement.held())
    ]


def rules_of(judgement: Judgement) -> str:
    """Return the names of the rules that hold an order, between commas."""
    return f",{','.join(one.rule for one in judgement.held())},"


def raise_holds(
    actor: Actor,
    found: Sequence[Found],
    standing: Mapping[int, CreditHold],
    rules: OrderRules,
    *,
    as_of: date,
    at: datetime,
) -> dict[int, CreditHold]:
    """Raise a hold for each order that is held, or say anew why it is; return them by order.

    `standing` are the holds by rule that stand, by order.
    """
    new, changed = [], []
    for one in found:
        hold = standing.get(one.order.pk)
        values = {
            "reasons": reasons_of(one.judgement),
            "rules": rules_of(one.judgement),
            "over_minor": one.judgement.over_minor,
        }
        if hold is None:
            new.append(
                CreditHold(
                    company=actor.company,
                    customer_id=one.order.customer_id,
                    order=one.order,
                    check_row=one.check,
                    kind=Kind.AUTO,
                    raised_by=actor.name,
                    raised_on=as_of,
                    review_on=as_of + timedelta(days=rules.review_days),
                    recorded_at=at,
                    **values,
                )
            )
            continue
        for name, value in values.items():
            setattr(hold, name, value)
        hold.check_row = one.check or hold.check_row
        hold.clear_on = None
        if hold.status == Status.READY:
            hold.status = Status.RAISED
        hold.version += 1
        changed.append(hold)
    CreditHold.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        CreditHold.objects.bulk_update(
            changed,
            ["reasons", "rules", "over_minor", "check_row", "clear_on", "status", "version"],
            batch_size=BATCH,
        )
    return {hold.order_id: hold for hold in (*new, *changed) if hold.order_id is not None}


def end_hold(
    actor: Actor,
    hold: CreditHold,
    status: CreditHold.Status,
    *,
    reason: str,
    as_of: date,
    at: datetime,
    **values: object,
) -> Fact:
    """End a hold; return what its event says. Raises Refused where it has ended meanwhile."""
    rows = CreditHold.objects.filter(pk=hold.pk, status__in=CreditHold.STANDING).update(
        status=status,
        ended_by=actor.name,
        ended_on=as_of,
        end_reason=reason,
        version=hold.version + 1,
        **values,
    )
    hold.refresh_from_db()
    if rows != 1:
        raise Refused(over_text(hold))
    drop_waiting(actor, hold, reason=reason, as_of=as_of, at=at)
    return fact_of(hold, str(status), reason=reason)


def drop_waiting(
    actor: Actor, hold: CreditHold, *, reason: str, as_of: date, at: datetime
) -> None:
    """Withdraw a release that waits for approval, unless it is just being decided."""
    waiting = ApprovalRequest.objects.filter(
        company=actor.company, subject="credithold", subject_id=hold.pk, status="open"
    )
    if hold.status != Status.RELEASED and waiting.exists():
        drop_approvals(actor=actor, subject=hold, reason=reason, as_of=as_of, at=at)


def fact_of(hold: CreditHold, verb: str, **data: object) -> Fact:
    """Return what an event of a hold says: its order, kind and rules besides what is told."""
    return Fact(
        verb=f"credit_hold.{verb}",
        subject="credithold",
        subject_id=hold.pk,
        customer_id=hold.customer_id,
        data={
            "order": hold.order.number if hold.order is not None else "",
            "kind": hold.kind,
            "rules": [rule for rule in hold.rules.split(",") if rule],
            **data,
        },
    )


def over_text(hold: CreditHold) -> str:
    """Return that a hold does not stand any more, by whom and since when."""
    by = f" by {hold.ended_by} on {hold.ended_on}" if hold.ended_by else ""
    return marked("This hold", Status(hold.status), by)


def locked_hold(actor: Actor, hold: CreditHold, *, as_of: date) -> CreditHold:
    """Return a hold as it is now, what it decides over locked; raise Refused where it is over."""
    own(actor, hold, "hold")
    lock_accounts(actor.company, {hold.customer_id}, as_of=as_of)
    found = CreditHold.objects.select_related("order", "customer", "company").get(pk=hold.pk)
    if found.status not in CreditHold.STANDING:
        raise Refused(over_text(found))
    return found


def order_of(hold: CreditHold) -> Order:
    """Return the order of a hold by rule, which always has one."""
    if hold.order is None:
        raise Refused("This hold is on a customer, not on an order.")
    return hold.order


def other_holds(hold: CreditHold) -> list[CreditHold]:
    """Return the other holds that stand on the same order."""
    found = CreditHold.objects.filter(order=hold.order, status__in=CreditHold.STANDING)
    return list(found.exclude(pk=hold.pk).exclude(order=None).select_related("order"))


def check_order_move(order: Order, status: Order.Status) -> None:
    """Raise Refused unless an order may go from its status to another one."""
    if status != order.status and status not in Order.MOVES[Order.Status(order.status)]:
        label = Order.Status(order.status).label.lower()
        raise Refused(f"Order {order.number} is marked: {label}; it cannot change any more.")
