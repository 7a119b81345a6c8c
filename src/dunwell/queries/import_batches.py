"""Imports as the wizard shows them: past ones, findings by kind and by row, saved profiles."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from dunwell.models import Company, ImportBatch, ImportFinding, ImportProfile
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchRow:
    """One import; counts are 0 until it is done."""

    id: int
    name: str
    status: str
    status_label: str
    by: str
    started_at: datetime
    size_bytes: int
    items_imported: int
    items_known: int
    findings: int
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingCount:
    """Findings of one kind with what happened to their rows; `reason` is that of the first."""

    code: str
    action: str
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingRow:
    """One finding: where, what, why, and what happened to the row."""

    id: int
    file: str
    row: int | None
    column: str
    value: str
    code: str
    reason: str
    action: str
    action_label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileRow:
    """A saved mapping; `fits`: it was saved for files with the same header."""

    id: int
    name: str
    saved_at: datetime
    fits: bool


def batch_rows(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[BatchRow]:
    """Return one page of imports, the newest first; raises CursorError for a foreign cursor."""
    limit = page_limit(limit)
    rows = (
        ImportBatch.objects.filter(company=company)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("user")
        .defer("detected", "decisions", "totals", "profile", "files")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(batch) for batch in rows], limit=limit, key=lambda row: (row.id,))


def finding_counts(batch: ImportBatch) -> tuple[FindingCount, ...]:
    """Return the kinds of finding of a batch with their numbers, refused rows first."""
    groups = list(
        ImportFinding.objects.filter(batch=batch)
        .order_by("code", "action")
        .values_list("code", "action")
        .annotate(n=Count("id"), first=Min("id"))
    )
    reasons = dict(
        ImportFinding.objects.filter(pk__in=[first for *_, first in groups]).values_list(
            "id", "reason"
        )
    )
    order = {"refused": 0, "changed": 1, "kept": 2}
    return tuple(
        FindingCount(code=code, action=action, count=n, reason=reasons[first])
        for code, action, n, first in sorted(
            groups, key=lambda group: (order.get(group[1], 3), -group[2], group[0])
        )
    )


def finding_rows(
    batch: ImportBatch,
    *,
    code: str = "",
    action: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[FindingRow]:
    """Return one page of a batch's findings in the order of its files."""
    found = ImportFinding.objects.filter(batch=batch)
    if code:
        found = found.filter(code=code)
    if action:
        found = found.filter(action=action)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("id",), (int,))).order_by("id")[: limit + 1]
    return page_of(
        [
            FindingRow(
                id=one.pk,
                file=one.file,
                row=one.row,
                column=one.column,
                value=one.value,
                code=one.code,
                reason=one.reason,
                action=one.action,
                action_label=str(ImportFinding.Action(one.action).label),
            )
            for one in rows
        ],
        limit=limit,
        key=lambda row: (row.id,),
    )


def profile_rows(company: Company, *, header_hash: str = "") -> tuple[ProfileRow, ...]:
    """Return the saved profiles by name, those for the same header first."""
    found = ImportProfile.objects.filter(company=company).order_by("name", "id")
    rows = [
        ProfileRow(
            id=one.pk,
            name=one.name,
            saved_at=one.saved_at,
            fits=bool(header_hash) and one.header_hash == header_hash,
        )
        for one in found
    ]
    return tuple(sorted(rows, key=lambda row: not row.fits))


def header_hash(tables: Iterable[Mapping[str, object]]) -> str:
    """Return a fingerprint of the headers of a batch's tables, whatever their order."""
    names = sorted(
        "\t".join(str(column["column"]) for column in columns)
        for table in tables
        if isinstance(columns := table.get("columns"), list)
    )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _row(batch: ImportBatch) -> BatchRow:
    return BatchRow(
        id=batch.pk,
        name=batch.name,
        status=batch.status,
        status_label=str(ImportBatch.Status(batch.status).label),
        by=batch.user.username if batch.user else "",
        started_at=batch.started_at,
        size_bytes=batch.size_bytes,
        items_imported=int(batch.counts.get("items_imported", 0)),
        items_known=int(batch.counts.get("items_known", 0)),
        findings=int(batch.counts.get("findings", 0)),
        error=batch.error,
    )
