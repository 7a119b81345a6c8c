"""The hour at which a mail goes out, and the step's other channel, as arms of the bandit.

The first arm is the ordinary one: before there are outcomes it keeps its share and the
others divide the rest evenly, and it gives its place up only to an arm that beats it with
SWITCH_PPM. A win is a customer who paid all that was asked within the days of an outcome.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dunwell.engine.collectable import PPM
from dunwell.ml.bandit import STOPS, TRIALS, BanditPolicy, BanditState, blank_state, updated

SLOTS: Mapping[str, tuple[int, int]] = {
    "8-10": (8 * 60, 10 * 60),
    "10-12": (10 * 60, 12 * 60),
    "12-14": (12 * 60, 14 * 60),
    "14-16": (14 * 60, 16 * 60),
    "16-18": (16 * 60, 18 * 60),
}
"""Hours in which a mail may go out: first minute of the customer's day, first one after."""

OTHER = "other"
"""The arm of the step's other channel, where the strategy names one that reaches the customer."""

ORDINARY = "10-12"
"""The hour taken where nothing else is said."""

LEAST_PPM = 50_000
"""Chance every arm keeps; one over it is the largest weight `ml.policy_value` takes whole."""

CONTROL_PPM = 100_000
"""Chance the ordinary arm keeps, so that it stays known what the others are worth beside it."""

PRIOR_WORTH = 40
"""Mails that the rate of all arms together counts for in each arm."""

SWITCH_PPM = 900_000
"""Chance of being better with which another arm takes the place of the ordinary one."""

HARM_LIMIT_PPM = 20_000
"""Of a hundred mails two may be followed by an opt-out or a bounce."""


def shared(names: Sequence[str], *, explore_ppm: int) -> tuple[tuple[str, int], ...]:
    """Return the arms with their first shares: `explore_ppm` for all but the first, evenly."""
    each = explore_ppm // max(len(names) - 1, 1)
    ordinary = PPM - each * (len(names) - 1)
    return ((names[0], ordinary), *((name, each) for name in names[1:]))


def hours_policy(*, experiment: str, salt: str, arms: Sequence[tuple[str, int]]) -> BanditPolicy:
    """Return the rules of a timing experiment from its arms and their first shares in ppm.

    What the arms behind the first start with is also the most that is ever spent on
    trying what does not look best.
    """
    explore = sum(share for _, share in arms[1:])
    least = min(LEAST_PPM, explore // max(len(arms) - 1, 1))
    return BanditPolicy(
        experiment=experiment,
        salt=salt,
        arms=tuple(name for name, _ in arms),
        least_ppm=least,
        control_ppm=min(CONTROL_PPM, explore - least * (len(arms) - 2)),
        explore_ppm=explore,
        prior_worth=PRIOR_WORTH,
        switch_ppm=SWITCH_PPM,
        harm_limit_ppm=HARM_LIMIT_PPM,
    )


def open_slots(*, open_minute: int, close_minute: int) -> tuple[str, ...]:
    """Return the slots that lie within the hours in which messages may be delivered."""
    return tuple(
        name
        for name, (first, end) in SLOTS.items()
        if open_minute <= first and end <= close_minute
    )


def slot_hour(arm: str) -> int | None:
    """Return the hour at which a slot begins, None for the arm of another channel."""
    return SLOTS[arm][0] // 60 if arm in SLOTS else None


def slot_of(hour: pl.Expr) -> pl.Expr:
    """Return the arm of a logged hour; no hour is the other channel."""
    found = pl.lit(OTHER)
    for name, (first, _) in SLOTS.items():
        found = pl.when(hour == first // 60).then(pl.lit(name)).otherwise(found)
    return found


def hours_state(
    log: pl.DataFrame,
    stops: Sequence[tuple[int, str, int, int]],
    *,
    policy: BanditPolicy,
    as_of: date,
) -> BanditState:
    """Return what the bandit knows from the whole log, with the stops that were kept.

    `log`: as_of_day, segment, arm, is_paid (empty while not over), is_harmed. `stops` are
    rows STOPS; those the log calls for now are added. Cells are the segments.
    """
    trials = (
        log.group_by(day="as_of_day", cell="segment", arm="arm")
        .agg(
            tries=pl.col("is_paid").count(),
            wins=pl.col("is_paid").sum(),
            harms=pl.col("is_harmed").sum(),
            decisions=pl.len(),
        )
        .select(*TRIALS)
        .cast(pl.Schema(TRIALS))
    )
    kept = pl.DataFrame(list(stops), schema=pl.Schema(STOPS), orient="row")
    blank = blank_state()
    return updated(
        BanditState(blank.trials, blank.resets, kept), trials, policy=policy, as_of=as_of
    )
