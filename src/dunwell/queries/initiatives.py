"""Initiatives as pages and the API show them: what is under way, and the library of what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from dunwell.engine.kpi_catalogue import KPIS
from dunwell.models import Company, Initiative
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SCOPES = ("open", "library", "all")
PLACES = (
    *("orders", "billing", "delivery", "reminders", "calls", "promises", "disputes"),
    *("cash", "credit", "data", "other"),
)
"""Where in the course of invoice to cash a change acts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeRow:
    """One initiative; `figures` are those of the day it was measured, empty before."""

    id: int
    name: str
    kpi: str
    kpi_name: str
    unit: str
    currency: str
    baseline: str
    target: str
    target_on: date
    place: str
    change: str
    policy_version_id: int | None
    policy_kind: str
    policy_name: str
    policy_version: int | None
    measure: str
    experiment_id: int | None
    experiment: str
    dimension: str
    slices: tuple[str, ...]
    owner: str
    owner_id: int
    status: str
    changed_on: date | None
    measured_on: date | None
    figures: Mapping[str, Any]
    reason: str
    decided_by: str
    decided_on: date | None
    author: str
    version: int
    is_late: bool


def initiative_rows(
    company: Company,
    *,
    as_of: date,
    scope: str = "open",
    search: str = "",
    kpi: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[InitiativeRow]:
    """Return one page of initiatives, the newest first; one query. Raises CursorError.

    The library is what was kept, taken back or dropped; `search` looks into names, changes and
    reasons.
    """
    found = Initiative.objects.filter(company=company)
    if scope == "open":
        found = found.exclude(status__in=Initiative.OVER)
    elif scope == "library":
        found = found.filter(status__in=Initiative.OVER)
    if kpi:
        found = found.filter(kpi=kpi)
    for word in search.split()[:8]:
        found = found.filter(
            Q(name__icontains=word) | Q(change__icontains=word) | Q(reason__icontains=word)
        )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("owner", "experiment", "policy_version")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one, as_of) for one in rows], limit=limit, key=lambda row: (row.id,))


def initiative_row(company: Company, initiative_id: int, *, as_of: date) -> InitiativeRow | None:
    """Return one initiative, None for another company's; one query."""
    found = (
        Initiative.objects.filter(company=company, pk=initiative_id)
        .select_related("owner", "experiment", "policy_version")
        .first()
    )
    return None if found is None else _row(found, as_of)


def _row(one: Initiative, as_of: date) -> InitiativeRow:
    policy = one.policy_version
    is_open = one.status not in {*Initiative.OVER, Initiative.Status.MEASURED}
    return InitiativeRow(
        id=one.pk,
        name=one.name,
        kpi=one.kpi,
        kpi_name=KPIS[one.kpi].name if one.kpi in KPIS else one.kpi,
        unit=KPIS[one.kpi].unit if one.kpi in KPIS else "",
        currency=one.currency,
        baseline=one.baseline,
        target=one.target,
        target_on=one.target_on,
        place=one.place,
        change=one.change,
        policy_version_id=one.policy_version_id,
        policy_kind=policy.kind if policy else "",
        policy_name=policy.name if policy else "",
        policy_version=policy.version if policy else None,
        measure=one.measure,
        experiment_id=one.experiment_id,
        experiment=one.experiment.name if one.experiment else "",
        dimension=one.dimension,
        slices=tuple(one.slices),
        owner=one.owner.get_full_name() or one.owner.username,
        owner_id=one.owner_id,
        status=one.status,
        changed_on=one.changed_on,
        measured_on=one.measured_on,
        figures=one.figures,
        reason=one.reason,
        decided_by=one.decided_by,
        decided_on=one.decided_on,
        author=one.author,
        version=one.version,
        is_late=is_open and one.target_on < as_of,
    )
