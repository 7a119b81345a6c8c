"""/privacy: what is kept of persons, handing it out, erasing it, and what stops that."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router

from dunwell.actions.erasures import erase_contact, erase_customer
from dunwell.actions.person_files import hand_out_person
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Id,
    Limit,
    ReasonIn,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Contact, Customer
from dunwell.queries.pages import Page
from dunwell.queries.personal import personal_fields
from dunwell.queries.privacy_log import (
    ErasureRow,
    LegalHoldRow,
    PersonalFieldRow,
    PrivacyLogRow,
    erasure_rows,
    field_row,
    legal_hold_rows,
    privacy_log,
)

router = Router(tags=["privacy"])
JSON_FILE = of_file("application/json")


class PurposeIn(Body):
    """Why the file is handed out: the person asks or moves, an authority asks, or a check."""

    purpose: Literal["access", "moving", "authority", "checking"]


@router.get("/fields", response=answers(list[PersonalFieldRow]))
def list_personal_fields(request: ApiRequest) -> list[PersonalFieldRow]:
    """List every personal field: what for, by which right, for how many years, when it goes."""
    request.actor.require("privacy.edit")
    return [field_row(one) for one in personal_fields()]


@router.get("/log", response=answers(Page[PrivacyLogRow]))
def list_privacy_log(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[PrivacyLogRow]:
    """List what was handed out and erased, by whom and for what, the newest first."""
    request.actor.require("privacy.edit")
    return privacy_log(request.actor.company, cursor=cursor, limit=limit)


@router.get("/erasures", response=answers(Page[ErasureRow]))
def list_erasures(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[ErasureRow]:
    """List erased persons, the newest first."""
    request.actor.require("privacy.edit")
    return erasure_rows(request.actor.company, cursor=cursor, limit=limit)


@router.get("/holds", response=answers(list[LegalHoldRow]))
def list_legal_holds(request: ApiRequest) -> list[LegalHoldRow]:
    """List what stops erasing now; /holds and /legal place and end it."""
    request.actor.require("privacy.edit")
    return list(legal_hold_rows(request.actor.company, as_of=request.as_of))


@router.post("/contacts/{contact_id}/file", response=answers(None), openapi_extra=JSON_FILE)
def hand_out_contact(request: ApiRequest, contact_id: Id, body: PurposeIn) -> HttpResponse:
    """Return the file of a contact. Each call is on record; its answer is kept nowhere."""
    contact = _contact(request, contact_id)
    return _handed_out(request, contact.customer, contact, body.purpose)


@router.post("/customers/{customer_id}/file", response=answers(None), openapi_extra=JSON_FILE)
def hand_out_customer(request: ApiRequest, customer_id: Id, body: PurposeIn) -> HttpResponse:
    """Return the file of a customer that is a natural person, as that of a contact."""
    request.actor.require("privacy.edit")
    return _handed_out(request, own(Customer, request.actor, customer_id), None, body.purpose)


@router.post("/contacts/{contact_id}/erasure", response=answers(Created, 201))
@once
def erase_a_contact(
    request: ApiRequest, contact_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Erase a contact for good; the reason is its ground, and must not name the person."""
    done = erase_contact(
        actor=request.actor, contact=_contact(request, contact_id), ground=body.reason,
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": done.pk}


@router.post("/customers/{customer_id}/erasure", response=answers(Created, 201))
@once
def erase_a_customer(
    request: ApiRequest, customer_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Erase a customer that is a natural person, with its contacts; law keeps the books' name."""
    done = erase_customer(
        actor=request.actor, customer=own(Customer, request.actor, customer_id),
        ground=body.reason, as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": done.pk}


def _contact(request: ApiRequest, contact_id: int) -> Contact:
    """Return a contact of the caller's company; of others there is none (404)."""
    request.actor.require("privacy.edit")
    found = Contact.objects.select_related("customer").filter(
        pk=contact_id, customer__company=request.actor.company
    )
    return existing(found.first())


def _handed_out(
    request: ApiRequest, customer: Customer, contact: Contact | None, purpose: str
) -> HttpResponse:
    told = hand_out_person(
        actor=request.actor, customer=customer, contact=contact, purpose=purpose,
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return HttpResponse(told.text, content_type="application/json")
