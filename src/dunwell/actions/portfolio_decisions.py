"""What a portfolio review decided, who carries it out, and the two names under it."""

import hashlib
import json
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import needed
from dunwell.models import (
    Customer,
    Membership,
    PortfolioDecision,
    PortfolioReview,
    PortfolioSignature,
    Task,
    User,
)

Status = PortfolioReview.Status
SIGNERS = 2
"""So many different people sign a review."""


@transaction.atomic
def take_decision(
    *,
    actor: Actor,
    review: PortfolioReview,
    text: str,
    owner: User,
    due_on: date,
    as_of: date,
    at: datetime,
    customer: Customer | None = None,
) -> PortfolioDecision:
    """Write down what was decided, who sees to it, until when; about a customer it is a task.

    Raises Refused once somebody has signed: what is signed does not change.
    """
    actor.require("portfolio_review.edit")
    if customer is not None:
        open_customer(actor, customer)
    own(actor, review, "review")
    told = needed(text=text, most=500, what="decision", missing="Write what was decided.")
    if due_on < as_of:
        raise Refused("A decision must not be due in the past.")
    if not Membership.objects.filter(company=actor.company, user=owner).exists():
        raise Refused("The owner must be one of the company's people.")
    locked = PortfolioReview.objects.select_for_update(no_key=True).get(pk=review.pk)
    if locked.status not in {Status.FROZEN, Status.HELD}:
        raise Refused("Decisions belong to a review whose pack is frozen and that is not signed.")
    if locked.signatures.exists():
        raise Refused("Somebody has signed already; what is signed does not change.")
    if locked.decisions.filter(text=told).exists():
        raise Refused("This was decided already.")
    task = None if customer is None else _task(actor, customer, told, due_on, as_of, at)
    decision = PortfolioDecision.objects.create(
        review=locked,
        company=actor.company,
        text=told,
        owner=owner,
        due_on=due_on,
        customer=customer,
        task=task,
        recorded_at=at,
    )
    record_event(
        actor,
        "portfolio_decision.taken",
        decision,
        at=at,
        customer_id=None if customer is None else customer.pk,
        text=told,
        owner=owner.username,
        due_on=due_on.isoformat(),
    )
    return decision


@transaction.atomic
def finish_decision(
    *, actor: Actor, decision: PortfolioDecision, outcome: str, as_of: date, at: datetime
) -> None:
    """Note that a decision was carried out and what came of it: by its owner, or who edits."""
    actor.require("ledger.view")
    own(actor, decision, "decision")
    if decision.owner_id != actor.user_id:
        actor.require("portfolio_review.edit")
    told = needed(text=outcome, most=500, what="outcome", missing="Say what came of it.")
    rows = PortfolioDecision.objects.filter(pk=decision.pk, done_on=None).update(
        done_on=as_of, done_by=actor.name, outcome=told
    )
    if rows != 1:
        raise Refused("This was done already; load the page again.")
    record_event(
        actor,
        "portfolio_decision.done",
        decision,
        at=at,
        customer_id=decision.customer_id,
        text=decision.text,
        outcome=told,
    )


@transaction.atomic
def sign_review(*, actor: Actor, review: PortfolioReview, at: datetime) -> None:
    """Sign a held review, over the hashes of its pack and minutes; the second makes it signed.

    Nobody signs twice.
    """
    actor.require("portfolio_review.sign")
    own(actor, review, "review")
    if actor.user_id is None:
        raise Refused("A person signs, not a program.")
    locked = PortfolioReview.objects.select_for_update(no_key=True).get(pk=review.pk)
    if locked.status != Status.HELD:
        raise Refused("A review is signed once it was held, and by two people.")
    if locked.signatures.filter(user=actor.user_id).exists():
        raise Refused("You have signed this review; somebody else must sign as well.")
    PortfolioSignature.objects.create(
        review=locked,
        company=actor.company,
        user_id=actor.user_id,
        name=actor.name,
        pack_sha256=locked.pack.sha256,
        minutes_sha256=minutes_hash(locked),
        at=at,
    )
    is_last = locked.signatures.count() >= SIGNERS
    if is_last:
        PortfolioReview.objects.filter(pk=locked.pk).update(
            status=Status.SIGNED, version=F("version") + 1
        )
    record_event(
        actor, "portfolio_review.signed", locked, at=at, name=locked.name, is_last=is_last
    )


def minutes_hash(review: PortfolioReview) -> str:
    """Return SHA-256 over attendees, minutes and decisions, what a signature stands under."""
    decided = review.decisions.order_by("id").values_list(
        "text", "owner__username", "due_on", "customer_id"
    )
    said = [
        review.attendees,
        review.minutes,
        review.held_on.isoformat() if review.held_on else "",
        [[text, owner, due_on.isoformat(), customer] for text, owner, due_on, customer in decided],
    ]
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _task(
    actor: Actor, customer: Customer, text: str, due_on: date, as_of: date, at: datetime
) -> Task:
    """Return the task of a decision about a customer; where one is open that one carries it."""
    task, _ = Task.objects.get_or_create(
        company=actor.company,
        customer=customer,
        item=None,
        kind=Task.Kind.FOLLOW_UP,
        status=Task.Status.OPEN,
        defaults={"reason": text[:300], "due_on": due_on, "as_of": as_of, "recorded_at": at},
    )
    return task
