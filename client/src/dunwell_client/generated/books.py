"""Operations about books. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ExchangeDifferences
    from dunwell_client.generated.models import FxRow
    from dunwell_client.generated.models import JournalIn
    from dunwell_client.generated.models import JournalRow
    from dunwell_client.generated.models import LineRow
    from dunwell_client.generated.models import LockIn
    from dunwell_client.generated.models import LockRow
    from dunwell_client.generated.models import OrderOut
    from dunwell_client.generated.models import PartOfMoney
    from dunwell_client.generated.models import ReceiptIn
    from dunwell_client.generated.models import UnlockDecisionIn
    from dunwell_client.generated.models import UnlockIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class BooksArea:
    """Operations about books."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_period_locks(self, *, cursor: str | None = None, limit: int | None = None) -> Page[LockRow]:
        """List how the books were closed and opened, the newest first; one may be in force.

        GET /api/v1/books/locks
        """
        told: Page[LockRow] = self._connection.call("GET", "/books/locks", query={"cursor": cursor, "limit": limit})
        return told

    def close_period(self, body: LockIn, *, idempotency_key: str | None = None) -> Created:
        """Close the books up to and including a day.

        POST /api/v1/books/locks
        """
        told: Created = self._connection.call("POST", "/books/locks", body=body, takes_key=True, key=idempotency_key)
        return told

    def ask_to_open_period(self, body: UnlockIn, *, idempotency_key: str | None = None) -> Created:
        """Ask for closed days to be opened; a second person decides.

        POST /api/v1/books/locks/unlock
        """
        told: Created = self._connection.call("POST", "/books/locks/unlock", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_on_unlock(self, lock_id: int, body: UnlockDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Grant or refuse what another person asked for.

        POST /api/v1/books/locks/{lock_id}/decide
        """
        told: Done = self._connection.call("POST", f"/books/locks/{path_part(lock_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_journals(self, *, cursor: str | None = None, limit: int | None = None) -> Page[JournalRow]:
        """List journals, the newest first.

        GET /api/v1/books/journals
        """
        told: Page[JournalRow] = self._connection.call("GET", "/books/journals", query={"cursor": cursor, "limit": limit})
        return told

    def new_journal(self, body: JournalIn, *, idempotency_key: str | None = None) -> Created:
        """Take every entry up to a day that no journal has yet.

        POST /api/v1/books/journals
        """
        told: Created = self._connection.call("POST", "/books/journals", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_journal(self, journal_id: int) -> JournalRow:
        """Show a journal's totals, hash and receipt.

        GET /api/v1/books/journals/{journal_id}
        """
        told: JournalRow = self._connection.call("GET", f"/books/journals/{path_part(journal_id)}")
        return told

    def list_journal_lines(self, journal_id: int, *, account: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LineRow]:
        """List a journal's lines in order, of one account when it is named.

        GET /api/v1/books/journals/{journal_id}/lines
        """
        told: Page[LineRow] = self._connection.call("GET", f"/books/journals/{path_part(journal_id)}/lines", query={"account": account, "cursor": cursor, "limit": limit})
        return told

    def export_journal(self, journal_id: int) -> bytes:
        """Return the journal as CSV, the same bytes each time.

        GET /api/v1/books/journals/{journal_id}/lines.csv
        """
        told: bytes = self._connection.call("GET", f"/books/journals/{path_part(journal_id)}/lines.csv")
        return told

    def take_journal_over(self, journal_id: int, body: ReceiptIn, *, idempotency_key: str | None = None) -> Done:
        """Note the number under which the general ledger booked the journal.

        POST /api/v1/books/journals/{journal_id}/acknowledge
        """
        told: Done = self._connection.call("POST", f"/books/journals/{path_part(journal_id)}/acknowledge", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_exchange_differences(self) -> ExchangeDifferences:
        """Show realised exchange differences by month, in minor units of the company's currency.

        GET /api/v1/books/exchange
        """
        told: ExchangeDifferences = self._connection.call("GET", "/books/exchange")
        return told

    def list_exchange_differences(self, *, month_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[FxRow]:
        """List the allocations behind a month's exchange differences.

        `month_on` is any day of the month, this month when left out.

        GET /api/v1/books/exchange/rows
        """
        told: Page[FxRow] = self._connection.call("GET", "/books/exchange/rows", query={"month_on": month_on, "cursor": cursor, "limit": limit})
        return told

    def list_allocation_orders(self) -> list[OrderOut]:
        """List the legal allocation orders; `is_used` marks the one of the cash policy.

        GET /api/v1/books/orders
        """
        told: list[OrderOut] = self._connection.call("GET", "/books/orders")
        return told

    def simulate_allocation(self, payment_id: int, *, order: str | None = None) -> list[PartOfMoney]:
        """Return what the rest of a payment would settle in an order, and by which rule.

        Nothing is written. Empty takes the order of the cash policy.

        GET /api/v1/books/orders/simulate/{payment_id}
        """
        told: list[PartOfMoney] = self._connection.call("GET", f"/books/orders/simulate/{path_part(payment_id)}", query={"order": order})
        return told
