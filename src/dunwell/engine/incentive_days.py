"""Days by which money comes earlier for a reward, against those left out by chance, and its price.

The days of an item are those from its due day to the day its money reached us, below 0 where it
came early; one still unpaid counts up to the day asked about. Those of a customer are the mean of
its items weighted by amount. Customers are compared, as they were drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import fmean, variance

from dunwell.engine.incentives import NORMAL_95, PPM

CENTI, YEAR_DAYS = 100, 365


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerDays:
    """What a customer owed that fell due or was paid, and money times days from the due day."""

    is_control: bool
    amount_minor: int
    day_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysEffect:
    """Mean days from due to paid of both groups and how much earlier the rewarded pay, in 1/100.

    The interval is Welch's with the normal quantile, 95 %; empty below two customers in a group.
    `amount_minor` is what the rewarded owed. `day_cost_minor`: what was spent per day that it
    all came earlier; `yearly_ppm`: the same as interest a year on that amount. Both are empty
    where it did not come earlier.
    """

    treated: int
    control: int
    treated_centidays: int | None
    control_centidays: int | None
    earlier_centidays: int | None
    low_centidays: int | None
    high_centidays: int | None
    amount_minor: int
    day_cost_minor: int | None
    yearly_ppm: int | None


def days_effect(customers: Sequence[CustomerDays], *, spent_minor: int) -> DaysEffect:
    """Return how many days earlier the rewarded pay, and what a day costs; nobody twice."""
    owing = [one for one in customers if one.amount_minor > 0]
    groups = [
        [one.day_minor / one.amount_minor for one in owing if one.is_control == wanted]
        for wanted in (False, True)
    ]
    treated, control = (fmean(group) if group else None for group in groups)
    earlier = None if treated is None or control is None else control - treated
    low = high = None
    if earlier is not None and all(len(group) > 1 for group in groups):
        half = NORMAL_95 * sqrt(sum(variance(group) / len(group) for group in groups))
        low, high = earlier - half, earlier + half
    amount = sum(one.amount_minor for one in owing if not one.is_control)
    cost = yearly = None
    if earlier is not None and earlier > 0 and amount:
        cost = round(spent_minor / earlier)
        yearly = round(Fraction(spent_minor * YEAR_DAYS * PPM, amount) / Fraction(earlier))
    return DaysEffect(
        treated=len(groups[0]),
        control=len(groups[1]),
        treated_centidays=_centi(treated),
        control_centidays=_centi(control),
        earlier_centidays=_centi(earlier),
        low_centidays=_centi(low),
        high_centidays=_centi(high),
        amount_minor=amount,
        day_cost_minor=cost,
        yearly_ppm=yearly,
    )


def _centi(days: float | None) -> int | None:
    return None if days is None else round(days * CENTI)
