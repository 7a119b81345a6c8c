"""/cash-policies: what the company decides about cash, as versioned documents, and its budget."""

from typing import Any, Literal

from ninja import Router

from dunwell.actions.cash_policies import (
    discard_cash_policy,
    draft_cash_policy,
    publish_cash_policy,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Created, Cursor, Done, Id, Limit, answers, existing, own
from dunwell.api.strategies import StrategyIn, StrategyText
from dunwell.api.writes import once
from dunwell.models import PolicyVersion
from dunwell.queries.cash_policies import BudgetUse, budget_use
from dunwell.queries.pages import Page
from dunwell.queries.policies import PolicyRow, policy_rows, policy_text

router = Router(tags=["cash policies"])

CASH = PolicyVersion.Kind.CASH


class CashPolicyIn(StrategyIn):
    """A new cash policy: YAML text with its own cases."""


class CashPolicyText(StrategyText):
    """A cash policy: YAML text with its own cases."""


@router.get("", response=answers(Page[PolicyRow]))
def list_cash_policies(
    request: ApiRequest,
    status: Literal["", "draft", "published", "discarded"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PolicyRow]:
    """List versions of the cash policy, and which is in force."""
    request.actor.require("ledger.view")
    return policy_rows(
        request.actor.company,
        as_of=request.as_of,
        kind=CASH,
        status=status,
        cursor=cursor,
        limit=limit,
    )


@router.get("/budget", response=answers(BudgetUse))
def show_budget(request: ApiRequest) -> BudgetUse:
    """Show what was given up as small differences this month, against the budget."""
    request.actor.require("ledger.view")
    return budget_use(request.actor.company, as_of=request.as_of)


@router.get("/{version_id}", response=answers(CashPolicyText))
def show_cash_policy(request: ApiRequest, version_id: Id) -> CashPolicyText:
    """Show one version's document."""
    request.actor.require("ledger.view")
    text = existing(policy_text(request.actor.company, version_id, kind=CASH))
    return CashPolicyText(text=text)


@router.post("", response=answers(Created, 201))
@once
def new_cash_policy(request: ApiRequest, body: CashPolicyIn) -> tuple[int, dict[str, Any]]:
    """Keep a new version as a draft; it is checked and its cases are played first."""
    version = draft_cash_policy(actor=request.actor, text=body.text, at=request.at)
    return 201, {"id": version.pk}


@router.post("/{version_id}/publish", response=answers(Done))
@once
def publish_cash(request: ApiRequest, version_id: Id) -> tuple[int, dict[str, Any]]:
    """Publish a draft; its author is not the one who approves."""
    publish_cash_policy(
        actor=request.actor,
        version=own(PolicyVersion, request.actor, version_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{version_id}/discard", response=answers(Done))
@once
def discard_cash(request: ApiRequest, version_id: Id) -> tuple[int, dict[str, Any]]:
    """Discard a draft."""
    discard_cash_policy(
        actor=request.actor, version=own(PolicyVersion, request.actor, version_id), at=request.at
    )
    return 200, {"changed": 1}
