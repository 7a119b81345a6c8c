"""Connections as pages and the API show them: state, syncs, differences and write-backs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from dunwell.formats.connection_kinds import KINDS
from dunwell.models import (
    Company,
    Connection,
    ConnectionChange,
    ConnectionDifference,
    ConnectionSync,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionRow:
    """One connection; its secret is never in it.

    `compared_id` is the last sync that went to its end, None before there was one, and
    `compared_totals` what it found open on both sides, per currency (see ConnectionSyncRow).
    """

    id: int
    kind: str
    kind_label: str
    name: str
    settings: dict[str, str]
    has_secret: bool
    is_on: bool
    every_minutes: int
    system: dict[str, Any]
    next_at: datetime | None
    failures: int
    fault: str
    error: str
    version: int
    last_status: str
    last_tie: str
    last_at: datetime | None
    compared_id: int | None
    compared_totals: list[dict[str, Any]]
    waiting: int
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionSyncRow:
    """One sync; `totals` per currency theirs_minor, ours_minor and differing documents."""

    id: int
    connection_id: int
    status: str
    status_label: str
    tie: str
    tie_label: str
    counts: dict[str, int]
    totals: list[dict[str, Any]]
    notes: list[dict[str, str]]
    batches: list[int]
    fault: str
    error: str
    by: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionDifferenceRow:
    """A document open otherwise there than here; None where it is not open at all."""

    id: int
    number: str
    is_payment: bool
    customer_id: int | None
    customer: str
    currency: str
    theirs_minor: int | None
    ours_minor: int | None

    @property
    def by_minor(self) -> int:
        """Return how much more is open there than here."""
        return (self.theirs_minor or 0) - (self.ours_minor or 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionChangeRow:
    """One write-back: what is there, what shall be, and how far it is."""

    id: int
    connection_id: int
    customer_id: int
    customer_number: str
    customer: str
    kind: str
    kind_label: str
    value: str
    currency: str
    before: str
    status: str
    status_label: str
    error: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    written_at: datetime | None


def connection_rows(company: Company, *, only: int | None = None) -> list[ConnectionRow]:
    """Return the connections that have not ended, by name; one query."""
    last = ConnectionSync.objects.filter(connection=OuterRef("pk")).order_by("-id")
    compared = last.filter(status=ConnectionSync.Status.DONE)
    waiting = Q(
        changes__status__in=(ConnectionChange.Status.TRIED, ConnectionChange.Status.FAILED)
    )
    found = Connection.objects.filter(company=company, ended_at=None)
    if only is not None:
        found = found.filter(pk=only)
    found = found.annotate(
        last_status=Subquery(last.values("status")[:1]),
        last_tie=Subquery(last.values("tie")[:1]),
        last_at=Subquery(last.values("started_at")[:1]),
        compared_id=Subquery(compared.values("pk")[:1]),
        compared_totals=Subquery(compared.values("totals")[:1]),
        waiting=Count("changes", filter=waiting),
    ).order_by("name", "id")
    return [
        ConnectionRow(
            id=one.pk,
            kind=one.kind,
            kind_label=KINDS[one.kind].label if one.kind in KINDS else one.kind,
            name=one.name,
            settings=one.settings,
            has_secret=bool(one.secret),
            is_on=one.is_on,
            every_minutes=one.every_minutes,
            system=one.system,
            next_at=one.next_at,
            failures=one.failures,
            fault=one.fault,
            error=one.error,
            version=one.version,
            last_status=one.last_status or "",
            last_tie=one.last_tie or "",
            last_at=one.last_at,
            compared_id=one.compared_id,
            compared_totals=one.compared_totals or [],
            waiting=one.waiting,
            by=one.by,
            recorded_at=one.recorded_at,
        )
        for one in found
    ]


def connection_sync_rows(
    company: Company,
    *,
    connection_id: int,
    only: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ConnectionSyncRow]:
    """Return one page of the syncs of a connection, the newest first; one query."""
    limit = page_limit(limit)
    of = ConnectionSync.objects.filter(connection=connection_id, connection__company=company)
    found = (
        (of if only is None else of.filter(pk=only))
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_sync(one) for one in found], limit=limit, key=lambda row: (row.id,))


def connection_difference_rows(
    company: Company, *, sync_id: int, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ConnectionDifferenceRow]:
    """Return one page of what differs after a sync, in the order it was found; one query."""
    limit = page_limit(limit)
    found = (
        ConnectionDifference.objects.filter(sync=sync_id, sync__connection__company=company)
        .filter(after(cursor, ("id",), (int,)))
        .order_by("id")
        .annotate(customer_name=F("customer__name"))[: limit + 1]
    )
    rows = [
        ConnectionDifferenceRow(
            id=one.pk,
            number=one.number,
            is_payment=one.is_payment,
            customer_id=one.customer_id,
            customer=one.customer_name or "",
            currency=one.currency,
            theirs_minor=one.theirs_minor,
            ours_minor=one.ours_minor,
        )
        for one in found
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def connection_change_rows(
    company: Company,
    *,
    connection_id: int | None = None,
    status: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ConnectionChangeRow]:
    """Return one page of write-backs, the newest first; one query."""
    limit = page_limit(limit)
    found = ConnectionChange.objects.filter(connection__company=company)
    if connection_id is not None:
        found = found.filter(connection=connection_id)
    if status:
        found = found.filter(status=status)
    chosen = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    rows = [
        ConnectionChangeRow(
            id=one.pk,
            connection_id=one.connection_id,
            customer_id=one.customer_id,
            customer_number=one.customer.number,
            customer=one.customer.name,
            kind=one.kind,
            kind_label=str(ConnectionChange.Kind(one.kind).label),
            value=one.value,
            currency=one.currency,
            before=one.before,
            status=one.status,
            status_label=str(ConnectionChange.Status(one.status).label),
            error=one.error,
            proposed_by=one.proposed_by,
            proposed_at=one.proposed_at,
            decided_by=one.decided_by,
            written_at=one.written_at,
        )
        for one in chosen
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def due_connections(company: Company, *, at: datetime) -> list[int]:
    """Return the keys of connections whose sync is due, the longest due first."""
    is_due = Q(next_at=None) | Q(next_at__lte=at)
    found = Connection.objects.filter(is_due, company=company, ended_at=None, is_on=True)
    return list(
        found.order_by(F("next_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    )


def _sync(one: ConnectionSync) -> ConnectionSyncRow:
    return ConnectionSyncRow(
        id=one.pk,
        connection_id=one.connection_id,
        status=one.status,
        status_label=str(ConnectionSync.Status(one.status).label),
        tie=one.tie,
        tie_label=str(ConnectionSync.Tie(one.tie).label),
        counts=one.counts,
        totals=one.totals,
        notes=one.notes,
        batches=one.batches,
        fault=one.fault,
        error=one.error,
        by=one.by,
        started_at=one.started_at,
        finished_at=one.finished_at,
    )
