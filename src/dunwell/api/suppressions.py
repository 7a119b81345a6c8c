"""/suppressions: addresses that get nothing, put on the list and taken off it."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.suppressions import lift_suppression, suppress_address
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    ReasonIn,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, Suppression
from dunwell.queries.pages import Page
from dunwell.queries.suppressions import SuppressionRow, suppression_rows

router = Router(tags=["suppressions"])

AddressChannel = Literal["email", "sms", "whatsapp", "voice"]
WhySuppressed = Literal["bounced", "soft", "complained", "unsubscribed", "left", "by_hand"]


class SuppressionIn(Body):
    """An address that is to get nothing by a channel; by hand it needs a note."""

    channel: AddressChannel
    address: Annotated[Plain, Field(min_length=3, max_length=254)]
    reason: WhySuppressed = "by_hand"
    note: Annotated[Plain, Field(max_length=500)] = ""
    customer_id: Key | None = None


@router.get("", response=answers(Page[SuppressionRow]))
def list_suppressions(
    request: ApiRequest,
    scope: Literal["active", "lifted", "all"] = "active",
    channel: Literal["", "email", "sms", "whatsapp", "voice"] = "",
    reason: Literal["", "bounced", "soft", "complained", "unsubscribed", "left", "by_hand"] = "",
    search: Annotated[Plain, Field(max_length=80)] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SuppressionRow]:
    """List addresses that get nothing, the newest first; the search looks in addresses too."""
    request.actor.require("ledger.view")
    return suppression_rows(
        request.actor.company,
        scope=scope,
        channel=channel,
        reason=reason,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.post("", response=answers(Created, 201))
@once
def new_suppression(request: ApiRequest, body: SuppressionIn) -> tuple[int, dict[str, Any]]:
    """Put an address on the list; one that stands there stays as it is."""
    customer = None
    if body.customer_id is not None:
        customer = own(Customer, request.actor, body.customer_id)
    entry = suppress_address(
        actor=request.actor,
        channel=body.channel,
        address=body.address,
        reason=body.reason,
        note=body.note,
        customer=customer,
        at=request.at,
    )
    return 201, {"id": entry.pk}


@router.post("/{suppression_id}/lift", response=answers(Done))
@once
def lift_one_suppression(
    request: ApiRequest, suppression_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take an address off the list, with the reason."""
    entry = own(Suppression, request.actor, suppression_id)
    lift_suppression(actor=request.actor, suppression=entry, reason=body.reason, at=request.at)
    return 200, {"changed": 1}
