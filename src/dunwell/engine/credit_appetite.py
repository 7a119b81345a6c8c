"""Section `appetite` of the credit policy: how much risk the company wants to carry at most.

Each limit is a measure of the whole book and what follows where it is reached: `stop` (nothing
more of that kind on credit), `refer` (a person decides) or `watch` (it is shown). Amounts are
home minor units, shares ppm of the total exposure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.appetite_measures import (
    AMOUNTS,
    CLASS_SHARE,
    COUNTRY_SHARE,
    CURRENCY_SHARE,
    KEYED,
    MEASURES,
    REFER,
    SECTOR_SHARE,
    STOP,
    WATCH,
    AppetiteLimit,
    BookRow,
    Sums,
    sums_of,
)
from dunwell.engine.credit_classes import PPM, short_text
from dunwell.engine.documents import DocumentError
from dunwell.engine.sectors import CODES

LISTS = {
    CLASS_SHARE: "classes",
    COUNTRY_SHARE: "countries",
    SECTOR_SHARE: "sectors",
    CURRENCY_SHARE: "currencies",
}
"""The list that says of what a measure is; the others may not name it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauge:
    """A measure as it stands: `value` of `limit.most`; `parts` are the customers it is made of.

    `key` is the country, sector, currency or group that counts, where the largest one does.
    """

    limit: AppetiteLimit
    value: int
    parts: tuple[tuple[int, int], ...] = ()
    key: str = ""

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
    """Build section `appetite`: [{name, measure, most, then, classes, countries, …}]."""
    listed = documents.rows([] if value is None else value, "appetite", "credit")
    found = tuple(_limit(row, classes, f"credit, appetite {n}") for n, row in enumerate(listed, 1))
    documents.refuse_twice([one.name for one in found], "credit, appetite")
    return found


def without(
    limits: Iterable[AppetiteLimit], book: Iterable[BookRow], *, customer_id: int
) -> tuple[Sums, ...]:
    """Return what each limit measures of the book without a customer; reads the book once each."""
    rows = [row for row in book if row.customer_id != customer_id]
    return tuple(sums_of(limit, rows) for limit in limits)


def breaches(others: Iterable[Sums], row: BookRow, *, more_minor: int) -> tuple[Gauge, ...]:
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


def headroom(others: Iterable[Sums], row: BookRow, *, more_minor: int) -> int:
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
    known = {"name", "measure", "most_minor", "most_ppm", "then", "excluding", *LISTS.values()}
    documents.known(stated, known, where)
    measure = documents.choice(stated.get("measure"), "measure", MEASURES, where)
    field_name = "most_minor" if measure in AMOUNTS else "most_ppm"
    other = "most_ppm" if measure in AMOUNTS else "most_minor"
    if other in stated:
        raise DocumentError(f"{where}: {measure} is stated with {field_name}, not {other}")
    lists = {name: documents.names(stated.get(name), name, where) for name in LISTS.values()}
    if measure == CLASS_SHARE and not lists["classes"]:
        raise DocumentError(f"{where}: class_share needs classes")
    excluding = documents.names(stated.get("excluding"), "excluding", where)
    if excluding and (measure not in KEYED or lists[LISTS[measure]]):
        raise DocumentError(
            f"{where}: excluding goes with a share by country, sector or currency that names none"
        )
    largest = documents.LARGEST if measure in AMOUNTS else PPM
    return AppetiteLimit(
        name=short_text(stated, "name", where),
        measure=measure,
        most=documents.number(stated, field_name, where, largest=largest),
        then=documents.choice(stated.get("then", REFER), "then", (STOP, REFER, WATCH), where),
        classes=tuple(
            documents.choice(one, "classes", classes, where) for one in lists["classes"]
        ),
        countries=lists["countries"],
        sectors=tuple(documents.choice(one, "sectors", CODES, where) for one in lists["sectors"]),
        currencies=lists["currencies"],
        excluding=excluding,
    )
