"""Which entries tell the same money: one booking may come in several messages of a bank."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """One booked entry and the message that tells it; `statement` is the key of that message."""

    entry_id: str
    money_identity: str
    statement: int
    kind: str
    opening_on: date | None
    closing_on: date | None
    opening_minor: int | None = None
    closing_minor: int | None = None


def told_before(tellings: Iterable[Telling]) -> dict[str, str]:
    """Return entry -> the entry that told the same money first, for all that repeat one.

    Tellings come in the order in which they were recorded. Money with one identity is told once
    per message: the second equal line of a message is other money, and so is an equal line of
    another end-of-day statement of other days. An interim report, a notification and a statement
    tell the same money, as do statements whose days overlap.
    """
    money: dict[str, list[list[Telling]]] = defaultdict(list)
    found: dict[str, str] = {}
    for one in tellings:
        known = money[one.money_identity]
        for told in known:
            if not any(_is_other_money(one, earlier) for earlier in told):
                found[one.entry_id] = told[0].entry_id
                told.append(one)
                break
        else:
            known.append([one])
    return found


def _is_other_money(one: Telling, other: Telling) -> bool:
    if one.statement == other.statement:
        return True
    return one.kind == other.kind == "statement" and not _share_days(one, other)


def _share_days(one: Telling, other: Telling) -> bool:
    """Return whether two end-of-day statements cover a day in common.

    A period begins after its opening day, which is the closing day of the one before. Two of one
    single day are parts of it where one goes on from the other's closing balance.
    """
    ends = (one.opening_on, one.closing_on, other.opening_on, other.closing_on)
    if any(day is None for day in ends):
        return False
    first, last, from_, until = (day for day in ends if day is not None)
    if (first, last) == (from_, until):
        return not _go_on(one, other)
    return max(first, from_) < min(last, until)


def _go_on(one: Telling, other: Telling) -> bool:
    ends = ((one.closing_minor, other.opening_minor), (other.closing_minor, one.opening_minor))
    return any(closing is not None and closing == opening for closing, opening in ends)
