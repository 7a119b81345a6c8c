"""Closed periods: until which day the books are closed, and how that came about."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import Company, PeriodLock
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = PeriodLock.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class LockRow:
    """One step of closing or opening; `until_on` empty: every day is open."""

    id: int
    until_on: date | None
    status: str
    status_label: str
    reason: str
    author: str
    approver: str
    recorded_at: datetime
    decided_at: datetime | None
    is_unlock: bool
    is_in_force: bool


def lock_in_force(company: Company) -> PeriodLock | None:
    """Return the newest lock in force, None where the books were never closed.

    An unlock in force may name an earlier day or none: then `until_on` says so.
    """
    found = PeriodLock.objects.filter(company=company, status=Status.IN_FORCE)
    return found.order_by("-id").first()


def closed_until(company: Company) -> date | None:
    """Return the last day on which nothing may be booked any more, None when all are open."""
    lock = lock_in_force(company)
    return lock.until_on if lock else None


def unlock_asked(company: Company) -> PeriodLock | None:
    """Return the unlock that waits for a second person, if one was asked for."""
    return PeriodLock.objects.filter(company=company, status=Status.ASKED).first()


def lock_rows(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[LockRow]:
    """Return one page of the history of locks, the newest first."""
    now = lock_in_force(company)
    limit = page_limit(limit)
    found = PeriodLock.objects.filter(company=company)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of(
        [
            LockRow(
                id=lock.pk,
                until_on=lock.until_on,
                status=lock.status,
                status_label=str(Status(lock.status).label),
                reason=lock.reason,
                author=lock.author,
                approver=lock.approver,
                recorded_at=lock.recorded_at,
                decided_at=lock.decided_at,
                is_unlock=bool(lock.approver) or lock.status != Status.IN_FORCE,
                is_in_force=now is not None and lock.pk == now.pk,
            )
            for lock in rows
        ],
        limit=limit,
        key=lambda row: (row.id,),
    )
