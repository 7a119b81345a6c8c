"""/planning: liquidity, balances, payments out, working capital, gap alerts."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.liquidity import (
    plan_payment,
    record_position,
    record_working_capital,
    set_buffer,
    withdraw_payment,
    withdraw_position,
)
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
    Limit,
    Plain,
    PositiveMinor,
    ReasonIn,
    SignedMinor,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import CashPosition, PlannedPayment
from dunwell.queries.cash_plans import PlannedRow, PositionRow, planned_rows, position_rows
from dunwell.queries.gaps import AlertRow, alert_rows
from dunwell.queries.liquidity import Liquidity, liquidity
from dunwell.queries.pages import Page
from dunwell.queries.working_capital import Capital, CapitalRow, capital, capital_rows

router = Router(tags=["planning"])
Ppm = Annotated[int, Field(ge=1, le=1_000_000, description="Parts per million.")]
Days = Annotated[int, Field(ge=0, le=3650)]


class PositionIn(Body):
    """What lay on an account at the end of a day."""

    account: Annotated[Plain, Field(min_length=1, max_length=80)]
    on: Day
    currency: Currency
    balance_minor: SignedMinor
    source: Annotated[Plain, Field(max_length=120)] = ""


class PlannedPaymentIn(Body):
    """A payment out, `repeats` times more every so many months."""

    on: Day
    kind: Literal["suppliers", "wages", "tax", "loans", "investment", "other"]
    label: Annotated[Plain, Field(min_length=1, max_length=120)]
    currency: Currency
    amount_minor: PositiveMinor
    source: Annotated[Plain, Field(max_length=120)] = ""
    repeats: Annotated[int, Field(ge=0, le=60)] = 0
    every_months: Literal[1, 3, 6, 12] = 1


class BufferIn(Body):
    """How much cash is kept: an amount in the home currency, or days of payments out."""

    kind: Literal["amount", "days"]
    amount_minor: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] = 0
    days: Annotated[int, Field(ge=0, le=365)] = 0
    miss_ppm: Ppm = 100_000


class CapitalIn(Body):
    """Days of stock and payables from a day on, in the home currency."""

    from_on: Day
    inventory_days: Days
    payables_days: Days
    cost_of_sales_minor: PositiveMinor | None = None
    source: Annotated[Plain, Field(max_length=120)] = ""


@router.get("/liquidity", response=answers(Liquidity))
def show_liquidity(request: ApiRequest) -> Liquidity:
    """Return the balance at the end of every week beside the buffer, in the home currency."""
    request.actor.require("ledger.view")
    return liquidity(request.actor.company, as_of=request.as_of)


@router.post("/buffer", response=answers(Created, 201))
@once
def set_liquidity_buffer(request: ApiRequest, body: BufferIn) -> tuple[int, dict[str, Any]]:
    """Say from today on how much cash is kept."""
    rule = set_buffer(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 201, {"id": rule.pk}


@router.get("/balances", response=answers(Page[PositionRow]))
def list_cash_positions(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[PositionRow]:
    """List balances that were told, the newest day first."""
    request.actor.require("ledger.view")
    return position_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/balances", response=answers(Created, 201))
@once
def tell_cash_position(request: ApiRequest, body: PositionIn) -> tuple[int, dict[str, Any]]:
    """Tell what lay on an account at the end of a day; another balance replaces it."""
    row = record_position(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 201, {"id": row.pk}


@router.post("/balances/{position_id}/withdraw", response=answers(Done))
@once
def withdraw_cash_position(
    request: ApiRequest, position_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a balance back, with the reason."""
    row = own(CashPosition, request.actor, position_id)
    withdraw_position(
        actor=request.actor, position=row, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.get("/payments-out", response=answers(Page[PlannedRow]))
def list_planned_payments(
    request: ApiRequest,
    from_on: Day | None = None,
    until_on: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PlannedRow]:
    """List payments out, the earliest first; those taken back are marked."""
    request.actor.require("ledger.view")
    return planned_rows(
        request.actor.company, first=from_on, last=until_on, cursor=cursor, limit=limit
    )


@router.post("/payments-out", response=answers(Done))
@once
def plan_payment_out(request: ApiRequest, body: PlannedPaymentIn) -> tuple[int, dict[str, Any]]:
    """Plan a payment out; return how many are new."""
    added = plan_payment(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 200, {"changed": added}


@router.post("/payments-out/{planned_id}/withdraw", response=answers(Done))
@once
def withdraw_payment_out(
    request: ApiRequest, planned_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a planned payment back, with the reason."""
    row = own(PlannedPayment, request.actor, planned_id)
    withdraw_payment(
        actor=request.actor, payment=row, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.get("/working-capital", response=answers(Capital))
def show_working_capital(request: ApiRequest) -> Capital:
    """Return the cash conversion cycle and the need of working capital."""
    request.actor.require("ledger.view")
    return capital(request.actor.company, as_of=request.as_of)


@router.get("/working-capital/rows", response=answers(Page[CapitalRow]))
def list_working_capital(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CapitalRow]:
    """List what was told of stock and payables, the newest day first."""
    request.actor.require("ledger.view")
    return capital_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/working-capital/rows", response=answers(Created, 201))
@once
def tell_working_capital(request: ApiRequest, body: CapitalIn) -> tuple[int, dict[str, Any]]:
    """Tell days of stock and payables from a day on."""
    row = record_working_capital(
        actor=request.actor, as_of=request.as_of, at=request.at, **body.dict()
    )
    return 201, {"id": row.pk}


@router.get("/gap-alerts", response=answers(Page[AlertRow]))
def list_gap_alerts(
    request: ApiRequest, *, ended: bool = False, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[AlertRow]:
    """List gap alerts with their levers, the earliest period first."""
    request.actor.require("ledger.view")
    return alert_rows(request.actor.company, with_ended=ended, cursor=cursor, limit=limit)
