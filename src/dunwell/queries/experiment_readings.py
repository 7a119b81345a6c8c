"""What an experiment shows so far: whether it was divided as planned, its effect, its guardrails.

Only choices that chance made are compared: contacted against left alone, in the same
experiment. A customer counts once in the verdict, with its first choice; the effects by
channel count every choice, those of a customer moving together.
"""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from dunwell.ml.action_log import NONE, OUTCOME_DAYS, with_outcomes
from dunwell.ml.estimates import Estimate, NotEnough
from dunwell.ml.experiments import (
    MISMATCH_CHANCE,
    Guardrail,
    Plan,
    arms_mismatch,
    customers_needed,
    verdict,
)
from dunwell.ml.uplift import adjusted
from dunwell.models import Company
from dunwell.queries.choices import money_received
from dunwell.queries.experiments import ExperimentRow
from dunwell.queries.frames import day, read_rows

PPM = 1_000_000

SMALLEST = 0.05
"""An effect worth finding: five of a hundred parts of the money more within 14 days."""

DEVIATION = 0.45
"""Standard deviation of the part paid within 14 days: most customers pay all or nothing."""

DISPUTE_MARGIN = 0.01
"""Contacting may cost at most one dispute more in a hundred customers."""

CONTACTED, ALONE = "contacted", "left alone"

