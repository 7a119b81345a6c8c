"""Placing and releasing holds: orders not to chase a customer or one of its items."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.models import (
    Customer,
    Hold,
    Item,
    LegalMatter,
    PaymentPlan,
    Placement,
    Settlement,
)
from dunwell.queries.holds import holds_standing


@transaction.atomic
def place_hold(
    *,
    actor: Actor,
    customer: Customer,
    reason: str,
    as_of: date,
    at: datetime,
    item: Item | None = None,
    until_on: date | None = None,
    note: str = "",
) -> Hold:
    """Stop chasing a customer, or one item of it, from `as_of` up to and including `until_on`.

    Without `until_on` it stands until released. Raises Refused for an unknown
    reason, a day that has passed, somebody else's item, a reason "manual"
    without a note, or a hold for the same reason that already stands.
    """
    actor.require("hold.place")
    open_customer(actor, customer)
    if item is not None and item.customer_id != customer.pk:
        raise Refused("This item belongs to another customer.")
    if reason not in Hold.Reason.values:
        raise Refused(f"There is no reason {reason}; use {', '.join(Hold.Reason.values)}.")
    if until_on is not None and until_on < as_of:
        raise Refused("The last day of the hold has already passed.")
    told = fitting(text=note, most=500, what="note")
    if reason == Hold.Reason.MANUAL and not told:
        raise Refused("Say in the note why the hold is placed.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = Hold.objects.filter(
        holds_standing(as_of=as_of), customer=customer, item=item, reason=reason
    )
    if standing.exists():
        what = "This customer" if item is None else item.number
        raise Refused(f"{what} is already held for this reason; release that hold first.")
    hold = Hold.objects.create(
        company=actor.company,
        customer=customer,
        item=item,
        reason=reason,
        note=told,
        from_on=as_of,
        until_on=until_on,
        recorded_at=at,
    )
    record_event(
        actor,
        "hold.placed",
        hold,
        at=at,
        customer_id=customer.pk,
        item=item.number if item else "",
        reason=reason,
        until_on=until_on.isoformat() if until_on else "",
    )
    return hold


@transaction.atomic
def release_hold(*, actor: Actor, hold: Hold, as_of: date, at: datetime, note: str = "") -> None:
    """End a hold: from `as_of` on the customer may be chased again.

    Raises Refused for a hold that was released or has ended by itself, and for one of a plan,
    settlement, placement or legal matter that runs: it ends with that.
    """
    actor.require("hold.release")
    if hold.company_id != actor.company.pk:
        raise Refused("This hold belongs to another company.")
    if hold.released_on is not None:
        raise Refused(f"This hold was released on {hold.released_on.isoformat()}.")
    if hold.until_on is not None and hold.until_on < as_of:
        raise Refused(f"This hold ended by itself on {hold.until_on.isoformat()}.")
    if _is_of_what_runs(hold):
        raise Refused(
            f"This hold belongs to {hold.note}, which runs; end that, and the hold ends."
        )
    if Hold.objects.filter(pk=hold.pk, released_on=None).update(released_on=as_of) != 1:
        raise Refused("Somebody else has just released this hold; load the page again.")
    record_event(
        actor,
        "hold.released",
        hold,
        at=at,
        customer_id=hold.customer_id,
        reason=hold.reason,
        note=fitting(text=note, most=500, what="note"),
    )


def _is_of_what_runs(hold: Hold) -> bool:
    """Whether a hold is of an agreement, a placement or a matter that binds its items still."""
    matters = LegalMatter.objects.filter(customer=hold.customer_id)
    if any(one.number == hold.note for one in matters.exclude(status=LegalMatter.Status.CLOSED)):
        return True
    kinds: tuple[type[PaymentPlan | Settlement | Placement], ...]
    kinds = (PaymentPlan, Settlement, Placement)
    of = {"company": hold.company_id, "customer": hold.customer_id, "number": hold.note}
    return any(kind.objects.filter(**of, lines__is_live=True).exists() for kind in kinds)
