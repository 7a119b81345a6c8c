"""What made DSO and receivables change between two days, in parts that sum to the change.

Receivables of a slice s (segment, country ...) over a window of W days are written as

    open = S / W * w * (T * v + l + d)        DSO = open * W / S = sum of w * (T * v + l + d)

    S  sales of the window, all slices        volume    how much was sold
    w  the slice's part of them               mix       to whom
    T  agreed days, weighted by amount        terms     what was agreed
    v  not yet due / (daily sales * T)        timing    when in the window it was sold
    l  overdue, not disputed / daily sales    lateness
    d  disputed / daily sales                 disputes

The idea of separating the pattern of sales from collection is Gallinger and Ifflander's variance
analysis (1986, Financial Management 15:4). Which factor moves first changes the parts of the
usual one-at-a-time bridge; here each part is the Shapley value (Shorrocks 2013, Journal of
Economic Inequality 11, 99-126), the mean over all orders: no residual, no order. Fractions
throughout, so the parts sum exactly; they are rounded together at the very end (`tied`).

Where a slice lacks a ratio (nothing sold in one of the windows, or no terms) it cannot be split
that far: without terms what is not due counts as terms; without sales what is not due counts as
mix, what is overdue as lateness and what is disputed as disputes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import factorial, floor, prod

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items, total
from dunwell.engine.ledger import Ledger, happened
from dunwell.engine.movements import SALES_KINDS
from dunwell.engine.schema import Column, Frame

PARTS = ("volume", "timing", "terms", "lateness", "disputes", "mix")
MEASURES = ("sales_minor", "agreed_minor_days", "current_minor", "late_minor", "disputed_minor")
MILLI = 1000
"""Days are told in thousandths."""

ZERO = Fraction(0)

LEVELS: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "customer_id": Column(nw.Int64, "who owes"),
    "sales_minor": Column(nw.Int64, "credit sales of the window, credit notes off"),
    "agreed_minor_days": Column(nw.Int128, "those sales times their days from issue to due date"),
    "current_minor": Column(nw.Int64, "open, neither past due nor disputed"),
    "late_minor": Column(nw.Int64, "open and past due, not disputed"),
    "disputed_minor": Column(nw.Int64, "open and disputed"),
}


def dso_levels(ledger: Ledger, *, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return what DSO on a day is made of, per customer and currency, in columns LEVELS.

    current + late + disputed is what is open, credit notes included. The window is the
    `window_days` days that end with `as_of`.
    """
    last = day_number(as_of)
    nothing = nw.lit(0, nw.Int64)
    days = nw.col("due_day") - nw.col("issued_day")
    agreed = nw.col("amount_minor").cast(nw.Int128) * nw.when(days > 0).then(days).otherwise(0)
    sold = ledger.items.filter(
        nw.col("kind").is_in(SALES_KINDS),
        nw.col("issued_day").is_between(last - window_days + 1, last),
    ).select(
        "currency",
        "customer_id",
        sales_minor=nw.col("amount_minor"),
        agreed_minor_days=agreed,
        current_minor=nothing,
        late_minor=nothing,
        disputed_minor=nothing,
    )
    disputed = (
        happened(ledger.disputes, "opened_day", ends="closed_day", as_of=as_of)
        .filter(nw.col("closed_day").is_null())
        .group_by("item_id")
        .agg(told_minor=total("amount_minor"))
    )
    told = nw.col("told_minor").fill_null(0)
    within = nw.when(told > nw.col("open_minor")).then(nw.col("open_minor")).otherwise(told)
    rest = nw.col("open_minor") - nw.col("in_dispute")
    is_late = nw.col("days_past_due") > 0
    owed = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .join(disputed, on="item_id", how="left")
        .with_columns(in_dispute=nw.when(nw.col("open_minor") > 0).then(within).otherwise(0))
        .select(
            "currency",
            "customer_id",
            sales_minor=nothing,
            agreed_minor_days=nothing.cast(nw.Int128),
            current_minor=nw.when(is_late).then(0).otherwise(rest).cast(nw.Int64),
            late_minor=nw.when(is_late).then(rest).otherwise(0).cast(nw.Int64),
            disputed_minor=nw.col("in_dispute").cast(nw.Int64),
        )
    )
    return (
        nw.concat([sold, owed], how="vertical")
        .group_by("currency", "customer_id")
        .agg(*[nw.col(name).sum().alias(name) for name in MEASURES])
        .select(*LEVELS)
    )


