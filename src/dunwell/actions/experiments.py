"""Experiments on customers: planning, starting, stopping, deciding; and the log of choices."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from dunwell.actions.bulk import insert_rows
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.ml.bandit_hours import OTHER, SLOTS, shared
from dunwell.ml.holdout import REST
from dunwell.models import ActionChoice, Company, Experiment

Status = Experiment.Status

PPM = 1_000_000
LARGEST_HOLDOUT_PPM = 300_000
"""For so many customers at most chance decides: money that comes late is the price of knowing."""
LARGEST_TRIAL_PPM = 500_000
"""So many mails at most go out at another hour than the one that looks best."""
LONGEST_DAYS = 730
MOST_ARMS = 8
LEAST_ARMS = 2
ARM_NAME = 40

CHOICE_COLUMNS = (
    "customer_id",
    "experiment_id",
    "arm",
    "policy",
    "action",
    "channel",
    "hour",
    "permitted",
    "propensity_ppm",
    "is_holdout",
    "segment",
    "days_past_due",
    "collect_minor",
    "p_unpaid_ppm",
    "minutes",
    "cost_minor",
    "expected_extra_minor",
    "reasons",
    "timing_id",
    "timing_ppm",
)
"""What `log_choices` takes, see `models.ActionChoice`; `reasons` is JSON text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmStop:
    """An arm that did harm: `harms` opt-outs and bounces after so many `decisions` for it."""

    arm: str
    decisions: int
    harms: int


