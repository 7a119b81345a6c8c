"""/covenants: where each stands and is heading, its frozen tests, waivers."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.covenants import add_covenant, end_covenant, record_waiver
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
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
    PositiveMinor,
    ReasonIn,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Covenant
from dunwell.queries.covenants import (
    CovenantRow,
    CovenantTestRow,
    covenant_rows,
    covenant_test_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["planning"])
Text120 = Annotated[Plain, Field(min_length=1, max_length=120)]


class CovenantIn(Body):
    """A ratio promised; `threshold` in hundredths of a day, ppm or minor units by its measure."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    lender: Text120
    measure: Literal["dso", "overdue_share", "liquidity", "concentration", "borrowing_base"]
    currency: Currency
    threshold: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)]
    first_test_on: Day
    every_months: Literal[1, 3, 6, 12] = 3
    drawn_minor: PositiveMinor | None = None
    eligible_ppm: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    most_overdue_days: Literal[0, 30, 60, 90] | None = None
    note: Annotated[Plain, Field(max_length=1000)] = ""


class WaiverIn(Body):
    """What a lender waived for a span of test dates."""

    from_on: Day
    until_on: Day
    granted_by: Text120
    note: Annotated[Plain, Field(min_length=1, max_length=1000)]


@router.get("", response=answers(list[CovenantRow]))
def list_covenants(request: ApiRequest) -> list[CovenantRow]:
    """List covenants with headroom now and by the forecast."""
    request.actor.require("ledger.view")
    return list(covenant_rows(request.actor.company, as_of=request.as_of))


@router.post("", response=answers(Created, 201))
@once
def new_covenant(request: ApiRequest, body: CovenantIn) -> tuple[int, dict[str, Any]]:
    """Write a covenant down."""
    made = add_covenant(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": made.pk}


@router.get("/tests", response=answers(Page[CovenantTestRow]))
def list_covenant_tests(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[CovenantTestRow]:
    """List frozen tests, the newest first."""
    request.actor.require("ledger.view")
    return covenant_test_rows(request.actor.company, cursor=cursor, limit=limit)


@router.get("/{covenant_id}", response=answers(CovenantRow))
def show_covenant(request: ApiRequest, covenant_id: Id) -> CovenantRow:
    """Return a covenant with its course."""
    request.actor.require("ledger.view")
    found = own(Covenant, request.actor, covenant_id)
    return covenant_rows(request.actor.company, as_of=request.as_of, ids=[found.pk])[0]


@router.post("/{covenant_id}/end", response=answers(Done))
@once
def end_covenant_of(
    request: ApiRequest, covenant_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a covenant, with the reason."""
    found = own(Covenant, request.actor, covenant_id)
    end_covenant(
        actor=request.actor, covenant=found, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}


@router.post("/{covenant_id}/waivers", response=answers(Created, 201))
@once
def waive_covenant(
    request: ApiRequest, covenant_id: Id, body: WaiverIn
) -> tuple[int, dict[str, Any]]:
    """Keep what the lender waived."""
    found = own(Covenant, request.actor, covenant_id)
    made = record_waiver(actor=request.actor, covenant=found, at=request.at, **body.dict())
    return 201, {"id": made.pk}
