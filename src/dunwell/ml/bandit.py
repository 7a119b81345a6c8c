"""Which channel at which hour: a bandit that learns by day, one belief per context and arm.

Thompson sampling with Bernoulli rewards and Beta beliefs in each context cell. Why not a
linear model: there are few contexts (the segments), an answer is yes or no, counts can be
read and corrected by a person, and the chance that an arm is best comes from one
integral, so the logged propensity is the chance itself and not an estimate of it. A cell
with little data of its own starts from the arm's rate in the other cells.

Pure: state in, state out. The draw is a hash of experiment, day and customer, so every
decision can be replayed. An arm that is not permitted for a customer is never drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.special import betainc, betaincinv

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import PPM
from dunwell.ml.bandit_alarms import change_day, harm_evidence
from dunwell.ml.curves import Floats
from dunwell.ml.history import Ints
from dunwell.ml.holdout import positions

POINTS = 1_000
"""Points at which the beliefs are compared; halving them moves no chance by 0.1 points."""

FAR = 1e-7
"""Mass of a belief left out at either end."""

TRIALS = {
    "day": pl.Int32,
    "cell": pl.String,
    "arm": pl.String,
    "tries": pl.Int64,
    "wins": pl.Int64,
    "harms": pl.Int64,
    "decisions": pl.Int64,
}
"""What came of the decisions of a day: tries whose outcome is known and wins among them; of all
decisions, the outcome known or not, the harms seen so far (an opt-out or a bounce). Harm is not
waited for: it counts on the day it is seen."""

RESETS = {"day": pl.Int32, "cell": pl.String, "arm": pl.String}
"""From which day on a cell's rows of an arm count: it changed then."""

STOPS = {"day": pl.Int32, "arm": pl.String, "decisions": pl.Int64, "harms": pl.Int64}
"""Arms stopped for harm, with the day and what was seen."""

