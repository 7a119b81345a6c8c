"""The database gave up waiting for others who write: nothing is kept, and trying again helps."""

import sqlite3

SECONDS = 5
"""Seconds after which it is worth trying again; the database itself has waited for longer."""
TEXT = (
    f"Others are writing to the books just now; nothing was kept. Try again in {SECONDS} seconds."
)
HELD_BY_OTHERS = {"55P03", "40P01", "40001"}
"""PostgreSQL's states: lock not available, deadlock, could not serialize."""


def is_held(error: BaseException) -> bool:
    """Return whether a database error says that others were writing, and no other trouble."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # the low byte is the kind, what stands above it says more
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(cause, "sqlstate", None) in HELD_BY_OTHERS
