"""Refunds and their payees, returned payments, and netting with what we owe."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.offsets import record_offset
from dunwell.actions.payees import approve_payee, propose_payee, retire_payee
from dunwell.actions.refunds import (
    approve_refund,
    fail_refund,
    mark_refunds_paid,
    propose_refund,
    reject_refund,
    withdraw_refund,
)
from dunwell.actions.returns import return_payment
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    PositiveMinor,
    ReasonIn,
    answers,
    existing,
    own,
)
from dunwell.api.payments import LineIn, amounts_of
from dunwell.api.writes import once
from dunwell.models import Customer, Item, Payee, Payment, Refund
from dunwell.queries.accounts_shown import shown, shown_page
from dunwell.queries.pages import Page
from dunwell.queries.payees import PayeeRow, payee_rows
from dunwell.queries.refunds import (
    RefundRow,
    RefundTotal,
    refund_row,
    refund_rows,
    refund_totals,
)
from dunwell.queries.unclaimed import UnclaimedRow, unclaimed

router = Router(tags=["refunds"])

RefundStatus = Literal["", "proposed", "approved", "paid", "rejected", "failed"]
PayeeStatus = Literal["", "proposed", "approved", "retired"]


class PayeeIn(Body):
    """An account of a customer, and where its number comes from."""

    customer_id: Key
    name: Annotated[Plain, Field(min_length=1, max_length=140)]
    account: Annotated[Plain, Field(min_length=4, max_length=80)]
    bic: Annotated[Plain, Field(max_length=20)] = ""
    evidence: Annotated[Plain, Field(max_length=300)] = ""


class RefundIn(Body):
    """What is given back: of a payment or of a credit item, one of both."""

    payment_id: Key | None = None
    credit_id: Key | None = None
    payee_id: Key
    amount_minor: PositiveMinor
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


class PaidIn(Body):
    """Which refunds left our account, and when."""

    refund_ids: list[Key] = Field(min_length=1, max_length=1000)
    paid_on: Day


class PaymentReturnIn(Body):
    """Why a payment came back: an ISO reason code such as AM04, NARR with words of its own."""

    reason_code: Annotated[Plain, Field(min_length=1, max_length=4)]
    reason: Annotated[Plain, Field(max_length=290)] = ""
    charge_fee: bool = False


class OffsetIn(Body):
    """Items netted with a debt of ours; the lines sum to the amount."""

    customer_id: Key
    reference: Annotated[Plain, Field(min_length=1, max_length=80)]
    currency: Currency
    amount_minor: PositiveMinor
    reason: Name
    lines: list[LineIn] = Field(min_length=1, max_length=1000)


@router.get("/refunds", response=answers(Page[RefundRow]))
def list_refunds(
    request: ApiRequest,
    status: RefundStatus = "",
    customer_id: Key | None = None,
    currency: AnyCurrency = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RefundRow]:
    """List refunds with their source and payee, the newest first."""
    request.actor.require("ledger.view")
    page = refund_rows(
        request.actor.company,
        status=status,
        customer_id=customer_id,
        currency=currency,
        cursor=cursor,
        limit=limit,
    )
    return shown_page(page, request.actor.rights)


@router.get("/refunds/totals", response=answers(list[RefundTotal]))
def total_refunds(
    request: ApiRequest, status: RefundStatus = "", currency: AnyCurrency = ""
) -> list[RefundTotal]:
    """Sum the refunds under the same filter, per currency."""
    request.actor.require("ledger.view")
    return list(refund_totals(request.actor.company, status=status, currency=currency))


@router.get("/refunds/unclaimed", response=answers(Page[UnclaimedRow]))
def list_unclaimed(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[UnclaimedRow]:
    """List unapplied cash and open credits older than the cash policy says, the oldest first."""
    request.actor.require("ledger.view")
    return unclaimed(request.actor.company, as_of=request.as_of, cursor=cursor, limit=limit)


@router.post("/refunds/paid", response=answers(Done))
@once
def note_refunds_paid(request: ApiRequest, body: PaidIn) -> tuple[int, dict[str, Any]]:
    """Note that refunds have left our account, all or none."""
    found = Refund.objects.filter(company=request.actor.company).in_bulk(body.refund_ids)
    if unknown := sorted(set(body.refund_ids) - found.keys()):
        raise Refused(f"There is no refund {unknown[0]} in your company.")
    noted = mark_refunds_paid(
        actor=request.actor,
        refunds=list(found.values()),
        paid_on=body.paid_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": noted}


@router.get("/refunds/{refund_id}", response=answers(RefundRow))
def show_refund(request: ApiRequest, refund_id: Id) -> RefundRow:
    """Show one refund."""
    request.actor.require("ledger.view")
    row = existing(refund_row(request.actor.company, refund_id))
    return shown(row, request.actor.rights)


@router.post("/refunds", response=answers(Created, 201))
@once
def new_refund(request: ApiRequest, body: RefundIn) -> tuple[int, dict[str, Any]]:
    """Propose a refund; a second person approves it."""
    if (body.payment_id is None) == (body.credit_id is None):
        raise Refused("Name payment_id or credit_id, one of both.")
    source: Payment | Item = (
        own(Payment, request.actor, body.payment_id)
        if body.payment_id is not None
        else own(Item, request.actor, body.credit_id or 0)
    )
    refund = propose_refund(
        actor=request.actor,
        source=source,
        payee=own(Payee, request.actor, body.payee_id),
        amount_minor=body.amount_minor,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": refund.pk}


@router.post("/refunds/{refund_id}/approve", response=answers(Created, 201))
@once
def allow_refund(request: ApiRequest, refund_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a refund; the answer names its item, settled at once."""
    item = approve_refund(
        actor=request.actor,
        refund=own(Refund, request.actor, refund_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": item.pk}


@router.post("/refunds/{refund_id}/reject", response=answers(Done))
@once
def refuse_refund(
    request: ApiRequest, refund_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Reject a proposed refund."""
    reject_refund(
        actor=request.actor,
        refund=own(Refund, request.actor, refund_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/refunds/{refund_id}/withdraw", response=answers(Done))
@once
def take_back_refund(
    request: ApiRequest, refund_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a proposal back before anybody decided."""
    withdraw_refund(
        actor=request.actor,
        refund=own(Refund, request.actor, refund_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/refunds/{refund_id}/fail", response=answers(Done))
@once
def note_refund_failed(
    request: ApiRequest, refund_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a refund back whose payout failed; its money or credit is free again."""
    fail_refund(
        actor=request.actor,
        refund=own(Refund, request.actor, refund_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/payees", response=answers(Page[PayeeRow]))
def list_payees(
    request: ApiRequest,
    status: PayeeStatus = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PayeeRow]:
    """List accounts money may be refunded to; without a status those that are still used."""
    request.actor.require("ledger.view")
    page = payee_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )
    return shown_page(page, request.actor.rights)


@router.post("/payees", response=answers(Created, 201))
@once
def new_payee(request: ApiRequest, body: PayeeIn) -> tuple[int, dict[str, Any]]:
    """Propose an account; a second person approves it."""
    payee = propose_payee(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(exclude={"customer_id"}),
    )
    return 201, {"id": payee.pk}


@router.post("/payees/{payee_id}/approve", response=answers(Done))
@once
def allow_payee(request: ApiRequest, payee_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve an account; its author is not the one who approves."""
    approve_payee(actor=request.actor, payee=own(Payee, request.actor, payee_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/payees/{payee_id}/retire", response=answers(Done))
@once
def end_payee(request: ApiRequest, payee_id: Id, body: ReasonIn) -> tuple[int, dict[str, Any]]:
    """Let no further money go to an account."""
    retire_payee(
        actor=request.actor,
        payee=own(Payee, request.actor, payee_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/payments/{payment_id}/return", response=answers(Created, 201))
@once
def note_return(
    request: ApiRequest, payment_id: Id, body: PaymentReturnIn
) -> tuple[int, dict[str, Any]]:
    """Record that a payment came back, with the bank's reason and the fee of the cash policy."""
    back = return_payment(
        actor=request.actor,
        payment=own(Payment, request.actor, payment_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": back.pk}


@router.post("/offsets", response=answers(Created, 201))
@once
def new_offset(request: ApiRequest, body: OffsetIn) -> tuple[int, dict[str, Any]]:
    """Net a customer's items with what we owe it; the customer must have agreed."""
    payment = record_offset(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        amounts=amounts_of(request.actor, body.lines),
        as_of=request.as_of,
        at=request.at,
        **body.dict(exclude={"customer_id", "lines"}),
    )
    return 201, {"id": payment.pk}
