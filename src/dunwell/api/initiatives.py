"""/initiatives: what is being improved, how it is measured, what was kept; and duels of ways."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.duels import DuelTerms, plan_duel
from dunwell.actions.initiatives import (
    InitiativeTerms,
    decide_initiative,
    drop_initiative,
    measure_initiative,
    plan_initiative,
    propose_initiative,
    start_initiative,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Currency,
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
from dunwell.models import Experiment, Initiative, PolicyVersion, User
from dunwell.queries.duel_readings import DuelReading, duel_reading
from dunwell.queries.duels import Power, power
from dunwell.queries.initiative_effects import (
    InitiativeEffect,
    effect_document,
    initiative_effect,
)
from dunwell.queries.initiatives import InitiativeRow, initiative_row, initiative_rows
from dunwell.queries.pages import Page

router = Router(tags=["improvement"])

Reason = Annotated[Plain, Field(min_length=1, max_length=500)]
Share = Annotated[int, Field(ge=1, le=1_000_000)]


class InitiativeIn(Body):
    """An idea: which figure, how far, by when; what is changed; how it is measured."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    kpi: Annotated[Plain, Field(min_length=1, max_length=40)]
    currency: Currency
    target: Annotated[Plain, Field(min_length=1, max_length=20)]
    target_on: Day
    place: Annotated[Plain, Field(min_length=1, max_length=40)]
    change: Annotated[Plain, Field(min_length=1, max_length=2000)]
    measure: Literal["experiment", "difference", "series"]
    owner_id: Key
    baseline: Annotated[Plain, Field(max_length=20)] = ""
    policy_version_id: Key | None = None
    experiment_id: Key | None = None
    dimension: Annotated[Plain, Field(max_length=12)] = ""
    slices: Annotated[list[Annotated[Plain, Field(max_length=80)]], Field(max_length=20)] = []


class InitiativeStartIn(Body):
    """From which day the change acts."""

    changed_on: Day


class InitiativeVerdictIn(Body):
    """Keep or take back, and why."""

    is_kept: bool
    reason: Reason


class InitiativeDropIn(Body):
    """Why it is put aside."""

    reason: Reason


class MarginIn(Body):
    """How much worse a measure may get, in parts per million of customers."""

    measure: Literal["complaints", "disputes", "opt_outs", "unhappy"]
    margin_ppm: Share


