"""The day's cycle of one company: every step in order, for every day that is missing."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db import OperationalError

from dunwell import clock, walls
from dunwell.actions.bulk import is_postgresql, look_at_tables
from dunwell.actions.cycle import StepDone, run_step
from dunwell.actions.gate import Refused, system
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.cycle_steps import LAST_STEP, READS, STEPS
from dunwell.jobs.handed_nights import Engine
from dunwell.jobs.mirror import refresh_if_worth
from dunwell.jobs.reports import make_due_reports
from dunwell.models import Company
from dunwell.queries.mirror_rows import has_rows
from dunwell.queries.runs import first_item_on, is_finished, last_finished_day, missing_days

LARGE = 10_000
"""Items from which it matters by which index SQLite looks things up."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CycleDone:
    """What a call of the cycle did: the days it ran, its steps, and the days it left out."""

    as_of: date
    days: tuple[date, ...]
    steps: tuple[StepDone, ...]
    left_out: int

    @property
    def changed(self) -> int:
        """How many records changed in this call."""
        return sum(step.changed for step in self.steps if step.is_new)


def run_cycle(
    company_id: int,
    as_of: date | None = None,
    *,
    tell: Callable[[StepDone], None] | None = None,
    engine: Engine | None = None,
) -> CycleDone:
    """Run the cycle up to a day, the company's own today unless given; say what was done.

    Missed days are run one by one in order. Killed anywhere, the next call goes on where
    it stopped; a day that is done changes nothing. `tell` hears of every step. With
    an `engine` the widest readings of history are its work. Raises Refused for a day that has
    not come, lies before the first item, or was passed over, and where the engine fails.
    """
    company = Company.objects.get(pk=company_id)
    today = clock.today(company.zone)
    day = today if as_of is None else as_of
    last = last_finished_day(company, last_step=LAST_STEP)
    if as_of is not None:
        _check_day(company, day, today=today, last=last)
    days, left_out = missing_days(last, as_of=day)
    steps: list[StepDone] = []
    with walls.within(company_id):
        refresh_if_worth(company, at=clock.now())
        for done in _steps(company, days, engine):
            steps.append(done)
            if tell is not None:
                tell(done)
        if days:
            _look_at_tables(company)
        if day == today:
            make_due_reports(company, as_of=day)
    return CycleDone(as_of=day, days=tuple(days), steps=tuple(steps), left_out=left_out)


def _steps(company: Company, days: list[date], engine: Engine | None) -> Iterator[StepDone]:
    for as_of in days:
        day = Day(actor=system(company), as_of=as_of, at=clock.now(), engine=engine)
        for name, step in STEPS:
            if name in READS and not is_finished(company, as_of, last_step=name):
                READS[name](day)
            yield run_step(
                actor=day.actor,
                name=name,
                work=partial(step, day),
                as_of=day.as_of,
                at=day.at,
            )


def _look_at_tables(company: Company) -> None:
    """Have SQLite note how full its tables are, after all that a day brings; it never does so."""
    if is_postgresql() or not has_rows(company, least=LARGE):
        return
    try:
        look_at_tables()
    except OperationalError as error:
        # the day is done; what was noted a day ago serves as well
        logger.warning("company %s: the tables were not looked at: %s", company.pk, error)


def _check_day(company: Company, day: date, *, today: date, last: date | None) -> None:
    if day > today + timedelta(days=1):
        raise Refused(
            f"{day} has not come; for {company.name} today is {today}. "
            "Give today, tomorrow or an earlier day."
        )
    first = first_item_on(company)
    if first is not None and day < first:
        raise Refused(f"{day} lies before the first item, which was issued on {first}.")
    if last is not None and day < last and not is_finished(company, day, last_step=LAST_STEP):
        raise Refused(
            f"The cycle has passed {day} by and cannot go back; it has run up to {last}."
        )
