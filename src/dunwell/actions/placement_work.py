"""What an agency answers: received, accepted, refused, and how it ended; and its notes.

The agency's own people do this for their placements (right placement.work), or we do it for
them by what they told us (right placement.report). Telling the same again changes nothing.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.placement_moves import (
    Status,
    bring_up_to_date,
    check_move,
    finish,
    locked_placement,
    move,
    reason_of,
    tell,
    work_right,
)
from dunwell.actions.texts import fitting
from dunwell.models import Agency, Placement, PlacementBatch, PlacementNote

LONGEST_REFERENCE, LONGEST_NOTE = 80, 2000
ENDINGS = (Status.SETTLED, Status.RETURNED, Status.LEGAL)
"""How an agency may say a placement goes on; paid in full follows from its reports."""


@transaction.atomic
def acknowledge_placement(
    *, actor: Actor, placement: Placement, reference: str = "", as_of: date, at: datetime
) -> Placement:
    """Record that the agency fetched an approved placement itself: it is handed over now.

    For agencies that work over the API. What was paid since the approval is taken off first,
    and the evidence is made anew then. Raises Refused for an agency that gets files.
    """
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    told = fitting(text=reference, most=LONGEST_REFERENCE, what="reference")
    if placement.status == Status.TRANSMITTED and placement.reference == told:
        return placement
    if placement.agency.transport != Agency.Transport.API:
        raise Refused(f"{placement.agency.name} gets its placements as files, not here.")
    check_move(placement, Status.TRANSMITTED)
    bring_up_to_date(placement, as_of=as_of)
    move(placement, Status.TRANSMITTED, transmitted_on=as_of, reference=told)
    tell(actor, "transmitted", placement, at=at, reference=told, by_api=True)
    return placement


@transaction.atomic
def accept_placement(
    *, actor: Actor, placement: Placement, reference: str, as_of: date, at: datetime
) -> Placement:
    """Record that the agency takes a placement, under a reference of its own."""
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    told = fitting(text=reference, most=LONGEST_REFERENCE, what="reference")
    if not told:
        raise Refused("State the agency's own reference.")
    if placement.status == Status.ACCEPTED and placement.reference == told:
        return placement
    move(placement, Status.ACCEPTED, accepted_on=as_of, reference=told)
    tell(actor, "accepted", placement, at=at, reference=told)
    return placement


@transaction.atomic
def refuse_placement(
    *, actor: Actor, placement: Placement, reason: str, as_of: date, at: datetime
) -> Placement:
    """Record that the agency does not take a placement; its items may be chased again."""
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    told = reason_of(reason, "Say why the agency refuses.")
    if placement.status == Status.REFUSED and placement.ending == told:
        return placement
    finish(placement, Status.REFUSED, why=told, as_of=as_of)
    tell(actor, "refused", placement, at=at, reason=told)
    return placement


@transaction.atomic
def end_placement(
    *, actor: Actor, placement: Placement, status: str, reason: str, as_of: date, at: datetime
) -> Placement:
    """Record how a placement goes on: settled for less, returned uncollectable, or to court.

    Gone to court it still holds its items; otherwise they may be chased again. Raises Refused
    without a reason, when an agency's own person settles, which is ours to agree to, and for a
    settlement of which no money was reported.
    """
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    if status not in ENDINGS:
        raise Refused(f"A placement ends as {', '.join(ENDINGS)}, not as {status}.")
    told = reason_of(reason, "Say how it ended.")
    if placement.status == status and placement.ending == told:
        return placement
    check_move(placement, status)
    if status == Status.LEGAL:
        move(placement, Status.LEGAL, ending=told)
    else:
        if status == Status.SETTLED:
            _check_settled(actor, placement)
        finish(placement, status, why=told, as_of=as_of)
    tell(actor, status, placement, at=at, reason=told)
    return placement


@transaction.atomic
def note_on_placement(
    *, actor: Actor, placement: Placement, text: str, as_of: date, at: datetime
) -> PlacementNote:
    """Write a note that both the agency and we read; the same one again the same day is one."""
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    told = fitting(text=text, most=LONGEST_NOTE, what="note")
    if not told:
        raise Refused("Write something.")
    before = placement.notes.filter(text=told, by=actor.name, on=as_of).first()
    if before is not None:
        return before
    note = PlacementNote.objects.create(
        placement=placement, text=told, by=actor.name, is_agency=actor.is_partner, on=as_of, at=at
    )
    tell(actor, "noted", placement, at=at, text=told)
    return note


def _check_settled(actor: Actor, placement: Placement) -> None:
    if "placement.report" not in actor.rights:
        raise Refused("Taking less than is owed is agreed with us first; write a note.")
    if sum(placement.reports.values_list("gross_minor", flat=True)) <= 0:
        raise Refused(f"No money was reported for {placement.number}; report it first.")


def hand_over(
    actor: Actor, placement: Placement, *, batch: PlacementBatch, as_of: date, at: datetime
) -> None:
    """Move a placement of a file on; the caller holds the transaction and checked the right."""
    move(placement, Status.TRANSMITTED, transmitted_on=as_of)
    tell(actor, "transmitted", placement, at=at, batch=batch.number)
