"""Operations about limitation. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import EventIn
    from dunwell_client.generated.models import LimitationEventEndIn
    from dunwell_client.generated.models import LimitationEventRow
    from dunwell_client.generated.models import LimitationRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RecoveryIn
    from dunwell_client.generated.models import RecoveryRow
    from dunwell_client.generated.models import VatClaimIn
    from dunwell_client.generated.models import VatReliefRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class LimitationArea:
    """Operations about limitation."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_limitation(self, *, bucket: Literal['', 'barred', '30', '90', '180', '365', 'later', 'stopped', 'unknown'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LimitationRow]:
        """List claims with the last day to act on each, next to lapse first.

        GET /api/v1/limitation
        """
        told: Page[LimitationRow] = self._connection.call("GET", "/limitation", query={"bucket": bucket, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def list_limitation_events(self, *, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LimitationEventRow]:
        """List what was recorded by hand, the newest first.

        GET /api/v1/limitation-events
        """
        told: Page[LimitationEventRow] = self._connection.call("GET", "/limitation-events", query={"customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_limitation_event(self, body: EventIn, *, idempotency_key: str | None = None) -> Created:
        """Record what begins limitation anew or stops it.

        POST /api/v1/limitation-events
        """
        told: Created = self._connection.call("POST", "/limitation-events", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_limitation_event_ended(self, limitation_event_id: int, body: LimitationEventEndIn, *, idempotency_key: str | None = None) -> Done:
        """Record the last day of what ran until now.

        POST /api/v1/limitation-events/{limitation_event_id}/end
        """
        told: Done = self._connection.call("POST", f"/limitation-events/{path_part(limitation_event_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_limitation_event(self, limitation_event_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a wrong event back.

        POST /api/v1/limitation-events/{limitation_event_id}/take-back
        """
        told: Done = self._connection.call("POST", f"/limitation-events/{path_part(limitation_event_id)}/take-back", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_recoveries(self, *, which: Literal['', 'ask', 'over'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RecoveryRow]:
        """List written-off debts, the largest left first; `ask` are those worth asking for.

        GET /api/v1/recoveries
        """
        told: Page[RecoveryRow] = self._connection.call("GET", "/recoveries", query={"which": which, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_recovery(self, lost_item_id: int, body: RecoveryIn, *, idempotency_key: str | None = None) -> Created:
        """Put a part of a payment on a written-off debt; the write-off stays.

        POST /api/v1/recoveries/{lost_item_id}
        """
        told: Created = self._connection.call("POST", f"/recoveries/{path_part(lost_item_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_vat_relief(self, *, state: Literal['', 'due', 'waiting', 'repay', 'claimed', 'missed'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[VatReliefRow]:
        """List bad debts with their VAT, the first to end first.

        GET /api/v1/vat-relief
        """
        told: Page[VatReliefRow] = self._connection.call("GET", "/vat-relief", query={"state": state, "cursor": cursor, "limit": limit})
        return told

    def new_vat_claim(self, lost_item_id: int, body: VatClaimIn, *, idempotency_key: str | None = None) -> Created:
        """Record that the VAT of a lost debt was claimed back.

        POST /api/v1/vat-relief/{lost_item_id}/claim
        """
        told: Created = self._connection.call("POST", f"/vat-relief/{path_part(lost_item_id)}/claim", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_vat_repaid(self, repaid_item_id: int, *, idempotency_key: str | None = None) -> Done:
        """Record that VAT was repaid, as the customer paid after the claim.

        POST /api/v1/vat-relief/{repaid_item_id}/repay
        """
        told: Done = self._connection.call("POST", f"/vat-relief/{path_part(repaid_item_id)}/repay", takes_key=True, key=idempotency_key)
        return told
