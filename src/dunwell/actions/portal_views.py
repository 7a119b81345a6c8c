"""Keeping what the debtor's people looked at: once per viewer, thing and day."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from dunwell.actions.gate import Actor, Refused, own_customer
from dunwell.models import Customer, Item, PortalLink, PortalSeat, PortalView
from dunwell.queries.prepared import prepared


@transaction.atomic
def note_view(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat | None = None,
    link: PortalLink | None = None,
    item: Item | None = None,
    kind: str = PortalView.Kind.PAGE,
    as_of: date,
    at: datetime,
) -> bool:
    """Keep that somebody saw the account or an item, or fetched a file; return whether it is new.

    No event is written: the rows are the record, and a visit must not wait for the event chain.
    Raises Refused for another customer's item, an unknown kind, and unless it was either a seat
    or a link.
    """
    actor.require("portal.view")
    own_customer(actor, customer)
    if kind not in PortalView.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(PortalView.Kind.values)}.")
    if (seat is None) == (link is None):
        raise Refused("A view is that of a seat or of a link.")
    if item is not None and item.customer_id != customer.pk:
        raise Refused("This item is another customer's.")
    if _seen(Q(seat=seat, link=link, item=item, kind=kind, on=as_of)):
        return False
    PortalView.objects.bulk_create(
        [
            PortalView(
                company=actor.company,
                customer=customer,
                seat=seat,
                link=link,
                item=item,
                kind=kind,
                on=as_of,
                at=at,
            )
        ],
        ignore_conflicts=True,
    )
    return True


@prepared
def _seen(condition: Q) -> QuerySet[Any, int]:
    return PortalView.objects.filter(condition).values_list("pk", flat=True)[:1]
