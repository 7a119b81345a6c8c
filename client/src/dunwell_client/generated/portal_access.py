"""Operations about portal access. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PortalAccess
    from dunwell_client.generated.models import PortalInviteIn
    from dunwell_client.generated.models import PortalRoleIn

    from dunwell_client.transport import Connection


class PortalAccessArea:
    """Operations about portal access."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_portal_access(self, customer_id: int) -> PortalAccess:
        """Return who has access to a customer's account, the links sent and the keys.

        GET /api/v1/customers/{customer_id}/portal
        """
        told: PortalAccess = self._connection.call("GET", f"/customers/{path_part(customer_id)}/portal")
        return told

    def new_portal_seat(self, customer_id: int, body: PortalInviteIn, *, idempotency_key: str | None = None) -> Created:
        """Give somebody access and send the first link.

        POST /api/v1/customers/{customer_id}/portal
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/portal", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_portal_role(self, portal_seat_id: int, body: PortalRoleIn, *, idempotency_key: str | None = None) -> Done:
        """Give somebody another role.

        POST /api/v1/portal-seats/{portal_seat_id}/role
        """
        told: Done = self._connection.call("POST", f"/portal-seats/{path_part(portal_seat_id)}/role", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_portal_seat(self, portal_seat_id: int, *, idempotency_key: str | None = None) -> Done:
        """End somebody's access; sessions, links and keys stop at once.

        POST /api/v1/portal-seats/{portal_seat_id}/end
        """
        told: Done = self._connection.call("POST", f"/portal-seats/{path_part(portal_seat_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def send_portal_link(self, portal_seat_id: int, *, idempotency_key: str | None = None) -> Created:
        """Send somebody with access a link to sign in.

        POST /api/v1/portal-seats/{portal_seat_id}/link
        """
        told: Created = self._connection.call("POST", f"/portal-seats/{path_part(portal_seat_id)}/link", takes_key=True, key=idempotency_key)
        return told

    def send_portal_view_link(self, contact_id: int, *, idempotency_key: str | None = None) -> Created:
        """Send a contact a link to look at the account for thirty days.

        POST /api/v1/contacts/{contact_id}/portal-link
        """
        told: Created = self._connection.call("POST", f"/contacts/{path_part(contact_id)}/portal-link", takes_key=True, key=idempotency_key)
        return told

    def revoke_portal_link(self, portal_link_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a link back: it opens nothing any more.

        POST /api/v1/portal-links/{portal_link_id}/revoke
        """
        told: Done = self._connection.call("POST", f"/portal-links/{path_part(portal_link_id)}/revoke", takes_key=True, key=idempotency_key)
        return told

    def revoke_portal_key(self, portal_key_id: int, *, idempotency_key: str | None = None) -> Done:
        """Stop a key of a customer's program.

        POST /api/v1/portal-keys/{portal_key_id}/revoke
        """
        told: Done = self._connection.call("POST", f"/portal-keys/{path_part(portal_key_id)}/revoke", takes_key=True, key=idempotency_key)
        return told
