"""Operations about statements of account. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AccountLine
    from dunwell_client.generated.models import AccountStatementCard
    from dunwell_client.generated.models import AccountStatementRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreatedMany
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import StatementIn
    from dunwell_client.generated.models import StatementsIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class StatementsOfAccountArea:
    """Operations about statements of account."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_account_statements(self, *, customer_id: int | None = None, search: str | None = None, to_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AccountStatementRow]:
        """List issued statements with their totals, the newest first.

        GET /api/v1/account-statements
        """
        told: Page[AccountStatementRow] = self._connection.call("GET", "/account-statements", query={"customer_id": customer_id, "search": search, "to_on": to_on, "cursor": cursor, "limit": limit})
        return told

    def new_account_statement(self, body: StatementIn, *, idempotency_key: str | None = None) -> Created:
        """Issue a customer's statement; asked for again, the one issued before is answered.

        POST /api/v1/account-statements
        """
        told: Created = self._connection.call("POST", "/account-statements", body=body, takes_key=True, key=idempotency_key)
        return told

    def mail_account_statement(self, account_statement_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mail a statement to the customer's payables contact, the PDF attached; once a contact.

        POST /api/v1/account-statements/{account_statement_id}/mail
        """
        told: Done = self._connection.call("POST", f"/account-statements/{path_part(account_statement_id)}/mail", takes_key=True, key=idempotency_key)
        return told

    def new_account_statements(self, body: StatementsIn, *, idempotency_key: str | None = None) -> CreatedMany:
        """Issue the statements of many customers over one span, all or none.

        POST /api/v1/account-statements/many
        """
        told: CreatedMany = self._connection.call("POST", "/account-statements/many", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_account_statement(self, account_statement_id: int) -> AccountStatementCard:
        """Show a statement made again from the ledger, and whether it is what was issued.

        GET /api/v1/account-statements/{account_statement_id}
        """
        told: AccountStatementCard = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}")
        return told

    def list_account_statement_lines(self, account_statement_id: int, *, currency: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AccountLine]:
        """List a statement's lines with the running balance; `key` names the row of the ledger.

        GET /api/v1/account-statements/{account_statement_id}/lines
        """
        told: Page[AccountLine] = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}/lines", query={"currency": currency, "cursor": cursor, "limit": limit})
        return told

    def get_account_statement_pdf(self, account_statement_id: int) -> bytes:
        """Return a statement as PDF/A in the language it was issued in.

        GET /api/v1/account-statements/{account_statement_id}/pdf
        """
        told: bytes = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}/pdf")
        return told

    def get_account_statement_csv(self, account_statement_id: int) -> bytes:
        """Return a statement as CSV in the language it was issued in; amounts as decimals.

        GET /api/v1/account-statements/{account_statement_id}/csv
        """
        told: bytes = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}/csv")
        return told

    def get_account_statement_xlsx(self, account_statement_id: int) -> bytes:
        """Return a statement as an XLSX sheet with the columns of the CSV.

        GET /api/v1/account-statements/{account_statement_id}/xlsx
        """
        told: bytes = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}/xlsx")
        return told

    def get_account_statement_json(self, account_statement_id: int) -> dict[str, Any]:
        """Return a statement as the canonical JSON whose SHA-256 is stored; minor units.

        GET /api/v1/account-statements/{account_statement_id}/json
        """
        told: dict[str, Any] = self._connection.call("GET", f"/account-statements/{path_part(account_statement_id)}/json")
        return told
