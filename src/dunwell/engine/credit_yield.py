"""What selling on credit costs and earns: carry, expected loss, collecting, discounts, margin."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.money import part, share

YEAR = 365
MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RatePeriod:
    """A yearly rate in ppm from a day on until the next begins."""

    from_on: date
    rate_ppm: int


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


FIGURES = tuple(one.name for one in fields(CreditYield))


def yield_columns(
    rows: nw.DataFrame[Any], *, rates_ppm: Sequence[int], contact_minor: int, days: int
) -> nw.DataFrame[Any]:
    """Return customers with the figures of `CreditYield` in columns, over so many days.

    They have `sales_minor`, `owed_0`, `owed_1` ... (what was owed times the days it was, by the
    period of each rate, not below 0), `margin_ppm`, `loss_minor`, `discount_minor` and
    `contacts`. The cost of carry is amount x days x yearly rate / 365, rounded once.
    """
    owed = [nw.col(f"owed_{at}").cast(nw.Int128) for at in range(len(rates_ppm))]
    whole, carried = owed[0], owed[0] * rates_ppm[0]
    for one, rate_ppm in zip(owed[1:], rates_ppm[1:], strict=True):
        whole, carried = whole + one, carried + one * rate_ppm
    return rows.with_columns(
        average_minor=share(whole, nw.lit(1), days),
        margin_minor=share(nw.col("sales_minor"), nw.col("margin_ppm"), MILLION),
        carry_minor=share(carried, nw.lit(1), MILLION * YEAR),
        collect_minor=nw.col("contacts") * contact_minor,
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
