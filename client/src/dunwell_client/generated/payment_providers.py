"""Operations about payment providers. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ChargebackRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PaymentProviderEdit
    from dunwell_client.generated.models import PaymentProviderIn
    from dunwell_client.generated.models import PaymentProviderRow
    from dunwell_client.generated.models import PayoutFindingRow
    from dunwell_client.generated.models import PayoutOut
    from dunwell_client.generated.models import PayoutRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PaymentProvidersArea:
    """Operations about payment providers."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_payment_providers(self) -> list[PaymentProviderRow]:
        """List the payment providers; the address they tell us at is a secret.

        GET /api/v1/payment-providers
        """
        told: list[PaymentProviderRow] = self._connection.call("GET", "/payment-providers")
        return told

    def new_payment_provider(self, body: PaymentProviderIn, *, idempotency_key: str | None = None) -> Created:
        """Add a payment provider.

        POST /api/v1/payment-providers
        """
        told: Created = self._connection.call("POST", "/payment-providers", body=body, takes_key=True, key=idempotency_key)
        return told

    def edit_payment_provider(self, provider_id: int, body: PaymentProviderEdit, *, idempotency_key: str | None = None) -> Done:
        """Change what a payment provider is used for.

        PUT /api/v1/payment-providers/{provider_id}
        """
        told: Done = self._connection.call("PUT", f"/payment-providers/{path_part(provider_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def stop_payment_provider(self, provider_id: int, *, idempotency_key: str | None = None) -> Done:
        """Stop using a payment provider; what is under way still comes in.

        POST /api/v1/payment-providers/{provider_id}/end
        """
        told: Done = self._connection.call("POST", f"/payment-providers/{path_part(provider_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def list_provider_payouts(self, *, cursor: str | None = None, limit: int | None = None) -> Page[PayoutRow]:
        """List payouts: gross less fees, refunds and chargebacks is net, or it is off.

        GET /api/v1/provider-payouts
        """
        told: Page[PayoutRow] = self._connection.call("GET", "/provider-payouts", query={"cursor": cursor, "limit": limit})
        return told

    def list_payout_findings(self) -> list[PayoutFindingRow]:
        """List everything of payouts that fits neither the books nor the bank.

        GET /api/v1/provider-payouts/findings
        """
        told: list[PayoutFindingRow] = self._connection.call("GET", "/provider-payouts/findings")
        return told

    def show_provider_payout(self, provider_payout_id: int) -> PayoutOut:
        """Return one payout with its lines.

        GET /api/v1/provider-payouts/{provider_payout_id}
        """
        told: PayoutOut = self._connection.call("GET", f"/provider-payouts/{path_part(provider_payout_id)}")
        return told

    def list_chargebacks(self, *, status: Literal['', 'opened', 'won', 'lost'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ChargebackRow]:
        """List chargebacks, the newest first.

        GET /api/v1/chargebacks
        """
        told: Page[ChargebackRow] = self._connection.call("GET", "/chargebacks", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def answer_chargeback(self, chargeback_id: int, *, idempotency_key: str | None = None) -> Done:
        """Note that the evidence was handed to the provider.

        POST /api/v1/chargebacks/{chargeback_id}/answered
        """
        told: Done = self._connection.call("POST", f"/chargebacks/{path_part(chargeback_id)}/answered", takes_key=True, key=idempotency_key)
        return told
