"""/invoice-responses: answers of customers' systems to invoices, and what is told as cashed."""

from datetime import timedelta
from typing import Any, Literal

from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile

from dunwell.actions.invoice_responses import take_response_file
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Cursor,
    Day,
    Key,
    Limit,
    Problem,
    Word,
    answers,
    only_file,
)
from dunwell.api.writes import once
from dunwell.models import InvoiceResponse
from dunwell.queries.invoice_responses import (
    CashedRow,
    InvoiceResponseRow,
    cashed_rows,
    invoice_response_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["invoice responses"])
MONTH = timedelta(days=30)


class ResponseFilter(Schema):
    """Which answers to list."""

    item_id: Key | None = None
    customer_id: Key | None = None
    scheme: Literal["", "peppol", "peppol_mlr", "fr_pdp", "other"] = ""
    code: Word = ""
    cursor: Cursor = ""
    limit: Limit = PAGE


class CashedSpan(Schema):
    """Booking days; a month until today where none are given."""

    from_on: Day | None = None
    until_on: Day | None = None


class CashedOut(Schema):
    """What is to be told as cashed (status 212), in minor units of each row's currency."""

    rows: list[CashedRow]


class ResponsesTakenOut(Schema):
    """The answers of a file that are kept, how many of them are new, and why others are not."""

    ids: list[int]
    new: int
    refused: list[str]


@router.get("", response=answers(Page[InvoiceResponseRow]))
def list_invoice_responses(
    request: ApiRequest, query: Query[ResponseFilter]
) -> Page[InvoiceResponseRow]:
    """List answers to invoices, the newest first."""
    request.actor.require("ledger.view")
    return invoice_response_rows(request.actor.company, **query.dict())


@router.post("", response={**answers(ResponsesTakenOut, 201), 413: Problem})
@once
def take_invoice_responses(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Take in a file of answers: XML of Peppol or France, JSON or CSV; told again it adds none."""
    taken = take_response_file(
        actor=request.actor,
        **only_file(files),
        door=InvoiceResponse.Door.API,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {
        "ids": [one.pk for one in taken.taken],
        "new": taken.new,
        "refused": list(taken.refused),
    }


@router.get("/cashed", response=answers(CashedOut))
def list_cashed(request: ApiRequest, query: Query[CashedSpan]) -> dict[str, object]:
    """List what came in for French e-invoices, for a connector to tell the platform."""
    request.actor.require("ledger.view")
    until_on = query.until_on or request.as_of
    from_on = query.from_on or until_on - MONTH
    return {"rows": cashed_rows(request.actor.company, from_on=from_on, until_on=until_on)}
