"""Operations about legal. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AdmittedIn
    from dunwell_client.generated.models import ClosedIn
    from dunwell_client.generated.models import CostIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DividendIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import FiledIn
    from dunwell_client.generated.models import LegalDetail
    from dunwell_client.generated.models import LegalRow
    from dunwell_client.generated.models import MatterChange
    from dunwell_client.generated.models import MatterIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class LegalArea:
    """Operations about legal."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_matters(self, *, status: Literal['', 'running', 'open', 'filed', 'admitted', 'enforcing', 'closed'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[LegalRow]:
        """List legal matters, the newest first; `running` shows all that are not closed.

        GET /api/v1/legal
        """
        told: Page[LegalRow] = self._connection.call("GET", "/legal", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_matter(self, body: MatterIn, *, idempotency_key: str | None = None) -> Created:
        """Open a matter: its items are held, of an insolvency all chasing of the customer stops.

        POST /api/v1/legal
        """
        told: Created = self._connection.call("POST", "/legal", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_matter(self, matter_id: int) -> LegalDetail:
        """Show one matter with its items, costs and dividends.

        GET /api/v1/legal/{matter_id}
        """
        told: LegalDetail = self._connection.call("GET", f"/legal/{path_part(matter_id)}")
        return told

    def revise_matter(self, matter_id: int, body: MatterChange, *, idempotency_key: str | None = None) -> Done:
        """Change deadline, lawyer, court, file number and quota; 409 when it was changed meanwhile.

        PATCH /api/v1/legal/{matter_id}
        """
        told: Done = self._connection.call("PATCH", f"/legal/{path_part(matter_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_proof_of_claim(self, matter_id: int) -> bytes:
        """Return the proof of claim of an insolvency as a PDF.

        GET /api/v1/legal/{matter_id}/claim.pdf
        """
        told: bytes = self._connection.call("GET", f"/legal/{path_part(matter_id)}/claim.pdf")
        return told

    def note_matter_filed(self, matter_id: int, body: FiledIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the claim was filed.

        POST /api/v1/legal/{matter_id}/file
        """
        told: Done = self._connection.call("POST", f"/legal/{path_part(matter_id)}/file", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_matter_admitted(self, matter_id: int, body: AdmittedIn, *, idempotency_key: str | None = None) -> Done:
        """Record that the claim was admitted or adjudged.

        POST /api/v1/legal/{matter_id}/admit
        """
        told: Done = self._connection.call("POST", f"/legal/{path_part(matter_id)}/admit", body=body, takes_key=True, key=idempotency_key)
        return told

    def note_matter_enforced(self, matter_id: int, *, idempotency_key: str | None = None) -> Done:
        """Record that the claim is being enforced.

        POST /api/v1/legal/{matter_id}/enforce
        """
        told: Done = self._connection.call("POST", f"/legal/{path_part(matter_id)}/enforce", takes_key=True, key=idempotency_key)
        return told

    def end_matter(self, matter_id: int, body: ClosedIn, *, idempotency_key: str | None = None) -> Done:
        """Close a matter with its result.

        POST /api/v1/legal/{matter_id}/close
        """
        told: Done = self._connection.call("POST", f"/legal/{path_part(matter_id)}/close", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_legal_cost(self, matter_id: int, body: CostIn, *, idempotency_key: str | None = None) -> Created:
        """Record what the matter cost.

        POST /api/v1/legal/{matter_id}/costs
        """
        told: Created = self._connection.call("POST", f"/legal/{path_part(matter_id)}/costs", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_dividend(self, matter_id: int, body: DividendIn, *, idempotency_key: str | None = None) -> Created:
        """Put a payment on the items of the matter, each by its share of what is open.

        POST /api/v1/legal/{matter_id}/dividends
        """
        told: Created = self._connection.call("POST", f"/legal/{path_part(matter_id)}/dividends", body=body, takes_key=True, key=idempotency_key)
        return told
