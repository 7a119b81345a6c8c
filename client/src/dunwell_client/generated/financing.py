"""Operations about financing. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BorrowingBase
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DrawDetail
    from dunwell_client.generated.models import DrawIn
    from dunwell_client.generated.models import DrawRow
    from dunwell_client.generated.models import FacilityIn
    from dunwell_client.generated.models import FacilityRow
    from dunwell_client.generated.models import FacilityTermsIn
    from dunwell_client.generated.models import FinancingComparison
    from dunwell_client.generated.models import LenderReferenceIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class FinancingArea:
    """Operations about financing."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_facilities(self) -> list[FacilityRow]:
        """List facilities with the terms in force, those in use first.

        GET /api/v1/financing/facilities
        """
        told: list[FacilityRow] = self._connection.call("GET", "/financing/facilities")
        return told

    def new_facility(self, body: FacilityIn, *, idempotency_key: str | None = None) -> Created:
        """Note what is offered; it is not in use yet.

        POST /api/v1/financing/facilities
        """
        told: Created = self._connection.call("POST", "/financing/facilities", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_facility_terms(self, facility_id: int, body: FacilityTermsIn, *, idempotency_key: str | None = None) -> Created:
        """Put terms in force from a day on.

        POST /api/v1/financing/facilities/{facility_id}/terms
        """
        told: Created = self._connection.call("POST", f"/financing/facilities/{path_part(facility_id)}/terms", body=body, takes_key=True, key=idempotency_key)
        return told

    def open_offered_facility(self, facility_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a facility into use; whoever noted it may not.

        POST /api/v1/financing/facilities/{facility_id}/open
        """
        told: Done = self._connection.call("POST", f"/financing/facilities/{path_part(facility_id)}/open", takes_key=True, key=idempotency_key)
        return told

    def close_open_facility(self, facility_id: int, *, idempotency_key: str | None = None) -> Done:
        """End a facility that nothing is drawn on.

        POST /api/v1/financing/facilities/{facility_id}/close
        """
        told: Done = self._connection.call("POST", f"/financing/facilities/{path_part(facility_id)}/close", takes_key=True, key=idempotency_key)
        return told

    def borrowing_base_of(self, facility_id: int) -> BorrowingBase:
        """Return the borrowing base: from what is owed to what may still be drawn.

        GET /api/v1/financing/facilities/{facility_id}/base
        """
        told: BorrowingBase = self._connection.call("GET", f"/financing/facilities/{path_part(facility_id)}/base")
        return told

    def compare_financing(self, *, segment: str | None = None) -> FinancingComparison:
        """Return what open items in home currency are worth held, and under every facility.

        GET /api/v1/financing/compare
        """
        told: FinancingComparison = self._connection.call("GET", "/financing/compare", query={"segment": segment})
        return told

    def list_draws(self, *, cursor: str | None = None, limit: int | None = None) -> Page[DrawRow]:
        """List draws, the newest first.

        GET /api/v1/financing/draws
        """
        told: Page[DrawRow] = self._connection.call("GET", "/financing/draws", query={"cursor": cursor, "limit": limit})
        return told

    def new_draw(self, facility_id: int, body: DrawIn, *, idempotency_key: str | None = None) -> Created:
        """Assign items to a facility.

        POST /api/v1/financing/facilities/{facility_id}/draws
        """
        told: Created = self._connection.call("POST", f"/financing/facilities/{path_part(facility_id)}/draws", body=body, takes_key=True, key=idempotency_key)
        return told

    def draw_of(self, draw_id: int) -> DrawDetail:
        """Return a draw with its items and bookings.

        GET /api/v1/financing/draws/{draw_id}
        """
        told: DrawDetail = self._connection.call("GET", f"/financing/draws/{path_part(draw_id)}")
        return told

    def sanction_proposed_draw(self, draw_id: int, *, idempotency_key: str | None = None) -> Done:
        """Approve a draw; whoever proposed it may not.

        POST /api/v1/financing/draws/{draw_id}/sanction
        """
        told: Done = self._connection.call("POST", f"/financing/draws/{path_part(draw_id)}/sanction", takes_key=True, key=idempotency_key)
        return told

    def disburse_sanctioned_draw(self, draw_id: int, body: LenderReferenceIn, *, idempotency_key: str | None = None) -> Done:
        """Book that the lender paid out.

        POST /api/v1/financing/draws/{draw_id}/disburse
        """
        told: Done = self._connection.call("POST", f"/financing/draws/{path_part(draw_id)}/disburse", body=body, takes_key=True, key=idempotency_key)
        return told

    def settle_disbursed_draw(self, draw_id: int, *, idempotency_key: str | None = None) -> Done:
        """Pay the lender back for every item its customer has paid; return how many.

        POST /api/v1/financing/draws/{draw_id}/settle
        """
        told: Done = self._connection.call("POST", f"/financing/draws/{path_part(draw_id)}/settle", takes_key=True, key=idempotency_key)
        return told

    def cancel_open_draw(self, draw_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Drop a draw that was not paid out.

        POST /api/v1/financing/draws/{draw_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/financing/draws/{path_part(draw_id)}/cancel", body=body, takes_key=True, key=idempotency_key)
        return told

    def return_draw_item(self, draw_id: int, draw_item_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take an item back from the lender.

        POST /api/v1/financing/draws/{draw_id}/items/{draw_item_id}/return
        """
        told: Done = self._connection.call("POST", f"/financing/draws/{path_part(draw_id)}/items/{path_part(draw_item_id)}/return", body=body, takes_key=True, key=idempotency_key)
        return told