@transaction.atomic
def plan_experiment(
    *,
    actor: Actor,
    name: str,
    kind: str,
    arms: Sequence[tuple[str, int]],
    starts_on: date,
    ends_on: date,
    as_of: date,
    at: datetime,
    question: str = "",
) -> Experiment:
    """Write an experiment down as a draft: its arms with shares in ppm of all customers.

    In a timing experiment the arms are hours (`ml.bandit_hours.SLOTS`, or OTHER for the step's
    other channel), the first one is the ordinary hour, and the shares are those they start
    with. Raises Refused for a name taken, arms that take more than all, a holdout above
    LARGEST_HOLDOUT_PPM, or days that do not fit.
    """
    actor.require("experiment.run")
    told = fitting(text=name, most=80, what="name")
    if not told:
        raise Refused("Give the experiment a name.")
    if kind not in Experiment.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Experiment.Kind.values)}.")
    _check_arms(kind, arms)
    if starts_on < as_of:
        raise Refused("The first day has passed; past days cannot be drawn again.")
    if not 0 < (ends_on - starts_on).days <= LONGEST_DAYS:
        raise Refused(f"The last day must lie 1 to {LONGEST_DAYS} days after the first.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if Experiment.objects.filter(company=actor.company, name=told).exists():
        raise Refused(f"There is already an experiment named {told}.")
    experiment = Experiment.objects.create(
        company=actor.company,
        name=told,
        kind=kind,
        question=fitting(text=question, most=300, what="question"),
        arms=[{"name": arm.strip(), "share_ppm": share} for arm, share in arms],
        salt=secrets.token_hex(16),
        starts_on=starts_on,
        ends_on=ends_on,
        author=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "experiment.planned",
        experiment,
        at=at,
        name=told,
        kind=kind,
        arms=experiment.arms,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    return experiment


@transaction.atomic
def start_experiment(*, actor: Actor, experiment: Experiment, as_of: date, at: datetime) -> None:
    """Let a draft run from its first day on; only one of a kind runs at a time."""
    actor.require("experiment.run")
    _check_ours(actor, experiment)
    if experiment.ends_on <= as_of:
        raise Refused("Its last day has passed; plan a new experiment.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    running = Experiment.objects.filter(
        company=actor.company, kind=experiment.kind, status=Status.RUNNING
    )
    other = running.exclude(pk=experiment.pk).first()
    if other is not None:
        raise Refused(f"{other.name} is running; two of a kind would disturb each other.")
    _move(experiment, Status.RUNNING)
    record_event(actor, "experiment.started", experiment, at=at, name=experiment.name)


@transaction.atomic
def stop_experiment(
    *, actor: Actor, experiment: Experiment, reason: str, as_of: date, at: datetime
) -> None:
    """End a running experiment, or drop a draft; customers held out are free from now on."""
    actor.require("experiment.run")
    _check_ours(actor, experiment)
    told = fitting(text=reason, most=500, what="reason")
    if not told:
        raise Refused("Say why the experiment is stopped.")
    _move(experiment, Status.STOPPED, stopped_on=as_of)
    record_event(actor, "experiment.stopped", experiment, at=at, name=experiment.name, reason=told)


@transaction.atomic
def stop_arms(
    *,
    actor: Actor,
    experiment: Experiment,
    stops: Sequence[ArmStop],
    as_of: date,
    at: datetime,
) -> int:
    """Take arms that did harm out of a running experiment for good; return how many are new.

    Where fewer than two arms are left there is nothing to compare, and it ends by itself.
    """
    actor.require("cycle.run")
    _check_ours(actor, experiment)
    locked = Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)
    kept = list(locked.figures.get("stops", ()))
    known = {stop["arm"] for stop in kept}
    new = [stop for stop in stops if stop.arm not in known]
    if locked.status != Status.RUNNING or not new:
        return 0
    kept += [{**asdict(stop), "on": as_of.isoformat()} for stop in new]
    Experiment.objects.filter(pk=locked.pk).update(figures={**locked.figures, "stops": kept})
    for stop in new:
        record_event(
            actor, "experiment.arm_stopped", locked, at=at, name=locked.name, **asdict(stop)
        )
    if len(locked.arms) - len(kept) < LEAST_ARMS:
        told = "fewer than two arms are left, the others did harm"
        halt_experiment(actor=actor, experiment=locked, reason=told, as_of=as_of, at=at)
    return len(new)


@transaction.atomic
def halt_experiment(
    *, actor: Actor, experiment: Experiment, reason: str, as_of: date, at: datetime
) -> None:
    """Stop a running experiment by itself, with the reason; for actions that hold its lock."""
    actor.require("cycle.run")
    _move(experiment, Status.STOPPED, stopped_on=as_of)
    record_event(
        actor, "experiment.stopped", experiment, at=at, name=experiment.name, reason=reason
    )


@transaction.atomic
def decide_experiment(
    *,
    actor: Actor,
    experiment: Experiment,
    verdict: str,
    figures: Mapping[str, Any],
    at: datetime,
) -> None:
    """Keep what was learned from a stopped experiment, with the figures it rests on."""
    actor.require("experiment.run")
    _check_ours(actor, experiment)
    told = fitting(text=verdict, most=500, what="verdict")
    if not told:
        raise Refused("Say what was learned and what follows from it.")
    _move(
        experiment,
        Status.DECIDED,
        verdict=told,
        figures={**experiment.figures, **figures},
        decided_by=actor.name,
        decided_at=at,
    )
    record_event(
        actor, "experiment.decided", experiment, at=at, name=experiment.name, verdict=told
    )


@transaction.atomic
def end_experiments(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Stop the experiments whose last day has passed; return how many."""
    actor.require("cycle.run")
    over = Experiment.objects.filter(
        company=actor.company, status=Status.RUNNING, ends_on__lt=as_of
    )
    ended = 0
    for experiment in over.order_by("pk"):
        told = "its last day has passed"
        halt_experiment(actor=actor, experiment=experiment, reason=told, as_of=as_of, at=at)
        ended += 1
    return ended


@transaction.atomic
def log_choices(*, actor: Actor, rows: pl.DataFrame, as_of: date, at: datetime) -> int:
    """Log what was chosen for each customer, in CHOICE_COLUMNS; return how many are new.

    A customer that has a choice of the day keeps it.
    """
    actor.require("cycle.run")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = ActionChoice.objects.filter(company=company, as_of=as_of)
    known_ids = list(known.values_list("customer_id", flat=True))
    new = rows.filter(~pl.col("customer_id").is_in(known_ids)).sort("customer_id")
    insert_rows(
        table="dunwell_actionchoice",
        rows=new.select(
            *CHOICE_COLUMNS,
            company_id=pl.lit(company.pk, pl.Int64),
            as_of=pl.lit(as_of),
            recorded_at=pl.lit(at.astimezone(UTC).replace(tzinfo=None), pl.Datetime("us")),
        ),
    )
    if new.height:
        record_event(
            actor,
            "actions.chosen",
            company,
            at=at,
            as_of=as_of.isoformat(),
            customers=new.height,
            held_out=int(new["is_holdout"].sum()),
        )
    return new.height


def _check_ours(actor: Actor, experiment: Experiment) -> None:
    if experiment.company_id != actor.company.pk:
        raise Refused("This experiment belongs to another company.")


def _check_arms(kind: str, arms: Sequence[tuple[str, int]]) -> None:
    names = [name.strip() for name, _ in arms]
    if not 1 <= len(arms) <= MOST_ARMS:
        raise Refused(f"An experiment has 1 to {MOST_ARMS} arms beside the rest.")
    if len({*names, REST, ""}) < len(names) + 2 or max(map(len, names)) > ARM_NAME:
        raise Refused(
            f"Every arm needs a name of its own, other than {REST}, of at most {ARM_NAME} "
            "characters."
        )
    shares = [share for _, share in arms]
    if min(shares) <= 0 or sum(shares) > PPM:
        raise Refused("Every arm needs a share, and together they take at most 100 %.")
    if kind == Experiment.Kind.HOLDOUT and sum(shares) > LARGEST_HOLDOUT_PPM:
        most = LARGEST_HOLDOUT_PPM * 100 // PPM
        raise Refused(f"Chance may decide for at most {most} percent of the customers.")
    if kind == Experiment.Kind.TIMING:
        _check_hours([(name.strip(), share) for name, share in arms])


def _check_hours(arms: Sequence[tuple[str, int]]) -> None:
    """Refuse arms that are no hours, too few, or shares other than `shared` gives them."""
    if unknown := [name for name, _ in arms if name not in {*SLOTS, OTHER}]:
        raise Refused(
            f"{unknown[0]} is no hour to deliver at; use {', '.join(SLOTS)}, or {OTHER} for the "
            "step's other channel."
        )
    if len(arms) < LEAST_ARMS or arms[0][0] == OTHER:
        raise Refused("Name the ordinary hour first, and at least one other to compare it with.")
    tried = PPM - arms[0][1]
    if tried > LARGEST_TRIAL_PPM:
        most = LARGEST_TRIAL_PPM * 100 // PPM
        raise Refused(f"At most {most} percent of the mails may be used to try other hours.")
    if tuple(arms) != shared([name for name, _ in arms], explore_ppm=tried):
        raise Refused(
            "The hours to be tried start with even shares, and all arms together take 100 %."
        )


def _move(experiment: Experiment, status: Status, **fields: Any) -> None:
    before = Status(experiment.status)
    if status not in Experiment.MOVES[before]:
        raise Refused(
            f"This experiment is {before.label.lower()} and cannot become {status.label.lower()}."
        )
    rows = Experiment.objects.filter(pk=experiment.pk, status=before).update(
        status=status, **fields
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this experiment; load the page again.")
    experiment.status = status
