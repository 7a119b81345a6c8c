"""Releasing holds on orders: within authority at once, else by whoever may; with a reason, always.

A release of what the rules still hold is a decision about an amount. What the rules would pass by
now needs no authority.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.approvals import handles, request_approval
from dunwell.actions.authority import authorise, held_in
from dunwell.actions.credit_hold_moves import (
    LONGEST,
    Found,
    Status,
    check_order_move,
    end_hold,
    fact_of,
    locked_hold,
    order_of,
    other_holds,
    over_text,
    raise_holds,
    rules_of,
)
from dunwell.actions.events import Fact, record_events
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.order_locks import lock_accounts
from dunwell.actions.texts import needed
from dunwell.engine.order_checks import Judgement, judge_order
from dunwell.engine.order_rules import PERSON_RULES
from dunwell.engine.plan_schedule import months_until
from dunwell.models import ApprovalRequest, CreditHold, Order
from dunwell.queries.order_asks import asked_orders, order_rules_in_force, stored_ask

ACT = "release"
LONGEST_NAME = 150
FARTHEST_DAYS = 366
"""So far ahead later orders may be let through at most; authority is narrower."""

Scope = CreditHold.Scope


@transaction.atomic
def release_hold(
    *,
    actor: Actor,
    hold: CreditHold,
    reason: str,
    scope: str = Scope.ONCE,
    until_on: date | None = None,
    as_of: date,
    at: datetime,
) -> CreditHold:
    """Release a hold; within authority at once, else somebody else is asked and it stays.

    `scope` until lets the same rules pass for later orders of the customer up to a day, of limits
    up to the amount that is released now. What the rules pass by now needs no authority. Raises
    Refused without a reason, while a forced hold stands on the same order or customer, for one's
    own forced hold (unless the policy allows it), and for what nobody may release.
    """
    actor.require("order_hold.release")
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why it is released; the reason stands in the audit log.",
    )
    _check_scope(hold, scope, until_on, as_of=as_of)
    hold = locked_hold(actor, hold, as_of=as_of)
    if hold.kind == CreditHold.Kind.FORCED:
        return _release_forced(actor, hold, told, as_of=as_of, at=at)
    judgement = _judged(actor, hold, as_of=as_of)
    _refuse_forced(judgement)
    wanted = {"scope": scope, "until_on": until_on.isoformat() if until_on else None}
    if not judgement.is_held:
        _release(actor, hold, judgement, told, wanted, {}, as_of=as_of, at=at)
        return hold
    order = order_of(hold)
    currency, amount = actor.company.currency, judgement.over_minor
    if amount is None:
        # without a rate nobody knows what is released; authority counts that as the strictest
        currency, amount = order.currency, order.amount_minor
    authority = authorise(
        actor=actor,
        customer=hold.customer,
        act=ACT,
        currency=currency,
        amount_minor=amount,
        months=months_until(until_on, from_on=as_of) if until_on else 0,
        as_of=as_of,
    )
    document = {**authority.document(), "release": wanted}
    if authority.is_allowed:
        _release(actor, hold, judgement, told, wanted, document, as_of=as_of, at=at)
        return hold
    hold.authority = document
    hold.status = Status.READY if hold.status == Status.READY else Status.UNDER_REVIEW
    hold.reviewer = actor.name[:LONGEST_NAME]
    hold.over_minor, hold.rules = judgement.over_minor, rules_of(judgement)
    hold.version += 1
    hold.save(update_fields=["authority", "status", "reviewer", "over_minor", "rules", "version"])
    request_approval(
        actor=actor,
        subject=hold,
        act=ACT,
        authority=authority,
        reason=told,
        as_of=as_of,
        at=at,
    )
    return hold


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseAnswer:
    """What became of one hold of several: released, waiting for an approval, or refused why."""

    hold_id: int
    status: str
    text: str


@transaction.atomic
def release_holds(
    *, actor: Actor, holds: Sequence[CreditHold], reason: str, as_of: date, at: datetime
) -> tuple[ReleaseAnswer, ...]:
    """Release several holds, each within the actor's authority for it; say what became of each.

    What one is refused for does not keep the others. Raises Refused without a reason.
    """
    actor.require("order_hold.release")
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why they are released; the reason stands in the audit log.",
    )
    answers = []
    for hold in sorted(holds, key=lambda one: one.pk):
        try:
            with transaction.atomic():
                moved = release_hold(actor=actor, hold=hold, reason=told, as_of=as_of, at=at)
        except Refused as refusal:
            answers.append(ReleaseAnswer(hold_id=hold.pk, status="refused", text=str(refusal)))
            continue
        is_released = moved.status == Status.RELEASED
        text = "" if is_released else str(moved.authority.get("text", ""))
        status = "released" if is_released else "waiting"
        answers.append(ReleaseAnswer(hold_id=hold.pk, status=status, text=text))
    return tuple(answers)


@handles("credithold")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Release a hold as approved, or leave it standing."""
    hold = CreditHold.objects.select_related("order", "customer").get(pk=request.subject_id)
    lock_accounts(actor.company, {hold.customer_id}, as_of=as_of)
    hold.refresh_from_db()
    if hold.status not in CreditHold.STANDING:
        raise Refused(over_text(hold))
    if not is_approved:
        told = reason or "The release was not approved."
        record_events(actor, [fact_of(hold, "kept", reason=told)], at=at)
        return
    judgement = _judged(actor, hold, as_of=as_of)
    _refuse_forced(judgement)
    asked_minor = request.ask.get("amount_minor")
    if judgement.is_held and (judgement.over_minor or 0) > (asked_minor or 0):
        raise Refused(
            "More has to be released now than was asked for; reject this, and have it asked again."
        )
    wanted = dict(hold.authority.get("release", {}))
    document = {**hold.authority, "approved_by": actor.name}
    told = request.reason if not reason else f"{request.reason} Approved: {reason}"
    _release(actor, hold, judgement, told[:LONGEST], wanted, document, as_of=as_of, at=at)


