"""What the pages of the credit portfolio show of it; of a large book it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.concentration import Concentration, Slice
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.stress import Scenario, Stressed, StressRow
from dunwell.models import Company, Customer
from dunwell.queries.credit_portfolio import (
    PortfolioFigures,
    PortfolioRow,
    chosen,
    chosen_rows,
    figures_of,
    moves,
    portfolio,
    rows_page,
    worst_rows,
)
from dunwell.queries.credit_ratings import ClassMove
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.pages import PAGE_SIZE, Page

LARGEST = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditHome:
    """The home page of a book: every figure, the largest customers, and how classes moved.

    `expiring` is how many limits end soon.
    """

    as_of: date
    currency: str
    figures: PortfolioFigures
    spread: Concentration
    largest: tuple[PortfolioRow, ...]
    countries: tuple[Slice, ...]
    segments: tuple[Slice, ...]
    classes: tuple[Slice, ...]
    gauges: tuple[Gauge, ...]
    moves: tuple[ClassMove, ...]
    expiring: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCustomers:
    """One page of the customers under a filter, and the sums over all of them."""

    page: Page[PortfolioRow]
    figures: PortfolioFigures
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditStress:
    """A book under shocks, and the customers who cost most; `found` has no rows."""

    currency: str
    found: Stressed
    worst: tuple[tuple[PortfolioRow, StressRow], ...]
    customers: int


def credit_home(company: Company, *, as_of: date) -> CreditHome:
    """Return what the home page shows of the book of a day; 20 queries at most."""
    return kept(
        company,
        ("credit home", as_of),
        lambda: _home(company, as_of=as_of),
        is_worth=lambda found: found.figures.customers >= MANY_CUSTOMERS,
    )


def _home(company: Company, *, as_of: date) -> CreditHome:
    book = portfolio(company, as_of=as_of)
    return CreditHome(
        as_of=as_of,
        currency=book.currency,
        figures=book.figures,
        spread=book.spread,
        largest=tuple(chosen_rows(book, top=LARGEST)),
        countries=book.sliced("country"),
        segments=book.sliced("segment"),
        classes=book.sliced("risk_class"),
        gauges=book.gauges(most_parts=0),
        moves=moves(company, as_of=as_of),
        expiring=len(chosen(book, only="expiring")),
    )


def credit_customers(
    company: Company,
    *,
    as_of: date,
    only: Mapping[str, Any],
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> CreditCustomers:
    """Return one page of customers under a filter of `chosen`; raise CursorError for a wrong one.

    As many queries as the book.
    """

    book = portfolio(company, as_of=as_of)
    rows = chosen(book, **only)
    return CreditCustomers(
        page=rows_page(book, rows, cursor=cursor, limit=limit),
        figures=figures_of(rows),
        currency=book.currency,
    )


def credit_stress(company: Company, scenario: Scenario, *, as_of: date, most: int) -> CreditStress:
    """Return what a scenario costs, with so many of those who cost most."""

    def read() -> CreditStress:
        book = portfolio(company, as_of=as_of)
        found = book.under(scenario)
        return CreditStress(
            currency=book.currency,
            found=found.brief(),
            worst=worst_rows(book, found, most=most),
            customers=len(book.book.rows),
        )

    return kept(
        company,
        ("credit stress", as_of, scenario, most),
        read,
        is_worth=lambda found: found.customers >= MANY_CUSTOMERS,
    )


def book_countries(company: Company) -> tuple[str, ...]:
    """Return the countries of a company's customers; one query."""

    def read() -> tuple[tuple[str, ...], int]:
        rows = Customer.objects.filter(company=company).exclude(country="").order_by()
        codes = list(rows.values_list("country", flat=True))
        return tuple(sorted(set(codes))), len(codes)

    codes, _customers = kept(
        company,
        ("book countries",),
        read,
        is_worth=lambda found: found[1] >= MANY_CUSTOMERS,
    )
    return codes
