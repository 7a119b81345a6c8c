"""What part of receivables is lost, by how late they are: from own history, or stated.

Rates are exact ratios; nothing is rounded before an amount is (`engine.provisions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

PPM = 1_000_000
EVERYONE = "*"
"""The segment whose rates apply where a segment has none of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RateRow:
    """The loss rates of one segment, one per bucket in order, and where they come from.

    `left` is what of the amounts that fell due reached each bucket, `lost` what of it was lost, in
    minor units; empty where the rates were typed in.
    """

    segment: str
    rates: tuple[Fraction, ...]
    source: str
    left: tuple[int, ...] = ()
    lost: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """How the world may turn: its weight, and what losses become, in ppm of what they were."""

    name: str
    weight_ppm: int
    scalar_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """A forward-looking adjustment from a day on, of some segments (empty: all)."""

    from_on: date
    segments: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    reason: str
    source: str

    @property
    def scalar(self) -> Fraction:
        """Return the probability-weighted factor on losses (IFRS 9 5.5.17(a))."""
        weighted = sum(one.weight_ppm * one.scalar_ppm for one in self.scenarios)
        return Fraction(weighted, PPM * PPM)


def flow_rates(left: Sequence[int], lost: int) -> tuple[Fraction, ...]:
    """Return the loss rate of each bucket: what was lost of what reached it, at most all.

    `left[k]` is the amount that was still unpaid when bucket k began. A bucket that nothing
    reached takes the rate of the one before it: nothing is known to be better. The method is
    that of IFRS 9 B5.5.35; golden ifrscommunity 27,567.39.
    """
    rates: list[Fraction] = []
    for amount in left:
        if amount > 0:
            rates.append(min(Fraction(max(lost, 0), amount), Fraction(1)))
        else:
            rates.append(rates[-1] if rates else Fraction(0))
    return tuple(rates)


def rates_of(table: Mapping[str, RateRow], segment: str) -> RateRow:
    """Return the rates of a segment, those of everyone where it has none."""
    return table.get(segment) or table[EVERYONE]


def scalar_on(overlays: Sequence[Overlay], segment: str, *, as_of: date) -> Fraction:
    """Return the factor of the newest overlay that concerns a segment on a day; 1 without one."""
    holding = [
        one
        for one in overlays
        if one.from_on <= as_of and (not one.segments or segment in one.segments)
    ]
    return max(holding, key=lambda one: one.from_on).scalar if holding else Fraction(1)


def shown_ppm(rate: Fraction) -> int:
    """Return a rate in ppm, rounded half up, for reading."""
    return int(rate * PPM * 2 + 1) // 2
