"""The credit file of a customer: data points, financial statements, all that is known."""

from typing import Annotated, Any, Literal

from ninja import File, Router, Schema, UploadedFile
from pydantic import Field

from dunwell.actions.credit_points import record_data_point
from dunwell.actions.financial_statements import record_statement, record_statement_file
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    AnyCurrency,
    Body,
    Created,
    Currency,
    Day,
    Id,
    Plain,
    SignedMinor,
    answers,
    existing,
    only_file,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer
from dunwell.queries.credit_file import CreditFile, credit_file

router = Router(tags=["credit data"])

Told = Annotated[Plain, Field(min_length=1, max_length=200)]
Point = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="Name of the point.")]


class PointIn(Body):
    """What somebody found out; a value of null says that it is not known any more."""

    name: Point
    value: bool | SignedMinor | Annotated[Plain, Field(max_length=200)] | None
    source: Told
    on: Day


class FinancialStatementIn(Body):
    """The lines of a statement in minor units of `currency`; costs and liabilities above 0."""

    kind: Literal["annual", "interim"] = "annual"
    period_from: Day
    period_to: Day
    currency: Currency
    lines: dict[str, SignedMinor] = Field(min_length=1, max_length=40)
    is_audited: bool = False
    scale: Literal[1, 1000, 1000000] = 1
    reason: Annotated[Plain, Field(max_length=300)] = ""


class StatementsRead(Schema):
    """The statements a file brought, and its lines that stand for nothing we keep."""

    statement_ids: list[int]
    unread: list[str]
    notes: list[str]


@router.get("/customers/{customer_id}/credit-file", response=answers(CreditFile))
def show_credit_file(request: ApiRequest, customer_id: Id) -> CreditFile:
    """Show what is known of a customer's credit: facts, points, bureaus, statements."""
    request.actor.require("ledger.view")
    return existing(credit_file(request.actor.company, customer_id, as_of=request.as_of))


@router.post("/customers/{customer_id}/credit-points", response=answers(Created, 201))
@once
def new_credit_point(
    request: ApiRequest, customer_id: Id, body: PointIn
) -> tuple[int, dict[str, Any]]:
    """Add what is known of a customer under a name; the latest counts."""
    point = record_data_point(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        name=body.name,
        value=body.value,
        source=body.source,
        on=body.on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": point.pk}


@router.post("/customers/{customer_id}/financial-statements", response=answers(Created, 201))
@once
def new_financial_statement(
    request: ApiRequest, customer_id: Id, body: FinancialStatementIn
) -> tuple[int, dict[str, Any]]:
    """Record a financial statement; of a period that has one it corrects, with a reason."""
    statement = record_statement(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        kind=body.kind,
        period_from=body.period_from,
        period_to=body.period_to,
        currency=body.currency,
        lines=body.lines,
        is_audited=body.is_audited,
        scale=body.scale,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": statement.pk}


@router.post(
    "/customers/{customer_id}/financial-statement-files", response=answers(StatementsRead, 201)
)
@once
def upload_financial_statements(
    request: ApiRequest,
    customer_id: Id,
    files: File[list[UploadedFile]],
    currency: AnyCurrency = "",
    is_audited: bool = False,  # noqa: FBT001, FBT002  a field of the address
    reason: Annotated[Plain, Field(max_length=300)] = "",
) -> tuple[int, dict[str, Any]]:
    """Read financial statements from one file (CSV, XLSX or an XBRL instance), all or none.

    A table is in `currency`, our own unless it is told.
    """
    statements, read = record_statement_file(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        currency=currency or request.actor.company.currency,
        is_audited=is_audited,
        reason=reason,
        as_of=request.as_of,
        at=request.at,
        **only_file(files),
    )
    return 201, {
        "statement_ids": [statement.pk for statement in statements],
        "unread": list(read.unread),
        "notes": list(read.notes),
    }
