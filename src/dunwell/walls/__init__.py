"""For which companies this thread works now; PostgreSQL shows and takes only their rows.

A request begins open, since signing in, links and hooks find their company by a secret. From the
moment somebody is known it is within that company, until it ends. Commands are open: they belong
to whoever owns the server. Everything else sees nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

EVERYTHING, NOTHING = "*", ""
_told: ContextVar[str] = ContextVar("dunwell_companies", default=NOTHING)


def told() -> str:
    """Return what the database is told: keys with commas between them, `*`, or nothing."""
    return _told.get()


def enter(*company_ids: int) -> None:
    """Work within these companies from now on, to the end of the request or of the block."""
    _told.set(_written(company_ids))


@contextmanager
def within(*company_ids: int) -> Iterator[None]:
    """Work within these companies in the block; without any there is nothing to see."""
    yield from _for_a_while(_written(company_ids))


@contextmanager
def everything() -> Iterator[None]:
    """Work without walls in the block: commands, and work that serves all companies."""
    yield from _for_a_while(EVERYTHING)


def open_request(**_: object) -> None:
    """Begin a request (a receiver of Django's `request_started`)."""
    _told.set(EVERYTHING)


def close_request(**_: object) -> None:
    """End a request, its streamed rows included (a receiver of `request_finished`)."""
    _told.set(NOTHING)


def _for_a_while(words: str) -> Iterator[None]:
    before = _told.set(words)
    try:
        yield
    finally:
        _told.reset(before)


def _written(company_ids: tuple[int, ...]) -> str:
    return ",".join(str(int(one)) for one in sorted(set(company_ids)))
