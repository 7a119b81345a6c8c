"""Operations about webhooks. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import ReplayEvent
    from dunwell_client.generated.models import ReplayPeriod
    from dunwell_client.generated.models import ReplaySpan
    from dunwell_client.generated.models import Replayed
    from dunwell_client.generated.models import WebhookChange
    from dunwell_client.generated.models import WebhookDeliveryRow
    from dunwell_client.generated.models import WebhookIn
    from dunwell_client.generated.models import WebhookRow
    from dunwell_client.generated.models import WebhookSecret
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class WebhooksArea:
    """Operations about webhooks."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_webhooks(self) -> list[WebhookRow]:
        """List the webhooks with what waits for them.

        GET /api/v1/webhooks
        """
        told: list[WebhookRow] = self._connection.call("GET", "/webhooks")
        return told

    def new_webhook(self, body: WebhookIn) -> WebhookSecret:
        """Add a webhook. Not repeatable: an answer kept for a repeat would store the secret.

        POST /api/v1/webhooks
        """
        told: WebhookSecret = self._connection.call("POST", "/webhooks", body=body)
        return told

    def change_webhook(self, webhook_id: int, body: WebhookChange, *, idempotency_key: str | None = None) -> Done:
        """Change a webhook, or switch it off and on.

        PUT /api/v1/webhooks/{webhook_id}
        """
        told: Done = self._connection.call("PUT", f"/webhooks/{path_part(webhook_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def stop_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> Done:
        """End a webhook for good; what waits for it is given up.

        POST /api/v1/webhooks/{webhook_id}/end
        """
        told: Done = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def new_webhook_secret(self, webhook_id: int) -> WebhookSecret:
        """Give a webhook a new secret. Not repeatable: a kept answer would store the secret.

        POST /api/v1/webhooks/{webhook_id}/secret
        """
        told: WebhookSecret = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/secret")
        return told

    def drop_webhook_secret(self, webhook_id: int, *, idempotency_key: str | None = None) -> Done:
        """Let the secret of before sign no longer.

        POST /api/v1/webhooks/{webhook_id}/secret/drop-old
        """
        told: Done = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/secret/drop-old", takes_key=True, key=idempotency_key)
        return told

    def try_webhook(self, webhook_id: int, *, idempotency_key: str | None = None) -> Created:
        """Record a test event for a webhook; the next delivery sends it.

        POST /api/v1/webhooks/{webhook_id}/test
        """
        told: Created = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/test", takes_key=True, key=idempotency_key)
        return told

    def replay_webhook(self, webhook_id: int, body: ReplaySpan, *, idempotency_key: str | None = None) -> Replayed:
        """Tell a webhook of a span of events again, under their ids.

        POST /api/v1/webhooks/{webhook_id}/replay
        """
        told: Replayed = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/replay", body=body, takes_key=True, key=idempotency_key)
        return told

    def replay_webhook_period(self, webhook_id: int, body: ReplayPeriod, *, idempotency_key: str | None = None) -> Replayed:
        """Tell a webhook again of what happened in a period, under the events' ids.

        POST /api/v1/webhooks/{webhook_id}/replay/period
        """
        told: Replayed = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/replay/period", body=body, takes_key=True, key=idempotency_key)
        return told

    def replay_webhook_event(self, webhook_id: int, body: ReplayEvent, *, idempotency_key: str | None = None) -> Replayed:
        """Tell a webhook of one event again, under its id.

        POST /api/v1/webhooks/{webhook_id}/replay/event
        """
        told: Replayed = self._connection.call("POST", f"/webhooks/{path_part(webhook_id)}/replay/event", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_webhook_deliveries(self, webhook_id: int, *, status: Literal['', 'ready', 'claimed', 'done', 'failed', 'dead'] | None = None, verb: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[WebhookDeliveryRow]:
        """List the deliveries of a webhook, the newest first.

        GET /api/v1/webhooks/{webhook_id}/deliveries
        """
        told: Page[WebhookDeliveryRow] = self._connection.call("GET", f"/webhooks/{path_part(webhook_id)}/deliveries", query={"status": status, "verb": verb, "cursor": cursor, "limit": limit})
        return told

    def retry_webhook_delivery(self, delivery_id: int, *, idempotency_key: str | None = None) -> Done:
        """Try a delivery again at once.

        POST /api/v1/webhook-deliveries/{delivery_id}/retry
        """
        told: Done = self._connection.call("POST", f"/webhook-deliveries/{path_part(delivery_id)}/retry", takes_key=True, key=idempotency_key)
        return told
