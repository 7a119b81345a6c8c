"""The concentration page: the book by every dimension, against last month, with its spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.concentration import (
    Concentration,
    Place,
    Slice,
    concentration,
    gini,
    lorenz,
    share_of,
)
from dunwell.engine.credit_appetite import Gauge
from dunwell.engine.credit_book import CreditBook
from dunwell.models import Company, Customer, PortfolioMeasure, User
from dunwell.queries.credit_portfolio import PortfolioRow, portfolio, shown_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.portfolio_measures import (
    SHOWN,
    KeptDay,
    kept_before,
    members,
    part_count,
    parts_of_book,
)

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
    """The whole page; amounts in `currency`. `before` is the day compared with.

    `counts` says how many parts a dimension has, where not all of them are told.
    """

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
    counts: Mapping[str, int]
    gauges: tuple[Gauge, ...]
    before: date | None
    before_minor: int | None
    hhi_before_ppm: int | None


def concentrations(company: Company, *, as_of: date, most: int | None = None) -> Concentrations:
    """Return how the book is spread on a day; 22 queries at most, whatever its size.

    `most`: so many parts of each dimension are told, all when None. Of a large book it is kept.
    """
    return kept(
        company,
        ("concentrations", as_of, most),
        lambda: _concentrations(company, as_of=as_of, most=most),
        is_worth=lambda found: most is not None and found.customers >= MANY_CUSTOMERS,
    )


def _concentrations(company: Company, *, as_of: date, most: int | None) -> Concentrations:
    whole_book = portfolio(company, as_of=as_of, is_whole=True)
    book, before = whole_book.book, kept_before(company, as_of=as_of)
    owing = book.owing().rows
    amounts = sorted(owing["known_minor"].to_list(), reverse=True)
    whole = sum(amounts)
    tops = tuple(
        (names, sum(amounts[:names]), share_of(sum(amounts[:names]), whole))
        for names in (1, 5, 10, 20)
    )
    found = {
        str(dimension): parts_of_book(book, dimension=dimension, most=most) for dimension in SHOWN
    }
    told = _Told(company, book, before, found)
    return Concentrations(
        as_of=as_of,
        currency=whole_book.currency,
        exposure_minor=whole,
        loss_minor=int(owing["loss_minor"].sum()),
        covered_minor=int(book.rows["covered_minor"].sum()),
        unknown=int(book.rows["exposure_minor"].is_null().sum()),
        customers=len(amounts),
        spread=concentration(book),
        gini_ppm=gini(amounts),
        curve=lorenz(amounts),
        tops=tops,
        parts={dimension: told.rows(dimension, rows) for dimension, rows in found.items()},
        counts={str(dimension): part_count(book, dimension=dimension) for dimension in SHOWN},
        gauges=whole_book.gauges(most_parts=0),
        before=None if before is None else before.as_of,
        before_minor=None if before is None else before.parts.get((Dimension.TOTAL, "")),
        hhi_before_ppm=None if before is None else _hhi(before),
    )


def part_page(
    company: Company, *, dimension: str, as_of: date, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PartRow]:
    """Return one page of the parts of a dimension, the largest first.

    As many queries as the whole page; raises CursorError for a wrong cursor.
    """
    limit = page_limit(limit)
    after: Place | None = None
    if cursor:
        amount, name = read_cursor(cursor, (int, str))
        after = int(str(amount)), str(name)

    book = portfolio(company, as_of=as_of, is_whole=True).book
    before = kept_before(company, as_of=as_of)
    found = parts_of_book(book, dimension=dimension, most=limit + 1, after=after)
    rows = _Told(company, book, before, {dimension: found}).rows(dimension, found)
    return page_of(rows, limit=limit, key=lambda row: (row.exposure_minor, row.key))


@dataclass(frozen=True, kw_only=True, slots=True)
class PartMembers:
    """The customers of a part with what counts of each, the largest first, and all of them."""

    rows: tuple[tuple[PortfolioRow, int], ...]
    customers: int
    total_minor: int


def part_members(
    company: Company, *, dimension: str, key: str, as_of: date, most: int | None = None
) -> PartMembers:
    """Return the customers of a part, at most so many of them; the same queries as the page.

    They add up to the part.
    """
    book = portfolio(company, as_of=as_of, is_whole=True)
    found = members(book.book, dimension=dimension, key=key)
    shown = found if most is None else found.head(most)
    rows = zip(shown_rows(book, shown), shown["counted"].to_list(), strict=True)
    return PartMembers(
        rows=tuple(rows), customers=len(found), total_minor=int(found["counted"].sum())
    )


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


class _Told:
    """What parts are called and held before; two queries."""

    def __init__(
        self,
        company: Company,
        book: CreditBook,
        before: KeptDay | None,
        found: Mapping[str, Sequence[Slice]],
    ) -> None:
        self._before = before
        self._names = _names(company, book, found.get(Dimension.GROUP, ()))

    def rows(self, dimension: str, found: Sequence[Slice]) -> tuple[PartRow, ...]:
        """Return slices as parts of a dimension."""
        return tuple(self._row(dimension, one) for one in found)

    def _row(self, dimension: str, one: Slice) -> PartRow:
        before = None
        if self._before is not None:
            # of groups only the largest are kept
            missing = None if dimension == Dimension.GROUP else 0
            before = self._before.parts.get((dimension, one.name), missing)
        return PartRow(
            dimension=dimension,
            key=one.name,
            label=self._names.get((dimension, one.name), one.name),
            customers=one.customers,
            exposure_minor=one.exposure_minor,
            share_ppm=one.share_ppm,
            loss_minor=one.loss_minor,
            before_minor=before,
        )


def _names(
    company: Company, book: CreditBook, groups: Sequence[Slice]
) -> dict[tuple[str, str], str]:
    """Return what groups and collectors are called."""
    is_shown = nw.col("customer_id").is_in([int(one.name) for one in groups])
    rows = book.rows.filter(is_shown).select("customer_id", "customer_name")
    found = {(str(Dimension.GROUP), str(key)): str(name) for key, name in rows.iter_rows()}
    people = User.objects.filter(memberships__company=company).distinct()
    for key, name in people.values_list("id", "username"):
        found[str(Dimension.COLLECTOR), str(key)] = name
    return found


def _hhi(kept: KeptDay) -> int | None:
    """Return the index of an earlier day from the squares that were kept of it."""
    total = kept.parts.get((Dimension.TOTAL, ""), 0) // 1_000
    squares = kept.parts.get((Dimension.SQUARES, ""))
    return squares * 1_000_000 // (total * total) if squares is not None and total else None
