"""Operations about analyses. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AnalysisIn
    from dunwell_client.generated.models import AnalysisOut
    from dunwell_client.generated.models import BridgeCustomersOut
    from dunwell_client.generated.models import BridgeOut
    from dunwell_client.generated.models import CausesOut
    from dunwell_client.generated.models import CourseOut
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CurvesOut
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import IndustryFigureIn
    from dunwell_client.generated.models import IndustryRow
    from dunwell_client.generated.models import OwnBenchmarks
    from dunwell_client.generated.models import RollsOut
    from dunwell_client.generated.models import VintagesOut

    from dunwell_client.transport import Connection, Files


class AnalysesArea:
    """Operations about analyses."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_analyses(self) -> list[AnalysisOut]:
        """List the fifty newest analyses that are kept or under way.

        GET /api/v1/analyses
        """
        told: list[AnalysisOut] = self._connection.call("GET", "/analyses")
        return told

    def new_analysis(self, body: AnalysisIn, *, idempotency_key: str | None = None) -> Created:
        """Work an analysis out in the background, also one that is there: the books moved.

        POST /api/v1/analyses
        """
        told: Created = self._connection.call("POST", "/analyses", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_course(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, kpi: str | None = None) -> CourseOut:
        """Return a figure by month taken apart; null below four months or for an unknown figure.

        GET /api/v1/analyses/course
        """
        told: CourseOut = self._connection.call("GET", "/analyses/course", query={"as_of": as_of, "since": since, "currency": currency, "kpi": kpi})
        return told

    def show_bridge(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, by: Literal['all', 'segment', 'country', 'collector', 'strategy'] | None = None, unit: Literal['days', 'minor'] | None = None) -> BridgeOut:
        """Return what made DSO, or receivables, change between two days.

        GET /api/v1/analyses/bridge
        """
        told: BridgeOut = self._connection.call("GET", "/analyses/bridge", query={"as_of": as_of, "since": since, "currency": currency, "by": by, "unit": unit})
        return told

    def show_bridge_customers(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, by: Literal['all', 'segment', 'country', 'collector', 'strategy'] | None = None, key: str | None = None, part: Literal['volume', 'timing', 'terms', 'lateness', 'disputes', 'mix'] | None = None, unit: Literal['days', 'minor'] | None = None) -> BridgeCustomersOut:
        """Return the customers behind one part of one slice of the bridge.

        GET /api/v1/analyses/bridge/customers
        """
        told: BridgeCustomersOut = self._connection.call("GET", "/analyses/bridge/customers", query={"as_of": as_of, "since": since, "currency": currency, "by": by, "key": key, "part": part, "unit": unit})
        return told

    def show_causes(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, mode: Literal['overdue', 'change'] | None = None) -> CausesOut:
        """Return where overdue claims, or their change, come from.

        GET /api/v1/analyses/causes
        """
        told: CausesOut = self._connection.call("GET", "/analyses/causes", query={"as_of": as_of, "since": since, "currency": currency, "mode": mode})
        return told

    def show_rolls(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, by: Literal['all', 'segment', 'country', 'collector', 'strategy'] | None = None, key: str | None = None, month: str | None = None) -> RollsOut:
        """Return the roll matrix of a month, the latest unless a month's last day is given.

        GET /api/v1/analyses/rolls
        """
        told: RollsOut = self._connection.call("GET", "/analyses/rolls", query={"as_of": as_of, "since": since, "currency": currency, "by": by, "key": key, "month": month})
        return told

    def show_vintages(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, by: Literal['all', 'segment', 'country', 'collector', 'strategy'] | None = None, key: str | None = None) -> VintagesOut:
        """Return what of the invoices of each month is unpaid as they grow older.

        GET /api/v1/analyses/vintages
        """
        told: VintagesOut = self._connection.call("GET", "/analyses/vintages", query={"as_of": as_of, "since": since, "currency": currency, "by": by, "key": key})
        return told

    def show_curves(self, *, as_of: str | None = None, since: str | None = None, currency: str | None = None, by: Literal['all', 'segment', 'country', 'collector', 'strategy'] | None = None, key: str | None = None, basis: Literal['issue', 'due'] | None = None, of: Literal['months', 'slices'] | None = None) -> CurvesOut:
        """Return the share collected by age: of the months of a slice, or of slices side by side.

        GET /api/v1/analyses/curves
        """
        told: CurvesOut = self._connection.call("GET", "/analyses/curves", query={"as_of": as_of, "since": since, "currency": currency, "by": by, "key": key, "basis": basis, "of": of})
        return told

    def show_own_benchmarks(self, *, currency: str | None = None) -> OwnBenchmarks:
        """Return figures beside the twelve months before, and segments with enough customers.

        GET /api/v1/benchmarks
        """
        told: OwnBenchmarks = self._connection.call("GET", "/benchmarks", query={"currency": currency})
        return told

    def list_industry_figures(self, *, currency: str | None = None, with_withdrawn: bool | None = None) -> list[IndustryRow]:
        """List published figures beside ours of the last kept day, with source and date.

        GET /api/v1/benchmarks/industry-figures
        """
        told: list[IndustryRow] = self._connection.call("GET", "/benchmarks/industry-figures", query={"currency": currency, "with_withdrawn": with_withdrawn})
        return told

    def new_industry_figure(self, body: IndustryFigureIn, *, idempotency_key: str | None = None) -> Created:
        """Keep one published figure with its source.

        POST /api/v1/benchmarks/industry-figures
        """
        told: Created = self._connection.call("POST", "/benchmarks/industry-figures", body=body, takes_key=True, key=idempotency_key)
        return told

    def upload_industry_figures(self, files: Files, *, idempotency_key: str | None = None) -> Done:
        """Keep the figures of one CSV or XLSX, all or none; those there already stay.

        POST /api/v1/benchmarks/industry-figures/files
        """
        told: Done = self._connection.call("POST", "/benchmarks/industry-figures/files", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def end_industry_figure(self, figure_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a figure out of every comparison; it stays on record.

        POST /api/v1/benchmarks/industry-figures/{figure_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/benchmarks/industry-figures/{path_part(figure_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told
