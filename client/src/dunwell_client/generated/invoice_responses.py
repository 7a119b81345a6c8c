"""Operations about invoice responses. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from dunwell_client.generated.models import CashedOut
    from dunwell_client.generated.models import InvoiceResponseRow
    from dunwell_client.generated.models import ResponsesTakenOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class InvoiceResponsesArea:
    """Operations about invoice responses."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_invoice_responses(self, *, item_id: int | None = None, customer_id: int | None = None, scheme: Literal['', 'peppol', 'peppol_mlr', 'fr_pdp', 'other'] | None = None, code: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[InvoiceResponseRow]:
        """List answers to invoices, the newest first.

        GET /api/v1/invoice-responses
        """
        told: Page[InvoiceResponseRow] = self._connection.call("GET", "/invoice-responses", query={"item_id": item_id, "customer_id": customer_id, "scheme": scheme, "code": code, "cursor": cursor, "limit": limit})
        return told

    def take_invoice_responses(self, files: Files, *, idempotency_key: str | None = None) -> ResponsesTakenOut:
        """Take in a file of answers: XML of Peppol or France, JSON or CSV; told again it adds none.

        POST /api/v1/invoice-responses
        """
        told: ResponsesTakenOut = self._connection.call("POST", "/invoice-responses", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def list_cashed(self, *, from_on: str | None = None, until_on: str | None = None) -> CashedOut:
        """List what came in for French e-invoices, for a connector to tell the platform.

        GET /api/v1/invoice-responses/cashed
        """
        told: CashedOut = self._connection.call("GET", "/invoice-responses/cashed", query={"from_on": from_on, "until_on": until_on})
        return told
