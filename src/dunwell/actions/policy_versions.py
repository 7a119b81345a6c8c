"""What drafting, publishing and discarding a policy document share, whatever its kind."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.policies import PolicyText
from dunwell.models import Company, PolicyVersion

Status = PolicyVersion.Status
WHAT: Mapping[str, str] = {
    PolicyVersion.Kind.STRATEGY: "strategy",
    PolicyVersion.Kind.CASH: "cash policy",
    PolicyVersion.Kind.SEGMENTS: "segments policy",
    PolicyVersion.Kind.PROMISES: "promises policy",
    PolicyVersion.Kind.PLANS: "plans policy",
    PolicyVersion.Kind.AUTHORITY: "authority policy",
    PolicyVersion.Kind.CHARGES: "charges policy",
    PolicyVersion.Kind.CONTACT: "contact policy",
    PolicyVersion.Kind.WORDINGS: "message texts",
    PolicyVersion.Kind.PLAYBOOKS: "playbooks policy",
    PolicyVersion.Kind.FEEDBACK: "feedback policy",
    PolicyVersion.Kind.DISPUTES: "disputes policy",
    PolicyVersion.Kind.EARLY_PAY: "policy of early payment",
    PolicyVersion.Kind.RESPONSES: "policy on deliveries and answers",
    PolicyVersion.Kind.CREDIT: "credit policy",
    PolicyVersion.Kind.PROVISIONS: "provisions policy",
}
"""What a document of a kind is called in sentences."""


def draft_version(
    actor: Actor,
    *,
    kind: str,
    verb: str,
    name: str,
    policy: PolicyText,
    valid_from: date,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> PolicyVersion:
    """Return the draft of a text; for actions that have checked right and text.

    The text of the latest draft again is that draft; else it becomes the next version, and an
    event says so with what is `told` beside name and version.
    """
    company = actor.company
    most = PolicyVersion._meta.get_field("name").max_length or 0
    if len(name) > most:
        raise Refused(f"The {WHAT[kind]}'s name is too long; at most {most} characters fit.")
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    versions = PolicyVersion.objects.filter(company=company, kind=kind, name=name)
    latest = versions.order_by("-version").first()
    if latest is not None and latest.status == Status.DRAFT and latest.text == policy.text:
        return latest
    version = add_version(
        company=company,
        kind=kind,
        name=name,
        policy=policy,
        valid_from=valid_from,
        author=actor.name,
        at=at,
    )
    record_event(actor, verb, version, at=at, name=name, version=version.version, **(told or {}))
    return version


def add_version(
    *,
    company: Company,
    kind: str,
    name: str,
    policy: PolicyText,
    valid_from: date,
    author: str,
    at: datetime,
) -> PolicyVersion:
    """Add a document as the next version of its name, a draft."""
    versions = PolicyVersion.objects.filter(company=company, kind=kind, name=name)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    return PolicyVersion.objects.create(
        company=company,
        kind=kind,
        name=name,
        version=last + 1,
        text=policy.text,
        document=_plain(policy.document),
        valid_from=valid_from,
        author=author,
        recorded_at=at,
    )


def check_move(version: PolicyVersion, status: Status, *, company: Company, kind: str) -> None:
    """Raise Refused for another company's version, another kind, or a move it cannot make."""
    if version.company_id != company.pk or version.kind != kind:
        raise Refused(f"This {WHAT[kind]} belongs to another company.")
    before = Status(version.status)
    if status not in PolicyVersion.MOVES[before]:
        raise Refused(f"This version is {before.label.lower()} and cannot be {status}.")


def check_start(version: PolicyVersion, *, as_of: date) -> None:
    """Raise Refused when the version would apply to days gone by."""
    if version.valid_from < as_of:
        raise Refused(
            f"valid_from {version.valid_from.isoformat()} has passed; draft it again with "
            f"{as_of.isoformat()} or later, so that past days keep their {WHAT[version.kind]}."
        )


def publish_version(
    actor: Actor,
    version: PolicyVersion,
    *,
    kind: str,
    verb: str,
    check: Callable[[str], Mapping[str, Any]],
    as_of: date,
    at: datetime,
) -> None:
    """Put a draft in force from its own `valid_from` on; for actions that have checked the right.

    `check` reads the text once more, raises Refused for what is wrong in it, and returns what else
    the event says. The author may not approve, except in a demo company or where nobody else
    works; the event then says so. Raises Refused for that, for a version that is no draft, and
    for a day that has passed.
    """
    check_move(version, Status.PUBLISHED, company=actor.company, kind=kind)
    override = own_approval(
        actor,
        author=version.author,
        refusal="You wrote this version; somebody else has to publish it.",
    )
    check_start(version, as_of=as_of)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told = check(version.text)
    move_version(version, Status.PUBLISHED, approver=actor.name, published_at=at)
    record_event(
        actor,
        verb,
        version,
        at=at,
        name=version.name,
        version=version.version,
        valid_from=version.valid_from.isoformat(),
        author=version.author,
        override=override,
        **told,
    )


def discard_version(
    actor: Actor,
    version: PolicyVersion,
    *,
    kind: str,
    verb: str,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    check_move(version, Status.DISCARDED, company=actor.company, kind=kind)
    move_version(version, Status.DISCARDED)
    record_event(
        actor, verb, version, at=at, name=version.name, version=version.version, **(told or {})
    )


def move_version(version: PolicyVersion, status: Status, **fields: str | datetime) -> None:
    """Move a draft on; raise Refused when somebody else has just done so."""
    rows = PolicyVersion.objects.filter(pk=version.pk, status=Status.DRAFT).update(
        status=status, **fields
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this version; load the page again.")


def _plain(value: object) -> object:
    """Return the document as JSON holds it: days as text, keys as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
