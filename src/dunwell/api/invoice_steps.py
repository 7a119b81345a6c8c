"""/invoices/{id}/…: approve, issue, void, credit and send; drafts from orders and disputes."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.invoice_credits import credit_for_request, credit_invoice
from dunwell.actions.invoice_drafts import approve_invoice, void_invoice
from dunwell.actions.invoice_mails import send_invoice
from dunwell.actions.invoice_orders import invoice_order
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Day, Done, Id, Plain, ReasonIn, answers, own
from dunwell.api.invoices import SignedMicros
from dunwell.api.writes import once
from dunwell.jobs.invoices import issue_then_file
from dunwell.models import CreditRequest, Invoice, Order

router = Router(tags=["invoices"])


class VersionIn(Body):
    """Which version of a draft is meant, and whether its warnings were seen."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    confirm_warnings: bool = False


class CreditIn(Body):
    """Why an invoice is credited; quantities in millionths by line, none for the whole."""

    reason: Annotated[Plain, Field(min_length=1, max_length=300)]
    quantities: dict[Annotated[str, Field(pattern="^[0-9]{1,4}$")], SignedMicros] | None = None
    is_allocated: bool = True


class OrderBillIn(Body):
    """With which tax an order is billed."""

    tax_code: Annotated[Plain, Field(min_length=1, max_length=20)]
    delivered_on: Day | None = None


@router.post("/invoices/{invoice_id}/approve", response=answers(Done))
@once
def allow_invoice(
    request: ApiRequest, invoice_id: Id, body: VersionIn
) -> tuple[int, dict[str, Any]]:
    """Approve a draft as it stands; its author cannot where others can."""
    approve_invoice(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        version=body.version, as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


@router.post("/invoices/{invoice_id}/issue", response=answers(Created, 201))
@once
def put_invoice_out(
    request: ApiRequest, invoice_id: Id, body: VersionIn
) -> tuple[int, dict[str, Any]]:
    """Issue an invoice; the answer names its item. Its files follow at once."""
    issued = issue_then_file(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        version=body.version, is_confirmed=body.confirm_warnings,
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": issued.item_id}


@router.post("/invoices/{invoice_id}/void", response=answers(Done))
@once
def drop_invoice(
    request: ApiRequest, invoice_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Drop a draft; it never gets a number."""
    void_invoice(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        reason=body.reason, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


@router.post("/invoices/{invoice_id}/credit", response=answers(Created, 201))
@once
def credit_issued(
    request: ApiRequest, invoice_id: Id, body: CreditIn
) -> tuple[int, dict[str, Any]]:
    """Draft a credit note to an issued invoice: of the whole, or of quantities of lines."""
    chosen = body.quantities
    note = credit_invoice(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        reason=body.reason, is_allocated=body.is_allocated,
        quantities=None if chosen is None else {int(at): one for at, one in chosen.items()},
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": note.pk}


@router.post("/invoices/{invoice_id}/send", response=answers(Done))
@once
def mail_invoice(request: ApiRequest, invoice_id: Id) -> tuple[int, dict[str, Any]]:
    """Put an issued invoice with its files into the outbox; 0 where the portal is the way."""
    message = send_invoice(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 200, {"changed": int(message is not None)}


@router.post("/orders/{order_id}/invoice", response=answers(Created, 201))
@once
def bill_order(request: ApiRequest, order_id: Id, body: OrderBillIn) -> tuple[int, dict[str, Any]]:
    """Draft the invoice of what is delivered and not billed of an order."""
    invoice = invoice_order(
        actor=request.actor, order=own(Order, request.actor, order_id),
        tax_code=body.tax_code, delivered_on=body.delivered_on,
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": invoice.pk}


@router.post("/credit-requests/{credit_request_id}/note", response=answers(Created, 201))
@once
def draft_requested_note(request: ApiRequest, credit_request_id: Id) -> tuple[int, dict[str, Any]]:
    """Draft the credit note a dispute asked for; issuing it settles the request."""
    note = credit_for_request(
        actor=request.actor, request=own(CreditRequest, request.actor, credit_request_id),
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 201, {"id": note.pk}
