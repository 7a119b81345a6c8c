"""What answers to surveys come to: satisfaction, recommendation, ease, and how sure it is.

CSAT is the share of answers 4 and 5 of 5; NPS the share of 9 and 10 less that of 0 to 6, in
points from -100 to 100 (Reichheld, F., The One Number You Need to Grow, Harvard Business Review,
December 2003); effort the mean ease from 1 to 7 (Dixon, M. et al., Stop Trying to Delight Your
Customers, Harvard Business Review, July 2010), and the share that found it easy (5 and more).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from dunwell.engine.proportions import wilson

PPM = 1_000_000
CONFIDENCE = 1.96
"""Normal quantile of 95 % on both sides."""

SATISFIED, PROMOTER, DETRACTOR, EASY = 4, 9, 6, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Satisfaction:
    """What `answers` of a kind come to, None without one; the interval holds 95 %.

    `value` of csat is a share in ppm, of nps points times 100 (-10000 to 10000), of effort the
    mean times 100 (100 to 700); `low` and `high` in the same unit. `easy_ppm` of effort alone.
    """

    kind: str
    answers: int
    value: int | None
    low: int | None
    high: int | None
    easy_ppm: int | None = None


def satisfaction(kind: str, scores: Sequence[int]) -> Satisfaction:
    """Return what the answers to a kind of question come to."""
    if not scores:
        return Satisfaction(kind=kind, answers=0, value=None, low=None, high=None)
    if kind == "csat":
        return _csat(scores)
    if kind == "nps":
        return _nps(scores)
    return _effort(scores)


def _csat(scores: Sequence[int]) -> Satisfaction:
    good = sum(score >= SATISFIED for score in scores)
    low, high = wilson(good, len(scores), z=CONFIDENCE)
    return Satisfaction(
        kind="csat",
        answers=len(scores),
        value=round(PPM * good / len(scores)),
        low=round(PPM * low),
        high=round(PPM * high),
    )


def _nps(scores: Sequence[int]) -> Satisfaction:
    votes = Counter(_vote(score) for score in scores)
    return _mean("nps", [vote for vote, times in votes.items() for _ in range(times)], 10_000)


def _effort(scores: Sequence[int]) -> Satisfaction:
    told = _mean("effort", scores, 100)
    easy = sum(score >= EASY for score in scores)
    return Satisfaction(
        kind="effort",
        answers=told.answers,
        value=told.value,
        low=None if told.low is None else max(told.low, 100),
        high=None if told.high is None else min(told.high, 700),
        easy_ppm=round(PPM * easy / len(scores)),
    )


def _vote(score: int) -> int:
    return 1 if score >= PROMOTER else -1 if score <= DETRACTOR else 0


def _mean(kind: str, values: Sequence[int], scale: int) -> Satisfaction:
    """Return a mean with its normal interval, none from a single answer."""
    n = len(values)
    mean = sum(values) / n
    low = high = None
    if n > 1:
        spread = sqrt(sum((value - mean) ** 2 for value in values) / (n - 1) / n)
        low, high = (round(scale * (mean + z * spread)) for z in (-CONFIDENCE, CONFIDENCE))
        if kind == "nps":
            low, high = max(low, -scale), min(high, scale)
    return Satisfaction(kind=kind, answers=n, value=round(scale * mean), low=low, high=high)
