"""/kpis/...: figures by part of the book, their course, what they are made of, costs."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.collection_costs import record_collection_cost, withdraw_collection_cost
from dunwell.actions.gate import Refused
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
    Plain,
    PositiveMinor,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.models import CollectionCost, Customer, User
from dunwell.queries.collection_costs import CollectionCostRow, collection_cost_rows
from dunwell.queries.kpi_courses import MONTHS, kpi_course
from dunwell.queries.kpi_inputs import INPUTS, Asked, InputPage, input_page
from dunwell.queries.kpi_slices import KpiSlice, kpi_slices
from dunwell.queries.pages import Page

router = Router(tags=["figures"])

Dimension = Literal["company", "customer", "segment", "collector", "strategy", "currency"]
Window = Annotated[int, Field(ge=1, le=3660, description="Days that end with the day.")]


class CollectionCostIn(Body):
    """A cost of collecting as it stands on its voucher."""

    kind: Literal["staff", "agency", "legal", "postage", "systems", "other"]
    on: Day
    currency: Currency
    amount_minor: PositiveMinor
    reference: Annotated[Plain, Field(min_length=1, max_length=80)]
    customer_id: Key | None = None
    collector_id: Key | None = None


class CoursePoint(Body):
    """The value of a figure at a month end; null is not applicable."""

    on: date
    value: Decimal | None


@router.get("/slices", response=answers(list[KpiSlice]))
def list_kpi_slices(
    request: ApiRequest,
    kpi: Word = "",
    dimension: Dimension = "company",
    as_of: Day | None = None,
    known_on: Day | None = None,
    window_days: Window = WINDOW_DAYS,
) -> list[KpiSlice]:
    """List every figure (or one) of every part of the book on a day, as known on a day."""
    request.actor.require("ledger.view")
    _check(kpi)
    found = kpi_slices(
        request.actor.company,
        as_of=_day(request, as_of),
        dimension=dimension,
        window_days=window_days,
        known_at=known_on,
    )
    return [one for one in found if kpi in {"", one.kpi}]


@router.get("/course", response=answers(list[CoursePoint]))
def show_kpi_course(
    request: ApiRequest,
    kpi: Word = "dso",
    currency: AnyCurrency = "",
    until: Day | None = None,
    months: Annotated[int, Field(ge=1, le=120)] = MONTHS,
) -> list[CoursePoint]:
    """Show a figure at each month end that is kept; without a currency for those without money."""
    request.actor.require("ledger.view")
    _check(kpi, is_needed=True)
    course = kpi_course(
        request.actor.company,
        kpi=kpi,
        currency=currency,
        until=_day(request, until),
        months=months,
    )
    return [CoursePoint(on=on, value=value) for on, value in course]


class InputOf(Schema):
    """Which input of which part of the book: by dimension and key, on a day, as known on a day."""

    name: Word = "receivables_minor"
    currency: AnyCurrency = ""
    dimension: Dimension = "company"
    key: Word = ""
    as_of: Day | None = None
    known_on: Day | None = None
    window_days: Window = WINDOW_DAYS


@router.get("/inputs", response=answers(InputPage))
def list_kpi_input(
    request: ApiRequest,
    of: Query[InputOf],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> InputPage:
    """List the rows behind an input of a figure; `total` is the sum of them all."""
    request.actor.require("ledger.view")
    if of.name not in INPUTS:
        raise Refused(f"There is no input {of.name}; there are {', '.join(INPUTS)}.")
    asked = Asked(
        as_of=_day(request, of.as_of),
        window_days=of.window_days,
        known_at=of.known_on,
        dimension=of.dimension,
        key=of.key,
    )
    return input_page(
        request.actor.company,
        name=of.name,
        currency=of.currency,
        asked=asked,
        cursor=cursor,
        limit=limit,
    )


@router.get("/costs", response=answers(Page[CollectionCostRow]))
def list_collection_costs(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CollectionCostRow]:
    """List what collecting costs, the newest first."""
    request.actor.require("ledger.view")
    return collection_cost_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/costs", response=answers(Created, 201))
@once
def new_collection_cost(request: ApiRequest, body: CollectionCostIn) -> tuple[int, dict[str, Any]]:
    """Record a cost of collecting; the same voucher counts once."""
    told = body.dict()
    customer_id, collector_id = told.pop("customer_id"), told.pop("collector_id")
    company = request.actor.company
    cost = record_collection_cost(
        actor=request.actor,
        customer=None if customer_id is None else own(Customer, request.actor, customer_id),
        collector=None
        if collector_id is None
        else get_object_or_404(User, pk=collector_id, memberships__company=company),
        as_of=request.as_of,
        at=request.at,
        **told,
    )
    return 201, {"id": cost.pk}


@router.post("/costs/{collection_cost_id}/withdraw", response=answers(Done))
@once
def withdraw_cost(request: ApiRequest, collection_cost_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a cost back."""
    cost = own(CollectionCost, request.actor, collection_cost_id)
    stood = withdraw_collection_cost(
        actor=request.actor, cost=cost, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": int(stood)}


def _check(kpi: str, *, is_needed: bool = False) -> None:
    if kpi not in KPIS and (kpi or is_needed):
        raise Refused(f"There is no KPI {kpi}; there are {', '.join(KPIS)}.")


def _day(request: ApiRequest, asked: date | None) -> date:
    """Return the day asked for; one to come is refused."""
    if asked is not None and asked > request.as_of:
        raise Refused(f"{asked} is still to come; today is {request.as_of}.")
    return asked or request.as_of
