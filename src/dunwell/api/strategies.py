"""/strategies: dunning strategies as versioned documents, with their dry run."""

from typing import Any, Literal

from ninja import Router, Schema

from dunwell.actions.gate import Refused
from dunwell.actions.policies import discard_policy, draft_policy, publish_policy
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    LongText,
    Word,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.strategy import StrategyError
from dunwell.jobs.cycle_steps import LAST_STEP
from dunwell.models import PolicyVersion
from dunwell.queries.dry_run import DryRun, dry_run, next_run_day
from dunwell.queries.pages import Page
from dunwell.queries.policies import PolicyRow, policy_rows, policy_text

router = Router(tags=["strategies"])


class StrategyIn(Body):
    """A new strategy document: YAML text with its own cases."""

    text: LongText


class StrategyText(Schema):
    """A strategy document: YAML text with its own cases."""

    text: str


@router.get("", response=answers(Page[PolicyRow]))
def list_strategies(
    request: ApiRequest,
    status: Literal["", "draft", "published", "discarded"] = "",
    name: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PolicyRow]:
    """List versions of strategies, and which are in force."""
    request.actor.require("ledger.view")
    return policy_rows(
        request.actor.company,
        as_of=request.as_of,
        status=status,
        name=name,
        cursor=cursor,
        limit=limit,
    )


@router.get("/dry-run", response=answers(DryRun))
def show_dry_run(request: ApiRequest, version_id: Key | None = None) -> DryRun:
    """Show who would get what tonight, who not and why; with a version, under it instead."""
    request.actor.require("ledger.view")
    company = request.actor.company
    day = next_run_day(company, today=request.as_of, last_step=LAST_STEP)
    try:
        return existing(dry_run(company, as_of=day, version_id=version_id))
    except StrategyError as error:
        raise Refused(str(error)) from error


@router.get("/{version_id}", response=answers(StrategyText))
def show_strategy(request: ApiRequest, version_id: Id) -> StrategyText:
    """Show one version's document."""
    request.actor.require("ledger.view")
    text = existing(policy_text(request.actor.company, version_id))
    return StrategyText(text=text)


@router.post("", response=answers(Created, 201))
@once
def new_draft(request: ApiRequest, body: StrategyIn) -> tuple[int, dict[str, Any]]:
    """Keep a new version as a draft; it is checked and its cases are run first."""
    version = draft_policy(actor=request.actor, text=body.text, at=request.at)
    return 201, {"id": version.pk}


@router.post("/{version_id}/publish", response=answers(Done))
@once
def publish(request: ApiRequest, version_id: Id) -> tuple[int, dict[str, Any]]:
    """Publish a draft; its author is not the one who approves."""
    publish_policy(
        actor=request.actor,
        version=own(PolicyVersion, request.actor, version_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{version_id}/discard", response=answers(Done))
@once
def discard(request: ApiRequest, version_id: Id) -> tuple[int, dict[str, Any]]:
    """Discard a draft."""
    discard_policy(
        actor=request.actor, version=own(PolicyVersion, request.actor, version_id), at=request.at
    )
    return 200, {"changed": 1}
