"""Operations about refunds. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import OffsetIn
    from dunwell_client.generated.models import PaidIn
    from dunwell_client.generated.models import PayeeIn
    from dunwell_client.generated.models import PayeeRow
    from dunwell_client.generated.models import PaymentReturnIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RefundIn
    from dunwell_client.generated.models import RefundRow
    from dunwell_client.generated.models import RefundTotal
    from dunwell_client.generated.models import UnclaimedRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class RefundsArea:
    """Operations about refunds."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_refunds(self, *, status: Literal['', 'proposed', 'approved', 'paid', 'rejected', 'failed'] | None = None, customer_id: int | None = None, currency: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RefundRow]:
        """List refunds with their source and payee, the newest first.

        GET /api/v1/refunds
        """
        told: Page[RefundRow] = self._connection.call("GET", "/refunds", query={"status": status, "customer_id": customer_id, "currency": currency, "cursor": cursor, "limit": limit})
        return told

    def new_refund(self, body: RefundIn, *, idempotency_key: str | None = None) -> Created:
        """Propose a refund; a second person approves it.

        POST /api/v1/refunds
        """
        told: Created = self._connection.call("POST", "/refunds", body=body, takes_key=True, key=idempotency_key)
        return told

    def total_refunds(self, *, status: Literal['', 'proposed', 'approved', 'paid', 'rejected', 'failed'] | None = None, currency: str | None = None) -> list[RefundTotal]:
        """Sum the refunds under the same filter, per currency.

        GET /api/v1/refunds/totals
        """
        told: list[RefundTotal] = self._connection.call("GET", "/refunds/totals", query={"status": status, "currency": currency})
        return told

    def list_unclaimed(self, *, cursor: str | None = None, limit: int | None = None) -> Page[UnclaimedRow]:
        """List unapplied cash and open credits older than the cash policy says, the oldest first.

        GET /api/v1/refunds/unclaimed
        """
        told: Page[UnclaimedRow] = self._connection.call("GET", "/refunds/unclaimed", query={"cursor": cursor, "limit": limit})
        return told

    def note_refunds_paid(self, body: PaidIn, *, idempotency_key: str | None = None) -> Done:
        """Note that refunds have left our account, all or none.

        POST /api/v1/refunds/paid
        """
        told: Done = self._connection.call("POST", "/refunds/paid", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_refund(self, refund_id: int) -> RefundRow:
        """Show one refund.

        GET /api/v1/refunds/{refund_id}
        """
        told: RefundRow = self._connection.call("GET", f"/refunds/{path_part(refund_id)}")
        return told

    def allow_refund(self, refund_id: int, *, idempotency_key: str | None = None) -> Created:
        """Approve a refund; the answer names its item, settled at once.

        POST /api/v1/refunds/{refund_id}/approve
        """
        told: Created = self._connection.call("POST", f"/refunds/{path_part(refund_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def refuse_refund(self, refund_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Reject a proposed refund.

        POST /api/v1/refunds/{refund_id}/reject
        """
        told: Done = self._connection.call("POST", f"/refunds/{path_part(refund_id)}/reject", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_back_refund(self, refund_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a proposal back before anybody decided.

        POST /api/v1/refunds/{refund_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/refunds/{path_part(refund_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_refund_failed(self, refund_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a refund back whose payout failed; its money or credit is free again.

        POST /api/v1/refunds/{refund_id}/fail
        """
        told: Done = self._connection.call("POST", f"/refunds/{path_part(refund_id)}/fail", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_payees(self, *, status: Literal['', 'proposed', 'approved', 'retired'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PayeeRow]:
        """List accounts money may be refunded to; without a status those that are still used.

        GET /api/v1/payees
        """
        told: Page[PayeeRow] = self._connection.call("GET", "/payees", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_payee(self, body: PayeeIn, *, idempotency_key: str | None = None) -> Created:
        """Propose an account; a second person approves it.

        POST /api/v1/payees
        """
        told: Created = self._connection.call("POST", "/payees", body=body, takes_key=True, key=idempotency_key)
        return told

    def allow_payee(self, payee_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve an account; its author is not the one who approves.

        POST /api/v1/payees/{payee_id}/approve
        """
        told: Done = self._connection.call("POST", f"/payees/{path_part(payee_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def end_payee(self, payee_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Let no further money go to an account.

        POST /api/v1/payees/{payee_id}/retire
        """
        told: Done = self._connection.call("POST", f"/payees/{path_part(payee_id)}/retire", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_return(self, payment_id: int, body: PaymentReturnIn, *, idempotency_key: str | None = None) -> Created:
        """Record that a payment came back, with the bank's reason and the fee of the cash policy.

        POST /api/v1/payments/{payment_id}/return
        """
        told: Created = self._connection.call("POST", f"/payments/{path_part(payment_id)}/return", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_offset(self, body: OffsetIn, *, idempotency_key: str | None = None) -> Created:
        """Net a customer's items with what we owe it; the customer must have agreed.

        POST /api/v1/offsets
        """
        told: Created = self._connection.call("POST", "/offsets", body=body, takes_key=True, key=idempotency_key)
        return told
