"""/invoices: drafts, their check, issue, credit notes, files, and days to invoice."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.invoice_drafts import draft_invoice, edit_invoice
from dunwell.actions.invoice_imports import import_invoices
from dunwell.actions.uploads import upload_path
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
    Word,
    answers,
    existing,
    of_file,
    only_file,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.prebill import PrebillFinding
from dunwell.formats.findings import TableError
from dunwell.formats.invoice_rows import read_invoice_table
from dunwell.jobs.invoice_risk import invoice_risk
from dunwell.jobs.invoices import draft_and_issue
from dunwell.models import Customer, Invoice, InvoiceFile, Order
from dunwell.queries.invoice_documents import prebill
from dunwell.queries.invoice_drafts import AllowanceDraft, Draft, LineDraft, Origin
from dunwell.queries.invoices import (
    KPI_DAYS,
    InvoiceFileRow,
    InvoiceLineRow,
    InvoiceRow,
    InvoiceTotal,
    average_days_to_invoice,
    invoice_files,
    invoice_row,
    invoice_rows,
    invoice_totals_of,
    line_rows,
)
from dunwell.queries.pages import Page
from dunwell.queries.prebill_words import finding_words

router = Router(tags=["invoices"])
InvoiceStatus = Literal["", "draft", "approved", "issued", "voided"]
Micros = Annotated[int, Field(ge=0, le=10**15, description="Millionths.")]
SignedMicros = Annotated[int, Field(ge=-(10**15), le=10**15, description="Millionths.")]
MOST_LINES = 500


class InvoiceLineIn(Body):
    """One line: quantity and price in millionths, the tax by its code."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    quantity_micros: SignedMicros
    price_micros: Micros
    tax_code: Annotated[Plain, Field(min_length=1, max_length=20)]
    unit: Annotated[Plain, Field(min_length=1, max_length=3)] = "C62"
    description: Annotated[Plain, Field(max_length=500)] = ""
    seller_item: Annotated[Plain, Field(max_length=40)] = ""
    discount_minor: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] = 0
    discount_reason: Word = ""
    order_line: Annotated[Plain, Field(max_length=40)] = ""
    agreed_price_micros: Micros | None = None


class AllowanceIn(Body):
    """An allowance or charge of the whole document."""

    amount_minor: PositiveMinor
    tax_code: Annotated[Plain, Field(min_length=1, max_length=20)]
    reason: Annotated[Plain, Field(min_length=1, max_length=80)]
    is_charge: bool = False


class InvoiceBody(Body):
    """An invoice as it is asked for; empty terms are those agreed with the customer."""

    currency: Currency
    lines: Annotated[list[InvoiceLineIn], Field(min_length=1, max_length=MOST_LINES)]
    kind: Literal["invoice", "credit_note", "prepayment", "corrected"] = "invoice"
    terms: Word = ""
    due_on: Day | None = None
    delivered_on: Day | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    order_id: Key | None = None
    order_number: Word = ""
    buyer_reference: Word = ""
    contract: Word = ""
    note: Annotated[Plain, Field(max_length=1000)] = ""
    allowances: Annotated[list[AllowanceIn], Field(max_length=50)] = []
    prepaid_minor: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] = 0
    preceding_id: Key | None = None
    is_allocated: bool = False


class InvoiceIn(InvoiceBody):
    """A new invoice; `key` is what the caller's system calls it, `issue` issues it at once."""

    customer_id: Key
    key: Annotated[Plain, Field(max_length=100)] = ""
    issue: bool = False
    confirm_warnings: bool = False


