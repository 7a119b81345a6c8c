"""Early-payment discount: what the terms grant, what was taken, and whether it was earned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.policy import PPM, MatchPolicy

_STEP = re.compile(
    r"(?P<rate>\d{1,2}(?:[.,]\d{1,2})?)\s*%?\s*(?:/|(?:skonto|discount|escompte)?\s*"
    r"(?:in|within|innerhalb|binnen|bei zahlung bis|sous|a|à)?\s)\s*(?P<days>\d{1,3})"
    r"(?=\s*(?:d\b|days?|tagen?|jours?|,|;|/|net|n\b|$|\s))",
    re.IGNORECASE,
)
_DAYS_FIRST = re.compile(
    r"(?P<days>\d{1,3})\s*(?:d|days?|tagen?|tg|jours?|j)\.?\s*(?:-|less|mit|abzgl\.?)?\s*"
    r"(?P<rate>\d{1,2}(?:[.,]\d{1,2})?)\s*%",
    re.IGNORECASE,
)
MOST_PPM = 150_000
"""A higher discount is not believed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of discount terms: the share and the days after issue it holds."""

    rate_ppm: int
    days: int


@lru_cache(maxsize=4_096)
def discount_steps(terms: str) -> tuple[Step, ...]:
    """Return the discount steps of a terms text (`3/10, 2/20, net 30`), earliest first."""
    found = {}
    for pattern in (_STEP, _DAYS_FIRST):
        for match in pattern.finditer(terms):
            if "%" not in match[0] and "/" not in match[0]:
                continue
            rate = _ppm(match["rate"])
            if 0 < rate <= MOST_PPM:
                found[int(match["days"])] = rate
        if found:
            break
    return tuple(Step(rate, days) for days, rate in sorted(found.items()))


def earned_ppm(item: Item, *, value_day: int, grace_days: int) -> int:
    """Return the highest rate the item's terms grant on the value day, 0 when none any more."""
    late = value_day - item.issued_day - grace_days
    return max((s.rate_ppm for s in discount_steps(item.terms) if late <= s.days), default=0)


def discount_minor(amount_minor: int, rate_ppm: int) -> int:
    """Return the share in minor units, rounded half away from zero (`engine.money.share`)."""
    doubled = abs(amount_minor) * rate_ppm * 2
    size = (doubled + PPM) // (2 * PPM)
    return size if amount_minor >= 0 else -size


@dataclass(frozen=True, slots=True)
class Taken:
    """A discount that explains a short amount: how much per item, and whether it was earned."""

    by_item: tuple[int, ...]
    rate_ppm: int
    is_earned: bool


def taken_discount(
    items: Sequence[Item],
    debits: Sequence[int],
    short_minor: int,
    *,
    value_day: int,
    policy: MatchPolicy,
    said_ppm: Sequence[int] = (),
    is_said: bool = False,
) -> Taken | None:
    """Return the discount that makes the items short by exactly this, to a unit per item.

    `debits` is what is left of each item (credits count as 0).
    Tried in turn: what the terms grant on the value day; the same terms too late; and when the
    payer speaks of a discount (`is_said`), the share it says and the usual ones of the policy.
    Only the first is earned.
    """
    in_terms = [
        earned_ppm(one, value_day=value_day, grace_days=policy.discount_grace_days)
        for one in items
    ]
    if any(in_terms):
        cuts = [discount_minor(d, r) for d, r in zip(debits, in_terms, strict=True)]
        if found := _fitted(cuts, short_minor, max(in_terms), is_earned=True):
            return found
    late = [max((s.rate_ppm for s in discount_steps(one.terms)), default=0) for one in items]
    if any(late):
        cuts = [discount_minor(d, r) for d, r in zip(debits, late, strict=True)]
        if found := _fitted(cuts, short_minor, max(late), is_earned=False):
            return found
    said = (*said_ppm, *policy.unearned_rates_ppm) if is_said else ()
    for rate in dict.fromkeys(said):
        if 0 < rate <= MOST_PPM:
            cuts = [discount_minor(d, rate) for d in debits]
            if found := _fitted(cuts, short_minor, rate, is_earned=False):
                return found
    return None


def _fitted(cuts: list[int], short: int, rate_ppm: int, *, is_earned: bool) -> Taken | None:
    """Return the cuts made to sum to what is short, when at most a unit per item is missing."""
    touched = [n for n, cut in enumerate(cuts) if cut]
    gap = short - sum(cuts)
    if not touched or abs(gap) > len(touched):
        return None
    for n in touched[: abs(gap)]:
        cuts[n] += 1 if gap > 0 else -1
    return Taken(tuple(cuts), rate_ppm, is_earned)


def _ppm(text: str) -> int:
    whole, _, part = text.replace(",", ".").partition(".")
    return int(whole) * 10_000 + int(part.ljust(2, "0") or 0) * 100
