"""What a set of assumptions makes of a cash forecast: cash per period, DSO and working capital.

Everything is in the home currency, minor units, and moves in whole numbers: what leaves one
period arrives in another, is lost, or falls behind the last one, and nothing else happens to it.
The rest of the business is taken to go on as today: the receivables of a scenario are those of
today, changed by what comes later, what is lost and what is sold more or less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import part

PPM = 1_000_000
YEAR = 365
QUANTILES = ("expected", "p5", "p10", "p50", "p90", "p95")


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """Changes against the forecast; all zero changes nothing.

    `volume_ppm` more or less sales, `delay_days` everybody pays later, `dispute_ppm` of the cash
    on the book is disputed and comes `dispute_days` later, `defaults` the customers that never
    pay, `discount_uptake_ppm` of the cash on the book comes `discount_days` earlier and is
    `discount_ppm` less, `terms_days` longer terms of new sales, `fx_ppm` by currency how its
    value at home changes.
    """

    volume_ppm: int = 0
    delay_days: int = 0
    dispute_ppm: int = 0
    dispute_days: int = 45
    defaults: tuple[int, ...] = ()
    discount_uptake_ppm: int = 0
    discount_ppm: int = 0
    discount_days: int = 0
    terms_days: int = 0
    fx_ppm: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A week or month."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """Cash of one currency at home value by period and quantile; new: not on the book yet.

    `by_customer` is the expected cash of the customers a scenario may name, by period.
    """

    currency: str
    is_new: bool
    cash: Mapping[str, tuple[int, ...]]
    by_customer: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """The forecast a scenario is laid over, with the book of today.

    `sales_minor` are those of the last `sales_days`; receivables by currency at home value.
    """

    periods: tuple[Period, ...]
    streams: tuple[Stream, ...]
    receivables: Mapping[str, int]
    sales_minor: int
    sales_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioResult:
    """Cash by quantile and period, and what the last period ends with.

    `later_minor` is expected cash that falls behind the last period, `lost_minor` what never
    comes, `fx_minor` what rates change. `dso_x100` is in hundredths of a day, None without sales.
    """

    cash: Mapping[str, tuple[int, ...]]
    later_minor: int
    lost_minor: int
    fx_minor: int
    receivables_minor: int
    dso_x100: int | None

    @property
    def total_minor(self) -> int:
        """Expected cash of all periods."""
        return sum(self.cash["expected"])


def run_scenario(base: Base, told: Assumptions) -> ScenarioResult:
    """Return what the assumptions make of the base; all zero gives the base itself."""
    totals = {name: [0] * len(base.periods) for name in QUANTILES}
    later = lost = fx = 0
    for stream in base.streams:
        for name in QUANTILES:
            moved = _moved(stream, stream.cash[name], base.periods, told)
            for at, minor in enumerate(moved.cash):
                totals[name][at] += minor
            if name == "expected":
                later, lost, fx = later + moved.later, lost + moved.lost, fx + moved.fx
    cash = {name: tuple(values) for name, values in totals.items()}
    before = sum(sum(stream.cash["expected"]) for stream in base.streams)
    days = sum(period.days for period in base.periods)
    sold = part(base.sales_minor, days * told.volume_ppm, base.sales_days * PPM)
    held = sum(
        part(minor, PPM + told.fx_ppm.get(code, 0), PPM)
        for code, minor in base.receivables.items()
    )
    # what does not come now is owed still, unless it is lost or was never sold
    receivables = max(0, held + before + fx - sum(cash["expected"]) - lost + sold)
    sales = part(base.sales_minor, PPM + told.volume_ppm, PPM)
    return ScenarioResult(
        cash=cash,
        later_minor=later,
        lost_minor=lost,
        fx_minor=fx,
        receivables_minor=receivables,
        dso_x100=part(receivables * base.sales_days, 100, sales) if sales > 0 else None,
    )


@dataclass(slots=True)
class _Moved:
    cash: list[int]
    later: int = 0
    lost: int = 0
    fx: int = 0


def _moved(
    stream: Stream, cash: Sequence[int], periods: Sequence[Period], told: Assumptions
) -> _Moved:
    size = len(periods)
    found = _Moved([0] * size)
    for at, minor in enumerate(cash):
        rate = told.fx_ppm.get(stream.currency, 0)
        left = part(minor, PPM + rate, PPM)
        found.fx += left - minor
        if stream.is_new:
            parts = [(part(left, max(0, PPM + told.volume_ppm), PPM), told.terms_days, 0)]
        else:
            gone = min(max(left, 0), _of_defaults(stream, told, at, rate))
            found.lost += gone
            parts = _booked(left - gone, told)
        for amount, days, less in parts:
            found.lost += less
            _put(found, amount - less, at, days + told.delay_days, periods)
    return found


def _booked(left: int, told: Assumptions) -> list[tuple[int, int, int]]:
    """Return what becomes of cash on the book: amount, days later, and what is given away."""
    disputed = part(left, told.dispute_ppm, PPM)
    early = part(left - disputed, told.discount_uptake_ppm, PPM)
    return [
        (left - disputed - early, 0, 0),
        (disputed, told.dispute_days, 0),
        (early, -told.discount_days, part(early, told.discount_ppm, PPM)),
    ]


def _of_defaults(stream: Stream, told: Assumptions, at: int, rate_ppm: int) -> int:
    known = (stream.by_customer.get(key) for key in dict.fromkeys(told.defaults))
    named = sum(one[at] for one in known if one is not None)
    return part(max(0, named), PPM + rate_ppm, PPM)


def _put(found: _Moved, amount: int, at: int, days: int, periods: Sequence[Period]) -> None:
    """Move cash spread evenly over its period by days; what was due before today comes first."""
    if not days or not amount:
        found.cash[at] += amount
        return
    size, starts = periods[at].days, _starts(periods)
    begin = starts[at] + days
    placed = 0
    edges = [(number, starts[number], starts[number + 1]) for number in range(len(periods))]
    first, last = starts[0], starts[-1]
    for number, low, high in edges:
        # days before the horizon count in its first period
        lower = begin if number == 0 and begin < first else max(begin, low)
        here = max(0, min(begin + size, high) - lower)
        if here:
            minor = part(amount, here, size)
            found.cash[number] += minor
            placed += minor
    rest = amount - placed
    if begin + size > last:
        found.later += rest
    elif rest:
        # rounding: the last period that got any takes it
        found.cash[_last_reached(edges, begin + size - 1)] += rest


def _starts(periods: Sequence[Period]) -> list[int]:
    begin = periods[0].starts_on
    ends = [(period.ends_on - begin).days + 1 for period in periods]
    return [0, *ends]


def _last_reached(edges: Sequence[tuple[int, int, int]], day: int) -> int:
    return next((number for number, low, high in edges if low <= day < high), 0)


def working_capital_tied(base: ScenarioResult, other: ScenarioResult) -> int:
    """Return how much more money a scenario ties up in receivables than the base, minor units."""
    return other.receivables_minor - base.receivables_minor
