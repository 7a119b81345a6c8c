"""/scores: how customers behave, 0 (worst) to 100, with the points that add up to it."""

from typing import Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Id, Limit, Text, answers, existing
from dunwell.queries.pages import Page
from dunwell.queries.score_moves import ScoreMoves, score_moves
from dunwell.queries.scores import ScoreRow, band_counts, customer_score, score_rows

router = Router(tags=["scores"])


class ScoreChoice(Schema):
    """Which scores."""

    model_config = ConfigDict(extra="ignore")

    band: Literal["", "A", "B", "C", "D", "E"] = ""
    only_alarms: bool = Field(default=False, description="Only scores whose fall is an alarm.")
    only_warned: bool = Field(default=False, description="Only customers with an early warning.")
    search: Text = ""


@router.get("", response=answers(Page[ScoreRow]))
def list_scores(
    request: ApiRequest,
    choice: Query[ScoreChoice],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ScoreRow]:
    """List scores of customers with their reasons and warnings, the lowest first."""
    request.actor.require("ledger.view")
    return score_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.get("/bands", response=answers(dict[str, int]))
def count_bands(request: ApiRequest) -> dict[str, int]:
    """Count the customers of each band, A (pays well) to E (at risk)."""
    request.actor.require("ledger.view")
    return band_counts(request.actor.company)


@router.get("/moves", response=answers(ScoreMoves))
def show_score_moves(request: ApiRequest) -> ScoreMoves:
    """Show how many customers moved from which band to which in 30 days, and how many alarm."""
    request.actor.require("ledger.view")
    return score_moves(request.actor.company)


@router.get("/{customer_id}", response=answers(ScoreRow))
def show_score(request: ApiRequest, customer_id: Id) -> ScoreRow:
    """Show a customer's score, the points that add up to it, and what changed."""
    request.actor.require("ledger.view")
    return existing(customer_score(request.actor.company, customer_id))
