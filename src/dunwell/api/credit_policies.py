"""/credit-policy: what the credit policy proposes, the ratings it gave, appetite, and replays."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.credit_replays import order_credit_replay
from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.credit_appetite import Gauge
from dunwell.jobs.credit_replays import start_credit_replay
from dunwell.jobs.replays import replayed_bytes
from dunwell.models import Customer, PolicyVersion, Replay
from dunwell.queries.credit_appetite import appetite_gauges
from dunwell.queries.credit_proposals import CreditProposal, propose
from dunwell.queries.credit_ratings import ClassMove, RatingRow, class_moves, rating_rows
from dunwell.queries.credit_replays import (
    CreditReplayAnswer,
    CreditReplayRow,
    credit_replay_answer,
    credit_replay_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["credit policy"])

YEAR = timedelta(days=365)
Asked = Annotated[
    int | None,
    Query(ge=0, le=LARGEST_MINOR, description="Home minor units; empty: what the table gives."),
]
RiskClassName = Annotated[Plain, Field(max_length=20)]
Change = Literal["", "outcome", "class", "limit", "over_limit", "order", "loss", "sales"]


class AppetiteGauge(Schema):
    """A limit of the risk appetite and what the book has of it: `value` of `most`.

    Both in minor units of `currency`, or as a share in ppm where `is_share`. `parts` are the
    customers it is made of, the largest first, with their amounts.
    """

    name: str
    measure: str
    value: int
    most: int
    used_ppm: int
    then: str
    is_share: bool
    is_reached: bool
    currency: str
    parts: list[tuple[int, int]]


class CreditReplayIn(Body):
    """The version of the credit policy to replay the last twelve months under."""

    version_id: Key


@router.get("/customers/{customer_id}/proposal", response=answers(CreditProposal))
def show_credit_proposal(
    request: ApiRequest, customer_id: Id, asked_minor: Asked = None
) -> CreditProposal:
    """Propose outcome, limit and terms for a customer by the policy in force, with reasons.

    Each reason names the facts and the values at which the decision, the class, the score or the
    limit would move. Nothing is written.
    """
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return propose(
        request.actor.company, customer=customer, as_of=request.as_of, asked_minor=asked_minor
    )


@router.get("/ratings", response=answers(Page[RatingRow]))
def list_credit_ratings(
    request: ApiRequest,
    customer_id: Key | None = None,
    risk_class: RiskClassName = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RatingRow]:
    """List every rating there was, the newest first; a rating is written when it changes."""
    request.actor.require("ledger.view")
    return rating_rows(
        request.actor.company,
        customer_id=customer_id,
        risk_class=risk_class,
        cursor=cursor,
        limit=limit,
    )


@router.get("/moves", response=answers(list[ClassMove]))
def list_class_moves(
    request: ApiRequest, from_on: Day | None = None, to_on: Day | None = None
) -> list[ClassMove]:
    """Count customers by class on two days, a year apart where none is named."""
    request.actor.require("ledger.view")
    last = to_on or request.as_of
    first = from_on or last - YEAR
    if first > last:
        raise Refused(f"{first.isoformat()} lies after {last.isoformat()}.")
    return list(class_moves(request.actor.company, from_on=first, to_on=last))


@router.get("/appetite", response=answers(list[AppetiteGauge]))
def show_risk_appetite(request: ApiRequest) -> list[AppetiteGauge]:
    """Show every limit of the risk appetite with how much of it the book uses."""
    request.actor.require("ledger.view")
    company = request.actor.company
    found = appetite_gauges(company, as_of=request.as_of)
    return [_gauge(one, company.currency) for one in found]


@router.get("/replays", response=answers(Page[CreditReplayRow]))
def list_credit_replays(
    request: ApiRequest, version_id: Key | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CreditReplayRow]:
    """List replays of credit policies, the newest first, with how far each is."""
    request.actor.require("ledger.view")
    return credit_replay_rows(
        request.actor.company, version_id=version_id, cursor=cursor, limit=limit
    )


@router.get("/replays/{credit_replay_id}", response=answers(CreditReplayAnswer))
def show_credit_replay(
    request: ApiRequest, credit_replay_id: Id, kind: Change = "", on: Day | None = None
) -> CreditReplayAnswer:
    """Show what a finished replay found: decisions, classes, limits, orders, losses, sales.

    `kind` and `on` (a month's last day) narrow the changes that are listed.
    """
    request.actor.require("ledger.view")
    found = own(Replay, request.actor, credit_replay_id)
    if found.version.kind != PolicyVersion.Kind.CREDIT:
        raise Http404
    data = replayed_bytes(found)
    return credit_replay_answer(request.actor.company, found, data, kind=kind, on=on)


@router.post("/replays", response=answers(Created, 201))
@once
def new_credit_replay(request: ApiRequest, body: CreditReplayIn) -> tuple[int, dict[str, Any]]:
    """Replay the last twelve months under a version of the credit policy, in the background."""
    found = order_credit_replay(
        actor=request.actor,
        version=own(PolicyVersion, request.actor, body.version_id),
        as_of=request.as_of,
        at=request.at,
    )
    start_credit_replay(found)
    return 201, {"id": found.pk}


def _gauge(gauge: Gauge, currency: str) -> AppetiteGauge:
    return AppetiteGauge(
        name=gauge.limit.name,
        measure=gauge.limit.measure,
        value=gauge.value,
        most=gauge.limit.most,
        used_ppm=gauge.used_ppm,
        then=gauge.limit.then,
        is_share=gauge.is_share,
        is_reached=gauge.is_reached,
        currency=currency,
        parts=list(gauge.parts),
    )
