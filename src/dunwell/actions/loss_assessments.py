"""What is expected to be lost of single customers or items: stated with evidence, approved."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, open_customer, own
from dunwell.models import Customer, Item, LossAssessment

Status = LossAssessment.Status
MILLION = 1_000_000
MOST_FLOWS = 60
LONGEST = 300


@transaction.atomic
def ask_assessment(
    *,
    actor: Actor,
    customer: Customer,
    item: Item | None,
    loss_ppm: int | None,
    flows: Sequence[tuple[date, int]],
    currency: str,
    discount_ppm: int,
    reason: str,
    evidence: str,
    from_on: date,
    as_of: date,
    at: datetime,
) -> LossAssessment:
    """State what is expected to be lost, or the money still expected; a second person approves.

    Raises Refused without reason and evidence, for both or neither of share and money, for a day
    before today's month, and while another assessment of the same stands.
    """
    actor.require("loss.assess")
    open_customer(actor, customer)
    if item is not None:
        own(actor, item, "item")
        if item.customer_id != customer.pk:
            raise Refused(f"Item {item.number} is not {customer.name}'s.")
    if (loss_ppm is None) == (not flows):
        raise Refused("State either the share that is lost, or the money that is still expected.")
    if loss_ppm is not None and not 0 <= loss_ppm <= MILLION:
        raise Refused("The share that is lost lies between 0 and 100 percent.")
    if len(flows) > MOST_FLOWS or any(minor < 0 for _, minor in flows):
        raise Refused(f"Name at most {MOST_FLOWS} days with what is expected, none below 0.")
    told, shown = reason.strip()[:LONGEST], evidence.strip()[:LONGEST]
    if not told or not shown:
        raise Refused("Say why, and name the evidence: what an auditor can look at.")
    if from_on < as_of.replace(day=1):
        raise Refused(f"An assessment counts from {as_of.replace(day=1)} at the earliest.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    try:
        with transaction.atomic():
            found = LossAssessment.objects.create(
                company=actor.company,
                customer=customer,
                item=item,
                from_on=from_on,
                loss_ppm=loss_ppm,
                currency=currency if flows else "",
                flows=[[day.isoformat(), minor] for day, minor in flows],
                discount_ppm=discount_ppm,
                reason=told,
                evidence=shown,
                by=actor.name,
                recorded_at=at,
            )
    except IntegrityError as error:
        what = f"item {item.number}" if item is not None else customer.name
        raise Refused(
            f"An assessment of {what} stands or waits already; end it or refuse it first."
        ) from error
    record_event(
        actor,
        "loss.asked",
        found,
        at=at,
        customer_id=customer.pk,
        item=item.number if item is not None else "",
        loss_ppm=loss_ppm,
        reason=told,
    )
    return found


@transaction.atomic
def decide_assessment(
    *, actor: Actor, assessment: LossAssessment, is_approved: bool, at: datetime
) -> LossAssessment:
    """Approve or refuse an assessment; who stated it may not approve it, may take it back."""
    actor.require("loss.approve")
    locked = _locked(actor, assessment)
    status = Status.IN_FORCE if is_approved else Status.REFUSED
    check_status(LossAssessment.MOVES, Status(locked.status), status, "This assessment")
    override = ""
    if is_approved:
        override = own_approval(
            actor,
            author=locked.by,
            refusal="You stated this assessment; somebody else has to approve it.",
        )
    locked.status, locked.decided_by, locked.decided_at = status, actor.name, at
    locked.save(update_fields=["status", "decided_by", "decided_at"])
    record_event(
        actor,
        "loss.approved" if is_approved else "loss.refused",
        locked,
        at=at,
        customer_id=locked.customer_id,
        override=override,
    )
    return locked


@transaction.atomic
def end_assessment(
    *, actor: Actor, assessment: LossAssessment, reason: str, as_of: date, at: datetime
) -> LossAssessment:
    """End an assessment from today on; later runs measure the customer as its pool again."""
    actor.require("loss.assess")
    told = reason.strip()[:LONGEST]
    if not told:
        raise Refused("Say why the assessment ends.")
    locked = _locked(actor, assessment)
    check_status(LossAssessment.MOVES, Status(locked.status), Status.ENDED, "This assessment")
    locked.status, locked.ended_on = Status.ENDED, as_of
    locked.save(update_fields=["status", "ended_on"])
    record_event(actor, "loss.ended", locked, at=at, customer_id=locked.customer_id, reason=told)
    return locked


def _locked(actor: Actor, assessment: LossAssessment) -> LossAssessment:
    own(actor, assessment, "assessment")
    return LossAssessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
