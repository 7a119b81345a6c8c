"""/limitation, /recoveries and /vat-relief: when claims lapse, what of lost debts comes back."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.limitation import (
    end_limitation_event,
    record_limitation_event,
    take_back_limitation_event,
)
from dunwell.actions.recoveries import record_recovery
from dunwell.actions.vat_relief import claim_vat_relief, record_vat_repayment
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
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
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, Item, LimitationEvent, Payment
from dunwell.queries.limitation import (
    LimitationEventRow,
    LimitationRow,
    event_rows,
    limitation_book,
    limitation_page,
    limitation_rows,
)
from dunwell.queries.limitation_frames import limitation_frame
from dunwell.queries.pages import Page
from dunwell.queries.recoveries import RecoveryRow, recovery_frame, recovery_rows
from dunwell.queries.vat_relief import VatReliefRow, vat_relief_page, vat_rows_of

router = Router(tags=["limitation"])

Bucket = Literal["", "barred", "30", "90", "180", "365", "later", "stopped", "unknown"]
State = Literal["", "due", "waiting", "repay", "claimed", "missed"]


class EventIn(Body):
    """What happened, to one claim or to all of the customer's, and what proves it."""

    customer_id: Key
    item_id: Key | None = None
    kind: Literal["acknowledged", "part_paid", "letter", "suit", "negotiating", "insolvency"]
    on: Day
    until_on: Day | None = None
    evidence: Annotated[Plain, Field(min_length=1, max_length=300)]


class LimitationEventEndIn(Body):
    """The last day of what ran."""

    until_on: Day


class RecoveryIn(Body):
    """The payment, and how much of it is for the written-off debt."""

    payment_id: Key
    amount_minor: PositiveMinor


class VatClaimIn(Body):
    """The VAT rate of the invoice, and where the claim stands in the return."""

    rate_ppm: Annotated[int, Field(ge=1, le=999_999, description="Parts per million.")]
    reference: Annotated[Plain, Field(max_length=120)] = ""


@router.get("/limitation", response=answers(Page[LimitationRow]))
def list_limitation(
    request: ApiRequest,
    bucket: Bucket = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LimitationRow]:
    """List claims with the last day to act on each, next to lapse first."""
    request.actor.require("ledger.view")
    company, as_of = request.actor.company, request.as_of
    asked: dict[str, Any] = {"bucket": bucket, "cursor": cursor, "limit": limit}
    if customer_id is None:
        book = limitation_book(company, as_of=as_of)
        return limitation_page(company, book, as_of=as_of, **asked)
    found = limitation_frame(company, as_of=as_of, customer_id=customer_id)
    return limitation_rows(company, found, as_of=as_of, **asked)


@router.get("/limitation-events", response=answers(Page[LimitationEventRow]))
def list_limitation_events(
    request: ApiRequest,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LimitationEventRow]:
    """List what was recorded by hand, the newest first."""
    request.actor.require("ledger.view")
    return event_rows(request.actor.company, customer_id=customer_id, cursor=cursor, limit=limit)


@router.post("/limitation-events", response=answers(Created, 201))
@once
def new_limitation_event(request: ApiRequest, body: EventIn) -> tuple[int, dict[str, Any]]:
    """Record what begins limitation anew or stops it."""
    actor = request.actor
    event = record_limitation_event(
        actor=actor,
        customer=own(Customer, actor, body.customer_id),
        item=None if body.item_id is None else own(Item, actor, body.item_id),
        kind=body.kind,
        on=body.on,
        until_on=body.until_on,
        evidence=body.evidence,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": event.pk}


@router.post("/limitation-events/{limitation_event_id}/end", response=answers(Done))
@once
def note_limitation_event_ended(
    request: ApiRequest, limitation_event_id: Id, body: LimitationEventEndIn
) -> tuple[int, dict[str, Any]]:
    """Record the last day of what ran until now."""
    end_limitation_event(
        actor=request.actor,
        event=own(LimitationEvent, request.actor, limitation_event_id),
        until_on=body.until_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/limitation-events/{limitation_event_id}/take-back", response=answers(Done))
@once
def drop_limitation_event(
    request: ApiRequest, limitation_event_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a wrong event back."""
    take_back_limitation_event(
        actor=request.actor,
        event=own(LimitationEvent, request.actor, limitation_event_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/recoveries", response=answers(Page[RecoveryRow]))
def list_recoveries(
    request: ApiRequest,
    which: Literal["", "ask", "over"] = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RecoveryRow]:
    """List written-off debts, the largest left first; `ask` are those worth asking for."""
    request.actor.require("ledger.view")
    found = recovery_frame(request.actor.company, as_of=request.as_of)
    return recovery_rows(found, which=which, customer_id=customer_id, cursor=cursor, limit=limit)


@router.post("/recoveries/{lost_item_id}", response=answers(Created, 201))
@once
def new_recovery(
    request: ApiRequest, lost_item_id: Id, body: RecoveryIn
) -> tuple[int, dict[str, Any]]:
    """Put a part of a payment on a written-off debt; the write-off stays."""
    adjustment = record_recovery(
        actor=request.actor,
        item=own(Item, request.actor, lost_item_id),
        payment=own(Payment, request.actor, body.payment_id),
        amount_minor=body.amount_minor,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": adjustment.pk}


@router.get("/vat-relief", response=answers(Page[VatReliefRow]))
def list_vat_relief(
    request: ApiRequest, state: State = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[VatReliefRow]:
    """List bad debts with their VAT, the first to end first."""
    request.actor.require("ledger.view")
    rows = vat_rows_of(request.actor.company, as_of=request.as_of)
    return vat_relief_page(rows, state=state, cursor=cursor, limit=limit)


@router.post("/vat-relief/{lost_item_id}/claim", response=answers(Created, 201))
@once
def new_vat_claim(
    request: ApiRequest, lost_item_id: Id, body: VatClaimIn
) -> tuple[int, dict[str, Any]]:
    """Record that the VAT of a lost debt was claimed back."""
    relief = claim_vat_relief(
        actor=request.actor,
        item=own(Item, request.actor, lost_item_id),
        rate_ppm=body.rate_ppm,
        reference=body.reference,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": relief.pk}


@router.post("/vat-relief/{repaid_item_id}/repay", response=answers(Done))
@once
def note_vat_repaid(request: ApiRequest, repaid_item_id: Id) -> tuple[int, dict[str, Any]]:
    """Record that VAT was repaid, as the customer paid after the claim."""
    record_vat_repayment(
        actor=request.actor,
        item=own(Item, request.actor, repaid_item_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