@dataclass(frozen=True, slots=True)
class Level:
    """What a slice's, or a customer's, part of DSO is made of on one day, as in LEVELS."""

    sales: int = 0
    agreed: int = 0
    current: int = 0
    late: int = 0
    disputed: int = 0

    def __add__(self, other: "Level") -> "Level":
        """Return two levels together."""
        return Level(*(a + b for a, b in zip(self.amounts, other.amounts, strict=True)))

    @property
    def amounts(self) -> tuple[int, int, int, int, int]:
        """Return the five amounts in the order of MEASURES."""
        return (self.sales, self.agreed, self.current, self.late, self.disputed)

    @property
    def open(self) -> int:
        """Return what is open."""
        return self.current + self.late + self.disputed


Weights = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
"""What one unit of each amount of a level adds to a part."""

Split = Mapping[str, tuple[Weights, Weights]]
"""Per part the weights of the amounts before and after: parts are linear in both levels, so the
same weights, put to each customer of the slice, split the part among them without a rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bridge:
    """The change of one measure, taken apart by slice and part; exact until `tied`.

    `unit` is days (in fractions of a day) or minor. `splits` lead from a slice to its customers.
    """

    unit: str
    before: Fraction
    after: Fraction
    splits: Mapping[str, Split]
    cells: Mapping[str, Mapping[str, Fraction]]

    def part(self, name: str) -> Fraction:
        """Return one part over all slices."""
        return sum((cell.get(name, ZERO) for cell in self.cells.values()), ZERO)


def bridge(
    before: Mapping[str, Level],
    after: Mapping[str, Level],
    *,
    window_days: int,
    unit: str,
) -> Bridge | None:
    """Return the bridge of DSO (`unit` days) or receivables (`unit` minor) between two days.

    Both mappings go by slice. None for DSO where nothing was sold in one of the windows.
    """
    all_before = sum((one.sales for one in before.values()), 0)
    all_after = sum((one.sales for one in after.values()), 0)
    if unit == "days" and (all_before <= 0 or all_after <= 0):
        return None
    totals = (Fraction(all_before), Fraction(all_after))
    splits: dict[str, Split] = {}
    cells: dict[str, dict[str, Fraction]] = {}
    for key in sorted(before.keys() | after.keys()):
        pair = (before.get(key, Level()), after.get(key, Level()))
        splits[key] = _split(pair, totals, window_days=window_days, unit=unit)
        cells[key] = {part: applied(weights, *pair) for part, weights in splits[key].items()}
    scale = (
        tuple(Fraction(window_days) / one for one in totals)
        if unit == "days"
        else (Fraction(1), Fraction(1))
    )
    return Bridge(
        unit=unit,
        before=scale[0] * sum(one.open for one in before.values()),
        after=scale[1] * sum(one.open for one in after.values()),
        splits=splits,
        cells=cells,
    )


def applied(weights: tuple[Weights, Weights], before: Level, after: Level) -> Fraction:
    """Return what a level before and after adds to a part with these weights."""
    return sum(
        (
            weight * amount
            for one, level in zip(weights, (before, after), strict=True)
            for weight, amount in zip(one, level.amounts, strict=True)
        ),
        ZERO,
    )


def product_parts(before: Sequence[Fraction], after: Sequence[Fraction]) -> list[Fraction]:
    """Return each factor's Shapley coefficient in the change of a product.

    The part of factor i is its change times coefficient i; all parts sum to the change.
    """
    count = len(before)
    found = []
    for number in range(count):
        others = [place for place in range(count) if place != number]
        coefficient = ZERO
        for chosen in range(1 << len(others)):
            moved = [others[bit] for bit in range(len(others)) if chosen >> bit & 1]
            weight = Fraction(
                factorial(len(moved)) * factorial(count - 1 - len(moved)), factorial(count)
            )
            coefficient += weight * prod(
                (after[place] if place in moved else before[place] for place in others),
                start=Fraction(1),
            )
        found.append(coefficient)
    return found


def _split(
    pair: tuple[Level, Level], totals: tuple[Fraction, Fraction], *, window_days: int, unit: str
) -> Split:
    """Return the weights of every part of one slice."""
    weights = _Weights(pair, totals, Fraction(window_days), unit)
    has_sales = all(one.sales > 0 for one in pair) and all(one > 0 for one in totals)
    if not has_sales:
        for field, part in (("current", "mix"), ("late", "lateness"), ("disputed", "disputes")):
            weights.add(("stock", field), parts=("mix", part))
    else:
        has_terms = all(one.agreed > 0 for one in pair)
        if has_terms:
            weights.add(("mix", "terms", "timing"), parts=("mix", "terms", "timing"))
        else:
            weights.add(("mix", "undue"), parts=("mix", "terms"))
        weights.add(("mix", "lateness"), parts=("mix", "lateness"))
        weights.add(("mix", "disputes"), parts=("mix", "disputes"))
    return weights.found()


FIELDS = ("sales", "agreed", "current", "late", "disputed")


class _Weights:
    """Gathers the weights of the parts of one slice, term by term."""

    def __init__(
        self,
        pair: tuple[Level, Level],
        totals: tuple[Fraction, Fraction],
        window: Fraction,
        unit: str,
    ) -> None:
        self._pair, self._totals, self._window, self._unit = pair, totals, window, unit
        self._sums: dict[str, list[list[Fraction]]] = {}

    def add(self, factors: tuple[str, ...], *, parts: tuple[str, ...]) -> None:
        """Add a product of factors; each factor's change goes to its part."""
        if self._unit == "minor" and factors[0] != "stock":
            factors, parts = ("volume", *factors), ("volume", *parts)
        sides = [[self._value(name, side) for name in factors] for side in (0, 1)]
        coefficients = product_parts(*sides)
        for name, part, coefficient, low, high in zip(
            factors, parts, coefficients, *sides, strict=True
        ):
            if name in ("stock", "volume"):
                self._shared(part, coefficient * (high - low), like=factors[-1])
            else:
                for side, sign in ((0, -1), (1, 1)):
                    field, unit_value = self._carrier(name, side)
                    self._put(part, side, field, sign * coefficient * unit_value)

    def found(self) -> Split:
        """Return the weights by part."""
        return {
            part: ((*sides[0],), (*sides[1],))  # type: ignore[misc]
            for part, sides in self._sums.items()
        }

    def _value(self, name: str, side: int) -> Fraction:
        if name == "stock":
            is_days = self._unit == "days"
            return self._window / self._totals[side] if is_days else Fraction(1)
        if name == "volume":
            return self._totals[side] / self._window
        field, unit_value = self._carrier(name, side)
        return unit_value * int(getattr(self._pair[side], field))

    def _carrier(self, name: str, side: int) -> tuple[str, Fraction]:
        """Return the amount a factor is made of, and what one unit of it is worth."""
        level = self._pair[side]
        if name in ("current", "late", "disputed"):
            return name, Fraction(1)
        if name == "mix":
            return "sales", 1 / self._totals[side]
        if name == "terms":
            return "agreed", Fraction(1, level.sales)
        if name == "timing":
            return "current", self._window / level.agreed
        field = {"undue": "current", "lateness": "late", "disputes": "disputed"}[name]
        return field, self._window / level.sales

    def _shared(self, part: str, amount: Fraction, *, like: str) -> None:
        """Spread what concerns the slice as a whole by the slice's sales, or what is open."""
        field = like if like in FIELDS else "sales"
        sizes = [int(getattr(one, field)) for one in self._pair]
        told = [side for side in (0, 1) if sizes[side] != 0]
        for side in told:
            self._put(part, side, field, amount / len(told) / sizes[side])

    def _put(self, part: str, side: int, field: str, weight: Fraction) -> None:
        sums = self._sums.setdefault(part, [[ZERO] * len(FIELDS) for _ in range(2)])
        sums[side][FIELDS.index(field)] += weight


def tied(parts: Sequence[Fraction], whole: int) -> list[int]:
    """Return the parts as whole numbers that sum to `whole`: largest remainders first (Hamilton).

    `whole` must lie within one of their sum for each number to lie within one of its part.
    """
    low = [floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (low[place] - parts[place], place))
    left = whole - sum(low)
    if not order:
        return []
    for step in range(abs(left)):
        place = order[step % len(order)] if left > 0 else order[-1 - step % len(order)]
        low[place] += 1 if left > 0 else -1
    return low


def rounded(value: Fraction) -> int:
    """Return the nearest whole number, halves away from zero."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))
