"""Who is worth a word for what was done, and what holds a word back.

A deed counts when money came of it and quality held: nobody complained, no dispute came again,
and it had time to show. What is held back says why; it is told to the person and the lead alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WAIT_DAYS = 14
"""So long after a deed its quality is waited for."""
FREED_PPM = 500_000
"""So much of the stuck money must have been paid; a credit note or write-off is no payment."""
PPM = 1_000_000
APART_DAYS = 7
"""One word to one person within so many days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """Something done: a decision carried out, or a suggestion that became an improvement.

    `matter` is what it was about; several deeds about one matter count once. `stuck_minor` and
    `paid_minor` in minor units of `currency`, None where no money is what it is about.
    """

    kind: str
    subject_id: int
    matter: str
    user_id: int
    name: str
    done_on: date
    currency: str = ""
    stuck_minor: int | None = None
    paid_minor: int | None = None
    has_complaint: bool = False
    is_reopened: bool = False
    is_own_judge: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A deed and why it gets no word; empty where it does."""

    deed: Deed
    held_back: str


def words_due(
    deeds: Sequence[Deed], *, told: Sequence[tuple[int, date]] = (), as_of: date
) -> tuple[Word, ...]:
    """Return each deed with what holds its word back: own_judge, waits, complaint, reopened,
    unpaid, split or often; the oldest deeds first.

    `told` are the words given before: (user id, day of the deed).
    """
    matters: set[str] = set()
    days: dict[int, list[date]] = {}
    for user_id, on in told:
        days.setdefault(user_id, []).append(on)
    words = []
    for deed in sorted(deeds, key=lambda one: (one.done_on, one.kind, one.subject_id)):
        reason = _held_back(deed, as_of)
        if not reason and deed.matter in matters:
            reason = "split"
        if not reason and _is_often(deed.done_on, days.get(deed.user_id, [])):
            reason = "often"
        if not reason:
            matters.add(deed.matter)
            days.setdefault(deed.user_id, []).append(deed.done_on)
        words.append(Word(deed, reason))
    return tuple(words)


def _held_back(deed: Deed, as_of: date) -> str:
    if deed.is_own_judge:
        return "own_judge"
    if deed.has_complaint:
        return "complaint"
    if deed.is_reopened:
        return "reopened"
    if (as_of - deed.done_on).days < WAIT_DAYS:
        return "waits"
    if deed.stuck_minor is not None:
        paid = deed.paid_minor or 0
        if paid * PPM < deed.stuck_minor * FREED_PPM:
            return "unpaid"
    return ""


def _is_often(on: date, days: Sequence[date]) -> bool:
    return any(abs(on - one) < timedelta(days=APART_DAYS) for one in days)
