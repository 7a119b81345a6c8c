"""/levels and /campaign: items by level now and next, and who would be contacted today and why."""

from datetime import date, timedelta
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.reminders import review_reminders
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Day, Done, Key, Limit, Word, answers, existing
from dunwell.api.writes import once
from dunwell.jobs.day_plans import DayPlan, worked_out
from dunwell.queries.campaigns import Campaign, CampaignFilter, campaign_in, review_in
from dunwell.queries.levels import (
    NONE,
    LevelBook,
    LevelFilter,
    LevelRow,
    Levels,
    level_rows,
    levels_in,
    levels_of,
)
from dunwell.queries.pages import Page
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import ContactPlan

router = Router(tags=["strategies"])
FURTHEST = timedelta(days=31)
HIGHEST = 1_000

Level = Annotated[int, Field(ge=0, le=HIGHEST)]
LevelOrNone = Annotated[
    int, Field(ge=NONE, le=HIGHEST, description="-1: not told yet, or nothing comes next.")
]


class ChoiceIn(Body):
    """Which contacts of the day; what is left out lets all through."""

    strategy: Word = ""
    level: Level | None = None
    channel: Word = ""
    segment: Word = ""


@router.get("/levels", response=answers(Levels))
def show_levels(request: ApiRequest, as_of: Day | None = None) -> Levels:
    """Show items and customers by level now and next, and by why they sit there."""
    request.actor.require("ledger.view")
    return levels_of(_book(request, as_of))


@router.get("/levels/items", response=answers(Page[LevelRow]))
def list_level_items(
    request: ApiRequest,
    level: LevelOrNone | None = None,
    next_level: LevelOrNone | None = None,
    state: Word = "",
    customer_id: Key | None = None,
    as_of: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LevelRow]:
    """List the items on a level, the longest late first."""
    request.actor.require("ledger.view")
    book = _book(request, as_of)
    only = LevelFilter(level=level, next_level=next_level, state=state, customer_id=customer_id)
    return level_rows(book, only, cursor=cursor, limit=limit)


@router.get("/campaign", response=answers(Campaign))
def show_campaign(
    request: ApiRequest,
    strategy: Word = "",
    level: Level | None = None,
    channel: Word = "",
    segment: Word = "",
    version_id: Key | None = None,
    sample_of: Key | None = None,
) -> Campaign:
    """Show who would be contacted today under a choice, who not and why. Writes nothing."""
    request.actor.require("ledger.view")
    only = CampaignFilter(strategy=strategy, level=level, channel=channel, segment=segment)
    made = worked_out(request.actor.company, as_of=request.as_of, version_id=version_id)
    return campaign_in(_plan(made), only, sample_of=sample_of)


@router.post("/campaign/review", response=answers(Done))
@once
def review_campaign(request: ApiRequest, body: ChoiceIn) -> tuple[int, dict[str, Any]]:
    """Write the chosen contacts of today as drafts that wait for approval."""
    company = request.actor.company
    only = CampaignFilter(
        strategy=body.strategy, level=body.level, channel=body.channel, segment=body.segment
    )
    changed = review_reminders(
        actor=request.actor,
        plan=review_in(_plan(worked_out(company, as_of=request.as_of)), only),
        policies=strategies_in_force(company, as_of=request.as_of),
        at=request.at,
    )
    return 200, {"changed": changed}


def _book(request: ApiRequest, as_of: date | None) -> LevelBook:
    day = _day(request, as_of)
    return levels_in(_plan(worked_out(request.actor.company, as_of=day)))


def _plan(made: DayPlan) -> ContactPlan:
    if made.error:
        raise Refused(made.error)
    return existing(made.plan)


def _day(request: ApiRequest, as_of: date | None) -> date:
    if as_of is None:
        return request.as_of
    if as_of > request.as_of + FURTHEST:
        raise Refused(f"{as_of} lies too far ahead; ask for a day up to a month from today.")
    return as_of
