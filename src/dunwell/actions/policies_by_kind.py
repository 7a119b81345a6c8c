"""Policy documents of every kind in `policy_kinds`: drafting, publishing, discarding."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policy_kinds import KINDS, checked
from dunwell.actions.policy_versions import discard_version, draft_version, publish_version
from dunwell.models import PolicyVersion

Status = PolicyVersion.Status


@transaction.atomic
def draft_document(*, actor: Actor, kind: str, text: str, at: datetime) -> PolicyVersion:
    """Store a YAML text as the next version of the company's policy of a kind.

    The text of the latest draft again returns that draft. Raises Refused with the line and
    the reason when the text cannot be read, a field is wrong, or one of its own cases does
    not come out.
    """
    actor.require("policy.edit")
    document, policy = checked(company=actor.company, kind=kind, text=text)
    return draft_version(
        actor,
        kind=kind,
        verb="policy.drafted",
        name=policy.name,
        policy=document,
        valid_from=policy.valid_from,
        at=at,
        told={"kind": kind},
    )


@transaction.atomic
def publish_document(*, actor: Actor, version: PolicyVersion, as_of: date, at: datetime) -> None:
    """Put a draft in force from its own `valid_from` on; a version is never edited afterwards.

    Its cases are played once more. The author may not approve, except in a demo company or
    where nobody else works; the event then says so. Raises Refused for that, for a version
    that is no draft, and for a day that has passed.
    """
    actor.require("policy.publish")
    kind = _kind(version)

    def check(text: str) -> Mapping[str, Any]:
        checked(company=actor.company, kind=kind, text=text)
        return {"kind": kind}

    publish_version(
        actor, version, kind=kind, verb="policy.published", check=check, as_of=as_of, at=at
    )


@transaction.atomic
def discard_document(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("policy.edit")
    kind = _kind(version)
    discard_version(actor, version, kind=kind, verb="policy.discarded", told={"kind": kind}, at=at)


def _kind(version: PolicyVersion) -> str:
    if version.kind not in KINDS:
        raise Refused(f"Versions of a {version.kind} are not decided here.")
    return version.kind
