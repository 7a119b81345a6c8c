"""The whole book of credit on a day: what it holds, how it is spread, what needs somebody.

Everything comes from one reading of the customers; a figure and the rows behind it are the same
rows, filtered (`chosen`), so a figure always is the sum of what it leads to.
"""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
from django.db.models import Count, Q, Sum

from dunwell.engine.book_gauges import book_gauges
from dunwell.engine.concentration import Concentration, Slice, concentration, share_of, slices
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_book import CreditBook, CreditRow
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.stress import Scenario, Stressed, StressRow, stressed
from dunwell.models import (
    Company,
    Cover,
    CoverNotice,
    CreditApplication,
    CreditHold,
    CreditReview,
    EarlyWarning,
)
from dunwell.queries.book_rows import book_in_force
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_ratings import ClassMove, class_moves
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

EXPIRING_DAYS = 60
"""A limit or cover that ends within so many days is told of."""

MOVES_DAYS = 90
"""Classes now are compared with those of so many days earlier."""

SHOWN_MOST = 10

FILTERS = ("", "over", "expiring", "suspended", "no_limit", "unknown", "owing")
"""Customers: all, above the limit, limit ending soon, suspended, without one, exposure not known,
with exposure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioRow:
    """One customer of the book, in minor units of `currency`, the company's.

    `exposure_minor` None: a rate is missing. `limit_minor` None: none was granted; `until_on` is
    the last day of the limit. `usage_ppm` of the limit.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    country: str
    segment: str
    risk_class: str
    risk: str
    pd_ppm: int
    lgd_ppm: int
    currency: str
    exposure_minor: int | None
    limit_minor: int | None
    over_minor: int
    usage_ppm: int | None
    loss_minor: int
    until_on: date | None
    is_suspended: bool
    is_rated: bool


