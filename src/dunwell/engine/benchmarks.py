"""A figure beside others: its own past, the company's own segments, and an industry's."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

HIGHER_IS_BETTER = frozenset(
    {
        "cei_period",
        "cei_monthly",
        "cei_undisputed",
        "recovery_rate",
        "turnover",
        "current_share",
        "promises_kept_by_count",
        "promises_kept_by_amount",
        "write_off_recovery",
        "collection_progress",
        "first_contact_resolution",
        "right_party_contact",
        "delivered_before_due",
        "csat",
        "nps",
        "auto_match",
        "auto_match_amount",
        "auto_match_precision",
    }
)
"""Figures of which more is better; of the others less is."""

FEWEST_CUSTOMERS = 5
"""A segment with fewer customers in the figure is not compared: it would be told apart by chance,
and a named customer could be read out of it."""

BETTER, WORSE, EQUAL, UNKNOWN = "better", "worse", "equal", "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A value beside its own months before: their middle, ends, and its place among them.

    `place` is how many of the `months` earlier values it is better than. `year_ago` is the value
    twelve months earlier.
    """

    value: Decimal
    months: int
    middle: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    year_ago: Decimal | None
    place: int
    verdict: str


def verdict(kpi: str, value: Decimal | None, other: Decimal | None) -> str:
    """Return whether a value of a figure is better, worse or equal to another, else unknown."""
    if value is None or other is None:
        return UNKNOWN
    if value == other:
        return EQUAL
    return BETTER if (value > other) == (kpi in HIGHER_IS_BETTER) else WORSE


def own_history(kpi: str, course: Sequence[Decimal | None]) -> History | None:
    """Return the last value of a course of months beside those before; None where it has none.

    `course` is oldest first, a month each, None where the figure does not apply.
    """
    if not course or course[-1] is None:
        return None
    value = course[-1]
    before = [one for one in course[:-1] if one is not None]
    middle = median(before) if before else None
    year_ago = course[-13] if len(course) > 12 else None  # noqa: PLR2004  twelve months back
    return History(
        value=value,
        months=len(before),
        middle=middle,
        lowest=min(before, default=None),
        highest=max(before, default=None),
        year_ago=year_ago,
        place=sum(verdict(kpi, value, one) == BETTER for one in before),
        verdict=verdict(kpi, value, middle),
    )
