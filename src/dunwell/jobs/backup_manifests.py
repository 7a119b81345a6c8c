"""What a backup says of itself: every table's rows, every file's hash, the ends of the chains."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from dunwell.connectors.database_dumps import sqlite_rows, sqlite_tables
from dunwell.formats.sealed_archive import ArchiveError

PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Kept inside the backup; `tables` holds rows and digest, the digest empty for SQLite.

    There the file itself is hashed. `heads` are the ends of the chains of events by company key:
    whoever keeps the backup holds them outside the database.
    """

    made_at: str
    vendor: str
    migrations: list[str]
    database_sha256: str
    tables: dict[str, tuple[int, str]]
    files: dict[str, str]
    heads: dict[str, tuple[int, str]]

    def to_json(self) -> bytes:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def of_json(cls, data: bytes) -> "Manifest":
        """Return a manifest read from JSON; raise ArchiveError when a part is missing."""
        try:
            told: dict[str, Any] = json.loads(data)
            told["tables"] = {name: (one[0], one[1]) for name, one in told["tables"].items()}
            told["heads"] = {name: (one[0], one[1]) for name, one in told["heads"].items()}
            return cls(**told)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ArchiveError(f"The manifest of this backup cannot be read: {error}.") from error


MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
ROWS = (
    "SELECT COUNT(*), COALESCE(SUM(('x' || SUBSTR(MD5(one::text), 1, 15))"
    "::bit(60)::bigint::numeric), 0)::text FROM %s AS one"
)
HEADS = "SELECT company_id, seq, hash FROM dunwell_chainhead ORDER BY company_id"


def sqlite_manifest(path: Path, at: datetime) -> Manifest:
    """Return what a copied database file holds, without files yet."""
    return _manifest(
        at,
        path,
        tables={name: (rows, "") for name, rows in sqlite_tables(path).items()},
        migrations=sqlite_rows(path, MIGRATIONS),
        heads=sqlite_rows(path, HEADS),
    )


def postgresql_manifest(path: Path, at: datetime, told: Mapping[str, Any]) -> Manifest:
    """Return what a dump holds, `told` being `postgresql_facts` of its snapshot."""
    return _manifest(at, path, **told)


def postgresql_facts() -> dict[str, Any]:
    """Return what the connection sees now: tables, applied migrations, ends of chains."""
    with connection.cursor() as cursor:
        cursor.execute(MIGRATIONS)
        migrations = cursor.fetchall()
        cursor.execute(HEADS)
        heads = cursor.fetchall()
    return {"tables": postgresql_tables(), "migrations": migrations, "heads": heads}


def _manifest(
    at: datetime,
    path: Path,
    *,
    tables: dict[str, tuple[int, str]],
    migrations: Sequence[tuple[object, ...]],
    heads: Sequence[tuple[object, ...]],
) -> Manifest:
    return Manifest(
        made_at=at.isoformat(),
        vendor=connection.vendor,
        migrations=[f"{app}.{name}" for app, name in migrations],
        database_sha256=hash_of_file(path),
        tables=tables,
        files={},
        heads={str(company): (int(str(seq)), str(hash_)) for company, seq, hash_ in heads},
    )


def postgresql_tables() -> dict[str, tuple[int, str]]:
    """Return rows and digest of each table, as the connection sees it now.

    The digest is the sum of the rows' hashes, so their order does not matter and nothing is held.
    """
    found = {}
    with connection.cursor() as cursor:
        # a row's text depends on these
        cursor.execute("SET LOCAL TIME ZONE 'UTC'; SET LOCAL extra_float_digits = 3")
        for name in sorted(connection.introspection.table_names(cursor)):
            table = connection.ops.quote_name(name)
            cursor.execute(ROWS % table)  # nosec B608 -- the name of a table
            rows, digest = cursor.fetchone()
            found[name] = (rows, digest)
    return found


def differing_tables(
    expected: Mapping[str, tuple[int, str]], found: Mapping[str, tuple[int, str]]
) -> list[str]:
    """Return the tables that are missing, surplus, or hold other rows."""
    return sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))


def hash_of_file(path: Path) -> str:
    """Return a file's SHA-256."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            total.update(piece)
    return total.hexdigest()
