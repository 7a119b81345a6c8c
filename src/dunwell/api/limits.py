"""/limits: the ledger of limits, and limits in force with what is used of them."""

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.gate import Refused
from dunwell.actions.limit_batches import adjust_limits, import_limits
from dunwell.actions.limits import propose_limit, withdraw_limit
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
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
    PositiveMinor,
    ReasonIn,
    SignedMinor,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.limit_wishes import Change
from dunwell.formats.limit_rows import MOST_LINES, LimitLine
from dunwell.models import CreditGroup, CreditLimit, Customer
from dunwell.queries.limit_ledger import LedgerFilter, LimitLedgerRow, limit_row, limit_rows
from dunwell.queries.limit_use import LimitUseRow, UseFilter, use_rows
from dunwell.queries.pages import Page

router = Router(tags=["limits"])
Kind = Literal["standard", "temporary", "insured", "suspension", "resumption"]
FileKind = Literal["standard", "temporary", "insured", "suspension"]
AnyKind = Literal["", "standard", "temporary", "insured", "suspension", "resumption"]
Status = Literal["", "proposed", "approved", "rejected", "withdrawn"]
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Why = Annotated[Plain, Field(min_length=1, max_length=300)]
Segment = Annotated[Plain, Field(max_length=40)]


class LimitIn(Body):
    """A limit of one customer, one group or one segment, in the company's currency.

    A suspension has the amount 0. The end of one, a resumption, gives back what is granted.
    """

    customer_id: Key | None = None
    group_id: Key | None = None
    segment: Segment = ""
    kind: Kind = "standard"
    amount_minor: Minor = 0
    from_on: Day | None = None
    until_on: Day | None = None
    reason: Why


class LimitLineIn(Body):
    """One line of many; without a first day it begins today."""

    customer_number: Annotated[Plain, Field(min_length=1, max_length=80)]
    amount_minor: Minor
    kind: FileKind = "standard"
    from_on: Day | None = None
    until_on: Day | None = None
    reason: Annotated[Plain, Field(max_length=300)] = ""


class LimitLinesIn(Body):
    """Many limits in one step; `reason` stands for lines without one."""

    lines: list[LimitLineIn] = Field(min_length=1, max_length=MOST_LINES)
    reason: Why


class LimitChangeIn(Body):
    """A change of standard limits: `value` is ppm for percent, else minor units."""

    customer_ids: list[Key] = Field(min_length=1, max_length=MOST_LINES)
    way: Literal["percent", "fixed", "set"]
    value: SignedMinor
    step_minor: PositiveMinor = 1
    rounding: Literal["nearest", "up", "down"] = "nearest"
    least_minor: Minor = 0
    most_minor: Minor | None = None
    from_on: Day | None = None
    reason: Why


class AddedLimitsOut(Schema):
    """How many limits were approved, wait for an approval, and were known before."""

    approved: int
    proposed: int
    known: int


class LimitChoice(Schema):
    """Which rows of the ledger; `until_on` finds what ends by a day."""

    model_config = ConfigDict(extra="ignore")

    kind: AnyKind = ""
    status: Status = ""
    customer_id: Key | None = None
    group_id: Key | None = None
    segment: Segment = ""
    until_on: Day | None = None


class LimitUseChoice(Schema):
    """Which customers: all, over their limit, without one or suspended."""

    model_config = ConfigDict(extra="ignore")

    scope: Literal["", "over", "none", "suspended"] = ""
    segment: Segment = ""
    group_id: Key | None = None
    search: Word = ""


@router.get("", response=answers(Page[LimitLedgerRow]))
def list_limits(
    request: ApiRequest,
    choice: Query[LimitChoice],
    as_of: Day | None = None,
    known_on: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LimitLedgerRow]:
    """List the ledger of limits, the newest row first, with what each row is on a day.

    `known_on` leaves out what was asked or decided later.
    """
    request.actor.require("ledger.view")
    return limit_rows(
        request.actor.company,
        as_of=as_of or request.as_of,
        known_on=known_on,
        only=LedgerFilter(**choice.dict()),
        cursor=cursor,
        limit=limit,
    )


@router.get("/in-force", response=answers(Page[LimitUseRow]))
def list_limits_in_force(
    request: ApiRequest,
    choice: Query[LimitUseChoice],
    as_of: Day | None = None,
    known_on: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LimitUseRow]:
    """List customers by number with the limit that applies on a day and what is used of it.

    The exposure is of now, at the rates of the day: open items, delivered not billed, approved
    orders, less money on account and covers. It is empty while a rate is missing.
    """
    request.actor.require("ledger.view")
    return use_rows(
        request.actor.company,
        as_of=as_of or request.as_of,
        known_on=known_on,
        only=UseFilter(**choice.dict()),
        cursor=cursor,
        limit=limit,
    )


@router.post("", response=answers(Created, 201))
@once
def new_limit(request: ApiRequest, body: LimitIn) -> tuple[int, dict[str, Any]]:
    """Ask for a limit; within authority it is approved at once, else somebody else decides."""
    actor = request.actor
    row = propose_limit(
        actor=actor,
        customer=own(Customer, actor, body.customer_id) if body.customer_id else None,
        group=own(CreditGroup, actor, body.group_id) if body.group_id else None,
        segment=body.segment,
        kind=body.kind,
        amount_minor=body.amount_minor,
        from_on=body.from_on or request.as_of,
        until_on=body.until_on,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": row.pk}


@router.post("/lines", response=answers(AddedLimitsOut))
@once
def new_limits(request: ApiRequest, body: LimitLinesIn) -> tuple[int, dict[str, Any]]:
    """Add many limits in one step, all or none; what the ledger says already changes nothing."""
    lines = [
        LimitLine(row=number, currency=request.actor.company.currency, **line.dict())
        for number, line in enumerate(body.lines, 1)
    ]
    told = import_limits(
        actor=request.actor, lines=lines, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"approved": told.approved, "proposed": told.proposed, "known": told.known}


@router.post("/change", response=answers(AddedLimitsOut))
@once
def change_limits(request: ApiRequest, body: LimitChangeIn) -> tuple[int, dict[str, Any]]:
    """Change the standard limits of customers by a share or an amount, rounded and bounded."""
    try:
        change = Change(
            way=body.way,
            value=body.value,
            step_minor=body.step_minor,
            rounding=body.rounding,
            least_minor=body.least_minor,
            most_minor=body.most_minor,
        )
    except ValueError as error:
        raise Refused(str(error)) from error
    told = adjust_limits(
        actor=request.actor,
        change=change,
        customer_ids=body.customer_ids,
        from_on=body.from_on or request.as_of,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"approved": told.approved, "proposed": told.proposed, "known": told.known}


@router.get("/{limit_id}", response=answers(LimitLedgerRow))
def show_limit(request: ApiRequest, limit_id: Id) -> LimitLedgerRow:
    """Show one row of the ledger."""
    request.actor.require("ledger.view")
    return existing(limit_row(request.actor.company, limit_id, as_of=request.as_of))


@router.post("/{limit_id}/withdraw", response=answers(Done))
@once
def take_back_limit(
    request: ApiRequest, limit_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take one's own limit back while it waits for an approval."""
    withdraw_limit(
        actor=request.actor,
        limit=own(CreditLimit, request.actor, limit_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
