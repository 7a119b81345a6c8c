"""The debtor says that it is in difficulty: a person looks at it, and automatic pressure rests."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dunwell.actions.gate import Actor, lent
from dunwell.actions.holds import place_hold
from dunwell.actions.notes import record_note
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.texts import needed
from dunwell.models import Customer, Hold, Note
from dunwell.queries.holds import holds_standing

REST_DAYS = 14
"""So long reminders rest by themselves; a person decides what comes then."""

ONCE_IN_DAYS = 180
"""A rest that was placed by itself within these days is not placed again: a person decides."""

HOLD_NOTE = "The customer says in the portal that it is in difficulty."


@transaction.atomic
def report_hardship(
    *, actor: Actor, customer: Customer, text: str, key: str, as_of: date, at: datetime
) -> Note:
    """Keep what the customer says as a note, ask a person to follow up, and let reminders rest.

    The rest is a hold for hardship of `REST_DAYS`, unless one stands or stood lately. Sent twice
    it is told once. Raises Refused where nothing is said.
    """
    actor.require("portal.ask")
    before = begin_request(actor, customer, key, Note.objects.all(), kind=Kind.HARDSHIP)
    if before is not None:
        return before
    told = needed(
        text=text, most=1_800, what="text", missing="Say in a few words what has happened."
    )
    note = record_note(
        actor=lent(actor, "note.record"),
        customer=customer,
        kind=Note.Kind.NOTE,
        why=Note.Why.CASH,
        text=f"In difficulty (told in the portal): {told}",
        as_of=as_of,
        at=at,
    )
    ask_follow_up(
        company_id=customer.company_id,
        customer_id=customer.pk,
        reason=f"In difficulty, told in the portal: {told}",
        as_of=as_of,
        at=at,
    )
    if not _rested_lately(customer, as_of=as_of):
        place_hold(
            actor=lent(actor, "hold.place"),
            customer=customer,
            reason=Hold.Reason.HARDSHIP,
            until_on=as_of + timedelta(days=REST_DAYS),
            note=HOLD_NOTE,
            as_of=as_of,
            at=at,
        )
    keep_request(actor, customer, key, note, kind=Kind.HARDSHIP, at=at)
    return note


def _rested_lately(customer: Customer, *, as_of: date) -> bool:
    """Return whether a hold for hardship stands, or one of this kind was placed lately."""
    holds = Hold.objects.filter(customer=customer, item=None, reason=Hold.Reason.HARDSHIP)
    lately = Q(note=HOLD_NOTE, from_on__gt=as_of - timedelta(days=ONCE_IN_DAYS))
    return holds.filter(holds_standing(as_of=as_of) | lately).exists()
