"""/experiments and /choices: what is tried on customers by chance, and every action chosen."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dunwell.actions.experiments import (
    MOST_ARMS,
    decide_experiment,
    plan_experiment,
    start_experiment,
    stop_experiment,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Experiment
from dunwell.queries.experiment_readings import Reading, experiment_reading
from dunwell.queries.experiments import (
    ChoiceRow,
    ExperimentRow,
    choice_rows,
    choices_of_day,
    experiment_row,
    experiment_rows,
)
from dunwell.queries.pages import Page
from dunwell.queries.timing_readings import TimingReading, timing_reading
from dunwell.queries.verdict_figures import verdict_figures

router = Router(tags=["experiments"])

Told = Annotated[Plain, Field(min_length=1, max_length=500)]


class ArmIn(Body):
    """One arm: its name, and its share of all customers in parts per million."""

    name: Annotated[Plain, Field(min_length=1, max_length=40)]
    share_ppm: Annotated[int, Field(ge=1, le=1_000_000)]


class ExperimentIn(Body):
    """A new experiment. Customers in none of the arms are treated as ever.

    In a holdout chance decides for the customers of its arms, in a comparison each arm is a
    way to collect. In a timing experiment the arms are the hours 8-10, 10-12, 12-14, 14-16 and
    16-18 at which mail may go out, or `other` for the step's other channel; the first one is
    the ordinary hour, the others start with even shares, and together they take 1000000.
    """

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    kind: Literal["holdout", "comparison", "timing"]
    arms: list[ArmIn] = Field(min_length=1, max_length=MOST_ARMS)
    starts_on: Day
    ends_on: Day
    question: Annotated[Plain, Field(max_length=300)] = ""


class StopIn(Body):
    """Why the experiment ends."""

    reason: Told


class VerdictIn(Body):
    """What was learned and what follows from it."""

    verdict: Told


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentPage:
    """One experiment, and what it shows as of today; nothing while chance decided nothing.

    `timing` is the reading of a timing experiment, `reading` that of any other.
    """

    experiment: ExperimentRow
    reading: Reading | None
    timing: TimingReading | None


class ChoiceFilter(Schema):
    """Which logged choices."""

    model_config = ConfigDict(extra="ignore")

    customer_id: Key | None = None
    experiment_id: Key | None = None
    as_of: Day | None = None


@router.get("/experiments", response=answers(Page[ExperimentRow]))
def list_experiments(
    request: ApiRequest,
    status: Literal["", "draft", "running", "stopped", "decided"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ExperimentRow]:
    """List experiments with the customers of each arm, the newest first."""
    request.actor.require("ledger.view")
    return experiment_rows(
        request.actor.company, as_of=request.as_of, status=status, cursor=cursor, limit=limit
    )


@router.get("/experiments/{experiment_id}", response=answers(ExperimentPage))
def show_experiment(request: ApiRequest, experiment_id: Id) -> ExperimentPage:
    """Show one experiment with its arms, and what it shows so far with intervals of 95 %.

    Effects are shares in parts per million of the money paid within 14 days, contacted less
    left alone; `low_ppm` and `high_ppm` of the whole hold on whichever day one looks. In a
    timing experiment the outcome is that all that was asked came within 14 days: by weighing
    (`ips_ppm`) and doubly robust (`robust_ppm`) for every hour, and `gain_ppm` of the mails as
    they went out over sending all at the ordinary hour.
    """
    request.actor.require("ledger.view")
    company, row = request.actor.company, _row(request, experiment_id)
    is_timing = row.kind == Experiment.Kind.TIMING
    return ExperimentPage(
        experiment=row,
        reading=None if is_timing else experiment_reading(company, row, as_of=request.as_of),
        timing=timing_reading(company, row, as_of=request.as_of) if is_timing else None,
    )


@router.post("/experiments", response=answers(Created, 201))
@once
def new_experiment(request: ApiRequest, body: ExperimentIn) -> tuple[int, dict[str, Any]]:
    """Write an experiment down as a draft: arms, shares and days are fixed before it starts."""
    experiment = plan_experiment(
        actor=request.actor,
        name=body.name,
        kind=body.kind,
        arms=[(arm.name, arm.share_ppm) for arm in body.arms],
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        question=body.question,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": experiment.pk}


@router.post("/experiments/{experiment_id}/start", response=answers(Done))
@once
def begin_experiment(request: ApiRequest, experiment_id: Id) -> tuple[int, dict[str, Any]]:
    """Let a draft run from its first day on; one of a kind runs at a time."""
    start_experiment(
        actor=request.actor,
        experiment=own(Experiment, request.actor, experiment_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/experiments/{experiment_id}/stop", response=answers(Done))
@once
def end_experiment(
    request: ApiRequest, experiment_id: Id, body: StopIn
) -> tuple[int, dict[str, Any]]:
    """End a running experiment or drop a draft; customers held out are free from now on."""
    stop_experiment(
        actor=request.actor,
        experiment=own(Experiment, request.actor, experiment_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/experiments/{experiment_id}/decide", response=answers(Done))
@once
def decide_on_experiment(
    request: ApiRequest, experiment_id: Id, body: VerdictIn
) -> tuple[int, dict[str, Any]]:
    """Keep what was learned from a stopped experiment, with today's figures it rests on."""
    request.actor.require("experiment.run")
    row = _row(request, experiment_id)
    decide_experiment(
        actor=request.actor,
        experiment=own(Experiment, request.actor, experiment_id),
        verdict=body.verdict,
        figures=verdict_figures(request.actor.company, row, as_of=request.as_of),
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/choices", response=answers(Page[ChoiceRow]))
def list_choices(
    request: ApiRequest,
    choice: Query[ChoiceFilter],
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ChoiceRow]:
    """List what was chosen for each customer, of what, by which chance; the latest day first.

    Amounts are in the company's currency. `propensity_ppm` is the chance the action had among
    those `permitted`; 1000000 where nothing was left to chance.
    """
    request.actor.require("ledger.view")
    return choice_rows(request.actor.company, **choice.dict(), cursor=cursor, limit=limit)


@router.get("/choices/counts", response=answers(dict[str, int]))
def count_choices(request: ApiRequest, as_of: Day | None = None) -> dict[str, int]:
    """Count the choices of a day by action; `held_out` of them were made by chance."""
    request.actor.require("ledger.view")
    day: date = as_of or request.as_of
    return dict(choices_of_day(request.actor.company, as_of=day))


def _row(request: ApiRequest, experiment_id: int) -> ExperimentRow:
    return existing(experiment_row(request.actor.company, experiment_id, as_of=request.as_of))
