"""Who of a customer has access to the portal: invited, changed, ended; links and keys."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from dunwell.actions.portal_access import change_role, end_seat, invite_person
from dunwell.actions.portal_keys import revoke_key
from dunwell.actions.portal_links import revoke_link, send_sign_in_link, send_view_link
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, Plain, answers, own
from dunwell.api.writes import once
from dunwell.models import Contact, Customer, PortalKey, PortalLink, PortalSeat
from dunwell.queries.portal_seats import (
    PortalKeyRow,
    PortalLinkRow,
    PortalSeatRow,
    key_rows,
    link_rows,
    seat_rows,
)

router = Router(tags=["portal access"])
PortalRole = Literal["viewer", "asker", "payer", "manager"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PortalAccess:
    """Seats, ended ones too, the newest links, and keys of a customer."""

    seats: list[PortalSeatRow]
    links: list[PortalLinkRow]
    keys: list[PortalKeyRow]


class PortalInviteIn(Body):
    """Somebody to be given access; `is_checked` for an address that is no contact's."""

    email: Annotated[Plain, Field(min_length=3, max_length=120)]
    name: Annotated[Plain, Field(max_length=120)] = ""
    role: PortalRole
    language: Literal["", "en", "de", "fr", "es"] = ""
    is_checked: bool = False


class PortalRoleIn(Body):
    """The role somebody has from now on."""

    role: PortalRole


@router.get("/customers/{customer_id}/portal", response=answers(PortalAccess))
def show_portal_access(request: ApiRequest, customer_id: Id) -> PortalAccess:
    """Return who has access to a customer's account, the links sent and the keys."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return PortalAccess(
        seats=seat_rows(customer, with_ended=True),
        links=link_rows(customer, at=request.at),
        keys=key_rows(customer, as_of=request.as_of),
    )


@router.post("/customers/{customer_id}/portal", response=answers(Created, 201))
@once
def new_portal_seat(
    request: ApiRequest, customer_id: Id, body: PortalInviteIn
) -> tuple[int, dict[str, Any]]:
    """Give somebody access and send the first link."""
    customer = own(Customer, request.actor, customer_id)
    seat = invite_person(
        actor=request.actor,
        customer=customer,
        email=body.email,
        name=body.name,
        role=body.role,
        language=body.language,
        is_checked=body.is_checked,
        site=request.build_absolute_uri("/"),
        at=request.at,
    )
    return 201, {"id": seat.pk}


@router.post("/portal-seats/{portal_seat_id}/role", response=answers(Done))
@once
def change_portal_role(
    request: ApiRequest, portal_seat_id: Id, body: PortalRoleIn
) -> tuple[int, dict[str, Any]]:
    """Give somebody another role."""
    seat = _seat(request, portal_seat_id)
    change_role(
        actor=request.actor,
        seat=seat,
        role=body.role,
        site=request.build_absolute_uri("/"),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/portal-seats/{portal_seat_id}/end", response=answers(Done))
@once
def end_portal_seat(request: ApiRequest, portal_seat_id: Id) -> tuple[int, dict[str, Any]]:
    """End somebody's access; sessions, links and keys stop at once."""
    seat = _seat(request, portal_seat_id)
    end_seat(actor=request.actor, seat=seat, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/portal-seats/{portal_seat_id}/link", response=answers(Created, 201))
@once
def send_portal_link(request: ApiRequest, portal_seat_id: Id) -> tuple[int, dict[str, Any]]:
    """Send somebody with access a link to sign in."""
    link = send_sign_in_link(
        actor=request.actor,
        seat=_seat(request, portal_seat_id),
        site=request.build_absolute_uri("/"),
        at=request.at,
    )
    return 201, {"id": link.pk}


@router.post("/contacts/{contact_id}/portal-link", response=answers(Created, 201))
@once
def send_portal_view_link(request: ApiRequest, contact_id: Id) -> tuple[int, dict[str, Any]]:
    """Send a contact a link to look at the account for thirty days."""
    contacts = Contact.objects.select_related("customer__company")
    contact = get_object_or_404(contacts, pk=contact_id, customer__company=request.actor.company)
    link = send_view_link(
        actor=request.actor,
        contact=contact,
        site=request.build_absolute_uri("/"),
        at=request.at,
    )
    return 201, {"id": link.pk}


@router.post("/portal-links/{portal_link_id}/revoke", response=answers(Done))
@once
def revoke_portal_link(request: ApiRequest, portal_link_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a link back: it opens nothing any more."""
    links = PortalLink.objects.select_related("customer")
    link = get_object_or_404(links, pk=portal_link_id, company=request.actor.company)
    revoke_link(actor=request.actor, link=link, at=request.at)
    return 200, {"changed": 1}


@router.post("/portal-keys/{portal_key_id}/revoke", response=answers(Done))
@once
def revoke_portal_key(request: ApiRequest, portal_key_id: Id) -> tuple[int, dict[str, Any]]:
    """Stop a key of a customer's program."""
    keys = PortalKey.objects.select_related("customer")
    key = get_object_or_404(keys, pk=portal_key_id, company=request.actor.company)
    revoke_key(actor=request.actor, key=key, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


def _seat(request: ApiRequest, seat_id: int) -> PortalSeat:
    seats = PortalSeat.objects.select_related("customer__company", "person", "company")
    return get_object_or_404(seats, pk=seat_id, company=request.actor.company)
