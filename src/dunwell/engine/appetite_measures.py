"""What the appetite measures of a book of credit: one number per measure, and who makes it up.

A measure is a sum over customers, or over their countries, sectors, currencies, groups or names,
of which the largest counts. Amounts are home minor units, shares ppm of the total exposure,
rounded up, so that nothing looks smaller than it is.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from heapq import nlargest
from operator import itemgetter

from dunwell.engine.credit_classes import PPM
from dunwell.engine.limit_worth import expected_loss
from dunwell.engine.sectors import section_of

STOP = "stop"
REFER = "refer"
WATCH = "watch"

TOTAL = "total_exposure"
EXPECTED_LOSS = "expected_loss"
TOP_EXPOSURE = "top_1_exposure"
CLASS_SHARE = "class_share"
COUNTRY_SHARE = "country_share"
SECTOR_SHARE = "sector_share"
CURRENCY_SHARE = "currency_share"
GROUP_SHARE = "group_share"
NEW_SHARE = "new_share"
UNCOVERED_SHARE = "uncovered_share"
HHI = "hhi"
TOPS: Mapping[str, int] = {
    "top_1_share": 1,
    "top_5_share": 5,
    "top_10_share": 10,
    "top_20_share": 20,
}
"""Shares of so many largest customers."""
MEASURES = (
    TOTAL,
    CLASS_SHARE,
    *TOPS,
    TOP_EXPOSURE,
    GROUP_SHARE,
    COUNTRY_SHARE,
    SECTOR_SHARE,
    CURRENCY_SHARE,
    NEW_SHARE,
    UNCOVERED_SHARE,
    HHI,
    EXPECTED_LOSS,
)
AMOUNTS = (TOTAL, EXPECTED_LOSS, TOP_EXPOSURE)
"""Measures in home minor units; the others are shares in ppm."""
KEYED = (COUNTRY_SHARE, SECTOR_SHARE, CURRENCY_SHARE)
"""Measures of named parts together, or, where none are named, of the largest part."""
LARGEST = (*KEYED, GROUP_SHARE, TOP_EXPOSURE)
MOST_NAMES = max(TOPS.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteLimit:
    """At most so much of a measure.

    `classes`, `countries`, `sectors` and `currencies` say of what, together; where a share by
    country, sector or currency names none it is that of the largest one, `excluding` left out.
    """

    name: str
    measure: str
    most: int
    then: str = REFER
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    excluding: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Return the countries, sectors or currencies it names."""
        return {
            COUNTRY_SHARE: self.countries,
            SECTOR_SHARE: self.sectors,
            CURRENCY_SHARE: self.currencies,
        }.get(self.measure, ())


@dataclass(frozen=True, kw_only=True, slots=True)
class BookRow:
    """One customer of the book; `exposure_minor` None is not known and counts in no figure.

    `currencies` is the exposure by currency, in home minor units; none where it is not told.
    `group_id` is the customer its group hangs under, 0 for itself. `covered_minor` is what covers
    take off, which is no part of the exposure. `is_new`: no item of it is a year old.
    """

    customer_id: int
    exposure_minor: int | None
    risk_class: str = ""
    country: str = ""
    pd_ppm: int = 0
    lgd_ppm: int = 0
    sector: str = ""
    currencies: tuple[tuple[str, int], ...] = ()
    group_id: int = 0
    covered_minor: int = 0
    is_new: bool = False


Part = tuple[str, int]
"""What a customer adds to a measure: to which country, group or name, and how much."""


