"""The whole book of credit on a day: what it holds, how it is spread, what needs somebody.

Everything comes from one pass over the customers; a figure and the rows behind it are the same
rows, filtered (`chosen_rows`), so a figure always is the sum of what it leads to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from dunwell.engine.concentration import (
    Concentration,
    CreditRow,
    Slice,
    concentration,
    share_of,
    slices,
)
from dunwell.engine.credit_appetite import Gauge, gauges
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.stress import Scenario, Stressed, book_row, stressed
from dunwell.models import (
    Company,
    Cover,
    CoverNotice,
    CreditApplication,
    CreditHold,
    CreditReview,
    EarlyWarning,
)
from dunwell.queries.book_rows import book_customers, book_rows
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_ratings import ClassMove, class_moves, ratings
from dunwell.queries.exposures import exposures
from dunwell.queries.limits import limits_in_force
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Portfolio:
    """The book as of a day, every customer in it, and the policy its classes come from.

    `engine_rows` are the same customers, in the same order, as the engine takes them.
    """

    as_of: date
    currency: str
    rows: tuple[PortfolioRow, ...]
    engine_rows: tuple[CreditRow, ...]
    policy: CreditPolicy
    policy_version: int | None

    @property
    def figures(self) -> PortfolioFigures:
        """Return the sums over the whole book."""
        return figures_of(self.rows)

    @property
    def spread(self) -> Concentration:
        """Return the ten largest names, the rest and the HHI."""
        return concentration(self.engine_rows, most=SHOWN_MOST)

    def sliced(self, by: str) -> tuple[Slice, ...]:
        """Return the customers who owe anything in groups by country, segment or risk_class.

        The largest group first, but classes from the best to the worst.
        """
        found = slices((row for row in self.engine_rows if row.exposure_minor), by=SLICED[by])
        return tuple(sorted(found, key=lambda one: one.name)) if by == "risk_class" else found

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        """Return every limit of the appetite with how much of it is used."""
        return gauges(self.policy.appetite, (book_row(row) for row in self.engine_rows))

    def under(self, scenario: Scenario) -> Stressed:
        """Return the book before and after the shocks of a scenario."""
        return stressed(self.engine_rows, scenario, appetite=self.policy.appetite)


SLICED: Mapping[str, Callable[[CreditRow], str]] = {
    "country": lambda row: row.country,
    "segment": lambda row: row.segment,
    "risk_class": lambda row: row.risk_class,
}


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
    """Return the book as of a day; 23 queries at most, whatever the number of customers.

    Groups, currencies and new customers are read where the appetite asks, or `is_whole`.
    """
    in_force = credit_policy_in_force(company, as_of=as_of)
    risks = {one.name: one.risk for one in in_force.policy.classes.table}
    customers = book_customers(company)
    exposed = exposures(company, as_of=as_of)
    limits = limits_in_force(company, as_of=as_of)
    rated = ratings(company, as_of=as_of, with_reasons=False)
    engine_rows = book_rows(
        company,
        in_force.policy,
        customers=customers,
        exposed=exposed,
        rated=rated,
        limits=limits,
        as_of=as_of,
        is_whole=is_whole,
    )
    rows = []
    for row, (key, number, name, *_places) in zip(engine_rows, customers, strict=True):
        rating, limit = rated.get(key), limits[key]
        usage = None
        if row.limit_minor and row.exposure_minor is not None:
            usage = share_of(row.exposure_minor, row.limit_minor)
        rows.append(
            PortfolioRow(
                customer_id=key,
                customer_number=number,
                customer_name=name,
                country=row.country,
                segment=row.segment,
                risk_class=row.risk_class,
                risk=rating.risk if rating is not None else risks[row.risk_class],
                pd_ppm=row.pd_ppm,
                lgd_ppm=row.lgd_ppm,
                currency=company.currency,
                exposure_minor=row.exposure_minor,
                limit_minor=row.limit_minor,
                over_minor=row.over_minor,
                usage_ppm=usage,
                loss_minor=row.loss_minor,
                until_on=limit.until_on,
                is_suspended=limit.is_suspended,
                is_rated=rating is not None,
            )
        )
    return Portfolio(
        as_of=as_of,
        currency=company.currency,
        rows=tuple(rows),
        engine_rows=engine_rows,
        policy=in_force.policy,
        policy_version=in_force.version_id,
    )


def chosen_rows(
    book: Portfolio,
    *,
    only: str = "",
    country: str | None = None,
    segment: str | None = None,
    risk_class: str | None = None,
    risk: str = "",
    top: int = 0,
    search: str = "",
) -> list[PortfolioRow]:
    """Return the customers under a filter, the largest exposure first, a missing one last."""
    text = search.strip().casefold()
    ordered = sorted(book.rows, key=lambda row: (-(row.exposure_minor or 0), row.customer_id))
    if top:
        ordered = [row for row in ordered if row.exposure_minor][:top]
    last = book.as_of + timedelta(days=EXPIRING_DAYS)
    tests: dict[str, Callable[[PortfolioRow], bool]] = {
        "over": lambda row: row.over_minor > 0,
        "expiring": lambda row: row.until_on is not None and book.as_of <= row.until_on <= last,
        "suspended": lambda row: row.is_suspended,
        "no_limit": lambda row: row.limit_minor is None,
        "unknown": lambda row: row.exposure_minor is None,
        "owing": lambda row: bool(row.exposure_minor),
    }
    passes = tests.get(only)
    return [
        row
        for row in ordered
        if (passes is None or passes(row))
        and (country is None or row.country == country)
        and (segment is None or row.segment == segment)
        and (risk_class is None or row.risk_class == risk_class)
        and (not risk or row.risk == risk)
        and (not text or text in f"{row.customer_number} {row.customer_name}".casefold())
    ]


def rows_page(
    rows: Sequence[PortfolioRow], *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PortfolioRow]:
    """Return one page of rows in the order of `chosen_rows`; raise CursorError for a wrong one."""
    limit = page_limit(limit)
    if cursor:
        exposure, key = read_cursor(cursor, (int, int))
        place = (-int(str(exposure)), int(str(key)))
        rows = [row for row in rows if (-(row.exposure_minor or 0), row.customer_id) > place]
    return page_of(
        list(rows[: limit + 1]),
        limit=limit,
        key=lambda row: (row.exposure_minor or 0, row.customer_id),
    )


def figures_of(rows: Sequence[PortfolioRow]) -> PortfolioFigures:
    """Return the sums over some customers."""
    limited = [row for row in rows if row.limit_minor is not None]
    return PortfolioFigures(
        customers=len(rows),
        exposure_minor=sum(row.exposure_minor or 0 for row in rows),
        limit_minor=sum(row.limit_minor or 0 for row in limited),
        used_minor=sum(row.exposure_minor or 0 for row in limited),
        over_minor=sum(row.over_minor for row in rows),
        over=sum(row.over_minor > 0 for row in rows),
        loss_minor=sum(row.loss_minor for row in rows),
        unknown=sum(row.exposure_minor is None for row in rows),
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
