"""Operations about improvement. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DuelIn
    from dunwell_client.generated.models import DuelReading
    from dunwell_client.generated.models import InitiativeDropIn
    from dunwell_client.generated.models import InitiativeIn
    from dunwell_client.generated.models import InitiativePage
    from dunwell_client.generated.models import InitiativeRow
    from dunwell_client.generated.models import InitiativeStartIn
    from dunwell_client.generated.models import InitiativeVerdictIn
    from dunwell_client.generated.models import Power
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ImprovementArea:
    """Operations about improvement."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_initiatives(self, *, scope: Literal['open', 'library', 'all'] | None = None, search: str | None = None, kpi: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[InitiativeRow]:
        """List initiatives, the newest first; the library is what was kept, taken back or dropped.

        GET /api/v1/initiatives
        """
        told: Page[InitiativeRow] = self._connection.call("GET", "/initiatives", query={"scope": scope, "search": search, "kpi": kpi, "cursor": cursor, "limit": limit})
        return told

    def new_initiative(self, body: InitiativeIn, *, idempotency_key: str | None = None) -> Created:
        """Write an idea down.

        POST /api/v1/initiatives
        """
        told: Created = self._connection.call("POST", "/initiatives", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_initiative(self, initiative_id: int) -> InitiativePage:
        """Show one initiative with its effect and the 95 % interval; `is_weak`: no chance decided.

        GET /api/v1/initiatives/{initiative_id}
        """
        told: InitiativePage = self._connection.call("GET", f"/initiatives/{path_part(initiative_id)}")
        return told

    def plan_the_initiative(self, initiative_id: int, *, idempotency_key: str | None = None) -> Done:
        """Make a plan of an idea.

        POST /api/v1/initiatives/{initiative_id}/plan
        """
        told: Done = self._connection.call("POST", f"/initiatives/{path_part(initiative_id)}/plan", takes_key=True, key=idempotency_key)
        return told

    def start_the_initiative(self, initiative_id: int, body: InitiativeStartIn, *, idempotency_key: str | None = None) -> Done:
        """Note from which day the change acts.

        POST /api/v1/initiatives/{initiative_id}/start
        """
        told: Done = self._connection.call("POST", f"/initiatives/{path_part(initiative_id)}/start", body=body, takes_key=True, key=idempotency_key)
        return told

    def measure_the_initiative(self, initiative_id: int, *, idempotency_key: str | None = None) -> Done:
        """Keep what is found today.

        POST /api/v1/initiatives/{initiative_id}/measure
        """
        told: Done = self._connection.call("POST", f"/initiatives/{path_part(initiative_id)}/measure", takes_key=True, key=idempotency_key)
        return told

    def decide_the_initiative(self, initiative_id: int, body: InitiativeVerdictIn, *, idempotency_key: str | None = None) -> Done:
        """Keep the change or take it back.

        POST /api/v1/initiatives/{initiative_id}/decide
        """
        told: Done = self._connection.call("POST", f"/initiatives/{path_part(initiative_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_the_initiative(self, initiative_id: int, body: InitiativeDropIn, *, idempotency_key: str | None = None) -> Done:
        """Put an idea or a plan aside.

        POST /api/v1/initiatives/{initiative_id}/drop
        """
        told: Done = self._connection.call("POST", f"/initiatives/{path_part(initiative_id)}/drop", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_power(self, *, share_ppm: int | None = None) -> Power:
        """Show what a comparison takes with today's volumes: customers and weeks by effect.

        GET /api/v1/duels/power
        """
        told: Power = self._connection.call("GET", "/duels/power", query={"share_ppm": share_ppm})
        return told

    def new_duel(self, body: DuelIn, *, idempotency_key: str | None = None) -> Created:
        """Write a comparison down as a draft; the answer is the key of its experiment.

        POST /api/v1/duels
        """
        told: Created = self._connection.call("POST", "/duels", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_duel(self, experiment_id: int) -> DuelReading:
        """Show what a comparison says today; the interval holds on whichever day one looks.

        GET /api/v1/duels/{experiment_id}
        """
        told: DuelReading = self._connection.call("GET", f"/duels/{path_part(experiment_id)}")
        return told
