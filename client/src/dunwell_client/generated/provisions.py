"""Operations about provisions. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditYields
    from dunwell_client.generated.models import DecisionOfLossIn
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import DrawProvisionIn
    from dunwell_client.generated.models import Hindsight
    from dunwell_client.generated.models import LossAssessmentIn
    from dunwell_client.generated.models import LossAssessmentRow
    from dunwell_client.generated.models import ProvisionDetail
    from dunwell_client.generated.models import ProvisionItemRow
    from dunwell_client.generated.models import ProvisionRunRow
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import RetentionEvidenceIn
    from dunwell_client.generated.models import RetentionIn
    from dunwell_client.generated.models import RetentionRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ProvisionsArea:
    """Operations about provisions."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_provisions(self, *, cursor: str | None = None, limit: int | None = None) -> Page[ProvisionRunRow]:
        """List provisions, the newest first; dropped ones are left out.

        GET /api/v1/provisions
        """
        told: Page[ProvisionRunRow] = self._connection.call("GET", "/provisions", query={"cursor": cursor, "limit": limit})
        return told

    def new_provision(self, body: DrawProvisionIn, *, idempotency_key: str | None = None) -> Created:
        """Measure the allowance at a month end and keep it as a draft.

        POST /api/v1/provisions
        """
        told: Created = self._connection.call("POST", "/provisions", body=body, takes_key=True, key=idempotency_key)
        return told

    def credit_yield_of_year(self, *, by: Literal['segment', 'terms', 'country'] | None = None, group: str | None = None) -> CreditYields:
        """Return a year of credit by segment, terms or country, or the customers of one group.

        GET /api/v1/provisions/yield
        """
        told: CreditYields = self._connection.call("GET", "/provisions/yield", query={"by": by, "group": group})
        return told

    def list_loss_assessments(self, *, cursor: str | None = None, limit: int | None = None) -> Page[LossAssessmentRow]:
        """List losses assessed one by one, the newest first.

        GET /api/v1/provisions/assessments
        """
        told: Page[LossAssessmentRow] = self._connection.call("GET", "/provisions/assessments", query={"cursor": cursor, "limit": limit})
        return told

    def new_loss_assessment(self, body: LossAssessmentIn, *, idempotency_key: str | None = None) -> Created:
        """State what is expected to be lost; a second person approves it.

        POST /api/v1/provisions/assessments
        """
        told: Created = self._connection.call("POST", "/provisions/assessments", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_loss_assessment(self, loss_assessment_id: int, body: DecisionOfLossIn, *, idempotency_key: str | None = None) -> Done:
        """Approve or refuse an assessment.

        POST /api/v1/provisions/assessments/{loss_assessment_id}/decide
        """
        told: Done = self._connection.call("POST", f"/provisions/assessments/{path_part(loss_assessment_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_loss_assessment(self, loss_assessment_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End an assessment from today on.

        POST /api/v1/provisions/assessments/{loss_assessment_id}/end
        """
        told: Done = self._connection.call("POST", f"/provisions/assessments/{path_part(loss_assessment_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_retentions(self, *, status: Literal['', 'held', 'released', 'dropped'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[RetentionRow]:
        """List parts of items that are due later, by their days; an empty status lists all.

        GET /api/v1/provisions/retentions
        """
        told: Page[RetentionRow] = self._connection.call("GET", "/provisions/retentions", query={"status": status, "cursor": cursor, "limit": limit})
        return told

    def new_retention(self, body: RetentionIn, *, idempotency_key: str | None = None) -> Created:
        """Note that a part of an item is due later.

        POST /api/v1/provisions/retentions
        """
        told: Created = self._connection.call("POST", "/provisions/retentions", body=body, takes_key=True, key=idempotency_key)
        return told

    def release_held_retention(self, retention_id: int, body: RetentionEvidenceIn, *, idempotency_key: str | None = None) -> Done:
        """Note that what makes a part due has happened.

        POST /api/v1/provisions/retentions/{retention_id}/release
        """
        told: Done = self._connection.call("POST", f"/provisions/retentions/{path_part(retention_id)}/release", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_held_retention(self, retention_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take back a part noted in error.

        POST /api/v1/provisions/retentions/{retention_id}/drop
        """
        told: Done = self._connection.call("POST", f"/provisions/retentions/{path_part(retention_id)}/drop", body=body, takes_key=True, key=idempotency_key)
        return told

    def provision_detail(self, provision_id: int) -> ProvisionDetail:
        """Return a provision with its lines, roll-forward, postings and rates.

        GET /api/v1/provisions/{provision_id}
        """
        told: ProvisionDetail = self._connection.call("GET", f"/provisions/{path_part(provision_id)}")
        return told

    def provision_item_rows(self, provision_id: int, *, line: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ProvisionItemRow]:
        """List the items of a provision or of one of its lines; they sum to it.

        GET /api/v1/provisions/{provision_id}/items
        """
        told: Page[ProvisionItemRow] = self._connection.call("GET", f"/provisions/{path_part(provision_id)}/items", query={"line": line, "cursor": cursor, "limit": limit})
        return told

    def provision_in_hindsight(self, provision_id: int) -> list[Hindsight]:
        """Return what became of what a provision was measured on.

        GET /api/v1/provisions/{provision_id}/hindsight
        """
        told: list[Hindsight] = self._connection.call("GET", f"/provisions/{path_part(provision_id)}/hindsight")
        return told

    def review_drawn_provision(self, provision_id: int, *, idempotency_key: str | None = None) -> Done:
        """Mark a draft as reviewed; whoever drew it may not.

        POST /api/v1/provisions/{provision_id}/review
        """
        told: Done = self._connection.call("POST", f"/provisions/{path_part(provision_id)}/review", takes_key=True, key=idempotency_key)
        return told

    def post_reviewed_provision(self, provision_id: int, *, idempotency_key: str | None = None) -> Done:
        """Book a reviewed provision.

        POST /api/v1/provisions/{provision_id}/post
        """
        told: Done = self._connection.call("POST", f"/provisions/{path_part(provision_id)}/post", takes_key=True, key=idempotency_key)
        return told

    def drop_drawn_provision(self, provision_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Drop a provision that is not posted.

        POST /api/v1/provisions/{provision_id}/drop
        """
        told: Done = self._connection.call("POST", f"/provisions/{path_part(provision_id)}/drop", body=body, takes_key=True, key=idempotency_key)
        return told

    def reverse_posted_provision(self, provision_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take the newest posted provision back.

        POST /api/v1/provisions/{provision_id}/reverse
        """
        told: Done = self._connection.call("POST", f"/provisions/{path_part(provision_id)}/reverse", body=body, takes_key=True, key=idempotency_key)
        return told