class DuelIn(Body):
    """Champion against challenger. Texts are named `template: variant`."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    kind: Literal["strategy", "wording"]
    champion: Annotated[Plain, Field(min_length=1, max_length=40)]
    challenger: Annotated[Plain, Field(min_length=1, max_length=40)]
    share_ppm: Share = 500_000
    smallest_ppm: Share = 50_000
    margins: Annotated[list[MarginIn], Field(min_length=4, max_length=4)]
    starts_on: Day
    ends_on: Day
    question: Annotated[Plain, Field(max_length=300)] = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativePage:
    """One initiative and what it shows: what was kept when measured, else as of today."""

    initiative: InitiativeRow
    effect: InitiativeEffect


@router.get("/initiatives", response=answers(Page[InitiativeRow]))
def list_initiatives(
    request: ApiRequest,
    scope: Literal["open", "library", "all"] = "open",
    search: Annotated[Plain, Field(max_length=80)] = "",
    kpi: Annotated[Plain, Field(max_length=40)] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[InitiativeRow]:
    """List initiatives, the newest first; the library is what was kept, taken back or dropped."""
    request.actor.require("ledger.view")
    return initiative_rows(
        request.actor.company,
        as_of=request.as_of,
        scope=scope,
        search=search,
        kpi=kpi,
        cursor=cursor,
        limit=limit,
    )


@router.get("/initiatives/{initiative_id}", response=answers(InitiativePage))
def show_initiative(request: ApiRequest, initiative_id: Id) -> InitiativePage:
    """Show one initiative with its effect and the 95 % interval; `is_weak`: no chance decided."""
    request.actor.require("ledger.view")
    row = existing(initiative_row(request.actor.company, initiative_id, as_of=request.as_of))
    effect = (
        InitiativeEffect(**row.figures)
        if row.figures
        else initiative_effect(
            request.actor.company, _initiative(request, initiative_id), as_of=request.as_of
        )
    )
    return InitiativePage(initiative=row, effect=effect)


@router.post("/initiatives", response=answers(Created, 201))
@once
def new_initiative(request: ApiRequest, body: InitiativeIn) -> tuple[int, dict[str, Any]]:
    """Write an idea down."""
    request.actor.require("initiative.edit")
    made = propose_initiative(
        actor=request.actor, terms=_terms(request, body), as_of=request.as_of, at=request.at
    )
    return 201, {"id": made.pk}


@router.post("/initiatives/{initiative_id}/plan", response=answers(Done))
@once
def plan_the_initiative(request: ApiRequest, initiative_id: Id) -> tuple[int, dict[str, Any]]:
    """Make a plan of an idea."""
    plan_initiative(
        actor=request.actor, initiative=_initiative(request, initiative_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/initiatives/{initiative_id}/start", response=answers(Done))
@once
def start_the_initiative(
    request: ApiRequest, initiative_id: Id, body: InitiativeStartIn
) -> tuple[int, dict[str, Any]]:
    """Note from which day the change acts."""
    start_initiative(
        actor=request.actor,
        initiative=_initiative(request, initiative_id),
        changed_on=body.changed_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/initiatives/{initiative_id}/measure", response=answers(Done))
@once
def measure_the_initiative(request: ApiRequest, initiative_id: Id) -> tuple[int, dict[str, Any]]:
    """Keep what is found today."""
    initiative = _initiative(request, initiative_id)
    measure_initiative(
        actor=request.actor,
        initiative=initiative,
        figures=effect_document(
            initiative_effect(request.actor.company, initiative, as_of=request.as_of)
        ),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/initiatives/{initiative_id}/decide", response=answers(Done))
@once
def decide_the_initiative(
    request: ApiRequest, initiative_id: Id, body: InitiativeVerdictIn
) -> tuple[int, dict[str, Any]]:
    """Keep the change or take it back."""
    decide_initiative(
        actor=request.actor,
        initiative=_initiative(request, initiative_id),
        is_kept=body.is_kept,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/initiatives/{initiative_id}/drop", response=answers(Done))
@once
def drop_the_initiative(
    request: ApiRequest, initiative_id: Id, body: InitiativeDropIn
) -> tuple[int, dict[str, Any]]:
    """Put an idea or a plan aside."""
    drop_initiative(
        actor=request.actor,
        initiative=_initiative(request, initiative_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/duels/power", response=answers(Power))
def show_power(request: ApiRequest, share_ppm: Share = 500_000) -> Power:
    """Show what a comparison takes with today's volumes: customers and weeks by effect."""
    request.actor.require("ledger.view")
    share = min(max(share_ppm, 50_000), 950_000)
    return power(request.actor.company, as_of=request.as_of, share_ppm=share)


@router.post("/duels", response=answers(Created, 201))
@once
def new_duel(request: ApiRequest, body: DuelIn) -> tuple[int, dict[str, Any]]:
    """Write a comparison down as a draft; the answer is the key of its experiment."""
    duel = plan_duel(
        actor=request.actor,
        name=body.name,
        question=body.question,
        terms=_duel_terms(body),
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": duel.experiment_id}


@router.get("/duels/{experiment_id}", response=answers(DuelReading))
def show_duel(request: ApiRequest, experiment_id: Id) -> DuelReading:
    """Show what a comparison says today; the interval holds on whichever day one looks."""
    request.actor.require("ledger.view")
    return existing(duel_reading(request.actor.company, experiment_id, as_of=request.as_of))


def _initiative(request: ApiRequest, initiative_id: int) -> Initiative:
    return own(Initiative, request.actor, initiative_id)


def _terms(request: ApiRequest, body: InitiativeIn) -> InitiativeTerms:
    """Return what an initiative is; 404 for people and records of another company."""
    told = body.model_dump(exclude={"owner_id", "policy_version_id", "experiment_id", "slices"})
    company = request.actor.company
    owner = existing(User.objects.filter(pk=body.owner_id, memberships__company=company).first())
    version = experiment = None
    if body.policy_version_id is not None:
        version = own(PolicyVersion, request.actor, body.policy_version_id)
    if body.experiment_id is not None:
        experiment = own(Experiment, request.actor, body.experiment_id)
    return InitiativeTerms(
        **told,
        owner=owner,
        slices=tuple(body.slices),
        policy_version=version,
        experiment=experiment,
    )


def _duel_terms(body: DuelIn) -> DuelTerms:
    """Return how a comparison is agreed."""
    told = body.model_dump(exclude={"name", "question", "starts_on", "ends_on", "margins"})
    margins = tuple((one.measure, one.margin_ppm) for one in body.margins)
    return DuelTerms(**told, margins=margins)
