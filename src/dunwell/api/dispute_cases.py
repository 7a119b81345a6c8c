"""/dispute-cases: matters with a customer: opened, moved, proved, asked about, resolved."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from dunwell.actions.dispute_assignments import assign_cases
from dunwell.actions.dispute_cases import DisputedLine, DisputedPart, merge_cases, open_case
from dunwell.actions.dispute_moves import (
    assign_case,
    reopen_case,
    review_case,
    wait_for,
    withdraw_case,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    Body,
    Created,
    Currency,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    M,
    Plain,
    ReasonIn,
    Word,
    answers,
    check_currency,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import (
    Customer,
    DisputeCase,
    Item,
    User,
)
from dunwell.queries.dispute_cases import CaseChoice, DisputeCaseRow, case_rows
from dunwell.queries.dispute_details import CaseDetail, case_detail
from dunwell.queries.pages import Page

router = Router(tags=["dispute cases"])
Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Code = Annotated[str, Field(pattern="^[a-z0-9_]{1,20}$", description="A code of the policy.")]
Quantity = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Thousandths.")]
Note = Annotated[Plain, Field(max_length=500)]
Status = Literal[
    "", "new", "assigned", "in_review", "waiting_customer", "waiting_internal", "proposed",
    "pending_approval", "resolved", "closed", "withdrawn", "merged",
]  # fmt: skip


class DisputedLineIn(Body):
    """A disputed line; amounts in minor units of the part's currency."""

    line: Annotated[Plain, Field(min_length=1, max_length=40)]
    description: Annotated[Plain, Field(max_length=200)] = ""
    quantity_milli: Quantity | None = None
    disputed_quantity_milli: Quantity | None = None
    price_minor: Minor | None = None
    claimed_price_minor: Minor | None = None
    amount_minor: Minor = 0
    currency: Currency


class DisputedPartIn(Body):
    """How much of an item is disputed; 0 with lines: what they come to."""

    item_id: Key
    amount_minor: Minor = 0
    currency: Currency
    note: Note = ""
    lines: Annotated[list[DisputedLineIn], Field(max_length=100)] = []


class CaseIn(Body):
    """A new case; an item that is disputed already joins its case."""

    customer_id: Key
    reason: Code
    parts: Annotated[list[DisputedPartIn], Field(min_length=1, max_length=200)]
    source: Literal["staff", "portal", "mail", "chat", "e_invoice", "short_payment", "api"] = "api"
    title: Annotated[Plain, Field(max_length=200)] = ""
    note: Note = ""


class CaseGivenIn(Body):
    """Who takes the case; null leaves it to the team."""

    user_id: Key | None = None
    team: Annotated[Plain, Field(max_length=40)] = ""


class CasesGivenIn(CaseGivenIn):
    """Who takes which cases: all of them, or none."""

    case_ids: Annotated[list[Key], Field(min_length=1, max_length=200)]


class WaitIn(Body):
    """Whom the case waits for; only the customer stops the clock."""

    who: Literal["customer", "colleagues"]
    note: Note = ""


class ReviewedIn(Body):
    """What is to be said on taking the case up."""

    note: Note = ""


class MergedIn(Body):
    """The case into which this one goes."""

    into_id: Key


