"""Scorecards learned in the background, from a file of outcomes or the company's own books.

The fitting is outside any transaction; one action at the end writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, staff, system
from dunwell.actions.scorecards import draft_scorecard
from dunwell.engine.credit_fact_names import FACTS
from dunwell.engine.documents import DocumentError
from dunwell.jobs.progress import LatestProgress, Progress
from dunwell.jobs.scorecard_samples import CardSample, books_sample, file_sample
from dunwell.ml.scorecards.fit import FitChoices, fit_card
from dunwell.ml.scorecards.points import CardTitle
from dunwell.ml.scorecards.samples import UnusableSample
from dunwell.models import Company, Scorecard, User

FAILED = "Training failed; what happened is in the server's log. Nothing has changed."

Tell = Callable[[str, int], None]


def nobody(stage: str, done_ppm: int) -> None:
    """Tell nobody."""
    del stage, done_ppm


@dataclass(frozen=True, kw_only=True, slots=True)
class CardOrder:
    """What to learn: `content` of a file with its outcome, or None for the company's own books.

    `subjects` is one of `scorecard_terms.SUBJECTS`, `method` empty for what the data speak for.
    """

    name: str
    valid_from: date
    subjects: str = "companies"
    method: str = ""
    content: bytes | None = None
    file_name: str = ""
    target: str = ""
    bad: str = ""
    leave_out: Sequence[str] = ()
    protected: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CardTraining(Progress):
    """One training; `scorecard_id` is 0 until a draft is recorded.

    `stage` is one of `ml.scorecards.fit.STAGES`.
    """

    scorecard_id: int = 0


_progress: LatestProgress[CardTraining] = LatestProgress()


def train_scorecard(
    company_id: int, order: CardOrder, *, as_of: date | None = None, user_id: int | None = None,
    tell: Tell = nobody,
) -> Scorecard:  # fmt: skip
    """Learn a scorecard and keep it as a draft; return it.

    `user_id` is the person who asked. Raises Refused for a missing right and for what cannot
    be learned from.
    """
    company = Company.objects.get(pk=company_id)
    actor = _actor(company, user_id)
    actor.require("scorecard.train")
    tell("read", 0)
    found = _sample(company, order, as_of or clock.today(company.zone))
    labels = {name: fact.label for name, fact in FACTS.items()}
    try:
        fitted = fit_card(
            found.rows,
            CardTitle(
                name=order.name,
                valid_from=order.valid_from,
                subjects=order.subjects,
                labels=labels,
            ),
            FitChoices(method=order.method, protected=found.protected, whose=found.whose),
            tell=tell,
        )
    except (UnusableSample, DocumentError) as error:
        raise Refused(str(error)) from error
    source = order.file_name if order.content is not None else "books"
    return draft_scorecard(
        actor=actor,
        document=fitted.document,
        report={**fitted.report, "source": source},
        at=clock.now(),
    )


def begin_card_training(
    company_id: int, order: CardOrder, *, user_id: int | None, at: datetime
) -> bool:
    """Begin to learn in the background unless it is being done; return whether it was begun."""
    return _progress.begin(
        company_id,
        CardTraining(started_at=at, is_running=True),
        partial(_train, company_id, order, user_id),
        key=f"scorecard {company_id}",
    )


def latest_card_training(company_id: int) -> CardTraining | None:
    """Return the last training begun by a page of this process, None for none."""
    return _progress.latest(company_id)


def _sample(company: Company, order: CardOrder, as_of: date) -> CardSample:
    if order.content is None:
        return books_sample(company, as_of=as_of)
    return file_sample(
        order.content,
        name=order.file_name,
        target=order.target,
        bad=order.bad,
        leave_out=order.leave_out,
        protected=order.protected,
    )


def _actor(company: Company, user_id: int | None) -> Actor:
    if user_id is None:
        return system(company)
    return staff(User.objects.get(pk=user_id), company)


def _train(company_id: int, order: CardOrder, user_id: int | None) -> None:
    scorecard_id, refusal = 0, FAILED
    try:
        found = train_scorecard(
            company_id, order, user_id=user_id, tell=partial(_progress.tell, company_id)
        )
        scorecard_id, refusal = found.pk, ""
    except Refused as told:
        refusal = str(told)
    finally:
        _progress.end(company_id, scorecard_id=scorecard_id, refusal=refusal)
