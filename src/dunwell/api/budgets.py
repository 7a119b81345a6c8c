"""/budgets: versions, their lines beside actuals, and their way to approval."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.budgets import (
    approve_budget,
    draft_budget,
    fill_budget,
    hand_in_budget,
    retire_budget,
    return_budget,
)
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
    ReasonIn,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Budget
from dunwell.queries.budget_drill import ActualRows, actual_rows
from dunwell.queries.budgets import BudgetRow, BudgetTable, budget_rows, budget_table

router = Router(tags=["planning"])
FigureName = Literal[
    "sales", "cash_in", "dso", "overdue", "write_offs", "bad_debt", "cost_to_collect"
]


class BudgetIn(Body):
    """A budget's name and span; the same again is its next version."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    starts_on: Day
    months: Annotated[int, Field(ge=1, le=24)] = 12
    currency: Currency
    note: Annotated[Plain, Field(max_length=300)] = ""


class BudgetLineIn(Body):
    """A figure of a month: minor units, of `dso` hundredths of a day; null takes it away."""

    month_on: Day
    figure: FigureName
    dimension: Literal["", "segment", "collector"] = ""
    key: Annotated[Plain, Field(max_length=150)] = ""
    value: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] | None


class BudgetLinesIn(Body):
    """Lines of a draft; `revision` is the one that was read."""

    revision: Annotated[int, Field(ge=1, le=2_000_000_000)]
    lines: Annotated[list[BudgetLineIn], Field(min_length=1, max_length=2000)]


class RevisionIn(Body):
    """The revision that was read."""

    revision: Annotated[int, Field(ge=1, le=2_000_000_000)]


@router.get("", response=answers(list[BudgetRow]))
def list_budgets(request: ApiRequest) -> list[BudgetRow]:
    """List every version of every budget."""
    request.actor.require("ledger.view")
    return list(budget_rows(request.actor.company))


@router.post("", response=answers(Created, 201))
@once
def new_budget(request: ApiRequest, body: BudgetIn) -> tuple[int, dict[str, Any]]:
    """Draft a budget or its next version."""
    budget = draft_budget(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": budget.pk}


@router.get("/{budget_id}", response=answers(BudgetTable))
def show_budget_table(request: ApiRequest, budget_id: Id) -> BudgetTable:
    """Return a budget beside what happened and what is expected."""
    request.actor.require("ledger.view")
    budget = own(Budget, request.actor, budget_id)
    return budget_table(request.actor.company, budget, as_of=request.as_of)


@router.get("/{budget_id}/rows", response=answers(ActualRows))
def list_budget_actuals(
    request: ApiRequest,
    budget_id: Id,
    figure: Literal["sales", "cash_in", "write_offs", "bad_debt", "cost_to_collect"] = "sales",
    first_on: Day | None = None,
    last_on: Day | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> ActualRows:
    """Return the rows of a figure between two days, the budget's first and today unless given."""
    request.actor.require("ledger.view")
    budget = own(Budget, request.actor, budget_id)
    return actual_rows(
        request.actor.company,
        figure=figure,
        currency=budget.currency,
        first=first_on or budget.starts_on,
        last=last_on or request.as_of,
        cursor=cursor,
        limit=limit,
    )


@router.put("/{budget_id}/lines", response=answers(Done))
@once
def fill_budget_lines(
    request: ApiRequest, budget_id: Id, body: BudgetLinesIn
) -> tuple[int, dict[str, Any]]:
    """Set lines of a draft; those not named stay."""
    budget = own(Budget, request.actor, budget_id)
    lines: dict[tuple[date, str, str, str], int | None] = {
        (one.month_on, one.figure, one.dimension, one.key): one.value for one in body.lines
    }
    fill_budget(
        actor=request.actor,
        budget=budget,
        revision=body.revision,
        lines=lines,
        at=request.at,
    )
    return 200, {"changed": len(lines)}


@router.post("/{budget_id}/hand-in", response=answers(Done))
@once
def hand_budget_in(
    request: ApiRequest, budget_id: Id, body: RevisionIn
) -> tuple[int, dict[str, Any]]:
    """Hand a draft in for approval."""
    budget = own(Budget, request.actor, budget_id)
    hand_in_budget(actor=request.actor, budget=budget, revision=body.revision, at=request.at)
    return 200, {"changed": 1}


@router.post("/{budget_id}/approve", response=answers(Done))
@once
def approve_budget_of(request: ApiRequest, budget_id: Id) -> tuple[int, dict[str, Any]]:
    """Approve a budget that waits, as a second person."""
    budget = own(Budget, request.actor, budget_id)
    approve_budget(actor=request.actor, budget=budget, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/{budget_id}/return", response=answers(Done))
@once
def give_budget_back(
    request: ApiRequest, budget_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Give a budget that waits back, with the reason."""
    budget = own(Budget, request.actor, budget_id)
    return_budget(actor=request.actor, budget=budget, reason=body.reason, at=request.at)
    return 200, {"changed": 1}


@router.post("/{budget_id}/retire", response=answers(Done))
@once
def retire_budget_of(
    request: ApiRequest, budget_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take a draft or an approved budget out of use."""
    budget = own(Budget, request.actor, budget_id)
    retire_budget(actor=request.actor, budget=budget, reason=body.reason, at=request.at)
    return 200, {"changed": 1}
