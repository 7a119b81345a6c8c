"""How often a caller may ask the API: so many requests a minute per token and per address.

The counts lie in a small SQLite file beside the books, which all worker processes of a machine
share; asking thus writes nothing to the books. Several machines count apart.
"""

import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from dunwell import clock

PREFIX = "/api/"
WINDOW_SECONDS = 60
FILE = "api-counts.sqlite3"
LOCK_SECONDS = 2.0

_TABLE = """CREATE TABLE IF NOT EXISTS asked (
    caller TEXT NOT NULL, began INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (caller, began)) WITHOUT ROWID"""
_COUNT = """INSERT INTO asked VALUES (?, ?, 1)
    ON CONFLICT (caller, began) DO UPDATE SET number = number + 1 RETURNING number"""

logger = logging.getLogger(__name__)


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
            # lost with the machine, the counts begin anew
            made.execute("PRAGMA journal_mode=WAL")
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


counter = Counter()


class ThrottleMiddleware:
    """Answer 429 above the limits, before anything is read, and say what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count a request to the API; where the counts cannot be kept it goes through."""
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        now = int(clock.now().timestamp())
        began = now - now % WINDOW_SECONDS
        wait = began + WINDOW_SECONDS - now
        policies, left = [], []
        for name, caller, most in callers(request):
            try:
                number = counter.count(f"{name}:{caller}", began)
            except sqlite3.Error:
                logger.exception("requests cannot be counted")
                continue
            policies.append(f'"{name}";q={most};w={WINDOW_SECONDS}')
            left.append(f'"{name}";r={max(most - number, 0)};t={wait}')
            if number > most:
                return _told(refused(name, most=most, wait=wait), policies, left)
        return _told(self.get_response(request), policies, left)


def callers(request: HttpRequest) -> Iterator[tuple[str, str, int]]:
    """Yield what is counted: the address, then the token or session, each with its limit."""
    if settings.API_ADDRESS_LIMIT:
        yield "address", address_of(request), settings.API_ADDRESS_LIMIT
    told = request.headers.get("Authorization") or request.COOKIES.get(
        settings.SESSION_COOKIE_NAME
    )
    if settings.API_LIMIT and told:
        yield "token", hashlib.sha256(told.encode()).hexdigest(), settings.API_LIMIT


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from: behind a proxy (HTTPS) the address it put last."""
    direct = request.META.get("REMOTE_ADDR", "")
    if not settings.HTTPS:
        return direct
    return request.headers.get("X-Forwarded-For", direct).rpartition(",")[2].strip()


def refused(name: str, *, most: int, wait: int) -> JsonResponse:
    """Return the answer that says how long to wait; nothing was done."""
    whose = "token" if name == "token" else "address"
    detail = (
        f"At most {most} requests a minute are taken from one {whose}; nothing was done. "
        f"Send the same again in {wait} seconds."
    )
    return JsonResponse({"detail": detail}, status=429, headers={"Retry-After": str(wait)})


def _told(response: HttpResponse, policies: list[str], left: list[str]) -> HttpResponse:
    """Return the answer with what is allowed and what is left of it."""
    if policies:
        response["RateLimit-Policy"], response["RateLimit"] = ", ".join(policies), ", ".join(left)
    return response
