"""Work that nobody waits for, begun by a page: a thread of this process, once per key at a time.

The work itself is safe to run again (see `jobs.imports`), so a page that shows it begins it
anew when the process that did it died.
"""

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context

from django.db import connection

log = logging.getLogger(__name__)
_running: dict[str, threading.Thread] = {}
_asked_again: set[str] = set()
_guard = threading.Lock()


def begin(work: Callable[[], object], *, key: str, takes_later: bool = False) -> bool:
    """Begin the work unless this process is at it already; return whether it was begun.

    With `takes_later` the work empties a queue: asked for while it runs it is done once more
    afterwards, since it may have looked at the queue before the newest row came.

    Inside a transaction it is done before this returns: a thread has a connection of its own
    and could not see rows that are not committed yet.
    """
    if connection.in_atomic_block:
        work()
        return True
    with _guard:
        thread = _running.get(key)
        if thread is not None and thread.is_alive():
            if takes_later:
                _asked_again.add(key)
            return False
        # the work sees the companies that whoever began it saw
        ours = copy_context()
        thread = threading.Thread(target=ours.run, args=(_done, work, key), name=key, daemon=True)
        _running[key] = thread
        thread.start()
    return True


def _done(work: Callable[[], object], key: str) -> None:
    try:
        while True:
            _tried(work)
            with _guard:
                if key not in _asked_again:
                    _running.pop(key, None)
                    return
                _asked_again.discard(key)
    finally:
        connection.close()


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        # nobody waits for this thread, so nobody else would say that it failed
        log.exception("background work failed")
