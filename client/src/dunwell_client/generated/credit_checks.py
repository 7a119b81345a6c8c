"""Operations about credit checks. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CreditCheckIn
    from dunwell_client.generated.models import CreditCheckRow
    from dunwell_client.generated.models import CreditChecksIn
    from dunwell_client.generated.models import CreditChecksOut
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import OrderChangeIn
    from dunwell_client.generated.models import OrderRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CreditChecksArea:
    """Operations about credit checks."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def check_credit(self, body: CreditCheckIn) -> CreditCheckRow:
        """Check an order: every rule's outcome, the decision, and what would free it.

        The same order again is answered as it was. A write takes an Idempotency-Key, a simulation
        (`commit` false) none.

        POST /api/v1/credit-checks
        """
        told: CreditCheckRow = self._connection.call("POST", "/credit-checks", body=body)
        return told

    def list_credit_checks(self, *, customer_id: int | None = None, order_id: int | None = None, decision: Literal['', 'approved', 'held'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CreditCheckRow]:
        """List checks, the newest first.

        GET /api/v1/credit-checks
        """
        told: Page[CreditCheckRow] = self._connection.call("GET", "/credit-checks", query={"customer_id": customer_id, "order_id": order_id, "decision": decision, "cursor": cursor, "limit": limit})
        return told

    def check_many_credits(self, body: CreditChecksIn) -> CreditChecksOut:
        """Check orders as if they came one after the other; those that pass use up the limits.

        POST /api/v1/credit-checks/bulk
        """
        told: CreditChecksOut = self._connection.call("POST", "/credit-checks/bulk", body=body)
        return told

    def show_credit_check(self, credit_check_id: int) -> CreditCheckRow:
        """Show one check with every rule's outcome.

        GET /api/v1/credit-checks/{credit_check_id}
        """
        told: CreditCheckRow = self._connection.call("GET", f"/credit-checks/{path_part(credit_check_id)}")
        return told

    def list_orders(self, *, status: Literal['', 'held', 'approved', 'rejected', 'cancelled', 'closed'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[OrderRow]:
        """List orders, the newest first.

        GET /api/v1/orders
        """
        told: Page[OrderRow] = self._connection.call("GET", "/orders", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def show_order(self, order_id: int) -> OrderRow:
        """Show one order with its amounts.

        GET /api/v1/orders/{order_id}
        """
        told: OrderRow = self._connection.call("GET", f"/orders/{path_part(order_id)}")
        return told

    def change_order(self, order_id: int, body: OrderChangeIn, *, idempotency_key: str | None = None) -> Done:
        """Note what of an order is prepaid, delivered or billed by now, or that it is cancelled.

        POST /api/v1/orders/{order_id}
        """
        told: Done = self._connection.call("POST", f"/orders/{path_part(order_id)}", body=body, takes_key=True, key=idempotency_key)
        return told
