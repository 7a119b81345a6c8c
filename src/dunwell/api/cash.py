"""/cash: payments that wait for a person, what matching proposes, and what was decided."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.match_cases import (
    Deduction,
    hold_case,
    park_case,
    release_case,
    settle_case,
    undo_case,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    AnyCurrency,
    Body,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    PositiveMinor,
    SignedMinor,
    Text,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.jobs.matching import match_open
from dunwell.models import Customer, MatchCase
from dunwell.queries.match_cards import (
    CardItem,
    CardLine,
    CardProposal,
    CardText,
    CaseCard,
    case_card,
    found_items,
)
from dunwell.queries.match_cases import CaseRow, CaseTotal, case_rows, case_totals
from dunwell.queries.match_quality import (
    MatchQuality,
    UnappliedRow,
    match_quality,
    unapplied_aging,
)
from dunwell.queries.pages import Page

router = Router(tags=["cash application"])
Status = Literal["", "exception", "held", "posted", "decided", "parked"]
Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="`version` of the case read.")]
Seconds = Annotated[int, Field(ge=0, le=3_600, description="Time a person spent on it.")]
WEEKS = 13


class DeductionIn(Body):
    """A part of an item the payer refuses; it opens a dispute."""

    item_id: Key
    amount_minor: PositiveMinor
    reason: Word = "other"
    note: Annotated[Plain, Field(max_length=500)] = ""


class CaseLineIn(Body):
    """What is put on an item, and what is given up of it; below 0 for credits to be netted.

    `paid_minor`: what of the payment an item of another currency uses.
    """

    item_id: Key
    amount_minor: SignedMinor
    paid_minor: PositiveMinor | None = None
    discount_minor: PositiveMinor | None = None
    write_off_minor: PositiveMinor | None = None


class SettleIn(Body):
    """A decision: what the payment pays, whose it is, and whether to remember its payer."""

    version: Version
    lines: list[CaseLineIn] = Field(min_length=1, max_length=1000)
    deductions: list[DeductionIn] = Field(default=[], max_length=1000)
    customer_id: Key | None = None
    learn: bool = False
    seconds: Seconds = 0


class ParkIn(Body):
    """Whose money it is, and why it stays unapplied."""

    version: Version
    customer_id: Key
    reason: Name
    seconds: Seconds = 0


class CashCaseHoldIn(Body):
    """Why it is held, and who looks at it."""

    version: Version
    reason: Name
    escalate_to: Annotated[Plain, Field(min_length=1, max_length=40)]


class StepIn(Body):
    """Why a case is released or taken back."""

    version: Version
    reason: Name


class CaseOut(Schema):
    """A case with everything a decision needs; amounts in minor units."""

    id: int
    version: int
    status: str
    reason: str
    why: str
    escalate_to: str
    payment_id: int
    payment: str
    value_on: date
    currency: str
    amount_minor: int
    left_minor: int
    customer_id: int | None
    is_returned: bool
    texts: tuple[CardText, ...]
    lines: tuple[CardLine, ...]
    proposals: tuple[CardProposal, ...]
    candidates: tuple[CardItem, ...]
    decided_by: str
    decided_at: datetime | None


class Matched(Schema):
    """How many payments were posted, wait, are held, or stayed as they were."""

    posted: int
    exceptions: int
    held: int
    unchanged: int


@router.get("/cases", response=answers(Page[CaseRow]))
def list_cases(
    request: ApiRequest,
    status: Status = "",
    reason: Word = "",
    currency: AnyCurrency = "",
    search: Text = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[CaseRow]:
    """List payments and what matching made of them; what waits longest comes first."""
    request.actor.require("ledger.view")
    return case_rows(
        request.actor.company,
        status=status,
        reason=reason,
        currency=currency,
        search=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/totals", response=answers(list[CaseTotal]))
def total_cases(request: ApiRequest) -> list[CaseTotal]:
    """Count the cases and sum their money by status and currency."""
    request.actor.require("ledger.view")
    return list(case_totals(request.actor.company))


@router.get("/cases/{case_id}", response=answers(CaseOut))
def show_case(request: ApiRequest, case_id: Id) -> CaseOut:
    """Show a payment beside what it may pay, ranked proposals first."""
    request.actor.require("ledger.view")
    card = existing(case_card(request.actor.company, case_id, as_of=request.as_of))
    return _shown(card)


@router.get("/items", response=answers(list[CardItem]))
def find_case_items(
    request: ApiRequest, search: Text = "", currency: AnyCurrency = ""
) -> list[CardItem]:
    """Find open items of any customer by number, reference or customer, the oldest first."""
    request.actor.require("ledger.view")
    company = request.actor.company
    return list(found_items(company, search=search, currency=currency, as_of=request.as_of))


@router.post("/match", response=answers(Matched))
@once
def match_now(request: ApiRequest) -> tuple[int, dict[str, Any]]:
    """Match everything that waits anew; what is sure enough is posted."""
    request.actor.require("match.decide")
    done = match_open(company_id=request.actor.company.pk, as_of=request.as_of, at=request.at)
    return 200, {
        "posted": done.posted,
        "exceptions": done.exceptions,
        "held": done.held,
        "unchanged": done.unchanged,
    }


@router.post("/cases/{case_id}/settle", response=answers(Done))
@once
def settle_one_case(
    request: ApiRequest, case_id: Id, body: SettleIn
) -> tuple[int, dict[str, Any]]:
    """Put a payment on items with everything that explains the difference, in one step.

    409 when somebody decided meanwhile.
    """
    lines = {line.item_id: line for line in body.lines}
    if len(lines) != len(body.lines):
        raise Refused("An item stands in the lines twice; add its amounts up.")
    settle_case(
        actor=request.actor,
        case=own(MatchCase, request.actor, case_id),
        version=body.version,
        amounts={key: line.amount_minor for key, line in lines.items() if line.amount_minor},
        paid={key: line.paid_minor for key, line in lines.items() if line.paid_minor},
        discounts={key: one.discount_minor for key, one in lines.items() if one.discount_minor},
        write_offs={key: one.write_off_minor for key, one in lines.items() if one.write_off_minor},
        deductions=_deductions(body.deductions),
        customer_id=_customer_key(request.actor, body.customer_id),
        learn=body.learn,
        seconds=body.seconds,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/cases/{case_id}/park", response=answers(Done))
@once
def park_one_case(request: ApiRequest, case_id: Id, body: ParkIn) -> tuple[int, dict[str, Any]]:
    """Leave a payment on account of a customer; it is not matched again by itself."""
    park_case(
        actor=request.actor,
        case=own(MatchCase, request.actor, case_id),
        version=body.version,
        customer_id=own(Customer, request.actor, body.customer_id).pk,
        reason=body.reason,
        seconds=body.seconds,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/cases/{case_id}/hold", response=answers(Done))
@once
def hold_one_case(
    request: ApiRequest, case_id: Id, body: CashCaseHoldIn
) -> tuple[int, dict[str, Any]]:
    """Keep a payment from being posted until somebody has looked at it."""
    hold_case(
        actor=request.actor,
        case=own(MatchCase, request.actor, case_id),
        version=body.version,
        reason=body.reason,
        escalate_to=body.escalate_to,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/cases/{case_id}/release", response=answers(Done))
@once
def release_one_case(request: ApiRequest, case_id: Id, body: StepIn) -> tuple[int, dict[str, Any]]:
    """Give a held payment, or one left on account, back to the queue."""
    release_case(
        actor=request.actor,
        case=own(MatchCase, request.actor, case_id),
        version=body.version,
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/cases/{case_id}/undo", response=answers(Done))
@once
def undo_one_case(request: ApiRequest, case_id: Id, body: StepIn) -> tuple[int, dict[str, Any]]:
    """Take back together everything the last decision on a payment wrote."""
    undo_case(
        actor=request.actor,
        case=own(MatchCase, request.actor, case_id),
        version=body.version,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/quality", response=answers(MatchQuality))
def show_match_quality(
    request: ApiRequest, from_on: Day | None = None, to_on: Day | None = None
) -> MatchQuality:
    """Show straight-through rate, precision with its interval and time spent, by week and tier.

    The last 13 weeks unless days are given.
    """
    request.actor.require("ledger.view")
    last = to_on or request.as_of
    first = from_on or last - timedelta(weeks=WEEKS)
    return match_quality(request.actor.company, from_on=first, to_on=last)


@router.get("/unapplied", response=answers(list[UnappliedRow]))
def show_unapplied(request: ApiRequest) -> list[UnappliedRow]:
    """Show unapplied cash by currency, customer and age, with the payments behind it."""
    request.actor.require("ledger.view")
    return list(unapplied_aging(request.actor.company, as_of=request.as_of))


def _deductions(told: list[DeductionIn]) -> list[Deduction]:
    return [Deduction(**one.dict()) for one in told]


def _customer_key(actor: Actor, key: int | None) -> int | None:
    return None if key is None else own(Customer, actor, key).pk


def _shown(card: CaseCard) -> CaseOut:
    case, payment = card.case, card.payment
    return CaseOut(
        id=case.pk,
        version=case.version,
        status=case.status,
        reason=case.reason,
        why=case.why,
        escalate_to=case.escalate_to,
        payment_id=payment.pk,
        payment=payment.number,
        value_on=payment.value_on,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        left_minor=card.left_minor,
        customer_id=card.customer_id,
        is_returned=card.is_returned,
        texts=card.texts,
        lines=card.lines,
        proposals=card.proposals,
        candidates=card.candidates,
        decided_by=case.decided_by,
        decided_at=case.decided_at,
    )
