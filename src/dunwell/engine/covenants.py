"""Covenants: test dates, whether one is met, and how far it is from breaking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import months_after
from dunwell.engine.money import part

PPM = 1_000_000
AT_LEAST = ("liquidity", "borrowing_base")
"""Measures with a floor; the others have a ceiling."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What was measured beside the threshold; headroom may still go, negative if broken."""

    measured: int | None
    threshold: int
    headroom: int | None
    is_met: bool | None


def standing(measure: str, *, measured: int | None, threshold: int) -> Standing:
    """Return whether the covenant is met; all None where the measure has no value."""
    if measured is None:
        return Standing(measured=None, threshold=threshold, headroom=None, is_met=None)
    headroom = measured - threshold if measure in AT_LEAST else threshold - measured
    return Standing(
        measured=measured, threshold=threshold, headroom=headroom, is_met=headroom >= 0
    )


def share_ppm(part_minor: int, whole_minor: int) -> int | None:
    """Return a share in ppm, None of nothing."""
    return part(part_minor, PPM, whole_minor) if whole_minor > 0 else None


def cover_ppm(*, eligible_minor: int, eligible_ppm: int, drawn_minor: int) -> int | None:
    """Return the borrowing base as a share of what is drawn, ppm; None where nothing is drawn."""
    return share_ppm(part(max(0, eligible_minor), eligible_ppm, PPM), drawn_minor)


def days_of_tests(first_on: date, every_months: int, *, after: date, until: date) -> list[date]:
    """Return the test dates after one day up to another, oldest first."""
    found, number = [], 0
    while (on := months_after(first_on, number * every_months)) <= until:
        if on > after:
            found.append(on)
        number += 1
    return found


def next_test_on(first_on: date, every_months: int, *, as_of: date) -> date:
    """Return the first test date on or after a day."""
    number = 0
    while (on := months_after(first_on, number * every_months)) < as_of:
        number += 1
    return on


def breach_on(
    measure: str, threshold: int, course: Sequence[tuple[date, int | None]]
) -> date | None:
    """Return the first day of a forecast on which the covenant would be broken."""
    for on, measured in course:
        if standing(measure, measured=measured, threshold=threshold).is_met is False:
            return on
    return None
