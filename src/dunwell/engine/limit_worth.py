"""The limit and the days to pay that are worth most: margin less expected loss less carry.

The balance a customer would reach without a limit is taken as uniform between 0 and `wanted`.
Under a limit L the balance is on average U = L - L^2 / (2 wanted), for L up to wanted. In a year

    margin        = margin rate x 365 / (days to pay + days late) x U
    expected loss = PD x LGD x (U + drawn x (L - U))
    carry         = yearly rate x U

where `drawn` is the part of an unused limit that is drawn before a default (Basel's credit
conversion factor). Another unit of limit is worth a x (1 - L / wanted) - b a year, with a =
margin rate x 365 / days - carry - PD x LGD x (1 - drawn) and b = PD x LGD x drawn: it falls
with L, so the best limit is wanted x (1 - b / a), none where a <= b, and never above the cap.
Amounts are home minor units, rates ppm, rounded down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

PPM = 1_000_000
YEAR = 365
_FIELDS = {
    *("optimise", "margin_ppm", "margins", "carry_ppm", "drawn_ppm", "growth_ppm"),
    "growth_per_day_ppm",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WorthOfCredit:
    """What is assumed. `margins` by segment beat `margin_ppm`; both are of sales.

    `growth_ppm` of its highest balance is what a customer is taken to want when it asks for
    nothing; a day more to pay adds `growth_per_day_ppm` of sales. Not `optimise`: the limit of
    the table and the days of the class are proposed as they are.
    """

    optimise: bool = True
    margin_ppm: int = 150_000
    margins: Mapping[str, int] = field(default_factory=dict)
    carry_ppm: int = 80_000
    drawn_ppm: int = 500_000
    growth_ppm: int = 1_200_000
    growth_per_day_ppm: int = 0

    def margin(self, segment: str) -> int:
        """Return the margin of a segment's sales, ppm."""
        return self.margins.get(segment, self.margin_ppm)


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditAsk:
    """A customer as the worth of its credit sees it.

    `wanted_minor`: the most its balance would reach at `days`. `cap_minor`: what the table and
    the appetite allow at most. `late_days`: how late it pays on average, early counts as 0.
    """

    wanted_minor: int
    cap_minor: int
    pd_ppm: int
    lgd_ppm: int
    margin_ppm: int
    days: int
    late_days: int = 0
    options: tuple[int, ...] = ()
    round_minor: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditWorth:
    """A limit with its days: what it brings and costs in a year, and what one more unit would.

    `next_ppm` is the worth of another unit of limit a year; below 0 it costs more than it earns.
    """

    limit_minor: int
    days: int
    used_minor: int
    margin_minor: int
    expected_loss_minor: int
    carry_minor: int
    next_ppm: int

    @property
    def value_minor(self) -> int:
        """Return margin less expected loss less carry, a year."""
        return self.margin_minor - self.expected_loss_minor - self.carry_minor


def best_credit(ask: CreditAsk, assumed: WorthOfCredit) -> CreditWorth:
    """Return the limit and days worth most; of two as good the shorter days."""
    tried = [
        credit_worth(ask, assumed, limit_minor=best_limit(ask, assumed, days=days), days=days)
        for days in ask.options or (ask.days,)
    ]
    return max(tried, key=lambda one: (one.value_minor, -one.days))


def best_limit(ask: CreditAsk, assumed: WorthOfCredit, *, days: int) -> int:
    """Return the limit worth most at so many days to pay, within the cap, rounded down."""
    wanted = _wanted(ask, assumed, days)
    gain, loss = _rates(ask, assumed, days)
    if gain <= loss or wanted <= 0:
        return 0
    best = min(wanted * (gain - loss) // gain, ask.cap_minor)
    return max(0, best) // ask.round_minor * ask.round_minor


def credit_worth(
    ask: CreditAsk, assumed: WorthOfCredit, *, limit_minor: int, days: int
) -> CreditWorth:
    """Return what a limit is worth in a year at so many days to pay."""
    wanted = _wanted(ask, assumed, days)
    inside = min(limit_minor, wanted)
    used = inside - inside * inside // (2 * wanted) if wanted > 0 else 0
    gain, loss = _rates(ask, assumed, days)
    at_default = used + (limit_minor - used) * assumed.drawn_ppm // PPM
    free = (wanted - inside) * gain // wanted if wanted > 0 else 0
    return CreditWorth(
        limit_minor=limit_minor,
        days=days,
        used_minor=used,
        margin_minor=used * _margin_of_year(ask, days) // PPM,
        expected_loss_minor=expected_loss(at_default, pd_ppm=ask.pd_ppm, lgd_ppm=ask.lgd_ppm),
        carry_minor=used * assumed.carry_ppm // PPM,
        next_ppm=free - loss,
    )


def expected_loss(exposure_minor: int, *, pd_ppm: int, lgd_ppm: int) -> int:
    """Return PD x LGD x exposure, rounded half up; 2 % x 45 % x 250,000 is 2,250."""
    return (exposure_minor * pd_ppm * lgd_ppm + PPM * PPM // 2) // (PPM * PPM)


def read_worth_of_credit(value: object) -> WorthOfCredit:
    """Build what is assumed from its fields; raise DocumentError naming the first wrong one."""
    where = "credit, limits, worth"
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, _FIELDS, where)
    standard = WorthOfCredit()
    margins = documents.fields(stated.get("margins") or {}, f"{where}, margins")

    def share(name: str, default: int, largest: int = PPM) -> int:
        return documents.number(stated, name, where, default=default, largest=largest)

    for segment in margins:
        if not isinstance(segment, str):
            raise DocumentError(f"{where}, margins: {segment!r} is no name of a segment")
    return WorthOfCredit(
        optimise=documents.switch(stated, "optimise", where, default=True),
        margin_ppm=share("margin_ppm", standard.margin_ppm),
        margins={
            segment: documents.number(margins, segment, f"{where}, margins", largest=PPM)
            for segment in margins
        },
        carry_ppm=share("carry_ppm", standard.carry_ppm),
        drawn_ppm=share("drawn_ppm", standard.drawn_ppm),
        growth_ppm=share("growth_ppm", standard.growth_ppm, 10 * PPM),
        growth_per_day_ppm=share("growth_per_day_ppm", 0, 100_000),
    )


def _wanted(ask: CreditAsk, assumed: WorthOfCredit, days: int) -> int:
    """Return the most the balance would reach at other days to pay."""
    now, then = max(1, ask.days + ask.late_days), max(1, days + ask.late_days)
    grown = max(0, PPM + assumed.growth_per_day_ppm * (days - ask.days))
    return max(0, ask.wanted_minor) * then * grown // (now * PPM)


def _margin_of_year(ask: CreditAsk, days: int) -> int:
    """Return the margin of a year on a unit of balance, ppm."""
    return ask.margin_ppm * YEAR // max(1, days + ask.late_days)


def _rates(ask: CreditAsk, assumed: WorthOfCredit, days: int) -> tuple[int, int]:
    """Return a and b of the formula, ppm."""
    lost = ask.pd_ppm * ask.lgd_ppm // PPM
    unused = lost * assumed.drawn_ppm // PPM
    gain = _margin_of_year(ask, days) - assumed.carry_ppm - (lost - unused)
    return gain, unused