class InvoiceChange(InvoiceBody):
    """A draft anew; `version` is the one that was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class CheckFinding(Schema):
    """What the check found: a code, how bad, the field, and the sentence."""

    code: str
    severity: str
    about: str
    text: str


class InvoiceCheck(Schema):
    """All that is found about a draft, and the chance of a dispute in ppm."""

    findings: list[CheckFinding]
    dispute_ppm: int | None
    rests_on: int
    reasons: list[dict[str, Any]]


class InvoiceDetail(Schema):
    """One invoice with its lines and files."""

    invoice: InvoiceRow
    lines: list[InvoiceLineRow]
    files: list[InvoiceFileRow]


class DaysToInvoice(Schema):
    """Mean days from delivery to issue, one decimal, and over how many invoices."""

    from_on: date
    until_on: date
    days: str
    invoices: int


@router.get("/invoices", response=answers(Page[InvoiceRow]))
def list_invoices(
    request: ApiRequest,
    status: InvoiceStatus = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[InvoiceRow]:
    """List invoices and credit notes, the newest first."""
    request.actor.require("ledger.view")
    return invoice_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/invoices/totals", response=answers(list[InvoiceTotal]))
def total_invoices(request: ApiRequest, status: InvoiceStatus = "") -> list[InvoiceTotal]:
    """Sum the invoices under the same filter, per currency; credit notes count below 0."""
    request.actor.require("ledger.view")
    return list(invoice_totals_of(request.actor.company, status=status))


@router.get("/invoices/days-to-invoice", response=answers(DaysToInvoice))
def show_days_to_invoice(request: ApiRequest) -> dict[str, Any]:
    """Say how long it takes from delivery to invoice, over the last 90 days."""
    request.actor.require("ledger.view")
    since = request.as_of - timedelta(days=KPI_DAYS)
    mean, count = average_days_to_invoice(request.actor.company, since=since, until=request.as_of)
    return {"from_on": since, "until_on": request.as_of, "days": mean, "invoices": count}


@router.post("/invoices/import", response=answers(Done))
@once
def load_invoices(
    request: ApiRequest,
    files: Annotated[list[UploadedFile], File(...)],
) -> tuple[int, dict[str, Any]]:
    """Draft the invoices of one table (CSV or XLSX): all of them, or none."""
    file = only_file(files)
    try:
        rows, findings = read_invoice_table(file["data"], file["name"])
    except TableError as error:
        raise Refused(str(error)) from error
    if findings:
        one = findings[0]
        where = f"row {one.row}, {one.column}: {one.reason}"
        raise Refused(
            f"{len(findings)} rows are wrong; the first: {where}."
            if len(findings) > 1
            else f"1 row is wrong: {where}."
        )
    drafts = import_invoices(actor=request.actor, rows=rows, as_of=request.as_of, at=request.at)
    return 200, {"changed": len(drafts)}


@router.get("/invoices/{invoice_id}", response=answers(InvoiceDetail))
def show_invoice(request: ApiRequest, invoice_id: Id) -> dict[str, Any]:
    """Show one invoice with its lines and files."""
    request.actor.require("ledger.view")
    row = existing(invoice_row(request.actor.company, invoice_id))
    files = invoice_files([row.item_id]) if row.item_id else {}
    return {
        "invoice": row,
        "lines": line_rows(row.id),
        "files": files.get(row.item_id or 0, ()),
    }


@router.get("/invoices/{invoice_id}/check", response=answers(InvoiceCheck))
def check_invoice(request: ApiRequest, invoice_id: Id) -> dict[str, Any]:
    """Say what stands against issuing an invoice, and how probable a dispute is."""
    request.actor.require("ledger.view")
    invoice = own(Invoice, request.actor, invoice_id)
    risk = invoice_risk(invoice, as_of=request.as_of)
    found = prebill(invoice, as_of=request.as_of).findings
    return {
        "findings": [_finding(one) for one in found],
        "dispute_ppm": risk.dispute_ppm if risk else None,
        "rests_on": risk.rests_on if risk else 0,
        "reasons": list(risk.reasons) if risk else [],
    }


@router.get(
    "/invoices/{invoice_id}/files/{invoice_file_id}",
    response=answers(None),
    openapi_extra=of_file("application/pdf", "application/xml"),
)
def get_invoice_file(request: ApiRequest, invoice_id: Id, invoice_file_id: Id) -> HttpResponse:
    """Return a file of an issued invoice byte for byte."""
    request.actor.require("ledger.view")
    file = own(InvoiceFile, request.actor, invoice_file_id)
    if file.invoice_id != invoice_id:
        raise Http404
    path = upload_path(file.sha256)
    if not path.exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@router.post("/invoices", response=answers(Created, 201))
@once
def new_invoice(request: ApiRequest, body: InvoiceIn) -> tuple[int, dict[str, Any]]:
    """Draft an invoice, or issue it at once; the same `key` is the same invoice."""
    customer = own(Customer, request.actor, body.customer_id)
    told: dict[str, Any] = {
        "actor": request.actor,
        "customer": customer,
        "draft": _draft(request, body),
        "origin": Origin(source=Invoice.Source.API, key=body.key),
        "as_of": request.as_of,
        "at": request.at,
    }
    if body.issue:
        invoice = draft_and_issue(**told, is_confirmed=body.confirm_warnings)
    else:
        invoice = draft_invoice(**told)
    return 201, {"id": invoice.pk}


@router.put("/invoices/{invoice_id}", response=answers(Done))
@once
def change_invoice(
    request: ApiRequest, invoice_id: Id, body: InvoiceChange
) -> tuple[int, dict[str, Any]]:
    """Change a draft; refused where somebody changed it since that version."""
    edit_invoice(
        actor=request.actor, invoice=own(Invoice, request.actor, invoice_id),
        draft=_draft(request, body), version=body.version,
        as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


def _draft(request: ApiRequest, body: InvoiceBody) -> Draft:
    actor = request.actor
    told = body.dict(exclude={"lines", "allowances", "order_id", "preceding_id"})
    names = Draft.__dataclass_fields__
    return Draft(
        **{name: value for name, value in told.items() if name in names},
        lines=[LineDraft(**one.dict()) for one in body.lines],
        allowances=[AllowanceDraft(**one.dict()) for one in body.allowances],
        order=None if body.order_id is None else own(Order, actor, body.order_id),
        preceding=None if body.preceding_id is None else own(Invoice, actor, body.preceding_id),
    )


def _finding(one: PrebillFinding) -> dict[str, str]:
    return {
        "code": one.code, "severity": one.severity, "about": one.about,
        "text": finding_words(one),
    }  # fmt: skip
