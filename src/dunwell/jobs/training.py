"""Training that a page began: it runs in the background, and the page asks how it stands.

What is kept here is about this process alone; the trained version itself, or its absence, is
in the database whichever process made it.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from dunwell.actions.gate import Refused
from dunwell.jobs.background import begin
from dunwell.jobs.train import train

DONE = 1_000_000
"""All of it, in ppm."""

FAILED = "Training failed; what happened is in the server's log. Nothing has changed."


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """One training: since when, whether it still runs, at what stage, and how it ended.

    `stage` is one of `train.STAGES`, `done_ppm` how much of the whole is done. `number` is 0
    until a version is recorded, `refusal` is empty unless it ended without one.
    """

    started_at: datetime
    is_running: bool
    number: int = 0
    refusal: str = ""
    stage: str = "read"
    done_ppm: int = 0


_latest: dict[int, Training] = {}
_guard = threading.Lock()


def begin_training(company_id: int, *, user_id: int | None, at: datetime) -> bool:
    """Begin to train for a person unless it is being done; return whether it was begun.

    The person's right is asked for again by the training itself.
    """
    with _guard:
        latest = _latest.get(company_id)
        if latest is not None and latest.is_running:
            return False
        _latest[company_id] = Training(started_at=at, is_running=True)
    if begin(partial(_train, company_id, user_id), key=f"train {company_id}"):
        return True
    # a program has begun one by the API: it is not ours to follow
    with _guard:
        _latest.pop(company_id)
    return False


def latest_training(company_id: int) -> Training | None:
    """Return the last training begun by a page of this process, None for none."""
    with _guard:
        return _latest.get(company_id)


def _train(company_id: int, user_id: int | None) -> None:
    number, refusal = 0, FAILED
    try:
        version = train(company_id, user_id=user_id, tell=partial(_tell, company_id))
        number, refusal = version.number, ""
    except Refused as told:
        refusal = str(told)
    finally:
        with _guard:
            _latest[company_id] = replace(
                _latest[company_id],
                is_running=False,
                number=number,
                refusal=refusal,
                done_ppm=DONE,
            )


def _tell(company_id: int, stage: str, done_ppm: int) -> None:
    with _guard:
        _latest[company_id] = replace(_latest[company_id], stage=stage, done_ppm=done_ppm)
