"""Training the reader of messages on what the team accepted, beside the shipped messages."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, staff, system
from dunwell.actions.intent_models import TrainedReader, record_intent_model
from dunwell.jobs.progress import LatestProgress, Progress
from dunwell.jobs.reading import serving_reader
from dunwell.ml.intents.artifact import dump
from dunwell.ml.intents.fit import TooFewMessages
from dunwell.ml.intents.messages import PHRASE, Labelled
from dunwell.ml.intents.shipped import shipped_card, taught
from dunwell.ml.intents.train import Incumbent, trained_reader
from dunwell.models import Company, IntentModel, User
from dunwell.queries.intent_models import AcceptedMessage, accepted_messages, serving_model

NOTHING_LABELLED = (
    "Nobody has labelled a message yet; accept or correct what the reader says in the "
    "inbox, then train."
)
FAILED = "Training failed; what happened is in the server's log. Nothing has changed."

READ_PPM, TESTED_PPM = 20_000, 800_000
"""How much of the usual time is over once the messages are read, and once all is tested."""

Tell = Callable[[str, int], None]
"""Hears the stage (read, test, record) and how much of the whole is done, in ppm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderTraining(Progress):
    """One training; `model_id` is 0 until a reader is recorded."""

    model_id: int = 0


_progress: LatestProgress[ReaderTraining] = LatestProgress()


def nobody(stage: str, done_ppm: int) -> None:
    """Tell nobody."""
    del stage, done_ppm


def train_reader(
    company_id: int,
    *,
    user_id: int | None = None,
    lessons: Sequence[Labelled] | None = None,
    tell: Tell = nobody,
) -> IntentModel:
    """Train a reader on the shipped messages and what the team accepted; return the candidate.

    `lessons` stand in for what is shipped. Nothing is written until the end. Raises Refused
    for a missing right and when the team has labelled nothing.
    """
    company = Company.objects.get(pk=company_id)
    actor = _actor(company, user_id)
    actor.require("intent.train")
    tell("read", 0)
    own = accepted_messages(company)
    if not own:
        raise Refused(NOTHING_LABELLED)
    basis = taught() if lessons is None else lessons
    tell("test", READ_PPM)
    try:
        trained = trained_reader(
            basis,
            [one.message for one in own],
            _incumbent(company, own),
            tell=partial(_tell_test, tell),
        )
    except TooFewMessages as error:
        raise Refused(str(error)) from error
    tell("record", TESTED_PPM)
    artifact = dump(trained.reader)
    found = TrainedReader(
        version=hashlib.sha256(artifact).hexdigest(),
        artifact=artifact,
        card=trained.card,
        messages=sum(one.style != PHRASE for one in basis) + len(own),
        accepted=len(own),
    )
    return record_intent_model(actor=actor, trained=found, at=clock.now())


def begin_reader_training(company_id: int, *, user_id: int | None, at: datetime) -> bool:
    """Begin to train for a person unless it is being done; return whether it was begun."""
    return _progress.begin(
        company_id,
        ReaderTraining(started_at=at, is_running=True),
        partial(_train, company_id, user_id),
        key=f"reader {company_id}",
    )


def latest_reader_training(company_id: int) -> ReaderTraining | None:
    """Return the last training begun by a page of this process, None for none."""
    return _progress.latest(company_id)


def _train(company_id: int, user_id: int | None) -> None:
    model_id, refusal = 0, FAILED
    try:
        tell = partial(_progress.tell, company_id)
        model_id, refusal = train_reader(company_id, user_id=user_id, tell=tell).pk, ""
    except Refused as told:
        refusal = str(told)
    finally:
        _progress.end(company_id, model_id=model_id, refusal=refusal)


def _incumbent(company: Company, own: Sequence[AcceptedMessage]) -> Incumbent:
    """Return what serves; of the team's messages it knows those decided before its training."""
    model = serving_model(company)
    _, reader = serving_reader(company)
    if model is None:
        return Incumbent(reader=reader, macro_f1_ppm=int(shipped_card()["macro_f1_ppm"]))
    return Incumbent(
        reader=reader,
        macro_f1_ppm=int(model.card.get("macro_f1_ppm", 0)),
        learned_own=sum(one.decided_at <= model.trained_at for one in own),
    )


def _tell_test(tell: Tell, done: int, of: int) -> None:
    tell("test", READ_PPM + (TESTED_PPM - READ_PPM) * done // of)


def _actor(company: Company, user_id: int | None) -> Actor:
    return system(company) if user_id is None else staff(User.objects.get(pk=user_id), company)
