"""Operations about company. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from dunwell_client.generated.models import CompanyChanges
    from dunwell_client.generated.models import CompanyOut
    from dunwell_client.generated.models import Done

    from dunwell_client.transport import Connection


class CompanyArea:
    """Operations about company."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_company(self) -> CompanyOut:
        """Show the company's settings.

        GET /api/v1/company
        """
        told: CompanyOut = self._connection.call("GET", "/company")
        return told

    def change_company(self, body: CompanyChanges, *, idempotency_key: str | None = None) -> Done:
        """Change the company's settings.

        PATCH /api/v1/company
        """
        told: Done = self._connection.call("PATCH", "/company", body=body, takes_key=True, key=idempotency_key)
        return told
