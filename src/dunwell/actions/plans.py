"""Payment plans: accepted, declined and cancelled by people.

Proposing is in `plan_proposals`; what the day decides (instalments, default, cure, completion)
is in `plan_steps`.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.agreements import (
    bind_items,
    check_move,
    hold_items,
    locked_agreement,
    move,
    release_items,
)
from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.approvals import drop_approvals
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.plan_moves import (
    Status,
    book_charges,
    close_task,
    drop_unearned,
    last_allocation,
    tell,
)
from dunwell.actions.promises import end_promises
from dunwell.actions.texts import fitting
from dunwell.models import Company, Dispute, PaymentPlan
from dunwell.queries.agreements import bound_items

LONGEST_REASON, LONGEST_NAME = 300, 120


@transaction.atomic
def accept_plan(
    *,
    actor: Actor,
    plan: PaymentPlan,
    name: str,
    role: str = "",
    address: str = "",
    sha256: str,
    as_of: date,
    at: datetime,
    source: str = "staff",
) -> PaymentPlan:
    """Record the customer's acceptance of the terms with a hash, and let the plan run.

    `name`, `role` and `address` (where the acceptance came from) are who accepted. Interest and
    fee are booked as items, the items are held, promises on them end, and a plan it replaces is
    over. The same acceptance again changes nothing. Raises Refused for another text, an offer
    that is over, and when another amount is open on an item now than was offered.
    """
    actor.require("plan.propose")
    plan = locked_agreement(actor.company, plan)
    who = fitting(text=name, most=LONGEST_NAME, what="name")
    signature = {
        "name": who,
        "role": fitting(text=role, most=LONGEST_NAME, what="role"),
        "address": fitting(text=address, most=LONGEST_NAME, what="address"),
        "sha256": sha256,
    }
    if plan.status == Status.ACTIVE and signature.items() <= plan.acceptance.items():
        return plan
    check_move(plan, Status.ACTIVE)
    if not who:
        raise Refused("Say who accepts the plan for the customer.")
    if plan.status != Status.OFFERED:
        raise Refused(f"{plan.number} is not offered; only an offer can be accepted.")
    if sha256 != plan.terms_sha256:
        raise Refused(f"The terms of {plan.number} are not the ones accepted; read them again.")
    if plan.expires_on is not None and plan.expires_on < as_of:
        raise Refused(f"The offer {plan.number} ended on {plan.expires_on}; propose it anew.")
    if plan.renegotiates is not None:
        _replace(plan.renegotiates, by=plan, as_of=as_of, at=at)
    _check_still_open(actor.company, plan)
    end_promises(actor, plan.lines.values_list("item"), as_of=as_of, at=at, plan=plan.number)
    before = last_allocation(plan.lines.values_list("item", flat=True))
    book_charges(plan, as_of=as_of, at=at)
    bind_items(plan, is_live=True)
    hold_items(plan, as_of=as_of, at=at)
    acceptance = {
        **signature,
        "at": at.isoformat(),
        "by": actor.name,
        "source": source,
        "after_allocation": before,
    }
    move(plan, Status.ACTIVE, acceptance=acceptance, accepted_on=as_of)
    if plan.renegotiates is not None:
        tell(actor, "renegotiated", plan.renegotiates, at=at, by=plan.number)
    tell(
        actor,
        "accepted",
        plan,
        at=at,
        name=who,
        sha256=sha256,
        covered_minor=plan.covered_minor,
        interest_minor=plan.interest_minor,
        fee_minor=plan.fee_minor,
        concession_minor=plan.concession_minor,
    )
    return plan


@transaction.atomic
def decline_plan(
    *, actor: Actor, plan: PaymentPlan, reason: str, as_of: date, at: datetime
) -> None:
    """Record that the customer does not want an offer; what it would cover is free again."""
    actor.require("plan.propose")
    plan = locked_agreement(actor.company, plan)
    why = _reason(reason, "Say why the customer declines.")
    if plan.status != Status.OFFERED:
        raise Refused(f"{plan.number} is not offered; cancel it instead.")
    move(plan, Status.REJECTED, ended_on=as_of)
    tell(actor, "declined", plan, at=at, reason=why)


@transaction.atomic
def cancel_plan(
    *, actor: Actor, plan: PaymentPlan, reason: str, as_of: date, at: datetime
) -> None:
    """End a plan, or a proposal of one, before it is paid; its items may be chased again.

    Interest of instalments that are not due yet falls away; what was paid stays paid. Raises
    Refused without a reason, and for a plan that is over.
    """
    actor.require("plan.propose")
    plan = locked_agreement(actor.company, plan)
    why = _reason(reason, "Say why the plan is cancelled.")
    check_move(plan, Status.CANCELLED)
    was_accepted = plan.accepted_on is not None
    if plan.status == Status.PENDING:
        drop_approvals(actor=actor, subject=plan, reason=why, as_of=as_of, at=at)
    move(plan, Status.CANCELLED, ended_on=as_of)
    dropped = 0
    if was_accepted:
        bind_items(plan, is_live=False)
        release_items(plan, as_of=as_of)
        dropped = drop_unearned(plan, as_of=as_of, at=at)
        close_task(plan, by=actor.name, at=at)
    tell(actor, "cancelled", plan, at=at, reason=why, dropped_interest_minor=dropped)


def _check_still_open(company: Company, plan: PaymentPlan) -> None:
    """Lock the plan's items; refuse when what is open is not what was offered."""
    lines = list(plan.lines.select_related("item").order_by("item"))
    locked = locked_items(company=company, items=[line.item for line in lines])
    for line in lines:
        found = locked[line.item_id].open_minor
        if found != line.amount_minor:
            raise Refused(
                f"{money_text(found, plan.currency)} is open on {line.item.number} now, not "
                f"{money_text(line.amount_minor, plan.currency)} as offered; propose it anew."
            )
    for key, number in sorted(bound_items(list(locked), beside=plan).items()):
        raise Refused(f"{locked[key].item.number} is covered by {number} by now; end that first.")
    if Dispute.objects.filter(item__in=locked, closed_on=None).exists():
        raise Refused(f"An item of {plan.number} is disputed now; close the dispute first.")


def _replace(old: PaymentPlan, *, by: PaymentPlan, as_of: date, at: datetime) -> None:
    """End the plan that another one replaces: its items are free for the new one."""
    old = locked_agreement(by.company, old)
    move(old, Status.RENEGOTIATED, ended_on=as_of)
    bind_items(old, is_live=False)
    release_items(old, as_of=as_of)
    drop_unearned(old, as_of=as_of, at=at)
    close_task(old, by="system", at=at)


def _reason(text: str, sentence: str) -> str:
    why = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not why:
        raise Refused(sentence)
    return why
