"""Operations about watches. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ChangeIn
    from dunwell_client.generated.models import CheckIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import FreezeRow
    from dunwell_client.generated.models import WatchDetail
    from dunwell_client.generated.models import WatchIn
    from dunwell_client.generated.models import WatchRow
    from dunwell_client.generated.models import WatchTermsIn
    from dunwell_client.generated.models import WhyIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class WatchesArea:
    """Operations about watches."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_watches(self, *, scope: Literal['running', 'due', 'mine', 'proposed', 'ended', 'all'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[WatchRow]:
        """List watches: the soonest check first; ended and all the newest first.

        GET /api/v1/watches
        """
        told: Page[WatchRow] = self._connection.call("GET", "/watches", query={"scope": scope, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_watch(self, body: WatchIn, *, idempotency_key: str | None = None) -> Created:
        """Put a customer under watch; its first check is due on the next business day.

        POST /api/v1/watches
        """
        told: Created = self._connection.call("POST", "/watches", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_freezes(self, *, status: Literal['', 'pending', 'standing', 'rejected', 'lifted'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[FreezeRow]:
        """List freezes of exposure: with `standing`, the customers that get no more credit.

        GET /api/v1/watches/freezes
        """
        told: Page[FreezeRow] = self._connection.call("GET", "/watches/freezes", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def show_watch(self, watch_id: int) -> WatchDetail:
        """Show one watch with its agenda, checks, freezes, and what is known of the customer now.

        GET /api/v1/watches/{watch_id}
        """
        told: WatchDetail = self._connection.call("GET", f"/watches/{path_part(watch_id)}")
        return told

    def alter_watch(self, watch_id: int, body: ChangeIn, *, idempotency_key: str | None = None) -> Done:
        """Change agenda, rhythm, sponsor or the day of the next check of a running watch.

        PATCH /api/v1/watches/{watch_id}
        """
        told: Done = self._connection.call("PATCH", f"/watches/{path_part(watch_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def start_proposed_watch(self, watch_id: int, body: WatchTermsIn, *, idempotency_key: str | None = None) -> Done:
        """Start the watch that a playbook proposes.

        POST /api/v1/watches/{watch_id}/start
        """
        told: Done = self._connection.call("POST", f"/watches/{path_part(watch_id)}/start", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_check(self, watch_id: int, body: CheckIn, *, idempotency_key: str | None = None) -> Created:
        """Record what a check brought; the open task of it is done, the next one is planned.

        POST /api/v1/watches/{watch_id}/checks
        """
        told: Created = self._connection.call("POST", f"/watches/{path_part(watch_id)}/checks", body=body, takes_key=True, key=idempotency_key)
        return told

    def stop_watch(self, watch_id: int, body: WhyIn, *, idempotency_key: str | None = None) -> Done:
        """End a watch with its result, or decline a proposal with the reason.

        POST /api/v1/watches/{watch_id}/end
        """
        told: Done = self._connection.call("POST", f"/watches/{path_part(watch_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def ask_freeze(self, watch_id: int, body: WhyIn, *, idempotency_key: str | None = None) -> Created:
        """Ask a credit manager to freeze the exposure: no more credit, collecting goes on.

        POST /api/v1/watches/{watch_id}/freeze
        """
        told: Created = self._connection.call("POST", f"/watches/{path_part(watch_id)}/freeze", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_freeze(self, freeze_id: int, body: WhyIn, *, idempotency_key: str | None = None) -> Done:
        """End a freeze: credit is given again.

        POST /api/v1/watches/freezes/{freeze_id}/lift
        """
        told: Done = self._connection.call("POST", f"/watches/freezes/{path_part(freeze_id)}/lift", body=body, takes_key=True, key=idempotency_key)
        return told
