"""Operations about teamwork. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CaseGraph
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DutyIn
    from dunwell_client.generated.models import DutyRow
    from dunwell_client.generated.models import HandOffIn
    from dunwell_client.generated.models import HandOffReasonIn
    from dunwell_client.generated.models import HandOffResultIn
    from dunwell_client.generated.models import HandOffRow
    from dunwell_client.generated.models import MentionRow
    from dunwell_client.generated.models import RemarkIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class TeamworkArea:
    """Operations about teamwork."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_duties(self) -> list[DutyRow]:
        """List who is on call now and next.

        GET /api/v1/team/duties
        """
        told: list[DutyRow] = self._connection.call("GET", "/team/duties")
        return told

    def new_duty(self, body: DutyIn, *, idempotency_key: str | None = None) -> Created:
        """Put somebody on call for a role.

        POST /api/v1/team/duties
        """
        told: Created = self._connection.call("POST", "/team/duties", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_duty(self, duty_id: int) -> DutyRow:
        """Show who is on call for a role on which days; 404 once it was taken back.

        GET /api/v1/team/duties/{duty_id}
        """
        told: DutyRow = self._connection.call("GET", f"/team/duties/{path_part(duty_id)}")
        return told

    def drop_duty(self, duty_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take somebody off call.

        POST /api/v1/team/duties/{duty_id}/end
        """
        told: Done = self._connection.call("POST", f"/team/duties/{path_part(duty_id)}/end", takes_key=True, key=idempotency_key)
        return told

    def show_case_graph(self, customer_id: int) -> CaseGraph:
        """Show what stands about a customer as nodes and edges; the items sum to what is open.

        GET /api/v1/customers/{customer_id}/case
        """
        told: CaseGraph = self._connection.call("GET", f"/customers/{path_part(customer_id)}/case")
        return told

    def new_remark(self, customer_id: int, body: RemarkIn, *, idempotency_key: str | None = None) -> Created:
        """Say something to colleagues about a customer; the customer never reads it.

        POST /api/v1/customers/{customer_id}/remarks
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/remarks", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_hand_offs(self, *, scope: Literal['mine', 'asked', 'open', 'late', 'over'] | None = None, desk: Literal['credit', 'collections', 'cash', 'disputes', 'sales', 'support'] | Literal[''] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[HandOffRow]:
        """List hand-offs: what is to be taken on first at the top, what is over the newest first.

        GET /api/v1/hand-offs
        """
        told: Page[HandOffRow] = self._connection.call("GET", "/hand-offs", query={"scope": scope, "desk": desk, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_hand_off(self, body: HandOffIn, *, idempotency_key: str | None = None) -> Created:
        """Hand a piece of work about a customer to another desk; the clock runs.

        POST /api/v1/hand-offs
        """
        told: Created = self._connection.call("POST", "/hand-offs", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_hand_off(self, hand_off_id: int) -> HandOffRow:
        """Show one hand-off with its clock and what came of it.

        GET /api/v1/hand-offs/{hand_off_id}
        """
        told: HandOffRow = self._connection.call("GET", f"/hand-offs/{path_part(hand_off_id)}")
        return told

    def take_on_hand_off(self, hand_off_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a hand-off on; its clock stops, and it is the caller's.

        POST /api/v1/hand-offs/{hand_off_id}/take
        """
        told: Done = self._connection.call("POST", f"/hand-offs/{path_part(hand_off_id)}/take", takes_key=True, key=idempotency_key)
        return told

    def return_hand_off(self, hand_off_id: int, body: HandOffReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Give a hand-off back to who asked, with the reason.

        POST /api/v1/hand-offs/{hand_off_id}/give-back
        """
        told: Done = self._connection.call("POST", f"/hand-offs/{path_part(hand_off_id)}/give-back", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_hand_off(self, hand_off_id: int, body: HandOffResultIn, *, idempotency_key: str | None = None) -> Done:
        """Say what came of a hand-off that was taken on.

        POST /api/v1/hand-offs/{hand_off_id}/done
        """
        told: Done = self._connection.call("POST", f"/hand-offs/{path_part(hand_off_id)}/done", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_hand_off(self, hand_off_id: int, body: HandOffReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a hand-off back that is no longer needed; who asked may.

        POST /api/v1/hand-offs/{hand_off_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/hand-offs/{path_part(hand_off_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_mentions(self, *, scope: Literal['mine', 'made', 'all'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[MentionRow]:
        """List mentions of the caller and those it covers for, the newest first.

        GET /api/v1/mentions
        """
        told: Page[MentionRow] = self._connection.call("GET", "/mentions", query={"scope": scope, "cursor": cursor, "limit": limit})
        return told

    def show_mention(self, mention_id: int) -> MentionRow:
        """Show one mention of the caller, by it, or of those it covers for, with its clock.

        GET /api/v1/mentions/{mention_id}
        """
        told: MentionRow = self._connection.call("GET", f"/mentions/{path_part(mention_id)}")
        return told

    def see_mention(self, mention_id: int, *, idempotency_key: str | None = None) -> Done:
        """Say that a mention was seen; its clock stops.

        POST /api/v1/mentions/{mention_id}/seen
        """
        told: Done = self._connection.call("POST", f"/mentions/{path_part(mention_id)}/seen", takes_key=True, key=idempotency_key)
        return told
