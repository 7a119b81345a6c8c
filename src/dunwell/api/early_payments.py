"""/early-payment: discounts for earlier money, offered, taken back and listed."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.early_payments import offer_by_hand, withdraw_offer
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
    ReasonIn,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.early_payment import OfferStep
from dunwell.engine.early_payment_policy import MOST_RATE_PPM
from dunwell.models import Customer, EarlyPaymentOffer, Item
from dunwell.queries.early_payment import OpenOffer, open_offers
from dunwell.queries.early_payment_rows import OfferFigures, OfferRow, offer_figures, offer_rows
from dunwell.queries.pages import Page

router = Router(tags=["early payment"])


class OfferStepIn(Body):
    """Money with us by the day earns the rate, in ppm of what is open; whole hundreds."""

    until_on: Day
    rate_ppm: Annotated[int, Field(ge=100, le=MOST_RATE_PPM)]


class OfferIn(Body):
    """A discount on one invoice: the nearest day first, rates falling."""

    item_id: Key
    steps: Annotated[list[OfferStepIn], Field(min_length=1, max_length=10)]
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


@router.get("/offers", response=answers(Page[OfferRow]))
def list_early_offers(
    request: ApiRequest,
    state: Literal["live", "accepted", "earned", "lapsed", "withdrawn", "all"] = "live",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[OfferRow]:
    """List offers, the newest first."""
    request.actor.require("ledger.view")
    return offer_rows(
        request.actor.company, state=state, as_of=request.as_of, cursor=cursor, limit=limit
    )


@router.get("/figures", response=answers(list[OfferFigures]))
def early_offer_figures(request: ApiRequest) -> list[OfferFigures]:
    """Return what is offered, accepted and earned, by currency."""
    request.actor.require("ledger.view")
    return list(offer_figures(request.actor.company, as_of=request.as_of))


@router.get("/customers/{customer_id}", response=answers(list[OpenOffer]))
def early_offers_of(request: ApiRequest, customer_id: Id) -> list[OpenOffer]:
    """Return the discounts a customer can earn today, those of its own terms too."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return list(open_offers(request.actor.company, customer, as_of=request.as_of))


@router.post("/offers", response=answers(Created, 201))
@once
def new_early_offer(request: ApiRequest, body: OfferIn) -> tuple[int, dict[str, Any]]:
    """Offer a discount on one invoice by hand."""
    item = own(Item, request.actor, body.item_id)
    offer = offer_by_hand(
        actor=request.actor,
        item=item,
        steps=[OfferStep(until_on=one.until_on, rate_ppm=one.rate_ppm) for one in body.steps],
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": offer.pk}


@router.post("/offers/{early_offer_id}/withdraw", response=answers(Done))
@once
def withdraw_early_offer(
    request: ApiRequest, early_offer_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take an offer back that nobody accepted, with the reason."""
    offer = own(EarlyPaymentOffer, request.actor, early_offer_id)
    withdraw_offer(
        actor=request.actor, offer=offer, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}
