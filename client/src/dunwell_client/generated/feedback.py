"""Operations about feedback. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    from dunwell_client.generated.models import FeedbackOut
    from dunwell_client.generated.models import SurveyRow
    from dunwell_client.generated.models import TiredCustomer
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class FeedbackArea:
    """Operations about feedback."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def show_feedback(self, *, from_on: str | None = None, until_on: str | None = None) -> FeedbackOut:
        """Return what customers say, whom calls reach and who complains, in a span of days.

        GET /api/v1/feedback
        """
        told: FeedbackOut = self._connection.call("GET", "/feedback", query={"from_on": from_on, "until_on": until_on})
        return told

    def list_surveys(self, *, kind: Literal['', 'csat', 'nps', 'effort'] | None = None, occasion: Literal['', 'payment', 'case', 'conversation'] | None = None, only_answered: bool | None = None, from_on: str | None = None, until_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[SurveyRow]:
        """List questions to customers and their answers, the newest first.

        GET /api/v1/feedback/surveys
        """
        told: Page[SurveyRow] = self._connection.call("GET", "/feedback/surveys", query={"kind": kind, "occasion": occasion, "only_answered": only_answered, "from_on": from_on, "until_on": until_on, "cursor": cursor, "limit": limit})
        return told

    def list_tired_customers(self, *, cursor: str | None = None, limit: int | None = None) -> Page[TiredCustomer]:
        """List customers that were contacted often of late, the most contacted first.

        GET /api/v1/feedback/fatigue
        """
        told: Page[TiredCustomer] = self._connection.call("GET", "/feedback/fatigue", query={"cursor": cursor, "limit": limit})
        return told
