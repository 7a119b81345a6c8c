"""The database of an older version is brought to this one, or stays as it was.

A backup first; then all migrations and the proof of the books within one transaction, so that
going back is the database's own rollback: also when the process is killed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from dunwell import walls
from dunwell.jobs.backups import Backup, back_up
from dunwell.models import Company
from dunwell.queries.control_totals import control_totals
from dunwell.queries.sealed import sealed_state
from dunwell.queries.verify import verify_books

LOCK_WAIT = "10s"
"""So long another program may hold a table; longer, and everybody would wait behind us."""

OUT_OF_DATE = "The database is not up to date; run `dunwell migrate` first."
LACKING = {"42P01", "42703"}
"""PostgreSQL's states: undefined table, undefined column."""
LACKING_WORDS = ("no such table", "no such column", "has no column named")
"""SQLite has one state for these and for any other wrong question, and tells them by words."""


class UpgradeError(RuntimeError):
    """The database stayed as it was; the message says why, and `backup` where its copy lies."""

    def __init__(self, why: str, backup: Path) -> None:
        """Keep both."""
        super().__init__(why)
        self.backup = backup


@dataclass(frozen=True, kw_only=True, slots=True)
class Upgraded:
    """What was done: migrations by name, checks by company, sealed values that open."""

    backup: Backup
    applied: tuple[str, ...]
    checks: dict[str, int]
    opened: int


def waiting_migrations() -> tuple[str, ...]:
    """Return the migrations that this version has and the database has not, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def is_out_of_date(error: BaseException) -> bool:
    """Return whether a database error says that a table or column of a migration is not there.

    Migrations are read, which takes a while, only where the error is of that kind.
    """
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        lacks = any(words in str(cause) for words in LACKING_WORDS)
    else:
        lacks = getattr(cause, "sqlstate", None) in LACKING
    return lacks and bool(waiting_migrations())


def upgrade(folder: Path, *, key: bytes, at: datetime) -> Upgraded:
    """Back up into a folder, migrate, prove the books; return what was done.

    Raises UpgradeError when a migration fails, a total of the ledger moves, a check of the books
    breaks or a sealed value does not open; DumpError or OSError when the backup cannot be made.
    """
    waiting = waiting_migrations()
    backup = back_up(folder, key=key, at=at)
    try:
        with _one_transaction():
            before = control_totals()
            call_command("migrate", verbosity=0, interactive=False)
            checks, opened = _proven(before)
    except Exception as error:
        why = str(error) if isinstance(error, _BrokenError) else f"{type(error).__name__}: {error}"
        raise UpgradeError(why.strip(), backup.path) from error
    return Upgraded(backup=backup, applied=waiting, checks=checks, opened=opened)


class _BrokenError(RuntimeError):
    """What was migrated is not what was there."""


@walls.everything()
def _proven(before: dict[str, list[tuple[str, ...]]]) -> tuple[dict[str, int], int]:
    """Return the checks that hold by company and how many sealed values open."""
    after = control_totals()
    if moved := [table for table in before if before[table] != after[table]]:
        raise _BrokenError(f"The totals of {', '.join(moved)} are not what they were.")
    checks = {}
    for company in Company.objects.order_by("name"):
        found = verify_books(company)
        if broken := [proof.id for proof in found.proofs if proof.broken]:
            raise _BrokenError(f"The books of {company.name} break {', '.join(broken)}.")
        checks[company.name] = len(found.proofs)
    state = sealed_state()
    for fault, times in state.faults.most_common(1):
        raise _BrokenError(f"{times:,} times: {fault}")
    return checks, state.opened


@contextmanager
def _one_transaction() -> Iterator[None]:
    """All of the block or nothing, in which tables may change."""
    if connection.vendor == "sqlite":
        # tables are made anew there, which only works while keys are not watched; what is done
        # is checked at the end of each migration
        connection.disable_constraint_checking()
        try:
            with transaction.atomic():
                yield
        finally:
            connection.enable_constraint_checking()
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            # a table with a key that waits to be checked could not be changed
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        yield
