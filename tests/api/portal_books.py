"""Somebody with access to the portal, a link and a key, for the calls about them."""

from datetime import timedelta

from dunwell.actions.gate import debtor, system
from dunwell.actions.portal_access import invite_person
from dunwell.actions.portal_keys import add_key
from dunwell.actions.portal_links import make_view_link
from dunwell.models import AssistantConversation, PortalSeat


def keep_portal(customer, tag="", *, as_of, at):
    """Add a seat, a link to look and a key of a customer; return path parameter -> key."""
    actor, site = system(customer.company), "http://testserver/"
    earlier = at - timedelta(minutes=5)
    seat = invite_person(
        actor=actor,
        customer=customer,
        email=f"jane{tag}@buyer.example",
        role="manager",
        is_checked=True,
        site=site,
        at=earlier,
    )
    link = make_view_link(
        actor=actor, customer=customer, email=f"jane{tag}@buyer.example", at=earlier
    )
    seat = PortalSeat.objects.select_related("customer__company", "person", "company").get(
        pk=seat.pk
    )
    key, _ = add_key(
        actor=debtor(seat),
        seat=seat,
        name="robot",
        rights=["portal.view"],
        expires_on=as_of + timedelta(days=90),
        site=site,
        as_of=as_of,
        at=earlier,
    )
    talk = AssistantConversation.objects.create(
        company=customer.company, customer=customer, seat=seat, language="en", started_on=as_of,
        started_at=earlier, last_at=earlier,
    )  # fmt: skip
    return {
        "portal_seat_id": seat.pk,
        "portal_link_id": link.pk,
        "portal_key_id": key.pk,
        "talk_id": talk.pk,
    }
