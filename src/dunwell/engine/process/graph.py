"""The directly-follows graph of a process: what follows what, how often, and after what time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dunwell.engine.process.marks import ARROW, STEP, STILL_WAITING
from dunwell.engine.process.path import (
    APPROVED,
    CORRECTED,
    CREDITED,
    DUE,
    ISSUED,
    PAID,
    PART_PAID,
    PLACES,
    RECEIVED,
    SENT,
)
from dunwell.engine.process.sums import MEDIAN_MILLI, P90_MILLI, Sum, quantile

_NOT_YET_DUE = (ISSUED, CORRECTED, SENT, RECEIVED, APPROVED)
"""What stands last with nothing after it is not due yet."""
_IN_TERMS = (STILL_WAITING, PAID, PART_PAID, CREDITED)
"""What follows these before the due day came in time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """How often something happened, and how many cases with what amount have stood there since."""

    name: str
    events: int
    waiting: int
    waiting_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Follow:
    """One activity right after another: how often, after what time, how much money waited.

    Times in calendar days and whole business hours; `money_days` in minor units times days.
    `next` is empty where the case ended, STILL_WAITING where nothing has come yet. `is_agreed`:
    it waits for the due day, which the terms gave.
    """

    name: str
    activity: str
    next: str
    times: int
    cases: int
    amount_minor: int
    median_days: int | None
    p90_days: int | None
    median_hours: int | None
    p90_hours: int | None
    money_days: int
    is_agreed: bool


def follows(sums: Mapping[tuple[str, str], Sum]) -> tuple[Follow, ...]:
    """Return what follows what, the most money days first; `sums` as `sums.added` gives them."""
    rows = [_follow(one) for (kind, _), one in sums.items() if kind == STEP]
    return tuple(sorted(rows, key=lambda row: (-row.money_days, -row.times, row.name)))


def bottlenecks(rows: Iterable[Follow]) -> tuple[Follow, ...]:
    """Return the waits that held money beyond what was agreed, in the order given."""
    return tuple(row for row in rows if row.next and row.money_days > 0 and not row.is_agreed)


def activities(rows: Iterable[Follow]) -> tuple[Activity, ...]:
    """Return how often each activity happened, in the order of the process, others by name."""
    found: dict[str, list[int]] = {}
    for row in rows:
        held = found.setdefault(row.activity, [0, 0, 0])
        held[0] += row.times
        if row.next == STILL_WAITING:
            held[1] += row.times
            held[2] += row.amount_minor
    return tuple(
        Activity(name=name, events=held[0], waiting=held[1], waiting_minor=held[2])
        for name, held in sorted(found.items(), key=lambda one: (_place(one[0]), one[0]))
    )


def main_follows(rows: Iterable[Follow], *, most: int) -> tuple[Follow, ...]:
    """Return the most frequent of what follows what, ends and waits left out.

    Each activity keeps the way by which it is reached most, so that no box stands alone.
    """
    inner = [row for row in rows if row.next and row.next != STILL_WAITING]
    ranked = sorted(inner, key=lambda row: (-row.times, row.name))
    kept = {row.name: row for row in ranked[:most]}
    reached: set[str] = set()
    for row in ranked:
        if row.next not in reached and row.next != row.activity:
            reached.add(row.next)
            kept.setdefault(row.name, row)
    return tuple(row for row in ranked if row.name in kept)


def _place(name: str) -> int:
    return PLACES.get(name, len(PLACES))


def _follow(one: Sum) -> Follow:
    activity, _, following = one.name.partition(ARROW)
    return Follow(
        name=one.name,
        activity=activity,
        next=following,
        times=one.rows,
        cases=one.cases,
        amount_minor=one.amount_minor,
        median_days=quantile(one.days, MEDIAN_MILLI),
        p90_days=quantile(one.days, P90_MILLI),
        median_hours=quantile(one.hours, MEDIAN_MILLI),
        p90_hours=quantile(one.hours, P90_MILLI),
        money_days=one.money_days,
        is_agreed=following == DUE or (activity in _NOT_YET_DUE and following in _IN_TERMS),
    )
