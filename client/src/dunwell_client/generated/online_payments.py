"""Operations about online payments. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CheckoutOut
    from dunwell_client.generated.models import CheckoutRefundIn
    from dunwell_client.generated.models import CheckoutRow
    from dunwell_client.generated.models import CheckoutTotal
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PaymentLink
    from dunwell_client.generated.models import PaymentLinkIn
    from dunwell_client.generated.models import ProviderEventRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class OnlinePaymentsArea:
    """Operations about online payments."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_checkouts(self, *, status: Literal['', 'created', 'open', 'processing', 'paid', 'failed', 'expired', 'cancelled'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CheckoutRow]:
        """List online payments, the newest first.

        GET /api/v1/checkouts
        """
        told: Page[CheckoutRow] = self._connection.call("GET", "/checkouts", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def total_checkouts(self, *, status: Literal['', 'created', 'open', 'processing', 'paid', 'failed', 'expired', 'cancelled'] | None = None) -> list[CheckoutTotal]:
        """Return the sums of online payments by currency.

        GET /api/v1/checkouts/totals
        """
        told: list[CheckoutTotal] = self._connection.call("GET", "/checkouts/totals", query={"status": status})
        return told

    def show_checkout(self, checkout_id: int) -> CheckoutOut:
        """Return one online payment.

        GET /api/v1/checkouts/{checkout_id}
        """
        told: CheckoutOut = self._connection.call("GET", f"/checkouts/{path_part(checkout_id)}")
        return told

    def make_payment_link(self, body: PaymentLinkIn, *, idempotency_key: str | None = None) -> PaymentLink:
        """Make a payment link to send to a customer; the same key again returns the same link.

        POST /api/v1/payment-links
        """
        told: PaymentLink = self._connection.call("POST", "/payment-links", body=body, takes_key=True, key=idempotency_key)
        return told

    def stop_checkout(self, checkout_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Stop an online payment nobody has made.

        POST /api/v1/checkouts/{checkout_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/checkouts/{path_part(checkout_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def propose_checkout_refund(self, checkout_id: int, body: CheckoutRefundIn, *, idempotency_key: str | None = None) -> Created:
        """Propose to give money back the way it came; a second person approves it.

        POST /api/v1/checkouts/{checkout_id}/refunds
        """
        told: Created = self._connection.call("POST", f"/checkouts/{path_part(checkout_id)}/refunds", body=body, takes_key=True, key=idempotency_key)
        return told

    def approve_refund_of_checkout(self, refund_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve a refund; the provider is asked by the next delivery.

        POST /api/v1/checkout-refunds/{refund_id}/approve
        """
        told: Done = self._connection.call("POST", f"/checkout-refunds/{path_part(refund_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def reject_refund_of_checkout(self, refund_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Refuse a proposed refund.

        POST /api/v1/checkout-refunds/{refund_id}/reject
        """
        told: Done = self._connection.call("POST", f"/checkout-refunds/{path_part(refund_id)}/reject", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_provider_events(self, *, state: Literal['', 'new', 'applied', 'ignored', 'failed'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ProviderEventRow]:
        """List what providers told, the newest first.

        GET /api/v1/provider-events
        """
        told: Page[ProviderEventRow] = self._connection.call("GET", "/provider-events", query={"state": state, "cursor": cursor, "limit": limit})
        return told

    def apply_provider_event_again(self, event_id: int, *, idempotency_key: str | None = None) -> Done:
        """Apply an event again by the next delivery.

        POST /api/v1/provider-events/{event_id}/retry
        """
        told: Done = self._connection.call("POST", f"/provider-events/{path_part(event_id)}/retry", takes_key=True, key=idempotency_key)
        return told
