"""Training that a page began: it runs in the background, and the page asks how it stands."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from dunwell.actions.gate import Refused
from dunwell.jobs.progress import LatestProgress, Progress
from dunwell.jobs.train import train

FAILED = "Training failed; what happened is in the server's log. Nothing has changed."


@dataclass(frozen=True, kw_only=True, slots=True)
class Training(Progress):
    """One training; `stage` is one of `train.STAGES`, `number` 0 until a version is recorded."""

    number: int = 0


_progress: LatestProgress[Training] = LatestProgress()


def begin_training(company_id: int, *, user_id: int | None, at: datetime) -> bool:
    """Begin to train for a person unless it is being done; return whether it was begun.

    The person's right is asked for again by the training itself.
    """
    return _progress.begin(
        company_id,
        Training(started_at=at, is_running=True),
        partial(_train, company_id, user_id),
        key=f"train {company_id}",
    )


def latest_training(company_id: int) -> Training | None:
    """Return the last training begun by a page of this process, None for none."""
    return _progress.latest(company_id)


def _train(company_id: int, user_id: int | None) -> None:
    number, refusal = 0, FAILED
    try:
        version = train(company_id, user_id=user_id, tell=partial(_progress.tell, company_id))
        number, refusal = version.number, ""
    except Refused as told:
        refusal = str(told)
    finally:
        _progress.end(company_id, number=number, refusal=refusal)
