"""Expected loss on a book of receivables, by bucket, by rating and one by one; and what moved it.

Sources: IFRS 9 5.5.15 and B5.5.35 (lifetime expected loss by a provision matrix), 5.5.17
(scenarios and time value), ASC 326-20-30-2 (pools). One rounding per line; lines sum to the total.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dunwell.engine.money import part

YEAR = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Items of one segment, bucket and currency, in minor units.

    `covered_minor` is what credit notes, insurance and securities stand for; `base_minor` what is
    left once money due in years is worth what it is today.
    """

    method: str
    segment: str
    bucket: str
    currency: str
    items: int
    gross_minor: int
    covered_minor: int
    base_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolRate:
    """What of a pool is lost: the rate, the factor for what is to come, and the ground."""

    rate: Fraction
    overlay: Fraction = Fraction(1)
    basis: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A pool with its allowance, never below 0 nor above what is not covered."""

    pool: Pool
    rate: PoolRate
    allowance_minor: int


def line(pool: Pool, rate: PoolRate) -> Line:
    """Return the allowance of a pool: base x rate x factor, rounded once, half up."""
    exact = pool.base_minor * rate.rate * rate.overlay
    net = max(pool.gross_minor - pool.covered_minor, 0)
    return Line(pool=pool, rate=rate, allowance_minor=min(max(rounded(exact), 0), net))


def rounded(exact: Fraction) -> int:
    """Return an exact amount in whole minor units, half away from zero."""
    return part(1, exact.numerator, exact.denominator)


def expected_loss(*, pd_ppm: int, lgd_ppm: int) -> Fraction:
    """Return the rate of loss: probability of default times what a default loses."""
    return Fraction(pd_ppm * lgd_ppm, 10**12)


def present_value(
    flows: Iterable[tuple[date, int]], *, rate_ppm: int, as_of: date, floor: int = 0
) -> int:
    """Return what money to come is worth on a day, compounded yearly on actual days / 365.

    Money of a day that has passed is worth what it is. Rounded once; at least `floor`.
    """
    total = sum(amount * discount(rate_ppm, days=(day - as_of).days) for day, amount in flows)
    return max(rounded(Fraction(total)), floor)


def discount(rate_ppm: int, *, days: int) -> Fraction:
    """Return the worth today of 1 that comes in so many days; 1 for what is due."""
    if days <= 0 or not rate_ppm:
        return Fraction(1)
    whole, rest = divmod(days, YEAR)
    growth = 1 + Fraction(rate_ppm, 1_000_000)
    # compound by whole years, simple within the year that has begun: exact, no powers of floats
    return 1 / (growth**whole * (1 + Fraction(rate_ppm * rest, 1_000_000 * YEAR)))


def loss_of(
    *, net_minor: int, loss_ppm: int | None, expected_minor: int | None
) -> tuple[int, Fraction]:
    """Return the loss of one exposure assessed by itself, and its rate of what is not covered.

    Either a share of it, or what is left once the money still expected is taken off.
    """
    if net_minor <= 0:
        return 0, Fraction(0)
    if loss_ppm is not None:
        rate = Fraction(loss_ppm, 1_000_000)
        return rounded(net_minor * rate), rate
    loss = min(max(net_minor - (expected_minor or 0), 0), net_minor)
    return loss, Fraction(loss, net_minor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """What moved one item's allowance between two runs, in minor units of one currency.

    Empty segments: it was not in that run. `fx_minor` is what another exchange rate made of the
    opening allowance.
    """

    before: str
    after: str
    opening_minor: int
    closing_minor: int
    write_off_minor: int = 0
    recovery_minor: int = 0
    fx_minor: int = 0

    @property
    def charged_minor(self) -> int:
        """Return what was charged (above 0) or released (below 0)."""
        used = self.recovery_minor - self.write_off_minor + self.fx_minor
        return self.closing_minor - self.opening_minor - used


@dataclass(slots=True)
class Move:
    """The roll-forward of one segment; `closing_minor` is the sum of the others."""

    opening_minor: int = 0
    charge_minor: int = 0
    release_minor: int = 0
    write_off_minor: int = 0
    recovery_minor: int = 0
    fx_minor: int = 0
    transfer_minor: int = 0

    @property
    def closing_minor(self) -> int:
        """Return opening + charge - release - write-offs + recoveries + fx + transfer."""
        return (
            self.opening_minor
            + self.charge_minor
            - self.release_minor
            - self.write_off_minor
            + self.recovery_minor
            + self.fx_minor
            + self.transfer_minor
        )


def roll_forward(items: Iterable[Moved]) -> dict[str, Move]:
    """Return the roll-forward by segment; transfers between segments sum to 0.

    What an item was charged counts in the segment it is in now, in its old one once it is gone.
    """
    moves: dict[str, Move] = {}
    for item in items:
        now = moves.setdefault(item.after or item.before, Move())
        then = moves.setdefault(item.before or item.after, Move())
        then.opening_minor += item.opening_minor
        if then is not now:
            then.transfer_minor -= item.opening_minor
            now.transfer_minor += item.opening_minor
        now.write_off_minor += item.write_off_minor
        now.recovery_minor += item.recovery_minor
        now.fx_minor += item.fx_minor
        if item.charged_minor > 0:
            now.charge_minor += item.charged_minor
        else:
            now.release_minor -= item.charged_minor
    return moves


def total_of(moves: Mapping[str, Move]) -> Move:
    """Return the roll-forward of all segments together."""
    names = ("opening", "charge", "release", "write_off", "recovery", "fx", "transfer")
    return Move(
        **{
            f"{name}_minor": sum(getattr(move, f"{name}_minor") for move in moves.values())
            for name in names
        }
    )


def postings(move: Move) -> dict[str, int]:
    """Return what a run books, debits above 0, by account; it sums to 0.

    Write-offs were expensed when they were decided; the allowance takes them over here, and what
    came in after a write-off goes back to it. Net charge and release stand in one line.
    """
    return {
        "impairment": move.charge_minor - move.release_minor,
        "write_off": -move.write_off_minor,
        "recovery": move.recovery_minor,
        "fx": move.fx_minor,
        "allowance": move.opening_minor - move.closing_minor + move.transfer_minor,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindsight:
    """What a past allowance said of a bucket, and what became of its items since."""

    segment: str
    bucket: str
    gross_minor: int
    allowance_minor: int
    lost_minor: int
    paid_minor: int
    open_minor: int

    @property
    def gap_minor(self) -> int:
        """Return allowance less what was lost; below 0: too little was set aside."""
        return self.allowance_minor - self.lost_minor


def shares(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Return whole parts of a total by weight that sum to it; by rounding running sums."""
    whole, before, running, parts = sum(weights), 0, 0, []
    for weight in weights:
        running += weight
        upto = part(total_minor, running, whole) if whole else 0
        parts.append(upto - before)
        before = upto
    return parts
