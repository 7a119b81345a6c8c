"""What a bad year would cost: simple shocks to a book of credit.

Shocks: every probability of default times a factor (at most certainty), customers, a whole
country or sector that fail (certainty), sales and prices that change (exposure follows, at
unchanged days to pay), currencies that rise or fall, recoveries that get worse, money that costs
more, and customers who pay later. They are applied together. Loss stays PD x LGD x exposure, so
nothing can be lost twice, and the loss of a failed customer is its exposure times LGD. What is
carried costs exposure x rate for a year. Cash that is missing is the whole exposure of who fails,
and of the others what they would have paid on the days they pay later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.appetite_measures import AppetiteLimit, BookRow
from dunwell.engine.book_gauges import book_gauges
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_book import PPM, CreditBook, CreditRow, credit_book
from dunwell.engine.money import share
from dunwell.engine.sectors import section_of

AMOUNTS = (
    *("exposure_minor", "stressed_minor", "loss_minor", "stressed_loss_minor"),
    *("carry_minor", "stressed_carry_minor", "missing_minor"),
)
"""Columns of `StressRow` that are added up."""


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


TOLD = tuple(one.name for one in fields(StressRow))


@dataclass(frozen=True, kw_only=True, eq=False)
class Stressed:
    """A book under a scenario; its rows add up to every figure.

    `told` has the fields of `StressRow` as columns. `failed_loss_minor` is the part of the
    stressed loss that comes from customers who fail. `missing_minor` is the cash that does not
    come when it was to. `before` and `after` are the gauges of the appetite.
    """

    told: nw.DataFrame[Any]
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

    @cached_property
    def rows(self) -> tuple[StressRow, ...]:
        """Return the customers one by one, in the order of the book."""
        return tuple(StressRow(**one) for one in self.told.rows(named=True))

    @property
    def over_minor(self) -> tuple[tuple[str, int], ...]:
        """Return by how much each limit of the appetite is passed after the shocks, 0 for none."""
        return tuple((one.limit.name, max(one.value - one.limit.most, 0)) for one in self.after)

    def worst(self, most: int) -> tuple[StressRow, ...]:
        """Return those whose expected loss rises most, at most so many of them."""
        more = nw.col("stressed_loss_minor") - nw.col("loss_minor")
        found = self.told.with_columns(more=more).filter(nw.col("more") > 0)
        chosen = found.sort("more", "customer_id", descending=[True, False]).head(most)
        return tuple(StressRow(**one) for one in chosen.select(*TOLD).rows(named=True))

    def brief(self) -> "Stressed":
        """Return the figures without the customers they are of."""
        return replace(self, told=self.told.head(0))

    def standing(self) -> tuple[int, int | None]:
        """Return what those who do not fail owe after the shocks, and the largest of them.

        None for the largest where none of them owed anything before.
        """
        left = self.told.filter(~nw.col("fails"))
        largest = int(left["stressed_minor"].max() or 0)
        return int(left["stressed_minor"].sum()), largest if left["exposure_minor"].max() else None


def stressed(
    book: CreditBook, scenario: Scenario, *, appetite: Iterable[AppetiteLimit] = ()
) -> Stressed:
    """Return the book before and after the shocks."""
    limits = tuple(appetite)
    failing = CreditBook(book.rows.with_columns(fails=_fails(book, scenario)), book.held)
    after = _shocked(failing, scenario)
    told = _told(failing, after, scenario)
    sums = told.select(nw.col(*AMOUNTS).sum(), nw.col("fails").sum()).row(0)
    return Stressed(
        told=told,
        **dict(zip(AMOUNTS, map(int, sums), strict=False)),
        failed=int(sums[-1]),
        failed_loss_minor=int(told.filter(nw.col("fails"))["stressed_loss_minor"].sum()),
        before=book_gauges(limits, book),
        after=book_gauges(limits, after),
    )


def _told(book: CreditBook, after: CreditBook, scenario: Scenario) -> nw.DataFrame[Any]:
    days, left = max(scenario.pay_days, 1), nw.col("stressed_minor")
    late = share(left, nw.lit(min(scenario.delay_days, scenario.pay_days)), days)
    rate_ppm = scenario.carry_ppm + scenario.rate_add_ppm
    signed, rate = (left if rate_ppm >= 0 else -left), abs(rate_ppm)
    # who pays later is carried for so much longer
    longer = rate * (scenario.pay_days + scenario.delay_days)
    rows = book.rows.with_columns(
        stressed_minor=after.rows["known_minor"], stressed_loss_minor=after.rows["loss_minor"]
    )
    return rows.with_columns(
        exposure_minor=nw.col("known_minor"),
        carry_minor=share(nw.col("known_minor"), nw.lit(scenario.carry_ppm), PPM),
        stressed_carry_minor=nw.when(nw.col("fails"))
        .then(share(signed, nw.lit(rate), PPM))
        .otherwise(share(signed, nw.lit(longer), days * PPM)),
        missing_minor=nw.when(nw.col("fails")).then(left).otherwise(late),
    ).select(*TOLD)


def _fails(book: CreditBook, scenario: Scenario) -> nw.Expr:
    """Return who fails: named, in a country or sector, or among the largest."""
    rows, sectors = book.rows, set(scenario.failing_sectors)
    wide = {one for one in rows["sector"].unique().to_list() if one}
    hit = [one for one in wide if sectors & {one, section_of(one)}]
    ordered = rows.sort("known_minor", "customer_id", descending=[True, False])
    top = ordered["customer_id"].head(max(scenario.failing_top, 0)).to_list()
    return (
        nw.col("customer_id").is_in([*scenario.failing_ids, *top])
        | nw.col("country").is_in(list(scenario.failing_countries))
        | nw.col("sector").is_in(hit)
    )


def _shocked(book: CreditBook, scenario: Scenario) -> CreditBook:
    """Return the book after the shocks; its rows say who fails."""
    fails, held = nw.col("fails"), book.held
    pd_ppm = share(nw.col("pd_ppm"), nw.lit(scenario.pd_times_ppm), PPM).clip(upper_bound=PPM)
    lgd_ppm = (nw.col("lgd_ppm") + scenario.lgd_add_ppm).clip(0, PPM)
    rows = book.rows.with_columns(
        pd_ppm=nw.when(fails).then(nw.lit(PPM)).otherwise(pd_ppm), lgd_ppm=lgd_ppm
    )
    if scenario.fx and len(held):
        held = _moved(held, dict(scenario.fx))
        sums = held.group_by("customer_id").agg(nw.col("amount_minor").sum().alias("moved"))
        moved = nw.when(~nw.col("exposure_minor").is_null() & ~nw.col("moved").is_null())
        rows = (
            rows.with_row_index("place")
            .join(sums, on="customer_id", how="left")
            .sort("place")
            .with_columns(
                exposure_minor=moved.then(nw.col("moved")).otherwise(nw.col("exposure_minor"))
            )
            .drop("moved", "place")
        )
    if scenario.sales_ppm or scenario.inflation_ppm:
        times = (PPM + scenario.sales_ppm) * (PPM + scenario.inflation_ppm)
        sold = share(nw.col("exposure_minor"), nw.lit(max(times, 0)), PPM * PPM)
        rows = rows.with_columns(exposure_minor=sold.clip(lower_bound=0))
    return credit_book(rows, held)


def _moved(held: nw.DataFrame[Any], moves: dict[str, int]) -> nw.DataFrame[Any]:
    """Return what is held by currency as it is worth once currencies moved."""
    times: nw.Expr = nw.lit(PPM)
    for code, ppm in moves.items():
        rises = nw.lit(max(PPM + ppm, 0))
        times = nw.when(nw.col("currency") == code).then(rises).otherwise(times)
    return held.with_columns(
        amount_minor=share(nw.col("amount_minor"), times, PPM).clip(lower_bound=0)
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
