"""When an escalation that nobody answers rises to the next rung, and to whom.

An escalation that was acknowledged or resolved stands still. One that was not rises on the day
after its last day to answer, or at the moment its business hours are over, one rung at a time;
what a late run finds is what runs all the time would have found, because every rise counts from
when it was due, not from the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dunwell.engine.calendars import add_business_days
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.office_hours import OfficeHours
from dunwell.engine.playbooks_policy import PlaybooksCase, PlaybooksPolicy, Rung

ONE_DAY = timedelta(days=1)
SOME_DAY = date(2026, 1, 5)
"""A Monday; a case of a policy counts business days in a week without holidays."""

NO_HOLIDAYS = "no holidays"
"""A calendar nobody has: Monday to Friday."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One escalation as the clock sees it; `is_waiting`: nobody has answered yet.

    `rung` counts from 1 among the rungs its amount has. `answer_by_at` is set where the rung
    counts in hours; `answer_by_on` then is its day.
    """

    rung: int
    rung_on: date
    answer_by_on: date
    answer_by_at: datetime | None = None
    is_waiting: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Rise:
    """A step to a rung on a day; answered by then at the latest, as in Clock."""

    rung: int
    on: date
    answer_by_on: date
    to: Rung
    answer_by_at: datetime | None = None


def answer_by(
    on: date, *, rung: Rung, office: OfficeHours, at: datetime
) -> tuple[date, datetime | None]:
    """Return the last day to answer what came to a rung, and the moment if it counts in hours.

    `at` is the moment it came there, on the day `on`.
    """
    if rung.answer_hours:
        last = office.after(at, hours=rung.answer_hours)
        return office.day_of(last), last
    return add_business_days(on, rung.answer_days, country=office.country), None


def started(rungs: Sequence[Rung], *, on: date, office: OfficeHours, at: datetime) -> Clock:
    """Return the clock of an escalation raised on a day, at a moment: on its first rung."""
    last_on, last_at = answer_by(on, rung=rungs[0], office=office, at=at)
    return Clock(rung=1, rung_on=on, answer_by_on=last_on, answer_by_at=last_at)


def rises(
    clock: Clock, rungs: Sequence[Rung], *, as_of: date, office: OfficeHours, at: datetime
) -> tuple[Rise, ...]:
    """Return every rise that is due by a day and a moment, in order; none above the last rung.

    Asked again, after these rises were carried out, it finds none.
    """
    found: list[Rise] = []
    while is_overdue(clock, as_of=as_of, at=at) and clock.rung < len(rungs):
        to = rungs[clock.rung]
        if clock.answer_by_at is not None:
            came = clock.answer_by_at
            on = office.day_of(came)
        else:
            on = clock.answer_by_on + ONE_DAY
            came = office.midnight(on)
        last_on, last_at = answer_by(on, rung=to, office=office, at=came)
        rise = Rise(rung=clock.rung + 1, on=on, answer_by_on=last_on, answer_by_at=last_at, to=to)
        found.append(rise)
        clock = risen(clock, rise)
    return tuple(found)


def risen(clock: Clock, rise: Rise) -> Clock:
    """Return the clock after a rise."""
    return replace(
        clock,
        rung=rise.rung,
        rung_on=rise.on,
        answer_by_on=rise.answer_by_on,
        answer_by_at=rise.answer_by_at,
    )


def is_overdue(clock: Clock, *, as_of: date, at: datetime) -> bool:
    """Return whether nobody answered in time: on the last rung it stays so."""
    if clock.answer_by_at is not None:
        return clock.is_waiting and clock.answer_by_at <= at
    return clock.is_waiting and clock.answer_by_on < as_of


def play_playbook_cases(policy: PlaybooksPolicy) -> tuple[CaseAnswer, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    return tuple(CaseAnswer(case=case, found=_found(policy, case)) for case in policy.cases)


def _found(policy: PlaybooksPolicy, case: PlaybooksCase) -> tuple[str, ...]:
    if not case.kind:
        raised = (line.kind for line in policy.raised_by(case.facts))
        proposed = (one.name for one in policy.proposed_by(case.facts)[:1])
        return (*raised, *proposed)
    line = policy.line(case.kind)
    if line is None:
        return ()
    rungs = line.rungs_for(case.amount_minor, case.age_days)
    hours = policy.hours
    office = OfficeHours(country=NO_HOLIDAYS, opens=hours.opens, closes=hours.closes)
    clock = started(rungs, on=SOME_DAY, office=office, at=office.opening(SOME_DAY))
    day = add_business_days(SOME_DAY, case.days, country=NO_HOLIDAYS)
    at = office.after(office.opening(day), hours=case.hours)
    for rise in rises(clock, rungs, as_of=office.day_of(at), office=office, at=at):
        clock = risen(clock, rise)
    return (rungs[clock.rung - 1].address,)
