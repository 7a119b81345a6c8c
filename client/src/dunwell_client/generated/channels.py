"""Operations about channels. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ChannelChange
    from dunwell_client.generated.models import ChannelIn
    from dunwell_client.generated.models import ChannelMonthRow
    from dunwell_client.generated.models import ChannelOutcomeRow
    from dunwell_client.generated.models import ChannelRow
    from dunwell_client.generated.models import ChannelTryIn
    from dunwell_client.generated.models import ChannelWaitingRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done

    from dunwell_client.transport import Connection


class ChannelsArea:
    """Operations about channels."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_channels(self, *, with_ended: bool | None = None) -> list[ChannelRow]:
        """List the channels with their health.

        GET /api/v1/channels
        """
        told: list[ChannelRow] = self._connection.call("GET", "/channels", query={"with_ended": with_ended})
        return told

    def new_channel(self, body: ChannelIn, *, idempotency_key: str | None = None) -> Created:
        """Set up a channel; what carried these messages before is ended.

        POST /api/v1/channels
        """
        told: Created = self._connection.call("POST", "/channels", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_channel(self, channel_id: int) -> ChannelRow:
        """Show a channel.

        GET /api/v1/channels/{channel_id}
        """
        told: ChannelRow = self._connection.call("GET", f"/channels/{path_part(channel_id)}")
        return told

    def change_channel(self, channel_id: int, body: ChannelChange, *, idempotency_key: str | None = None) -> Done:
        """Change how a channel reaches its provider; its failures are forgotten.

        PATCH /api/v1/channels/{channel_id}
        """
        told: Done = self._connection.call("PATCH", f"/channels/{path_part(channel_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def finish_channel(self, channel_id: int, *, idempotency_key: str | None = None) -> Done:
        """End a channel; texts that wait become tasks for people.

        POST /api/v1/channels/{channel_id}/end
        """
        told: Done = self._connection.call("POST", f"/channels/{path_part(channel_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def rouse_channel(self, channel_id: int, *, idempotency_key: str | None = None) -> Done:
        """Let the next delivery try a channel that rests.

        POST /api/v1/channels/{channel_id}/wake
        """
        told: Done = self._connection.call("POST", f"/channels/{path_part(channel_id)}/wake", takes_key=True, key=idempotency_key)
        return told

    def renew_channel(self, channel_id: int, *, idempotency_key: str | None = None) -> Done:
        """Make a new address for reports; the one before stops working.

        POST /api/v1/channels/{channel_id}/renew
        """
        told: Done = self._connection.call("POST", f"/channels/{path_part(channel_id)}/renew", takes_key=True, key=idempotency_key)
        return told

    def send_by_channel(self, channel_id: int, body: ChannelTryIn) -> Done:
        """Hand one message over to an address of your own, now. It talks to the carrier: no key.

        POST /api/v1/channels/{channel_id}/try
        """
        told: Done = self._connection.call("POST", f"/channels/{path_part(channel_id)}/try", body=body)
        return told

    def list_channel_months(self) -> list[ChannelMonthRow]:
        """List volume and cost by month, channel and carrier: `cost_micros` of `cost_currency`.

        GET /api/v1/channel-months
        """
        told: list[ChannelMonthRow] = self._connection.call("GET", "/channel-months")
        return told

    def list_channel_outcomes(self) -> list[ChannelOutcomeRow]:
        """List what became of the messages of the last 90 days by channel and template.

        GET /api/v1/channel-outcomes
        """
        told: list[ChannelOutcomeRow] = self._connection.call("GET", "/channel-outcomes")
        return told

    def list_channel_queues(self) -> list[ChannelWaitingRow]:
        """List messages that have not gone out, by channel.

        GET /api/v1/channel-queues
        """
        told: list[ChannelWaitingRow] = self._connection.call("GET", "/channel-queues")
        return told
