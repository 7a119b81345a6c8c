"""/approvals: what goes beyond somebody's authority, and the decisions of a second person."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Done, Id, Limit, Plain, answers, own
from dunwell.api.writes import once
from dunwell.models import ApprovalRequest
from dunwell.queries.approvals import ApprovalRow, approval_rows
from dunwell.queries.pages import Page

router = Router(tags=["approvals"])

Note = Annotated[Plain, Field(max_length=300)]


class ApprovalDecisionIn(Body):
    """Yes or no; a no needs a reason."""

    is_approved: bool
    reason: Note = ""


class ApprovalWithdrawIn(Body):
    """Why the request is taken back, if it should be said."""

    reason: Note = ""


@router.get("", response=answers(Page[ApprovalRow]))
def list_approvals(
    request: ApiRequest,
    scope: Literal["waiting", "mine", "decided", "all"] = "waiting",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ApprovalRow]:
    """List requests: those that wait for this person the oldest first, others the newest first."""
    actor = request.actor
    actor.require("ledger.view")
    return approval_rows(
        actor.company,
        scope=scope,
        person=actor.name.partition(" via ")[0],
        roles=actor.roles,
        as_of=request.as_of,
        cursor=cursor,
        limit=limit,
    )


@router.post("/{request_id}/decide", response=answers(Done))
@once
def decide_on_request(
    request: ApiRequest, request_id: Id, body: ApprovalDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Approve or reject what somebody else asked for; an approval is carried out at once."""
    decide_approval(
        actor=request.actor,
        request=own(ApprovalRequest, request.actor, request_id),
        approve=body.is_approved,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{own_request_id}/withdraw", response=answers(Done))
@once
def withdraw_request(
    request: ApiRequest, own_request_id: Id, body: ApprovalWithdrawIn
) -> tuple[int, dict[str, Any]]:
    """Take one's own request back."""
    withdraw_approval(
        actor=request.actor,
        request=own(ApprovalRequest, request.actor, own_request_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
