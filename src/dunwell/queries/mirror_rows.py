"""Which rows of the ledger a mirror holds: their columns, and the SQL of a span of keys."""

# every value put into these statements is a number of our own
# ruff: noqa: S608

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError

from dunwell.engine import schema
from dunwell.models import Company
from dunwell.queries import frames

LONGEST_CLEANING = "3s"
"""How long the server may take to end what it does to a table by itself; writers wait as long."""
_WRITERS = """
SELECT COUNT(*) FROM pg_locks l
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = ANY (%s::text[]::regclass[])
  AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareLock', 'ShareUpdateExclusiveLock')
"""
"""Who has written to tables, or is about to change them."""


class LedgerBusyError(Exception):
    """Somebody is writing to the ledger, so its last settled keys cannot be told now."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of the ledger as mirrored: its key, its frame, and its rows by SQL.

    `extra` are columns that the frame does not have.
    """

    table: str
    key: str
    frame: schema.Frame
    extra: tuple[str, ...]
    rows: Callable[[], str]

    @property
    def types(self) -> dict[str, type[pl.DataType]]:
        """Return the columns of the files with their types."""
        return {**dict.fromkeys(self.extra, pl.Int64), **frames.column_types(self.frame)}

    @property
    def columns(self) -> dict[str, str]:
        """Return the columns of the files with the names of their types, as in manifests."""
        return {name: str(dtype()) for name, dtype in self.types.items()}

    def span(self, company: Company, *, after: int, upto: int | None = None) -> str:
        """Return SQL for a company's rows with a key above `after`, and not above `upto`."""
        alias = self.table[0]
        last = "" if upto is None else f" AND {alias}.id <= {int(upto)}"
        return (
            f"{self.rows()} WHERE {alias}.company_id = {int(company.pk)} "
            f"AND {alias}.id > {int(after)}{last}"
        )


SOURCES: Mapping[str, Source] = {
    "items": Source(
        "item",
        "item_id",
        schema.ITEMS,
        (),
        lambda: f"SELECT {frames.item_columns()} FROM dunwell_item i",
    ),
    "allocations": Source(
        "allocation",
        "allocation_id",
        schema.ALLOCATIONS,
        ("allocation_id", "customer_id"),
        lambda: (
            f"SELECT a.id, i.customer_id, {frames.allocation_columns()} FROM dunwell_allocation a "
            "JOIN dunwell_item i ON i.id = a.item_id "
            "LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id"
        ),
    ),
    "payments": Source(
        "payment",
        "payment_id",
        schema.PAYMENTS,
        (),
        lambda: f"SELECT {frames.payment_columns()} FROM dunwell_payment p",
    ),
}
PAYERS = "payerassignment"


def reassigned(company: Company, *, after: int, upto: int, last_id: int) -> str:
    """Return SQL for mirrored payments whose payer was told anew by an assignment after a key."""
    return (
        SOURCES["payments"].span(company, after=0, upto=last_id)
        + " AND p.id IN (SELECT payment_id FROM dunwell_payerassignment "
        f"WHERE id > {int(after)} AND id <= {int(upto)})"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Heads:
    """The last settled keys by table, and the last event of the company's chain."""

    keys: Mapping[str, int]
    event_seq: int
    event_hash: str


def settled_heads(company: Company) -> Heads:
    """Return the last keys below which no row can appear any more.

    Raises LedgerBusyError on PostgreSQL while a transaction has written to these tables: it may
    hold a lower key than others that were committed. Nobody waits for this longer than it takes
    the server to end its own cleaning of a table.
    """
    tables = [*(source.table for source in SOURCES.values()), PAYERS]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                _keep_writers_out(cursor, [f"dunwell_{table}" for table in tables])
            found = ", ".join(
                f"(SELECT COALESCE(MAX(id), 0) FROM dunwell_{table})" for table in tables
            )
            cursor.execute(f"SELECT {found}")
            keys = dict(zip(tables, map(int, cursor.fetchone()), strict=True))
            cursor.execute(
                "SELECT seq, hash FROM dunwell_chainhead WHERE company_id = %s", [company.pk]
            )
            seq, digest = cursor.fetchone() or (0, "")
    except OperationalError as error:
        if _is_taken(error):
            raise LedgerBusyError from error
        raise
    return Heads(keys=keys, event_seq=int(seq), event_hash=str(digest))


def _keep_writers_out(cursor: CursorWrapper, tables: Sequence[str]) -> None:
    """Lock the tables against writers; raises OperationalError where one has written already.

    The server cleans and surveys tables by itself. That stands in the way too, but it gives way to
    whoever waits a second.
    """
    lock = f"LOCK TABLE {', '.join(tables)} IN SHARE MODE"
    try:
        with transaction.atomic():
            cursor.execute(f"{lock} NOWAIT")
    except OperationalError as error:
        if not _is_taken(error):
            raise
        cursor.execute(_WRITERS, [list(tables)])
        if cursor.fetchone() != (0,):
            raise
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_CLEANING}'")
        cursor.execute(lock)
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _is_taken(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "55P03"


def merged_since(company: Company, *, seq: int, digest: str) -> bool | None:
    """Return whether customers were merged or split after an event of the company's chain.

    Items went to another customer then. None where the chain has no event with this hash there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM dunwell_customermerge g "
            "JOIN dunwell_event e ON e.company_id = g.company_id AND e.seq > h.seq "
            "AND e.subject = 'customermerge' AND e.subject_id = g.id "
            "AND e.verb IN ('customer_merge.merged', 'customer_merge.split') "
            "WHERE g.company_id = h.company_id AND g.status IN ('merged', 'split')) "
            "FROM dunwell_event h WHERE h.company_id = %s AND h.seq = %s AND h.hash = %s",
            [company.pk, seq, digest],
        )
        found = cursor.fetchone()
        return None if found is None else bool(found[0])


def has_rows(company: Company, *, least: int) -> bool:
    """Return whether a company has at least so many items; counts no further than that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM "
            "(SELECT 1 FROM dunwell_item WHERE company_id = %s LIMIT %s) AS found",
            [company.pk, least],
        )
        return bool(cursor.fetchone()[0] >= least)


def without(rows: pl.DataFrame, key: str, gone: Collection[int]) -> pl.DataFrame:
    """Return the rows but for those with one of the keys."""
    return rows.filter(~pl.col(key).is_in(list(gone))) if gone else rows
