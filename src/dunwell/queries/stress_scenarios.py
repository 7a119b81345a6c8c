"""Scenarios: the ready ones, the saved ones, and what one does to the book, covenants and cash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.concentration import share_of
from dunwell.engine.credit_book import PPM
from dunwell.engine.stress import Scenario, Stressed, StressRow, stressed
from dunwell.models import Company, Covenant, StressScenario
from dunwell.queries.covenants import covenant_rows
from dunwell.queries.credit_portfolio import Portfolio, PortfolioRow, portfolio, worst_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.liquidity import liquidity

READY: Mapping[str, Scenario] = {
    "downturn": Scenario(
        pd_times_ppm=2 * PPM, sales_ppm=-150_000, lgd_add_ppm=100_000, delay_days=10
    ),
    "top": Scenario(failing_top=3),
    "rates": Scenario(rate_add_ppm=30_000),
    "inflation": Scenario(inflation_ppm=80_000, rate_add_ppm=20_000, pd_times_ppm=1_250_000),
    "foreign": Scenario(fx=(("*", -200_000),)),
}
"""Scenarios that come with the product; `*` stands for every foreign currency of the book."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioRow:
    """A saved scenario."""

    id: int
    name: str
    note: str
    shocks: dict[str, Any]
    version: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CovenantUnderStress:
    """A covenant before and after: values in its own unit, None where nothing is known.

    Only what shocks to the book change is worked out; `is_worked_out` False: the shocks say
    nothing about its measure.
    """

    id: int
    name: str
    lender: str
    measure: str
    unit: str
    currency: str
    threshold: int
    before: int | None
    after: int | None
    is_worked_out: bool
    is_met: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CashUnderStress:
    """The lowest balance of the weeks ahead, before and less the cash that is missing.

    None where no balance or no forecast is known.
    """

    buffer_minor: int
    lowest_minor: int | None
    after_minor: int | None
    missing_minor: int

    @property
    def is_below(self) -> bool:
        """Return whether the buffer is touched under stress."""
        return self.after_minor is not None and self.after_minor < self.buffer_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class StressedBook:
    """The book under a scenario, with what it does to covenants and cash."""

    book: Portfolio
    scenario: Scenario
    found: Stressed
    covenants: tuple[CovenantUnderStress, ...]
    cash: CashUnderStress


def scenario_of(document: Mapping[str, Any]) -> Scenario:
    """Return the shocks a saved scenario holds."""
    known = {name: document[name] for name in Scenario.__slots__ if name in document}
    for name in ("failing_countries", "failing_ids", "failing_sectors"):
        known[name] = tuple(known.get(name, ()))
    known["fx"] = tuple((code, ppm) for code, ppm in known.get("fx", ()))
    return Scenario(**known)


def scenario_rows(company: Company) -> tuple[ScenarioRow, ...]:
    """Return the saved scenarios by name; one query."""
    found = StressScenario.objects.filter(company=company, ended_on=None).order_by("name", "id")
    return tuple(
        ScenarioRow(
            id=one.pk,
            name=one.name,
            note=one.note,
            shocks=one.shocks,
            version=one.version,
            by=one.by,
        )
        for one in found
    )


def stressed_book(company: Company, scenario: Scenario, *, as_of: date) -> StressedBook:
    """Return what a scenario costs by customer, covenant and in cash."""
    book = portfolio(company, as_of=as_of, is_whole=True)
    whole = _whole(scenario, book)
    found = stressed(book.book, whole, appetite=book.policy.appetite)
    return StressedBook(
        book=book,
        scenario=whole,
        found=found,
        covenants=_covenants(company, found, as_of=as_of),
        cash=_cash(company, found, as_of=as_of),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StressShown:
    """What a page shows of a book under a scenario: figures, and the customers who cost most.

    `found` has no rows.
    """

    currency: str
    found: Stressed
    worst: tuple[tuple[PortfolioRow, StressRow], ...]
    covenants: tuple[CovenantUnderStress, ...]
    cash: CashUnderStress


def stress_shown(company: Company, scenario: Scenario, *, as_of: date, most: int) -> StressShown:
    """Return what a scenario costs with so many of those who cost most; of a large book kept."""

    def read() -> tuple[StressShown, int]:
        told = stressed_book(company, scenario, as_of=as_of)
        shown = StressShown(
            currency=told.book.currency,
            found=told.found.brief(),
            worst=worst_rows(told.book, told.found, most=most),
            covenants=told.covenants,
            cash=told.cash,
        )
        return shown, len(told.book.book.rows)

    shown, _customers = kept(
        company,
        ("stress shown", as_of, scenario, most),
        read,
        is_worth=lambda found: found[1] >= MANY_CUSTOMERS,
    )
    return shown


def _whole(scenario: Scenario, book: Portfolio) -> Scenario:
    """Fill in what the book and the policy know: what money costs, and every foreign currency."""
    moved = dict(scenario.fx)
    everywhere = moved.pop("*", None)
    if everywhere is not None:
        codes = set(book.book.held["currency"].unique().to_list())
        for code in codes - {book.currency}:
            moved.setdefault(code, everywhere)
    worth = book.policy.limits.worth
    return Scenario(
        **{
            **{name: getattr(scenario, name) for name in Scenario.__slots__},
            "fx": tuple(sorted(moved.items())),
            "carry_ppm": scenario.carry_ppm or worth.carry_ppm,
        }
    )


def _cash(company: Company, found: Stressed, *, as_of: date) -> CashUnderStress:
    known = liquidity(company, as_of=as_of)
    lowest = min((week.p50_minor for week in known.rows), default=None)
    return CashUnderStress(
        buffer_minor=known.buffer_minor,
        lowest_minor=lowest,
        after_minor=None if lowest is None else lowest - found.missing_minor,
        missing_minor=found.missing_minor,
    )


def _covenants(
    company: Company, found: Stressed, *, as_of: date
) -> tuple[CovenantUnderStress, ...]:
    rows = []
    for one in covenant_rows(company, as_of=as_of):
        if one.ended_on is not None:
            continue
        after, is_worked_out = _covenant(one.measure, one.now.measured, found)
        is_met = None
        if after is not None:
            is_least = one.measure in {
                Covenant.Measure.LIQUIDITY, Covenant.Measure.BORROWING_BASE
            }  # fmt: skip
            is_met = after >= one.now.threshold if is_least else after <= one.now.threshold
        rows.append(
            CovenantUnderStress(
                id=one.id,
                name=one.name,
                lender=one.lender,
                measure=one.measure,
                unit=one.unit,
                currency=one.currency,
                threshold=one.now.threshold,
                before=one.now.measured,
                after=after,
                is_worked_out=is_worked_out,
                is_met=is_met,
            )
        )
    return tuple(rows)


def _covenant(measure: str, before: int | None, found: Stressed) -> tuple[int | None, bool]:
    """Return a covenant's value under stress, and whether the shocks say anything about it."""
    if measure == Covenant.Measure.CONCENTRATION:
        whole, largest = found.standing()
        return (None if largest is None else share_of(largest, whole)), True
    if before is None:
        return None, False
    if measure == Covenant.Measure.LIQUIDITY:
        return before - found.missing_minor, True
    if measure == Covenant.Measure.BORROWING_BASE and found.exposure_minor:
        left_minor, _ = found.standing()
        return before * left_minor // found.exposure_minor, True
    return before, False
