"""Operations about portfolio risk. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AppetiteIn
    from dunwell_client.generated.models import AppetiteStatementRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RebalancingOut
    from dunwell_client.generated.models import ShockResultOut
    from dunwell_client.generated.models import ShocksIn
    from dunwell_client.generated.models import SignalFollowIn
    from dunwell_client.generated.models import SignalMatchOut
    from dunwell_client.generated.models import SignalRow
    from dunwell_client.generated.models import SignalsIn
    from dunwell_client.generated.models import SpreadOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PortfolioRiskArea:
    """Operations about portfolio risk."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_spread(self) -> SpreadOut:
        """Show how the book is spread by sector, country, currency, group, class and more.

        GET /api/v1/risk/spread
        """
        told: SpreadOut = self._connection.call("GET", "/risk/spread")
        return told

    def list_appetite_statements(self, *, cursor: str | None = None, limit: int | None = None) -> Page[AppetiteStatementRow]:
        """List statements of the risk appetite, the newest first.

        GET /api/v1/risk/appetite
        """
        told: Page[AppetiteStatementRow] = self._connection.call("GET", "/risk/appetite", query={"cursor": cursor, "limit": limit})
        return told

    def new_appetite_statement(self, body: AppetiteIn, *, idempotency_key: str | None = None) -> Created:
        """Draft a credit policy from answers; a second person publishes it.

        POST /api/v1/risk/appetite
        """
        told: Created = self._connection.call("POST", "/risk/appetite", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_shocks(self, *, pd_times_ppm: int | None = None, sales_ppm: int | None = None, inflation_ppm: int | None = None, rate_add_ppm: int | None = None, delay_days: int | None = None, failing_top: int | None = None) -> ShockResultOut:
        """Show what shocks cost: loss, carry and missing cash.

        GET /api/v1/risk/stress
        """
        told: ShockResultOut = self._connection.call("GET", "/risk/stress", query={"pd_times_ppm": pd_times_ppm, "sales_ppm": sales_ppm, "inflation_ppm": inflation_ppm, "rate_add_ppm": rate_add_ppm, "delay_days": delay_days, "failing_top": failing_top})
        return told

    def new_stress_scenario(self, body: ShocksIn, *, idempotency_key: str | None = None) -> Created:
        """Keep shocks under a name.

        POST /api/v1/risk/stress/scenarios
        """
        told: Created = self._connection.call("POST", "/risk/stress/scenarios", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_rebalancing(self) -> RebalancingOut:
        """Show which levers bring the book within its appetite at the least cost.

        GET /api/v1/risk/rebalancing
        """
        told: RebalancingOut = self._connection.call("GET", "/risk/rebalancing")
        return told

    def list_signals(self, *, status: Literal['', 'new', 'acted', 'dismissed'] | None = None, kind: str | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SignalRow]:
        """List signals, the newest first.

        GET /api/v1/risk/signals
        """
        told: Page[SignalRow] = self._connection.call("GET", "/risk/signals", query={"status": status, "kind": kind, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_signals(self, body: SignalsIn, *, idempotency_key: str | None = None) -> Done:
        """Take in signals; `changed` is how many are new.

        POST /api/v1/risk/signals
        """
        told: Done = self._connection.call("POST", "/risk/signals", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_signal_matches(self, signal_id: int) -> list[SignalMatchOut]:
        """List whom a signal touches, those it matters most to first.

        GET /api/v1/risk/signals/{signal_id}/matches
        """
        told: list[SignalMatchOut] = self._connection.call("GET", f"/risk/signals/{path_part(signal_id)}/matches")
        return told

    def follow_risk_signal(self, signal_id: int, body: SignalFollowIn, *, idempotency_key: str | None = None) -> Done:
        """Make a task or start a watch for whom a signal touches.

        POST /api/v1/risk/signals/{signal_id}/follow
        """
        told: Done = self._connection.call("POST", f"/risk/signals/{path_part(signal_id)}/follow", body=body, takes_key=True, key=idempotency_key)
        return told

    def dismiss_risk_signal(self, signal_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Say with a reason that a signal is nothing for us.

        POST /api/v1/risk/signals/{signal_id}/dismiss
        """
        told: Done = self._connection.call("POST", f"/risk/signals/{path_part(signal_id)}/dismiss", body=body, takes_key=True, key=idempotency_key)
        return told
