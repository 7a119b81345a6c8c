"""A customer's own pattern behind its early warnings: days late by week, against its past."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.calendars import day_date
from dunwell.engine.change_points import THURSDAY, WATCHED_WEEKS, WEEK_DAYS, weeks_late
from dunwell.models import Company
from dunwell.queries.customer_ledgers import ledger_of
from dunwell.queries.reminders import native

SHOWN_WEEKS = 52


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekLate:
    """A week with items due: its Monday and the mean days late of its items."""

    week_on: date
    days_late: int
    is_watched: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """The weeks shown, the oldest first, and the mean days late before and in those watched."""

    weeks: tuple[WeekLate, ...]
    usual_days: int | None
    watched_days: int | None


def pattern_of(company: Company, customer_id: int, *, as_of: date) -> Pattern:
    """Return how late a customer paid week by week; six queries."""
    frame = native(weeks_late(ledger_of(company, [customer_id]), as_of=as_of)).sort("week")
    rows = frame.select("week", "days_late").tail(SHOWN_WEEKS).rows()
    watched_from = max(len(rows) - WATCHED_WEEKS, 0)
    weeks = tuple(
        WeekLate(
            week_on=day_date(int(week) * WEEK_DAYS - THURSDAY),
            days_late=int(late),
            is_watched=place >= watched_from,
        )
        for place, (week, late) in enumerate(rows)
    )
    return Pattern(
        weeks=weeks,
        usual_days=_mean([one for one in weeks if not one.is_watched]),
        watched_days=_mean([one for one in weeks if one.is_watched]),
    )


def _mean(weeks: list[WeekLate]) -> int | None:
    return round(sum(one.days_late for one in weeks) / len(weeks)) if weeks else None
