"""Reports as they were made, what makes them by itself, and whom they went to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from dunwell.engine.report_clock import report_day
from dunwell.formats.review_pack import ReviewPack, read_pack
from dunwell.models import (
    ApplicationMail,
    Company,
    Report,
    ReportMail,
    ReportSchedule,
    SavedView,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_VIEWS = 200
FIELDS = (
    *("id", "kind", "name", "as_of", "language", "by", "sha256", "recorded_at"),
    *("mails_all", "mails_sent", "mails_dead"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeReportRow:
    """One kept report; `sent` of `mails` readers have it."""

    id: int
    kind: str
    name: str
    as_of: date
    language: str
    by: str
    sha256: str
    mails: int
    sent: int
    failed: int
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeReportDetail:
    """A kept report with what it said; `mails` are (address, status, error, sent at)."""

    row: MadeReportRow
    pack: ReviewPack
    words: tuple[str, ...]
    mails: tuple[tuple[str, str, str, datetime | None], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDue:
    """A schedule whose report of a day is not made yet; `key` names it once and for all."""

    schedule: ReportSchedule
    day: date
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewRow:
    """A saved view; `address` is the page with its filter."""

    id: int
    name: str
    address: str
    owner: str
    is_own: bool
    is_shared: bool


def report_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[MadeReportRow]:
    """Return one page of reports, the newest first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = Report.objects.filter(company=company).filter(
        after(cursor, ("-as_of", "-id"), (date, int))
    )
    rows = [_row(row) for row in _values(found).order_by("-as_of", "-id")[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.as_of, row.id))


def report_detail(company: Company, report_id: int) -> MadeReportDetail | None:
    """Return one report with its tables, words and mails; two queries."""
    found = Report.objects.filter(company=company, pk=report_id)
    row = _values(found).values(*FIELDS, "document", "words").first()
    if row is None:
        return None
    mails = ReportMail.objects.filter(report_id=report_id).order_by("to")
    return MadeReportDetail(
        row=_row(row),
        pack=read_pack(row["document"]),
        words=tuple(row["words"].splitlines()),
        mails=tuple(mails.values_list("to", "status", "error", "sent_at")),
    )


def report_file(company: Company, report_id: int, kind: str) -> tuple[bytes, str] | None:
    """Return the kept bytes of a report as pdf or xlsx, and its name; None for no such."""
    field = {"pdf": "pdf", "xlsx": "workbook"}.get(kind)
    if field is None:
        return None
    found = (
        Report.objects.filter(company=company, pk=report_id).values_list(field, "as_of").first()
    )
    return None if found is None else (bytes(found[0]), f"report-{found[1].isoformat()}.{kind}")


def schedules(company: Company) -> tuple[ReportSchedule, ...]:
    """Return what makes reports by itself now, by name; one query."""
    return tuple(
        ReportSchedule.objects.filter(company=company, ended_on=None).order_by("name", "pk")
    )


def reports_due(company: Company, *, as_of: date) -> tuple[ReportDue, ...]:
    """Return the schedules whose report is due and not made; two queries."""
    due = []
    for one in schedules(company):
        day = report_day(one.every, from_on=one.from_on, as_of=as_of, country=company.country)
        if day is not None:
            due.append(ReportDue(schedule=one, day=day, key=f"{one.pk}:{day.isoformat()}"))
    if not due:
        return ()
    made = set(
        Report.objects.filter(company=company, key__in=[one.key for one in due]).values_list(
            "key", flat=True
        )
    )
    return tuple(one for one in due if one.key not in made)


def view_rows(company: Company, *, user_id: int) -> tuple[ViewRow, ...]:
    """Return somebody's own views and those that others share, own ones first; one query."""
    found = (
        SavedView.objects.filter(company=company)
        .filter(Q(owner_id=user_id) | Q(is_shared=True))
        .select_related("owner")
        .order_by("name", "pk")[:MOST_VIEWS]
    )
    rows = [
        ViewRow(
            id=one.pk,
            name=one.name,
            address=f"{one.path}?{one.query}" if one.query else one.path,
            owner=one.owner.get_username(),
            is_own=one.owner_id == user_id,
            is_shared=one.is_shared,
        )
        for one in found
    ]
    return tuple(sorted(rows, key=lambda row: not row.is_own))


def _values(found: QuerySet[Report]) -> QuerySet[Report, dict[str, Any]]:
    """Return reports as rows without their files, with how many mails each has."""
    rows: QuerySet[Report, dict[str, Any]] = found.annotate(
        mails_all=Count("mails"),
        mails_sent=Count("mails", filter=Q(mails__status=ApplicationMail.Status.SENT)),
        mails_dead=Count("mails", filter=Q(mails__status=ApplicationMail.Status.DEAD)),
    ).values(*FIELDS)
    return rows


def _row(row: Mapping[str, Any]) -> MadeReportRow:
    return MadeReportRow(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        as_of=row["as_of"],
        language=row["language"],
        by=row["by"],
        sha256=row["sha256"],
        mails=row["mails_all"],
        sent=row["mails_sent"],
        failed=row["mails_dead"],
        recorded_at=row["recorded_at"],
    )
