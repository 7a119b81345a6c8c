"""/einvoices: files checked and converted, and invoices of another system taken in as items."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from dunwell.actions.einvoice_imports import take_einvoices
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import Upload
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Id,
    Limit,
    Plain,
    Problem,
    Word,
    answers,
    of_file,
    only_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.einvoice.conversion import converted
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.jobs.einvoice_intake import take_in
from dunwell.jobs.invoice_rules import CheckedInvoice, check_einvoice
from dunwell.models import EInvoiceFile
from dunwell.queries.einvoices import (
    EInvoiceFileRow,
    EInvoiceFinding,
    einvoice_file_rows,
    file_row,
)
from dunwell.queries.pages import Page

router = Router(tags=["e-invoices"])

Target = Literal["ubl", "cii", "xrechnung_ubl", "xrechnung_cii", "peppol", "peppol_cii"]


class EInvoiceVerdict(Schema):
    """What a file is, what it asks for, and which rules it breaks; amounts are minor units."""

    is_valid: bool
    syntax: str
    specification: str
    rules: list[str]
    number: str
    type_code: str
    issued_on: str
    due_on: str | None
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    payable_minor: int
    seller: str
    buyer: str
    findings: list[EInvoiceFinding]
    not_carried: list[str]


class EInvoicesReceived(Schema):
    """What became of each file, in the order they came."""

    files: list[EInvoiceFileRow]


class TakeEInvoiceIn(Body):
    """Whose it is where that is not plain, and the word that its seller is this company."""

    customer_number: Annotated[Plain, Field(max_length=80)] = ""
    seller_is_ours: bool = False


class EInvoiceTaken(Schema):
    """The item that a file became."""

    item_id: int


@router.get("", response=answers(Page[EInvoiceFileRow]))
def list_einvoices(
    request: ApiRequest,
    status: Literal["waiting", "taken", "refused", ""] = "",
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[EInvoiceFileRow]:
    """List the invoices of another system that came in, the newest first."""
    request.actor.require("ledger.view")
    return einvoice_file_rows(
        request.actor.company, status=status, search=search, cursor=cursor, limit=limit
    )


@router.post("/check", response={**answers(EInvoiceVerdict), 413: Problem})
def check_einvoice_file(request: ApiRequest, files: File[list[UploadedFile]]) -> EInvoiceVerdict:
    """Say what one file is and which rules it breaks. Nothing is kept."""
    request.actor.require("ledger.view")
    try:
        found = check_einvoice(only_file(files)["data"])
    except EInvoiceError as error:
        raise Refused(str(error)) from error
    return _verdict(found)


@router.post(
    "/convert",
    response={**answers(None), 413: Problem},
    openapi_extra=of_file("application/xml", told="The invoice in the other syntax."),
)
def convert_einvoice(
    request: ApiRequest, files: File[list[UploadedFile]], to: Annotated[Target, Form()] = "ubl"
) -> HttpResponse:
    """Return one file in another syntax; refused where something it says would be lost."""
    request.actor.require("ledger.view")
    try:
        made, name = converted(only_file(files)["data"], to)
    except EInvoiceError as error:
        raise Refused(str(error)) from error
    response = HttpResponse(made, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@router.post("/received", response={**answers(EInvoicesReceived, 201), 413: Problem})
@once
def receive_einvoice_files(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Take files, or zips of them, in: each is read and waits to be taken, or says why not."""
    rows = take_in(
        actor=request.actor,
        files=[Upload(name=one.name or "file", data=one.read()) for one in files],
        as_of=request.as_of,
        at=request.at,
    )
    told = EInvoicesReceived(files=[file_row(row) for row in rows])
    return 201, told.model_dump(mode="json")


@router.post("/{einvoice_file_id}/take", response=answers(EInvoiceTaken, 201))
@once
def take_einvoice(
    request: ApiRequest, einvoice_file_id: Id, body: TakeEInvoiceIn
) -> tuple[int, dict[str, Any]]:
    """Book a waiting file as an item with its document; taken before, it is the same item."""
    row = own(EInvoiceFile, request.actor, einvoice_file_id)
    (told,) = take_einvoices(
        actor=request.actor,
        files=[row.pk],
        customers={row.pk: body.customer_number},
        sellers_are_ours=body.seller_is_ours,
        as_of=request.as_of,
        at=request.at,
    )
    if told.trouble:
        raise Refused(told.trouble)
    return 201, {"item_id": told.item_id}


def _verdict(found: CheckedInvoice) -> EInvoiceVerdict:
    document = found.invoice.document
    totals = document.totals
    return EInvoiceVerdict(
        is_valid=found.is_valid,
        syntax=found.invoice.syntax_name,
        specification=found.invoice.specification,
        rules=list(found.packs),
        number=document.number,
        type_code=document.kind,
        issued_on=document.issued_on.isoformat(),
        due_on=document.due_on.isoformat() if document.due_on else None,
        currency=document.currency,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        gross_minor=totals.gross_minor,
        payable_minor=totals.payable_minor,
        seller=document.seller.name,
        buyer=document.buyer.name,
        findings=[
            EInvoiceFinding(rule=one.rule, level=one.level, text=one.text, where=one.where)
            for one in found.findings
        ],
        not_carried=list(found.invoice.not_carried),
    )
