"""Operations about forecast. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CashAccuracy
    from dunwell_client.generated.models import CashDrill
    from dunwell_client.generated.models import CashLevers
    from dunwell_client.generated.models import CashOutlook
    from dunwell_client.generated.models import ForecastRow
    from dunwell_client.generated.models import WeekItems

    from dunwell_client.transport import Connection


class ForecastArea:
    """Operations about forecast."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_cash_outlook(self, *, scope: Literal['known', 'all'] | None = None) -> CashOutlook:
        """Show 13 weeks and 12 calendar months by component, per currency and consolidated.

        `components` add up to `expected_minor`; a quantile `pN_minor` is not reached with N %.
        `consolidated` is empty where `missing_rates` names currencies without a rate. 404 before the
        first.

        GET /api/v1/forecast/outlook
        """
        told: CashOutlook = self._connection.call("GET", "/forecast/outlook", query={"scope": scope})
        return told

    def show_cash_accuracy(self, *, currency: str | None = None, kind: Literal['week', 'month'] | None = None, scope: Literal['known', 'all'] | None = None) -> CashAccuracy:
        """Show how earlier forecasts did beside simple rules, pooled, by horizon and one by one.

        GET /api/v1/forecast/outlook/accuracy
        """
        told: CashAccuracy = self._connection.call("GET", "/forecast/outlook/accuracy", query={"currency": currency, "kind": kind, "scope": scope})
        return told

    def show_cash_levers(self, currency: str, *, kind: Literal['week', 'span'] | None = None, number: int | None = None, needed_minor: int | None | None = None, scope: Literal['known', 'all'] | None = None) -> CashLevers:
        """Show at most 20 actions that lift the P10 of a week, or of the first weeks, to an amount.

        `span` is the first `number` weeks together.

        GET /api/v1/forecast/outlook/{currency}/levers
        """
        told: CashLevers = self._connection.call("GET", f"/forecast/outlook/{path_part(currency)}/levers", query={"kind": kind, "number": number, "needed_minor": needed_minor, "scope": scope})
        return told

    def show_cash_period(self, currency: str, kind: Literal['week', 'month'], number: int, *, scope: Literal['known', 'all'] | None = None, component: str | None = None, cursor: str | None = None, limit: int | None = None) -> CashDrill:
        """Show a week or month and the rows of one component; without a name the largest is opened.

        The rows' `expected_minor` add up to `component_minor`.

        GET /api/v1/forecast/outlook/{currency}/{kind}/{number}
        """
        told: CashDrill = self._connection.call("GET", f"/forecast/outlook/{path_part(currency)}/{path_part(kind)}/{path_part(number)}", query={"scope": scope, "component": component, "cursor": cursor, "limit": limit})
        return told

    def show_forecast(self) -> list[ForecastRow]:
        """Show the cash of the next 13 weeks per currency: expected, and with 10, 50 and 90 %.

        As of the last scored day; week 1 begins on the day after it. `p10_minor` is what comes in
        at least with 90 %, `p90_minor` what is exceeded with 10 %. Nothing before the first scoring.

        GET /api/v1/forecast
        """
        told: list[ForecastRow] = self._connection.call("GET", "/forecast")
        return told

    def show_forecast_week(self, currency: str, week: int, *, cursor: str | None = None, limit: int | None = None) -> WeekItems:
        """Show which items a week of the forecast is made of, the largest share first.

        The shares of all items add up to the week's `expected_minor`.

        GET /api/v1/forecast/{currency}/{week}
        """
        told: WeekItems = self._connection.call("GET", f"/forecast/{path_part(currency)}/{path_part(week)}", query={"cursor": cursor, "limit": limit})
        return told
