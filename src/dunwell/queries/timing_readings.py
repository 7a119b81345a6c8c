"""What a timing experiment shows so far: every hour's worth, the bandit against the ordinary hour.

The outcome of a mail is whether all that was asked came within 14 days. Chances were logged
before each draw, so what another rule would have brought can be told from the same mails:
by weighing (IPS) and by a model corrected where it was wrong (doubly robust).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.ml.bandit import BanditPolicy, BanditState, arm_chances
from dunwell.ml.bandit_hours import hours_state
from dunwell.ml.experiments import MISMATCH_CHANCE, propensity_mismatch
from dunwell.ml.policy_value import Decisions, PolicyValue, policy_value
from dunwell.models import Company, Experiment
from dunwell.queries.experiments import ExperimentRow
from dunwell.queries.timings import kept_stops, timing_log, timing_policy

PPM = 1_000_000

LEAST_JUDGED = 50
"""Mails with an outcome from which on anything is estimated."""

LEAST_OF_ARM = 10
"""Mails of an arm with an outcome from which on its worth is estimated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmReading:
    """One arm. Shares in ppm; estimates are None while too few of its mails have an outcome.

    `share_ppm` it started with, `chance_ppm` a mail has of it now, on average over segments;
    `paid_ppm` of its judged mails were paid. `ips_ppm` and `robust_ppm` estimate the part
    that would be paid if every mail went out so, with 95 % intervals. `verdict` is that of
    `ml.policy_value` against what was done.
    """

    name: str
    is_ordinary: bool
    share_ppm: int
    chance_ppm: int
    decisions: int
    judged: int
    paid_ppm: int | None
    harms: int
    stopped_on: date | None
    ips_ppm: int | None
    ips_low_ppm: int | None
    ips_high_ppm: int | None
    robust_ppm: int | None
    low_ppm: int | None
    high_ppm: int | None
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Leader:
    """The arm that looks best in a segment now, its chance, and the segment's mails so far."""

    segment: str
    arm: str
    chance_ppm: int
    decisions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """From that day on an arm did otherwise in a segment: what came before is forgotten."""

    on: date
    segment: str
    arm: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimingReading:
    """Everything a timing experiment shows as of a day.

    `gain_ppm` with its 95 % interval: the part paid as the mails went out less the doubly
    robust estimate of sending all at the ordinary hour. `outcome`: better, worse, undecided or
    not_enough_data. `mismatch_ppm` is the chance of draws as far from their logged chances.
    """

    as_of: date
    decisions: int
    judged: int
    needed: int
    paid_ppm: int | None
    outcome: str
    gain_ppm: int | None
    gain_low_ppm: int | None
    gain_high_ppm: int | None
    arms: tuple[ArmReading, ...]
    leaders: tuple[Leader, ...]
    drifts: tuple[Drift, ...]
    mismatch_ppm: int
    is_drawn_as_logged: bool


def timing_reading(
    company: Company, experiment: ExperimentRow, *, as_of: date
) -> TimingReading | None:
    """Return what a timing experiment shows by a day, None before the first draw."""
    record = Experiment.objects.get(company=company, pk=experiment.id)
    policy = timing_policy(record)
    log = timing_log(company, record.pk, before=as_of + timedelta(days=1), as_of=as_of)
    if not log.height:
        return None
    stops = kept_stops(record)
    state = hours_state(log, stops, policy=policy, as_of=as_of)
    judged = log.drop_nulls("is_paid")
    values = {
        arm: _value(judged, policy, arm) for arm in policy.arms if judged.height >= LEAST_JUDGED
    }
    ordinary = values.get(policy.arms[0])
    mismatch = propensity_mismatch(log.rename({"arm": "action"}))["p_value"].to_numpy().min()
    leaders = _leaders(log, state, policy)
    stopped = {arm: day_date(day) for day, arm, _, _ in stops}
    return TimingReading(
        as_of=as_of,
        decisions=log.height,
        judged=judged.height,
        needed=LEAST_JUDGED,
        paid_ppm=_mean(judged),
        outcome=_outcome(ordinary),
        # the lift is that of the ordinary hour above what was done
        gain_ppm=-_ppm(ordinary.lift.value) if ordinary else None,
        gain_low_ppm=-_ppm(ordinary.lift.high) if ordinary else None,
        gain_high_ppm=-_ppm(ordinary.lift.low) if ordinary else None,
        arms=tuple(
            _arm(
                name,
                log,
                values.get(name),
                policy=policy,
                share_ppm=experiment.arms[number].share_ppm,
                chance_ppm=_chance(log, state, policy, name),
                stopped_on=stopped.get(name),
            )
            for number, name in enumerate(policy.arms)
        ),
        leaders=leaders,
        drifts=tuple(
            Drift(on=day_date(day), segment=cell, arm=arm)
            for day, cell, arm in state.resets.iter_rows()
        ),
        mismatch_ppm=_ppm(float(mismatch)),
        is_drawn_as_logged=float(mismatch) >= MISMATCH_CHANCE,
    )


