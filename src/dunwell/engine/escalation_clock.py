"""When an escalation that nobody answers rises to the next rung, and to whom.

An escalation that was acknowledged or resolved stands still. One that was not rises on the day
after its last day to answer, one rung at a time; what a late run finds is what daily runs
would have found, because every rise counts from the day it was due, not from the day of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dunwell.engine.calendars import add_business_days
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.playbooks_policy import PlaybooksCase, PlaybooksPolicy, Rung

ONE_DAY = timedelta(days=1)
SOME_DAY = date(2026, 1, 5)
"""A Monday; a case of a policy counts business days in a week without holidays."""

NO_HOLIDAYS = "no holidays"
"""A calendar nobody has: Monday to Friday."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One escalation as the clock sees it; `is_waiting`: nobody has answered yet.

    `rung` counts from 1 among the rungs its amount has.
    """

    rung: int
    rung_on: date
    answer_by_on: date
    is_waiting: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Rise:
    """A step to a rung on a day; answered on `answer_by_on` at the latest."""

    rung: int
    on: date
    answer_by_on: date
    to: Rung


def answer_by(on: date, *, rung: Rung, country: str) -> date:
    """Return the last day to answer what came to a rung on a day, by the calendar's work days."""
    return add_business_days(on, rung.answer_days, country=country)


def started(rungs: Sequence[Rung], *, on: date, country: str) -> Clock:
    """Return the clock of an escalation raised on a day: on its first rung."""
    return Clock(rung=1, rung_on=on, answer_by_on=answer_by(on, rung=rungs[0], country=country))


def rises(clock: Clock, rungs: Sequence[Rung], *, as_of: date, country: str) -> tuple[Rise, ...]:
    """Return every rise that is due by a day, in order; none above the last rung.

    The same day asked again, after these rises were carried out, finds none.
    """
    found: list[Rise] = []
    while clock.is_waiting and clock.answer_by_on < as_of and clock.rung < len(rungs):
        on = clock.answer_by_on + ONE_DAY
        to = rungs[clock.rung]
        rise = Rise(
            rung=clock.rung + 1, on=on, answer_by_on=answer_by(on, rung=to, country=country), to=to
        )
        found.append(rise)
        clock = risen(clock, rise)
    return tuple(found)


def risen(clock: Clock, rise: Rise) -> Clock:
    """Return the clock after a rise."""
    return replace(clock, rung=rise.rung, rung_on=rise.on, answer_by_on=rise.answer_by_on)


def is_overdue(clock: Clock, *, as_of: date) -> bool:
    """Return whether nobody answered in time: on the last rung it stays so."""
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
    rungs = line.rungs_for(case.amount_minor)
    clock = started(rungs, on=SOME_DAY, country=NO_HOLIDAYS)
    day = add_business_days(SOME_DAY, case.days, country=NO_HOLIDAYS)
    for rise in rises(clock, rungs, as_of=day, country=NO_HOLIDAYS):
        clock = risen(clock, rise)
    return (rungs[clock.rung - 1].address,)
