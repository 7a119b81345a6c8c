"""When a dispute is to be answered and resolved: business days that stop only for the customer.

Waiting for colleagues counts; waiting for the customer moves the last day on by as many business
days as the wait took, never back. A day that had passed before the wait stays passed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dunwell.engine.calendars import add_business_days, business_days
from dunwell.engine.dispute_routes import ClockRule


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeClock:
    """The last days on which a case is answered in time, and resolved in time."""

    respond_by: date
    resolve_by: date


@lru_cache(maxsize=256)
def started(rule: ClockRule, *, opened_on: date, country: str) -> DisputeClock:
    """Return the clock of a case opened on a day; the days count from the one after it."""
    return DisputeClock(
        respond_by=add_business_days(opened_on, rule.respond_days, country=country),
        resolve_by=add_business_days(opened_on, rule.resolve_days, country=country),
    )


def due_on(due: date, *, paused_on: date | None, as_of: date, country: str) -> date:
    """Return the last day of a case as of a day, with what it has waited for the customer.

    Called when the wait ends as well: what it returns then is the day that stays.
    """
    if paused_on is None or as_of <= paused_on or due < paused_on:
        return due
    waited = business_days_between(paused_on, as_of, country=country)
    return add_business_days(due, waited, country=country)


def is_late(due: date, *, paused_on: date | None, as_of: date) -> bool:
    """Return whether a last day has passed; while the customer is waited for, it does not pass."""
    if paused_on is not None:
        return due < paused_on
    return due < as_of


def business_days_between(first: date, last: date, *, country: str) -> int:
    """Return the business days after `first` up to and including `last`, 0 where none."""
    if last <= first:
        return 0
    return len(business_days(country, first=first + timedelta(days=1), last=last))
