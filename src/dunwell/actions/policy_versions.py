"""What drafting, publishing and discarding a policy document share, whatever its kind."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Max

from dunwell.actions.gate import Refused
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
    PolicyVersion.Kind.CREDIT: "credit policy",
}
"""What a document of a kind is called in sentences."""


def keep_draft(
    *,
    company: Company,
    kind: str,
    name: str,
    policy: PolicyText,
    valid_from: date,
    author: str,
    at: datetime,
) -> tuple[PolicyVersion, bool]:
    """Return the draft of a text and whether it is new.

    The text of the latest draft again is that draft; else it becomes the next version.
    """
    most = PolicyVersion._meta.get_field("name").max_length or 0
    if len(name) > most:
        raise Refused(f"The {WHAT[kind]}'s name is too long; at most {most} characters fit.")
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    versions = PolicyVersion.objects.filter(company=company, kind=kind, name=name)
    latest = versions.order_by("-version").first()
    if latest is not None and latest.status == Status.DRAFT and latest.text == policy.text:
        return latest, False
    version = add_version(
        company=company,
        kind=kind,
        name=name,
        policy=policy,
        valid_from=valid_from,
        author=author,
        at=at,
    )
    return version, True


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
