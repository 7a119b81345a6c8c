"""Operations about letters. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BatchCard
    from dunwell_client.generated.models import DispatchesIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LetterBatch
    from dunwell_client.generated.models import LetterDispatch
    from dunwell_client.generated.models import TakenOut
    from dunwell_client.generated.models import WaitingLetter
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class LettersArea:
    """Operations about letters."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_letters(self, *, cursor: str | None = None, limit: int | None = None) -> Page[WaitingLetter]:
        """List the letters that wait to be printed, the oldest first.

        GET /api/v1/letters
        """
        told: Page[WaitingLetter] = self._connection.call("GET", "/letters", query={"cursor": cursor, "limit": limit})
        return told

    def list_letter_batches(self) -> list[LetterBatch]:
        """List the batches: those to be posted, then the newest 20 in all.

        GET /api/v1/letters/batches
        """
        told: list[LetterBatch] = self._connection.call("GET", "/letters/batches")
        return told

    def new_letter_batch(self, *, idempotency_key: str | None = None) -> TakenOut:
        """Take every letter that waits into a batch; what must not go out is withdrawn.

        POST /api/v1/letters/batches
        """
        told: TakenOut = self._connection.call("POST", "/letters/batches", takes_key=True, key=idempotency_key)
        return told

    def show_letter_batch(self, letter_batch_id: int) -> BatchCard:
        """Show a batch and its letters.

        GET /api/v1/letters/batches/{letter_batch_id}
        """
        told: BatchCard = self._connection.call("GET", f"/letters/batches/{path_part(letter_batch_id)}")
        return told

    def get_letter_batch_zip(self, letter_batch_id: int) -> bytes:
        """Return the PDFs of a batch, a hundred letters each, and its manifest.

        GET /api/v1/letters/batches/{letter_batch_id}/zip
        """
        told: bytes = self._connection.call("GET", f"/letters/batches/{path_part(letter_batch_id)}/zip")
        return told

    def mark_letters_posted(self, letter_batch_id: int, *, idempotency_key: str | None = None) -> Done:
        """Note that the letters of a batch were posted.

        POST /api/v1/letters/batches/{letter_batch_id}/posted
        """
        told: Done = self._connection.call("POST", f"/letters/batches/{path_part(letter_batch_id)}/posted", takes_key=True, key=idempotency_key)
        return told

    def list_letter_dispatches(self, letter_batch_id: int) -> list[LetterDispatch]:
        """Return the proof of dispatch of a batch: who posted each letter when, and how it went.

        GET /api/v1/letters/batches/{letter_batch_id}/dispatches
        """
        told: list[LetterDispatch] = self._connection.call("GET", f"/letters/batches/{path_part(letter_batch_id)}/dispatches")
        return told

    def note_letter_dispatches(self, body: DispatchesIn, *, idempotency_key: str | None = None) -> Done:
        """Write down the numbers of the post of letters that were posted.

        POST /api/v1/letters/dispatches
        """
        told: Done = self._connection.call("POST", "/letters/dispatches", body=body, takes_key=True, key=idempotency_key)
        return told

    def return_letters(self, letter_batch_id: int, *, idempotency_key: str | None = None) -> Done:
        """Put the letters of a batch that was not posted back: they wait again.

        POST /api/v1/letters/batches/{letter_batch_id}/back
        """
        told: Done = self._connection.call("POST", f"/letters/batches/{path_part(letter_batch_id)}/back", takes_key=True, key=idempotency_key)
        return told
