"""/credit-reviews: the queue of reviews with its budget, recommendations and decisions."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.credit_reviews import (
    ask_review,
    decide_review,
    recommend_review,
    start_review,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import CreditReview, Customer
from dunwell.queries.credit_reviews import (
    ReviewBudget,
    ReviewDetail,
    ReviewMonth,
    ReviewRow,
    review_budget,
    review_calendar,
    review_counts,
    review_detail,
    review_rows,
)
from dunwell.queries.pages import Page
from dunwell.queries.review_proposals import review_proposal

router = Router(tags=["credit reviews"])

Words = Annotated[Plain, Field(min_length=1, max_length=300)]
Minor = Annotated[int, Field(ge=0, le=9_000_000_000_000_000, description="Minor units.")]


class ReviewCounts(Schema):
    """How many reviews each scope has."""

    week: int
    waiting: int
    working: int
    decide: int
    overdue: int
    closed: int
    all: int


class CreditReviewIn(Body):
    """Whose credit to review out of turn, and why."""

    customer_id: Key
    reason: Words


class ReviewStartIn(Body):
    """Whether data is still on its way: then it is started again with what came in."""

    waits_for_data: bool = False


class AdviceIn(Body):
    """What is recommended; raise and lower name the new limit in the company's currency."""

    advice: Literal["keep", "raise", "lower", "suspend"]
    limit_minor: Minor | None = None
    until_on: Day | None = None
    reason: Words


class ReviewDecisionIn(Body):
    """Whether the recommendation is carried out; sending it back needs the reason."""

    is_approved: bool
    reason: Annotated[Plain, Field(max_length=300)] = ""


@router.get("", response=answers(Page[ReviewRow]))
def list_credit_reviews(
    request: ApiRequest,
    scope: Literal["week", "waiting", "working", "decide", "overdue", "closed", "all"] = "week",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ReviewRow]:
    """List reviews, the largest change in expected loss first; closed ones the newest first."""
    request.actor.require("ledger.view")
    return review_rows(
        request.actor.company,
        as_of=request.as_of,
        scope=scope,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/counts", response=answers(ReviewCounts))
def count_credit_reviews(request: ApiRequest) -> dict[str, int]:
    """Count the reviews of each scope."""
    request.actor.require("ledger.view")
    return review_counts(request.actor.company, as_of=request.as_of)


@router.get("/budget", response=answers(ReviewBudget))
def show_review_budget(request: ApiRequest) -> ReviewBudget:
    """Show how many reviews people do this week, and how many wait behind them."""
    request.actor.require("ledger.view")
    return review_budget(request.actor.company, as_of=request.as_of)


@router.get("/calendar", response=answers(list[ReviewMonth]))
def show_review_calendar(request: ApiRequest) -> list[ReviewMonth]:
    """Show how many reviews fall due in each month."""
    request.actor.require("ledger.view")
    return list(review_calendar(request.actor.company, as_of=request.as_of))


@router.get("/{review_id}", response=answers(ReviewDetail))
def show_credit_review(request: ApiRequest, review_id: Id) -> ReviewDetail:
    """Show one review: what moved since the last one, and what the policy proposed."""
    request.actor.require("ledger.view")
    return existing(review_detail(request.actor.company, review_id, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_credit_review(request: ApiRequest, body: CreditReviewIn) -> tuple[int, dict[str, Any]]:
    """Ask for a review of a customer out of turn."""
    review = ask_review(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": review.pk}


@router.post("/{review_id}/start", response=answers(Done))
@once
def start_credit_review(
    request: ApiRequest, review_id: Id, body: ReviewStartIn
) -> tuple[int, dict[str, Any]]:
    """Take a review on: facts are read anew, with what the policy would grant."""
    request.actor.require("review.edit")
    review = own(CreditReview, request.actor, review_id)
    start_review(
        actor=request.actor,
        review=review,
        waits_for_data=body.waits_for_data,
        proposal=review_proposal(review, as_of=request.as_of),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{review_id}/recommend", response=answers(Done))
@once
def recommend_credit_review(
    request: ApiRequest, review_id: Id, body: AdviceIn
) -> tuple[int, dict[str, Any]]:
    """Recommend keep, raise, lower or suspend; somebody else decides."""
    recommend_review(
        actor=request.actor,
        review=own(CreditReview, request.actor, review_id),
        advice=body.advice,
        limit_minor=body.limit_minor,
        until_on=body.until_on,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{review_id}/decide", response=answers(Done))
@once
def decide_credit_review(
    request: ApiRequest, review_id: Id, body: ReviewDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Carry a recommendation out, or send it back; its limit waits where authority ends."""
    decide_review(
        actor=request.actor,
        review=own(CreditReview, request.actor, review_id),
        is_approved=body.is_approved,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
