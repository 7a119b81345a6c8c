"""Proposing a payment plan: within policy and authority, offered at once or after approval."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dunwell.actions.agreements import check_move, locked_agreement, move
from dunwell.actions.approvals import handles, request_approval
from dunwell.actions.authority import authorise, held_in
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.plan_moves import Status, tell
from dunwell.actions.plan_terms import (
    PlannedDebt,
    PlannedTerms,
    offer,
    planned_debt,
    planned_terms,
)
from dunwell.actions.portal_notices import tell_decided
from dunwell.actions.promises import amounts_of
from dunwell.actions.texts import fitting
from dunwell.engine.plan_offers import PlanWish
from dunwell.engine.plan_schedule import months_until
from dunwell.models import (
    ApprovalRequest,
    Company,
    Customer,
    Item,
    PaymentPlan,
    PlanInstalment,
    PlanItem,
    Promise,
)
from dunwell.queries.plan_items import granted_minor, open_lines
from dunwell.queries.plan_policies import plans_in_force

ACT = "plan"
LONGEST_REASON, LONGEST_GUARANTEE = 300, 200


@transaction.atomic
def propose_plan(
    *,
    actor: Actor,
    customer: Customer,
    items: Sequence[Item],
    wish: PlanWish,
    reason: str = "",
    guarantee: str = "",
    source: str = "staff",
    supersede: bool = False,
    as_of: date,
    at: datetime,
) -> PaymentPlan:
    """Propose a plan for all that is open on the items; it is offered at once, or waits.

    Within the actor's authority the terms are written and the offer stands; beyond it somebody
    else is asked. Raises Refused for items a plan cannot cover (settled, disputed, in another
    plan, of several currencies), for an open promise on them unless it may be superseded, for
    terms outside the plans policy, and for what nobody may grant.
    """
    actor.require("plan.propose")
    open_customer(actor, customer)
    _lock_customer(actor.company, customer)
    debt = planned_debt(actor.company, customer, items, beside=None, as_of=as_of)
    _check_promises(debt, supersede=supersede)
    planned = planned_terms(actor.company, debt, wish, as_of=as_of)
    return _propose(
        actor,
        customer,
        debt,
        planned,
        replaces=None,
        told={"reason": reason, "guarantee": guarantee, "source": source},
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def renegotiate_plan(
    *,
    actor: Actor,
    plan: PaymentPlan,
    wish: PlanWish,
    reason: str = "",
    guarantee: str = "",
    source: str = "staff",
    as_of: date,
    at: datetime,
) -> PaymentPlan:
    """Propose another plan for what is left of one; the old one ends when the new is accepted.

    Interest of instalments that are not due yet falls away. Raises Refused as `propose_plan`
    does, for a plan that does not run, and when it was replaced as often as the policy allows.
    """
    actor.require("plan.propose")
    _lock_customer(actor.company, plan.customer)
    plan = locked_agreement(actor.company, plan)
    check_move(plan, Status.RENEGOTIATED)
    most = plans_in_force(actor.company, as_of=as_of).policy.renegotiations
    if (earlier := _replacements(plan)) >= most:
        plans = "plan" if earlier == 1 else "plans"
        raise Refused(
            f"{plan.number} already stands for {earlier} earlier {plans}, the most the plans "
            "policy allows; cancel it, or wait until it is paid."
        )
    debt = planned_debt(actor.company, plan.customer, open_lines(plan), beside=plan, as_of=as_of)
    planned = planned_terms(actor.company, debt, wish, as_of=as_of)
    return _propose(
        actor,
        plan.customer,
        debt,
        planned,
        replaces=plan,
        told={"reason": reason, "guarantee": guarantee, "source": source},
        as_of=as_of,
        at=at,
    )


@handles("paymentplan")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Offer an approved plan, or end a rejected one; who asked in the portal is told."""
    plan = locked_agreement(actor.company, PaymentPlan.objects.get(pk=request.subject_id))
    if plan.status != Status.PENDING:
        raise Refused(f"{plan.number} no longer waits for approval.")
    if is_approved:
        offer(actor, plan, approved_by=actor.name, as_of=as_of)
        tell(actor, "offered", plan, at=at, sha256=plan.terms_sha256, approved_by=actor.name)
    else:
        move(plan, Status.REJECTED, ended_on=as_of)
        tell(actor, "rejected", plan, at=at, reason=reason)
    tell_decided(actor, plan, is_approved=is_approved, as_of=as_of, at=at)


