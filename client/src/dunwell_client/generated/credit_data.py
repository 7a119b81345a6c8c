"""Operations about credit data. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditFile
    from dunwell_client.generated.models import FinancialStatementIn
    from dunwell_client.generated.models import PointIn
    from dunwell_client.generated.models import StatementsRead

    from dunwell_client.transport import Connection, Files


class CreditDataArea:
    """Operations about credit data."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_credit_file(self, customer_id: int) -> CreditFile:
        """Show what is known of a customer's credit: facts, points, bureaus, statements.

        GET /api/v1/customers/{customer_id}/credit-file
        """
        told: CreditFile = self._connection.call("GET", f"/customers/{path_part(customer_id)}/credit-file")
        return told

    def new_credit_point(self, customer_id: int, body: PointIn, *, idempotency_key: str | None = None) -> Created:
        """Add what is known of a customer under a name; the latest counts.

        POST /api/v1/customers/{customer_id}/credit-points
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/credit-points", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_financial_statement(self, customer_id: int, body: FinancialStatementIn, *, idempotency_key: str | None = None) -> Created:
        """Record a financial statement; of a period that has one it corrects, with a reason.

        POST /api/v1/customers/{customer_id}/financial-statements
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/financial-statements", body=body, takes_key=True, key=idempotency_key)
        return told

    def upload_financial_statements(self, customer_id: int, files: Files, *, currency: str | None = None, is_audited: bool | None = None, reason: str | None = None, idempotency_key: str | None = None) -> StatementsRead:
        """Read financial statements from one file (CSV, XLSX or an XBRL instance), all or none.

        A table is in `currency`, our own unless it is told.

        POST /api/v1/customers/{customer_id}/financial-statement-files
        """
        told: StatementsRead = self._connection.call("POST", f"/customers/{path_part(customer_id)}/financial-statement-files", query={"currency": currency, "is_audited": is_audited, "reason": reason}, files={"files": files}, takes_key=True, key=idempotency_key)
        return told
