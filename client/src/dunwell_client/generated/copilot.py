"""Operations about copilot. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import CopilotDraftOut
    from dunwell_client.generated.models import CopilotOut
    from dunwell_client.generated.models import SentenceOut

    from dunwell_client.transport import Connection


class CopilotArea:
    """Operations about copilot."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_copilot(self, customer_id: int) -> CopilotOut:
        """Show how a customer stands, what to ask next, and why score, holds and rank are as they are.

        Nothing is written, and every sentence names the records it comes from.

        GET /api/v1/copilot/customers/{customer_id}
        """
        told: CopilotOut = self._connection.call("GET", f"/copilot/customers/{path_part(customer_id)}")
        return told

    def show_copilot_draft(self, customer_id: int, *, kind: Literal['email', 'letter', 'call'] | None = None) -> CopilotDraftOut:
        """Show a mail, a letter or what to say in a call, filled from the ledger and checked.

        GET /api/v1/copilot/customers/{customer_id}/draft
        """
        told: CopilotDraftOut = self._connection.call("GET", f"/copilot/customers/{path_part(customer_id)}/draft", query={"kind": kind})
        return told

    def explain_figure(self, *, kpi: str | None = None, currency: str | None = None, as_of: str | None = None) -> list[SentenceOut]:
        """Explain a figure: what it is made of, and what moved it since the month end kept before.

        Without a currency the company's own. Empty where the book has nothing in it.

        GET /api/v1/copilot/figure
        """
        told: list[SentenceOut] = self._connection.call("GET", "/copilot/figure", query={"kpi": kpi, "currency": currency, "as_of": as_of})
        return told
