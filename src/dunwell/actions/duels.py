"""Champion against challenger: agreeing it, drawing customers, looking at it every day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.experiments import halt_experiment, plan_experiment
from dunwell.actions.gate import Actor, Refused, own
from dunwell.ml.duels import DUEL_DAYS, MEASURES
from dunwell.ml.experiments import customers_needed
from dunwell.ml.power import weeks_needed
from dunwell.models import Duel, DuelCustomer, DuelLook, Experiment
from dunwell.queries.duel_readings import DuelReading
from dunwell.queries.duels import DEVIATION_PPM, strategy_names, weekly_customers, wording_names

PPM = 1_000_000
LEAST_SHARE_PPM, MOST_SHARE_PPM = 50_000, 950_000
SMALLEST_PPM, LARGEST_PPM = 5_000, 500_000
"""Effects worth finding: from half a hundredth to half of the money."""
MOST_MARGIN_PPM = 100_000
"""A guardrail that lets ten of a hundred customers more complain is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DuelTerms:
    """What is agreed before the beginning; shares, effects and margins in ppm.

    `margins` are (measure, margin): each measure of `ml.duels.MEASURES` once.
    """

    kind: str
    champion: str
    challenger: str
    share_ppm: int
    smallest_ppm: int
    margins: tuple[tuple[str, int], ...]
    error_ppm: int = 50_000
    power_ppm: int = 800_000


@transaction.atomic
def plan_duel(
    *,
    actor: Actor,
    name: str,
    terms: DuelTerms,
    starts_on: date,
    ends_on: date,
    as_of: date,
    at: datetime,
    question: str = "",
) -> Duel:
    """Write a comparison down as a draft, with the customers it needs and the weeks that takes.

    Raises Refused for names that are not in force, a share, effect or margin that makes no
    sense, a measure without a margin, and what `plan_experiment` refuses.
    """
    actor.require("experiment.run")
    _check_names(actor, terms, as_of)
    _check_terms(terms)
    experiment = plan_experiment(
        actor=actor,
        name=name,
        kind=Experiment.Kind.COMPARISON,
        question=question,
        arms=[(terms.challenger, terms.share_ppm), (terms.champion, PPM - terms.share_ppm)],
        starts_on=starts_on,
        ends_on=ends_on,
        as_of=as_of,
        at=at,
    )
    weekly = weekly_customers(actor.company, as_of=as_of)
    needed = customers_needed(
        smallest=terms.smallest_ppm / PPM,
        deviation=DEVIATION_PPM / PPM,
        share=terms.share_ppm / PPM,
        error=terms.error_ppm / PPM,
        power=terms.power_ppm / PPM,
    )
    return Duel.objects.create(
        experiment=experiment,
        company=actor.company,
        kind=terms.kind,
        champion=terms.champion,
        challenger=terms.challenger,
        smallest_ppm=terms.smallest_ppm,
        deviation_ppm=DEVIATION_PPM,
        error_ppm=terms.error_ppm,
        power_ppm=terms.power_ppm,
        customers=needed,
        weekly=weekly,
        weeks=weeks_needed(customers=needed, weekly=weekly, days=DUEL_DAYS),
        guardrails=[
            {"measure": measure, "margin_ppm": margin} for measure, margin in terms.margins
        ],
        recorded_at=at,
    )


@transaction.atomic
def draw_customers(
    *,
    actor: Actor,
    duel: Duel,
    rows: Sequence[tuple[int, str, int]],
    as_of: date,
    at: datetime,
) -> int:
    """Keep which customers came into which arm today, with what they owe; return how many.

    Whoever is in it stays in its arm. A comparison that no longer runs draws nobody.
    """
    actor.require("cycle.run")
    own(actor, duel, "comparison")
    locked = Experiment.objects.select_for_update(no_key=True).get(pk=duel.experiment_id)
    if locked.status != Experiment.Status.RUNNING or not rows:
        return 0
    known = set(
        DuelCustomer.objects.filter(experiment=locked).values_list("customer_id", flat=True)
    )
    new = [
        DuelCustomer(
            experiment=locked,
            company=actor.company,
            customer_id=customer_id,
            arm=arm,
            enrolled_on=as_of,
            collect_minor=owed,
            recorded_at=at,
        )
        for customer_id, arm, owed in rows
        if customer_id not in known
    ]
    DuelCustomer.objects.bulk_create(new, batch_size=1_000)
    if new:
        record_event(
            actor,
            "experiment.customers_drawn",
            locked,
            at=at,
            name=locked.name,
            customers=len(new),
            as_of=as_of.isoformat(),
        )
    return len(new)


@transaction.atomic
def record_look(
    *, actor: Actor, duel: Duel, reading: DuelReading, as_of: date, at: datetime
) -> int:
    """Keep what a comparison says today; one that does harm is stopped. Return 1 where new.

    The interval holds at every look, so looking daily costs nothing and stopping is honest.
    """
    actor.require("cycle.run")
    own(actor, duel, "comparison")
    locked = Experiment.objects.select_for_update(no_key=True).get(pk=duel.experiment_id)
    if locked.status != Experiment.Status.RUNNING:
        return 0
    _, is_new = DuelLook.objects.get_or_create(
        experiment=locked,
        as_of=as_of,
        defaults={
            "company": actor.company,
            "seen": reading.seen,
            "effect_ppm": reading.effect_ppm,
            "low_ppm": reading.low_ppm,
            "high_ppm": reading.high_ppm,
            "outcome": reading.outcome,
            "why": reading.why,
            "guardrails": [asdict(guard) for guard in reading.guards],
            "recorded_at": at,
        },
    )
    if is_new and reading.outcome == "revert":
        harmed = [guard.measure for guard in reading.guards if guard.state == "harmed"]
        why = f"harm shown: {', '.join(harmed)}" if harmed else "the challenger surely brings less"
        halt_experiment(actor=actor, experiment=locked, reason=why, as_of=as_of, at=at)
    return int(is_new)


def _check_names(actor: Actor, terms: DuelTerms, as_of: date) -> None:
    if terms.kind == Duel.Kind.STRATEGY:
        known, what = strategy_names(actor.company, as_of=as_of), "strategy in force"
    elif terms.kind == Duel.Kind.WORDING:
        known, what = wording_names(actor.company, as_of=as_of), "text with variants"
    else:
        raise Refused(f"There is no comparison of {terms.kind}; compare strategies or texts.")
    for name in (terms.champion, terms.challenger):
        if name not in known:
            told = ", ".join(known) or "none yet"
            raise Refused(f"{name} is no {what}; there are: {told}.")
    if terms.champion == terms.challenger:
        raise Refused("Choose two that differ: one cannot challenge itself.")
    if (
        terms.kind == Duel.Kind.WORDING
        and terms.champion.partition(":")[0] != terms.challenger.partition(":")[0]
    ):
        raise Refused("Compare two variants of the same text.")


def _check_terms(terms: DuelTerms) -> None:
    if not LEAST_SHARE_PPM <= terms.share_ppm <= MOST_SHARE_PPM:
        raise Refused("The challenger gets 5 to 95 percent of the customers.")
    if not SMALLEST_PPM <= terms.smallest_ppm <= LARGEST_PPM:
        raise Refused("The effect worth finding lies between 0.5 and 50 points.")
    if sorted(measure for measure, _ in terms.margins) != sorted(MEASURES):
        raise Refused(f"State a margin for each of {', '.join(MEASURES)}.")
    if any(not 0 < margin <= MOST_MARGIN_PPM for _, margin in terms.margins):
        raise Refused("A margin lies above 0 and is at most 10 points.")
