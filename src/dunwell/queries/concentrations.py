"""The concentration page: the book by every dimension, against last month, with its spread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.concentration import Concentration, concentration, gini, lorenz
from dunwell.engine.credit_appetite import Gauge
from dunwell.models import Company, Customer, PortfolioMeasure, User
from dunwell.queries.credit_portfolio import Portfolio, PortfolioRow, portfolio
from dunwell.queries.portfolio_measures import SHOWN, KeptDay, kept_before, members, parts_of_book

Dimension = PortfolioMeasure.Dimension


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """A part of the book; `before_minor` is what it held on the day before, None: not kept."""

    dimension: str
    key: str
    label: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int
    before_minor: int | None

    @property
    def change_minor(self) -> int | None:
        """Return how much it grew since, None where it is not known."""
        return None if self.before_minor is None else self.exposure_minor - self.before_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Concentrations:
    """The whole page; amounts in `currency`. `before` is the day compared with."""

    as_of: date
    currency: str
    exposure_minor: int
    loss_minor: int
    covered_minor: int
    unknown: int
    customers: int
    spread: Concentration
    gini_ppm: int
    curve: tuple[tuple[int, int], ...]
    tops: tuple[tuple[int, int, int], ...]
    parts: Mapping[str, tuple[PartRow, ...]]
    gauges: tuple[Gauge, ...]
    before: date | None
    before_minor: int | None
    hhi_before_ppm: int | None


def concentrations(company: Company, *, as_of: date) -> Concentrations:
    """Return how the book is spread on a day; 27 queries at most, whatever its size."""
    book = portfolio(company, as_of=as_of, is_whole=True)
    kept = kept_before(company, as_of=as_of)
    owing = [row for row in book.engine_rows if row.known_minor > 0]
    amounts = sorted((row.known_minor for row in owing), reverse=True)
    whole = sum(amounts)
    names = _names(company, book)
    tops = tuple(
        (most, sum(amounts[:most]), sum(amounts[:most]) * 1_000_000 // whole if whole else 0)
        for most in (1, 5, 10, 20)
    )
    return Concentrations(
        as_of=as_of,
        currency=book.currency,
        exposure_minor=whole,
        loss_minor=sum(row.loss_minor for row in owing),
        covered_minor=sum(row.covered_minor for row in book.engine_rows),
        unknown=sum(row.exposure_minor is None for row in book.engine_rows),
        customers=len(owing),
        spread=concentration(book.engine_rows),
        gini_ppm=gini(amounts),
        curve=lorenz(amounts),
        tops=tops,
        parts={str(dimension): _parts(book, dimension, kept, names) for dimension in SHOWN},
        gauges=book.gauges,
        before=None if kept is None else kept.as_of,
        before_minor=None if kept is None else kept.parts.get((Dimension.TOTAL, "")),
        hhi_before_ppm=None if kept is None else _hhi(kept),
    )


def part_members(
    company: Company, *, dimension: str, key: str, as_of: date
) -> tuple[tuple[PortfolioRow, int], ...]:
    """Return the customers of a part with what counts of each, the largest first.

    They add up to the part; the same queries as the page.
    """
    book = portfolio(company, as_of=as_of, is_whole=True)
    held = members(book.engine_rows, dimension=dimension, key=key)
    rows = [(row, held[row.customer_id]) for row in book.rows if row.customer_id in held]
    return tuple(sorted(rows, key=lambda one: (-one[1], one[0].customer_id)))


def part_label(company: Company, *, dimension: str, key: str) -> str:
    """Return what a part is called where its key is somebody's id, else the key; one query."""
    if not key.isdecimal():
        return key
    if dimension == Dimension.GROUP:
        found = Customer.objects.filter(company=company, pk=int(key))
        return found.values_list("name", flat=True).first() or key
    if dimension == Dimension.COLLECTOR:
        people = User.objects.filter(pk=int(key), memberships__company=company)
        return people.values_list("username", flat=True).first() or key
    return key


def _parts(
    book: Portfolio, dimension: str, kept: KeptDay | None, names: Mapping[tuple[str, str], str]
) -> tuple[PartRow, ...]:
    is_kept_whole = dimension != Dimension.GROUP
    rows = []
    for one in parts_of_book(book.engine_rows, dimension=dimension):
        before = None
        if kept is not None:
            before = kept.parts.get((dimension, one.name), 0 if is_kept_whole else None)
        rows.append(
            PartRow(
                dimension=dimension,
                key=one.name,
                label=names.get((dimension, one.name), one.name),
                customers=one.customers,
                exposure_minor=one.exposure_minor,
                share_ppm=one.share_ppm,
                loss_minor=one.loss_minor,
                before_minor=before,
            )
        )
    return tuple(rows)


def _names(company: Company, book: Portfolio) -> dict[tuple[str, str], str]:
    """Return what groups and collectors are called."""
    found = {(str(Dimension.GROUP), str(row.customer_id)): row.customer_name for row in book.rows}
    people = User.objects.filter(memberships__company=company).distinct()
    for key, name in people.values_list("id", "username"):
        found[str(Dimension.COLLECTOR), str(key)] = name
    return found


def _hhi(kept: KeptDay) -> int | None:
    """Return the index of an earlier day from the squares that were kept of it."""
    total = kept.parts.get((Dimension.TOTAL, ""), 0) // 1_000
    squares = kept.parts.get((Dimension.SQUARES, ""))
    return squares * 1_000_000 // (total * total) if squares is not None and total else None
