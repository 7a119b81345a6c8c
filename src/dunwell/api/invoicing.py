"""/invoicing, /tax-rates, /number-series, /invoice-schedules: what invoices rest on."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.invoice_schedules import add_schedule, end_schedule
from dunwell.actions.invoicing import (
    OWN_TEXTS,
    THEIR_TEXTS,
    add_tax_rate,
    save_customer_invoicing,
    save_profile,
    set_series,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    Body,
    Created,
    Currency,
    Day,
    Done,
    Id,
    Key,
    Plain,
    Word,
    answers,
    own,
)
from dunwell.api.invoices import InvoiceLineIn
from dunwell.api.writes import once
from dunwell.models import Customer, InvoiceSchedule
from dunwell.queries.invoice_documents import invoicing_of, profile_of
from dunwell.queries.invoice_drafts import LineDraft
from dunwell.queries.invoice_rules import SeriesRow, TaxRateRow, series_rows, tax_rate_rows
from dunwell.queries.invoices import ScheduleRow, schedule_rows

router = Router(tags=["invoices"])
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="0 before the first save.")]
Texts = Annotated[
    dict[
        Annotated[str, Field(pattern="^[a-z_]{1,30}$")], Annotated[Plain, Field(max_length=1000)]
    ],
    Field(max_length=40),
]


class InvoicingProfileIn(Body):
    """Our details by the names of their fields; those left out become empty."""

    texts: Texts
    approve_over_minor: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] | None = None
    version: Version


class CustomerInvoicingIn(Body):
    """How a customer wants its invoices."""

    texts: Texts
    format: Literal["pdf", "facturx", "xrechnung_ubl", "xrechnung_cii", "peppol"]
    delivery: Literal["mail", "portal", "download"]
    is_po_required: bool = False
    version: Version


class SeriesIn(Body):
    """How numbers look and which comes next."""

    kind: Literal["invoice", "credit_note"]
    pattern: Annotated[Plain, Field(min_length=1, max_length=40)]
    next_number: Annotated[int, Field(ge=1, le=10**12)]


class TaxRateIn(Body):
    """A tax code from a day on."""

    code: Annotated[Plain, Field(min_length=1, max_length=20)]
    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    category: Literal["S", "Z", "E", "AE", "K", "G", "O"]
    rate_ppm: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    exemption: Annotated[Plain, Field(max_length=200)] = ""
    exemption_code: Annotated[Plain, Field(max_length=30)] = ""
    valid_from: Day


class ScheduleIn(Body):
    """An invoice that comes again."""

    customer_id: Key
    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    every: Literal["month", "quarter", "year"]
    day: Annotated[int, Field(ge=1, le=31)] = 1
    starts_on: Day
    ends_on: Day | None = None
    currency: Currency
    lines: Annotated[list[InvoiceLineIn], Field(min_length=1, max_length=500)]
    terms: Word = ""
    order_number: Word = ""
    is_auto_issued: bool = False


class ScheduleEndIn(Body):
    """When a schedule ends; `version` is the one that was read."""

    ends_on: Day
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class InvoicingOut(Schema):
    """Our details on invoices, the number series and tax codes."""

    texts: dict[str, str]
    approve_over_minor: int | None
    version: int
    series: list[SeriesRow]
    tax_rates: list[TaxRateRow]
    as_of: date


class CustomerInvoicingOut(Schema):
    """How a customer wants its invoices."""

    texts: dict[str, str]
    format: str
    delivery: str
    is_po_required: bool
    version: int


@router.get("/invoicing", response=answers(InvoicingOut))
def show_invoicing(request: ApiRequest) -> dict[str, Any]:
    """Show our details on invoices, the number series and tax codes."""
    request.actor.require("ledger.view")
    company = request.actor.company
    row = profile_of(company)
    return {
        "texts": {name: getattr(row, name) for name in OWN_TEXTS},
        "approve_over_minor": row.approve_over_minor,
        "version": row.version,
        "series": series_rows(company),
        "tax_rates": tax_rate_rows(company),
        "as_of": request.as_of,
    }


@router.put("/invoicing", response=answers(Done))
@once
def change_invoicing(request: ApiRequest, body: InvoicingProfileIn) -> tuple[int, dict[str, Any]]:
    """Save our details on invoices; what is issued keeps what stood there."""
    save_profile(
        actor=request.actor, texts=body.texts, approve_over_minor=body.approve_over_minor,
        version=body.version, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


@router.get("/customers/{customer_id}/invoicing", response=answers(CustomerInvoicingOut))
def show_customer_invoicing(request: ApiRequest, customer_id: Id) -> dict[str, Any]:
    """Show how a customer wants its invoices."""
    request.actor.require("ledger.view")
    row = invoicing_of(own(Customer, request.actor, customer_id))
    return {
        "texts": {name: getattr(row, name) for name in THEIR_TEXTS},
        "format": row.format,
        "delivery": row.delivery,
        "is_po_required": row.is_po_required,
        "version": row.version,
    }


@router.put("/customers/{customer_id}/invoicing", response=answers(Done))
@once
def change_customer_invoicing(
    request: ApiRequest, customer_id: Id, body: CustomerInvoicingIn
) -> tuple[int, dict[str, Any]]:
    """Save how a customer wants its invoices."""
    save_customer_invoicing(
        actor=request.actor, customer=own(Customer, request.actor, customer_id),
        texts=body.texts, wire=body.format, delivery=body.delivery,
        is_po_required=body.is_po_required, version=body.version, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


@router.put("/number-series", response=answers(Done))
@once
def change_series(request: ApiRequest, body: SeriesIn) -> tuple[int, dict[str, Any]]:
    """Say how numbers look and which comes next; a series only goes forward."""
    set_series(
        actor=request.actor, kind=body.kind, pattern=body.pattern,
        next_number=body.next_number, as_of=request.as_of, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}


@router.post("/tax-rates", response=answers(Created, 201))
@once
def new_tax_rate(request: ApiRequest, body: TaxRateIn) -> tuple[int, dict[str, Any]]:
    """Add a tax code, or what it is from a day on."""
    row = add_tax_rate(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": row.pk}


@router.get("/invoice-schedules", response=answers(list[ScheduleRow]))
def list_invoice_schedules(request: ApiRequest) -> list[ScheduleRow]:
    """List the invoices that come again, the newest first."""
    request.actor.require("ledger.view")
    return list(schedule_rows(request.actor.company))


@router.post("/invoice-schedules", response=answers(Created, 201))
@once
def new_invoice_schedule(request: ApiRequest, body: ScheduleIn) -> tuple[int, dict[str, Any]]:
    """Bill the same lines every period from a day on."""
    told = body.dict(exclude={"customer_id", "lines"})
    schedule = add_schedule(
        actor=request.actor, customer=own(Customer, request.actor, body.customer_id),
        lines=[LineDraft(**one.dict()) for one in body.lines],
        as_of=request.as_of, at=request.at, **told,
    )  # fmt: skip
    return 201, {"id": schedule.pk}


@router.post("/invoice-schedules/{invoice_schedule_id}/end", response=answers(Done))
@once
def stop_invoice_schedule(
    request: ApiRequest, invoice_schedule_id: Id, body: ScheduleEndIn
) -> tuple[int, dict[str, Any]]:
    """Let a schedule end on a day."""
    end_schedule(
        actor=request.actor, schedule=own(InvoiceSchedule, request.actor, invoice_schedule_id),
        ends_on=body.ends_on, version=body.version, at=request.at,
    )  # fmt: skip
    return 200, {"changed": 1}
