"""Operations about payments. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ApplyIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PaymentCard
    from dunwell_client.generated.models import PaymentIn
    from dunwell_client.generated.models import PaymentRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PaymentsArea:
    """Operations about payments."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_payments(self, *, scope: Literal['all', 'unapplied', 'returned'] | None = None, currency: str | None = None, customer_id: int | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PaymentRow]:
        """List payments with what is not applied yet.

        GET /api/v1/payments
        """
        told: Page[PaymentRow] = self._connection.call("GET", "/payments", query={"scope": scope, "currency": currency, "customer_id": customer_id, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_payment(self, body: PaymentIn, *, idempotency_key: str | None = None) -> Created:
        """Record money received.

        POST /api/v1/payments
        """
        told: Created = self._connection.call("POST", "/payments", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_payment(self, payment_id: int) -> PaymentCard:
        """Show a payment, what it was put on, and the items it could go on.

        GET /api/v1/payments/{payment_id}
        """
        told: PaymentCard = self._connection.call("GET", f"/payments/{path_part(payment_id)}")
        return told

    def put_on_items(self, payment_id: int, body: ApplyIn, *, idempotency_key: str | None = None) -> Done:
        """Put a payment on items.

        POST /api/v1/payments/{payment_id}/apply
        """
        told: Done = self._connection.call("POST", f"/payments/{path_part(payment_id)}/apply", body=body, takes_key=True, key=idempotency_key)
        return told

    def return_payment(self, payment_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Created:
        """Record that a payment was returned; what it settled is open again.

        POST /api/v1/payments/{payment_id}/reverse
        """
        told: Created = self._connection.call("POST", f"/payments/{path_part(payment_id)}/reverse", body=body, takes_key=True, key=idempotency_key)
        return told

    def net_credit(self, item_id: int, body: ApplyIn, *, idempotency_key: str | None = None) -> Done:
        """Net a credit note against items.

        POST /api/v1/payments/credits/{item_id}/apply
        """
        told: Done = self._connection.call("POST", f"/payments/credits/{path_part(item_id)}/apply", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_back_allocation(self, allocation_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take an amount off an item again; the payment is unapplied by it.

        POST /api/v1/payments/allocations/{allocation_id}/reverse
        """
        told: Done = self._connection.call("POST", f"/payments/allocations/{path_part(allocation_id)}/reverse", body=body, takes_key=True, key=idempotency_key)
        return told
