"""Operations about documents. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DocumentsFiled
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ItemDocumentRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class DocumentsArea:
    """Operations about documents."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_item_documents(self, *, item_id: int | None = None, customer_id: int | None = None, kind: Literal['invoice', 'order', 'delivery', 'contract', 'correspondence', 'other'] | Literal[''] | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ItemDocumentRow]:
        """List the papers of items, the newest first; sizes are bytes.

        GET /api/v1/documents
        """
        told: Page[ItemDocumentRow] = self._connection.call("GET", "/documents", query={"item_id": item_id, "customer_id": customer_id, "kind": kind, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_item_document(self, item_id: int, files: Files, *, idempotency_key: str | None = None) -> Created:
        """Keep one file with an item; the same bytes of a kind again are the same document.

        POST /api/v1/documents/items/{item_id}
        """
        told: Created = self._connection.call("POST", f"/documents/items/{path_part(item_id)}", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def file_item_documents(self, files: Files, *, idempotency_key: str | None = None) -> DocumentsFiled:
        """Keep files, or zips of them, with the items whose numbers stand in their names.

        POST /api/v1/documents/filed
        """
        told: DocumentsFiled = self._connection.call("POST", "/documents/filed", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def get_item_document(self, item_document_id: int) -> bytes:
        """Return the bytes of a paper.

        GET /api/v1/documents/{item_document_id}/file
        """
        told: bytes = self._connection.call("GET", f"/documents/{path_part(item_document_id)}/file")
        return told

    def drop_item_document(self, item_document_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a paper off its item; messages that carried it keep it.

        POST /api/v1/documents/{item_document_id}/remove
        """
        told: Done = self._connection.call("POST", f"/documents/{path_part(item_document_id)}/remove", takes_key=True, key=idempotency_key)
        return told
