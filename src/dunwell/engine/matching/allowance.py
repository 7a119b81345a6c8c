"""What matching may give up by itself: small differences, so much an item, so much a month."""

from collections.abc import Iterable
from dataclasses import dataclass

from dunwell.engine.matching.foreign import Rates
from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.policy import PPM

BUDGETED = ("fee", "fx")
"""Kinds of shortfall that are given up without being owed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """Limits of small differences: `item_minor` and `left_minor` in home minor units.

    At most `item_minor` and `item_ppm` of an item, and `left_minor` together until the month
    ends; `day` is the day number on which other currencies are weighed.
    """

    item_minor: int
    item_ppm: int
    left_minor: int
    day: int
    rates: Rates

    def cost(self, gone: Iterable[tuple[Item, int]]) -> int | None:
        """Return what giving amounts (> 0) up on items costs in home minor units.

        None when one is too much of its item, or cannot be weighed for want of a rate.
        """
        total = 0
        for item, amount in gone:
            home = self.rates.convert(amount, item.currency, to=self.rates.home, day=self.day)
            is_small = amount <= abs(item.amount_minor) * self.item_ppm // PPM
            if home is None or home > self.item_minor or not is_small:
                return None
            total += home
        return total
