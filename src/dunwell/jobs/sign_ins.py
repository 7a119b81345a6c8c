"""Failed sign-ins are written down beside the request that failed."""

from collections import deque
from datetime import datetime

from dunwell import walls
from dunwell.actions.sign_ins import note_failed_sign_in
from dunwell.jobs.background import begin

MOST_WAITING = 1_000
"""Attempts that wait to be written down; of a flood the older ones are in the log alone."""

_waiting: deque[tuple[str, str, datetime]] = deque(maxlen=MOST_WAITING)


def begin_noting_failure(*, login: str, by: str, at: datetime) -> None:
    """Write a failed attempt down beside the request.

    Whether the name is known is asked there alone, so the time of the answer does not tell it.
    """
    _waiting.append((login, by, at))
    begin(_note_all, key="failed-sign-ins", takes_later=True)


def _note_all() -> None:
    while True:
        try:
            login, by, at = _waiting.popleft()
        except IndexError:
            return
        # in which companies somebody works is only found here
        with walls.everything():
            note_failed_sign_in(login=login, by=by, at=at)