DECIDED = {
    "customer_id": pl.Int64,
    "cell": pl.String,
    "arm": pl.String,
    "propensity_ppm": pl.Int64,
    "best_arm": pl.String,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BanditPolicy:
    """The rules of one bandit. Rates in ppm; raises ValueError where they contradict.

    `least_ppm`: chance every permitted arm keeps; `control_ppm`: chance the first arm keeps
    if that is more, so that what the others bring stays comparable with it. `explore_ppm`:
    largest chance that a customer is given another arm than the one that looks best, the
    same for everybody: nobody pays more than their share for what all learn.
    `pool_worth`: tries the rate in other cells counts for; `prior_worth`: tries the rate
    of all arms together counts for in each, so that few lucky answers move nobody.
    `switch_ppm`: the first permitted arm looks best until another one beats it with this
    chance; 0 lets the highest rate look best at once.
    `harm_limit_ppm`: rate of opt-outs and bounces above which an arm stops; `alarm_ppm`:
    chance of a false stop, and of a false reset, over an arm's life.
    """

    experiment: str
    salt: str
    arms: tuple[str, ...]
    least_ppm: int = 20_000
    control_ppm: int = 0
    explore_ppm: int = 300_000
    pool_worth: int = 20
    prior_worth: int = 0
    switch_ppm: int = 0
    harm_limit_ppm: int = 20_000
    alarm_ppm: int = 50_000

    def __post_init__(self) -> None:
        """Refuse rules that cannot all hold."""
        if len(set(self.arms)) != len(self.arms) or not self.arms:
            raise ValueError("a bandit needs arms with distinct names")
        others = max(self.least_ppm, self.control_ppm) + self.least_ppm * (len(self.arms) - 2)
        if (len(self.arms) > 1 and others > self.explore_ppm) or self.least_ppm < 0:
            raise ValueError("the least chance of the other arms is more than may be explored")
        if (
            self.explore_ppm > PPM
            or not 0 < self.harm_limit_ppm < PPM
            or not 0 < self.alarm_ppm < PPM
        ):
            raise ValueError("rates lie between 0 and 1,000,000 ppm")


@dataclass(frozen=True, slots=True)
class BanditState:
    """What a bandit knows: rows TRIALS (one per day, cell and arm), RESETS and STOPS."""

    trials: pl.DataFrame
    resets: pl.DataFrame
    stops: pl.DataFrame


def blank_state() -> BanditState:
    """Return the state before the first outcome."""
    return BanditState(
        *(pl.DataFrame(schema=pl.Schema(types)) for types in (TRIALS, RESETS, STOPS))
    )


def updated(
    state: BanditState, outcomes: pl.DataFrame, *, policy: BanditPolicy, as_of: date
) -> BanditState:
    """Return the state after outcomes became known: rows TRIALS, days of decision before `as_of`.

    Rows of a day, cell and arm replace what was there, so the same outcomes twice change
    nothing. Then arms are stopped whose harm speaks for more than the limit, and what is
    older than a change of an arm's success in a cell is forgotten: the newest change when
    all outcomes come at once as when they come day by day.
    """
    seen = outcomes.select(*TRIALS).cast(pl.Schema(TRIALS))
    trials = (
        pl.concat([state.trials, seen.filter(pl.col("day") < day_number(as_of))])
        .unique(["day", "cell", "arm"], keep="last", maintain_order=True)
        .sort("day", "cell", "arm")
    )
    known = BanditState(trials, state.resets, state.stops)
    return BanditState(
        trials, _resets(known, policy), _stops(known, policy, day=day_number(as_of))
    )


def decided(
    state: BanditState, candidates: pl.DataFrame, *, policy: BanditPolicy, as_of: date
) -> pl.DataFrame:
    """Return one arm per customer in columns DECIDED, sorted by customer_id.

    `candidates`: customer_id, cell, arm; one row per permitted arm. Unknown arms
    are ignored; a customer whose permitted arms are all stopped is left out.
    `propensity_ppm` is the exact chance of the arm drawn, given the state.
    """
    stopped = set(state.stops["arm"])
    running = [arm for arm in policy.arms if arm not in stopped]
    rows = (
        candidates.filter(pl.col("arm").is_in(running))
        .with_columns(number=pl.col("arm").replace_strict(policy.arms, range(len(policy.arms))))
        .group_by("customer_id", "cell")
        .agg(permitted=pl.col("number").unique().sort().cast(pl.String).str.join(","))
        .sort("customer_id")
    )
    places = positions(
        rows["customer_id"],
        key=f"{policy.experiment}/{day_number(as_of)}",
        salt=policy.salt,
    )
    beliefs = _beliefs(state, policy)
    drawn = [pl.DataFrame(schema=pl.Schema(DECIDED))]
    for (cell, numbers), part in rows.with_columns(
        place=pl.Series(places, dtype=pl.Int64)
    ).group_by("cell", "permitted"):
        permitted = tuple(policy.arms[int(number)] for number in str(numbers).split(","))
        share, best = _chances(beliefs, policy, str(cell), permitted)
        taken = np.searchsorted(np.cumsum(share), part["place"].to_numpy(), side="right")
        drawn.append(
            part.select(
                "customer_id",
                "cell",
                arm=pl.Series([permitted[number] for number in taken], dtype=pl.String),
                propensity_ppm=pl.Series(share[taken]),
                best_arm=pl.lit(permitted[best]),
            )
        )
    return pl.concat(drawn).sort("customer_id")


def arm_chances(
    state: BanditState,
    permitted: tuple[str, ...],
    *,
    cell: str,
    policy: BanditPolicy,
) -> dict[str, int]:
    """Return the chance of each permitted arm in a cell, ppm that sum to exactly a million."""
    share, _ = _chances(_beliefs(state, policy), policy, cell, permitted)
    return dict(zip(permitted, share.tolist(), strict=True))


def best_chances(wins: Floats, losses: Floats) -> Floats:
    """Return P(arm has the largest rate) for independent Beta(wins, losses) beliefs.

    The integral of each belief times the chance that all others lie below, by sums over
    POINTS steps of the belief's own distribution.
    """
    low = float(betaincinv(wins, losses, FAR).min())
    high = float(betaincinv(wins, losses, 1 - FAR).max())
    grid = np.linspace(low, high, POINTS + 1)
    below = betainc(wins[:, None], losses[:, None], grid[None, :])
    steps = np.diff(below, axis=1)
    middle = np.maximum((below[:, 1:] + below[:, :-1]) / 2, 1e-300)
    every = np.log(middle).sum(axis=0)
    found = (steps * np.exp(every[None, :] - np.log(middle))).sum(axis=1)
    return np.asarray(found / found.sum())


def _chances(
    beliefs: Mapping[tuple[str, str], tuple[float, float]],
    policy: BanditPolicy,
    cell: str,
    permitted: tuple[str, ...],
) -> tuple[Ints, int]:
    """Return the chances in ppm and which arm looks best: Thompson's, inside floor and budget."""
    told = np.array([beliefs.get((cell, arm), beliefs["", arm]) for arm in permitted])
    best = int((told[:, 0] / told.sum(axis=1)).argmax())
    if best and best_chances(*told[[0, best]].T)[1] * PPM < policy.switch_ppm:
        best = 0
    if len(permitted) == 1:
        return np.array([PPM], np.int64), best
    chance = best_chances(told[:, 0], told[:, 1]) * PPM
    others = np.arange(len(permitted)) != best
    least = np.full(len(permitted), float(policy.least_ppm))
    if permitted[0] == policy.arms[0]:
        least[0] = max(policy.least_ppm, policy.control_ppm)
    # what lies above the floor is scaled into what the budget leaves above it
    above = np.maximum(chance - least, 0) * others
    room = policy.explore_ppm - least[others].sum()
    scale = min(1.0, room / above.sum()) if above.sum() > 0 else 0.0
    share = np.floor((least + above * scale) * others).astype(np.int64)
    share[best] = PPM - share.sum()
    return share, best


def _beliefs(
    state: BanditState, policy: BanditPolicy
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the Beta belief by cell and arm; cell "" is what a new cell starts from."""
    counts = {
        (cell, arm): (tries, wins)
        for cell, arm, tries, wins in _counted(state)
        .group_by("cell", "arm")
        .agg(pl.col("tries", "wins").sum())
        .iter_rows()
    }
    cells = sorted({cell for cell, _ in counts})
    tries, wins = (sum(count[part] for count in counts.values()) for part in (0, 1))
    common = (wins + 1) / (tries + 2)
    least_wins = 1 + policy.prior_worth * common
    least_losses = 1 + policy.prior_worth * (1 - common)
    found = {}
    for arm in policy.arms:
        own = [counts.get((cell, arm), (0, 0)) for cell in cells]
        all_tries, all_wins = sum(t for t, _ in own), sum(w for _, w in own)
        for cell, (tries, wins) in zip(["", *cells], [(0, 0), *own], strict=True):
            other_tries, other_wins = all_tries - tries, all_wins - wins
            worth = min(policy.pool_worth, other_tries)
            rate = other_wins / other_tries if other_tries else 0.0
            found[cell, arm] = (
                least_wins + worth * rate + wins,
                least_losses + worth * (1 - rate) + tries - wins,
            )
    return found


def _counted(state: BanditState) -> pl.DataFrame:
    """Return the trials since the last change of their arm in their cell."""
    since = state.resets.group_by("cell", "arm").agg(pl.col("day").max().alias("since"))
    return (
        state.trials.join(since, on=["cell", "arm"], how="left", maintain_order="left")
        .filter(pl.col("since").is_null() | (pl.col("day") >= pl.col("since")))
        .drop("since")
    )


def _resets(state: BanditState, policy: BanditPolicy) -> pl.DataFrame:
    """Return the resets with those that the outcomes call for, until no cell has a change left."""
    resets = state.resets
    while True:
        found = []
        known = BanditState(state.trials, resets, state.stops)
        for (cell, arm), part in _counted(known).group_by("cell", "arm", maintain_order=True):
            day = change_day(
                *(part[column].to_numpy().astype(np.int64) for column in ("day", "tries", "wins")),
                chance=policy.alarm_ppm / PPM,
            )
            if day is not None:
                found.append((day, str(cell), str(arm)))
        if not found:
            return resets
        new = pl.DataFrame(found, schema=pl.Schema(RESETS), orient="row")
        resets = pl.concat([resets, new]).unique(maintain_order=True).sort("day", "cell", "arm")


def _stops(state: BanditState, policy: BanditPolicy, *, day: int) -> pl.DataFrame:
    """Return the stopped arms with those whose harm is now shown; none starts again by itself."""
    sums = (
        state.trials.filter(~pl.col("arm").is_in(state.stops["arm"].to_list()))
        .group_by("arm")
        .agg(pl.col("decisions", "harms").sum())
        .sort("arm")
    )
    stopped = [
        (day, arm, decisions, harms)
        for arm, decisions, harms in sums.iter_rows()
        if harm_evidence(harms, decisions, limit=policy.harm_limit_ppm / PPM)
        >= PPM / policy.alarm_ppm
    ]
    new = pl.DataFrame(stopped, schema=pl.Schema(STOPS), orient="row")
    return pl.concat([state.stops, new])
