"""Before a comparison begins: what it can find, and how long it takes from the volumes of today.

The two-sample normal formulas behind `experiments.customers_needed`, solved for the effect and
for time (Chow, Shao, Wang, Lokhnygina: Sample Size Calculations in Clinical Research, 2017, 3.2).
"""

import math
from dataclasses import dataclass

from scipy.special import ndtri

from dunwell.ml.experiments import PEEK, customers_needed

MOST_WEEKS = 520
"""Ten years: what takes longer never ends."""


@dataclass(frozen=True, slots=True)
class PowerRow:
    """For one effect worth finding: customers of both arms, and weeks until all have come.

    `weeks` None: not with these volumes.
    """

    smallest: float
    customers: int
    weeks: int | None


def detectable(
    *,
    customers: int,
    deviation: float,
    share: float = 0.5,
    error: float = 0.05,
    power: float = 0.8,
) -> float:
    """Return the smallest effect that so many customers find with chance `power`."""
    if not 0 < share < 1 or customers < 1 or deviation <= 0:
        raise ValueError("the share lies between 0 and 1, customers and deviation are positive")
    reach = float(ndtri(1 - error * (1 - PEEK) / 2) + ndtri(power))
    return reach * deviation * math.sqrt((1 / share + 1 / (1 - share)) / customers)


def weeks_needed(*, customers: int, weekly: int, days: int) -> int | None:
    """Return the weeks until so many have come and their `days` are over, None for never."""
    if weekly < 1:
        return None
    weeks = math.ceil(customers / weekly) + math.ceil(days / 7)
    return weeks if weeks <= MOST_WEEKS else None


def power_rows(
    effects: tuple[float, ...],
    *,
    weekly: int,
    days: int,
    deviation: float,
    share: float = 0.5,
    error: float = 0.05,
    power: float = 0.8,
) -> tuple[PowerRow, ...]:
    """Return what each effect worth finding takes."""
    rows = []
    for smallest in effects:
        needed = customers_needed(
            smallest=smallest, deviation=deviation, share=share, error=error, power=power
        )
        rows.append(
            PowerRow(smallest, needed, weeks_needed(customers=needed, weekly=weekly, days=days))
        )
    return tuple(rows)
