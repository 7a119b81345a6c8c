"""Reviews by people: begun, recommended by one person, decided and carried out by another.

A decision changes nothing by itself: it proposes the limit in the name of who recommended it, and
the decider approves that as far as his own authority reaches. Beyond it the limit waits for
somebody else, as every limit does, and the review with it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.approvals import decide_approval
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval, person
from dunwell.actions.gate import (
    Actor,
    Forbidden,
    Refused,
    check_status,
    marked,
    open_customer,
    own,
    staff,
)
from dunwell.actions.limits import propose_limit
from dunwell.actions.texts import fitting, needed
from dunwell.engine.money import LARGEST_MINOR
from dunwell.engine.review_queue import Snapshot
from dunwell.models import ApprovalRequest, CreditLimit, CreditReview, Customer, User
from dunwell.queries.review_cases import document_of, last_reviews, snapshots

Status = CreditReview.Status
Advice = CreditReview.Advice
LONGEST = 300
MANUAL = "manual"
"""Trigger of a review that a person asked for."""


@transaction.atomic
def ask_review(
    *, actor: Actor, customer: Customer, reason: str, as_of: date, at: datetime
) -> CreditReview:
    """Ask for a review of a customer out of turn; it is done this week, beside the budget.

    Raises Refused without a reason, for another company's customer, and while one is open.
    """
    actor.require("review.edit")
    open_customer(actor, customer)
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why this customer should be reviewed.",
    )
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = CreditReview.objects.filter(customer=customer, status__in=CreditReview.OPEN).first()
    if standing is not None:
        label = Status(standing.status).label.lower()
        raise Refused(f"A review of this customer is open already (marked: {label}).")
    now, before = _facts(actor, customer.pk, as_of=as_of)
    review = CreditReview.objects.create(
        company=actor.company,
        customer=customer,
        status=Status.TRIGGERED,
        triggers=[{"code": MANUAL, "on": as_of.isoformat(), "text": told}],
        due_on=as_of,
        opened_on=as_of,
        currency=actor.company.currency,
        exposure_minor=now.exposure_minor,
        is_manual=True,
        is_queued=True,
        facts=document_of(now),
        facts_before=before,
        recorded_at=at,
    )
    _tell(actor, "review.asked", review, at=at, reason=told)
    return review


@transaction.atomic
def start_review(
    *,
    actor: Actor,
    review: CreditReview,
    waits_for_data: bool = False,
    proposal: Mapping[str, Any] | None = None,
    as_of: date,
    at: datetime,
) -> CreditReview:
    """Take a review on: its facts are read anew, and `proposal` is what the policy would grant.

    With `waits_for_data` it stays in refreshing, until it is started again with what came in.
    Raises Refused for a review that is with somebody for decision, or finished.
    """
    actor.require("review.edit")
    locked = _locked(actor, review)
    if locked.status in CreditReview.WAITING:
        check_status(CreditReview.MOVES, Status(locked.status), Status.REFRESHING, "This review")
    elif locked.status not in (Status.REFRESHING, Status.RECOMMENDATION):
        raise Refused(marked("This review", Status(locked.status)))
    now, before = _facts(actor, locked.customer_id, as_of=as_of)
    locked.facts, locked.facts_before = document_of(now), before
    locked.exposure_minor = now.exposure_minor
    locked.proposal = dict(proposal or {})
    locked.reviewer = actor.name
    locked.is_queued = True
    locked.status = Status.REFRESHING if waits_for_data else Status.RECOMMENDATION
    _save(locked)
    _tell(actor, "review.started", locked, at=at, waits_for_data=waits_for_data)
    return locked


@transaction.atomic
def recommend_review(
    *,
    actor: Actor,
    review: CreditReview,
    advice: str,
    limit_minor: int | None = None,
    until_on: date | None = None,
    reason: str,
    as_of: date,
    at: datetime,
) -> CreditReview:
    """Recommend keep, raise, lower or suspend; somebody else decides.

    `limit_minor` is the new limit, in the company's minor units, of raise and lower. `until_on`
    makes a raise temporary. Raises Refused for an amount that does not fit the advice, a last day
    that has passed, no reason, and for a review that was not started.
    """
    actor.require("review.edit")
    if advice not in Advice.values:
        raise Refused(f"There is no advice {advice!r}; use {', '.join(Advice.values)}.")
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say what speaks for this; who decides reads it.",
    )
    if until_on is not None and until_on < as_of:
        raise Refused("The last day has already passed.")
    locked = _locked(actor, review)
    check_status(CreditReview.MOVES, Status(locked.status), Status.PENDING_APPROVAL, "This review")
    current = locked.facts.get("limit_minor")
    _check_amount(advice, limit_minor, until_on, current=current)
    locked.advice, locked.advice_reason = advice, told
    locked.advised_minor = limit_minor if advice in (Advice.RAISE, Advice.LOWER) else None
    locked.advised_until_on = until_on
    locked.advised_by, locked.advised_on = actor.name, as_of
    locked.status, locked.limit = Status.PENDING_APPROVAL, None
    _save(locked)
    _tell(
        actor,
        "review.recommended",
        locked,
        at=at,
        advice=advice,
        limit_minor=locked.advised_minor,
        reason=told,
    )
    return locked


@transaction.atomic
def decide_review(
    *,
    actor: Actor,
    review: CreditReview,
    is_approved: bool,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> CreditReview:
    """Decide over a recommendation: carry it out, or send it back with the reason.

    Another person than who recommended decides. A limit beyond the decider's authority waits for
    an approval, and the review with it. Raises Refused for a review that does not wait for a
    decision, one whose limit waits already, and for sending back without a reason.
    """
    actor.require("review.decide")
    told = fitting(text=reason, most=LONGEST, what="reason")
    if not is_approved and not told:
        raise Refused("Say what should be looked at again.")
    locked = _locked(actor, review)
    if locked.status != Status.PENDING_APPROVAL:
        raise Refused(marked("This review", Status(locked.status)))
    if locked.limit_id is not None:
        raise Refused("The limit of this review waits for its approval; decide that one.")
    why = own_approval(
        actor,
        author=locked.advised_by,
        refusal="You recommended this; somebody else decides.",
    )
    locked.decided_by, locked.decided_on, locked.decision_reason = actor.name, as_of, told
    if not is_approved:
        locked.status, locked.decided_on = Status.RECOMMENDATION, None
    elif locked.advice == Advice.KEEP:
        locked.status, locked.outcome = Status.NO_CHANGE, "no_change"
    else:
        locked.limit = _carry_out(actor, locked, as_of=as_of, at=at)
        if locked.limit.status == CreditLimit.Status.APPROVED:
            locked.status, locked.outcome = Status.IMPLEMENTED, "implemented"
    _save(locked)
    _tell(
        actor,
        "review.decided" if is_approved else "review.sent_back",
        locked,
        at=at,
        advice=locked.advice,
        limit_id=locked.limit_id,
        advised_by=locked.advised_by,
        reason=told,
        **({"one_person": why} if why else {}),
    )
    return locked


def _carry_out(actor: Actor, review: CreditReview, *, as_of: date, at: datetime) -> CreditLimit:
    """Propose the limit a review recommends, and approve it where the decider may."""
    kind = CreditLimit.Kind.STANDARD
    if review.advice == Advice.SUSPEND:
        kind = CreditLimit.Kind.SUSPENSION
    elif review.advised_until_on is not None:
        kind = CreditLimit.Kind.TEMPORARY
    limit = propose_limit(
        actor=_asker(actor, review),
        customer=review.customer,
        kind=kind,
        amount_minor=review.advised_minor or 0,
        from_on=as_of,
        until_on=review.advised_until_on,
        reason=review.advice_reason,
        source=f"review {review.pk}",
        risk_class=str(review.facts.get("risk_class") or ""),
        as_of=as_of,
        at=at,
    )
    request = ApprovalRequest.objects.filter(
        company=actor.company,
        subject="creditlimit",
        subject_id=limit.pk,
        status=ApprovalRequest.Status.OPEN,
    ).first()
    if request is not None:
        with suppress(Refused), transaction.atomic():
            decide_approval(
                actor=actor,
                request=request,
                approve=True,
                reason=review.decision_reason,
                as_of=as_of,
                at=at,
            )
        limit.refresh_from_db()
    return limit


def _asker(actor: Actor, review: CreditReview) -> Actor:
    """Return who recommended, as they may act now; the decider where they have left.

    Whoever decides reviews asks for limits by it: the amount is judged by authority as ever.
    """
    user = User.objects.filter(username=person(review.advised_by)).first()
    asker = actor
    if user is not None:
        with suppress(Forbidden):
            asker = staff(user, actor.company)
    return replace(asker, rights=asker.rights | {"limit.propose"})


def _check_amount(
    advice: str, limit_minor: int | None, until_on: date | None, *, current: object
) -> None:
    """Raise Refused where amount and last day do not fit the advice."""
    if advice in (Advice.KEEP, Advice.SUSPEND):
        if limit_minor is not None:
            raise Refused("Only a raise or a lower limit has an amount.")
        if until_on is not None and advice == Advice.KEEP:
            raise Refused("What is kept has no last day.")
        return
    if limit_minor is None or not 0 <= limit_minor <= LARGEST_MINOR:
        raise Refused("Say the new limit: an amount of 0 or more.")
    if not isinstance(current, int):
        return
    if advice == Advice.RAISE and limit_minor <= current:
        raise Refused("A raise is more than the limit now; load the page again if that changed.")
    if advice == Advice.LOWER and limit_minor >= current:
        raise Refused("A lower limit is less than now; load the page again if that changed.")
    if advice == Advice.LOWER and until_on is not None:
        raise Refused("Only a raise or a suspension ends by itself.")


def _facts(actor: Actor, customer_id: int, *, as_of: date) -> tuple[Snapshot, dict[str, object]]:
    """Return what is known of a customer now, and the facts of its last finished review."""
    now = snapshots(actor.company, as_of=as_of, customer_ids=[customer_id])[customer_id]
    last = last_reviews(actor.company, customer_ids=[customer_id]).get(customer_id)
    return now, document_of(last[1]) if last else {}


def _locked(actor: Actor, review: CreditReview) -> CreditReview:
    own(actor, review, "review")
    Customer.objects.select_for_update(no_key=True).get(pk=review.customer_id)
    return (
        CreditReview.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer")
        .get(pk=review.pk)
    )


def _save(review: CreditReview) -> None:
    review.version += 1
    review.save()


def _tell(actor: Actor, verb: str, review: CreditReview, *, at: datetime, **data: Any) -> None:
    record_event(actor, verb, review, at=at, customer_id=review.customer_id, **data)
