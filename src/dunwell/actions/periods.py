"""Closing periods: locks, and unlocks that one person asks for and a second one grants.

Every posting asks for the lock in `actions.entries`. The two cannot pass each other: a
posting holds the company's books shared until its transaction ends, a lock takes them
alone. A lock never waits while it holds something a posting wants (the chain of events),
so neither waits for the other for ever.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dunwell.actions.bulk import is_postgresql
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval, person
from dunwell.actions.gate import Actor, Refused
from dunwell.models import ChainHead, Company, PeriodLock
from dunwell.queries.periods import closed_until, unlock_asked

Status = PeriodLock.Status

LONGEST_REASON = 300
BOOKS = "dunwell books"
"""Name of the advisory lock on a company's books."""
ATTEMPTS = 20
"""So often a lock is tried between the postings of others before it gives up."""


def share_books(company: Company) -> None:
    """Keep the company's books from being closed until the transaction ends.

    SQLite has one writer at a time and needs no more.
    """
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(hashtext(%s), %s)", [BOOKS, company.pk]
            )


def take_books(company: Company) -> None:
    """Wait for a moment in which nobody has posted without having committed, and hold it.

    The chain's end first, then the books without waiting: who has posted waits for the
    chain's end and gets it when the savepoint is given up. Raises Refused while others are
    booking all the time.
    """
    ChainHead.objects.get_or_create(company=company)
    if not is_postgresql():
        return
    for _ in range(ATTEMPTS):
        with suppress(_BusyError), transaction.atomic():
            ChainHead.objects.select_for_update().get(company=company)
            _hold_books(company)
            return
    raise Refused(
        f"Others are booking in {company.name} at this moment; try again when they are done."
    )


def first_open_day(company: Company, day: date) -> date:
    """Return the day itself, or the first one after the closed period when it lies in it."""
    until = closed_until(company)
    return day if until is None or day > until else until + timedelta(days=1)


@transaction.atomic
def lock_period(
    *, actor: Actor, until_on: date, reason: str, as_of: date, at: datetime
) -> PeriodLock:
    """Close the books up to and including a day; the same day again changes nothing.

    Raises Refused for a day that is not over, one before the present lock (that is an
    unlock), while an unlock waits for its decision, and while others are booking.
    """
    actor.require("period.lock")
    told = _told(reason, "Say why the period is closed, such as: month end March.")
    if until_on >= as_of:
        raise Refused(f"{until_on} is not over yet; close the books up to a day before {as_of}.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    take_books(actor.company)
    present = closed_until(actor.company)
    if present == until_on:
        return PeriodLock.objects.filter(company=actor.company, status=Status.IN_FORCE).latest(
            "id"
        )
    if (asked := unlock_asked(actor.company)) is not None:
        raise Refused(f"{asked.author} has asked to open the books; grant or refuse that first.")
    if present is not None and until_on < present:
        raise Refused(
            f"The books are closed until {present} already. To open days after {until_on}, ask "
            "for an unlock; a second person grants it."
        )
    lock = PeriodLock.objects.create(
        company=actor.company,
        until_on=until_on,
        status=Status.IN_FORCE,
        reason=told,
        author=actor.name,
        recorded_at=at,
        decided_at=at,
    )
    record_event(
        actor,
        "period.locked",
        lock,
        at=at,
        until_on=until_on.isoformat(),
        before=present.isoformat() if present else None,
        reason=told,
    )
    return lock


@transaction.atomic
def ask_unlock(
    *, actor: Actor, until_on: date | None, reason: str, as_of: date, at: datetime
) -> PeriodLock:
    """Ask that the books stay closed until an earlier day only, or (None) are opened whole.

    Nothing is open until a second person grants it; asking for the same again changes nothing.
    Raises Refused without a reason, when nothing would be opened, and while another waits.
    """
    actor.require("period.lock")
    told = _told(reason, "Say why the period has to be opened again.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    present = closed_until(actor.company)
    if present is None:
        raise Refused("The books are not closed; there is nothing to open.")
    if until_on is not None and until_on >= present:
        raise Refused(f"The books are closed until {present}; name a day before it, or none.")
    if (asked := unlock_asked(actor.company)) is not None:
        if asked.until_on == until_on:
            return asked
        raise Refused(f"{asked.author} has asked to open the books already.")
    lock = PeriodLock.objects.create(
        company=actor.company,
        until_on=until_on,
        status=Status.ASKED,
        reason=told,
        author=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "period.unlock_asked",
        lock,
        at=at,
        until_on=until_on.isoformat() if until_on else None,
        before=present.isoformat(),
        asked_on=as_of.isoformat(),
        reason=told,
    )
    return lock


@transaction.atomic
def decide_unlock(
    *, actor: Actor, lock: PeriodLock, is_granted: bool, reason: str, at: datetime
) -> PeriodLock:
    """Grant or refuse an unlock; who asked may take it back but not grant it.

    Raises Refused for one decided before, for another company's, and, where a second
    person works here, for one's own.
    """
    actor.require("period.lock")
    told = _told(reason, "Say why.") if not is_granted else reason.strip()[:LONGEST_REASON]
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = PeriodLock.objects.filter(company=actor.company, pk=lock.pk).first()
    if found is None:
        raise Refused(f"This unlock does not belong to {actor.company.name}.")
    if found.status != Status.ASKED:
        raise Refused(f"This unlock was decided by {found.approver or found.author} before.")
    alone: dict[str, Any] = {}
    if is_granted:
        why = own_approval(
            actor,
            author=found.author,
            refusal=f"{person(found.author)} asked for it; a second person has to grant it.",
        )
        alone = {"alone": why} if why else {}
    status = Status.IN_FORCE if is_granted else Status.REFUSED
    moved = PeriodLock.objects.filter(pk=found.pk, status=Status.ASKED).update(
        status=status, approver=actor.name, decided_at=at
    )
    if moved != 1:
        raise Refused("Somebody else decided this unlock at this moment.")
    record_event(
        actor,
        "period.unlocked" if is_granted else "period.unlock_refused",
        found,
        at=at,
        until_on=found.until_on.isoformat() if found.until_on else None,
        author=found.author,
        reason=told,
        **alone,
    )
    found.refresh_from_db()
    return found


def _told(reason: str, refusal: str) -> str:
    told = reason.strip()
    if not told:
        raise Refused(refusal)
    if len(told) > LONGEST_REASON:
        raise Refused(f"The reason must have at most {LONGEST_REASON} characters.")
    return told


def _hold_books(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", [BOOKS, company.pk])
        if not cursor.fetchone()[0]:
            raise _BusyError


class _BusyError(Exception):
    """Somebody has posted and not committed yet."""
