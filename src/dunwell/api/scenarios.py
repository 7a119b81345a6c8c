"""/scenarios: saved assumptions, and what they make of the forecast side by side."""

from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field

from dunwell.actions.scenarios import archive_scenario, copy_scenario, save_scenario
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, Key, Plain, answers, own
from dunwell.api.writes import once
from dunwell.engine.scenarios import Assumptions
from dunwell.models import Scenario
from dunwell.queries.scenarios import (
    MOST_COMPARED,
    Comparison,
    ScenarioRow,
    compare_scenarios,
    scenario_rows,
)

router = Router(tags=["planning"])
Share = Annotated[int, Field(ge=0, le=1_000_000, description="Parts per million.")]
Signed = Annotated[int, Field(ge=-1_000_000, le=9_000_000, description="Parts per million.")]
Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class AssumptionsIn(Body):
    """Changes against the forecast; what is left out stays as it is."""

    volume_ppm: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    delay_days: Annotated[int, Field(ge=0, le=365)] = 0
    dispute_ppm: Share = 0
    dispute_days: Annotated[int, Field(ge=0, le=365)] = 45
    defaults: Annotated[list[Key], Field(max_length=20)] = []
    discount_uptake_ppm: Share = 0
    discount_ppm: Annotated[int, Field(ge=0, le=500_000)] = 0
    discount_days: Annotated[int, Field(ge=0, le=180)] = 0
    terms_days: Annotated[int, Field(ge=-180, le=365)] = 0
    fx_ppm: dict[Code, Signed] = {}


class ScenarioIn(Body):
    """A name and assumptions; `version` is the one that was read, of a change alone."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    note: Annotated[Plain, Field(max_length=300)] = ""
    assumptions: AssumptionsIn
    version: Annotated[int, Field(ge=0, le=2_000_000_000)] = 0


class ScenarioNameIn(Body):
    """What a copy is called."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]


@router.get("", response=answers(list[ScenarioRow]))
def list_scenarios(request: ApiRequest, *, archived: bool = False) -> list[ScenarioRow]:
    """List saved scenarios by name."""
    request.actor.require("ledger.view")
    return list(scenario_rows(request.actor.company, with_archived=archived))


@router.get("/compare", response=answers(Comparison))
def compare_saved_scenarios(
    request: ApiRequest,
    id: Annotated[list[Key], Query(max_length=MOST_COMPARED)] = [],  # noqa: A002, B006  the query's name
    period: Literal["week", "month"] = "week",
) -> Comparison:
    """Return the base and up to four scenarios over the forecast, side by side."""
    request.actor.require("ledger.view")
    company = request.actor.company
    rows = scenario_rows(company, ids=id) if id else ()
    return compare_scenarios(company, rows, as_of=request.as_of, kind=period)


@router.post("", response=answers(Created, 201))
@once
def new_scenario(request: ApiRequest, body: ScenarioIn) -> tuple[int, dict[str, Any]]:
    """Save assumptions under a name."""
    made = save_scenario(
        actor=request.actor,
        name=body.name,
        note=body.note,
        assumptions=_told(body.assumptions),
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.put("/{scenario_id}", response=answers(Done))
@once
def edit_scenario(
    request: ApiRequest, scenario_id: Id, body: ScenarioIn
) -> tuple[int, dict[str, Any]]:
    """Change a scenario."""
    save_scenario(
        actor=request.actor,
        name=body.name,
        note=body.note,
        assumptions=_told(body.assumptions),
        scenario=own(Scenario, request.actor, scenario_id),
        version=body.version,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{scenario_id}/copy", response=answers(Created, 201))
@once
def copy_saved_scenario(
    request: ApiRequest, scenario_id: Id, body: ScenarioNameIn
) -> tuple[int, dict[str, Any]]:
    """Copy a scenario under another name."""
    scenario = own(Scenario, request.actor, scenario_id)
    made = copy_scenario(actor=request.actor, scenario=scenario, name=body.name, at=request.at)
    return 201, {"id": made.pk}


@router.post("/{scenario_id}/archive", response=answers(Done))
@once
def archive_saved_scenario(request: ApiRequest, scenario_id: Id) -> tuple[int, dict[str, Any]]:
    """Put a scenario away."""
    scenario = own(Scenario, request.actor, scenario_id)
    archive_scenario(actor=request.actor, scenario=scenario, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


def _told(body: AssumptionsIn) -> Assumptions:
    told = body.dict()
    return Assumptions(**{**told, "defaults": tuple(told["defaults"])})
