"""Operations about told by customers. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ChangeVerdictIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PaperAskIn
    from dunwell_client.generated.models import PaperAsked
    from dunwell_client.generated.models import PaperSent
    from dunwell_client.generated.models import PaperVerdictIn
    from dunwell_client.generated.models import PortalChoices
    from dunwell_client.generated.models import PortalSettingsIn
    from dunwell_client.generated.models import StatementAnswerRow
    from dunwell_client.generated.models import SupplierLineRow
    from dunwell_client.generated.models import SupplierStatementRow
    from dunwell_client.generated.models import WishRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ToldByCustomersArea:
    """Operations about told by customers."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_portal_settings(self) -> PortalChoices:
        """Show what the company's portal shows.

        GET /api/v1/portal-settings
        """
        told: PortalChoices = self._connection.call("GET", "/portal-settings")
        return told

    def change_portal_settings(self, body: PortalSettingsIn, *, idempotency_key: str | None = None) -> Done:
        """Save what the company's portal shows.

        POST /api/v1/portal-settings
        """
        told: Done = self._connection.call("POST", "/portal-settings", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_statement_answers(self, *, customer_id: int | None = None, verdict: Literal['', 'agrees', 'disagrees'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[StatementAnswerRow]:
        """List what customers say to lines of their statements, the newest first.

        GET /api/v1/statement-answers
        """
        told: Page[StatementAnswerRow] = self._connection.call("GET", "/statement-answers", query={"customer_id": customer_id, "verdict": verdict, "cursor": cursor, "limit": limit})
        return told

    def list_supplier_statements(self, *, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SupplierStatementRow]:
        """List customers' own lists compared with our books, the newest first.

        GET /api/v1/supplier-statements
        """
        told: Page[SupplierStatementRow] = self._connection.call("GET", "/supplier-statements", query={"customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def show_supplier_statement(self, supplier_statement_id: int) -> SupplierStatementRow:
        """Show one comparison: our balance less the differences is theirs.

        GET /api/v1/supplier-statements/{supplier_statement_id}
        """
        told: SupplierStatementRow = self._connection.call("GET", f"/supplier-statements/{path_part(supplier_statement_id)}")
        return told

    def list_supplier_lines(self, supplier_statement_id: int, *, outcome: Literal['', 'agrees', 'not_due', 'amount_differs', 'only_ours', 'only_theirs', 'paid_not_arrived'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SupplierLineRow]:
        """List the lines of a comparison in order.

        GET /api/v1/supplier-statements/{supplier_statement_id}/lines
        """
        told: Page[SupplierLineRow] = self._connection.call("GET", f"/supplier-statements/{path_part(supplier_statement_id)}/lines", query={"outcome": outcome, "cursor": cursor, "limit": limit})
        return told

    def list_document_requests(self, *, customer_id: int | None = None) -> list[PaperAsked]:
        """List the papers we ask customers for now.

        GET /api/v1/document-requests
        """
        told: list[PaperAsked] = self._connection.call("GET", "/document-requests", query={"customer_id": customer_id})
        return told

    def new_document_request(self, customer_id: int, body: PaperAskIn, *, idempotency_key: str | None = None) -> Created:
        """Ask a customer for a paper in its portal.

        POST /api/v1/customers/{customer_id}/document-requests
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/document-requests", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_one_document_request(self, document_request_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take back that a paper is needed.

        POST /api/v1/document-requests/{document_request_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/document-requests/{path_part(document_request_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told

    def list_customer_documents(self, *, customer_id: int | None = None, status: Literal['', 'received', 'accepted', 'rejected'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PaperSent]:
        """List papers that came from customers, the newest first.

        GET /api/v1/customer-documents
        """
        told: Page[PaperSent] = self._connection.call("GET", "/customer-documents", query={"customer_id": customer_id, "status": status, "cursor": cursor, "limit": limit})
        return told

    def decide_customer_document(self, customer_document_id: int, body: PaperVerdictIn, *, idempotency_key: str | None = None) -> Done:
        """Accept a paper, or say why it will not do.

        POST /api/v1/customer-documents/{customer_document_id}/decide
        """
        told: Done = self._connection.call("POST", f"/customer-documents/{path_part(customer_document_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_detail_changes(self, *, customer_id: int | None = None, status: Literal['', 'open', 'applied', 'declined'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[WishRow]:
        """List changes of details customers ask for, the newest first.

        GET /api/v1/detail-changes
        """
        told: Page[WishRow] = self._connection.call("GET", "/detail-changes", query={"customer_id": customer_id, "status": status, "cursor": cursor, "limit": limit})
        return told

    def decide_one_detail_change(self, detail_change_id: int, body: ChangeVerdictIn, *, idempotency_key: str | None = None) -> Done:
        """Take a change of details over, or say why not.

        POST /api/v1/detail-changes/{detail_change_id}/decide
        """
        told: Done = self._connection.call("POST", f"/detail-changes/{path_part(detail_change_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told
