"""What selling on credit costs and earns: carry, expected loss, collecting, discounts, margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import part

YEAR = 365
MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RatePeriod:
    """A yearly rate in ppm from a day on until the next begins."""

    from_on: date
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditYear:
    """A customer or group over a period: all in minor units of one currency.

    `minor_days` is what was owed times the days it was, by rate period in order.
    """

    sales_minor: int
    minor_days: tuple[int, ...]
    loss_minor: int
    discount_minor: int
    contacts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditYield:
    """What credit brought over a period; `yield_ppm` a year on what was owed, None if nothing was.

    result = margin - carry - expected loss - collecting - discounts.
    """

    sales_minor: int
    average_minor: int
    margin_minor: int
    carry_minor: int
    loss_minor: int
    collect_minor: int
    discount_minor: int

    @property
    def result_minor(self) -> int:
        """Return what is left of the margin."""
        costs = self.carry_minor + self.loss_minor + self.collect_minor + self.discount_minor
        return self.margin_minor - costs


def carry(minor_days: Sequence[int], rates_ppm: Sequence[int]) -> int:
    """Return the cost of carry: amount x days x yearly rate / 365, rounded once."""
    exact = sum(one * rate for one, rate in zip(minor_days, rates_ppm, strict=True))
    return part(exact, 1, MILLION * YEAR)


def credit_yield(
    year: CreditYear,
    *,
    rates_ppm: Sequence[int],
    margin_ppm: int,
    contact_minor: int,
    days: int,
) -> CreditYield:
    """Return what credit cost and brought over so many days."""
    return CreditYield(
        sales_minor=year.sales_minor,
        average_minor=part(sum(year.minor_days), 1, days),
        margin_minor=part(year.sales_minor, margin_ppm, MILLION),
        carry_minor=carry(year.minor_days, rates_ppm),
        loss_minor=year.loss_minor,
        collect_minor=year.contacts * contact_minor,
        discount_minor=year.discount_minor,
    )


def yield_ppm(found: CreditYield, *, days: int) -> int | None:
    """Return the result as a yearly rate on what was owed on average; None if nothing was."""
    if found.average_minor <= 0:
        return None
    return part(found.result_minor, MILLION * YEAR, found.average_minor * days)


def periods(rates: Sequence[RatePeriod], *, since: date, until: date) -> tuple[RatePeriod, ...]:
    """Return the rate periods of a half-open span, the first beginning with it.

    Before the first rate that one holds: nothing earlier is known.
    """
    ordered = sorted(rates, key=lambda one: one.from_on)
    begun = [one for one in ordered if one.from_on <= since]
    first = begun[-1] if begun else ordered[0]
    later = [one for one in ordered if since < one.from_on < until and one is not first]
    return (RatePeriod(from_on=since, rate_ppm=first.rate_ppm), *later)
