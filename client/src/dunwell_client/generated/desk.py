"""Operations about desk. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from dunwell_client.generated.models import AgingFigures
    from dunwell_client.generated.models import ChainCheck
    from dunwell_client.generated.models import CycleIn
    from dunwell_client.generated.models import CycleOut
    from dunwell_client.generated.models import EventRow
    from dunwell_client.generated.models import HomeFigures
    from dunwell_client.generated.models import KpiFigure
    from dunwell_client.generated.models import Me
    from dunwell_client.generated.models import Verification
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class DeskArea:
    """Operations about desk."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_me(self) -> Me:
        """Show who acts and what they may do.

        GET /api/v1/me
        """
        told: Me = self._connection.call("GET", "/me")
        return told

    def show_home(self) -> HomeFigures:
        """Show the home page's figures, and what changed in the last day.

        GET /api/v1/home
        """
        told: HomeFigures = self._connection.call("GET", "/home")
        return told

    def show_aging(self, *, as_of: str | None = None, known_on: str | None = None) -> list[AgingFigures]:
        """Show what was open on a day as known on a day, per currency and bucket of days past due.

        GET /api/v1/aging
        """
        told: list[AgingFigures] = self._connection.call("GET", "/aging", query={"as_of": as_of, "known_on": known_on})
        return told

    def list_kpis(self, *, kpi: str | None = None, until: str | None = None) -> list[KpiFigure]:
        """List the last value of every KPI (or of one) per currency, with its course over a year.

        GET /api/v1/kpis
        """
        told: list[KpiFigure] = self._connection.call("GET", "/kpis", query={"kpi": kpi, "until": until})
        return told

    def start_cycle(self, body: CycleIn) -> CycleOut:
        """Run the day's cycle. A day already done is not done again: no key.

        POST /api/v1/cycle
        """
        told: CycleOut = self._connection.call("POST", "/cycle", body=body)
        return told

    def verify(self) -> Verification:
        """Prove every invariant of the books from plain SQL, with the rows that break it.

        GET /api/v1/verify
        """
        told: Verification = self._connection.call("GET", "/verify")
        return told

    def list_events(self, *, verb: str | None = None, subject: str | None = None, subject_id: int | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[EventRow]:
        """List what happened, newest first.

        GET /api/v1/events
        """
        told: Page[EventRow] = self._connection.call("GET", "/events", query={"verb": verb, "subject": subject, "subject_id": subject_id, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def check_chain(self) -> ChainCheck:
        """Recompute the hash chain over every event.

        GET /api/v1/events/chain
        """
        told: ChainCheck = self._connection.call("GET", "/events/chain")
        return told
