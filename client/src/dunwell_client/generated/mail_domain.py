"""Operations about mail domain. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from dunwell_client.generated.models import DomainCheckBegun
    from dunwell_client.generated.models import DomainCheckIn
    from dunwell_client.generated.models import DomainCheckOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class MailDomainArea:
    """Operations about mail domain."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_domain_checks(self, *, domain: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[DomainCheckOut]:
        """List what was found of the domains we send from, the newest check first.

        GET /api/v1/mail-domain/checks
        """
        told: Page[DomainCheckOut] = self._connection.call("GET", "/mail-domain/checks", query={"domain": domain, "cursor": cursor, "limit": limit})
        return told

    def begin_domain_check(self, body: DomainCheckIn) -> DomainCheckBegun:
        """Begin to ask the name servers, in the background. Asked twice one check runs: no key.

        What was found is in the list.

        POST /api/v1/mail-domain/checks
        """
        told: DomainCheckBegun = self._connection.call("POST", "/mail-domain/checks", body=body)
        return told
