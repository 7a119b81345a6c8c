"""The weekly watch: items paid less items expected, summed up until chance no longer explains it.

Two-sided CUSUM (Page 1954) on the standardised gap. The gap's own spread is taken from the
first weeks of the version, because customers pay in runs and the model's word alone would be
too sure. The limit is simulated once for exactly this procedure, heavy tails included: a model
that stays right raises an alarm in CALM_ALARMS of all years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from dunwell.ml.cash_spread import RUNS
from dunwell.ml.history import Floats, codes

CALM_WEEKS = 16
"""The first weeks of a version, usually replayed ones, say how much the gap varies."""

SLACK = 0.75
"""A gap of so many deviations per week is let pass: the CUSUM is tuned to shifts of 1.5.

Of 0.5, 0.75, 1 and 1.25, in simulation, this found shifts of one to two deviations soonest.
"""

KEPT_MEAN = 0.5
"""So much of the calm weeks' mean gap is taken for a standing bias and subtracted."""

MOST_GAP = 3.0
"""No single week counts for more deviations: a holiday week is no drift."""

YEAR_WEEKS = 52
SEASON_WEEKS = 2
"""The same season last year is the week 52 weeks ago and so many on both sides."""

CALM_ALARMS = 0.05
"""Share of years without any change in which an alarm is raised, by simulation."""

PATHS, SEED, FREEDOM = 20_000, 7, 5
"""Simulated years; gaps are t-distributed with so many degrees of freedom: heavier than normal."""

WATCH: dict[str, type[pl.DataType]] = {
    "as_of_day": pl.Int32,
    "expected_items": pl.Float64,
    "paid_items": pl.Int64,
    "gap": pl.Float64,
    "fewer": pl.Float64,
    "more": pl.Float64,
    "limit": pl.Float64,
    "verdict": pl.String,
}
"""Columns of `watch`. `gap` in deviations; `fewer` and `more`: the two sums; `verdict`: calm,
fewer (customers pay later than predicted) or more (sooner)."""


@dataclass(frozen=True, slots=True)
class PaidWeek:
    """Items predicted on a day: how many were expected and how many paid in the 7 days after.

    `variance` is that of the expected number: Poisson-binomial, with RUNS of it as if all
    items of a customer were paid together.
    """

    as_of: int
    expected: float
    variance: float
    paid: int


def paid_weeks(rows: pl.DataFrame) -> tuple[PaidWeek, ...]:
    """Return one week per prediction day whose seven days are over, sorted by day.

    `rows` has MATURED and comes from predictions of whole books, a week or more apart.
    """
    known = rows.filter(pl.col("is_soon").is_not_null()).sort("as_of_day", "item_id")
    weeks = []
    for day in known["as_of_day"].unique().sort():
        part = known.filter(pl.col("as_of_day") == day)
        chance = part["soon"].to_numpy()
        owners, _ = codes(part["customer_id"])
        deviation = np.sqrt(np.clip(chance * (1 - chance), 0, None))
        tied = np.bincount(owners, weights=deviation)
        alone = float(deviation @ deviation)
        weeks.append(
            PaidWeek(
                as_of=day,
                expected=float(chance.sum()),
                variance=(1 - RUNS) * alone + RUNS * float(tied @ tied),
                paid=int(part["is_soon"].sum()),
            )
        )
    return tuple(weeks)


def watch(weeks: Sequence[PaidWeek]) -> pl.DataFrame:
    """Return the two sums after every week beyond the calm ones, columns WATCH.

    `weeks` are those of one version in order, its replayed weeks first; nothing is said while
    there are no more than CALM_WEEKS. Where the same season of last year was watched too, a sum
    counts only as far as it also rises beside that season's gaps.
    """
    if len(weeks) <= CALM_WEEKS:
        return pl.DataFrame(schema=WATCH)
    raw = np.array([(w.paid - w.expected) / np.sqrt(max(w.variance, 1e-9)) for w in weeks])
    gaps = _standardised(raw[None, :])[0]
    beside = _beside_last_year(gaps)
    limit = watch_limit()
    fewer = np.minimum(_sums(-gaps), _sums(-beside))
    more = np.minimum(_sums(gaps), _sums(beside))
    later = slice(CALM_WEEKS, None)
    verdict = np.where(fewer > limit, "fewer", np.where(more > limit, "more", "calm"))
    return pl.DataFrame(
        {
            "as_of_day": [week.as_of for week in weeks][later],
            "expected_items": [week.expected for week in weeks][later],
            "paid_items": [week.paid for week in weeks][later],
            "gap": gaps[later],
            "fewer": fewer[later],
            "more": more[later],
            "limit": limit,
            "verdict": verdict[later].tolist(),
        }
    ).cast(pl.Schema(WATCH))


@lru_cache(maxsize=1)
def watch_limit() -> float:
    """Return the sum that a model that stays right reaches in CALM_ALARMS of all years."""
    random = np.random.default_rng(SEED)
    drawn = random.standard_t(FREEDOM, (PATHS, CALM_WEEKS + YEAR_WEEKS))
    gaps = _standardised(drawn)
    highest = np.zeros(PATHS)
    for sign in (1, -1):
        so_far = np.zeros(PATHS)
        for week in range(CALM_WEEKS, CALM_WEEKS + YEAR_WEEKS):
            so_far = np.maximum(so_far + sign * gaps[:, week] - SLACK, 0)
            highest = np.maximum(highest, so_far)
    return float(np.quantile(highest, 1 - CALM_ALARMS))


def _standardised(raw: Floats) -> Floats:
    """Return the gaps less KEPT_MEAN of the calm weeks' mean, in their deviations, cut off."""
    calm = raw[:, :CALM_WEEKS]
    middle = KEPT_MEAN * calm.mean(axis=1, keepdims=True)
    spread = np.maximum(calm.std(axis=1, ddof=1, keepdims=True), 1e-9)
    return np.asarray(np.clip((raw - middle) / spread, -MOST_GAP, MOST_GAP), np.float64)


def _sums(gaps: Floats) -> Floats:
    """Return the CUSUM of gaps after the calm weeks; 0 during them."""
    sums = np.zeros(len(gaps))
    for week in range(CALM_WEEKS, len(gaps)):
        sums[week] = max(sums[week - 1] + gaps[week] - SLACK, 0.0)
    return sums


def _beside_last_year(gaps: Floats) -> Floats:
    """Return each gap less the mean gap of the same season last year, where there is one."""
    beside = gaps.copy()
    for week in range(YEAR_WEEKS + SEASON_WEEKS, len(gaps)):
        middle = week - YEAR_WEEKS
        season = gaps[middle - SEASON_WEEKS : middle + SEASON_WEEKS + 1]
        beside[week] = gaps[week] - season.mean()
    return beside
