"""Calendar addresses of the debtor's people: made, replaced and revoked."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own_customer
from dunwell.models import Customer, PortalCalendar, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce, hashed_link
from dunwell.queries.portal_calendar import calendar_token


@transaction.atomic
def make_calendar(
    *, actor: Actor, customer: Customer, seat: PortalSeat, at: datetime
) -> PortalCalendar:
    """Give a seat a calendar address; one it has stops working.

    Raises Refused for a seat that has ended.
    """
    actor.require("portal.view")
    open_customer(actor, customer)
    _own_seat(actor, seat)
    PortalSeat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    before = _revoke(seat, at=at)
    nonce = fresh_nonce()
    calendar = PortalCalendar.objects.create(
        company=actor.company,
        customer=customer,
        seat=seat,
        nonce=nonce,
        token_hash=hashed_link(calendar_token(seat.pk, nonce)),
        recorded_at=at,
    )
    record_event(
        actor, "portal_calendar.made", calendar, at=at, customer_id=customer.pk,
        replaced=bool(before),
    )  # fmt: skip
    return calendar


@transaction.atomic
def revoke_calendar(*, actor: Actor, customer: Customer, seat: PortalSeat, at: datetime) -> None:
    """Stop a seat's calendar address; where there is none, nothing changes."""
    actor.require("portal.view")
    own_customer(actor, customer)
    _own_seat(actor, seat)
    PortalSeat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    calendar = PortalCalendar.objects.filter(seat=seat, revoked_at=None).first()
    if calendar is not None and _revoke(seat, at=at):
        record_event(actor, "portal_calendar.revoked", calendar, at=at, customer_id=customer.pk)


def _revoke(seat: PortalSeat, *, at: datetime) -> int:
    return PortalCalendar.objects.filter(seat=seat, revoked_at=None).update(revoked_at=at)


def _own_seat(actor: Actor, seat: PortalSeat) -> None:
    if seat.company_id != actor.company.pk or seat.customer_id != actor.customer_id:
        raise Refused("This seat is another customer's.")
    if seat.ended_on is not None:
        raise Refused("This access has ended.")
