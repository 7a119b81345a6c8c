"""Gaps of a plan and the levers that may close them, by stated arithmetic."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import part

PPM = 1_000_000
UPTAKE_PPM = 300_000
"""Share of customers taken to accept a discount: a planning figure, no measurement."""
ADVANCE_PPM = 800_000
"""Share of eligible items a factor pays at once (FCI: 70 to 90 percent)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A period in which less is expected than wanted, in `unit` (minor, ppm, days_x100)."""

    kind: str
    key: str
    starts_on: date
    label: str
    currency: str
    unit: str
    expected: int
    wanted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserves:
    """What could be turned into cash sooner, minor units of one currency.

    Not due and undisputed; late and in no plan; expected behind the gap; room under the limits
    of customers that are late, which new deliveries would fill.
    """

    later_minor: int
    eligible_minor: int
    late_minor: int
    late_limits_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lever:
    """A way to close a gap: how much it may bring at most, and whether that is enough."""

    name: str
    amount_minor: int
    closes: bool


def levers(missing_minor: int, reserves: Reserves) -> tuple[Lever, ...]:
    """Return the levers that bring anything, the largest first; figures, never advice."""
    amounts = {
        "discount": part(max(0, reserves.later_minor), UPTAKE_PPM, PPM),
        "factoring": part(max(0, reserves.eligible_minor), ADVANCE_PPM, PPM),
        "plan": max(0, reserves.late_minor),
        "limit": max(0, reserves.late_limits_minor),
    }
    return tuple(
        Lever(name=name, amount_minor=minor, closes=minor >= missing_minor)
        for name, minor in sorted(amounts.items(), key=lambda one: (-one[1], one[0]))
        if minor > 0
    )
