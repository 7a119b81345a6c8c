"""How work that a page began stands, the latest of each company: begun, told, ended, asked for.

What is kept here is about this process alone; what the work made, or its absence, is in the
database whichever process did it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from dunwell.jobs.background import begin

DONE = 1_000_000
"""All of it, in ppm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """One piece of work: since when, whether it still runs, at what stage, and how it ended.

    `done_ppm` is how much of the whole is done; `refusal` is empty unless it ended without
    making anything.
    """

    started_at: datetime
    is_running: bool
    refusal: str = ""
    stage: str = "read"
    done_ppm: int = 0


P = TypeVar("P", bound=Progress)


class LatestProgress(Generic[P]):
    """The latest progress of every company, safe to use from any thread."""

    def __init__(self) -> None:
        self._latest: dict[int, P] = {}
        self._guard = threading.Lock()

    def begin(self, company_id: int, progress: P, work: Callable[[], object], *, key: str) -> bool:
        """Begin the work in the background unless it is being done; return whether it was begun.

        The work itself calls `end`, however it ends.
        """
        with self._guard:
            before = self._latest.get(company_id)
            if before is not None and before.is_running:
                return False
            self._latest[company_id] = progress
        if begin(work, key=key):
            return True
        # a thread that nobody follows here is at it, or the one before has ended but not left yet
        with self._guard:
            if before is None:
                del self._latest[company_id]
            else:
                self._latest[company_id] = before
        return False

    def tell(self, company_id: int, stage: str, done_ppm: int) -> None:
        """Note which stage is at work, and how much of the whole is done."""
        self._change(company_id, stage=stage, done_ppm=done_ppm)

    def end(self, company_id: int, **ended: Any) -> None:
        """Note that the work is over; `ended` are the fields that say how."""
        self._change(company_id, is_running=False, done_ppm=DONE, **ended)

    def latest(self, company_id: int) -> P | None:
        """Return the latest progress begun in this process, None for none."""
        with self._guard:
            return self._latest.get(company_id)

    def _change(self, company_id: int, **changes: Any) -> None:
        with self._guard:
            self._latest[company_id] = replace(self._latest[company_id], **changes)
