"""Operations about limits. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AddedLimitsOut
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LimitChangeIn
    from dunwell_client.generated.models import LimitIn
    from dunwell_client.generated.models import LimitLedgerRow
    from dunwell_client.generated.models import LimitLinesIn
    from dunwell_client.generated.models import LimitUseRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class LimitsArea:
    """Operations about limits."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_limits(self, *, kind: Literal['', 'standard', 'temporary', 'insured', 'suspension', 'resumption'] | None = None, status: Literal['', 'proposed', 'approved', 'rejected', 'withdrawn'] | None = None, customer_id: int | None = None, group_id: int | None = None, segment: str | None = None, until_on: str | None = None, as_of: str | None = None, known_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LimitLedgerRow]:
        """List the ledger of limits, the newest row first, with what each row is on a day.

        `known_on` leaves out what was asked or decided later.

        GET /api/v1/limits
        """
        told: Page[LimitLedgerRow] = self._connection.call("GET", "/limits", query={"kind": kind, "status": status, "customer_id": customer_id, "group_id": group_id, "segment": segment, "until_on": until_on, "as_of": as_of, "known_on": known_on, "cursor": cursor, "limit": limit})
        return told

    def new_limit(self, body: LimitIn, *, idempotency_key: str | None = None) -> Created:
        """Ask for a limit; within authority it is approved at once, else somebody else decides.

        POST /api/v1/limits
        """
        told: Created = self._connection.call("POST", "/limits", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_limits_in_force(self, *, scope: Literal['', 'over', 'none', 'suspended'] | None = None, segment: str | None = None, group_id: int | None = None, search: str | None = None, as_of: str | None = None, known_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LimitUseRow]:
        """List customers by number with the limit that applies on a day and what is used of it.

        The exposure is of now, at the rates of the day: open items, delivered not billed, approved
        orders, less money on account and covers. It is empty while a rate is missing.

        GET /api/v1/limits/in-force
        """
        told: Page[LimitUseRow] = self._connection.call("GET", "/limits/in-force", query={"scope": scope, "segment": segment, "group_id": group_id, "search": search, "as_of": as_of, "known_on": known_on, "cursor": cursor, "limit": limit})
        return told

    def new_limits(self, body: LimitLinesIn, *, idempotency_key: str | None = None) -> AddedLimitsOut:
        """Add many limits in one step, all or none; what the ledger says already changes nothing.

        POST /api/v1/limits/lines
        """
        told: AddedLimitsOut = self._connection.call("POST", "/limits/lines", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_limits(self, body: LimitChangeIn, *, idempotency_key: str | None = None) -> AddedLimitsOut:
        """Change the standard limits of customers by a share or an amount, rounded and bounded.

        POST /api/v1/limits/change
        """
        told: AddedLimitsOut = self._connection.call("POST", "/limits/change", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_limit(self, limit_id: int) -> LimitLedgerRow:
        """Show one row of the ledger.

        GET /api/v1/limits/{limit_id}
        """
        told: LimitLedgerRow = self._connection.call("GET", f"/limits/{path_part(limit_id)}")
        return told

    def take_back_limit(self, limit_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take one's own limit back while it waits for an approval.

        POST /api/v1/limits/{limit_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/limits/{path_part(limit_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told
