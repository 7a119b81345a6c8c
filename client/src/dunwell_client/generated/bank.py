"""Operations about bank. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AccountIn
    from dunwell_client.generated.models import BankLayoutIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import EntryDecision
    from dunwell_client.generated.models import EntryRow
    from dunwell_client.generated.models import ExplainedIn
    from dunwell_client.generated.models import FeedRow
    from dunwell_client.generated.models import FileCard
    from dunwell_client.generated.models import FileRow
    from dunwell_client.generated.models import LayoutRow
    from dunwell_client.generated.models import ReadAgain
    from dunwell_client.generated.models import Received
    from dunwell_client.generated.models import SheetPreview
    from dunwell_client.generated.models import StatementCard
    from dunwell_client.generated.models import StatementRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class BankArea:
    """Operations about bank."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_bank_accounts(self) -> list[FeedRow]:
        """List our accounts: until when each is covered, gaps, and its control totals.

        GET /api/v1/bank/accounts
        """
        told: list[FeedRow] = self._connection.call("GET", "/bank/accounts")
        return told

    def change_bank_account(self, account_id: int, body: AccountIn, *, idempotency_key: str | None = None) -> Done:
        """Name an account, or say that it is no longer used: then it holds no reminder back.

        PATCH /api/v1/bank/accounts/{account_id}
        """
        told: Done = self._connection.call("PATCH", f"/bank/accounts/{path_part(account_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_bank_files(self, *, cursor: str | None = None, limit: int | None = None) -> Page[FileRow]:
        """List bank files, newest first.

        GET /api/v1/bank/files
        """
        told: Page[FileRow] = self._connection.call("GET", "/bank/files", query={"cursor": cursor, "limit": limit})
        return told

    def send_bank_files(self, files: Files, *, idempotency_key: str | None = None) -> Received:
        """Send bank files; they are read and recorded. The same bytes again are the same file.

        Large ones are read in the background; show a file to see what became of it.

        POST /api/v1/bank/files
        """
        told: Received = self._connection.call("POST", "/bank/files", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def show_bank_file(self, file_id: int) -> FileCard:
        """Show a bank file: read or refused, with the reason; what it added, how often.

        GET /api/v1/bank/files/{file_id}
        """
        told: FileCard = self._connection.call("GET", f"/bank/files/{path_part(file_id)}")
        return told

    def read_bank_file_again(self, file_id: int, body: ReadAgain) -> FileCard:
        """Read a refused file again. A file that was read stays as it is: no key.

        POST /api/v1/bank/files/{file_id}/read
        """
        told: FileCard = self._connection.call("POST", f"/bank/files/{path_part(file_id)}/read", body=body)
        return told

    def list_statements(self, *, account_id: int | None = None, file_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[StatementRow]:
        """List statements, the last closing day first; those of one file in its order.

        GET /api/v1/bank/statements
        """
        told: Page[StatementRow] = self._connection.call("GET", "/bank/statements", query={"account_id": account_id, "file_id": file_id, "cursor": cursor, "limit": limit})
        return told

    def show_statement(self, statement_id: int) -> StatementCard:
        """Show a statement: opening + listed + told before = closing; its entries by their list.

        GET /api/v1/bank/statements/{statement_id}
        """
        told: StatementCard = self._connection.call("GET", f"/bank/statements/{path_part(statement_id)}")
        return told

    def explain_finding(self, statement_id: int, body: ExplainedIn, *, idempotency_key: str | None = None) -> Done:
        """Say what explains a gap or a wrong sum; the account covers its later statements then.

        POST /api/v1/bank/statements/{statement_id}/explain
        """
        told: Done = self._connection.call("POST", f"/bank/statements/{path_part(statement_id)}/explain", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_bank_entries(self, *, treatment: Literal['', 'payment', 'return', 'debit', 'refund', 'other', 'same_money', 'pending', 'open'] | None = None, account_id: int | None = None, statement_id: int | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[EntryRow]:
        """List what banks told, the newest value day first; money in above 0, out below.

        GET /api/v1/bank/entries
        """
        told: Page[EntryRow] = self._connection.call("GET", "/bank/entries", query={"treatment": treatment, "account_id": account_id, "statement_id": statement_id, "search": search, "cursor": cursor, "limit": limit})
        return told

    def decide_on_entry(self, entry_id: int, body: EntryDecision, *, idempotency_key: str | None = None) -> Done:
        """Say what an entry is: a payment, a return, or no customer's.

        POST /api/v1/bank/entries/{entry_id}/decide
        """
        told: Done = self._connection.call("POST", f"/bank/entries/{path_part(entry_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_bank_sheet(self, file_id: int) -> SheetPreview:
        """Show a sheet as it reads now: columns, open questions, first rows, control totals.

        GET /api/v1/bank/files/{file_id}/sheet
        """
        told: SheetPreview = self._connection.call("GET", f"/bank/files/{path_part(file_id)}/sheet")
        return told

    def answer_bank_sheet(self, file_id: int, body: BankLayoutIn, *, idempotency_key: str | None = None) -> Done:
        """Answer what a sheet asks; it is read then, and so are the next files of its layout.

        Refused where an answer leaves a question open, a cell cannot be read so, or somebody
        answered meanwhile.

        POST /api/v1/bank/files/{file_id}/answers
        """
        told: Done = self._connection.call("POST", f"/bank/files/{path_part(file_id)}/answers", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_bank_layouts(self) -> list[LayoutRow]:
        """List the layouts kept, with what was answered.

        GET /api/v1/bank/layouts
        """
        told: list[LayoutRow] = self._connection.call("GET", "/bank/layouts")
        return told

    def forget_layout(self, layout_id: int, *, idempotency_key: str | None = None) -> Done:
        """Forget a layout: its next file asks again.

        POST /api/v1/bank/layouts/{layout_id}/forget
        """
        told: Done = self._connection.call("POST", f"/bank/layouts/{path_part(layout_id)}/forget", takes_key=True, key=idempotency_key)
        return told
