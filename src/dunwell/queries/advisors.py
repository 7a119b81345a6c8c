"""Advisors and auditors as pages and the API show them: who may look, and all they opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from dunwell.models import AdvisorAccess, AdvisorExtension, AdvisorTrace, Company
from dunwell.queries.link_tokens import hashed_link
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SOON = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvisorRow:
    """One access. `state` is invited, link_expired, coming, standing, ended or revoked."""

    id: int
    name: str
    firm: str
    email: str
    role: str
    areas: tuple[str, ...]
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: str
    ends_soon: bool
    invited_by: str
    accepted_at: datetime | None
    revoked_by: str
    views: int
    exports: int
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtensionRow:
    """A longer stay asked for; `is_granted` None: it waits."""

    id: int
    until_at: datetime
    reason: str
    asked_by: str
    decided_by: str
    is_granted: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TraceRow:
    """One page seen, file taken or refusal."""

    id: int
    at: datetime
    kind: str
    method: str
    path: str
    status: int
    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvisorDetail:
    """One access with what was asked for it."""

    row: AdvisorRow
    extensions: tuple[ExtensionRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """What a link offers, before it is used."""

    company: Company
    name: str
    areas: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime


def advisor_rows(
    company: Company, *, at: datetime, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AdvisorRow]:
    """Return one page of accesses, the newest first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = _counted(company).filter(after(cursor, ("-id",), (int,))).order_by("-id")
    return page_of(
        [_row(access, at) for access in found[: limit + 1]], limit=limit, key=lambda row: (row.id,)
    )


def advisor_detail(company: Company, access_id: int, *, at: datetime) -> AdvisorDetail | None:
    """Return one access, None for another company's; two queries."""
    access = _counted(company).filter(pk=access_id).first()
    if access is None:
        return None
    asked = AdvisorExtension.objects.filter(access=access).order_by("-id")
    return AdvisorDetail(
        row=_row(access, at),
        extensions=tuple(
            ExtensionRow(
                id=one.pk,
                until_at=one.until_at,
                reason=one.reason,
                asked_by=one.asked_by,
                decided_by=one.decided_by,
                is_granted=one.is_granted,
            )
            for one in asked
        ),
    )


def trace_rows(
    company: Company, access_id: int, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[TraceRow]:
    """Return one page of what an access opened, the newest first; one query."""
    limit = page_limit(limit)
    found = AdvisorTrace.objects.filter(company=company, access=access_id)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of(
        [
            TraceRow(
                id=one.pk,
                at=one.at,
                kind=one.kind,
                method=one.method,
                path=one.path,
                status=one.status,
                file=one.file,
                sha256=one.sha256,
            )
            for one in rows
        ],
        limit=limit,
        key=lambda row: (row.id,),
    )


def invitation_of(token: str, *, at: datetime) -> Invitation | None:
    """Return what a link offers, None for one that is unknown, used, ended or too old."""
    access = (
        AdvisorAccess.objects.filter(
            token_hash=hashed_link(token), accepted_at=None, revoked_at=None, link_until_at__gt=at
        )
        .select_related("company")
        .first()
    )
    if access is None:
        return None
    return Invitation(
        company=access.company,
        name=access.name,
        areas=tuple(access.areas),
        starts_at=access.starts_at,
        ends_at=access.ends_at,
    )


def _counted(company: Company) -> QuerySet[AdvisorAccess]:
    return AdvisorAccess.objects.filter(company=company).annotate(
        views=Count("traces", filter=Q(traces__kind=AdvisorTrace.Kind.VIEW)),
        exports=Count("traces", filter=Q(traces__kind=AdvisorTrace.Kind.EXPORT)),
        last_at=Max("traces__at"),
    )


def _row(access: AdvisorAccess, at: datetime) -> AdvisorRow:
    state = access_state(access, at)
    return AdvisorRow(
        id=access.pk,
        name=access.name,
        firm=access.firm,
        email=access.email,
        role=access.role,
        areas=tuple(access.areas),
        reason=access.reason,
        starts_at=access.starts_at,
        ends_at=access.ends_at,
        state=state,
        ends_soon=state == "standing" and access.ends_at - at <= SOON,
        invited_by=access.invited_by,
        accepted_at=access.accepted_at,
        revoked_by=access.revoked_by,
        views=access.views,  # type: ignore[attr-defined]  # annotated
        exports=access.exports,  # type: ignore[attr-defined]  # annotated
        last_at=access.last_at,  # type: ignore[attr-defined]  # annotated
    )


def access_state(access: AdvisorAccess, at: datetime) -> str:
    """Return where an access stands at a moment; the same bounds as `actions.gate.staff`."""
    if access.revoked_at is not None:
        return "revoked"
    if access.ends_at <= at:
        return "ended"
    if access.accepted_at is None:
        return "invited" if access.link_until_at > at else "link_expired"
    return "coming" if access.starts_at > at else "standing"