LOG = {
    "customer_id": pl.Int64,
    "as_of_day": pl.Int32,
    "action": pl.String,
    "propensity_ppm": pl.Int64,
    "permitted": pl.String,
    "is_holdout": pl.Boolean,
    "collect_minor": pl.Int64,
    "p_unpaid_ppm": pl.Int64,
    "has_dispute": pl.Boolean,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Customers in one part of a random division beside those that its share would give."""

    name: str
    share_ppm: int
    customers: int
    expected: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelEffect:
    """What an action adds to the part paid within 14 days, in ppm with its 95 % interval.

    The parts paid are those at the chance of payment that both sides have on average.

    The figures are None while there are too few; `seen` of `needed` are there then.
    """

    action: str
    contacted: int
    alone: int
    contacted_ppm: int | None
    alone_ppm: int | None
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    seen: int
    needed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """One guardrail: harm in ppm with its interval, and whether it is shown to be harmless."""

    measure: str
    state: str
    margin_ppm: int
    harm_ppm: int
    low_ppm: int
    high_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Everything an experiment shows as of a day.

    `outcome` and `why` are those of `ml.experiments.Verdict`; `effect_ppm` with its interval
    may be looked at on any day. `mismatch_ppm` is the chance of a division as uneven as this
    one. `decisions` made by chance, of which `judged` have an outcome by now.
    """

    as_of: date
    decisions: int
    judged: int
    shares: tuple[Share, ...]
    mismatch_ppm: int
    is_divided_as_planned: bool
    outcome: str
    why: str
    seen: int
    planned: int
    effect_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    channels: tuple[ChannelEffect, ...]
    guards: tuple[Guard, ...]


def experiment_reading(
    company: Company, experiment: ExperimentRow, *, as_of: date
) -> Reading | None:
    """Return what an experiment shows by a day, None while chance has decided nothing in it."""
    log = _log(company, experiment.id)
    chance = log.filter("is_holdout")
    if not chance.height:
        return None
    money = money_received(company, until=as_of)
    seen = with_outcomes(chance, money, as_of=as_of).with_columns(
        is_contacted=pl.col("action") != NONE, paid=pl.col("paid_ppm") / PPM
    )
    judged = seen.drop_nulls("paid_ppm")
    shares = _shares(log, seen, experiment)
    mismatch = min(1.0, len(shares) * min(_mismatch(pair) for pair in shares))
    plan = Plan(
        experiment=experiment.name,
        challenger=CONTACTED,
        champion=ALONE,
        customers=customers_needed(smallest=SMALLEST, deviation=DEVIATION),
        share=0.5,
        smallest=SMALLEST,
        guardrails=(Guardrail("has_dispute", DISPUTE_MARGIN),),
    )
    told = verdict(plan, _readings(seen))
    return Reading(
        as_of=as_of,
        decisions=seen.height,
        judged=judged.height,
        shares=tuple(share for pair in shares for share in pair),
        mismatch_ppm=_ppm(mismatch),
        is_divided_as_planned=mismatch >= MISMATCH_CHANCE,
        outcome=told.outcome,
        why=told.why,
        seen=told.seen,
        planned=told.planned,
        **_interval(told.final or told.always),
        channels=tuple(_channels(judged)),
        guards=tuple(
            Guard(
                measure=rail.measure,
                state=rail.state,
                margin_ppm=_ppm(DISPUTE_MARGIN),
                harm_ppm=_ppm(rail.harm.value),
                low_ppm=_ppm(rail.harm.low),
                high_ppm=_ppm(rail.harm.high),
            )
            for rail in told.guardrails
        ),
    )


def _log(company: Company, experiment_id: int) -> pl.DataFrame:
    """Return the experiment's choices, and whether a dispute was opened in the 14 days after."""
    later = f"{day('d.opened_on')} BETWEEN {day('c.as_of')} + 1 AND {day('c.as_of')} + %s"
    return read_rows(
        f"SELECT c.customer_id, {day('c.as_of')}, c.action, c.propensity_ppm, c.permitted, "
        "c.is_holdout AND TRUE, c.collect_minor, c.p_unpaid_ppm, "
        "EXISTS(SELECT 1 FROM dunwell_dispute d "
        f"WHERE d.customer_id = c.customer_id AND {later}) AND TRUE "
        "FROM dunwell_actionchoice c WHERE c.company_id = %s AND c.experiment_id = %s "
        "ORDER BY c.as_of, c.customer_id",
        [OUTCOME_DAYS, company.pk, experiment_id],
        LOG,
    )


def _shares(
    log: pl.DataFrame, chance: pl.DataFrame, experiment: ExperimentRow
) -> list[tuple[Share, Share]]:
    """Return the two random divisions: chance or plan by customer, contacted or not by choice."""
    held_ppm = sum(arm.share_ppm for arm in experiment.arms)
    # a customer may be drawn again in a later quarter; its first choice is its draw
    first = log.unique("customer_id", keep="first", maintain_order=True)
    drawn = _pair(
        "chance",
        "plan",
        held_ppm,
        int(first["is_holdout"].sum()),
        first.height,
    )
    options = chance["permitted"].str.count_matches(",").to_numpy() + 1
    contact_ppm = _ppm(float(np.mean(1 - 1 / options)))
    contacted = int(chance["is_contacted"].sum())
    return [drawn, _pair(CONTACTED, ALONE, contact_ppm, contacted, chance.height)]


def _pair(one: str, other: str, share_ppm: int, found: int, total: int) -> tuple[Share, Share]:
    return (
        Share(
            name=one,
            share_ppm=share_ppm,
            customers=found,
            expected=round(total * share_ppm / PPM),
        ),
        Share(
            name=other,
            share_ppm=PPM - share_ppm,
            customers=total - found,
            expected=round(total * (PPM - share_ppm) / PPM),
        ),
    )


def _mismatch(pair: tuple[Share, Share]) -> float:
    counts = np.array([share.customers for share in pair])
    return arms_mismatch(counts, np.array([share.share_ppm / PPM for share in pair]))


def _readings(seen: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer, its first choice by chance, as `ml.experiments` reads it."""
    first = seen.unique("customer_id", keep="first", maintain_order=True)
    arm = pl.when("is_contacted").then(pl.lit(CONTACTED)).otherwise(pl.lit(ALONE))
    dispute = pl.when(pl.col("paid").is_not_null()).then(pl.col("has_dispute").cast(pl.Float64))
    return first.select(
        "customer_id",
        arm=arm,
        enrolled_day="as_of_day",
        outcome="paid",
        has_dispute=dispute,
    )


def _channels(judged: pl.DataFrame) -> list[ChannelEffect]:
    """Return the effect of each action against being left alone where it was permitted."""
    actions = judged.filter("is_contacted")["action"].unique().sort().to_list()
    return [_effect(action, judged) for action in actions]


def _effect(action: str, judged: pl.DataFrame) -> ChannelEffect:
    is_permitted = pl.col("permitted").str.split(",").list.contains(action)
    rows = judged.filter(is_permitted & pl.col("action").is_in([action, NONE]))
    acted = (rows["action"] == action).to_numpy().astype(np.int64)
    # what the pay-date curve expected of each is taken out: the interval narrows
    found = adjusted(
        acted,
        rows["paid"].to_numpy(),
        rows["p_unpaid_ppm"].to_numpy(),
        clusters=rows["customer_id"].to_numpy(),
    )
    if isinstance(found, NotEnough):
        return ChannelEffect(
            action=action,
            contacted=int(acted.sum()),
            alone=int((1 - acted).sum()),
            contacted_ppm=None,
            alone_ppm=None,
            effect_ppm=None,
            low_ppm=None,
            high_ppm=None,
            seen=found.seen,
            needed=found.needed,
        )
    return ChannelEffect(
        action=action,
        contacted=found.acted_n,
        alone=found.alone_n,
        contacted_ppm=_ppm(found.acted_mean),
        alone_ppm=_ppm(found.alone_mean),
        **_interval(found.uplift),
        seen=0,
        needed=0,
    )


def _interval(told: Estimate | None) -> dict[str, int | None]:
    if told is None:
        return {"effect_ppm": None, "low_ppm": None, "high_ppm": None}
    return {
        "effect_ppm": _ppm(told.value),
        "low_ppm": _ppm(told.low),
        "high_ppm": _ppm(told.high),
    }


def _ppm(share: float) -> int:
    return int(np.floor(share * PPM + 0.5))
