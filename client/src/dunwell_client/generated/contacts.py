"""Operations about contacts. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from dunwell_client.generated.models import ContactGap
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ContactsArea:
    """Operations about contacts."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_contact_gaps(self, *, role: Literal['payables', 'approver', 'dispute', 'legal', 'executive'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ContactGap]:
        """List customers on the worklist whom no mail reaches in a role, the most urgent first.

        `due_minor` is in `currency`; `gap` is none, unusable or phone.

        GET /api/v1/contact-gaps
        """
        told: Page[ContactGap] = self._connection.call("GET", "/contact-gaps", query={"role": role, "cursor": cursor, "limit": limit})
        return told
