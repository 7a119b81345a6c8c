"""/incentives: rewards for paying on time, their budget, and what they brought."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.incentives import end_incentive, propose_incentive
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Limit,
    Plain,
    ReasonIn,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.incentives import IncentiveTerms
from dunwell.models import Incentive
from dunwell.queries.incentives import (
    IncentiveDetail,
    IncentiveRow,
    incentive_detail,
    incentive_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["incentives"])

Share = Annotated[int, Field(ge=0, le=1_000_000, description="Parts per million.")]


class IncentiveIn(Body):
    """So many items in a row paid in time earn a reward; the control group gets nothing."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    kind: Literal["rebate", "terms", "limit"]
    streak: Annotated[int, Field(ge=1, le=60)]
    currency: Currency
    budget_minor: Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
    reward_ppm: Share = 0
    reward_days: Annotated[int, Field(ge=0, le=365)] = 0
    control_ppm: Share = 100_000
    segments: list[Word] = Field(default=[], max_length=100)
    from_on: Day
    until_on: Day
    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


@router.get("", response=answers(Page[IncentiveRow]))
def list_incentives(
    request: ApiRequest,
    status: Literal["", "proposed", "running", "ended"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[IncentiveRow]:
    """List incentives with what is used of each budget, the newest first."""
    request.actor.require("ledger.view")
    return incentive_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.get("/{incentive_id}", response=answers(IncentiveDetail))
def show_incentive(request: ApiRequest, incentive_id: Id, cursor: Cursor = "") -> IncentiveDetail:
    """Show one incentive: its effect against the control group, and a page of its grants."""
    request.actor.require("ledger.view")
    return existing(
        incentive_detail(request.actor.company, incentive_id, as_of=request.as_of, cursor=cursor)
    )


@router.post("", response=answers(Created, 201))
@once
def new_incentive(request: ApiRequest, body: IncentiveIn) -> tuple[int, dict[str, Any]]:
    """Propose an incentive; it runs once somebody else approved its budget."""
    terms = body.dict(exclude={"reason"})
    incentive = propose_incentive(
        actor=request.actor,
        terms=IncentiveTerms(**terms),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": incentive.pk}


@router.post("/{incentive_id}/end", response=answers(Done))
@once
def stop_incentive(
    request: ApiRequest, incentive_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End an incentive, or a proposal of one; what was granted stays."""
    end_incentive(
        actor=request.actor,
        incentive=own(Incentive, request.actor, incentive_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
