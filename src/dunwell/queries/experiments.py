"""Experiments and logged choices as pages and the API show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from dunwell.ml.bandit_hours import OTHER, SLOTS, slot_hour
from dunwell.models import ActionChoice, Company, Experiment
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentArm:
    """One arm: its share of all customers in ppm, and how many customers were chosen for in it."""

    name: str
    share_ppm: int
    customers: int
    choices: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentRow:
    """One experiment; `is_active`: it runs and the day lies within its days."""

    id: int
    name: str
    kind: str
    kind_label: str
    question: str
    status: str
    status_label: str
    starts_on: date
    ends_on: date
    stopped_on: date | None
    is_active: bool
    author: str
    verdict: str
    figures: Mapping[str, Any]
    decided_by: str
    decided_at: datetime | None
    arms: tuple[ExperimentArm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceRow:
    """What was chosen for a customer on a day, with the chance it had and what it should bring.

    `hour` and its chance `timing_ppm` are those of a timing experiment, None without one.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    as_of: date
    experiment_id: int | None
    arm: str
    policy: str
    action: str
    channel: str
    hour: int | None
    timing_id: int | None
    timing_ppm: int | None
    permitted: tuple[str, ...]
    propensity_ppm: int
    is_holdout: bool
    days_past_due: int
    collect_minor: int
    p_unpaid_ppm: int
    minutes: int
    cost_minor: int
    expected_extra_minor: int
    reasons: Mapping[str, Any]


def experiment_rows(
    company: Company,
    *,
    as_of: date,
    status: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ExperimentRow]:
    """Return one page of experiments, the newest first."""
    found = Experiment.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    limit = page_limit(limit)
    rows = list(found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1])
    counts = _arm_counts(rows)
    return page_of(
        [_row(experiment, as_of, counts) for experiment in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def experiment_row(company: Company, experiment_id: int, *, as_of: date) -> ExperimentRow | None:
    """Return one experiment, None for another company's."""
    found = Experiment.objects.filter(company=company, pk=experiment_id).first()
    return _row(found, as_of, _arm_counts([found])) if found else None


def running_experiments(company: Company, *, as_of: date) -> tuple[Experiment, ...]:
    """Return the experiments that run on a day, the oldest first."""
    found = Experiment.objects.filter(
        company=company,
        status=Experiment.Status.RUNNING,
        starts_on__lte=as_of,
        ends_on__gte=as_of,
    )
    return tuple(found.order_by("pk"))


def choice_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    experiment_id: int | None = None,
    as_of: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ChoiceRow]:
    """Return one page of logged choices, the latest day first."""
    found = ActionChoice.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if experiment_id is not None:
        found = found.filter(Q(experiment=experiment_id) | Q(timing=experiment_id))
    if as_of is not None:
        found = found.filter(as_of=as_of)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-as_of", "-id"), (date, int)))
        .select_related("customer")
        .order_by("-as_of", "-id")[: limit + 1]
    )
    return page_of(
        [_choice(choice) for choice in rows],
        limit=limit,
        key=lambda row: (row.as_of, row.id),
    )


def choices_of_day(company: Company, *, as_of: date) -> Mapping[str, int]:
    """Return how often each action was chosen on a day, and `held_out`: how often by chance."""
    rows = ActionChoice.objects.filter(company=company, as_of=as_of)
    counts = dict(rows.order_by("action").values_list("action").annotate(n=Count("id")))
    held = rows.filter(is_holdout=True).count()
    return {**counts, "held_out": held}


def _arm_counts(experiments: Sequence[Experiment]) -> dict[tuple[int, str], tuple[int, int]]:
    """Return the customers and the choices of each arm, by experiment and name."""
    timings = [one.pk for one in experiments if one.kind == Experiment.Kind.TIMING]
    others = [one.pk for one in experiments if one.pk not in timings]
    arms = {slot_hour(name): name for name in SLOTS}
    counted = {
        "customers": Count("customer", distinct=True),
        "choices": Count("id"),
    }
    rows = [
        *ActionChoice.objects.filter(experiment__in=others)
        .order_by("experiment", "arm")
        .values_list("experiment", "arm")
        .annotate(**counted)
    ]
    if timings:
        rows += [
            (key, arms.get(hour, OTHER), customers, choices)
            for key, hour, customers, choices in ActionChoice.objects.filter(timing__in=timings)
            .order_by("timing", "hour")
            .values_list("timing", "hour")
            .annotate(**counted)
        ]
    return {(key, arm): (customers, choices) for key, arm, customers, choices in rows}


def _row(
    experiment: Experiment, as_of: date, counts: Mapping[tuple[int, str], tuple[int, int]]
) -> ExperimentRow:
    arms = []
    for arm in experiment.arms:
        customers, choices = counts.get((experiment.pk, arm["name"]), (0, 0))
        arms.append(
            ExperimentArm(
                name=arm["name"],
                share_ppm=arm["share_ppm"],
                customers=customers,
                choices=choices,
            )
        )
    is_running = experiment.status == Experiment.Status.RUNNING
    return ExperimentRow(
        id=experiment.pk,
        name=experiment.name,
        kind=experiment.kind,
        kind_label=str(Experiment.Kind(experiment.kind).label),
        question=experiment.question,
        status=experiment.status,
        status_label=str(Experiment.Status(experiment.status).label),
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        stopped_on=experiment.stopped_on,
        is_active=is_running and experiment.starts_on <= as_of <= experiment.ends_on,
        author=experiment.author,
        verdict=experiment.verdict,
        figures=experiment.figures,
        decided_by=experiment.decided_by,
        decided_at=experiment.decided_at,
        arms=tuple(arms),
    )


def _choice(choice: ActionChoice) -> ChoiceRow:
    return ChoiceRow(
        id=choice.pk,
        customer_id=choice.customer_id,
        customer_number=choice.customer.number,
        customer_name=choice.customer.name,
        as_of=choice.as_of,
        experiment_id=choice.experiment_id,
        arm=choice.arm,
        policy=choice.policy,
        action=choice.action,
        channel=choice.channel,
        hour=choice.hour,
        timing_id=choice.timing_id,
        timing_ppm=choice.timing_ppm,
        permitted=tuple(choice.permitted.split(",")),
        propensity_ppm=choice.propensity_ppm,
        is_holdout=choice.is_holdout,
        days_past_due=choice.days_past_due,
        collect_minor=choice.collect_minor,
        p_unpaid_ppm=choice.p_unpaid_ppm,
        minutes=choice.minutes,
        cost_minor=choice.cost_minor,
        expected_extra_minor=choice.expected_extra_minor,
        reasons=choice.reasons,
    )
