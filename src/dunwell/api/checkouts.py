"""Online payments: their state, payment links, refunds, and what providers told."""

from typing import Annotated, Any, Literal

from django.conf import settings
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.checkout_refunds import (
    approve_checkout_refund,
    refund_checkout,
    reject_checkout_refund,
)
from dunwell.actions.checkouts import cancel_checkout, start_checkout
from dunwell.actions.provider_events import retry_provider_event
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.payments import LineIn, amounts_of
from dunwell.api.writes import once
from dunwell.jobs.checkouts import LINK_LASTS
from dunwell.models import Checkout, CheckoutRefund, Customer, PaymentProvider, ProviderEvent
from dunwell.queries.checkouts import (
    CheckoutFilter,
    CheckoutPart,
    CheckoutRow,
    CheckoutTotal,
    ProviderEventRow,
    checkout_detail,
    checkout_rows,
    checkout_totals,
    link_of,
    provider_event_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["online payments"])

CheckoutStatus = Literal[
    "", "created", "open", "processing", "paid", "failed", "expired", "cancelled"
]
EventState = Literal["", "new", "applied", "ignored", "failed"]
Method = Literal["card", "wallet", "debit", "transfer"]


class PaymentLinkIn(Body):
    """What a payment link asks for: items with amounts, or an amount that goes on the oldest."""

    customer_id: Key
    provider_id: Key
    method: Method
    currency: Currency
    amount_minor: PositiveMinor | None = None
    lines: list[LineIn] = Field(default_factory=list, max_length=200)
    key: Annotated[Plain, Field(min_length=1, max_length=80)]


class PaymentLink(Schema):
    """A payment link: the address to send; whoever opens it pays this and sees nothing else."""

    id: int
    number: str
    address: str
    currency: str
    amount_minor: int


class CheckoutRefundIn(Body):
    """How much of an online payment goes back, and why."""

    amount_minor: PositiveMinor
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class CheckoutRefundOut(Schema):
    """A refund of an online payment."""

    id: int
    number: str
    status: str
    amount_minor: int
    reason: str
    author: str
    approver: str
    error: str


class CheckoutOut(Schema):
    """An online payment with its parts, what was told of it, and what of it went back."""

    row: CheckoutRow
    external_id: str
    parts: list[CheckoutPart]
    events: list[ProviderEventRow]
    refunds: list[CheckoutRefundOut]
    receipt_number: str


@router.get("/checkouts", response=answers(Page[CheckoutRow]))
def list_checkouts(
    request: ApiRequest,
    status: CheckoutStatus = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CheckoutRow]:
    """List online payments, the newest first."""
    request.actor.require("ledger.view")
    only = CheckoutFilter(status=status, customer_id=customer_id)
    return checkout_rows(request.actor.company, only, cursor=cursor, limit=limit)


@router.get("/checkouts/totals", response=answers(list[CheckoutTotal]))
def total_checkouts(request: ApiRequest, status: CheckoutStatus = "") -> list[CheckoutTotal]:
    """Return the sums of online payments by currency."""
    request.actor.require("ledger.view")
    return list(checkout_totals(request.actor.company, CheckoutFilter(status=status)))


@router.get("/checkouts/{checkout_id}", response=answers(CheckoutOut))
def show_checkout(request: ApiRequest, checkout_id: Id) -> dict[str, Any]:
    """Return one online payment."""
    request.actor.require("ledger.view")
    detail = existing(checkout_detail(request.actor.company, checkout_id))
    return {
        "row": detail.row,
        "external_id": detail.external_id,
        "parts": detail.parts,
        "events": detail.events,
        "refunds": detail.refunds,
        "receipt_number": detail.receipt_number,
    }


@router.post("/payment-links", response=answers(PaymentLink, 201))
@once
def make_payment_link(request: ApiRequest, body: PaymentLinkIn) -> tuple[int, dict[str, Any]]:
    """Make a payment link to send to a customer; the same key again returns the same link."""
    checkout = start_checkout(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        provider=own(PaymentProvider, request.actor, body.provider_id),
        method=body.method,
        currency=body.currency,
        amounts=amounts_of(request.actor, body.lines) if body.lines else None,
        amount_minor=body.amount_minor,
        key=body.key,
        purpose=Checkout.Purpose.LINK,
        lasts=LINK_LASTS,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {
        "id": checkout.pk,
        "number": checkout.number,
        "address": settings.SITE + reverse("payment-link", args=[link_of(checkout)]),
        "currency": checkout.currency,
        "amount_minor": checkout.amount_minor,
    }


@router.post("/checkouts/{checkout_id}/cancel", response=answers(Done))
@once
def stop_checkout(
    request: ApiRequest, checkout_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Stop an online payment nobody has made."""
    cancel_checkout(
        actor=request.actor,
        checkout=own(Checkout, request.actor, checkout_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/checkouts/{checkout_id}/refunds", response=answers(Created, 201))
@once
def propose_checkout_refund(
    request: ApiRequest, checkout_id: Id, body: CheckoutRefundIn
) -> tuple[int, dict[str, Any]]:
    """Propose to give money back the way it came; a second person approves it."""
    refund = refund_checkout(
        actor=request.actor,
        checkout=own(Checkout, request.actor, checkout_id),
        amount_minor=body.amount_minor,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": refund.pk}


@router.post("/checkout-refunds/{refund_id}/approve", response=answers(Done))
@once
def approve_refund_of_checkout(request: ApiRequest, refund_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a refund; the provider is asked by the next delivery."""
    approve_checkout_refund(
        actor=request.actor,
        refund=own(CheckoutRefund, request.actor, refund_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/checkout-refunds/{refund_id}/reject", response=answers(Done))
@once
def reject_refund_of_checkout(
    request: ApiRequest, refund_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Refuse a proposed refund."""
    reject_checkout_refund(
        actor=request.actor,
        refund=own(CheckoutRefund, request.actor, refund_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/provider-events", response=answers(Page[ProviderEventRow]))
def list_provider_events(
    request: ApiRequest, state: EventState = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[ProviderEventRow]:
    """List what providers told, the newest first."""
    request.actor.require("ledger.view")
    return provider_event_rows(request.actor.company, state=state, cursor=cursor, limit=limit)


@router.post("/provider-events/{event_id}/retry", response=answers(Done))
@once
def apply_provider_event_again(request: ApiRequest, event_id: Id) -> tuple[int, dict[str, Any]]:
    """Apply an event again by the next delivery."""
    event = existing(
        ProviderEvent.objects.filter(pk=event_id, provider__company=request.actor.company)
        .select_related("provider")
        .first()
    )
    retry_provider_event(actor=request.actor, event=event, at=request.at)
    return 200, {"changed": 1}
