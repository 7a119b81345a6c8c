"""The book as an order check sees it: what the cycle kept of it, and what orders added since.

A measure of the whole book does not fit into the time of an order. What is kept lags behind
invoices, payments and orders that ended since the last cycle; orders that were approved meanwhile
are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.appetite_measures import (
    AMOUNTS,
    CLASS_SHARE,
    COUNTRY_SHARE,
    CURRENCY_SHARE,
    EXPECTED_LOSS,
    GROUP_SHARE,
    HHI,
    KEYED,
    NEW_SHARE,
    SECTOR_SHARE,
    TOP_EXPOSURE,
    TOPS,
    TOTAL,
    UNCOVERED_SHARE,
    WATCH,
    AppetiteLimit,
    value_of,
)
from dunwell.engine.sectors import section_of

SQUARE_UNIT = 1_000
"""Squares are of exposures in thousands of minor units, so that they fit into 64 bits."""

Place = tuple[str, str]
"""A dimension and a key in it, as `PortfolioMeasure` keeps them."""

WHOLE: Place = ("total", "")
LOSS: Place = ("loss", "")
COVERED: Place = ("covered", "")
SQUARES: Place = ("squares", "")
NEW: Place = ("new", "")

_DIMENSIONS: Mapping[str, str] = {
    TOTAL: "total",
    EXPECTED_LOSS: "total",
    CLASS_SHARE: "class",
    COUNTRY_SHARE: "country",
    SECTOR_SHARE: "sector",
    CURRENCY_SHARE: "currency",
    GROUP_SHARE: "group",
    NEW_SHARE: "new",
    UNCOVERED_SHARE: "covered",
    HHI: "squares",
    TOP_EXPOSURE: "name",
    **dict.fromkeys(TOPS, "name"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderAppetite:
    """The limits of the appetite that hold orders, and what a class loses.

    `losses`: probability of default and loss given default of each class, ppm; `unscored` is the
    class of whoever has no rating.
    """

    limits: tuple[AppetiteLimit, ...]
    unscored: str
    losses: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions of the kept figures that its limits need."""
        return tuple(sorted({"total", *(_DIMENSIONS[one.measure] for one in self.limits)}))

    @property
    def asks_new(self) -> bool:
        """Return whether a limit asks who is a new customer."""
        return any(one.measure == NEW_SHARE for one in self.limits)


def acting(limits: tuple[AppetiteLimit, ...]) -> tuple[AppetiteLimit, ...]:
    """Return the limits that stop or refer; those that are watched hold nothing."""
    return tuple(one for one in limits if one.then != WATCH)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBook:
    """What is kept of the book, home minor units; `as_of` None where nothing is kept yet."""

    appetite: OrderAppetite
    as_of: date | None
    parts: Mapping[Place, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPlace:
    """Where one customer's exposure counts."""

    customer_id: int
    group_id: int
    country: str
    sector: str
    currency: str
    risk_class: str
    is_new: bool

    def growth(self, was_minor: int, now_minor: int, appetite: OrderAppetite) -> dict[Place, int]:
        """Return what a change of its exposure adds to each part of the book."""
        more = now_minor - was_minor
        pd_ppm, lgd_ppm = appetite.losses.get(self.risk_class, (0, 0))
        found = {
            WHOLE: more,
            LOSS: more * pd_ppm * lgd_ppm // 1_000_000_000_000,
            SQUARES: (now_minor // SQUARE_UNIT) ** 2 - (was_minor // SQUARE_UNIT) ** 2,
            ("country", self.country): more,
            ("sector", self.sector): more,
            ("currency", self.currency): more,
            ("class", self.risk_class): more,
            ("group", str(self.group_id)): more,
            ("name", str(self.customer_id)): more,
        }
        return {**found, NEW: more} if self.is_new else found


def measured(limit: AppetiteLimit, parts: Mapping[Place, int], own: OwnPlace) -> int | None:
    """Return a limit's measure of the book, by the parts a customer's order can raise.

    Of a measure of the largest part that is the customer's own country, sector, currency or
    group: no other one grows by its order. None where the order does not count in it.
    """
    counted = _counted(limit, parts, own)
    if counted is None:
        return None
    total = parts.get(WHOLE, 0)
    if limit.measure == HHI:
        # squares are in thousands: both sides of the ratio are
        total = total // SQUARE_UNIT
    return value_of(limit, counted=counted, total_minor=total, covered_minor=parts.get(COVERED, 0))


def _counted(limit: AppetiteLimit, parts: Mapping[Place, int], own: OwnPlace) -> int | None:
    measure = limit.measure
    if measure in KEYED:
        return _keyed(limit, parts, own)
    if measure == CLASS_SHARE:
        return sum(parts.get(("class", name), 0) for name in limit.classes)
    if measure in TOPS:
        names = sorted((amount for key, amount in parts.items() if key[0] == "name"), reverse=True)
        return sum(names[: TOPS[measure]])
    places: Mapping[str, Place] = {
        EXPECTED_LOSS: LOSS,
        HHI: SQUARES,
        NEW_SHARE: NEW,
        GROUP_SHARE: ("group", str(own.group_id)),
        TOP_EXPOSURE: ("name", str(own.customer_id)),
    }
    return parts.get(places.get(measure, WHOLE), 0)


def _keyed(limit: AppetiteLimit, parts: Mapping[Place, int], own: OwnPlace) -> int | None:
    dimension = _DIMENSIONS[limit.measure]
    code = {"country": own.country, "sector": own.sector, "currency": own.currency}[dimension]

    def wide(one: str) -> str:
        return section_of(one) if dimension == "sector" else one

    if limit.named:
        return sum(
            amount
            for (held, key), amount in parts.items()
            if held == dimension and (key in limit.named or wide(key) in limit.named)
        )
    if not wide(code) or code in limit.excluding or wide(code) in limit.excluding:
        return None
    return sum(
        amount
        for (held, key), amount in parts.items()
        if held == dimension and wide(key) == wide(code) and key not in limit.excluding
    )


def is_amount(limit: AppetiteLimit) -> bool:
    """Return whether a limit is stated in home minor units rather than as a share."""
    return limit.measure in AMOUNTS
