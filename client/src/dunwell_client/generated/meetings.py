"""Operations about meetings. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AgendaRow
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MeetingDecisionIn
    from dunwell_client.generated.models import MeetingDecisionRow
    from dunwell_client.generated.models import MeetingDetail
    from dunwell_client.generated.models import MeetingIn
    from dunwell_client.generated.models import MeetingOutcomeIn
    from dunwell_client.generated.models import MeetingRow
    from dunwell_client.generated.models import StuckItemRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class MeetingsArea:
    """Operations about meetings."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_agenda(self) -> list[AgendaRow]:
        """List what a meeting of today is about, the heaviest first in each currency.

        GET /api/v1/meetings/agenda
        """
        told: list[AgendaRow] = self._connection.call("GET", "/meetings/agenda")
        return told

    def list_meeting_decisions(self, *, scope: Literal['all', 'open'] | None = None) -> list[MeetingDecisionRow]:
        """List decisions, those not carried out first, by the day they are due.

        GET /api/v1/meetings/decisions
        """
        told: list[MeetingDecisionRow] = self._connection.call("GET", "/meetings/decisions", query={"scope": scope})
        return told

    def list_meeting_point_items(self, point_id: int) -> list[StuckItemRow]:
        """List the items behind a point of a meeting; they sum to what was stuck.

        GET /api/v1/meetings/points/{point_id}/items
        """
        told: list[StuckItemRow] = self._connection.call("GET", f"/meetings/points/{path_part(point_id)}/items")
        return told

    def list_meetings(self, *, cursor: str | None = None, limit: int | None = None) -> Page[MeetingRow]:
        """List meetings, the newest first.

        GET /api/v1/meetings
        """
        told: Page[MeetingRow] = self._connection.call("GET", "/meetings", query={"cursor": cursor, "limit": limit})
        return told

    def begin_meeting(self, body: MeetingIn, *, idempotency_key: str | None = None) -> Created:
        """Begin a meeting: the agenda of today is kept.

        POST /api/v1/meetings
        """
        told: Created = self._connection.call("POST", "/meetings", body=body, takes_key=True, key=idempotency_key)
        return told

    def get_meeting(self, meeting_id: int) -> MeetingDetail:
        """Return one meeting with its agenda and decisions.

        GET /api/v1/meetings/{meeting_id}
        """
        told: MeetingDetail = self._connection.call("GET", f"/meetings/{path_part(meeting_id)}")
        return told

    def take_meeting_decision(self, meeting_id: int, body: MeetingDecisionIn, *, idempotency_key: str | None = None) -> Created:
        """Write a decision down; about a point it becomes a task.

        POST /api/v1/meetings/{meeting_id}/decisions
        """
        told: Created = self._connection.call("POST", f"/meetings/{path_part(meeting_id)}/decisions", body=body, takes_key=True, key=idempotency_key)
        return told

    def finish_meeting_decision(self, meeting_decision_id: int, body: MeetingOutcomeIn, *, idempotency_key: str | None = None) -> Done:
        """Note that a decision was carried out and what came of it.

        POST /api/v1/meetings/decisions/{meeting_decision_id}/done
        """
        told: Done = self._connection.call("POST", f"/meetings/decisions/{path_part(meeting_decision_id)}/done", body=body, takes_key=True, key=idempotency_key)
        return told
