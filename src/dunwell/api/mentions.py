"""/mentions: who calls the caller by name, and saying that it was seen."""

from typing import Any, Literal

from ninja import Router

from dunwell.actions.gate import Forbidden
from dunwell.actions.mentions import acknowledge_mention
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Done, Id, Limit, answers, own
from dunwell.api.writes import once
from dunwell.models import Mention
from dunwell.queries.mentions import MentionRow, mention_of, mention_rows
from dunwell.queries.pages import Page

router = Router(tags=["teamwork"])


@router.get("", response=answers(Page[MentionRow]))
def list_mentions(
    request: ApiRequest,
    scope: Literal["mine", "made", "all"] = "mine",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MentionRow]:
    """List mentions of the caller and those it covers for, the newest first."""
    actor = request.actor
    actor.require("ledger.view")
    return mention_rows(
        actor.company,
        user_id=actor.user_id,
        person=actor.name,
        scope=scope,
        may_read_notes="timeline.words" in actor.rights,
        cursor=cursor,
        limit=limit,
        as_of=request.as_of,
        at=request.at,
    )


@router.get("/{mention_id}", response=answers(MentionRow))
def show_mention(request: ApiRequest, mention_id: Id) -> MentionRow:
    """Show one mention of the caller, by it, or of those it covers for, with its clock."""
    actor = request.actor
    actor.require("ledger.view")
    row = mention_of(
        actor.company,
        own(Mention, actor, mention_id).pk,
        user_id=actor.user_id,
        person=actor.name,
        may_read_notes="timeline.words" in actor.rights,
        as_of=request.as_of,
        at=request.at,
    )
    if row is None:
        raise Forbidden("This mention calls somebody else; list your own.")
    return row


@router.post("/{mention_id}/seen", response=answers(Done))
@once
def see_mention(request: ApiRequest, mention_id: Id) -> tuple[int, dict[str, Any]]:
    """Say that a mention was seen; its clock stops."""
    acknowledge_mention(
        actor=request.actor,
        mention=own(Mention, request.actor, mention_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
