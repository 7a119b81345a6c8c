"""Budget against actual: variances, and where the period ends at the present pace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import months_after
from dunwell.engine.money import part

PPM = 1_000_000
FLOWS = ("sales", "cash_in", "write_offs", "bad_debt", "cost_to_collect")
"""Figures that add up over months; the others are levels at a month's end."""
LEVELS = ("dso", "overdue")
MORE_IS_BETTER = ("sales", "cash_in")


@dataclass(frozen=True, kw_only=True, slots=True)
class Variance:
    """Actual less budget, and as a share of the budget (None where nothing was planned).

    `is_good` says whether it helps the company: more cash, or less of what costs.
    """

    value: int
    ppm: int | None
    is_good: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRate:
    """A flow to date and where it ends: at the same pace, and with last year's seasons."""

    to_date: int
    straight: int
    seasonal: int | None


def variance(figure: str, *, budget: int | None, actual: int | None) -> Variance | None:
    """Return how far the actual is from the budget; None where either is unknown."""
    if budget is None or actual is None:
        return None
    value = actual - budget
    is_good = value >= 0 if figure in MORE_IS_BETTER else value <= 0
    return Variance(value=value, ppm=part(value, PPM, budget) if budget else None, is_good=is_good)


def months_of(starts_on: date, months: int) -> tuple[date, ...]:
    """Return the first days of the months of a budget."""
    return tuple(months_after(starts_on, number) for number in range(months))


def elapsed_days(starts_on: date, ends_on: date, *, as_of: date) -> int:
    """Return how many days of a span have passed with `as_of`, 0 to all."""
    return max(0, (min(as_of, ends_on) - starts_on).days + 1)


def run_rate(
    to_date: int,
    *,
    starts_on: date,
    ends_on: date,
    as_of: date,
    last_year: Sequence[tuple[date, int]] = (),
) -> RunRate | None:
    """Return where a flow ends; None before its first day.

    `last_year` are the months of the year before by first day: the share of them that had passed
    on the same day is taken to have passed now, a month in between by its days.
    """
    passed, whole = elapsed_days(starts_on, ends_on, as_of=as_of), (ends_on - starts_on).days + 1
    if not passed:
        return None
    total = sum(minor for _, minor in last_year)
    then = sum(
        _passed(on, minor, months_after(min(as_of, ends_on), -12)) for on, minor in last_year
    )
    return RunRate(
        to_date=to_date,
        straight=part(to_date, whole, passed),
        seasonal=part(to_date, total, then) if then > 0 and total > 0 else None,
    )


def _passed(month_on: date, minor: int, until: date) -> int:
    days = (months_after(month_on, 1) - month_on).days
    return part(minor, min(days, max(0, (until - month_on).days + 1)), days)


def grown(
    values: Mapping[tuple[str, ...], int], growth_ppm: Mapping[str, int]
) -> dict[tuple[str, ...], int]:
    """Return values, keyed by figure first, with each figure's growth; none below 0."""
    return {
        key: max(0, part(value, PPM + growth_ppm.get(key[0], 0), PPM))
        for key, value in values.items()
    }
