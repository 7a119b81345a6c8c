"""Operations about automatic payment. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AutopayChargeRow
    from dunwell_client.generated.models import AutopayRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class AutomaticPaymentArea:
    """Operations about automatic payment."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_autopay(self, *, status: Literal['', 'active', 'paused', 'ended'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AutopayRow]:
        """List standing orders, the newest first.

        GET /api/v1/autopay
        """
        told: Page[AutopayRow] = self._connection.call("GET", "/autopay", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def list_autopay_charges(self, *, status: Literal['', 'planned', 'taken', 'paid', 'declined', 'dropped'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AutopayChargeRow]:
        """List what standing orders charge and have charged, the newest first.

        GET /api/v1/autopay/charges
        """
        told: Page[AutopayChargeRow] = self._connection.call("GET", "/autopay/charges", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def leave_out_charge(self, charge_id: int, *, idempotency_key: str | None = None) -> Done:
        """Leave out one announced charge.

        POST /api/v1/autopay/charges/{charge_id}/drop
        """
        told: Done = self._connection.call("POST", f"/autopay/charges/{path_part(charge_id)}/drop", takes_key=True, key=idempotency_key)
        return told

    def remove_saved_method(self, saved_method_id: int, *, idempotency_key: str | None = None) -> Done:
        """Remove a saved way to pay; its standing orders end and the provider forgets it.

        POST /api/v1/autopay/methods/{saved_method_id}/remove
        """
        told: Done = self._connection.call("POST", f"/autopay/methods/{path_part(saved_method_id)}/remove", takes_key=True, key=idempotency_key)
        return told

    def pause_standing_order(self, autopay_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Charge nothing by a standing order until it is resumed.

        POST /api/v1/autopay/{autopay_id}/pause
        """
        told: Done = self._connection.call("POST", f"/autopay/{path_part(autopay_id)}/pause", body=body, takes_key=True, key=idempotency_key)
        return told

    def resume_standing_order(self, autopay_id: int, *, idempotency_key: str | None = None) -> Done:
        """Charge by a paused standing order again.

        POST /api/v1/autopay/{autopay_id}/resume
        """
        told: Done = self._connection.call("POST", f"/autopay/{path_part(autopay_id)}/resume", takes_key=True, key=idempotency_key)
        return told

    def end_standing_order(self, autopay_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a standing order for good.

        POST /api/v1/autopay/{autopay_id}/end
        """
        told: Done = self._connection.call("POST", f"/autopay/{path_part(autopay_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
