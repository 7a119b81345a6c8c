"""Operations about targets. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MilestoneRow
    from dunwell_client.generated.models import TargetSetRow
    from dunwell_client.generated.models import TargetsEndIn
    from dunwell_client.generated.models import TargetsIn
    from dunwell_client.generated.models import WorkSettingIn

    from dunwell_client.transport import Connection


class TargetsArea:
    """Operations about targets."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_targets(self) -> list[TargetSetRow]:
        """List the team's targets, the caller's own, and those that others share with the lead.

        GET /api/v1/targets
        """
        told: list[TargetSetRow] = self._connection.call("GET", "/targets")
        return told

    def new_targets(self, body: TargetsIn, *, idempotency_key: str | None = None) -> Created:
        """Set targets for the team, or for oneself.

        POST /api/v1/targets
        """
        told: Created = self._connection.call("POST", "/targets", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_milestones(self) -> list[MilestoneRow]:
        """List what was reached and kept, the newest first.

        GET /api/v1/targets/milestones
        """
        told: list[MilestoneRow] = self._connection.call("GET", "/targets/milestones")
        return told

    def choose_work_settings(self, body: WorkSettingIn, *, idempotency_key: str | None = None) -> Done:
        """Choose whether there are figures of one's own, and who sees them.

        POST /api/v1/targets/settings
        """
        told: Done = self._connection.call("POST", "/targets/settings", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_the_targets(self, target_set_id: int, body: TargetsEndIn, *, idempotency_key: str | None = None) -> Done:
        """End the team's targets, or one's own, before their time.

        POST /api/v1/targets/{target_set_id}/end
        """
        told: Done = self._connection.call("POST", f"/targets/{path_part(target_set_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
