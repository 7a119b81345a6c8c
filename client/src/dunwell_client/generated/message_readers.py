"""Operations about message readers. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReaderPage
    from dunwell_client.generated.models import ReaderPromotionIn
    from dunwell_client.generated.models import ReaderTrainingBegun
    from dunwell_client.generated.models import ReaderTrainingState
    from dunwell_client.generated.models import ReaderWithCard
    from dunwell_client.generated.models import ReasonIn

    from dunwell_client.transport import Connection


class MessageReadersArea:
    """Operations about message readers."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_message_reader(self) -> ReaderPage:
        """Show the reader that serves with its card, and the newest trained ones.

        GET /api/v1/message-readers
        """
        told: ReaderPage = self._connection.call("GET", "/message-readers")
        return told

    def start_reader_training(self) -> ReaderTrainingBegun:
        """Train on what the team accepted, in the background. Trained twice it is kept once: no key.

        The reader waits for its promotion by somebody else.

        POST /api/v1/message-readers/train
        """
        told: ReaderTrainingBegun = self._connection.call("POST", "/message-readers/train")
        return told

    def show_reader_training(self) -> ReaderTrainingState:
        """Show how the last training stands: whether it goes on, and which reader it made.

        GET /api/v1/message-readers/training
        """
        told: ReaderTrainingState = self._connection.call("GET", "/message-readers/training")
        return told

    def show_trained_reader(self, intent_model_id: int) -> ReaderWithCard:
        """Show one trained reader and its card.

        GET /api/v1/message-readers/{intent_model_id}
        """
        told: ReaderWithCard = self._connection.call("GET", f"/message-readers/{path_part(intent_model_id)}")
        return told

    def promote_reader(self, intent_model_id: int, body: ReaderPromotionIn, *, idempotency_key: str | None = None) -> Done:
        """Let a trained reader serve from the next run on; who trained it is not the one to do so.

        POST /api/v1/message-readers/{intent_model_id}/promote
        """
        told: Done = self._connection.call("POST", f"/message-readers/{path_part(intent_model_id)}/promote", body=body, takes_key=True, key=idempotency_key)
        return told

    def retire_reader(self, intent_model_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Let the shipped reader serve again, with the reason.

        POST /api/v1/message-readers/{intent_model_id}/retire
        """
        told: Done = self._connection.call("POST", f"/message-readers/{path_part(intent_model_id)}/retire", body=body, takes_key=True, key=idempotency_key)
        return told
