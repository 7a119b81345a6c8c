"""Section `appetite` of the credit policy: how much risk the company wants to carry at most.

Each limit is a measure of the whole book and what follows where it is reached: `stop` (nothing
more of that kind on credit), `refer` (a person decides) or `watch` (it is shown). Amounts are
home minor units, shares ppm of the total exposure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import nlargest

from dunwell.engine import documents
from dunwell.engine.credit_classes import PPM, short_text
from dunwell.engine.documents import DocumentError
from dunwell.engine.limit_worth import expected_loss

STOP = "stop"
REFER = "refer"
WATCH = "watch"

TOTAL = "total_exposure"
CLASS_SHARE = "class_share"
TOP_1 = "top_1_share"
TOP_10 = "top_10_share"
COUNTRY_SHARE = "country_share"
EXPECTED_LOSS = "expected_loss"
MEASURES = (TOTAL, CLASS_SHARE, TOP_1, TOP_10, COUNTRY_SHARE, EXPECTED_LOSS)
AMOUNTS = (TOTAL, EXPECTED_LOSS)
"""Measures in home minor units; the others are shares in ppm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteLimit:
    """At most so much of a measure; `classes` and `countries` say of what, where it needs them."""

    name: str
    measure: str
    most: int
    then: str = REFER
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BookRow:
    """One customer of the book; `exposure_minor` None is not known and counts in no figure."""

    customer_id: int
    exposure_minor: int | None
    risk_class: str = ""
    country: str = ""
    pd_ppm: int = 0
    lgd_ppm: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """A measure as it stands: `value` of `limit.most`; `parts` are the customers it is made of."""

    limit: AppetiteLimit
    value: int
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def is_reached(self) -> bool:
        """Return whether it stands above what is wanted at most."""
        return self.value > self.limit.most

    @property
    def used_ppm(self) -> int:
        """Return the share of the most that is used, ppm; all of it where the most is 0."""
        if self.limit.most == 0:
            return PPM if self.value else 0
        return self.value * PPM // self.limit.most

    @property
    def is_share(self) -> bool:
        """Return whether the value is a share in ppm rather than an amount."""
        return self.limit.measure not in AMOUNTS


def read_appetite(value: object, *, classes: tuple[str, ...]) -> tuple[AppetiteLimit, ...]:
    """Build section `appetite`: [{name, measure, most, then, classes, countries}]."""
    listed = documents.rows([] if value is None else value, "appetite", "credit")
    found = tuple(_limit(row, classes, f"credit, appetite {n}") for n, row in enumerate(listed, 1))
    documents.refuse_twice([one.name for one in found], "credit, appetite")
    return found


