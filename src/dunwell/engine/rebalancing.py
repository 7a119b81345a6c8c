"""Bringing a book back within its appetite at the least lost margin: which lever, for whom.

Levers on a customer's exposure, each with what a unit less of it costs in a year:

* cut the limit: the sales it carried are lost, margin x 365 / days to pay;
* shorten the terms: a day less costs some sales, 365 x (sales lost per day) x margin;
* cover it: the premium, on the part that is covered;
* sell it (factoring without recourse): the fee on the turnover, fee x 365 / days to pay.

What is no longer exposed neither defaults nor has to be carried: PD x LGD and the cost of money
are taken off the cost, but not below nothing, for a lever that earns is no reason to take more of
it. Greedy: the limit passed furthest comes first, the cheapest lever that brings it down is used
as far as it is needed, and everything is measured again. Each limit is a fraction in the
exposures and each cost is linear in them, so that for one limit the cheapest first costs least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import narwhals.stable.v2 as nw

from dunwell.engine.appetite_measures import (
    LARGEST,
    TOPS,
    AppetiteLimit,
    BookRow,
    Whole,
    parts_of,
)
from dunwell.engine.book_gauges import largest_parts, whole_of
from dunwell.engine.credit_appetite import Gauge, headroom
from dunwell.engine.credit_book import CreditBook, CreditRow
from dunwell.engine.money import part
from dunwell.engine.stress import book_row

PPM = 1_000_000
YEAR = 365
CUT, TERMS, COVER, FACTOR = "cut", "terms", "cover", "factor"
LEVERS = (CUT, TERMS, COVER, FACTOR)
MOST_STEPS = 60
MOST_RAISES = 10
MOST_ASKED = 200
"""So many of the largest a measure is made of are asked what a lever on them costs."""
GRID = 64
"""So many reductions are looked at before the exact one is searched between two of them."""
NEAR_PPM = 800_000
"""Whoever uses so much of its limit could use more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeverTerms:
    """What levers cost and how far they reach, ppm; days to pay in days.

    `most` of a customer's exposure that a lever may take; a lever that is not in it is not used.
    """

    margin_ppm: int = 150_000
    carry_ppm: int = 80_000
    sales_per_day_ppm: int = 2_500
    premium_ppm: int = 30_000
    fee_ppm: int = 15_000
    pay_days: int = 30
    most: Mapping[str, int] = field(
        default_factory=lambda: {CUT: 500_000, TERMS: 330_000, COVER: 900_000, FACTOR: 900_000}
    )

    def yearly_cost_ppm(self, lever: str, row: CreditRow) -> int:
        """Return what a unit less exposure costs in a year, ppm of it; never below 0."""
        days = max(self.pay_days, 1)
        gross = {
            CUT: self.margin_ppm * YEAR // days,
            TERMS: YEAR * self.sales_per_day_ppm * self.margin_ppm // PPM,
            COVER: self.premium_ppm,
            FACTOR: self.fee_ppm * YEAR // days,
        }[lever]
        # what is covered is still carried
        carried = 0 if lever == COVER else self.carry_ppm
        return max(gross - row.pd_ppm * row.lgd_ppm // PPM - carried, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class RebalancingStep:
    """One lever for one customer: by how much, what it costs a year, and what it does.

    `limit` is the one it was for; `before` and `after` its measure. `limit_minor` is the credit
    limit that goes with a cut, None for the other levers.
    """

    customer_id: int
    lever: str
    exposure_minor: int
    less_minor: int
    cost_minor: int
    limit: str
    before: int
    after: int
    limit_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Raise:
    """A customer whose limit could be higher, and what that earns net of loss and carry."""

    customer_id: int
    limit_minor: int
    raised_minor: int
    worth_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebalanced:
    """The steps in their order, gauges before and after, and limits that could go up.

    `stuck` names limits that no lever brings down far enough.
    """

    steps: tuple[RebalancingStep, ...]
    before: tuple[Gauge, ...]
    after: tuple[Gauge, ...]
    raises: tuple[Raise, ...]
    stuck: tuple[str, ...]
    cost_minor: int


def rebalanced(
    book: CreditBook, limits: Sequence[AppetiteLimit], *, terms: LeverTerms
) -> Rebalanced:
    """Return how the book comes within its limits; every customer's levers are used once each."""
    levered = _Levered(book, limits)
    steps: list[RebalancingStep] = []
    used: set[tuple[int, str]] = set()
    stuck: set[str] = set()
    first = now = levered.gauges()
    while len(steps) < MOST_STEPS:
        passed = [one for one in now if one.is_reached and one.limit.name not in stuck]
        if not passed:
            break
        worst = max(passed, key=lambda one: one.used_ppm)
        step = _cheapest(worst, levered, used, terms)
        if step is None:
            stuck.add(worst.limit.name)
            continue
        used.add((step.customer_id, step.lever))
        levered.lower(step.customer_id, step.less_minor)
        now = levered.gauges()
        reached = next(one for one in now if one.limit == worst.limit)
        steps.append(replace(step, before=worst.value, after=reached.value))
    return Rebalanced(
        steps=tuple(steps),
        before=first,
        after=now,
        raises=_raises(levered, limits, terms) if not any(one.is_reached for one in now) else (),
        stuck=tuple(sorted(one.limit.name for one in now if one.is_reached)),
        cost_minor=sum(step.cost_minor for step in steps),
    )


class _Levered:
    """A book as the levers used so far leave it; only who may be chosen is looked at alone."""

    def __init__(self, book: CreditBook, limits: Sequence[AppetiteLimit]) -> None:
        self._book = book
        self._limits = tuple(limits)
        self._wholes = [whole_of(one, book) for one in self._limits]
        self._started: dict[int, CreditRow] = {}
        self._lowered: dict[int, CreditRow] = {}
        self._parts: dict[tuple[AppetiteLimit, str], tuple[tuple[int, int], ...]] = {}

    def gauges(self) -> tuple[Gauge, ...]:
        """Return the limits as they stand, without the customers they are made of."""
        return tuple(
            Gauge(limit=limit, value=whole.value(), key=whole.largest_key())
            for limit, whole in zip(self._limits, self._wholes, strict=True)
        )

    def whole(self, limit: AppetiteLimit) -> Whole:
        """Return what a limit measures now."""
        return self._wholes[self._limits.index(limit)]

    def started(self, customer_id: int) -> CreditRow:
        """Return a customer before any lever."""
        return self._started[customer_id]

    def row(self, customer_id: int) -> CreditRow:
        """Return a customer as it is now."""
        return self._lowered.get(customer_id) or self._started[customer_id]

    def parts(self, gauge: Gauge) -> list[tuple[int, int]]:
        """Return the MOST_ASKED largest of those a measure is made of now, the largest first."""
        limit, asked = gauge.limit, (gauge.limit, gauge.key)
        if asked not in self._parts:
            # as many as may come up to the largest once others were lowered
            most = MOST_ASKED + MOST_STEPS
            found = largest_parts(limit, self._book, key=gauge.key, most=most)
            self._parts[asked] = found
            self._read([key for key, _amount in found])
        is_keyed = limit.measure in LARGEST and not limit.named
        held = []
        for customer_id, stated in self._parts[asked]:
            row, amount = self._lowered.get(customer_id), stated
            if row is not None:
                own = parts_of(limit, book_row(row))
                amount = sum(one for key, one in own if not is_keyed or key == gauge.key)
            if amount:
                held.append((customer_id, amount))
        held.sort(key=lambda one: (-one[1], one[0]))
        return held[: TOPS.get(limit.measure, MOST_ASKED)]

    def lower(self, customer_id: int, less_minor: int) -> None:
        """Take so much off the exposure of a customer."""
        before = self.row(customer_id)
        after = _lowered(before, less_minor)
        for whole in self._wholes:
            whole.exchange(book_row(before), book_row(after))
        self._lowered[customer_id] = after

    def near(self) -> list[CreditRow]:
        """Return those who use most of their limit as they are now, who lose least first."""
        used = nw.col("known_minor").cast(nw.Int128) * PPM
        bound = nw.col("limit_minor").cast(nw.Int128) * NEAR_PPM
        rows = self._book.rows.filter((nw.col("limit_minor") != 0) & (used >= bound))
        rows = rows.with_columns(risk=nw.col("pd_ppm") * nw.col("lgd_ppm")).sort(
            "risk", "known_minor", "customer_id", descending=[False, True, False]
        )
        # the lowered may be near no more, or come later among those alike
        found = CreditBook(rows.head(MOST_RAISES + len(self._lowered)), self._book.held)
        now = [self._lowered.get(row.customer_id, row) for row in found.credit_rows()]
        near = [row for row in now if row.known_minor * PPM >= NEAR_PPM * (row.limit_minor or 0)]
        near.sort(key=lambda row: (row.pd_ppm * row.lgd_ppm, -row.known_minor, row.customer_id))
        return near[:MOST_RAISES]

    def _read(self, keys: Sequence[int]) -> None:
        chosen = self._book.rows.filter(nw.col("customer_id").is_in(list(keys)))
        for row in CreditBook(chosen, self._book.held).credit_rows():
            self._started.setdefault(row.customer_id, row)


def _cheapest(
    gauge: Gauge, levered: _Levered, used: set[tuple[int, str]], terms: LeverTerms
) -> RebalancingStep | None:
    """Return the cheapest lever on one of those the measure is made of, None where none is left.

    Of equal costs the larger exposure: fewer people are asked.
    """
    choices = sorted(
        (terms.yearly_cost_ppm(lever, levered.row(key)), -amount, key, lever)
        for key, amount in levered.parts(gauge)
        for lever in terms.most
        if (key, lever) not in used
    )
    whole = levered.whole(gauge.limit)
    for cost_ppm, _amount, key, lever in choices:
        row = levered.row(key)
        most = min(part(levered.started(key).known_minor, terms.most[lever], PPM), row.known_minor)
        less = _needed(gauge, whole, row, most)
        if less <= 0:
            continue
        return RebalancingStep(
            customer_id=key,
            lever=lever,
            exposure_minor=row.known_minor,
            less_minor=less,
            cost_minor=part(less, cost_ppm, PPM),
            limit=gauge.limit.name,
            before=gauge.value,
            after=gauge.value,
            limit_minor=row.known_minor - less if lever == CUT else None,
        )
    return None


def _needed(gauge: Gauge, whole: Whole, row: CreditRow, most_minor: int) -> int:
    """Return the least reduction that brings the measure to its most, else `most_minor`.

    0 where less of this customer does not bring it down.
    """
    shown: BookRow = book_row(row)
    others = whole.without(shown)
    own = row.known_minor

    @cache
    def value(less: int) -> int:
        return others.value(shown, own - less)

    # less of one name lowers its share until another is the largest: then it rises again
    turns = {own - amount for amount in others.largest if 0 < own - amount <= most_minor}
    marks = sorted({most_minor * n // GRID for n in range(1, GRID + 1)} - {0} | turns)
    first = next((less for less in marks if value(less) <= gauge.limit.most), None)
    if first is None:
        best = min(marks, key=lambda less: (value(less), less), default=0)
        return best if best and value(best) < gauge.value else 0
    low, high = max((less for less in marks if less < first), default=0), first
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if value(middle) <= gauge.limit.most else (middle, high)
    return high


def _lowered(row: CreditRow, less_minor: int) -> CreditRow:
    left = row.known_minor - less_minor
    currencies = tuple(
        (code, part(amount, left, row.known_minor or 1)) for code, amount in row.currencies
    )
    return replace(row, exposure_minor=left, currencies=currencies)


def _raises(
    levered: _Levered, limits: Sequence[AppetiteLimit], terms: LeverTerms
) -> tuple[Raise, ...]:
    """Return limits that could go up by a quarter within the appetite, the most worth first."""
    found: list[Raise] = []
    earns_ppm = terms.margin_ppm * YEAR // max(terms.pay_days, 1)
    for row in levered.near():
        limit = row.limit_minor or 0
        more = limit // 4
        shown = book_row(row)
        others = [
            replace(levered.whole(one).without(shown), limit=replace(one, then="stop"))
            for one in limits
        ]
        fits = headroom(others, shown, more_minor=more)
        net_ppm = earns_ppm - row.pd_ppm * row.lgd_ppm // PPM - terms.carry_ppm
        if fits > 0 and net_ppm > 0:
            found.append(
                Raise(
                    customer_id=row.customer_id,
                    limit_minor=limit,
                    raised_minor=limit + fits,
                    worth_minor=part(fits, net_ppm, PPM),
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.worth_minor, one.customer_id)))
