"""How many files of whole lists are written at a time: by one person, and by this process.

Such a file takes memory and a worker for as long as its list is long. Whoever comes when there is
no room is told when to try again, before anything is read; pages go on being served.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dunwell.actions.gate import Actor, Refused

OF_ONE, OF_ALL = 2, 4
"""Files at a time: of one person, program or debtor's account, and of this process."""
OWN_SECONDS, ALL_SECONDS = 5, 20
"""Seconds after which it is worth trying again."""
NOBODY = ""

_whose: ContextVar[str] = ContextVar("dunwell_whose_files", default=NOBODY)
_guard = threading.Lock()
_at_work: Counter[str] = Counter()


class Busy(Refused):
    """There is no room for another file now; the message says so, `seconds` when to try again.

    `is_own` tells whether it is the caller's own files that are in the way.
    """

    def __init__(self, text: str, *, seconds: int, is_own: bool) -> None:
        """Take the sentence, the seconds and whose files they are."""
        super().__init__(text)
        self.seconds, self.is_own = seconds, is_own

    @property
    def status(self) -> int:
        """Return the status of the answer: 429 for the caller's own files, else 503."""
        return 429 if self.is_own else 503


def count_for(actor: Actor | None) -> None:
    """Count files of this request for an actor from now on; for None, of nobody in particular.

    A program counts with its owner, and all who look for a customer together.
    """
    if actor is None:
        _whose.set(NOBODY)
    elif actor.customer_id is not None:
        _whose.set(f"customer {actor.customer_id}")
    else:
        _whose.set(f"user {actor.user_id}" if actor.user_id is not None else actor.name)


@contextmanager
def heavy_file() -> Iterator[None]:
    """Hold a place for one file while it is written; raise Busy where there is none."""
    whose = _whose.get()
    with _guard:
        if whose and _at_work[whose] >= OF_ONE:
            text = f"{OF_ONE} files of yours are being written. Wait until one of them is here."
            raise Busy(text, seconds=OWN_SECONDS, is_own=True)
        if _at_work.total() >= OF_ALL:
            text = "Many files are being written for others. Try again in a moment."
            raise Busy(text, seconds=ALL_SECONDS, is_own=False)
        _at_work[whose] += 1
    try:
        yield
    finally:
        with _guard:
            _at_work[whose] -= 1
            if not _at_work[whose]:
                del _at_work[whose]


def held_place(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a file that is written while it is sent, a place held to its end.

    Raises Busy at the first piece where there is no place.
    """
    with heavy_file():
        yield from pieces