def _value(judged: pl.DataFrame, policy: BanditPolicy, arm: str) -> PolicyValue | None:
    """Return what sending every mail by an arm would have brought, where it had a chance."""
    rows = judged.filter(pl.col("permitted").str.split(",").list.contains(arm))
    number = policy.arms.index(arm)
    if (rows["arm"] == arm).sum() < LEAST_OF_ARM:
        return None
    chosen = np.array([policy.arms.index(one) for one in rows["arm"]], np.int64)
    permitted = rows["permitted"].str.split(",")
    has_chance = np.column_stack(
        [permitted.list.contains(name).to_numpy().astype(np.float64) for name in policy.arms]
    )
    wanted = np.zeros((rows.height, len(policy.arms)))
    wanted[:, number] = 1.0
    return policy_value(
        Decisions(
            action=chosen,
            outcome=rows["is_paid"].to_numpy().astype(np.float64),
            propensity=rows["propensity_ppm"].to_numpy() / PPM,
            clusters=rows["customer_id"].to_numpy().astype(np.int64),
            features=_features(rows),
            has_chance=has_chance,
        ),
        wanted,
    )


def _features(rows: pl.DataFrame) -> np.ndarray:
    """Return what was known of each mail before its draw."""
    segments = rows["segment"].unique().sort().to_list()
    return np.column_stack(
        [
            rows["days_past_due"].to_numpy().astype(np.float64),
            np.log1p(rows["collect_minor"].to_numpy()),
            rows["p_unpaid_ppm"].to_numpy() / PPM,
            *[(rows["segment"] == name).to_numpy().astype(np.float64) for name in segments[1:]],
        ]
    )


def _outcome(ordinary: PolicyValue | None) -> str:
    """Return whether the bandit did better than the ordinary hour, from that hour's verdict."""
    outcomes = {"better": "worse", "worse": "better", "no_difference_shown": "undecided"}
    return outcomes.get(ordinary.verdict if ordinary else "", "not_enough_data")


def _arm(
    name: str,
    log: pl.DataFrame,
    value: PolicyValue | None,
    *,
    policy: BanditPolicy,
    share_ppm: int,
    chance_ppm: int,
    stopped_on: date | None,
) -> ArmReading:
    own = log.filter(arm=name)
    ips, robust = (value.ips, value.robust) if value else (None, None)
    return ArmReading(
        name=name,
        is_ordinary=name == policy.arms[0],
        share_ppm=share_ppm,
        chance_ppm=chance_ppm,
        decisions=own.height,
        judged=own["is_paid"].count(),
        paid_ppm=_mean(own.drop_nulls("is_paid")),
        harms=int(own["is_harmed"].sum()),
        stopped_on=stopped_on,
        ips_ppm=_ppm(ips.value) if ips else None,
        ips_low_ppm=_ppm(ips.low) if ips else None,
        ips_high_ppm=_ppm(ips.high) if ips else None,
        robust_ppm=_ppm(robust.value) if robust else None,
        low_ppm=_ppm(robust.low) if robust else None,
        high_ppm=_ppm(robust.high) if robust else None,
        verdict=value.verdict if value else "too_little_overlap",
    )


def _chances(state: BanditState, policy: BanditPolicy, segment: str) -> Mapping[str, int]:
    """Return the chance of each arm that still runs in a segment, as it stands now."""
    stopped = state.stops["arm"].to_list()
    running = tuple(arm for arm in policy.arms if arm not in stopped)
    if not running:
        return {}
    return arm_chances(state, running, cell=segment, policy=policy)


def _chance(log: pl.DataFrame, state: BanditState, policy: BanditPolicy, arm: str) -> int:
    """Return the chance of an arm on average over the segments, by their mails."""
    sizes: list[tuple[str, int]] = log.group_by("segment").len().sort("segment").rows()
    told = sum(_chances(state, policy, segment).get(arm, 0) * n for segment, n in sizes)
    return round(told / log.height)


def _leaders(log: pl.DataFrame, state: BanditState, policy: BanditPolicy) -> tuple[Leader, ...]:
    found = []
    for segment, n in log.group_by("segment").len().sort("segment").iter_rows():
        chances = _chances(state, policy, segment)
        if chances:
            arm = max(chances, key=lambda name: chances[name])
            found.append(Leader(segment=segment, arm=arm, chance_ppm=chances[arm], decisions=n))
    return tuple(found)


def _mean(rows: pl.DataFrame) -> int | None:
    return _ppm(int(rows["is_paid"].sum()) / rows.height) if rows.height else None


def _ppm(share: float) -> int:
    return math.floor(share * PPM + 0.5)
