"""Operations about rates. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import FeedIn
    from dunwell_client.generated.models import RateIn
    from dunwell_client.generated.models import RateRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class RatesArea:
    """Operations about rates."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_rates(self, *, currency: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RateRow]:
        """List exchange rates.

        GET /api/v1/rates
        """
        told: Page[RateRow] = self._connection.call("GET", "/rates", query={"currency": currency, "cursor": cursor, "limit": limit})
        return told

    def new_rate(self, body: RateIn, *, idempotency_key: str | None = None) -> Created:
        """Set the rate of a currency from a day on.

        POST /api/v1/rates
        """
        told: Created = self._connection.call("POST", "/rates", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_feed(self, body: FeedIn, *, idempotency_key: str | None = None) -> Created:
        """Record how far a feed covers now.

        POST /api/v1/feeds
        """
        told: Created = self._connection.call("POST", "/feeds", body=body, takes_key=True, key=idempotency_key)
        return told