def _release(
    actor: Actor,
    hold: CreditHold,
    judgement: Judgement,
    told: str,
    wanted: dict[str, str | None],
    document: dict[str, object],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Release a hold by rule, and approve its order."""
    order = order_of(hold)
    until = wanted.get("until_on")
    check_order_move(order, Order.Status.APPROVED)
    Order.objects.filter(pk=order.pk).update(
        status=Order.Status.APPROVED, version=order.version + 1
    )
    ended = end_hold(
        actor,
        hold,
        Status.RELEASED,
        reason=told,
        as_of=as_of,
        at=at,
        scope=str(wanted.get("scope") or Scope.ONCE),
        until_on=date.fromisoformat(until) if until else None,
        authority=document,
        rules=rules_of(judgement),
        over_minor=judgement.over_minor,
    )
    approved = Fact(
        verb="order.released",
        subject="order",
        subject_id=order.pk,
        customer_id=order.customer_id,
        data={
            "number": order.number,
            "over_minor": judgement.over_minor,
            "hold": hold.pk,
            **held_in(document),
        },
    )
    record_events(actor, [ended, approved], at=at)


def _release_forced(
    actor: Actor, hold: CreditHold, told: str, *, as_of: date, at: datetime
) -> CreditHold:
    """Release a forced hold; the orders it held are then judged by the rules alone."""
    rules, _version = order_rules_in_force(actor.company, as_of=as_of)
    override = ""
    if not rules.own_forced_hold:
        override = own_approval(
            actor,
            author=hold.raised_by,
            refusal="You placed this hold; somebody else has to release it.",
        )
    ended = end_hold(
        actor,
        hold,
        Status.RELEASED,
        reason=told,
        as_of=as_of,
        at=at,
        scope=Scope.ONCE,
        authority={"override": override} if override else {},
    )
    facts = [ended]
    order = hold.order
    if order is not None and order.status == Order.Status.HELD and not other_holds(hold):
        judgement = _judged(actor, hold, as_of=as_of)
        if judgement.is_held:
            found = [Found(order=order, check=None, judgement=judgement)]
            raise_holds(actor, found, {}, rules, as_of=as_of, at=at)
        else:
            Order.objects.filter(pk=order.pk).update(
                status=Order.Status.APPROVED, version=order.version + 1
            )
        facts.append(
            Fact(
                verb="order.held" if judgement.is_held else "order.approved",
                subject="order",
                subject_id=order.pk,
                customer_id=order.customer_id,
                data={"number": order.number, "hold": hold.pk},
            )
        )
    record_events(actor, facts, at=at)
    return hold


def _judged(actor: Actor, hold: CreditHold, *, as_of: date) -> Judgement:
    """Return what the rules say of a held order now."""
    order = order_of(hold)
    rules, _version = order_rules_in_force(actor.company, as_of=as_of)
    (facts,) = asked_orders(
        actor.company,
        [(hold.customer, stored_ask(order))],
        {order.number: order},
        rules=rules,
        as_of=as_of,
    )
    return judge_order(facts, rules, as_of=as_of)


def _refuse_forced(judgement: Judgement) -> None:
    """Refuse while a person's own stop stands: that has to end first, by whoever may."""
    found = next((one for one in judgement.held() if one.rule in PERSON_RULES), None)
    if found is not None:
        raise Refused(f"{found.text.rstrip('.')}. That has to end first.")


def _check_scope(hold: CreditHold, scope: str, until_on: date | None, *, as_of: date) -> None:
    """Refuse a scope that makes no sense: a day with once, none or a far one with until."""
    if scope not in Scope.values:
        raise Refused("A release is for this order alone (once), or until a day.")
    if (scope == Scope.UNTIL) != (until_on is not None):
        raise Refused("A release until a day names the day, and only that one does.")
    if until_on is None:
        return
    if hold.kind == CreditHold.Kind.FORCED:
        raise Refused("A forced hold is released for good; place it again when it is needed.")
    if not as_of <= until_on <= as_of + timedelta(days=FARTHEST_DAYS):
        raise Refused(f"The day must lie between today and {FARTHEST_DAYS} days from now.")
