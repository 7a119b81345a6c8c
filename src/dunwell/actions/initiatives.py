"""Initiatives: from an idea to what was kept or taken back, measured in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import F

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, check_status, own
from dunwell.actions.texts import needed, unused_name
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.models import (
    Company,
    Experiment,
    Initiative,
    Membership,
    Milestone,
    PolicyVersion,
    User,
)
from dunwell.queries.initiatives import PLACES
from dunwell.queries.kpi_parts import DIMENSIONS

Status = Initiative.Status
Measure = Initiative.Measure
LONGEST_CHANGE, LONGEST_REASON = 2_000, 500
MOST_SLICES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeTerms:
    """What an initiative is: goal, place, change, measure, owner.

    `baseline` (may be empty) and `target` are numbers as text in the unit of the figure `kpi`.
    `slices` are keys of `dimension` that the change touches; both empty: everybody.
    """

    name: str
    kpi: str
    currency: str
    target: str
    target_on: date
    place: str
    change: str
    measure: str
    owner: User
    baseline: str = ""
    policy_version: PolicyVersion | None = None
    experiment: Experiment | None = None
    dimension: str = ""
    slices: tuple[str, ...] = ()


@transaction.atomic
def propose_initiative(
    *, actor: Actor, terms: InitiativeTerms, as_of: date, at: datetime
) -> Initiative:
    """Write an idea down. Raises Refused for terms that do not hold and a name that is taken."""
    actor.require("initiative.edit")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told = _checked(actor, terms, as_of)
    name = unused_name(
        Initiative.objects.filter(company=actor.company), name=terms.name, what="an initiative"
    )
    initiative = Initiative.objects.create(
        company=actor.company, name=name, author=actor.name, recorded_at=at, **told
    )
    record_event(
        actor,
        "initiative.proposed",
        initiative,
        at=at,
        name=name,
        kpi=terms.kpi,
        target=told["target"],
        target_on=terms.target_on.isoformat(),
    )
    return initiative


@transaction.atomic
def edit_initiative(
    *,
    actor: Actor,
    initiative: Initiative,
    terms: InitiativeTerms,
    version: int,
    as_of: date,
    at: datetime,
) -> None:
    """Change an idea or a plan; what runs stays as it was agreed. Raises Stale for an old page."""
    actor.require("initiative.edit")
    own(actor, initiative, "initiative")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told = _checked(actor, terms, as_of)
    name = unused_name(
        Initiative.objects.filter(company=actor.company),
        name=terms.name,
        what="an initiative",
        besides=initiative,
    )
    rows = Initiative.objects.filter(
        pk=initiative.pk, version=version, status__in=(Status.IDEA, Status.PLANNED)
    ).update(name=name, version=F("version") + 1, **told)
    if rows != 1:
        raise Stale("This initiative was changed or has begun meanwhile; load the page again.")
    record_event(actor, "initiative.changed", initiative, at=at, name=name)


@transaction.atomic
def plan_initiative(*, actor: Actor, initiative: Initiative, at: datetime) -> None:
    """Make a plan of an idea; an experiment must be named where chance is to decide."""
    actor.require("initiative.edit")
    own(actor, initiative, "initiative")
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    if locked.measure == Measure.EXPERIMENT and locked.experiment_id is None:
        raise Refused("Name the experiment that measures it, or choose another measure.")
    if locked.measure == Measure.DIFFERENCE and not locked.slices:
        raise Refused("Name the parts that are changed; the others are what they are beside.")
    _move(locked, Status.PLANNED)
    record_event(actor, "initiative.planned", locked, at=at, name=locked.name)


@transaction.atomic
def start_initiative(
    *, actor: Actor, initiative: Initiative, changed_on: date, as_of: date, at: datetime
) -> None:
    """Note the day from which the change acts; not later than today."""
    actor.require("initiative.edit")
    own(actor, initiative, "initiative")
    if changed_on > as_of:
        raise Refused("The change has not happened yet; start on the day it does.")
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    _move(locked, Status.RUNNING, changed_on=changed_on)
    record_event(
        actor,
        "initiative.started",
        locked,
        at=at,
        name=locked.name,
        changed_on=changed_on.isoformat(),
    )


@transaction.atomic
def measure_initiative(
    *,
    actor: Actor,
    initiative: Initiative,
    figures: Mapping[str, Any],
    as_of: date,
    at: datetime,
) -> None:
    """Keep what was found, `queries.initiative_effects.effect_document`; the figures stay.

    Raises Refused while nothing can be told.
    """
    actor.require("initiative.edit")
    own(actor, initiative, "initiative")
    if not figures.get("value"):
        raise Refused("Nothing can be told yet; measure it when more months or customers are in.")
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    _move(locked, Status.MEASURED, measured_on=as_of, figures=dict(figures))
    record_event(
        actor,
        "initiative.measured",
        locked,
        at=at,
        name=locked.name,
        value=figures["value"],
        low=figures["low"],
        high=figures["high"],
        unit=figures["unit"],
    )


@transaction.atomic
def decide_initiative(
    *, actor: Actor, initiative: Initiative, is_kept: bool, reason: str, as_of: date, at: datetime
) -> None:
    """Keep what was measured, or take it back, with the reason; taking back may come earlier."""
    actor.require("initiative.decide")
    own(actor, initiative, "initiative")
    told = needed(
        text=reason, most=LONGEST_REASON, what="reason", missing="Say why it is decided so."
    )
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    status = Status.KEPT if is_kept else Status.REVERTED
    _move(locked, status, reason=told, decided_by=actor.name, decided_on=as_of)
    if is_kept:
        Milestone.objects.get_or_create(
            company=actor.company,
            kind=Milestone.Kind.INITIATIVE,
            subject_id=locked.pk,
            defaults={
                "name": locked.name,
                "figures": {
                    name: locked.figures.get(name)
                    for name in ("value", "low", "high", "unit", "gain_minor", "currency")
                },
                "on": as_of,
                "recorded_at": at,
            },
        )
    verb = "initiative.kept" if is_kept else "initiative.reverted"
    record_event(actor, verb, locked, at=at, name=locked.name, reason=told)


@transaction.atomic
def drop_initiative(
    *, actor: Actor, initiative: Initiative, reason: str, as_of: date, at: datetime
) -> None:
    """Put an idea or a plan aside, with the reason; it stays in the library."""
    actor.require("initiative.edit")
    own(actor, initiative, "initiative")
    told = needed(
        text=reason, most=LONGEST_REASON, what="reason", missing="Say why it is put aside."
    )
    locked = Initiative.objects.select_for_update(no_key=True).get(pk=initiative.pk)
    _move(locked, Status.DROPPED, reason=told, decided_by=actor.name, decided_on=as_of)
    record_event(actor, "initiative.dropped", locked, at=at, name=locked.name, reason=told)


def _move(locked: Initiative, status: Status, **fields: Any) -> None:
    check_status(Initiative.MOVES, Status(locked.status), status, "This initiative")
    rows = Initiative.objects.filter(pk=locked.pk, status=locked.status).update(
        status=status, version=F("version") + 1, **fields
    )
    if rows != 1:
        raise Stale("Somebody else has just changed this initiative; load the page again.")


def _checked(actor: Actor, terms: InitiativeTerms, as_of: date) -> dict[str, Any]:
    """Return the fields of an initiative, checked."""
    if terms.kpi not in KPIS:
        raise Refused(f"There is no figure {terms.kpi}.")
    if terms.place not in PLACES:
        raise Refused(f"There is no place {terms.place}; choose among {', '.join(PLACES)}.")
    if terms.measure not in Measure.values:
        raise Refused(f"There is no measure {terms.measure}.")
    if terms.target_on <= as_of:
        raise Refused("The day by which the goal is to be reached must lie ahead.")
    if not Membership.objects.filter(company=actor.company, user=terms.owner).exists():
        raise Refused("The owner must be one of the company's people.")
    if terms.policy_version is not None:
        own(actor, terms.policy_version, "policy")
    experiment = terms.experiment if terms.measure == Measure.EXPERIMENT else None
    if experiment is not None:
        own(actor, experiment, "experiment")
    dimension, slices = _slices(terms)
    return {
        "kpi": terms.kpi,
        "currency": terms.currency,
        "baseline": _number(terms.baseline, "baseline") if terms.baseline.strip() else "",
        "target": _number(terms.target, "target"),
        "target_on": terms.target_on,
        "place": terms.place,
        "change": needed(
            text=terms.change, most=LONGEST_CHANGE, what="change", missing="Say what is changed."
        ),
        "policy_version": terms.policy_version,
        "measure": terms.measure,
        "experiment": experiment,
        "dimension": dimension,
        "slices": list(slices),
        "owner": terms.owner,
    }


def _slices(terms: InitiativeTerms) -> tuple[str, tuple[str, ...]]:
    if terms.measure != Measure.DIFFERENCE:
        return "", ()
    if terms.dimension not in DIMENSIONS:
        raise Refused(f"Choose what the parts are of: {', '.join(DIMENSIONS)}.")
    parts = tuple(dict.fromkeys(one.strip() for one in terms.slices if one.strip()))
    if len(parts) > MOST_SLICES:
        raise Refused(f"Name at most {MOST_SLICES} parts.")
    if any(len(one) > 80 for one in parts):  # noqa: PLR2004  as long as a key of a slice
        raise Refused("A part has a name of at most 80 characters.")
    return terms.dimension, parts


def _number(text: str, what: str) -> str:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise Refused(f"The {what} {text.strip()[:40]} is no number.") from error
    if not number.is_finite() or abs(number) > 10**15:
        raise Refused(f"The {what} {text.strip()[:40]} is out of range.")
    return f"{number:f}"[:40]