@router.get("/dispute-cases", response=answers(Page[DisputeCaseRow]))
def list_dispute_cases(
    request: ApiRequest,
    scope: Literal["open", "mine", "late", "over", "all"] = "open",
    status: Status = "",
    reason: Word = "",
    customer_id: Key | None = None,
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[DisputeCaseRow]:
    """List cases: what is to be decided by its last day, others the newest first."""
    request.actor.require("ledger.view")
    choice = CaseChoice(
        scope=scope,
        user_id=request.actor.user_id,
        status=status,
        reason=reason,
        customer_id=customer_id,
        search=search,
    )
    company = request.actor.company
    return case_rows(company, choice, as_of=request.as_of, cursor=cursor, limit=limit)


@router.get("/dispute-cases/{dispute_case_id}", response=answers(CaseDetail))
def show_dispute_case(request: ApiRequest, dispute_case_id: Id) -> CaseDetail:
    """Show one case: amounts, parts, evidence, questions, resolutions, history."""
    request.actor.require("ledger.view")
    return existing(case_detail(request.actor.company, dispute_case_id, as_of=request.as_of))


@router.post("/dispute-cases", response=answers(Created, 201))
@once
def new_dispute_case(request: ApiRequest, body: CaseIn) -> tuple[int, dict[str, Any]]:
    """Open a case; what is not disputed stays collectable. Returns the case it went into."""
    case = open_case(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        reason=body.reason,
        parts=_parts(request, body.parts),
        source=body.source,
        title=body.title,
        note=body.note,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": case.pk}


@router.post("/dispute-case-assignments", response=answers(Done))
@once
def assign_dispute_cases(request: ApiRequest, body: CasesGivenIn) -> tuple[int, dict[str, Any]]:
    """Give many cases to a person or a team: all, or none."""
    own_cases = DisputeCase.objects.filter(company=request.actor.company)
    changed = assign_cases(
        actor=request.actor,
        cases=list(listed(own_cases, body.case_ids).values()),
        owner=colleague_of(request, body.user_id),
        team=body.team,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": changed}


@router.post("/dispute-cases/{dispute_case_id}/assign", response=answers(Done))
@once
def assign_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: CaseGivenIn
) -> tuple[int, dict[str, Any]]:
    """Give a case to a person or a team."""
    owner = colleague_of(request, body.user_id)
    assign_case(**move_of(request, dispute_case_id), owner=owner, team=body.team)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/review", response=answers(Done))
@once
def review_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: ReviewedIn
) -> tuple[int, dict[str, Any]]:
    """Take a case up; a clock that stood runs again."""
    review_case(**move_of(request, dispute_case_id), note=body.note)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/wait", response=answers(Done))
@once
def wait_with_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: WaitIn
) -> tuple[int, dict[str, Any]]:
    """Let a case wait for the customer, which stops its clock, or for colleagues."""
    wait_for(**move_of(request, dispute_case_id), who=body.who, note=body.note)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/withdraw", response=answers(Done))
@once
def withdraw_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a case because the customer no longer disputes; all of it is owed again."""
    withdraw_case(**move_of(request, dispute_case_id), reason=body.reason)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/reopen", response=answers(Done))
@once
def reopen_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a case up again that had ended, as long as the policy allows."""
    reopen_case(**move_of(request, dispute_case_id), reason=body.reason)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/merge", response=answers(Done))
@once
def merge_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: MergedIn
) -> tuple[int, dict[str, Any]]:
    """Put a case into another of the same customer."""
    into = own(DisputeCase, request.actor, body.into_id)
    merge_cases(**move_of(request, dispute_case_id), into=into)
    return 200, {"changed": 1}


def move_of(request: ApiRequest, key: int) -> dict[str, Any]:
    """Return who moves which case, as actions take it."""
    return {
        "actor": request.actor,
        "case": own(DisputeCase, request.actor, key),
        "as_of": request.as_of,
        "at": request.at,
    }


def listed(records: QuerySet[M], keys: Collection[int]) -> dict[int, M]:
    """Return records by their keys, in the order of these; one that is absent is a 404."""
    wanted = sorted(set(keys))
    found = records.in_bulk(wanted)
    if len(found) < len(wanted):
        raise Http404
    return {key: found[key] for key in wanted}


def _parts(request: ApiRequest, parts: Sequence[DisputedPartIn]) -> list[DisputedPart]:
    own_items = Item.objects.filter(company=request.actor.company)
    items = listed(own_items, [part.item_id for part in parts])
    return [_part(items[part.item_id], part) for part in parts]


def _part(item: Item, part: DisputedPartIn) -> DisputedPart:
    for told in (part.currency, *(line.currency for line in part.lines)):
        check_currency(item.currency, told)
    lines = tuple(_line(line) for line in part.lines)
    return DisputedPart(item=item, amount_minor=part.amount_minor, note=part.note, lines=lines)


def _line(line: DisputedLineIn) -> DisputedLine:
    return DisputedLine(**line.dict(exclude={"currency"}))


def colleague_of(request: ApiRequest, key: int | None) -> User | None:
    """Return a person of the company, None for nobody."""
    if key is None:
        return None
    people = User.objects.filter(memberships__company=request.actor.company)
    return get_object_or_404(people.distinct(), pk=key)
