"""Operations about messages. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ApproveIn
    from dunwell_client.generated.models import ComposedOut
    from dunwell_client.generated.models import CompositionIn
    from dunwell_client.generated.models import CompositionOut
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MessageDetail
    from dunwell_client.generated.models import MessageIn
    from dunwell_client.generated.models import MessageRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RetryIn
    from dunwell_client.generated.models import VariantRow
    from dunwell_client.generated.models import WordingsIn
    from dunwell_client.generated.models import WordingsOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class MessagesArea:
    """Operations about messages."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_messages(self, *, status: Literal['', 'draft', 'ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed', 'dead', 'cancelled', 'handed_over'] | None = None, channel: Literal['', 'email', 'letter', 'call', 'sms', 'whatsapp', 'portal'] | None = None, provider: str | None = None, template: str | None = None, error: str | None = None, customer_id: int | None = None, as_of: str | None = None, from_on: str | None = None, until_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[MessageRow]:
        """List messages, newest first; `from_on` and `until_on` bound the day they went out.

        The status handed_over stands for all that left us: sent, delivered and bounced. `error` is a
        part of the reason. `cost_micros` are millionths of `cost_currency`.

        GET /api/v1/messages
        """
        told: Page[MessageRow] = self._connection.call("GET", "/messages", query={"status": status, "channel": channel, "provider": provider, "template": template, "error": error, "customer_id": customer_id, "as_of": as_of, "from_on": from_on, "until_on": until_on, "cursor": cursor, "limit": limit})
        return told

    def allow_messages(self, body: ApproveIn, *, idempotency_key: str | None = None) -> Done:
        """Approve several messages at once: all of them, or none when one does not wait for it.

        POST /api/v1/messages/approve
        """
        told: Done = self._connection.call("POST", "/messages/approve", body=body, takes_key=True, key=idempotency_key)
        return told

    def retry_given_up(self, body: RetryIn, *, idempotency_key: str | None = None) -> Done:
        """Try messages again that were given up, with the next delivery; the chase gate is asked.

        POST /api/v1/messages/retry
        """
        told: Done = self._connection.call("POST", "/messages/retry", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_message(self, message_id: int) -> MessageDetail:
        """Show a message: its words, items, and the decision that allowed it.

        GET /api/v1/messages/{message_id}
        """
        told: MessageDetail = self._connection.call("GET", f"/messages/{path_part(message_id)}")
        return told

    def allow_message(self, message_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve a message that waits for approval.

        POST /api/v1/messages/{message_id}/approve
        """
        told: Done = self._connection.call("POST", f"/messages/{path_part(message_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def drop_message(self, message_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Cancel a message that has not been sent.

        POST /api/v1/messages/{message_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/messages/{path_part(message_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def retry_one(self, message_id: int, *, idempotency_key: str | None = None) -> Done:
        """Try a message again that was given up, with the next delivery.

        POST /api/v1/messages/{message_id}/retry
        """
        told: Done = self._connection.call("POST", f"/messages/{path_part(message_id)}/retry", takes_key=True, key=idempotency_key)
        return told

    def check_composition(self, body: CompositionIn) -> CompositionOut:
        """Show a message as it would go out, with what stands against it. Writes nothing.

        POST /api/v1/compositions/check
        """
        told: CompositionOut = self._connection.call("POST", "/compositions/check", body=body)
        return told

    def new_message(self, body: MessageIn, *, idempotency_key: str | None = None) -> ComposedOut:
        """Put a message into the outbox, as a draft where approval is needed.

        POST /api/v1/compositions
        """
        told: ComposedOut = self._connection.call("POST", "/compositions", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_wordings(self, language: Literal['en', 'de', 'fr', 'es']) -> WordingsOut:
        """Show the texts of a language as a customer that owes would read them today.

        GET /api/v1/wordings/{language}
        """
        told: WordingsOut = self._connection.call("GET", f"/wordings/{path_part(language)}")
        return told

    def list_wording_variants(self, language: Literal['en', 'de', 'fr', 'es']) -> list[VariantRow]:
        """List how the variants of a language's texts fare; shares are ppm with a 95 % interval.

        GET /api/v1/wordings/{language}/variants
        """
        told: list[VariantRow] = self._connection.call("GET", f"/wordings/{path_part(language)}/variants")
        return told

    def new_wordings(self, body: WordingsIn, *, idempotency_key: str | None = None) -> Created:
        """Keep texts as a draft that a second person publishes.

        POST /api/v1/wordings
        """
        told: Created = self._connection.call("POST", "/wordings", body=body, takes_key=True, key=idempotency_key)
        return told

    def publish_wording_version(self, wording_version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Put a draft of texts in force from its own day on.

        POST /api/v1/wordings/versions/{wording_version_id}/publish
        """
        told: Done = self._connection.call("POST", f"/wordings/versions/{path_part(wording_version_id)}/publish", takes_key=True, key=idempotency_key)
        return told

    def discard_wording_version(self, wording_version_id: int, *, idempotency_key: str | None = None) -> Done:
        """Drop a draft of texts.

        POST /api/v1/wordings/versions/{wording_version_id}/discard
        """
        told: Done = self._connection.call("POST", f"/wordings/versions/{path_part(wording_version_id)}/discard", takes_key=True, key=idempotency_key)
        return told
