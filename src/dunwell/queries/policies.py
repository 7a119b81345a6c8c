"""Policies as pages and the API show them, and the strategies in force for the day's cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.engine.strategy import Strategy, read_strategy
from dunwell.formats.policies import read_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

NAMED = (PolicyVersion.Kind.STRATEGY, PolicyVersion.Kind.WORDINGS)
"""Kinds of which a company has several documents: strategies, and texts in each language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRow:
    """One version of a policy; `is_in_force`: the one of its name that applies on the day."""

    id: int
    kind: str
    name: str
    version: int
    valid_from: date
    status: str
    status_label: str
    author: str
    approver: str
    recorded_at: datetime
    published_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyInForce:
    """A strategy that applies on a day, and the version it comes from."""

    version_id: int
    name: str
    version: int
    strategy: Strategy


def policy_rows(
    company: Company,
    *,
    as_of: date,
    kind: str = PolicyVersion.Kind.STRATEGY,
    status: str = "",
    name: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PolicyRow]:
    """Return one page of versions, the newest written first."""
    found = PolicyVersion.objects.filter(company=company, kind=kind)
    if status:
        found = found.filter(status=status)
    if name:
        found = found.filter(name=name)
    limit = page_limit(limit)
    in_force = {version.pk for version in _in_force(company, kind, as_of)}
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .defer("text", "document")
        .order_by("-id")[: limit + 1]
    )
    return page_of(
        [_row(version, version.pk in in_force) for version in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def policy_text(
    company: Company, version_id: int, *, kind: str = PolicyVersion.Kind.STRATEGY
) -> str | None:
    """Return the YAML text of one version of the company, or None."""
    found = PolicyVersion.objects.filter(company=company, pk=version_id, kind=kind)
    return next(iter(found.values_list("text", flat=True)), None)


def strategies_in_force(company: Company, *, as_of: date) -> tuple[PolicyInForce, ...]:
    """Return the strategies that apply on a day, by name: of each name its latest version.

    Latest is the greatest valid_from not after `as_of`, of two from one day the higher version.
    """
    return tuple(
        PolicyInForce(
            version_id=version.pk,
            name=version.name,
            version=version.version,
            strategy=read_strategy(read_policy(version.text).document),
        )
        for version in _in_force(company, PolicyVersion.Kind.STRATEGY, as_of)
    )


def _in_force(company: Company, kind: str, as_of: date) -> Sequence[PolicyVersion]:
    # some kinds have a line of versions for each name; of the others there is one document
    latest: dict[str, PolicyVersion] = {}
    for version in (
        PolicyVersion.objects.filter(
            company=company,
            kind=kind,
            status=PolicyVersion.Status.PUBLISHED,
            valid_from__lte=as_of,
        )
        .defer("document")
        .order_by("valid_from", "id")
    ):
        latest[version.name if kind in NAMED else kind] = version
    return sorted(latest.values(), key=lambda version: version.name)


def _row(version: PolicyVersion, is_in_force: bool) -> PolicyRow:  # noqa: FBT001  private
    return PolicyRow(
        id=version.pk,
        kind=version.kind,
        name=version.name,
        version=version.version,
        valid_from=version.valid_from,
        status=version.status,
        status_label=str(PolicyVersion.Status(version.status).label),
        author=version.author,
        approver=version.approver,
        recorded_at=version.recorded_at,
        published_at=version.published_at,
        is_in_force=is_in_force,
    )
