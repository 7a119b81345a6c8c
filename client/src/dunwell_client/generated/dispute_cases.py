"""Operations about dispute cases. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AnsweredIn
    from dunwell_client.generated.models import CaseDetail
    from dunwell_client.generated.models import CaseGivenIn
    from dunwell_client.generated.models import CaseIn
    from dunwell_client.generated.models import CasesGivenIn
    from dunwell_client.generated.models import CommentIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import DecidedIn
    from dunwell_client.generated.models import DisputeCaseRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import MergedIn
    from dunwell_client.generated.models import QuestionIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ResolutionIn
    from dunwell_client.generated.models import ReviewedIn
    from dunwell_client.generated.models import WaitIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class DisputeCasesArea:
    """Operations about dispute cases."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_dispute_cases(self, *, scope: Literal['open', 'mine', 'late', 'over', 'all'] | None = None, status: Literal['', 'new', 'assigned', 'in_review', 'waiting_customer', 'waiting_internal', 'proposed', 'pending_approval', 'resolved', 'closed', 'withdrawn', 'merged'] | None = None, reason: str | None = None, customer_id: int | None = None, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[DisputeCaseRow]:
        """List cases: what is to be decided by its last day, others the newest first.

        GET /api/v1/dispute-cases
        """
        told: Page[DisputeCaseRow] = self._connection.call("GET", "/dispute-cases", query={"scope": scope, "status": status, "reason": reason, "customer_id": customer_id, "search": search, "cursor": cursor, "limit": limit})
        return told

    def new_dispute_case(self, body: CaseIn, *, idempotency_key: str | None = None) -> Created:
        """Open a case; what is not disputed stays collectable. Returns the case it went into.

        POST /api/v1/dispute-cases
        """
        told: Created = self._connection.call("POST", "/dispute-cases", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_dispute_case(self, dispute_case_id: int) -> CaseDetail:
        """Show one case: amounts, parts, evidence, questions, resolutions, history.

        GET /api/v1/dispute-cases/{dispute_case_id}
        """
        told: CaseDetail = self._connection.call("GET", f"/dispute-cases/{path_part(dispute_case_id)}")
        return told

    def assign_dispute_cases(self, body: CasesGivenIn, *, idempotency_key: str | None = None) -> Done:
        """Give many cases to a person or a team: all, or none.

        POST /api/v1/dispute-case-assignments
        """
        told: Done = self._connection.call("POST", "/dispute-case-assignments", body=body, takes_key=True, key=idempotency_key)
        return told

    def assign_dispute_case(self, dispute_case_id: int, body: CaseGivenIn, *, idempotency_key: str | None = None) -> Done:
        """Give a case to a person or a team.

        POST /api/v1/dispute-cases/{dispute_case_id}/assign
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/assign", body=body, takes_key=True, key=idempotency_key)
        return told

    def review_dispute_case(self, dispute_case_id: int, body: ReviewedIn, *, idempotency_key: str | None = None) -> Done:
        """Take a case up; a clock that stood runs again.

        POST /api/v1/dispute-cases/{dispute_case_id}/review
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/review", body=body, takes_key=True, key=idempotency_key)
        return told

    def wait_with_dispute_case(self, dispute_case_id: int, body: WaitIn, *, idempotency_key: str | None = None) -> Done:
        """Let a case wait for the customer, which stops its clock, or for colleagues.

        POST /api/v1/dispute-cases/{dispute_case_id}/wait
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/wait", body=body, takes_key=True, key=idempotency_key)
        return told

    def withdraw_dispute_case(self, dispute_case_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """End a case because the customer no longer disputes; all of it is owed again.

        POST /api/v1/dispute-cases/{dispute_case_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told

    def reopen_dispute_case(self, dispute_case_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a case up again that had ended, as long as the policy allows.

        POST /api/v1/dispute-cases/{dispute_case_id}/reopen
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/reopen", body=body, takes_key=True, key=idempotency_key)
        return told

    def merge_dispute_case(self, dispute_case_id: int, body: MergedIn, *, idempotency_key: str | None = None) -> Done:
        """Put a case into another of the same customer.

        POST /api/v1/dispute-cases/{dispute_case_id}/merge
        """
        told: Done = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/merge", body=body, takes_key=True, key=idempotency_key)
        return told

    def ask_about_dispute_case(self, dispute_case_id: int, body: QuestionIn, *, idempotency_key: str | None = None) -> Created:
        """Ask a colleague, or a guest, whose link the page of the case shows.

        POST /api/v1/dispute-cases/{dispute_case_id}/tasks
        """
        told: Created = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/tasks", body=body, takes_key=True, key=idempotency_key)
        return told

    def comment_on_dispute_case(self, dispute_case_id: int, body: CommentIn, *, idempotency_key: str | None = None) -> Created:
        """Write to the customer about a case; a question or proposal lets it wait for the answer.

        POST /api/v1/dispute-cases/{dispute_case_id}/comments
        """
        told: Created = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/comments", body=body, takes_key=True, key=idempotency_key)
        return told

    def answer_dispute_task(self, dispute_task_id: int, body: AnsweredIn, *, idempotency_key: str | None = None) -> Done:
        """Answer a question, once.

        POST /api/v1/dispute-tasks/{dispute_task_id}/answer
        """
        told: Done = self._connection.call("POST", f"/dispute-tasks/{path_part(dispute_task_id)}/answer", body=body, takes_key=True, key=idempotency_key)
        return told

    def cancel_dispute_task(self, dispute_task_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take a question back; a guest's link stops working.

        POST /api/v1/dispute-tasks/{dispute_task_id}/cancel
        """
        told: Done = self._connection.call("POST", f"/dispute-tasks/{path_part(dispute_task_id)}/cancel", takes_key=True, key=idempotency_key)
        return told

    def new_dispute_evidence(self, dispute_case_id: int, evidence_kind: str, files: Files, *, idempotency_key: str | None = None) -> Created:
        """Add one file of a kind of the checklist; its type is told by its bytes.

        POST /api/v1/dispute-cases/{dispute_case_id}/evidence/{evidence_kind}
        """
        told: Created = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/evidence/{path_part(evidence_kind)}", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def download_dispute_evidence(self, evidence_id: int) -> bytes:
        """Return the bytes of a file.

        GET /api/v1/dispute-evidence/{evidence_id}/file
        """
        told: bytes = self._connection.call("GET", f"/dispute-evidence/{path_part(evidence_id)}/file")
        return told

    def remove_dispute_evidence(self, evidence_id: int, *, idempotency_key: str | None = None) -> Done:
        """Take evidence off a case; its bytes and events stay.

        POST /api/v1/dispute-evidence/{evidence_id}/remove
        """
        told: Done = self._connection.call("POST", f"/dispute-evidence/{path_part(evidence_id)}/remove", takes_key=True, key=idempotency_key)
        return told

    def propose_dispute_resolution(self, dispute_case_id: int, body: ResolutionIn, *, idempotency_key: str | None = None) -> Created:
        """Propose how a case ends; within the caller's authority it ends so at once.

        POST /api/v1/dispute-cases/{dispute_case_id}/resolutions
        """
        told: Created = self._connection.call("POST", f"/dispute-cases/{path_part(dispute_case_id)}/resolutions", body=body, takes_key=True, key=idempotency_key)
        return told

    def decide_dispute_resolution(self, resolution_id: int, body: DecidedIn, *, idempotency_key: str | None = None) -> Done:
        """Approve or reject what a colleague proposes.

        POST /api/v1/dispute-resolutions/{resolution_id}/decide
        """
        told: Done = self._connection.call("POST", f"/dispute-resolutions/{path_part(resolution_id)}/decide", body=body, takes_key=True, key=idempotency_key)
        return told
