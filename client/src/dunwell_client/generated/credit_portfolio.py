"""Operations about credit portfolio. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from dunwell_client.generated.models import PortfolioOut
    from dunwell_client.generated.models import PortfolioRow
    from dunwell_client.generated.models import StressOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CreditPortfolioArea:
    """Operations about credit portfolio."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_credit_portfolio(self) -> PortfolioOut:
        """Show the whole book: figures, concentration, gauges, class moves, and what waits.

        GET /api/v1/credit-portfolio
        """
        told: PortfolioOut = self._connection.call("GET", "/credit-portfolio")
        return told

    def list_credit_portfolio(self, *, only: Literal['', 'over', 'expiring', 'suspended', 'no_limit', 'unknown', 'owing'] | None = None, country: str | None = None, segment: str | None = None, risk_class: str | None = None, top: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PortfolioRow]:
        """List the customers of the book, the largest exposure first; a figure's rows by filter.

        GET /api/v1/credit-portfolio/customers
        """
        told: Page[PortfolioRow] = self._connection.call("GET", "/credit-portfolio/customers", query={"only": only, "country": country, "segment": segment, "risk_class": risk_class, "top": top, "cursor": cursor, "limit": limit})
        return told

    def show_credit_stress(self, *, pd_times_ppm: int | None = None, sales_ppm: int | None = None, failing_top: int | None = None, failing_country: str | None = None) -> StressOut:
        """Show what shocks would cost: PDs times a factor, failures, and a change of sales.

        GET /api/v1/credit-portfolio/stress
        """
        told: StressOut = self._connection.call("GET", "/credit-portfolio/stress", query={"pd_times_ppm": pd_times_ppm, "sales_ppm": sales_ppm, "failing_top": failing_top, "failing_country": failing_country})
        return told
