"""A limit somebody wants: what it adds to what is granted already, and changes of many limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.limits import (
    INSURED,
    RESUMPTION,
    STANDARD,
    SUSPENSION,
    TEMPORARY,
    Granted,
    Row,
    granted,
)
from dunwell.engine.money import part
from dunwell.engine.plan_schedule import months_until

PPM = 1_000_000

PERCENT, FIXED, SET = "percent", "fixed", "set"
WAYS = (PERCENT, FIXED, SET)
"""By a share of what is granted (ppm), by an amount, or to an amount."""

NEAREST, UP, DOWN = "nearest", "up", "down"
ROUNDINGS = (NEAREST, UP, DOWN)


@dataclass(frozen=True, slots=True)
class Wish:
    """A row of the ledger that is asked for; the amount in the company's minor units."""

    kind: str
    amount_minor: int
    from_on: date
    until_on: date | None = None

    @property
    def act(self) -> str:
        """Return the act of the authority policy."""
        return "temporary_limit" if self.kind == TEMPORARY else "limit"

    @property
    def months(self) -> int:
        """Return the months a temporary limit lasts, a begun one as a whole; 0 for others."""
        if self.kind != TEMPORARY or self.until_on is None:
            return 0
        return months_until(self.until_on, from_on=self.from_on)


def base_minor(found: Granted, stated_minor: int | None) -> int | None:
    """Return the standard or temporary limit of a scope, else what its record says."""
    return stated_minor if found.base_minor is None else found.base_minor


def total_minor(wish: Wish, rows: Sequence[Row], *, stated_minor: int | None = None) -> int:
    """Return the limit that can be used once the wish is granted: what authority is asked for.

    A standard and a temporary limit count with the insured one beside them, and that with
    them, so that a large limit is not made of two smaller ones. The end of a suspension counts
    as the whole limit that comes back.
    """
    found = granted(rows, on=wish.from_on)
    insured = found.insured.amount_minor if found.insured is not None else 0
    base = base_minor(found, stated_minor) or 0
    if wish.kind == RESUMPTION:
        return base + insured
    if wish.kind == INSURED:
        return base + wish.amount_minor
    return wish.amount_minor + insured


def gives_nothing(wish: Wish, rows: Sequence[Row], *, stated_minor: int | None = None) -> bool:
    """Return whether no day of the wish allows more than what is granted already.

    A suspension never does. A standard or insured limit does not where one of its kind is in
    force that is no smaller and ends no earlier.
    """
    if wish.kind == SUSPENSION:
        return True
    if wish.kind not in (STANDARD, INSURED):
        return False
    own = [row for row in rows if row.kind == wish.kind]
    found = granted(own, on=wish.from_on)
    row = found.base if wish.kind == STANDARD else found.insured
    if row is None:
        is_stated = wish.kind == STANDARD and found.expired is None and stated_minor is not None
        return is_stated and wish.amount_minor <= (stated_minor or 0)
    ends_no_later = row.until_on is None or (
        wish.until_on is not None and wish.until_on <= row.until_on
    )
    return wish.amount_minor <= row.amount_minor and ends_no_later


def is_known(
    wish: Wish, rows: Sequence[Row], *, has_day: bool, stated_minor: int | None = None
) -> bool:
    """Return whether the ledger says just this already, so that asking again changes nothing.

    Without a day of its own a wish is known where its amount and end are in force on its day.
    """
    same = [row for row in rows if row.kind == wish.kind and row.until_on == wish.until_on]
    if any((row.amount_minor, row.from_on) == (wish.amount_minor, wish.from_on) for row in same):
        return True
    if has_day:
        return False
    found = granted([row for row in rows if row.kind == wish.kind], on=wish.from_on)
    row = found.insured if wish.kind == INSURED else found.base
    if row is not None:
        return (row.amount_minor, row.until_on) == (wish.amount_minor, wish.until_on)
    is_stated = wish.kind == STANDARD and found.expired is None and wish.until_on is None
    return is_stated and stated_minor == wish.amount_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How many limits change at once, in the company's minor units.

    `value` is ppm of the limit for PERCENT (below 0 lowers), an amount otherwise. The result is
    rounded to whole `step_minor` and kept within `least_minor` and `most_minor`. Raises
    ValueError with a sentence for what makes no sense.
    """

    way: str
    value: int
    step_minor: int = 1
    rounding: str = NEAREST
    least_minor: int = 0
    most_minor: int | None = None

    def __post_init__(self) -> None:
        """Refuse unknown words and impossible bounds."""
        if self.way not in WAYS:
            raise ValueError(f"{self.way} is no way to change limits; use {', '.join(WAYS)}.")
        if self.rounding not in ROUNDINGS:
            raise ValueError(f"{self.rounding} is no rounding; use {', '.join(ROUNDINGS)}.")
        if self.step_minor < 1:
            raise ValueError("Limits are rounded to an amount above 0.")
        if self.least_minor < 0 or (
            self.most_minor is not None and self.most_minor < self.least_minor
        ):
            raise ValueError("The least a limit may become is 0 or more, and not above the most.")
        if self.way == SET and self.value < 0:
            raise ValueError("A limit cannot be set below 0.")


def changed(amount_minor: int, change: Change) -> int:
    """Return a limit after the change: never below 0, a whole number of steps unless bounded."""
    if change.way == PERCENT:
        wanted = amount_minor + part(amount_minor, change.value, PPM)
    else:
        wanted = change.value + (amount_minor if change.way == FIXED else 0)
    wanted = max(wanted, 0)
    steps, rest = divmod(wanted, change.step_minor)
    is_up = change.rounding == UP and rest > 0
    is_near = change.rounding == NEAREST and 2 * rest >= change.step_minor and rest > 0
    rounded = (steps + (is_up or is_near)) * change.step_minor
    most = rounded if change.most_minor is None else min(rounded, change.most_minor)
    return max(most, change.least_minor)