def parts_of(limit: AppetiteLimit, row: BookRow) -> tuple[Part, ...]:
    """Return what one customer adds to a measure, by the key it counts under."""
    exposure, measure = row.exposure_minor or 0, limit.measure
    if measure == EXPECTED_LOSS:
        loss = expected_loss(exposure, pd_ppm=row.pd_ppm, lgd_ppm=row.lgd_ppm)
        return (("", loss),)
    if measure in {*TOPS, TOP_EXPOSURE, HHI}:
        return ((str(row.customer_id), exposure),)
    if measure == GROUP_SHARE:
        return ((str(row.group_id or row.customer_id), exposure),)
    if measure == CURRENCY_SHARE:
        return tuple(
            (key, amount)
            for code, amount in by_currency(row, exposure)
            if (key := key_of_code(limit, code, code)) is not None
        )
    if measure in KEYED:
        key = key_of(limit, row)
        return () if key is None else ((key, exposure),)
    is_counted = {
        CLASS_SHARE: row.risk_class in limit.classes,
        NEW_SHARE: row.is_new,
    }.get(measure, True)
    return (("", exposure),) if is_counted else ()


def key_of(limit: AppetiteLimit, row: BookRow) -> str | None:
    """Return where a customer's country or sector counts, None where it does not."""
    if limit.measure == COUNTRY_SHARE:
        return key_of_code(limit, row.country, row.country)
    return key_of_code(limit, row.sector, section_of(row.sector))


def key_of_code(limit: AppetiteLimit, code: str, wide: str) -> str | None:
    """Return the key of a code: "" among those that are named, else the wider one it lies in."""
    if limit.named:
        return "" if code in limit.named or wide in limit.named else None
    is_left_out = not wide or code in limit.excluding or wide in limit.excluding
    return None if is_left_out else wide


