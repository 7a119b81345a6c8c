"""Policy documents of every kind in `policy_kinds`: drafting, publishing, discarding."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policy_kinds import KINDS, checked
from dunwell.actions.policy_versions import check_move, check_start, keep_draft, move_version
from dunwell.models import Company, PolicyVersion

Status = PolicyVersion.Status


@transaction.atomic
def draft_document(*, actor: Actor, kind: str, text: str, at: datetime) -> PolicyVersion:
    """Store a YAML text as the next version of the company's policy of a kind.

    The text of the latest draft again returns that draft. Raises Refused with the line and
    the reason when the text cannot be read, a field is wrong, or one of its own cases does
    not come out.
    """
    actor.require("policy.edit")
    document, policy = checked(kind=kind, text=text)
    version, is_new = keep_draft(
        company=actor.company,
        kind=kind,
        name=policy.name,
        policy=document,
        valid_from=policy.valid_from,
        author=actor.name,
        at=at,
    )
    if is_new:
        _record(actor, "policy.drafted", version, at=at)
    return version


@transaction.atomic
def publish_document(*, actor: Actor, version: PolicyVersion, as_of: date, at: datetime) -> None:
    """Put a draft in force from its own `valid_from` on; a version is never edited afterwards.

    Its cases are played once more. The author may not approve, except in a demo company or
    where nobody else works; the event then says so. Raises Refused for that, for a version
    that is no draft, and for a day that has passed.
    """
    actor.require("policy.publish")
    _check_move(actor, version, Status.PUBLISHED)
    override = own_approval(
        actor,
        author=version.author,
        refusal="You wrote this version; somebody else has to publish it.",
    )
    check_start(version, as_of=as_of)
    checked(kind=version.kind, text=version.text)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    move_version(version, Status.PUBLISHED, approver=actor.name, published_at=at)
    _record(
        actor,
        "policy.published",
        version,
        at=at,
        valid_from=version.valid_from.isoformat(),
        author=version.author,
        override=override,
    )


@transaction.atomic
def discard_document(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("policy.edit")
    _check_move(actor, version, Status.DISCARDED)
    move_version(version, Status.DISCARDED)
    _record(actor, "policy.discarded", version, at=at)


def _check_move(actor: Actor, version: PolicyVersion, status: PolicyVersion.Status) -> None:
    if version.kind not in KINDS:
        raise Refused(f"Versions of a {version.kind} are not decided here.")
    check_move(version, status, company=actor.company, kind=version.kind)


def _record(actor: Actor, verb: str, version: PolicyVersion, *, at: datetime, **data: Any) -> None:
    record_event(
        actor,
        verb,
        version,
        at=at,
        kind=version.kind,
        name=version.name,
        version=version.version,
        **data,
    )
