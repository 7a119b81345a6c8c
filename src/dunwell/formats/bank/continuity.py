"""Whether statements follow one another: gaps between them, and the day they cover without one.

Works on the ends of statements alone, so that stored rows need not be read back with entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import from_minor
from dunwell.formats.bank.statement import StatementFinding

GAP = "statement_gap"
"""Code of the finding of a statement that does not begin where the one before ended."""
DOWNLOADS = frozenset({"table", "ofx", "qif", "paypal", "stripe", "adyen"})
"""Formats whose statements are downloads of a period that anybody may choose."""


def is_download(file_format: str) -> bool:
    """Return whether all statements of a file are downloads of a period."""
    return set(file_format.split(" and ")) <= DOWNLOADS


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementEnds:
    """Where one end-of-day statement of an account begins and ends, in minor units.

    `key` tells it apart and orders equal ones, `identity` names it: of two with one identity the
    later key counts. `is_period`: its opening day is a day of it, as in downloads of a period;
    else that is the closing day of the one before. `is_broken`: its own sums do not add up.
    `is_accepted`: a person has said that what is missing before it is explained.
    """

    key: int
    identity: str
    label: str
    number: str
    sequence: str
    currency: str
    opening_minor: int | None
    closing_minor: int | None
    opening_on: date | None
    closing_on: date | None
    is_period: bool = False
    is_broken: bool = False
    is_accepted: bool = False

    @property
    def is_proved(self) -> bool:
        """Return whether it tells both balances; others can neither follow nor be followed."""
        return self.opening_minor is not None and self.closing_minor is not None

    @property
    def day(self) -> date:
        """Return its last day; the earliest date of all where it tells none."""
        return self.closing_on or self.opening_on or date.min


def gaps(statements: Iterable[StatementEnds]) -> dict[int, StatementFinding]:
    """Return key -> finding for each statement of one account before which one is missing."""
    found: dict[int, StatementFinding] = {}
    before: StatementEnds | None = None
    for after in in_order(statements):
        if not after.is_proved:
            continue
        if before is not None and not follows(before, after):
            found[after.key] = _gap(before, after)
        before = after
    return found


def covered_until(statements: Iterable[StatementEnds]) -> date | None:
    """Return the last day up to which nothing is missing, None without a dated statement.

    Coverage ends before the first statement that does not add up, or leaves a gap that nobody
    accepted. Statements without both balances prove nothing and extend it to their last day.
    """
    reached: date | None = None
    before: StatementEnds | None = None
    for after in in_order(statements):
        is_missing = after.is_broken
        if after.is_proved:
            is_gap = before is not None and not follows(before, after)
            is_missing = is_missing or (is_gap and not after.is_accepted)
            before = after
        if is_missing:
            # nothing is known for sure: cover what came before, and nothing without a statement
            return reached or _day_before(after)
        if after.day != date.min:
            reached = after.day if reached is None else max(reached, after.day)
    return reached


def follows(before: StatementEnds, after: StatementEnds) -> bool:
    """Return whether nothing can be missing between two proved statements.

    Downloads of periods may overlap in days: then no day lies between them.
    """
    return before.closing_minor == after.opening_minor or overlap_days(before, after)


def overlap_days(before: StatementEnds, after: StatementEnds) -> bool:
    """Return whether the later statement begins before the earlier one ended."""
    if before.closing_on is None or after.opening_on is None:
        return False
    if after.is_period:
        return after.opening_on <= before.closing_on
    return after.opening_on < before.closing_on


def in_order(statements: Iterable[StatementEnds]) -> list[StatementEnds]:
    """Return the statements of one account in the order of their days, each identity once.

    Those of one day follow by their number; without numbers, by their balances.
    """
    once = {one.identity: one for one in sorted(statements, key=lambda one: one.key)}
    waiting = sorted(once.values(), key=_order)
    ordered: list[StatementEnds] = []
    while waiting:
        ordered.append(waiting.pop(_next(ordered, waiting)))
    return ordered


def _order(one: StatementEnds) -> tuple[date, tuple[int, ...], str, int]:
    numbers = tuple(
        int(part) for part in one.sequence.split("/") if part.isascii() and part.isdigit()
    )
    return one.day, numbers, one.number, one.key


def _next(ordered: Sequence[StatementEnds], waiting: Sequence[StatementEnds]) -> int:
    """Return which of the waiting ones comes next: the first, or the one that fits its day."""
    first = waiting[0]
    if not ordered or not first.is_proved or first.sequence:
        return 0
    closing = ordered[-1].closing_minor
    for place, one in enumerate(waiting):
        if one.day != first.day or one.sequence:
            break
        if one.is_proved and one.opening_minor == closing:
            return place
    return 0


def _day_before(statement: StatementEnds) -> date | None:
    """Return the opening day of a first statement that is broken: up to there all is known."""
    day = statement.opening_on or statement.closing_on
    return None if day is None or day == date.min else date.fromordinal(day.toordinal() - 1)


def _gap(before: StatementEnds, after: StatementEnds) -> StatementFinding:
    return StatementFinding(
        code=GAP,
        place=after.label,
        reason=f"it opens with {_shown(after.opening_minor, after.currency)}, but the one before "
        f"({before.sequence or before.number or 'not numbered'}, "
        f"{before.closing_on or 'not dated'}) closed with "
        f"{_shown(before.closing_minor, before.currency)}: a statement is missing between them",
        severity="error",
    )


def _shown(amount_minor: int | None, currency: str) -> str:
    return f"{from_minor(amount_minor or 0, currency)} {currency}"
