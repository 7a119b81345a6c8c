"""What the practice bank remembers: a file of its own, apart from our books as a provider's is."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, shop TEXT, key TEXT, status TEXT,
    method TEXT, expires_at TEXT, document TEXT, UNIQUE (shop, key));
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, shop TEXT,
    session TEXT, document TEXT, told_at TEXT);
CREATE TABLE IF NOT EXISTS money (id TEXT PRIMARY KEY, shop TEXT, key TEXT, kind TEXT,
    session TEXT, about TEXT, currency TEXT, amount_minor INTEGER, fee_minor INTEGER,
    status TEXT, payout TEXT, UNIQUE (shop, key));
CREATE TABLE IF NOT EXISTS method (token TEXT PRIMARY KEY, shop TEXT, document TEXT, gone_at TEXT);
CREATE TABLE IF NOT EXISTS payout (id TEXT PRIMARY KEY, shop TEXT, currency TEXT,
    net_minor INTEGER, paid_on TEXT);
"""
WAIT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A page of the practice bank; `status` is open, challenge, processing or how it ended."""

    id: str
    shop: str
    status: str
    method: str
    expires_at: datetime
    document: dict[str, Any]

    @property
    def total_minor(self) -> int:
        """Return what the payer is charged."""
        return int(self.document["total_minor"])

    @property
    def currency(self) -> str:
        """Return the currency of the charge."""
        return str(self.document["currency"])


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the bank's file for one piece of work: all of it is kept, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        line.row_factory = sqlite3.Row
        line.executescript(_TABLES)
        line.execute("BEGIN IMMEDIATE")
        yield line
        line.execute("COMMIT")
    except BaseException:
        if line.in_transaction:
            line.execute("ROLLBACK")
        raise
    finally:
        line.close()


def session_of(line: sqlite3.Connection, session_id: str) -> Session | None:
    """Return a page by its id."""
    row = line.execute("SELECT * FROM session WHERE id = ?", [session_id]).fetchone()
    if row is None:
        return None
    return Session(
        id=row["id"],
        shop=row["shop"],
        status=row["status"],
        method=row["method"],
        expires_at=datetime.fromisoformat(row["expires_at"]),
        document=json.loads(row["document"]),
    )


def add_event(
    line: sqlite3.Connection, *, shop: str, session: str, kind: str, at: datetime, **told: Any
) -> None:
    """Write down one event to be told; its id is the place it has among all."""
    number = line.execute("SELECT COALESCE(MAX(seq), 0) + 1 FROM event").fetchone()[0]
    document = {"kind": kind, "happened_at": at.isoformat(), "subject": session, **told}
    line.execute(
        "INSERT INTO event (seq, id, shop, session, document) VALUES (?, ?, ?, ?, ?)",
        [number, f"lbe_{number}", shop, session, json.dumps(document, sort_keys=True)],
    )
