"""Operations about e-invoices. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import EInvoiceFileRow
    from dunwell_client.generated.models import EInvoiceTaken
    from dunwell_client.generated.models import EInvoiceVerdict
    from dunwell_client.generated.models import EInvoicesReceived
    from dunwell_client.generated.models import TakeEInvoiceIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class EInvoicesArea:
    """Operations about e-invoices."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_einvoices(self, *, status: Literal['waiting', 'taken', 'refused', ''] | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[EInvoiceFileRow]:
        """List the invoices of another system that came in, the newest first.

        GET /api/v1/einvoices
        """
        told: Page[EInvoiceFileRow] = self._connection.call("GET", "/einvoices", query={"status": status, "search": search, "cursor": cursor, "limit": limit})
        return told

    def check_einvoice_file(self, files: Files) -> EInvoiceVerdict:
        """Say what one file is and which rules it breaks. Nothing is kept.

        POST /api/v1/einvoices/check
        """
        told: EInvoiceVerdict = self._connection.call("POST", "/einvoices/check", files={"files": files})
        return told

    def convert_einvoice(self, files: Files) -> bytes:
        """Return one file in another syntax; refused where something it says would be lost.

        POST /api/v1/einvoices/convert
        """
        told: bytes = self._connection.call("POST", "/einvoices/convert", files={"files": files})
        return told

    def receive_einvoice_files(self, files: Files, *, idempotency_key: str | None = None) -> EInvoicesReceived:
        """Take files, or zips of them, in: each is read and waits to be taken, or says why not.

        POST /api/v1/einvoices/received
        """
        told: EInvoicesReceived = self._connection.call("POST", "/einvoices/received", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def take_einvoice(self, einvoice_file_id: int, body: TakeEInvoiceIn, *, idempotency_key: str | None = None) -> EInvoiceTaken:
        """Book a waiting file as an item with its document; taken before, it is the same item.

        POST /api/v1/einvoices/{einvoice_file_id}/take
        """
        told: EInvoiceTaken = self._connection.call("POST", f"/einvoices/{path_part(einvoice_file_id)}/take", body=body, takes_key=True, key=idempotency_key)
        return told
