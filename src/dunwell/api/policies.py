"""/policies: what a company has decided, one versioned document of each kind."""

from typing import Any, Literal

from django.http import Http404
from ninja import Router

from dunwell.actions.policies_by_kind import (
    discard_document,
    draft_document,
    publish_document,
)
from dunwell.actions.policy_kinds import KINDS
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Created, Cursor, Done, Id, Limit, answers, existing, own
from dunwell.api.strategies import StrategyIn, StrategyText
from dunwell.api.writes import once
from dunwell.models import PolicyVersion
from dunwell.queries.pages import Page
from dunwell.queries.policies import PolicyRow, policy_rows, policy_text
from dunwell.queries.policy_documents import (
    PolicyGlance,
    TextInForce,
    policies_at_a_glance,
    text_in_force,
)

router = Router(tags=["policies"])


class PolicyIn(StrategyIn):
    """A new version of a policy: YAML text with its own cases."""


class PolicyText(StrategyText):
    """A version of a policy: YAML text with its own cases."""


@router.get("", response=answers(list[PolicyGlance]))
def list_policy_kinds(request: ApiRequest) -> list[PolicyGlance]:
    """List every kind of policy with the version in force and the drafts that wait."""
    request.actor.require("ledger.view")
    return list(policies_at_a_glance(request.actor.company, tuple(KINDS), as_of=request.as_of))


@router.get("/{kind}", response=answers(Page[PolicyRow]))
def list_policies(
    request: ApiRequest,
    kind: str,
    status: Literal["", "draft", "published", "discarded"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[PolicyRow]:
    """List versions of a kind of policy, and which is in force."""
    request.actor.require("ledger.view")
    return policy_rows(
        request.actor.company,
        as_of=request.as_of,
        kind=_known(kind),
        status=status,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{kind}/in-force", response=answers(TextInForce))
def show_policy_in_force(request: ApiRequest, kind: str) -> TextInForce:
    """Show the document that applies today; without a version it is the standard."""
    request.actor.require("ledger.view")
    return text_in_force(request.actor.company, _known(kind), as_of=request.as_of)


@router.get("/{kind}/{policy_id}", response=answers(PolicyText))
def show_policy(request: ApiRequest, kind: str, policy_id: Id) -> PolicyText:
    """Show one version's document."""
    request.actor.require("ledger.view")
    text = existing(policy_text(request.actor.company, policy_id, kind=_known(kind)))
    return PolicyText(text=text)


@router.post("/{kind}", response=answers(Created, 201))
@once
def new_policy(request: ApiRequest, kind: str, body: PolicyIn) -> tuple[int, dict[str, Any]]:
    """Keep a new version as a draft; it is checked and its cases are played first."""
    version = draft_document(actor=request.actor, kind=_known(kind), text=body.text, at=request.at)
    return 201, {"id": version.pk}


@router.post("/{kind}/{policy_id}/publish", response=answers(Done))
@once
def publish_policy_version(
    request: ApiRequest, kind: str, policy_id: Id
) -> tuple[int, dict[str, Any]]:
    """Publish a draft; its author is not the one who approves."""
    version = _own_version(request, kind, policy_id)
    publish_document(actor=request.actor, version=version, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/{kind}/{policy_id}/discard", response=answers(Done))
@once
def discard_policy_version(
    request: ApiRequest, kind: str, policy_id: Id
) -> tuple[int, dict[str, Any]]:
    """Discard a draft."""
    version = _own_version(request, kind, policy_id)
    discard_document(actor=request.actor, version=version, at=request.at)
    return 200, {"changed": 1}


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Http404
    return kind


def _own_version(request: ApiRequest, kind: str, policy_id: int) -> PolicyVersion:
    version = own(PolicyVersion, request.actor, policy_id)
    if version.kind != _known(kind):
        raise Http404
    return version
