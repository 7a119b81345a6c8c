"""Shocks kept under a name: saving, changing and taking away scenarios."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting
from dunwell.engine.stress import Scenario
from dunwell.models import Company, StressScenario

MOST = 100
"""Scenarios nobody looks through are of no use."""


@transaction.atomic
def save_scenario(
    *,
    actor: Actor,
    name: str,
    shocks: Scenario,
    note: str = "",
    version: int | None = None,
    at: datetime,
) -> StressScenario:
    """Keep shocks under a name; with `version` change what stands under it.

    Raises Refused for shocks that shock nothing, a name that is taken (without a version), and
    where somebody else changed it meanwhile.
    """
    actor.require("stress.save")
    told = fitting(text=name, most=80, what="name")
    if not told:
        raise Refused("Give the scenario a name.")
    if shocks.is_calm:
        raise Refused("These shocks change nothing; set at least one.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = StressScenario.objects.filter(company=actor.company, ended_on=None)
    scenario = found.filter(name=told).first()
    if scenario is None:
        if found.count() >= MOST:
            raise Refused(f"There are {MOST} scenarios already; take one away first.")
        scenario = StressScenario(company=actor.company, name=told, version=0)
    elif version is None:
        raise Refused(
            f"There is a scenario named {told}; choose another name, or change that one."
        )
    elif scenario.version != version:
        raise Refused("Somebody changed this scenario meanwhile; load the page again.")
    scenario.note = fitting(text=note, most=300, what="note")
    scenario.shocks = asdict(shocks)
    scenario.version += 1
    scenario.by, scenario.recorded_at = actor.name, at
    scenario.save()
    record_event(
        actor, "stress_scenario.saved", scenario, at=at, name=told, shocks=scenario.shocks
    )
    return scenario


@transaction.atomic
def end_scenario(
    *, actor: Actor, scenario: StressScenario, as_of: date, at: datetime
) -> StressScenario:
    """Take a scenario away; raise Refused where that was done already."""
    actor.require("stress.save")
    own(actor, scenario, "scenario")
    rows = StressScenario.objects.filter(pk=scenario.pk, ended_on=None).update(ended_on=as_of)
    if rows != 1:
        raise Refused("This scenario was taken away already; load the page again.")
    scenario.refresh_from_db()
    record_event(actor, "stress_scenario.ended", scenario, at=at, name=scenario.name)
    return scenario
