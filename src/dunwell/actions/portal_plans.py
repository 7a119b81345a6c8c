"""Payment plans asked for, accepted and declined by the debtor's people in the portal."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, lent, own_customer
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.plans import accept_plan, decline_plan
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.engine.authority import PORTAL
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import Customer, Item, PaymentPlan

PROPOSE = "plan.propose"


@transaction.atomic
def ask_plan(
    *,
    actor: Actor,
    customer: Customer,
    items: Sequence[Item],
    wish: PlanWish,
    reason: str = "",
    key: str,
    as_of: date,
    at: datetime,
) -> PaymentPlan:
    """Ask for a plan over all that is open on the items; sent twice it is one.

    Within what the portal may grant it is offered at once and waits for the customer's yes;
    beyond it somebody of ours is asked. A promise on the items is replaced by the plan. Raises
    Refused as `propose_plan` does; nothing that is owed is given up here.
    """
    actor.require("portal.ask")
    before = begin_request(
        actor, customer, key, PaymentPlan.objects.all(), kind=Kind.PLAN, with_company=True
    )
    if before is not None:
        return before
    if wish.concession_minor:
        raise Refused("A plan asked for here is over the whole amount.")
    plan = propose_plan(
        actor=lent(actor, PROPOSE),
        customer=customer,
        items=items,
        wish=wish,
        reason=reason,
        source=PORTAL,
        supersede=True,
        as_of=as_of,
        at=at,
    )
    keep_request(actor, customer, key, plan, kind=Kind.PLAN, at=at)
    return plan


@transaction.atomic
def accept_own_plan(
    *,
    actor: Actor,
    plan: PaymentPlan,
    name: str,
    role: str = "",
    has_agreed: bool,
    sha256: str,
    as_of: date,
    at: datetime,
) -> PaymentPlan:
    """Accept the offered terms, those with this hash; the plan runs from now on.

    Who accepts, when, from where and which text is kept with the plan. The same again changes
    nothing. Raises Refused without the tick, and as `accept_plan` does.
    """
    actor.require("portal.ask")
    own_customer(actor, plan.customer)
    if not has_agreed:
        raise Refused("Tick that you have read the terms and agree to them.")
    return accept_plan(
        actor=lent(actor, PROPOSE),
        plan=plan,
        name=name,
        role=role,
        address=actor.name[:120],
        sha256=sha256,
        source=PORTAL,
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def decline_own_plan(
    *, actor: Actor, plan: PaymentPlan, reason: str = "", as_of: date, at: datetime
) -> None:
    """Say no to an offered plan; what it would cover is free again."""
    actor.require("portal.ask")
    own_customer(actor, plan.customer)
    decline_plan(
        actor=lent(actor, PROPOSE),
        plan=plan,
        reason=reason.strip() or "Declined in the portal",
        as_of=as_of,
        at=at,
    )
