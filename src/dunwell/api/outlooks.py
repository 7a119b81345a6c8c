"""/forecast/outlook: weeks and months by component, what they are made of, accuracy, levers."""

from typing import Annotated, Literal

from ninja import Router
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, AnyCurrency, Currency, Cursor, Limit, Word, answers, existing
from dunwell.models import CashPeriod
from dunwell.queries.cash_accuracy import CashAccuracy, cash_accuracy
from dunwell.queries.cash_drill import CashDrill, cash_drill
from dunwell.queries.cash_levers import CashLevers, cash_levers
from dunwell.queries.cash_outlook import CashOutlook, cash_outlook

router = Router(tags=["forecast"])
Kind = Literal["week", "month"]
LeverKind = Literal["week", "span"]
Scope = Literal["known", "all"]
Number = Annotated[int, Field(ge=1, le=13, description="1 begins on the day after the outlook's.")]
Needed = Annotated[int | None, Field(ge=0, le=10**15, description="Minor units.")]


@router.get("", response=answers(CashOutlook))
def show_cash_outlook(request: ApiRequest, scope: Scope = "known") -> CashOutlook:
    """Show 13 weeks and 12 calendar months by component, per currency and consolidated.

    `components` add up to `expected_minor`; a quantile `pN_minor` is not reached with N %.
    `consolidated` is empty where `missing_rates` names currencies without a rate. 404 before the
    first.
    """
    request.actor.require("ledger.view")
    return existing(cash_outlook(request.actor.company, as_of=request.as_of, scope=scope))


@router.get("/accuracy", response=answers(CashAccuracy))
def show_cash_accuracy(
    request: ApiRequest,
    currency: AnyCurrency = "",
    kind: Kind = "week",
    scope: Scope = "all",
) -> CashAccuracy:
    """Show how earlier forecasts did beside simple rules, pooled, by horizon and one by one."""
    request.actor.require("ledger.view")
    return cash_accuracy(
        request.actor.company, as_of=request.as_of, currency=currency, kind=kind, scope=scope
    )


@router.get("/{currency}/levers", response=answers(CashLevers))
def show_cash_levers(
    request: ApiRequest,
    currency: Currency,
    kind: LeverKind = "week",
    number: Number = 1,
    needed_minor: Needed = None,
    scope: Scope = "known",
) -> CashLevers:
    """Show at most 20 actions that lift the P10 of a week, or of the first weeks, to an amount.

    `span` is the first `number` weeks together.
    """
    request.actor.require("ledger.view")
    return existing(
        cash_levers(
            request.actor.company,
            as_of=request.as_of,
            currency=currency,
            kind=kind,
            number=number,
            needed_minor=needed_minor,
            scope=scope,
        )
    )


@router.get("/{currency}/{kind}/{number}", response=answers(CashDrill))
def show_cash_period(
    request: ApiRequest,
    currency: Currency,
    kind: Kind,
    number: Number,
    scope: Scope = "known",
    component: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> CashDrill:
    """Show a week or month and the rows of one component; without a name the largest is opened.

    The rows' `expected_minor` add up to `component_minor`.
    """
    request.actor.require("ledger.view")
    return existing(
        cash_drill(
            request.actor.company,
            currency=currency,
            kind=str(CashPeriod.Kind(kind)),
            number=number,
            as_of=request.as_of,
            scope=scope,
            component=component,
            cursor=cursor,
            limit=limit,
        )
    )
