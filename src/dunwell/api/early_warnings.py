"""/early-warnings: the watch-list, and what people make of its warnings."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.early_warnings import decide_warning
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import EarlyWarning
from dunwell.queries.early_warnings import (
    EarlyWarningRow,
    early_warning_row,
    early_warning_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["early warnings"])


class WarningDecisionIn(Body):
    """Accepted, under a watch by `playbook` where one is named, or dismissed with the reason."""

    is_accepted: bool
    reason: Annotated[Plain, Field(max_length=300)] = ""
    playbook: Word = ""


@router.get("", response=answers(Page[EarlyWarningRow]))
def list_early_warnings(
    request: ApiRequest,
    status: Literal["", "new", "accepted", "dismissed", "cleared"] = "new",
    sign: Literal["", "hardship", "refusal", "unclear"] = "",
    kind: Word = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[EarlyWarningRow]:
    """List early warnings, the strongest first."""
    request.actor.require("ledger.view")
    return early_warning_rows(
        request.actor.company,
        status=status,
        sign=sign,
        kind=kind,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{warning_id}", response=answers(EarlyWarningRow))
def show_early_warning(request: ApiRequest, warning_id: Id) -> EarlyWarningRow:
    """Show one early warning with its figures and evidence."""
    request.actor.require("ledger.view")
    return existing(early_warning_row(request.actor.company, warning_id))


@router.post("/{warning_id}/decide", response=answers(Done))
@once
def decide_early_warning(
    request: ApiRequest, warning_id: Id, body: WarningDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Accept a warning, or dismiss it; a dismissed one stays quiet for some time."""
    decide_warning(
        actor=request.actor,
        warning=own(EarlyWarning, request.actor, warning_id),
        is_accepted=body.is_accepted,
        reason=body.reason,
        playbook=body.playbook,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
