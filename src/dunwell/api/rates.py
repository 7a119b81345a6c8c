"""/rates and /feeds: exchange rates, and how fresh the data is."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.feeds import record_feed
from dunwell.actions.rates import set_rate
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Limit,
    Plain,
    Word,
    answers,
)
from dunwell.api.writes import once
from dunwell.queries.pages import Page
from dunwell.queries.rates import RateRow, rate_rows

router = Router(tags=["rates"])


class RateIn(Body):
    """From a day on: home minor units per million foreign minor units."""

    currency: Currency
    from_on: Day
    rate_ppm: int = Field(ge=1, le=10**15)
    source: Annotated[Plain, Field(min_length=1, max_length=80)]


class FeedIn(Body):
    """How far a feed covers: chasing stops when the bank's is too old."""

    kind: Literal["bank", "ledger"]
    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    covers_until_on: Day
    rows: int = Field(default=0, ge=0, le=10**12)


@router.get("/rates", response=answers(Page[RateRow]))
def list_rates(
    request: ApiRequest, currency: Word = "", cursor: Cursor = "", limit: Limit = PAGE
) -> Page[RateRow]:
    """List exchange rates."""
    request.actor.require("ledger.view")
    return rate_rows(
        request.actor.company,
        as_of=request.as_of,
        currency=currency,
        cursor=cursor,
        limit=limit,
    )


@router.post("/rates", response=answers(Created, 201))
@once
def new_rate(request: ApiRequest, body: RateIn) -> tuple[int, dict[str, Any]]:
    """Set the rate of a currency from a day on."""
    rate = set_rate(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": rate.pk}


@router.post("/feeds", response=answers(Created, 201))
@once
def new_feed(request: ApiRequest, body: FeedIn) -> tuple[int, dict[str, Any]]:
    """Record how far a feed covers now."""
    feed = record_feed(actor=request.actor, as_of=request.as_of, at=request.at, **body.dict())
    return 201, {"id": feed.pk}
