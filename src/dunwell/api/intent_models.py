"""/message-readers: who reads what customers write, how well, and who decides."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.intent_models import promote_intent_model, retire_intent_model
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Done, Id, Plain, ReasonIn, answers, existing, own
from dunwell.api.writes import once
from dunwell.jobs.intents import (
    NOTHING_LABELLED,
    begin_reader_training,
    latest_reader_training,
)
from dunwell.models import IntentModel
from dunwell.queries.intent_models import (
    ReaderPage,
    ReaderRow,
    accepted_count,
    reader_card,
    reader_page,
)

router = Router(tags=["message readers"])

SHOWN = 30


class ReaderPromotionIn(Body):
    """Why this reader should serve; needed where what serves now does better."""

    reason: Annotated[Plain, Field(max_length=500)] = ""


class ReaderTrainingBegun(Schema):
    """Training goes on in the background, and `look_at` says how it stands.

    Not new when one was going on already.
    """

    is_new: bool
    look_at: str


class ReaderTrainingState(Schema):
    """How the last training stands that this server process was asked for.

    `model_id` is the reader it made, 0 for none yet; `refusal` says why there is none. `stage`
    is read, test or record, `done_ppm` the part of the usual time that lies behind it.
    """

    is_running: bool = False
    stage: str = ""
    done_ppm: int = 0
    started_at: datetime | None = None
    model_id: int = 0
    refusal: str = ""


class ReaderWithCard(Schema):
    """One trained reader; the figures of its card are parts per million."""

    reader: ReaderRow
    card: dict[str, Any]


@router.get("", response=answers(ReaderPage))
def show_message_reader(request: ApiRequest) -> ReaderPage:
    """Show the reader that serves with its card, and the newest trained ones."""
    request.actor.require("ledger.view")
    return reader_page(request.actor.company, limit=SHOWN)


@router.post("/train", response=answers(ReaderTrainingBegun, 202))
def start_reader_training(request: ApiRequest) -> Status[ReaderTrainingBegun]:
    """Train on what the team accepted, in the background. Trained twice it is kept once: no key.

    The reader waits for its promotion by somebody else.
    """
    actor = request.actor
    actor.require("intent.train")
    if not accepted_count(actor.company):
        raise Refused(NOTHING_LABELLED)
    is_new = begin_reader_training(actor.company.pk, user_id=actor.user_id, at=request.at)
    return Status(
        202, ReaderTrainingBegun(is_new=is_new, look_at="/api/v1/message-readers/training")
    )


@router.get("/training", response=answers(ReaderTrainingState))
def show_reader_training(request: ApiRequest) -> ReaderTrainingState:
    """Show how the last training stands: whether it goes on, and which reader it made."""
    request.actor.require("ledger.view")
    latest = latest_reader_training(request.actor.company.pk)
    if latest is None:
        return ReaderTrainingState()
    return ReaderTrainingState(
        is_running=latest.is_running,
        stage=latest.stage,
        done_ppm=latest.done_ppm,
        started_at=latest.started_at,
        model_id=latest.model_id,
        refusal=latest.refusal,
    )


@router.get("/{intent_model_id}", response=answers(ReaderWithCard))
def show_trained_reader(request: ApiRequest, intent_model_id: Id) -> ReaderWithCard:
    """Show one trained reader and its card."""
    request.actor.require("ledger.view")
    found = existing(reader_card(request.actor.company, intent_model_id))
    return ReaderWithCard(reader=found[0], card=dict(found[1]))


@router.post("/{intent_model_id}/promote", response=answers(Done))
@once
def promote_reader(
    request: ApiRequest, intent_model_id: Id, body: ReaderPromotionIn
) -> tuple[int, dict[str, Any]]:
    """Let a trained reader serve from the next run on; who trained it is not the one to do so."""
    promote_intent_model(
        actor=request.actor,
        model=own(IntentModel, request.actor, intent_model_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{intent_model_id}/retire", response=answers(Done))
@once
def retire_reader(
    request: ApiRequest, intent_model_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Let the shipped reader serve again, with the reason."""
    retire_intent_model(
        actor=request.actor,
        model=own(IntentModel, request.actor, intent_model_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
