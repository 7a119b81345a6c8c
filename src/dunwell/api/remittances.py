"""/remittances: what payers say they pay, and the payment it belongs to."""

from typing import Any, Literal

from ninja import File, Router, UploadedFile

from dunwell.actions.gate import Refused
from dunwell.actions.remittances import link_remittance, record_remittance, unlink_remittance
from dunwell.api.auth import ApiRequest
from dunwell.api.bank import Received
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Problem,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Payment, Remittance
from dunwell.queries.pages import Page
from dunwell.queries.remittances import (
    RemittanceCard,
    RemittanceRow,
    remittance_card,
    remittance_rows,
)

router = Router(tags=["remittances"])


class LinkIn(Body):
    """The payment an advice speaks of."""

    payment_id: Key


@router.get("", response=answers(Page[RemittanceRow]))
def list_remittances(
    request: ApiRequest,
    scope: Literal["all", "open", "linked"] = "all",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RemittanceRow]:
    """List remittance advices, newest first; open are those without a payment."""
    request.actor.require("ledger.view")
    return remittance_rows(request.actor.company, scope=scope, cursor=cursor, limit=limit)


@router.post("", response={**answers(Received, 201), 413: Problem})
@once
def send_remittance(
    request: ApiRequest, files: File[list[UploadedFile]], currency: AnyCurrency = ""
) -> tuple[int, dict[str, Any]]:
    """Send one advice (mail, PDF, sheet, EDI or text); the same bytes again add nothing.

    `currency` counts where the file names none.
    """
    if len(files) != 1:
        raise Refused("Send one advice at a time.")
    found = record_remittance(
        actor=request.actor,
        name=files[0].name or "remittance",
        data=files[0].read(),
        currency=currency,
        at=request.at,
    )
    return 201, {"ids": [one.pk for one in found]}


@router.get("/{remittance_id}", response=answers(RemittanceCard))
def show_remittance(request: ApiRequest, remittance_id: Id) -> RemittanceCard:
    """Show an advice with its documents and the payments it may speak of."""
    request.actor.require("ledger.view")
    return existing(remittance_card(request.actor.company, remittance_id))


@router.post("/{remittance_id}/link", response=answers(Done))
@once
def link_advice(
    request: ApiRequest, remittance_id: Id, body: LinkIn
) -> tuple[int, dict[str, Any]]:
    """Say which payment an advice speaks of."""
    link_remittance(
        actor=request.actor,
        remittance=own(Remittance, request.actor, remittance_id),
        payment=own(Payment, request.actor, body.payment_id),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{remittance_id}/unlink", response=answers(Done))
@once
def unlink_advice(request: ApiRequest, remittance_id: Id) -> tuple[int, dict[str, Any]]:
    """Take an advice off its payment; it is not linked to that one by itself again."""
    unlink_remittance(
        actor=request.actor,
        remittance=own(Remittance, request.actor, remittance_id),
        at=request.at,
    )
    return 200, {"changed": 1}
