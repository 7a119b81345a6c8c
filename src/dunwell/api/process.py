"""/process: how invoice to cash went, the invoices behind every figure, the log as OCEL 2.0."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Cursor,
    Day,
    Id,
    Limit,
    Plain,
    Problem,
    Word,
    answers,
    existing,
    of_file,
)
from dunwell.formats.ocel import write_ocel
from dunwell.models import Company
from dunwell.queries.process import (
    ProcessBook,
    ProcessChoice,
    ProcessPage,
    process_book,
    process_page,
    usual_choice,
)
from dunwell.queries.process_cases import (
    ItemCourse,
    ProcessCases,
    item_course,
    process_cases,
)
from dunwell.queries.process_files import LogTooLargeError, ocel_log

router = Router(tags=["process"])

Kind = Literal["step", "variant", "again", "loop", "stage", "deviation", "fit", "handover"]


class ProcessFilter(Schema):
    """Which invoices: months of issue, each by any of its days, currency and segment.

    Left out: the newest twelve months, the company's currency, all segments.
    """

    first: Day | None = None
    last: Day | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    segment: Word | None = None


@router.get("", response=answers(ProcessPage | None))
def show_process(request: ApiRequest, choice: Query[ProcessFilter]) -> ProcessPage | None:
    """Show what follows what with waits and money days, stages, variants, rework, deviations.

    As the day's cycle found it; null before the first time, when the rest is absent.
    """
    request.actor.require("ledger.view")
    book = process_book(request.actor.company)
    if book is None:
        return None
    return process_page(book, _choice(request.actor.company, book, choice))


@router.get("/invoices", response=answers(ProcessCases))
def list_process_invoices(
    request: ApiRequest,
    choice: Query[ProcessFilter],
    kind: Kind = "fit",
    name: Annotated[Plain, Field(max_length=2000)] = "deviates",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> ProcessCases:
    """List the invoices of a figure of the process, the most money days first; they sum to it."""
    request.actor.require("ledger.view")
    company = request.actor.company
    book = existing(process_book(company))
    return process_cases(
        company,
        _choice(company, book, choice),
        kind=kind,
        name=name,
        cursor=cursor,
        limit=limit,
    )


@router.get("/invoices/{item_id}", response=answers(ItemCourse))
def show_invoice_course(request: ApiRequest, item_id: Id) -> ItemCourse:
    """Show what happened to one invoice, step by step, with the wait after each."""
    request.actor.require("ledger.view")
    return existing(item_course(request.actor.company, item_id, as_of=request.as_of))


@router.get(
    "/log.ocel.json",
    response={**answers(None), 413: Problem},
    openapi_extra=of_file("application/json", told="OCEL 2.0"),
)
def export_process_log(request: ApiRequest, choice: Query[ProcessFilter]) -> HttpResponse:
    """Return the log of the invoices chosen as OCEL 2.0; 413 for too many for one file."""
    request.actor.require("ledger.view")
    company = request.actor.company
    book = existing(process_book(company))
    try:
        log = ocel_log(company, _choice(company, book, choice), as_of=request.as_of)
    except LogTooLargeError as error:
        raise HttpError(413, str(error)) from error
    return HttpResponse(write_ocel(log), content_type="application/json")


def _choice(company: Company, book: ProcessBook, told: ProcessFilter) -> ProcessChoice:
    usual = usual_choice(company, book)
    first = (told.first or usual.first).replace(day=1)
    last = (told.last or usual.last).replace(day=1)
    return ProcessChoice(
        first=min(first, last),
        last=max(first, last),
        currency=told.currency or usual.currency,
        segment=told.segment,
    )
