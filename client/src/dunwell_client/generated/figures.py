"""Operations about figures. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CollectionCostIn
    from dunwell_client.generated.models import CollectionCostRow
    from dunwell_client.generated.models import CoursePoint
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import InputPage
    from dunwell_client.generated.models import KpiSlice
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class FiguresArea:
    """Operations about figures."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_kpi_slices(self, *, kpi: str | None = None, dimension: Literal['company', 'customer', 'segment', 'collector', 'strategy', 'currency'] | None = None, as_of: str | None = None, known_on: str | None = None, window_days: int | None = None) -> list[KpiSlice]:
        """List every figure (or one) of every part of the book on a day, as known on a day.

        GET /api/v1/kpis/slices
        """
        told: list[KpiSlice] = self._connection.call("GET", "/kpis/slices", query={"kpi": kpi, "dimension": dimension, "as_of": as_of, "known_on": known_on, "window_days": window_days})
        return told

    def show_kpi_course(self, *, kpi: str | None = None, currency: str | None = None, until: str | None = None, months: int | None = None) -> list[CoursePoint]:
        """Show a figure at each month end that is kept; without a currency for those without money.

        GET /api/v1/kpis/course
        """
        told: list[CoursePoint] = self._connection.call("GET", "/kpis/course", query={"kpi": kpi, "currency": currency, "until": until, "months": months})
        return told

    def list_kpi_input(self, *, name: str | None = None, currency: str | None = None, dimension: Literal['company', 'customer', 'segment', 'collector', 'strategy', 'currency'] | None = None, key: str | None = None, as_of: str | None = None, known_on: str | None = None, window_days: int | None = None, cursor: str | None = None, limit: int | None = None) -> InputPage:
        """List the rows behind an input of a figure; `total` is the sum of them all.

        GET /api/v1/kpis/inputs
        """
        told: InputPage = self._connection.call("GET", "/kpis/inputs", query={"name": name, "currency": currency, "dimension": dimension, "key": key, "as_of": as_of, "known_on": known_on, "window_days": window_days, "cursor": cursor, "limit": limit})
        return told

    def list_collection_costs(self, *, cursor: str | None = None, limit: int | None = None) -> Page[CollectionCostRow]:
        """List what collecting costs, the newest first.

        GET /api/v1/kpis/costs
        """
        told: Page[CollectionCostRow] = self._connection.call("GET", "/kpis/costs", query={"cursor": cursor, "limit": limit})
        return told

    def new_collection_cost(self, body: CollectionCostIn, *, idempotency_key: str | None = None) -> Created:
        """Record a cost of collecting; the same voucher counts once.

        POST /api/v1/kpis/costs
        """
        told: Created = self._connection.call("POST", "/kpis/costs", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_cost(self, collection_cost_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a cost back.

        POST /api/v1/kpis/costs/{collection_cost_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/kpis/costs/{path_part(collection_cost_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told
