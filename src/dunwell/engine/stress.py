"""What a bad year would cost: simple shocks to a book of credit.

Shocks: every probability of default times a factor (at most certainty), customers or a whole
country that fail (certainty), sales that change (exposure follows, at unchanged days to pay).
They are applied together. Loss stays PD x LGD x exposure, so nothing can be lost twice, and the
loss of a failed customer is its exposure times LGD.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dunwell.engine.appetite_measures import AppetiteLimit, BookRow
from dunwell.engine.concentration import PPM, CreditRow
from dunwell.engine.credit_appetite import Gauge, gauges
from dunwell.engine.money import part


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """Shocks, ppm: `pd_times_ppm` 2,000,000 doubles every PD, `sales_ppm` -200,000 takes a fifth.

    `failing_top`: the so many largest customers fail; `failing_countries`: all customers there;
    `failing_ids`: these customers.
    """

    pd_times_ppm: int = PPM
    sales_ppm: int = 0
    failing_top: int = 0
    failing_countries: tuple[str, ...] = ()
    failing_ids: tuple[int, ...] = ()

    @property
    def is_calm(self) -> bool:
        """Return whether nothing is shocked."""
        return self == Scenario()


@dataclass(frozen=True, kw_only=True, slots=True)
class StressRow:
    """One customer before and after: exposure and loss, home minor units; `fails` for certain."""

    customer_id: int
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    fails: bool

    @property
    def more_minor(self) -> int:
        """Return by how much the expected loss rises."""
        return self.stressed_loss_minor - self.loss_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Stressed:
    """A book under a scenario; its rows add up to every figure.

    `failed_loss_minor` is the part of the stressed loss that comes from customers who fail.
    `before` and `after` are the gauges of the appetite.
    """

    rows: tuple[StressRow, ...]
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    failed_loss_minor: int
    failed: int
    before: tuple[Gauge, ...]
    after: tuple[Gauge, ...]

    @property
    def over_minor(self) -> tuple[tuple[str, int], ...]:
        """Return by how much each limit of the appetite is passed after the shocks, 0 for none."""
        return tuple((one.limit.name, max(one.value - one.limit.most, 0)) for one in self.after)


def stressed(
    rows: Sequence[CreditRow], scenario: Scenario, *, appetite: Iterable[AppetiteLimit] = ()
) -> Stressed:
    """Return the book before and after the shocks."""
    limits = tuple(appetite)
    failing = _failing(rows, scenario)
    after = [_shocked(row, scenario, fails=row.customer_id in failing) for row in rows]
    told = tuple(
        StressRow(
            customer_id=row.customer_id,
            exposure_minor=row.known_minor,
            stressed_minor=new.known_minor,
            loss_minor=row.loss_minor,
            stressed_loss_minor=new.loss_minor,
            fails=row.customer_id in failing,
        )
        for row, new in zip(rows, after, strict=True)
    )
    return Stressed(
        rows=told,
        exposure_minor=sum(row.exposure_minor for row in told),
        stressed_minor=sum(row.stressed_minor for row in told),
        loss_minor=sum(row.loss_minor for row in told),
        stressed_loss_minor=sum(row.stressed_loss_minor for row in told),
        failed_loss_minor=sum(row.stressed_loss_minor for row in told if row.fails),
        failed=len(failing),
        before=gauges(limits, (book_row(row) for row in rows)),
        after=gauges(limits, (book_row(row) for row in after)),
    )


def _failing(rows: Sequence[CreditRow], scenario: Scenario) -> set[int]:
    found = set(scenario.failing_ids) & {row.customer_id for row in rows}
    countries = set(scenario.failing_countries)
    found |= {row.customer_id for row in rows if row.country in countries}
    ordered = sorted(rows, key=lambda row: (-row.known_minor, row.customer_id))
    return found | {row.customer_id for row in ordered[: max(scenario.failing_top, 0)]}


def _shocked(row: CreditRow, scenario: Scenario, *, fails: bool) -> CreditRow:
    pd_ppm = PPM if fails else min(part(row.pd_ppm, scenario.pd_times_ppm, PPM), PPM)
    exposure = row.exposure_minor
    if exposure is not None and scenario.sales_ppm:
        exposure = max(part(exposure, PPM + scenario.sales_ppm, PPM), 0)
    return replace(row, pd_ppm=pd_ppm, exposure_minor=exposure)


def book_row(row: CreditRow) -> BookRow:
    """Return a customer of the book as the appetite measures it."""
    return BookRow(
        customer_id=row.customer_id,
        exposure_minor=row.exposure_minor,
        risk_class=row.risk_class,
        country=row.country,
        pd_ppm=row.pd_ppm,
        lgd_ppm=row.lgd_ppm,
        sector=row.sector,
        currencies=row.currencies,
        group_id=row.group_id,
        covered_minor=row.covered_minor,
        is_new=row.is_new,
    )
