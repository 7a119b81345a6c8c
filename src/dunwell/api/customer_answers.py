"""What customers told us in the portal, by company or customer, and the portal's settings."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from dunwell.actions.customer_documents import (
    ask_document,
    decide_document,
    withdraw_document_request,
)
from dunwell.actions.detail_changes import decide_detail_change
from dunwell.actions.portal_settings import save_portal_settings
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Created, Cursor, Day, Done, Id, Key, Limit, Plain, own
from dunwell.api.fields import answers as told
from dunwell.api.writes import once
from dunwell.models import (
    Customer,
    CustomerDocument,
    DetailChange,
    DocumentRequest,
    SupplierStatement,
)
from dunwell.queries.pages import Page
from dunwell.queries.portal_papers import (
    PaperAsked,
    PaperSent,
    WishRow,
    papers_asked,
    papers_sent,
    wish_rows,
)
from dunwell.queries.portal_settings import PortalChoices, portal_choices
from dunwell.queries.statement_answers import StatementAnswerRow, answer_rows
from dunwell.queries.supplier_statements import (
    SupplierLineRow,
    SupplierStatementRow,
    supplier_lines,
    supplier_statement,
    supplier_statement_rows,
)

router = Router(tags=["told by customers"])
PaperKind = Literal["w9", "vat", "resale", "insurance", "contract", "other"]
ComparedOutcome = Literal[
    "", "agrees", "not_due", "amount_differs", "only_ours", "only_theirs", "paid_not_arrived"
]


class PortalSettingsIn(Body):
    """What the portal shows; `version` is that of the settings as read, 0 for none saved yet."""

    version: Annotated[int, Field(ge=0, le=2**31 - 2)]
    shows_limit: Literal["nobody", "payers", "everyone"]
    shows_orders: bool
    shows_interest: bool
    takes_statements: bool
    welcome: Annotated[Plain, Field(max_length=600)] = ""


class PaperAskIn(Body):
    """A paper that is needed of a customer."""

    kind: PaperKind
    note: Annotated[Plain, Field(max_length=300)] = ""
    due_on: Day | None = None


class PaperVerdictIn(Body):
    """Whether a paper will do; a no needs the reason."""

    status: Literal["accepted", "rejected"]
    reason: Annotated[Plain, Field(max_length=300)] = ""


class ChangeVerdictIn(Body):
    """Whether a change of details is taken over; a no needs the reason."""

    status: Literal["applied", "declined"]
    reason: Annotated[Plain, Field(max_length=300)] = ""


@router.get("/portal-settings", response=told(PortalChoices))
def show_portal_settings(request: ApiRequest) -> PortalChoices:
    """Show what the company's portal shows."""
    request.actor.require("ledger.view")
    return portal_choices(request.actor.company)


@router.post("/portal-settings", response=told(Done))
@once
def change_portal_settings(
    request: ApiRequest, body: PortalSettingsIn
) -> tuple[int, dict[str, Any]]:
    """Save what the company's portal shows."""
    save_portal_settings(actor=request.actor, at=request.at, **body.dict())
    return 200, {"changed": 1}


