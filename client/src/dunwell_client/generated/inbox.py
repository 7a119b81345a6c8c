"""Operations about inbox. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AcceptSuggestionIn
    from dunwell_client.generated.models import CorrectReadingIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DismissSuggestionIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import InboundOut
    from dunwell_client.generated.models import InboxCounts
    from dunwell_client.generated.models import InboxFigures
    from dunwell_client.generated.models import InboxRow
    from dunwell_client.generated.models import UndoDecisionIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class InboxArea:
    """Operations about inbox."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_inbox(self, *, status: Literal['all', 'new', 'handled', 'set_aside'] | None = None, whose: Literal['', 'mine', 'nobody'] | None = None, label: str | None = None, surety: Literal['', 'sure', 'unsure'] | None = None, language: str | None = None, customer_id: int | None = None, is_late: bool | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[InboxRow]:
        """List messages that came in, the newest first.

        GET /api/v1/inbox
        """
        told: Page[InboxRow] = self._connection.call("GET", "/inbox", query={"status": status, "whose": whose, "label": label, "surety": surety, "language": language, "customer_id": customer_id, "is_late": is_late, "search": search, "cursor": cursor, "limit": limit})
        return told

    def count_inbox(self) -> InboxCounts:
        """Count what waits: all, mine, nobody's, unsure, late, and by label.

        GET /api/v1/inbox/counts
        """
        told: InboxCounts = self._connection.call("GET", "/inbox/counts")
        return told

    def show_inbox_figures(self, *, first_on: str | None = None, last_on: str | None = None) -> InboxFigures:
        """Show first-contact resolution, time to the answer and backlog of a period.

        Without days the thirty that end today.

        GET /api/v1/inbox/figures
        """
        told: InboxFigures = self._connection.call("GET", "/inbox/figures", query={"first_on": first_on, "last_on": last_on})
        return told

    def show_inbound(self, inbound_id: int) -> InboundOut:
        """Show one message with what was read in it and what may be done.

        GET /api/v1/inbox/{inbound_id}
        """
        told: InboundOut = self._connection.call("GET", f"/inbox/{path_part(inbound_id)}")
        return told

    def accept_inbox_suggestion(self, inbound_id: int, body: AcceptSuggestionIn, *, idempotency_key: str | None = None) -> Created:
        """Do what is suggested; the id is that of the decision.

        POST /api/v1/inbox/{inbound_id}/accept
        """
        told: Created = self._connection.call("POST", f"/inbox/{path_part(inbound_id)}/accept", body=body, takes_key=True, key=idempotency_key)
        return told

    def correct_inbox_reading(self, inbound_id: int, body: CorrectReadingIn, *, idempotency_key: str | None = None) -> Created:
        """Say what a message is about; the id is that of the reading that counts now.

        POST /api/v1/inbox/{inbound_id}/correct
        """
        told: Created = self._connection.call("POST", f"/inbox/{path_part(inbound_id)}/correct", body=body, takes_key=True, key=idempotency_key)
        return told

    def dismiss_inbox_suggestion(self, inbound_id: int, body: DismissSuggestionIn, *, idempotency_key: str | None = None) -> Created:
        """Say that a suggestion is not to be done; the id is that of the decision.

        POST /api/v1/inbox/{inbound_id}/dismiss
        """
        told: Created = self._connection.call("POST", f"/inbox/{path_part(inbound_id)}/dismiss", body=body, takes_key=True, key=idempotency_key)
        return told

    def undo_inbox_decision(self, inbound_id: int, body: UndoDecisionIn, *, idempotency_key: str | None = None) -> Done:
        """Take back what accepting did.

        POST /api/v1/inbox/{inbound_id}/undo
        """
        told: Done = self._connection.call("POST", f"/inbox/{path_part(inbound_id)}/undo", body=body, takes_key=True, key=idempotency_key)
        return told