def by_currency(row: BookRow, exposure_minor: int) -> tuple[Part, ...]:
    """Return an exposure by currency, spread as the customer's is now; parts add up to it."""
    held = [(code, amount) for code, amount in row.currencies if amount > 0]
    whole = sum(amount for _code, amount in held)
    if not whole:
        return ()
    if whole == exposure_minor:
        return tuple(held)
    found = [(code, exposure_minor * amount // whole) for code, amount in held]
    rest = exposure_minor - sum(amount for _code, amount in found)
    return ((found[0][0], found[0][1] + rest), *found[1:])


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """A measure of some customers: enough to add one more without looking at them again."""

    limit: AppetiteLimit
    total_minor: int
    covered_minor: int
    sums: Mapping[str, int] = field(default_factory=dict)
    largest: tuple[int, ...] = ()
    squares: int = 0

    def value(self, row: BookRow | None = None, exposure_minor: int = 0) -> int:
        """Return the measure, with one more customer at an exposure where one is given.

        It must not be among those the sums are of.
        """
        parts: tuple[Part, ...] = ()
        total, covered = self.total_minor, self.covered_minor
        if row is not None:
            parts = parts_of(self.limit, replace(row, exposure_minor=exposure_minor))
            total, covered = total + exposure_minor, covered + row.covered_minor
        return value_of(
            self.limit,
            counted=self._counted(parts),
            total_minor=total,
            covered_minor=covered,
        )

    def _counted(self, parts: tuple[Part, ...]) -> int:
        measure = self.limit.measure
        if measure in TOPS:
            names = (*self.largest, *(amount for _key, amount in parts))
            return sum(nlargest(TOPS[measure], names))
        if measure == HHI:
            return self.squares + sum(amount * amount for _key, amount in parts)
        grown = [self.sums.get(key, 0) + amount for key, amount in parts]
        if measure in LARGEST and not self.limit.named:
            return max([*self.largest[:1], *grown], default=0)
        return sum(self.sums.values()) + sum(amount for _key, amount in parts)


def value_of(
    limit: AppetiteLimit, *, counted: int, total_minor: int, covered_minor: int = 0
) -> int:
    """Return an amount as it is, a share of the total in ppm; 0 for an empty book."""
    if limit.measure in AMOUNTS:
        return counted
    whole = total_minor
    if limit.measure == HHI:
        whole = total_minor * total_minor
    elif limit.measure == UNCOVERED_SHARE:
        counted, whole = total_minor, total_minor + covered_minor
    return -(-counted * PPM // whole) if whole > 0 else 0


def sums_of(limit: AppetiteLimit, rows: Iterable[BookRow]) -> Sums:
    """Return what a measure has of some customers; reads them once."""
    total, covered, sums = _added_up(limit, rows)
    squares = sum(amount * amount for amount in sums.values()) if limit.measure == HHI else 0
    return Sums(
        limit=limit,
        total_minor=total,
        covered_minor=covered,
        sums={} if limit.measure in {*TOPS, HHI} else sums,
        largest=tuple(nlargest(MOST_NAMES, sums.values())),
        squares=squares,
    )


class Whole:
    """What a limit of the appetite measures of a whole book, ready to be told without a customer.

    Reading the book once answers for every customer: what each adds is taken off again.
    """

    def __init__(self, limit: AppetiteLimit, book: Iterable[BookRow] = ()) -> None:
        self._limit = limit
        self._is_hhi = limit.measure == HHI
        self._keep(*_added_up(limit, book))

    @classmethod
    def summed(
        cls, limit: AppetiteLimit, *, total_minor: int, covered_minor: int, sums: dict[str, int]
    ) -> "Whole":
        """Return the same of a book that was added up already, by the keys of the measure."""
        whole = cls(limit)
        whole._keep(total_minor, covered_minor, sums)
        return whole

    def _keep(self, total_minor: int, covered_minor: int, sums: dict[str, int]) -> None:
        self._total, self._covered, self._sums = total_minor, covered_minor, sums
        self._largest = nlargest(MOST_NAMES + 1, sums.items(), key=itemgetter(1))
        self._squares = sum(amount**2 for amount in sums.values()) if self._is_hhi else 0

    def exchange(self, before: BookRow, after: BookRow) -> None:
        """Put a customer of the book at another exposure."""
        total, covered, sums = self._total, self._covered, self._sums
        for sign, row in ((-1, before), (1, after)):
            one_total, one_covered, own = _added_up(self._limit, [row])
            total, covered = total + sign * one_total, covered + sign * one_covered
            for key, amount in own.items():
                sums[key] = sums.get(key, 0) + sign * amount
        self._keep(total, covered, sums)

    def value(self) -> int:
        """Return the measure of the whole book."""
        is_kept = self._limit.measure not in {*TOPS, HHI}
        return Sums(
            limit=self._limit,
            total_minor=self._total,
            covered_minor=self._covered,
            sums=self._sums if is_kept else {},
            largest=tuple(amount for _key, amount in self._largest),
            squares=self._squares,
        ).value()

    def largest_key(self) -> str:
        """Return the key that counts of a measure of the largest part, empty for the others."""
        if self._limit.measure not in LARGEST or self._limit.named or not self._largest:
            return ""
        most = self._largest[0][1]
        return min(key for key, amount in self._sums.items() if amount == most) if most else ""

    def without(self, row: BookRow) -> Sums:
        """Return the sums of the book without one of its customers."""
        total, covered, own = _added_up(self._limit, [row])
        left = {key: self._sums[key] - amount for key, amount in own.items()}
        is_kept = self._limit.measure not in {*TOPS, HHI}
        # only a customer of several currencies takes more than one name off, and those are few
        named = self._sums.items() if len(own) > 1 else self._largest
        others = [amount for key, amount in named if key not in left]
        lost = sum(self._sums[key] ** 2 - amount**2 for key, amount in left.items())
        return Sums(
            limit=self._limit,
            total_minor=self._total - total,
            covered_minor=self._covered - covered,
            sums=ChainMap(left, self._sums) if is_kept else {},
            largest=tuple(nlargest(MOST_NAMES, [*others, *left.values()])),
            squares=self._squares - lost if self._is_hhi else 0,
        )


def _added_up(limit: AppetiteLimit, rows: Iterable[BookRow]) -> tuple[int, int, dict[str, int]]:
    """Return what customers owe, what covers take off, and what they add by key."""
    sums: dict[str, int] = {}
    total = covered = 0
    for row in rows:
        covered += row.covered_minor
        if not row.exposure_minor:
            continue
        total += row.exposure_minor
        for key, amount in parts_of(limit, row):
            sums[key] = sums.get(key, 0) + amount
    return total, covered, sums
