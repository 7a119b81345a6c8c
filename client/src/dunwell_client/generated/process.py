"""Operations about process. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import ItemCourse
    from dunwell_client.generated.models import ProcessCases
    from dunwell_client.generated.models import ProcessPage

    from dunwell_client.transport import Connection


class ProcessArea:
    """Operations about process."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_process(self, *, first: str | None = None, last: str | None = None, currency: str | None = None, segment: str | None = None) -> ProcessPage | None:
        """Show what follows what with waits and money days, stages, variants, rework, deviations.

        As the day's cycle found it; null before the first time, when the rest is absent.

        GET /api/v1/process
        """
        told: ProcessPage | None = self._connection.call("GET", "/process", query={"first": first, "last": last, "currency": currency, "segment": segment})
        return told

    def list_process_invoices(self, *, first: str | None = None, last: str | None = None, currency: str | None = None, segment: str | None = None, kind: Literal['step', 'variant', 'again', 'loop', 'stage', 'deviation', 'fit', 'handover'] | None = None, name: str | None = None, cursor: str | None = None, limit: int | None = None) -> ProcessCases:
        """List the invoices of a figure of the process, the most money days first; they sum to it.

        GET /api/v1/process/invoices
        """
        told: ProcessCases = self._connection.call("GET", "/process/invoices", query={"first": first, "last": last, "currency": currency, "segment": segment, "kind": kind, "name": name, "cursor": cursor, "limit": limit})
        return told

    def show_invoice_course(self, item_id: int) -> ItemCourse:
        """Show what happened to one invoice, step by step, with the wait after each.

        GET /api/v1/process/invoices/{item_id}
        """
        told: ItemCourse = self._connection.call("GET", f"/process/invoices/{path_part(item_id)}")
        return told

    def export_process_log(self, *, first: str | None = None, last: str | None = None, currency: str | None = None, segment: str | None = None) -> dict[str, Any]:
        """Return the log of the invoices chosen as OCEL 2.0; 413 for too many for one file.

        GET /api/v1/process/log.ocel.json
        """
        told: dict[str, Any] = self._connection.call("GET", "/process/log.ocel.json", query={"first": first, "last": last, "currency": currency, "segment": segment})
        return told
