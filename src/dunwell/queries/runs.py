"""The day's cycle: which days it has finished, and which are missing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min, Sum

from dunwell.models import Company, Item, Run

CYCLE = "cycle"
"""Kind of the runs of the day's cycle."""

MOST_DAYS = 31
"""Missed days that are caught up one by one; after a longer break the cycle starts anew."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One day of the cycle: how much its steps changed, and when the last one ended."""

    as_of: date
    changed: int
    finished_at: datetime


def last_finished_day(company: Company, *, last_step: str) -> date | None:
    """Return the latest day whose last step is done, None before the first."""
    done = Run.objects.filter(company=company, kind=CYCLE, step=last_step)
    return done.order_by("-as_of").values_list("as_of", flat=True).first()


def is_finished(company: Company, as_of: date, *, last_step: str) -> bool:
    """Return whether the cycle of the day is done."""
    return Run.objects.filter(company=company, kind=CYCLE, as_of=as_of, step=last_step).exists()


def missing_days(last: date | None, *, as_of: date) -> tuple[list[date], int]:
    """Return the days to run, oldest first, and how many older ones are left out.

    Without a finished day, or after a break of more than MOST_DAYS, `as_of` alone.
    """
    if last is None:
        return [as_of], 0
    count = (as_of - last).days
    if count <= 0:
        return [], 0
    if count > MOST_DAYS:
        return [as_of], count - 1
    return [last + timedelta(days=number) for number in range(1, count + 1)], 0


def step_ended_at(company: Company, as_of: date, *, step: str) -> datetime | None:
    """Return when a step of the day's cycle was done, None where it was not."""
    done = Run.objects.filter(company=company, kind=CYCLE, as_of=as_of, step=step)
    return done.values_list("finished_at", flat=True).first()


def first_item_on(company: Company) -> date | None:
    """Return the issue date of the oldest item, None for an empty ledger."""
    found: date | None = Item.objects.filter(company=company).aggregate(on=Min("issued_on"))["on"]
    return found


def run_rows(company: Company, *, last_step: str, limit: int = 30) -> list[RunRow]:
    """Return the last finished days of the cycle, newest first."""
    done = Run.objects.filter(company=company, kind=CYCLE, step=last_step).order_by("-as_of")
    ends = dict(done.values_list("as_of", "finished_at")[:limit])
    sums = dict(
        Run.objects.filter(company=company, kind=CYCLE, as_of__in=ends)
        .values_list("as_of")
        .annotate(total=Sum("changed"))
        .values_list("as_of", "total")
    )
    return [
        RunRow(as_of=as_of, changed=sums[as_of], finished_at=ends[as_of])
        for as_of in sorted(ends, reverse=True)
    ]


def companies_to_run(name: str | None) -> list[Company]:
    """Return the open company of that name, or all open ones, in the order they were made."""
    found = Company.objects.filter(stage=Company.Stage.OPEN).order_by("id")
    return list(found.filter(name=name) if name else found)
