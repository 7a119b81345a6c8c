"""How many requests a caller has sent: counted beside the books, in a small SQLite file.

All worker processes of a machine share it; asking thus writes nothing to the books.
"""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

from django.conf import settings

FILE = "api-counts.sqlite3"
LOCK_SECONDS = 2.0

_TABLE = """CREATE TABLE IF NOT EXISTS asked (
    caller TEXT NOT NULL, began INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (caller, began)) WITHOUT ROWID"""
_COUNT = """INSERT INTO asked VALUES (?, ?, 1)
    ON CONFLICT (caller, began) DO UPDATE SET number = number + 1 RETURNING number"""


class Counter:
    """Counts requests in a file; may be used by threads, and by processes that fork."""

    def __init__(self) -> None:
        self._local = threading.local()

    def count(self, caller: str, began: int) -> int:
        """Count one request of a caller in the window that began then; return how many it has."""
        (number,) = self._connection().execute(_COUNT, (caller, began)).fetchone()
        if number == 1:
            # whoever opens a window clears away what is over
            self._connection().execute("DELETE FROM asked WHERE began < ?", (began,))
        return int(number)

    def _connection(self) -> sqlite3.Connection:
        place = (os.getpid(), Path(settings.DATA_DIR) / FILE)
        if getattr(self._local, "place", None) != place:
            self.close()
            made = sqlite3.connect(place[1], timeout=LOCK_SECONDS, isolation_level=None)
            # the file keeps it; SQLite does not wait here for another process that sets it, too
            with suppress(sqlite3.OperationalError):
                made.execute("PRAGMA journal_mode=WAL")
            # lost with the machine, the counts begin anew
            made.execute("PRAGMA synchronous=OFF")
            made.execute(_TABLE)
            self._local.connection, self._local.place = made, place
        found: sqlite3.Connection = self._local.connection
        return found

    def close(self) -> None:
        """Close this thread's connection; the next count opens another."""
        if getattr(self._local, "place", None) is not None:
            self._local.connection.close()
            self._local.place = None
