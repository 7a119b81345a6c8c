"""Champion against challenger: how many customers, whether the arms are sound, and the verdict.

Error is spent in two parts: looks before the planned number use intervals that hold
however often one looks and share PEEK of the error, the one reading at the planned
number uses the rest. So keep or revert is wrong at most as often as planned.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

# the functions behind those of scipy.stats, which is slow to load
from scipy.special import chdtrc, ndtr, ndtri

from dunwell.engine.collectable import PPM
from dunwell.ml.curves import Floats
from dunwell.ml.estimates import Estimate, NotEnough, estimate
from dunwell.ml.history import Ints
from dunwell.ml.uplift import Effect, difference

PEEK = 0.2
"""Part of the error spent on looking before the end."""

MISMATCH_CHANCE = 0.001
"""Arms that differ from their shares by less than this chance were not divided as planned."""

FEWEST_EXPECTED = 5
"""Decisions a test of shares or chances needs for the normal limit."""

Outcome = Literal["keep", "revert", "undecided"]
Why = Literal[
    "better",
    "worse",
    "guardrail_harmed",
    "guardrail_unclear",
    "arms_do_not_match",
    "not_enough_data",
    "too_early",
    "no_difference_shown",
]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A measure that must not get worse by more than `margin`: a column of the readings.

    `is_harm_high`: a higher value is harm (complaints), else a lower one (satisfaction).
    """

    measure: str
    margin: float
    is_harm_high: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """An experiment as agreed before it began: `customers` are those of both arms together.

    `share` is the challenger's part of them. `error` is the chance of keep or revert when
    there is no difference, `smallest` the effect worth finding, with chance `power`.
    """

    experiment: str
    challenger: str
    champion: str
    customers: int
    share: float
    smallest: float
    error: float = 0.05
    power: float = 0.8
    guardrails: tuple[Guardrail, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardrailReading:
    """Harm done by the challenger (> 0 is harm), safe only when shown to be below the margin."""

    measure: str
    state: Literal["safe", "harmed", "unclear"]
    harm: Estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep the challenger, revert to the champion, or undecided, and why.

    `always` may be looked at on any day; `final` only exists when the planned number is
    reached. `mismatch_p` is the chance of arms as uneven as these.
    """

    outcome: Outcome
    why: Why
    seen: int
    planned: int
    effect: Effect | None
    always: Estimate | None
    final: Estimate | None
    mismatch_p: float
    guardrails: tuple[GuardrailReading, ...]


def customers_needed(
    *,
    smallest: float,
    deviation: float,
    share: float = 0.5,
    error: float = 0.05,
    power: float = 0.8,
) -> int:
    """Return the customers of both arms for finding the effect `smallest` with chance `power`.

    `deviation` is the standard deviation of the outcome (for a rate p: sqrt(p (1 - p)));
    two-sided, normal, at the part of `error` left for the final reading.
    """
    if not 0 < share < 1 or smallest == 0 or deviation <= 0:
        raise ValueError("the share lies between 0 and 1, effect and deviation are not 0")
    reach = float(ndtri(1 - error * (1 - PEEK) / 2) + ndtri(power))
    return math.ceil((reach * deviation / smallest) ** 2 * (1 / share + 1 / (1 - share)))


def arms_mismatch(counts: Ints, shares: Floats) -> float:
    """Return the chance of counts as far from their shares as these (Pearson's chi-square)."""
    wanted = shares / shares.sum() * counts.sum()
    if len(counts) < 2 or wanted.min() < FEWEST_EXPECTED:  # noqa: PLR2004  one arm matches itself
        return 1.0
    return float(chdtrc(len(counts) - 1, ((counts - wanted) ** 2 / wanted).sum()))


def propensity_mismatch(log: pl.DataFrame, *, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return per action whether decisions came as often as the logged chances say.

    `log` is ACTION_LOG. If they are true, the decisions for an action weighted by one over
    their chance add up to the decisions in which it was permitted; `by` (columns of the
    log) asks within each context, where errors cannot cancel. Columns: by, action, n,
    permitted_n, ratio_ppm (1,000,000 is right), p_value (two-sided, customers as clusters,
    times the number of rows returned). Actions taken fewer than 5 times say 1.
    """
    keys = [*by, "judged"]
    rows = (
        log.lazy()
        .with_columns(judged=pl.col("permitted").str.split(","))
        .explode("judged")
        .with_columns(is_it=pl.col("judged") == pl.col("action"))
        .with_columns(
            excess=pl.when("is_it").then(PPM / pl.col("propensity_ppm")).otherwise(0.0) - 1
        )
        .group_by(*keys, "customer_id")
        .agg(n=pl.col("is_it").sum(), permitted_n=pl.len(), excess=pl.col("excess").sum())
        .sort(*keys, "customer_id")
        .group_by(*keys, maintain_order=True)
        .agg(
            pl.col("n", "permitted_n").sum().cast(pl.Int64),
            pl.col("excess").sum(),
            spread=(pl.col("excess") ** 2).sum().sqrt(),
        )
        .collect()
    )
    far = (rows["excess"] / rows["spread"]).abs().fill_nan(0.0).to_numpy()
    chance = np.minimum(2 * ndtr(-far) * max(rows.height, 1), 1.0)
    return rows.select(
        *by,
        pl.col("judged").alias("action"),
        "n",
        "permitted_n",
        ratio_ppm=(pl.col("excess") / pl.col("permitted_n") * PPM).round().cast(pl.Int64) + PPM,
        p_value=pl.when(pl.col("n") < FEWEST_EXPECTED).then(1.0).otherwise(pl.Series(chance)),
    )


def always_valid(
    acted: Ints, outcome: Floats, *, share: float, tuned_at: int, error: float = 0.05
) -> Estimate:
    """Return the effect with an interval that holds at every look (rows in order of arrival).

    Asymptotic confidence sequence of the normal mixture (Waudby-Smith, Arbour, Sinha,
    Kennedy and Ramdas 2024) on the weighted outcomes, whose mean is the effect; narrowest
    around `tuned_at` rows.
    """
    rows = len(outcome)
    weight = np.where(acted == 1, 1 / share, -1 / (1 - share))
    means = np.array([outcome[acted == arm].mean() for arm in (1, 0)])
    # around the two means, which leaves the effect and takes out what the level adds
    middle = means[0] * (1 - share) + means[1] * share
    gain = weight * (outcome - middle)
    value, deviation = float(gain.mean()), float(gain.std())
    log_error = -2 * math.log(error)
    tuning = (log_error + math.log(log_error + 1)) / max(tuned_at, 1)
    mixed = rows * tuning + 1
    reach = deviation * math.sqrt(
        2 * mixed / (rows**2 * tuning) * math.log(math.sqrt(mixed) / error)
    )
    told = estimate(value, deviation / math.sqrt(rows))
    return Estimate(value, told.error, value - reach, value + reach, told.p_value)


def verdict(plan: Plan, readings: pl.DataFrame) -> Verdict:
    """Return what the readings so far say.

    `readings`: customer_id, arm, enrolled_day, outcome and the guardrails' columns (empty
    while not over), one row per customer. Only the first `plan.customers` by day and key
    count, and the final reading waits until all of them are over; later rows change
    nothing, so asking again is no second chance. Revert comes first: arms that do not
    match make everything undecided, then a harmed guardrail reverts.
    """
    enrolled = readings.filter(pl.col("arm").is_in([plan.challenger, plan.champion])).sort(
        "enrolled_day", "customer_id"
    )
    counted = enrolled.head(plan.customers)
    over = counted.drop_nulls(["outcome", *(rail.measure for rail in plan.guardrails)])
    acted = (over["arm"] == plan.challenger).to_numpy().astype(np.int64)
    counts = np.array(
        [(counted["arm"] == name).sum() for name in (plan.challenger, plan.champion)]
    )
    mismatch = arms_mismatch(counts, np.array([plan.share, 1 - plan.share]))
    is_final = over.height >= plan.customers
    outcome = over["outcome"].to_numpy().astype(np.float64)
    effect = difference(acted, outcome, level=1 - plan.error * (1 - PEEK))
    if isinstance(effect, NotEnough):
        why: Why = "arms_do_not_match" if mismatch < MISMATCH_CHANCE else "not_enough_data"
        return Verdict(
            "undecided", why, over.height, plan.customers, None, None, None, mismatch, ()
        )
    always = _peeked(plan, acted, outcome)
    final = effect.uplift if is_final else None
    rails = tuple(_guardrail(plan, rail, over, acted, is_final) for rail in plan.guardrails)
    decided, why = _decided(always, final, rails, mismatch)
    return Verdict(
        decided, why, over.height, plan.customers, effect, always, final, mismatch, rails
    )


def _decided(
    always: Estimate,
    final: Estimate | None,
    rails: tuple[GuardrailReading, ...],
    mismatch: float,
) -> tuple[Outcome, Why]:
    """Return the outcome and the first reason that applies."""
    if mismatch < MISMATCH_CHANCE:
        return "undecided", "arms_do_not_match"
    states = {rail.state for rail in rails}
    if "harmed" in states:
        return "revert", "guardrail_harmed"
    read = [one for one in (always, final) if one is not None]
    if any(one.high < 0 for one in read):
        return "revert", "worse"
    if any(one.low > 0 for one in read):
        return ("undecided", "guardrail_unclear") if "unclear" in states else ("keep", "better")
    return "undecided", "too_early" if final is None else "no_difference_shown"


def _peeked(plan: Plan, acted: Ints, outcome: Floats) -> Estimate:
    """Return the always-valid reading at the part of the error spent on looking."""
    return always_valid(
        acted,
        outcome,
        share=plan.share,
        tuned_at=plan.customers // 2,
        error=plan.error * PEEK,
    )


def _guardrail(
    plan: Plan,
    rail: Guardrail,
    over: pl.DataFrame,
    acted: Ints,
    is_final: bool,  # noqa: FBT001  decided once by the caller
) -> GuardrailReading:
    """Return the harm of one guardrail, read like the outcome: always valid before the end."""
    sign = 1.0 if rail.is_harm_high else -1.0
    harm = sign * over[rail.measure].to_numpy().astype(np.float64)
    told = _peeked(plan, acted, harm)
    if is_final:
        final = difference(acted, harm, level=1 - plan.error * (1 - PEEK))
        told = final.uplift if isinstance(final, Effect) else told
    state: Literal["safe", "harmed", "unclear"] = "unclear"
    if told.low > rail.margin:
        state = "harmed"
    elif told.high <= rail.margin:
        state = "safe"
    return GuardrailReading(rail.measure, state, told)
