"""/access-reviews: whose rights are looked at next, the look itself, and what was found."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Router
from pydantic import Field

from dunwell.actions.access_reviews import LONGEST_DAYS, LONGEST_NOTE, review_access
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Id, Key, Plain, Word, answers, colleague
from dunwell.api.writes import once
from dunwell.queries.access_reviews import (
    AccessReviewRow,
    PastReviewRow,
    access_review_rows,
    review_history,
)

router = Router(tags=["people"])


class AccessReviewIn(Body):
    """A look at somebody's roles: those that were seen, and those of them that are taken."""

    user_id: Key
    seen: list[Word] = Field(max_length=20)
    taken: list[Word] = Field(default=[], max_length=20)
    note: Annotated[Plain, Field(max_length=LONGEST_NOTE)] = ""
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 180


@router.get("", response=answers(list[AccessReviewRow]))
def list_access_reviews(request: ApiRequest) -> list[AccessReviewRow]:
    """List everybody's roles with the last look at them, whose turn comes first."""
    request.actor.require("access.review")
    return list(access_review_rows(request.actor.company, rights=ROLE_RIGHTS, as_of=request.as_of))


@router.get("/past", response=answers(list[PastReviewRow]))
def list_past_access_reviews(request: ApiRequest) -> list[PastReviewRow]:
    """List every look there was, the newest first."""
    request.actor.require("access.review")
    return list(review_history(request.actor.company))


@router.get("/{access_review_id}", response=answers(PastReviewRow))
def show_access_review(request: ApiRequest, access_review_id: Id) -> PastReviewRow:
    """Show one look: what was held, and what was taken."""
    request.actor.require("access.review")
    found = review_history(request.actor.company, only=access_review_id)
    if not found:
        raise Http404
    return found[0]


@router.post("", response=answers(Created, 201))
@once
def new_access_review(request: ApiRequest, body: AccessReviewIn) -> tuple[int, dict[str, Any]]:
    """Record a look at a person's roles; what is taken is gone with the next request."""
    request.actor.require("access.review")
    made = review_access(
        actor=request.actor,
        user=colleague(request.actor, body.user_id),
        seen=body.seen,
        taken=body.taken,
        note=body.note,
        days=body.days,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}
