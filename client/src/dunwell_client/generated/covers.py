"""Operations about covers. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ClaimAnswerIn
    from dunwell_client.generated.models import ClaimPaidIn
    from dunwell_client.generated.models import CoverClaimIn
    from dunwell_client.generated.models import CoverClaimRow
    from dunwell_client.generated.models import CoverIn
    from dunwell_client.generated.models import CoverRow
    from dunwell_client.generated.models import CoverUseRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DoneIn
    from dunwell_client.generated.models import FileIn
    from dunwell_client.generated.models import GrantIn
    from dunwell_client.generated.models import NoticeRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CoversArea:
    """Operations about covers."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_covers(self, *, scope: Literal['standing', 'expiring', 'requested', 'over', 'all'] | None = None, kind: Literal['', 'insurance', 'guarantee', 'collateral', 'deposit'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CoverRow]:
        """List covers, the latest entered first; by default those that are granted and not over.

        GET /api/v1/covers
        """
        told: Page[CoverRow] = self._connection.call("GET", "/covers", query={"scope": scope, "kind": kind, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_cover(self, body: CoverIn, *, idempotency_key: str | None = None) -> Created:
        """Record that a cover was asked for; it counts once somebody else enters the grant.

        POST /api/v1/covers
        """
        told: Created = self._connection.call("POST", "/covers", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_cover_deadlines(self, *, status: Literal['', 'open', 'done', 'missed', 'moot'] | None = None, cover_id: int | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[NoticeRow]:
        """List told deadlines of covers, the soonest first.

        GET /api/v1/covers/deadlines
        """
        told: Page[NoticeRow] = self._connection.call("GET", "/covers/deadlines", query={"status": status, "cover_id": cover_id, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def list_cover_usage(self, *, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CoverUseRow]:
        """List what covers stand behind of what customers owe, the most uncovered first.

        GET /api/v1/covers/usage
        """
        told: Page[CoverUseRow] = self._connection.call("GET", "/covers/usage", query={"customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def show_cover(self, cover_id: int) -> CoverRow:
        """Show one cover.

        GET /api/v1/covers/{cover_id}
        """
        told: CoverRow = self._connection.call("GET", f"/covers/{path_part(cover_id)}")
        return told

    def grant_one_cover(self, cover_id: int, body: GrantIn, *, idempotency_key: str | None = None) -> Done:
        """Enter what the provider granted; another person than the one who asked does it.

        POST /api/v1/covers/{cover_id}/grant
        """
        told: Done = self._connection.call("POST", f"/covers/{path_part(cover_id)}/grant", body=body, takes_key=True, key=idempotency_key)
        return told

    def refuse_one_cover(self, cover_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Enter that the provider grants nothing, with the reason it gave.

        POST /api/v1/covers/{cover_id}/refuse
        """
        told: Done = self._connection.call("POST", f"/covers/{path_part(cover_id)}/refuse", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_one_cover(self, cover_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a cover: it counts for nothing from now on.

        POST /api/v1/covers/{cover_id}/end
        """
        told: Done = self._connection.call("POST", f"/covers/{path_part(cover_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def meet_cover_deadline(self, notice_id: int, body: DoneIn, *, idempotency_key: str | None = None) -> Done:
        """Record that a deadline was met: reported, stopped, renewed.

        POST /api/v1/covers/deadlines/{notice_id}/done
        """
        told: Done = self._connection.call("POST", f"/covers/deadlines/{path_part(notice_id)}/done", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_cover_claims(self, *, status: Literal['', 'draft', 'filed', 'accepted', 'refused', 'paid', 'dropped'] | None = None, cover_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CoverClaimRow]:
        """List claims under covers, the newest first.

        GET /api/v1/cover-claims
        """
        told: Page[CoverClaimRow] = self._connection.call("GET", "/cover-claims", query={"status": status, "cover_id": cover_id, "cursor": cursor, "limit": limit})
        return told

    def new_cover_claim(self, body: CoverClaimIn, *, idempotency_key: str | None = None) -> Created:
        """Draw up a claim for overdue items: the cover's share of what is open on them.

        POST /api/v1/cover-claims
        """
        told: Created = self._connection.call("POST", "/cover-claims", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_cover_claim(self, cover_claim_id: int) -> CoverClaimRow:
        """Show one claim under a cover.

        GET /api/v1/cover-claims/{cover_claim_id}
        """
        told: CoverClaimRow = self._connection.call("GET", f"/cover-claims/{path_part(cover_claim_id)}")
        return told

    def file_cover_claim(self, cover_claim_id: int, body: FileIn, *, idempotency_key: str | None = None) -> Done:
        """File a claim: its evidence is packed and kept.

        POST /api/v1/cover-claims/{cover_claim_id}/file
        """
        told: Done = self._connection.call("POST", f"/cover-claims/{path_part(cover_claim_id)}/file", body=body, takes_key=True, key=idempotency_key)
        return told

    def answer_cover_claim(self, cover_claim_id: int, body: ClaimAnswerIn, *, idempotency_key: str | None = None) -> Done:
        """Enter what the provider answered; an accepted claim may be for less than was claimed.

        POST /api/v1/cover-claims/{cover_claim_id}/answer
        """
        told: Done = self._connection.call("POST", f"/cover-claims/{path_part(cover_claim_id)}/answer", body=body, takes_key=True, key=idempotency_key)
        return told

    def pay_cover_claim(self, cover_claim_id: int, body: ClaimPaidIn, *, idempotency_key: str | None = None) -> Done:
        """Enter what the provider paid; the money itself comes by the bank.

        POST /api/v1/cover-claims/{cover_claim_id}/pay
        """
        told: Done = self._connection.call("POST", f"/cover-claims/{path_part(cover_claim_id)}/pay", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_cover_claim(self, cover_claim_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Drop a claim that was not filed.

        POST /api/v1/cover-claims/{cover_claim_id}/drop
        """
        told: Done = self._connection.call("POST", f"/cover-claims/{path_part(cover_claim_id)}/drop", body=body, takes_key=True, key=idempotency_key)
        return told
