"""Operations about promises. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AmountIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import PromiseDay
    from dunwell_client.generated.models import PromiseDetail
    from dunwell_client.generated.models import PromiseIn
    from dunwell_client.generated.models import PromiseRow
    from dunwell_client.generated.models import PromiseWithdrawIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PromisesArea:
    """Operations about promises."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_promises(self, *, outcome: Literal['', 'open', 'kept', 'partially_kept', 'broken', 'withdrawn', 'superseded'] | None = None, customer_id: int | None = None, due_from: str | None = None, due_until: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[PromiseRow]:
        """List promises, the soonest due first.

        GET /api/v1/promises
        """
        told: Page[PromiseRow] = self._connection.call("GET", "/promises", query={"outcome": outcome, "customer_id": customer_id, "due_from": due_from, "due_until": due_until, "cursor": cursor, "limit": limit})
        return told

    def add_promise(self, body: PromiseIn, *, idempotency_key: str | None = None) -> Created:
        """Record a promise to pay.

        POST /api/v1/promises
        """
        told: Created = self._connection.call("POST", "/promises", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_promise_days(self, *, from_on: str | None = None, to_on: str | None = None) -> list[PromiseDay]:
        """List what is promised by day and currency, with how many are kept and failed.

        Without days it is the 60 days from today on.

        GET /api/v1/promises/days
        """
        told: list[PromiseDay] = self._connection.call("GET", "/promises/days", query={"from_on": from_on, "to_on": to_on})
        return told

    def add_promised_amount(self, body: AmountIn, *, idempotency_key: str | None = None) -> Created:
        """Record that a customer will pay an amount, on whatever of its items is oldest.

        POST /api/v1/promises/amounts
        """
        told: Created = self._connection.call("POST", "/promises/amounts", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_promise(self, promise_id: int) -> PromiseDetail:
        """Show which items a promise covers, and what is still open on them.

        One of an amount has no lines: its money may go on any item. `keep_ppm` is how likely it was
        kept when it was made, by how the customer kept its word before.

        GET /api/v1/promises/{promise_id}
        """
        told: PromiseDetail = self._connection.call("GET", f"/promises/{path_part(promise_id)}")
        return told

    def forgive(self, promise_id: int, body: PromiseWithdrawIn, *, idempotency_key: str | None = None) -> Done:
        """Take back what followed from a failed promise; the judgement stays.

        POST /api/v1/promises/{promise_id}/forgive
        """
        told: Done = self._connection.call("POST", f"/promises/{path_part(promise_id)}/forgive", body=body, takes_key=True, key=idempotency_key)
        return told

    def take_back_promise(self, promise_id: int, body: PromiseWithdrawIn, *, idempotency_key: str | None = None) -> Done:
        """Withdraw an open promise, so that dunning goes on.

        POST /api/v1/promises/{promise_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/promises/{path_part(promise_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told
