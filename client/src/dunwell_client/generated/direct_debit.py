"""Operations about direct debit. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CheckedLine
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DebitReportIn
    from dunwell_client.generated.models import DebitReturnIn
    from dunwell_client.generated.models import DebitRow
    from dunwell_client.generated.models import DebitRunCard
    from dunwell_client.generated.models import DebitRunCollectedIn
    from dunwell_client.generated.models import DebitRunRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MandateIn
    from dunwell_client.generated.models import MandateLinesIn
    from dunwell_client.generated.models import MandateRow
    from dunwell_client.generated.models import MandatesAdded
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ReportOut
    from dunwell_client.generated.models import RunIn
    from dunwell_client.generated.models import SendIn
    from dunwell_client.generated.models import SignatureIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class DirectDebitArea:
    """Operations about direct debit."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_debit_runs(self, *, status: Literal['', 'draft', 'approved', 'sent', 'cancelled'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[DebitRunRow]:
        """List direct debit runs, the newest first; amounts are cents.

        GET /api/v1/debit-runs
        """
        told: Page[DebitRunRow] = self._connection.call("GET", "/debit-runs", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_debit_run(self, body: RunIn, *, idempotency_key: str | None = None) -> Created:
        """Put everything due by a day that may be debited into a draft run.

        POST /api/v1/debit-runs
        """
        told: Created = self._connection.call("POST", "/debit-runs", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_debit_run(self, debit_run_id: int) -> DebitRunCard:
        """Show a run, whom it left out, and how far telling its customers has come.

        GET /api/v1/debit-runs/{debit_run_id}
        """
        told: DebitRunCard = self._connection.call("GET", f"/debit-runs/{path_part(debit_run_id)}")
        return told

    def list_debits(self, *, run_id: int | None = None, customer_id: int | None = None, status: Literal['', 'planned', 'sent', 'paid', 'returned', 'refused', 'cancelled'] | None = None, came_back: bool | None = None, cursor: str | None = None, limit: int | None = None) -> Page[DebitRow]:
        """List debits with their items, the newest first; amounts are cents.

        GET /api/v1/debits
        """
        told: Page[DebitRow] = self._connection.call("GET", "/debits", query={"run_id": run_id, "customer_id": customer_id, "status": status, "came_back": came_back, "cursor": cursor, "limit": limit})
        return told

    def get_debit_file(self, debit_run_id: int) -> bytes:
        """Give the file for the bank; 404 until the run is handed over.

        GET /api/v1/debit-runs/{debit_run_id}/file
        """
        told: bytes = self._connection.call("GET", f"/debit-runs/{path_part(debit_run_id)}/file")
        return told

    def approve_debit_run(self, debit_run_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve a draft as a second person; its customers are told at once.

        POST /api/v1/debit-runs/{debit_run_id}/approve
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def send_debit_run(self, debit_run_id: int, body: SendIn, *, idempotency_key: str | None = None) -> Done:
        """Write the bank's file of an approved run, once; get it under /file.

        POST /api/v1/debit-runs/{debit_run_id}/send
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/send", body=body, takes_key=True, key=idempotency_key)
        return told

    def cancel_debit_run(self, debit_run_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Drop a run that was not handed over; messages that wait are stopped.

        POST /api/v1/debit-runs/{debit_run_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_posted_letters(self, debit_run_id: int, *, idempotency_key: str | None = None) -> Done:
        """Note that the letters of an approved run were posted.

        POST /api/v1/debit-runs/{debit_run_id}/posted
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/posted", takes_key=True, key=idempotency_key)
        return told

    def tell_customers_again(self, debit_run_id: int, *, idempotency_key: str | None = None) -> Done:
        """Write the messages anew that never went out.

        POST /api/v1/debit-runs/{debit_run_id}/tell
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/tell", takes_key=True, key=idempotency_key)
        return told

    def collect_debit_run(self, debit_run_id: int, body: DebitRunCollectedIn, *, idempotency_key: str | None = None) -> Done:
        """Count the debits of a run as collected, where no bank statement is read.

        POST /api/v1/debit-runs/{debit_run_id}/collected
        """
        told: Done = self._connection.call("POST", f"/debit-runs/{path_part(debit_run_id)}/collected", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_debit_out(self, debit_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take one debit out of a run that was not handed over.

        POST /api/v1/debits/{debit_id}/remove
        """
        told: Done = self._connection.call("POST", f"/debits/{path_part(debit_id)}/remove", body=body, takes_key=True, key=idempotency_key)
        return told

    def make_debit_last(self, debit_id: int, *, idempotency_key: str | None = None) -> Done:
        """Make a debit of a draft the last one under its mandate.

        POST /api/v1/debits/{debit_id}/last
        """
        told: Done = self._connection.call("POST", f"/debits/{path_part(debit_id)}/last", takes_key=True, key=idempotency_key)
        return told

    def note_returned_debit(self, debit_id: int, body: DebitReturnIn, *, idempotency_key: str | None = None) -> Done:
        """Record that a debit came back; the ladder decides what follows.

        POST /api/v1/debits/{debit_id}/return
        """
        told: Done = self._connection.call("POST", f"/debits/{path_part(debit_id)}/return", body=body, takes_key=True, key=idempotency_key)
        return told

    def read_debit_report(self, body: DebitReportIn, *, idempotency_key: str | None = None) -> ReportOut:
        """Read the bank's status report (pain.002) and record what it refuses.

        POST /api/v1/debit-reports
        """
        told: ReportOut = self._connection.call("POST", "/debit-reports", body=body, takes_key=True, key=idempotency_key)
        return told

    def check_mandates(self, body: MandateLinesIn) -> list[CheckedLine]:
        """Say what would become of each line: new, known, or refused with the reason. Adds nothing.

        POST /api/v1/mandates/check
        """
        told: list[CheckedLine] = self._connection.call("POST", "/mandates/check", body=body)
        return told

    def add_mandate_lines(self, body: MandateLinesIn, *, idempotency_key: str | None = None) -> MandatesAdded:
        """Add mandates in one step, all or none; the same lines again add nothing.

        POST /api/v1/mandates/lines
        """
        told: MandatesAdded = self._connection.call("POST", "/mandates/lines", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_mandates(self, *, status: Literal['', 'draft', 'active', 'suspended', 'ended'] | None = None, customer_id: int | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[MandateRow]:
        """List mandates, the newest first; `search` is a reference or a customer.

        GET /api/v1/mandates
        """
        told: Page[MandateRow] = self._connection.call("GET", "/mandates", query={"status": status, "customer_id": customer_id, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_mandate(self, body: MandateIn, *, idempotency_key: str | None = None) -> Created:
        """Add a mandate of a customer; it is used once its signature is noted.

        POST /api/v1/mandates
        """
        told: Created = self._connection.call("POST", "/mandates", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_signature(self, mandate_id: int, body: SignatureIn, *, idempotency_key: str | None = None) -> Done:
        """Note the day of the signature; the mandate is active from now on.

        POST /api/v1/mandates/{mandate_id}/sign
        """
        told: Done = self._connection.call("POST", f"/mandates/{path_part(mandate_id)}/sign", body=body, takes_key=True, key=idempotency_key)
        return told

    def pause_mandate(self, mandate_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Collect nothing under a mandate until it is resumed.

        POST /api/v1/mandates/{mandate_id}/suspend
        """
        told: Done = self._connection.call("POST", f"/mandates/{path_part(mandate_id)}/suspend", body=body, takes_key=True, key=idempotency_key)
        return told

    def go_on_with_mandate(self, mandate_id: int, *, idempotency_key: str | None = None) -> Done:
        """Use a suspended mandate again.

        POST /api/v1/mandates/{mandate_id}/resume
        """
        told: Done = self._connection.call("POST", f"/mandates/{path_part(mandate_id)}/resume", takes_key=True, key=idempotency_key)
        return told

    def stop_mandate(self, mandate_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a mandate for good.

        POST /api/v1/mandates/{mandate_id}/end
        """
        told: Done = self._connection.call("POST", f"/mandates/{path_part(mandate_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
