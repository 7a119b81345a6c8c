"""What a bad year would cost: simple shocks to a book of credit.

Shocks: every probability of default times a factor (at most certainty), customers, a whole
country or sector that fail (certainty), sales and prices that change (exposure follows, at
unchanged days to pay), currencies that rise or fall, recoveries that get worse, money that costs
more, and customers who pay later. They are applied together. Loss stays PD x LGD x exposure, so
nothing can be lost twice, and the loss of a failed customer is its exposure times LGD. What is
carried costs exposure x rate for a year. Cash that is missing is the whole exposure of who fails,
and of the others what they would have paid on the days they pay later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dunwell.engine.appetite_measures import AppetiteLimit, BookRow
from dunwell.engine.concentration import PPM, CreditRow
from dunwell.engine.credit_appetite import Gauge, gauges
from dunwell.engine.money import part
from dunwell.engine.sectors import section_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """Shocks, ppm: `pd_times_ppm` 2,000,000 doubles every PD, `sales_ppm` -200,000 takes a fifth.

    `failing_top`: the so many largest customers fail; `failing_countries`, `failing_sectors`
    (codes or sections): all customers there; `failing_ids`: these customers. `inflation_ppm`
    raises what is billed, `fx` changes what a currency is worth at home, `lgd_add_ppm` is added
    to every loss given default, `rate_add_ppm` to `carry_ppm`, what money costs a year. Customers
    who do not fail pay `delay_days` later, of `pay_days` that they take now.
    """

    pd_times_ppm: int = PPM
    sales_ppm: int = 0
    failing_top: int = 0
    failing_countries: tuple[str, ...] = ()
    failing_ids: tuple[int, ...] = ()
    failing_sectors: tuple[str, ...] = ()
    inflation_ppm: int = 0
    fx: tuple[tuple[str, int], ...] = ()
    lgd_add_ppm: int = 0
    rate_add_ppm: int = 0
    carry_ppm: int = 0
    delay_days: int = 0
    pay_days: int = 30

    @property
    def is_calm(self) -> bool:
        """Return whether nothing is shocked."""
        return self == Scenario(carry_ppm=self.carry_ppm, pay_days=self.pay_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class StressRow:
    """One customer before and after, home minor units: exposure, loss and what carrying costs.

    `fails` for certain; `missing_minor` is cash that does not come when it was to.
    """

    customer_id: int
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    fails: bool
    carry_minor: int = 0
    stressed_carry_minor: int = 0
    missing_minor: int = 0

    @property
    def more_minor(self) -> int:
        """Return by how much the expected loss rises."""
        return self.stressed_loss_minor - self.loss_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Stressed:
    """A book under a scenario; its rows add up to every figure.

    `failed_loss_minor` is the part of the stressed loss that comes from customers who fail.
    `missing_minor` is the cash that does not come when it was to. `before` and `after` are the
    gauges of the appetite.
    """

    rows: tuple[StressRow, ...]
    exposure_minor: int
    stressed_minor: int
    loss_minor: int
    stressed_loss_minor: int
    failed_loss_minor: int
    failed: int
    carry_minor: int
    stressed_carry_minor: int
    missing_minor: int
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
        _told(row, new, scenario, fails=row.customer_id in failing)
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
        carry_minor=sum(row.carry_minor for row in told),
        stressed_carry_minor=sum(row.stressed_carry_minor for row in told),
        missing_minor=sum(row.missing_minor for row in told),
        before=gauges(limits, (book_row(row) for row in rows)),
        after=gauges(limits, (book_row(row) for row in after)),
    )


def _told(row: CreditRow, new: CreditRow, scenario: Scenario, *, fails: bool) -> StressRow:
    days, after = scenario.pay_days, new.known_minor
    late = after if fails else part(after, min(scenario.delay_days, days), max(days, 1))
    rate_ppm = scenario.carry_ppm + scenario.rate_add_ppm
    carry = part(after, rate_ppm, PPM)
    if not fails:
        # who pays later is carried for so much longer
        carry = part(after * rate_ppm, days + scenario.delay_days, max(days, 1) * PPM)
    return StressRow(
        customer_id=row.customer_id,
        exposure_minor=row.known_minor,
        stressed_minor=after,
        loss_minor=row.loss_minor,
        stressed_loss_minor=new.loss_minor,
        fails=fails,
        carry_minor=part(row.known_minor, scenario.carry_ppm, PPM),
        stressed_carry_minor=carry,
        missing_minor=late,
    )


def _failing(rows: Sequence[CreditRow], scenario: Scenario) -> set[int]:
    found = set(scenario.failing_ids) & {row.customer_id for row in rows}
    countries, sectors = set(scenario.failing_countries), set(scenario.failing_sectors)
    found |= {row.customer_id for row in rows if row.country in countries}
    if sectors:
        found |= {
            row.customer_id
            for row in rows
            if row.sector and sectors & {row.sector, section_of(row.sector)}
        }
    ordered = sorted(rows, key=lambda row: (-row.known_minor, row.customer_id))
    return found | {row.customer_id for row in ordered[: max(scenario.failing_top, 0)]}


def _shocked(row: CreditRow, scenario: Scenario, *, fails: bool) -> CreditRow:
    pd_ppm = PPM if fails else min(part(row.pd_ppm, scenario.pd_times_ppm, PPM), PPM)
    lgd_ppm = min(max(row.lgd_ppm + scenario.lgd_add_ppm, 0), PPM)
    exposure, currencies = row.exposure_minor, row.currencies
    if exposure is not None and scenario.fx and currencies:
        moved = dict(scenario.fx)
        currencies = tuple(
            (code, max(part(amount, PPM + moved.get(code, 0), PPM), 0))
            for code, amount in currencies
        )
        exposure = sum(amount for _code, amount in currencies)
    if exposure is not None and (scenario.sales_ppm or scenario.inflation_ppm):
        times = (PPM + scenario.sales_ppm) * (PPM + scenario.inflation_ppm)
        exposure = max(part(exposure, times, PPM * PPM), 0)
    return replace(
        row, pd_ppm=pd_ppm, lgd_ppm=lgd_ppm, exposure_minor=exposure, currencies=currencies
    )


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
