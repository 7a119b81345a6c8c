"""What the watch says in words, and what follows from it."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

Consequence = Literal["widen", "refit", "fall_back"]
"""Show ranges as wider; train again; let the customers' own history serve until then."""

CONSEQUENCES: dict[str, tuple[Consequence, ...]] = {
    "paid_fewer": ("widen", "refit", "fall_back"),
    "paid_more": ("widen", "refit"),
    "less_exact": ("refit", "fall_back"),
    "range_missed": ("widen", "refit"),
    "miscalibrated": ("refit",),
    "inputs_shifted": ("refit",),
}
"""Codes of alarms, gravest first."""

WORSE = 1.25
"""The CRPS may grow by a quarter over that at promotion before anything is said."""

LEAST_COVERED_PPM = 720_000
"""Ranges meant to hold 80 % raise nothing while they hold this much."""

LEAST_ECE_PPM = 30_000
"""A calibration error below this is not worth an alarm, however sure."""

DEVIATIONS = 2.33

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something moved: which, since which day (of the prediction), in words, what follows."""

    code: str
    since_day: int
    says: str
    follows: tuple[Consequence, ...]


def alarms(
    *, watched: pl.DataFrame, inputs: pl.DataFrame, trailed: pl.DataFrame, promoted_crps: float
) -> tuple[Alarm, ...]:
    """Return the alarms as of the last day of each table, gravest first.

    `watched` has WATCH, `inputs` PSI, `trailed` TRAILING; empty tables say nothing.
    `promoted_crps` is the CRPS in days with which the version was promoted.
    """
    day = max([0, *trailed["as_of_day"].tail(1), *watched["as_of_day"].tail(1)])
    found = [
        *_paid(watched),
        *_exactness(trailed, promoted_crps),
        *_coverage(trailed),
        *_calibration(trailed),
        *_inputs(inputs, day),
    ]
    order = list(CONSEQUENCES)
    return tuple(sorted(found, key=lambda alarm: order.index(alarm.code)))


def _alarm(code: str, since_day: int, says: str) -> Alarm:
    return Alarm(code=code, since_day=since_day, says=says, follows=CONSEQUENCES[code])


def _paid(watched: pl.DataFrame) -> list[Alarm]:
    """Return the alarm of the weekly watch, since the sum last left zero."""
    if not watched.height or watched["verdict"][-1] == "calm":
        return []
    side = str(watched["verdict"][-1])
    is_zero = watched[side].to_numpy() <= 0
    zeros = is_zero.nonzero()[0]
    first = int(zeros[-1]) + 1 if len(zeros) else 0
    part = watched[first:]
    expected, paid = round(float(part["expected_items"].sum())), int(part["paid_items"].sum())
    says = (
        f"Customers pay {'later' if side == 'fewer' else 'sooner'} than predicted: in the last "
        f"{part.height} weeks {paid} payments came where {expected} were expected."
    )
    return [_alarm(f"paid_{side}", int(part["as_of_day"][0]), says)]


def _exactness(trailed: pl.DataFrame, promoted: float) -> list[Alarm]:
    last = trailed.drop_nulls("crps_days").tail(1)
    if not last.height:
        return []
    now, error = float(last["crps_days"][0]), float(last["crps_error_days"][0])
    if now <= WORSE * promoted or now - DEVIATIONS * error <= promoted:
        return []
    says = (
        f"Pay dates are missed by more: the average error (CRPS) is {now:.1f} days, "
        f"it was {promoted:.1f} days when this version was promoted."
    )
    return [_alarm("less_exact", int(last["as_of_day"][0]), says)]


def _coverage(trailed: pl.DataFrame) -> list[Alarm]:
    last = trailed.drop_nulls("covered_ppm").tail(1)
    if not last.height:
        return []
    covered, limit = int(last["covered_ppm"][0]), int(last["covered_limit_ppm"][0])
    if covered >= min(limit, LEAST_COVERED_PPM):
        return []
    says = (
        f"Ranges are too narrow: {covered / PPM:.0%} of the pay dates fell inside a range "
        "that should hold 80 %."
    )
    return [_alarm("range_missed", int(last["as_of_day"][0]), says)]


def _calibration(trailed: pl.DataFrame) -> list[Alarm]:
    last = trailed.drop_nulls("ece_ppm").tail(1)
    if not last.height:
        return []
    error, limit = int(last["ece_ppm"][0]), int(last["ece_limit_ppm"][0])
    if error <= max(limit, LEAST_ECE_PPM):
        return []
    says = (
        f"Chances of late payment are off by {error / PPM:.1%} on average; "
        f"chance explains {limit / PPM:.1%}."
    )
    return [_alarm("miscalibrated", int(last["as_of_day"][0]), says)]


def _inputs(inputs: pl.DataFrame, day: int) -> list[Alarm]:
    moved = inputs.filter(pl.col("verdict") == "shifted").sort(
        ["psi_ppm", "code"], descending=[True, False]
    )
    if not moved.height:
        return []
    named = ", ".join(
        f"{code} ({psi / PPM:.2f})" for code, psi in moved.select("code", "psi_ppm").iter_rows()
    )
    says = f"The book no longer looks like the one the model learned from. PSI: {named}."
    return [_alarm("inputs_shifted", day, says)]
