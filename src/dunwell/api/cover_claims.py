"""/cover-claims: claims under covers, drawn up, filed with their evidence, answered, paid."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.cover_claims import (
    MOST_ITEMS,
    answer_claim,
    draw_claim,
    drop_claim,
    file_claim,
    pay_claim,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    check_currency,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Cover, CoverClaim, Item
from dunwell.queries.cover_claims import CoverClaimRow, claim_row, claim_rows
from dunwell.queries.pages import Page

router = Router(tags=["covers"])
Words = Annotated[Plain, Field(max_length=300)]


class CoverClaimIn(Body):
    """Under which cover, for which items the provider should pay, and why."""

    cover_id: Key
    item_ids: Annotated[list[Key], Field(min_length=1, max_length=MOST_ITEMS)]
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class FileIn(Body):
    """The provider's reference of the claim, where there is one already."""

    reference: Annotated[Plain, Field(max_length=80)] = ""


class ClaimAnswerIn(Body):
    """What the provider answered; an accepted amount is in the claim's currency."""

    is_accepted: bool
    answer: Words = ""
    currency: Currency | None = None
    amount_minor: PositiveMinor | None = None


class ClaimPaidIn(Body):
    """What the provider paid, in the claim's currency, today unless a day is named."""

    currency: Currency
    paid_minor: PositiveMinor
    paid_on: Day | None = None


@router.get("", response=answers(Page[CoverClaimRow]))
def list_cover_claims(
    request: ApiRequest,
    status: Literal["", "draft", "filed", "accepted", "refused", "paid", "dropped"] = "",
    cover_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CoverClaimRow]:
    """List claims under covers, the newest first."""
    request.actor.require("ledger.view")
    return claim_rows(
        request.actor.company, status=status, cover_id=cover_id, cursor=cursor, limit=limit
    )


@router.get("/{cover_claim_id}", response=answers(CoverClaimRow))
def show_cover_claim(request: ApiRequest, cover_claim_id: Id) -> CoverClaimRow:
    """Show one claim under a cover."""
    request.actor.require("ledger.view")
    return existing(claim_row(request.actor.company, cover_claim_id))


@router.post("", response=answers(Created, 201))
@once
def new_cover_claim(request: ApiRequest, body: CoverClaimIn) -> tuple[int, dict[str, Any]]:
    """Draw up a claim for overdue items: the cover's share of what is open on them."""
    claim = draw_claim(
        actor=request.actor,
        cover=own(Cover, request.actor, body.cover_id),
        items=[own(Item, request.actor, key) for key in body.item_ids],
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": claim.pk}


@router.post("/{cover_claim_id}/file", response=answers(Done))
@once
def file_cover_claim(
    request: ApiRequest, cover_claim_id: Id, body: FileIn
) -> tuple[int, dict[str, Any]]:
    """File a claim: its evidence is packed and kept."""
    file_claim(
        actor=request.actor,
        claim=own(CoverClaim, request.actor, cover_claim_id),
        reference=body.reference,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{cover_claim_id}/answer", response=answers(Done))
@once
def answer_cover_claim(
    request: ApiRequest, cover_claim_id: Id, body: ClaimAnswerIn
) -> tuple[int, dict[str, Any]]:
    """Enter what the provider answered; an accepted claim may be for less than was claimed."""
    claim = own(CoverClaim, request.actor, cover_claim_id)
    if body.amount_minor is not None:
        check_currency(claim.currency, body.currency)
    answer_claim(
        actor=request.actor,
        claim=claim,
        is_accepted=body.is_accepted,
        answer=body.answer,
        amount_minor=body.amount_minor,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{cover_claim_id}/pay", response=answers(Done))
@once
def pay_cover_claim(
    request: ApiRequest, cover_claim_id: Id, body: ClaimPaidIn
) -> tuple[int, dict[str, Any]]:
    """Enter what the provider paid; the money itself comes by the bank."""
    claim = own(CoverClaim, request.actor, cover_claim_id)
    check_currency(claim.currency, body.currency)
    pay_claim(
        actor=request.actor,
        claim=claim,
        paid_minor=body.paid_minor,
        paid_on=body.paid_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{cover_claim_id}/drop", response=answers(Done))
@once
def drop_cover_claim(
    request: ApiRequest, cover_claim_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Drop a claim that was not filed."""
    drop_claim(
        actor=request.actor,
        claim=own(CoverClaim, request.actor, cover_claim_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