def _lock_customer(company: Company, customer: Customer) -> None:
    """Lock the company, whose plans are numbered, and the customer."""
    if customer.company_id != company.pk:
        raise Refused("This customer belongs to another company.")
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def _propose(
    actor: Actor,
    customer: Customer,
    debt: PlannedDebt,
    planned: PlannedTerms,
    *,
    replaces: PaymentPlan | None,
    told: dict[str, str],
    as_of: date,
    at: datetime,
) -> PaymentPlan:
    """Write the plan; offer it within authority, else ask for approval."""
    reason = fitting(text=told["reason"], most=LONGEST_REASON, what="reason")
    guarantee = fitting(text=told["guarantee"], most=LONGEST_GUARANTEE, what="guarantee")
    found, terms = planned.schedule, planned.schedule.terms
    authority = authorise(
        actor=actor,
        customer=customer,
        act=ACT,
        currency=debt.currency,
        amount_minor=debt.covered_minor,
        concession_minor=terms.concession_minor,
        months=months_until(found.last_on, from_on=as_of),
        source=told["source"],
        earlier_minor=granted_minor(customer, debt.currency, beside=replaces),
        as_of=as_of,
    )
    plan = PaymentPlan.objects.create(
        company=actor.company,
        customer=customer,
        number=f"PP-{PaymentPlan.objects.filter(company=actor.company).count() + 1}",
        currency=debt.currency,
        frequency=terms.frequency,
        covered_minor=debt.covered_minor,
        interest_minor=found.interest_minor,
        fee_minor=terms.fee_minor,
        concession_minor=terms.concession_minor,
        deposit_minor=terms.deposit_minor,
        rate_ppm=terms.rate_ppm,
        first_on=terms.first_on,
        guarantee=guarantee,
        reason=reason,
        policy_id=planned.version_id,
        authority={**authority.document(), "terms": planned.document()},
        source=told["source"],
        renegotiates=replaces,
        proposed_by=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    _write_rows(plan, debt, planned)
    tell(
        actor,
        "proposed",
        plan,
        at=at,
        covered_minor=plan.covered_minor,
        instalments=len(found.instalments),
        last_on=found.last_on.isoformat(),
        replaces=replaces.number if replaces else "",
        **held_in(plan.authority),
    )
    if authority.needs_approval:
        move(plan, Status.PENDING)
        request_approval(
            actor=actor,
            subject=plan,
            act=ACT,
            authority=authority,
            reason=reason or authority.text[:LONGEST_REASON],
            due_on=found.instalments[0].due_on,
            as_of=as_of,
            at=at,
        )
        return plan
    offer(actor, plan, as_of=as_of)
    tell(actor, "offered", plan, at=at, sha256=plan.terms_sha256, approved_by="")
    return plan


def _write_rows(plan: PaymentPlan, debt: PlannedDebt, planned: PlannedTerms) -> None:
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, item=item, amount_minor=amount)
        for item, amount in debt.amounts.items()
    )
    PlanInstalment.objects.bulk_create(
        PlanInstalment(
            plan=plan,
            number=one.number,
            due_on=one.due_on,
            amount_minor=one.amount_minor,
            interest_minor=one.interest_minor,
            fee_minor=one.fee_minor,
        )
        for one in planned.schedule.instalments
    )


def _check_promises(debt: PlannedDebt, *, supersede: bool) -> None:
    """Refuse because of the first open promise on the items, unless the plan replaces it."""
    items = [item.pk for item in debt.amounts]
    standing = Promise.objects.filter(
        Q(lines__item__in=items) | amounts_of(items), outcome=Promise.Outcome.OPEN
    )
    promise = standing.order_by("due_on", "id").first()
    if promise is not None and not supersede:
        raise Refused(
            f"A promise for {promise.due_on.isoformat()} covers one of these items; withdraw it, "
            "or let the plan replace it."
        )


def _replacements(plan: PaymentPlan) -> int:
    """Return how often plans were replaced on the way to this one."""
    count, one = 0, plan
    while one.renegotiates is not None:
        count, one = count + 1, one.renegotiates
    return count