def gauges(limits: Iterable[AppetiteLimit], book: Iterable[BookRow]) -> tuple[Gauge, ...]:
    """Return each limit with what the book has of it; shares of an empty book are 0."""
    rows = [row for row in book if row.exposure_minor]
    return tuple(_gauge(limit, rows) for limit in limits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Others:
    """What a limit measures of everybody but one customer: enough to add to that one."""

    limit: AppetiteLimit
    total_minor: int
    part_minor: int
    largest: tuple[int, ...]

    def value(self, row: BookRow, exposure_minor: int) -> int:
        """Return the measure with that customer at an exposure."""
        own = _part(self.limit, replace(row, exposure_minor=exposure_minor))
        counted = self.part_minor + own
        if self.limit.measure in {TOP_1, TOP_10}:
            most = 1 if self.limit.measure == TOP_1 else 10
            counted = sum(sorted((*self.largest, own), reverse=True)[:most])
        return _share(self.limit, counted, self.total_minor + exposure_minor)


def without(
    limits: Iterable[AppetiteLimit], book: Iterable[BookRow], *, customer_id: int
) -> tuple[Others, ...]:
    """Return what each limit measures of the book without a customer; reads the book once each."""
    rows = [row for row in book if row.exposure_minor and row.customer_id != customer_id]
    total = sum(row.exposure_minor or 0 for row in rows)
    found = []
    for limit in limits:
        parts = [_part(limit, row) for row in rows]
        found.append(
            Others(
                limit=limit,
                total_minor=total,
                part_minor=sum(parts),
                largest=tuple(nlargest(10, parts)),
            )
        )
    return tuple(found)


def breaches(others: Iterable[Others], row: BookRow, *, more_minor: int) -> tuple[Gauge, ...]:
    """Return the limits that so much more for a customer would pass and that it makes worse.

    Those that are only watched are left out. `row` is the customer as it stands. What stands
    above already and does not rise is no breach of this customer's.
    """
    own, found = row.exposure_minor or 0, []
    for one in others:
        if one.limit.then == WATCH:
            continue
        then = one.value(row, own + more_minor)
        if then > one.limit.most and then > one.value(row, own):
            found.append(Gauge(limit=one.limit, value=then))
    return tuple(found)


def headroom(others: Iterable[Others], row: BookRow, *, more_minor: int) -> int:
    """Return how much of `more_minor` passes no limit that stops.

    By bisection: with more exposure of one customer a measure falls and then rises, and only
    a rise can breach, so that what fits is one stretch from 0 on.
    """
    stops = [one for one in others if one.limit.then == STOP]
    if not stops or not breaches(stops, row, more_minor=more_minor):
        return more_minor
    low, high = 0, more_minor
    while high - low > 1:
        middle = (low + high) // 2
        is_free = not breaches(stops, row, more_minor=middle)
        low, high = (middle, high) if is_free else (low, middle)
    return low


def _limit(row: object, classes: tuple[str, ...], where: str) -> AppetiteLimit:
    stated = documents.fields(row, where)
    documents.known(
        stated,
        {"name", "measure", "most_minor", "most_ppm", "then", "classes", "countries"},
        where,
    )
    measure = documents.choice(stated.get("measure"), "measure", MEASURES, where)
    field_name = "most_minor" if measure in AMOUNTS else "most_ppm"
    other = "most_ppm" if measure in AMOUNTS else "most_minor"
    if other in stated:
        raise DocumentError(f"{where}: {measure} is stated with {field_name}, not {other}")
    named = documents.names(stated.get("classes"), "classes", where)
    countries = documents.names(stated.get("countries"), "countries", where)
    if measure == CLASS_SHARE and not named:
        raise DocumentError(f"{where}: class_share needs classes")
    if measure == COUNTRY_SHARE and not countries:
        raise DocumentError(f"{where}: country_share needs countries")
    largest = documents.LARGEST if measure in AMOUNTS else PPM
    return AppetiteLimit(
        name=short_text(stated, "name", where),
        measure=measure,
        most=documents.number(stated, field_name, where, largest=largest),
        then=documents.choice(stated.get("then", REFER), "then", (STOP, REFER, WATCH), where),
        classes=tuple(documents.choice(one, "classes", classes, where) for one in named),
        countries=countries,
    )


def _gauge(limit: AppetiteLimit, rows: list[BookRow]) -> Gauge:
    """Return the measure over rows with an exposure; its parts the largest first."""
    total = sum(row.exposure_minor or 0 for row in rows)
    counted = sorted(
        ((row.customer_id, _part(limit, row)) for row in rows),
        key=lambda part: (-part[1], part[0]),
    )
    parts = [part for part in counted if part[1]]
    if limit.measure in {TOP_1, TOP_10}:
        parts = parts[: 1 if limit.measure == TOP_1 else 10]
    value = _share(limit, sum(amount for _key, amount in parts), total)
    return Gauge(limit=limit, value=value, parts=tuple(parts))


def _share(limit: AppetiteLimit, counted: int, total: int) -> int:
    """Return an amount as it is, else its share of the total, rounded up: never looks smaller."""
    if limit.measure in AMOUNTS:
        return counted
    return -(-counted * PPM // total) if total > 0 else 0


def _part(limit: AppetiteLimit, row: BookRow) -> int:
    exposure = row.exposure_minor or 0
    if limit.measure == EXPECTED_LOSS:
        return expected_loss(exposure, pd_ppm=row.pd_ppm, lgd_ppm=row.lgd_ppm)
    if limit.measure == CLASS_SHARE and row.risk_class not in limit.classes:
        return 0
    if limit.measure == COUNTRY_SHARE and row.country not in limit.countries:
        return 0
    return exposure
