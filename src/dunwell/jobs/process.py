"""The course of invoice to cash, worked out month by month: for the cycle, and when asked for.

Months are read in stretches of a bounded number of invoices, so that memory does not grow with the
book. The newest months are made every day, an older one once a week, each on its own day.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import narwhals.stable.v2 as nw
import polars as pl

from dunwell import clock
from dunwell.actions.gate import Refused, staff
from dunwell.actions.process import MadeMonth, record_process
from dunwell.engine.calendars import month_number, months_after
from dunwell.engine.process.log import CASES, EVENTS, steps
from dunwell.engine.process.marks import marks
from dunwell.engine.process.path import DUE
from dunwell.engine.process.sums import slice_documents
from dunwell.formats.process_marks import write_marks
from dunwell.jobs.progress import DONE, LatestProgress, Progress
from dunwell.models import Company, User
from dunwell.queries.process_events import ProcessLog, process_log
from dunwell.queries.process_months import MonthDue, months_due

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100_000
"""Invoices whose events are held in memory together."""
MOST_TOLD = 20_000
"""Invoices of which all that is told is held together: one pass costs what many invoices do."""
FAILED = "The map could not be made; what happened is in the server's log. The old one stands."

Tell = Callable[[int], None]
_progress: LatestProgress[Progress] = LatestProgress()


@dataclass(frozen=True, slots=True)
class _Stretch:
    months: tuple[MonthDue, ...]

    @property
    def items(self) -> int:
        return sum(one.items for one in self.months)


def made_months(
    company: Company, *, as_of: date, is_whole: bool = False, tell: Tell = lambda _ppm: None
) -> tuple[MadeMonth, ...]:
    """Return the months that are due to be made, or all of them, as of a day.

    `tell` hears how much of the whole is done, in ppm.
    """
    due = months_due(company, as_of=as_of, is_whole=is_whole)
    whole = sum(one.items for one in due) or 1
    found: list[MadeMonth] = []
    ready = 0
    for stretch in _stretches(due, MOST_AT_ONCE):
        found += _made(company, stretch.months, as_of)
        ready += stretch.items
        tell(DONE * ready // whole)
    return tuple(found)


def begin_process(company_id: int, *, user_id: int, as_of: date, at: datetime) -> bool:
    """Make the map in the background unless it is being made; return whether it was begun."""
    return _progress.begin(
        company_id,
        Progress(started_at=at, is_running=True),
        partial(_work, company_id, user_id, as_of),
        key=f"process {company_id}",
    )


def latest_process(company_id: int) -> Progress | None:
    """Return how the map stands that a page of this process ordered last, None for none."""
    return _progress.latest(company_id)


def _work(company_id: int, user_id: int, as_of: date) -> None:
    refusal = FAILED
    try:
        company = Company.objects.get(pk=company_id)
        actor = staff(User.objects.get(pk=user_id), company, at=clock.now())
        actor.require("cycle.run")
        made = made_months(
            company,
            as_of=as_of,
            is_whole=True,
            tell=partial(_progress.tell, company_id, "read"),
        )
        record_process(actor=actor, made=made, as_of=as_of, at=clock.now())
        refusal = ""
    except Refused as told:
        refusal = str(told)
    except Exception:
        log.exception("the map of the process could not be made")
    finally:
        _progress.end(company_id, refusal=refusal)


def _stretches(due: Sequence[MonthDue], most: int) -> Iterator[_Stretch]:
    """Yield months that follow each other, at most so many invoices together or one month."""
    held: list[MonthDue] = []
    for one in due:
        follows = held and month_number(one.month) == month_number(held[-1].month) + 1
        if held and (not follows or sum(m.items for m in held) + one.items > most):
            yield _Stretch(tuple(held))
            held = []
        held.append(one)
    if held:
        yield _Stretch(tuple(held))


def _made(company: Company, months: Sequence[MonthDue], as_of: date) -> Iterator[MadeMonth]:
    read = process_log(
        company, first=months[0].month, until=months_after(months[-1].month, 1), as_of=as_of
    )
    for stretch in _stretches(months, MOST_TOLD):
        yield from _told(company, stretch.months, read, as_of)


def _told(
    company: Company, months: Sequence[MonthDue], whole: ProcessLog, as_of: date
) -> Iterator[MadeMonth]:
    numbers = [month_number(one.month) for one in months]
    read = whole.of_months(numbers[0], numbers[-1])
    cases = nw.from_native(read.cases.lazy()).select(*CASES)
    ordered = steps(
        nw.from_native(read.events.lazy()).select(*EVENTS),
        cases,
        as_of=as_of,
        country=company.country,
        only_while_open=(DUE,),
    ).collect()
    told = marks(ordered.lazy(), cases).collect("polars").to_native()
    step_cases = ordered.select("case_id").to_polars()
    for one, number in zip(months, numbers, strict=True):
        own = read.cases.filter(pl.col("month") == number).select("case_id")
        of_month = nw.from_native(told.join(own, on="case_id", how="semi").lazy())
        yield MadeMonth(
            month=one.month,
            items=own.height,
            events=step_cases.join(own, on="case_id", how="semi").height,
            figures=slice_documents(of_month),
            steps=write_marks(of_month),
        )