@router.get("/statement-answers", response=told(Page[StatementAnswerRow]))
def list_statement_answers(
    request: ApiRequest,
    customer_id: Key | None = None,
    verdict: Literal["", "agrees", "disagrees"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[StatementAnswerRow]:
    """List what customers say to lines of their statements, the newest first."""
    request.actor.require("ledger.view")
    return answer_rows(
        request.actor.company,
        customer_id=customer_id,
        verdict=verdict,
        cursor=cursor,
        limit=limit,
    )


@router.get("/supplier-statements", response=told(Page[SupplierStatementRow]))
def list_supplier_statements(
    request: ApiRequest,
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SupplierStatementRow]:
    """List customers' own lists compared with our books, the newest first."""
    request.actor.require("ledger.view")
    return supplier_statement_rows(
        request.actor.company, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/supplier-statements/{supplier_statement_id}", response=told(SupplierStatementRow))
def show_supplier_statement(
    request: ApiRequest, supplier_statement_id: Id
) -> SupplierStatementRow | None:
    """Show one comparison: our balance less the differences is theirs."""
    request.actor.require("ledger.view")
    own(SupplierStatement, request.actor, supplier_statement_id)
    return supplier_statement(request.actor.company, supplier_statement_id)


@router.get(
    "/supplier-statements/{supplier_statement_id}/lines", response=told(Page[SupplierLineRow])
)
def list_supplier_lines(
    request: ApiRequest,
    supplier_statement_id: Id,
    outcome: ComparedOutcome = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[SupplierLineRow]:
    """List the lines of a comparison in order."""
    request.actor.require("ledger.view")
    statement = own(SupplierStatement, request.actor, supplier_statement_id)
    return supplier_lines(statement.pk, outcome=outcome, cursor=cursor, limit=limit)


@router.get("/document-requests", response=told(list[PaperAsked]))
def list_document_requests(
    request: ApiRequest, customer_id: Key | None = None
) -> list[PaperAsked]:
    """List the papers we ask customers for now."""
    request.actor.require("ledger.view")
    return list(papers_asked(request.actor.company, customer_id=customer_id, as_of=request.as_of))


@router.post("/customers/{customer_id}/document-requests", response=told(Created, 201))
@once
def new_document_request(
    request: ApiRequest, customer_id: Id, body: PaperAskIn
) -> tuple[int, dict[str, Any]]:
    """Ask a customer for a paper in its portal."""
    asked = ask_document(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 201, {"id": asked.pk}


@router.post("/document-requests/{document_request_id}/withdraw", response=told(Done))
@once
def withdraw_one_document_request(
    request: ApiRequest, document_request_id: Id
) -> tuple[int, dict[str, Any]]:
    """Take back that a paper is needed."""
    asked = own(DocumentRequest, request.actor, document_request_id)
    withdraw_document_request(
        actor=request.actor, request=asked, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.get("/customer-documents", response=told(Page[PaperSent]))
def list_customer_documents(
    request: ApiRequest,
    customer_id: Key | None = None,
    status: Literal["", "received", "accepted", "rejected"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PaperSent]:
    """List papers that came from customers, the newest first."""
    request.actor.require("ledger.view")
    return papers_sent(
        request.actor.company,
        customer_id=customer_id,
        status=status,
        as_of=request.as_of,
        cursor=cursor,
        limit=limit,
    )


@router.post("/customer-documents/{customer_document_id}/decide", response=told(Done))
@once
def decide_customer_document(
    request: ApiRequest, customer_document_id: Id, body: PaperVerdictIn
) -> tuple[int, dict[str, Any]]:
    """Accept a paper, or say why it will not do."""
    decide_document(
        actor=request.actor,
        document=own(CustomerDocument, request.actor, customer_document_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.get("/detail-changes", response=told(Page[WishRow]))
def list_detail_changes(
    request: ApiRequest,
    customer_id: Key | None = None,
    status: Literal["", "open", "applied", "declined"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[WishRow]:
    """List changes of details customers ask for, the newest first."""
    request.actor.require("ledger.view")
    return wish_rows(
        request.actor.company,
        customer_id=customer_id,
        status=status,
        cursor=cursor,
        limit=limit,
    )


@router.post("/detail-changes/{detail_change_id}/decide", response=told(Done))
@once
def decide_one_detail_change(
    request: ApiRequest, detail_change_id: Id, body: ChangeVerdictIn
) -> tuple[int, dict[str, Any]]:
    """Take a change of details over, or say why not."""
    found = get_object_or_404(DetailChange, pk=detail_change_id, company=request.actor.company)
    decide_detail_change(actor=request.actor, change=found, at=request.at, **body.dict())
    return 200, {"changed": 1}