_SHOWN = tuple(
    one.name for one in fields(PortfolioRow) if one.name not in {"currency", "usage_ppm"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioFigures:
    """Sums over rows of the book; `used_minor` is the exposure of customers with a limit."""

    customers: int
    exposure_minor: int
    limit_minor: int
    used_minor: int
    over_minor: int
    over: int
    loss_minor: int
    unknown: int

    @property
    def usage_ppm(self) -> int:
        """Return how much of all limits is used."""
        return share_of(self.used_minor, self.limit_minor)


@dataclass(frozen=True, kw_only=True, eq=False)
class Portfolio:
    """The book as of a day, every customer in it, and the policy its classes come from.

    `book` has the columns of `company_book`; the customers one by one are made of it when they
    are asked for, which takes long of many.
    """

    as_of: date
    currency: str
    book: CreditBook
    policy: CreditPolicy
    policy_version: int | None

    @cached_property
    def rows(self) -> tuple[PortfolioRow, ...]:
        """Return every customer by id."""
        return tuple(_row(one, self.currency) for one in self.book.rows.iter_rows(named=True))

    @cached_property
    def engine_rows(self) -> tuple[CreditRow, ...]:
        """Return the same customers, in the same order, as the engine takes one of them."""
        return self.book.credit_rows()

    @property
    def figures(self) -> PortfolioFigures:
        """Return the sums over the whole book."""
        return figures_of(self.book.rows)

    @property
    def spread(self) -> Concentration:
        """Return the ten largest names, the rest and the HHI."""
        return concentration(self.book, most=SHOWN_MOST)

    def sliced(self, by: str) -> tuple[Slice, ...]:
        """Return the customers who owe anything in groups by country, segment or risk_class.

        The largest group first, but classes from the best to the worst.
        """
        found = slices(self.book.owing(), by=by)
        return tuple(sorted(found, key=lambda one: one.name)) if by == "risk_class" else found

    def gauges(self, *, most_parts: int | None = None) -> tuple[Gauge, ...]:
        """Return every limit of the appetite with how much of it is used."""
        return book_gauges(self.policy.appetite, self.book, most_parts=most_parts)

    def under(self, scenario: Scenario) -> Stressed:
        """Return the book before and after the shocks of a scenario."""
        return stressed(self.book, scenario, appetite=self.policy.appetite)


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditDesk:
    """What waits for somebody: numbers that lead to their lists."""

    reviews_queued: int
    reviews_waiting: int
    reviews_overdue: int
    decisions: int
    applications: int
    holds: int
    holds_ready: int
    covers_expiring: int
    covers_expiring_minor: int | None
    deadlines: int
    deadlines_missed: int
    warnings: int


def portfolio(company: Company, *, as_of: date, is_whole: bool = False) -> Portfolio:
    """Return the book as of a day; 18 queries at most, whatever the number of customers.

    Groups, currencies and new customers are read where the appetite asks, or `is_whole`.
    """
    in_force = credit_policy_in_force(company, as_of=as_of)
    return Portfolio(
        as_of=as_of,
        currency=company.currency,
        book=book_in_force(company, in_force, as_of=as_of, is_whole=is_whole),
        policy=in_force.policy,
        policy_version=in_force.version_id,
    )


def _row(one: dict[str, Any], currency: str) -> PortfolioRow:
    limit, exposure = one["limit_minor"], one["exposure_minor"]
    is_used = bool(limit) and exposure is not None
    return PortfolioRow(
        **{name: one[name] for name in _SHOWN},
        currency=currency,
        usage_ppm=share_of(exposure, limit) if is_used else None,
    )


def shown_rows(book: Portfolio, rows: nw.DataFrame[Any]) -> list[PortfolioRow]:
    """Return some rows of a book one by one."""
    return [_row(one, book.currency) for one in rows.iter_rows(named=True)]


def worst_rows(
    book: Portfolio, found: Stressed, *, most: int
) -> tuple[tuple[PortfolioRow, StressRow], ...]:
    """Return those who cost most under stress, at most so many, each before and after."""
    worst = found.worst(most)
    keys = [one.customer_id for one in worst]
    rows = shown_rows(book, book.book.rows.filter(nw.col("customer_id").is_in(keys)))
    named = {row.customer_id: row for row in rows}
    return tuple((named[one.customer_id], one) for one in worst)


def chosen(
    book: Portfolio,
    *,
    only: str = "",
    country: str | None = None,
    segment: str | None = None,
    risk_class: str | None = None,
    risk: str = "",
    top: int = 0,
    search: str = "",
) -> nw.DataFrame[Any]:
    """Return the rows under a filter, the largest exposure first, a missing one last."""
    rows = book.book.rows.sort("known_minor", "customer_id", descending=[True, False])
    if top:
        rows = rows.filter(nw.col("known_minor") > 0).head(top)
    last = book.as_of + timedelta(days=EXPIRING_DAYS)
    ends = nw.col("until_on")
    tests: dict[str, nw.Expr] = {
        "over": nw.col("over_minor") > 0,
        "expiring": (ends >= nw.lit(book.as_of)) & (ends <= nw.lit(last)),
        "suspended": nw.col("is_suspended"),
        "no_limit": nw.col("limit_minor").is_null(),
        "unknown": nw.col("exposure_minor").is_null(),
        "owing": nw.col("known_minor") > 0,
    }
    if only in tests:
        rows = rows.filter(tests[only])
    named = {"country": country, "segment": segment, "risk_class": risk_class}
    for name, value in {**named, "risk": risk or None}.items():
        if value is not None:
            rows = rows.filter(nw.col(name) == value)
    if text := search.strip().casefold():
        told = rows.select("customer_number", "customer_name").iter_rows()
        rows = rows.filter([text in f"{number} {name}".casefold() for number, name in told])
    return rows


def chosen_rows(book: Portfolio, **only: Any) -> list[PortfolioRow]:
    """Return the customers under a filter of `chosen` one by one."""
    return shown_rows(book, chosen(book, **only))


def rows_page(
    book: Portfolio, rows: nw.DataFrame[Any], *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PortfolioRow]:
    """Return one page of rows in the order of `chosen`; raise CursorError for a wrong one."""
    limit = page_limit(limit)
    if cursor:
        exposure, key = read_cursor(cursor, (int, int))
        known, last = nw.col("known_minor"), int(str(exposure))
        is_after = (known == last) & (nw.col("customer_id") > int(str(key)))
        rows = rows.filter((known < last) | is_after)
    return page_of(
        shown_rows(book, rows.head(limit + 1)),
        limit=limit,
        key=lambda row: (row.exposure_minor or 0, row.customer_id),
    )


def figures_of(rows: nw.DataFrame[Any]) -> PortfolioFigures:
    """Return the sums over some rows of a book."""
    limited = rows.filter(~nw.col("limit_minor").is_null())
    return PortfolioFigures(
        customers=len(rows),
        exposure_minor=int(rows["known_minor"].sum()),
        limit_minor=int(limited["limit_minor"].sum()),
        used_minor=int(limited["known_minor"].sum()),
        over_minor=int(rows["over_minor"].sum()),
        over=len(rows.filter(nw.col("over_minor") > 0)),
        loss_minor=int(rows["loss_minor"].sum()),
        unknown=int(rows["exposure_minor"].is_null().sum()),
    )


def credit_desk(company: Company, *, as_of: date) -> CreditDesk:
    """Return what waits for somebody; six queries."""
    waiting = Q(status__in=CreditReview.WAITING)
    reviews = CreditReview.objects.filter(company=company).aggregate(
        queued=Count("id", filter=waiting & Q(is_queued=True)),
        waiting=Count("id", filter=waiting),
        overdue=Count("id", filter=Q(status__in=CreditReview.OPEN, due_on__lt=as_of)),
        decisions=Count("id", filter=Q(status=CreditReview.Status.PENDING_APPROVAL)),
    )
    holds = CreditHold.objects.filter(company=company).aggregate(
        standing=Count("id", filter=Q(status__in=CreditHold.STANDING)),
        ready=Count("id", filter=Q(status=CreditHold.Status.READY)),
    )
    covers = Cover.objects.filter(
        company=company,
        status=Cover.Status.GRANTED,
        until_on__gte=as_of,
        until_on__lte=as_of + timedelta(days=EXPIRING_DAYS),
    ).aggregate(
        n=Count("id"),
        home=Sum("amount_minor", filter=Q(currency=company.currency)),
        foreign=Count("id", filter=~Q(currency=company.currency)),
    )
    notices = CoverNotice.objects.filter(company=company).aggregate(
        standing=Count("id", filter=Q(status=CoverNotice.Status.OPEN)),
        missed=Count("id", filter=Q(status=CoverNotice.Status.MISSED)),
    )
    ended = CreditApplication.Status
    applications = CreditApplication.objects.filter(company=company).exclude(
        status__in=(
            ended.DRAFT,
            ended.APPROVED,
            ended.CONDITIONS_MET,
            ended.ACTIVATED,
            ended.DECLINED,
            ended.WITHDRAWN,
            ended.EXPIRED,
        )
    )
    warnings = EarlyWarning.objects.filter(company=company, status=EarlyWarning.Status.NEW)
    return CreditDesk(
        reviews_queued=reviews["queued"],
        reviews_waiting=reviews["waiting"],
        reviews_overdue=reviews["overdue"],
        decisions=reviews["decisions"],
        applications=applications.count(),
        holds=holds["standing"],
        holds_ready=holds["ready"],
        covers_expiring=covers["n"],
        # amounts in several currencies are not added up
        covers_expiring_minor=None if covers["foreign"] else covers["home"] or 0,
        deadlines=notices["standing"],
        deadlines_missed=notices["missed"],
        warnings=warnings.count(),
    )


def moves(company: Company, *, as_of: date) -> tuple[ClassMove, ...]:
    """Return how customers moved between classes in MOVES_DAYS; two queries."""
    return class_moves(company, from_on=as_of - timedelta(days=MOVES_DAYS), to_on=as_of)
