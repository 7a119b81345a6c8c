"""/portfolio-reviews: packs frozen at a day, minutes, decisions and the two names under them."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from dunwell.actions.portfolio_decisions import finish_decision, sign_review, take_decision
from dunwell.actions.portfolio_reviews import (
    cancel_review,
    freeze_pack,
    hold_review,
    plan_review,
    set_rhythm,
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
    LongText,
    Plain,
    PositiveMinor,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.review_pack import PACK_MEDIA
from dunwell.models import Customer, PortfolioDecision, PortfolioReview, User
from dunwell.queries.pages import Page
from dunwell.queries.portfolio_reviews import (
    PortfolioDecisionRow,
    PortfolioReviewDetail,
    PortfolioReviewRow,
    decision_rows,
    pack_file,
    review_detail,
    review_rows,
)

router = Router(tags=["portfolio reviews"])

Told = Annotated[Plain, Field(min_length=1, max_length=300)]
Text500 = Annotated[Plain, Field(min_length=1, max_length=500)]


class RhythmIn(Body):
    """How often, when next, and which events ask besides."""

    every_months: Literal[1, 3, 6, 12]
    next_on: Day
    on_gauge: bool = True
    on_warning: bool = True
    warning_minor: PositiveMinor


class PortfolioReviewIn(Body):
    """A review that somebody asks for."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    due_on: Day
    reason: Told
    agenda: Annotated[Plain, Field(max_length=20_000)] = ""


class HeldIn(Body):
    """Who met, when, and what was said."""

    held_on: Day
    attendees: Text500
    minutes: Annotated[LongText, Field(max_length=20_000)]


class PortfolioDecisionIn(Body):
    """What was decided, who sees to it, until when."""

    text: Text500
    owner_id: Key
    due_on: Day
    customer_id: Key | None = None


class OutcomeIn(Body):
    """What came of it."""

    outcome: Text500


class CalledOffIn(Body):
    """Why it is called off."""

    reason: Told


@router.get("", response=answers(Page[PortfolioReviewRow]))
def list_portfolio_reviews(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[PortfolioReviewRow]:
    """List reviews, the latest due first."""
    request.actor.require("ledger.view")
    return review_rows(request.actor.company, as_of=request.as_of, cursor=cursor, limit=limit)


@router.get("/decisions", response=answers(list[PortfolioDecisionRow]))
def list_portfolio_decisions(request: ApiRequest) -> list[PortfolioDecisionRow]:
    """List the decisions that wait, the first due first."""
    request.actor.require("ledger.view")
    return list(decision_rows(request.actor.company, as_of=request.as_of))


@router.post("/rhythm", response=answers(Done))
@once
def set_review_rhythm(request: ApiRequest, body: RhythmIn) -> tuple[int, dict[str, Any]]:
    """Set how often the portfolio is reviewed; the day's cycle plans each review."""
    set_rhythm(actor=request.actor, as_of=request.as_of, at=request.at, **body.model_dump())
    return 200, {"changed": 1}


@router.post("/decisions/{decision_id}/done", response=answers(Done))
@once
def finish_portfolio_decision(
    request: ApiRequest, decision_id: Id, body: OutcomeIn
) -> tuple[int, dict[str, Any]]:
    """Note that a decision was carried out."""
    finish_decision(
        actor=request.actor,
        decision=own(PortfolioDecision, request.actor, decision_id),
        outcome=body.outcome,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/{review_id}", response=answers(PortfolioReviewDetail))
def show_portfolio_review(request: ApiRequest, review_id: Id) -> PortfolioReviewDetail:
    """Show one review with its frozen figures and what changed since the last one."""
    request.actor.require("ledger.view")
    return existing(review_detail(request.actor.company, review_id, as_of=request.as_of))


@router.get(
    "/{review_id}/pack", response=answers(None), openapi_extra=of_file(*PACK_MEDIA.values())
)
def download_portfolio_pack(
    request: ApiRequest, review_id: Id, kind: Literal["pdf", "xlsx"] = "pdf"
) -> HttpResponse:
    """Return a file of the frozen pack, as it was frozen."""
    request.actor.require("ledger.view")
    found = existing(pack_file(request.actor.company, review_id, kind))
    response = HttpResponse(found[0], content_type=PACK_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="portfolio-review-{review_id}.{kind}"'
    return response


@router.post("", response=answers(Created, 201))
@once
def new_portfolio_review(
    request: ApiRequest, body: PortfolioReviewIn
) -> tuple[int, dict[str, Any]]:
    """Plan a review by hand."""
    review = plan_review(
        actor=request.actor, as_of=request.as_of, at=request.at, **body.model_dump()
    )
    return 201, {"id": review.pk}


@router.post("/{review_id}/freeze", response=answers(Done))
@once
def freeze_portfolio_pack(request: ApiRequest, review_id: Id) -> tuple[int, dict[str, Any]]:
    """Freeze the figures of today."""
    freeze_pack(
        actor=request.actor,
        review=_review(request, review_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{review_id}/hold", response=answers(Done))
@once
def hold_portfolio_review(
    request: ApiRequest, review_id: Id, body: HeldIn
) -> tuple[int, dict[str, Any]]:
    """Keep who met and what was said."""
    hold_review(
        actor=request.actor,
        review=_review(request, review_id),
        as_of=request.as_of,
        at=request.at,
        **body.model_dump(),
    )
    return 200, {"changed": 1}


@router.post("/{review_id}/decisions", response=answers(Created, 201))
@once
def take_portfolio_decision(
    request: ApiRequest, review_id: Id, body: PortfolioDecisionIn
) -> tuple[int, dict[str, Any]]:
    """Write a decision down; about a customer it becomes a task."""
    request.actor.require("portfolio_review.edit")
    owner = existing(
        User.objects.filter(pk=body.owner_id, memberships__company=request.actor.company).first()
    )
    customer = None
    if body.customer_id is not None:
        customer = own(Customer, request.actor, body.customer_id)
    made = take_decision(
        actor=request.actor,
        review=_review(request, review_id),
        text=body.text,
        owner=owner,
        due_on=body.due_on,
        customer=customer,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/{review_id}/sign", response=answers(Done))
@once
def sign_portfolio_review(request: ApiRequest, review_id: Id) -> tuple[int, dict[str, Any]]:
    """Sign pack and minutes; the second person makes the review signed."""
    sign_review(actor=request.actor, review=_review(request, review_id), at=request.at)
    return 200, {"changed": 1}


@router.post("/{review_id}/cancel", response=answers(Done))
@once
def cancel_portfolio_review(
    request: ApiRequest, review_id: Id, body: CalledOffIn
) -> tuple[int, dict[str, Any]]:
    """Call a review off that was not held."""
    cancel_review(
        actor=request.actor,
        review=_review(request, review_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


def _review(request: ApiRequest, review_id: int) -> PortfolioReview:
    return own(PortfolioReview, request.actor, review_id)
