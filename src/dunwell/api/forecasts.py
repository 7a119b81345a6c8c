"""/forecast: cash expected by week from the items on the book."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Currency, Cursor, Limit, answers, existing
from dunwell.queries.forecast_items import WeekItems, week_items
from dunwell.queries.predictions import ForecastRow, forecast_rows

router = Router(tags=["forecast"])
Week = Annotated[int, Field(ge=1, le=53, description="1 begins on the day after the forecast's.")]


@router.get("", response=answers(list[ForecastRow]))
def show_forecast(request: ApiRequest) -> list[ForecastRow]:
    """Show the cash of the next 13 weeks per currency: expected, and with 10, 50 and 90 %.

    As of the last scored day; week 1 begins on the day after it. `p10_minor` is what comes in
    at least with 90 %, `p90_minor` what is exceeded with 10 %. Nothing before the first scoring.
    """
    request.actor.require("ledger.view")
    return list(forecast_rows(request.actor.company))


@router.get("/{currency}/{week}", response=answers(WeekItems))
def show_forecast_week(
    request: ApiRequest,
    currency: Currency,
    week: Week,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> WeekItems:
    """Show which items a week of the forecast is made of, the largest share first.

    The shares of all items add up to the week's `expected_minor`.
    """
    request.actor.require("ledger.view")
    return existing(
        week_items(request.actor.company, currency=currency, week=week, cursor=cursor, limit=limit)
    )
