"""Operations about connections. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ConnectionChangeIn
    from dunwell_client.generated.models import ConnectionChangeRow
    from dunwell_client.generated.models import ConnectionDecision
    from dunwell_client.generated.models import ConnectionDifferenceRow
    from dunwell_client.generated.models import ConnectionFileRow
    from dunwell_client.generated.models import ConnectionIn
    from dunwell_client.generated.models import ConnectionKind
    from dunwell_client.generated.models import ConnectionRow
    from dunwell_client.generated.models import ConnectionSyncRow
    from dunwell_client.generated.models import ConnectionTested
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import OutsideNote
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ConnectionsArea:
    """Operations about connections."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_connection_kinds(self) -> list[ConnectionKind]:
        """List what can be connected, and the settings each kind takes.

        GET /api/v1/connection-kinds
        """
        told: list[ConnectionKind] = self._connection.call("GET", "/connection-kinds")
        return told

    def list_connections(self) -> list[ConnectionRow]:
        """List the connections with their state and tie-out.

        GET /api/v1/connections
        """
        told: list[ConnectionRow] = self._connection.call("GET", "/connections")
        return told

    def new_connection(self, body: ConnectionIn, *, idempotency_key: str | None = None) -> Created:
        """Add a connection; its first sync is due at once. Test it with its own operation.

        POST /api/v1/connections
        """
        told: Created = self._connection.call("POST", "/connections", body=body, takes_key=True, key=idempotency_key)
        return told

    def edit_connection(self, connection_id: int, body: ConnectionChangeIn, *, idempotency_key: str | None = None) -> Done:
        """Change a connection, or pause it and let it go on.

        PUT /api/v1/connections/{connection_id}
        """
        told: Done = self._connection.call("PUT", f"/connections/{path_part(connection_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def test_connection(self, connection_id: int) -> ConnectionTested:
        """Sign in there and say who answered, or why nobody did. It changes nothing there: no key.

        POST /api/v1/connections/{connection_id}/test
        """
        told: ConnectionTested = self._connection.call("POST", f"/connections/{path_part(connection_id)}/test")
        return told

    def begin_connection_sync(self, connection_id: int) -> Done:
        """Sync now, in the background. Asked twice one sync runs: no key.

        POST /api/v1/connections/{connection_id}/sync
        """
        told: Done = self._connection.call("POST", f"/connections/{path_part(connection_id)}/sync")
        return told

    def read_connection_again(self, connection_id: int, *, idempotency_key: str | None = None) -> Done:
        """Let the next sync, due now, read everything once more; what is known changes nothing.

        POST /api/v1/connections/{connection_id}/again
        """
        told: Done = self._connection.call("POST", f"/connections/{path_part(connection_id)}/again", takes_key=True, key=idempotency_key)
        return told

    def stop_connection(self, connection_id: int, *, idempotency_key: str | None = None) -> Done:
        """End a connection for good: its secret is wiped, what came by it stays.

        POST /api/v1/connections/{connection_id}/end
        """
        told: Done = self._connection.call("POST", f"/connections/{path_part(connection_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def list_connection_syncs(self, connection_id: int, *, cursor: str | None = None, limit: int | None = None) -> Page[ConnectionSyncRow]:
        """List the syncs of a connection, the newest first.

        GET /api/v1/connections/{connection_id}/syncs
        """
        told: Page[ConnectionSyncRow] = self._connection.call("GET", f"/connections/{path_part(connection_id)}/syncs", query={"cursor": cursor, "limit": limit})
        return told

    def list_connection_differences(self, connection_id: int, connection_sync_id: int, *, cursor: str | None = None, limit: int | None = None) -> Page[ConnectionDifferenceRow]:
        """List the documents that are open otherwise there than here, after a sync.

        GET /api/v1/connections/{connection_id}/syncs/{connection_sync_id}/differences
        """
        told: Page[ConnectionDifferenceRow] = self._connection.call("GET", f"/connections/{path_part(connection_id)}/syncs/{path_part(connection_sync_id)}/differences", query={"cursor": cursor, "limit": limit})
        return told

    def list_connection_files(self, connection_id: int, *, cursor: str | None = None, limit: int | None = None, outcome: Literal['', 'seen', 'taken', 'known', 'waits', 'refused'] | None = None) -> Page[ConnectionFileRow]:
        """List the files found in a remote folder, the newest first, with what each became here.

        GET /api/v1/connections/{connection_id}/files
        """
        told: Page[ConnectionFileRow] = self._connection.call("GET", f"/connections/{path_part(connection_id)}/files", query={"cursor": cursor, "limit": limit, "outcome": outcome})
        return told

    def list_connection_changes(self, connection_id: int, *, cursor: str | None = None, limit: int | None = None, status: Literal['', 'proposed', 'tried', 'approved', 'writing', 'written', 'failed', 'dismissed'] | None = None) -> Page[ConnectionChangeRow]:
        """List write-backs of a connection with what stands there before and after.

        GET /api/v1/connections/{connection_id}/changes
        """
        told: Page[ConnectionChangeRow] = self._connection.call("GET", f"/connections/{path_part(connection_id)}/changes", query={"cursor": cursor, "limit": limit, "status": status})
        return told

    def decide_connection_changes(self, connection_id: int, body: ConnectionDecision, *, idempotency_key: str | None = None) -> Done:
        """Approve write-backs, which are written then in the background, or dismiss them.

        POST /api/v1/connections/{connection_id}/changes/decide
        """
        told: Done = self._connection.call("POST", f"/connections/{path_part(connection_id)}/changes/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def propose_connection_note(self, connection_id: int, body: OutsideNote, *, idempotency_key: str | None = None) -> Created:
        """Propose a note at a customer there; it is tried with the next sync, then waits.

        POST /api/v1/connections/{connection_id}/notes
        """
        told: Created = self._connection.call("POST", f"/connections/{path_part(connection_id)}/notes", body=body, takes_key=True, key=idempotency_key)
        return told
