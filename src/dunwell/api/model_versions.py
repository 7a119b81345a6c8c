"""/model: who predicts the pay days, how well it did on the company's own past, who decides."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.model_versions import promote_model, reject_model
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Done, Id, Plain, answers, existing, own
from dunwell.api.writes import once
from dunwell.jobs.training import begin_training, latest_training
from dunwell.models import ModelVersion
from dunwell.queries.items import ItemFilter, item_rows
from dunwell.queries.model_versions import (
    CheckRow,
    ModelPage,
    VersionPage,
    VersionRow,
    check_rows,
    model_page,
    version_page,
)

router = Router(tags=["model"])

SHOWN = 30
Newest = Annotated[int, Field(ge=1, le=100, description="So many of the newest.")]


class PromotionIn(Body):
    """Why this version should serve; needed where the back-test prefers another model."""

    reason: Annotated[Plain, Field(max_length=500)] = ""


class RejectionIn(Body):
    """Why the version is turned down."""

    reason: Annotated[Plain, Field(min_length=1, max_length=500)]


class TrainingBegun(Schema):
    """Training goes on in the background, and `look_at` says how it stands.

    Not new when one was going on already.
    """

    is_new: bool
    look_at: str


class TrainingState(Schema):
    """How the last training stands that this server process was asked for.

    `number` is the version it made, 0 for none yet; `refusal` says why there is none. The same
    rows trained into the same bytes are the version there was before. `stage` is read, test,
    fit, judge or record, `done_ppm` the part of the usual time that lies behind it.
    """

    is_running: bool = False
    stage: str = ""
    done_ppm: int = 0
    started_at: datetime | None = None
    number: int = 0
    refusal: str = ""


@router.get("", response=answers(ModelPage))
def show_model(request: ApiRequest) -> ModelPage:
    """Show the model that serves: its league table, its card, the last checks, what waits.

    Everything is empty before the first training. Chances and rates of checks are parts per
    million; figures of the league are floats, in days where they are errors of the pay day.
    """
    request.actor.require("ledger.view")
    return model_page(request.actor.company)


@router.post("/train", response=answers(TrainingBegun, 202))
def start_training(request: ApiRequest) -> Status[TrainingBegun]:
    """Train a new version up to today, in the background. Trained twice it is kept once: no key.

    A company's first version serves at once, a later one waits for its promotion.
    """
    actor = request.actor
    actor.require("model.train")
    company = actor.company
    if not item_rows(company, as_of=request.as_of, only=ItemFilter(scope="all"), limit=1).rows:
        raise Refused(f"{company.name} has no items; import its ledger first.")
    is_new = begin_training(company.pk, user_id=actor.user_id, at=request.at)
    return Status(202, TrainingBegun(is_new=is_new, look_at="/api/v1/model/training"))


@router.get("/training", response=answers(TrainingState))
def show_training(request: ApiRequest) -> TrainingState:
    """Show how the last training stands: whether it goes on, and which version it made."""
    request.actor.require("ledger.view")
    latest = latest_training(request.actor.company.pk)
    if latest is None:
        return TrainingState()
    return TrainingState(
        is_running=latest.is_running,
        stage=latest.stage,
        done_ppm=latest.done_ppm,
        started_at=latest.started_at,
        number=latest.number,
        refusal=latest.refusal,
    )


@router.get("/checks", response=answers(list[CheckRow]))
def list_checks(request: ApiRequest, limit: Newest = SHOWN) -> list[CheckRow]:
    """List the weekly checks of what served: calibration, drift, alarms; the newest first."""
    request.actor.require("ledger.view")
    return list(check_rows(request.actor.company, limit=limit))


@router.get("/versions", response=answers(list[VersionRow]))
def list_versions(request: ApiRequest, limit: Newest = SHOWN) -> list[VersionRow]:
    """List versions of the model, the newest first."""
    request.actor.require("ledger.view")
    return list(model_page(request.actor.company, limit=limit).versions)


@router.get("/versions/{model_version_id}", response=answers(VersionPage))
def show_version(request: ApiRequest, model_version_id: Id) -> VersionPage:
    """Show one version with the back-test it was chosen by, and its card."""
    request.actor.require("ledger.view")
    return existing(version_page(request.actor.company, model_version_id))


@router.post("/versions/{model_version_id}/promote", response=answers(Done))
@once
def promote_version(
    request: ApiRequest, model_version_id: Id, body: PromotionIn
) -> tuple[int, dict[str, Any]]:
    """Put a version to serve from the next scoring on; who trained it is not the one to do so."""
    promote_model(
        actor=request.actor,
        version=own(ModelVersion, request.actor, model_version_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/versions/{model_version_id}/reject", response=answers(Done))
@once
def reject_version(
    request: ApiRequest, model_version_id: Id, body: RejectionIn
) -> tuple[int, dict[str, Any]]:
    """Turn a candidate down, with the reason; it can never serve."""
    reject_model(
        actor=request.actor,
        version=own(ModelVersion, request.actor, model_version_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
