"""The open work of the day for a what-if: customers that need a person, and who holds them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from dunwell.engine.headcount import (
    MOST_DAYS,
    DayReached,
    FairShare,
    HeadcountRow,
    Holder,
    Move,
    Option,
    Staffing,
    Turn,
    WaitClass,
    Work,
    days_reached,
    fair_shares,
    headcounts,
    turns,
    waits,
)
from dunwell.engine.priority import PriorityPolicy
from dunwell.ml.action_day import CAPACITY_MINUTES
from dunwell.models import Company, Customer, WorklistEntry
from dunwell.queries.workforce import collectors_of, workforce

MOST_CUSTOMERS = 20_000
"""So many customers of the worklist are looked at, the first by rank."""

MOST_PEOPLE = 200
MOST_MOVES = 200
"""Moves of one proposal; after they are made the next one goes on."""

EXTRA_ROWS = 5
"""The table of head counts goes so far beyond the number asked about."""

HOURS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareRow:
    """One person's part of the work before and after the moves."""

    name: str
    share: FairShare


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOverRow:
    """A customer that should change hands."""

    customer_id: int
    customer_number: str
    customer_name: str
    from_name: str
    to_id: int
    to_name: str
    minutes: int
    owed_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatIf:
    """The answer: amounts in the company's currency, days are working days from today on."""

    staffing: Staffing
    currency: str
    customers: int
    is_cut: bool
    extra_minor: int
    days: tuple[DayReached, ...]
    waits: tuple[WaitClass, ...]
    headcounts: tuple[HeadcountRow, ...]
    shares: tuple[ShareRow, ...]
    moves: tuple[HandOverRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnRow:
    """A customer, what would be done with it, and on which working day (None: not in reach)."""

    customer_id: int
    customer_number: str
    customer_name: str
    collector: str
    action: str
    minutes: int
    extra_minor: int
    owed_minor: int
    day: int | None


def usual_staffing(company: Company, *, as_of: date) -> Staffing:
    """Return the team as it is today: who is at work, its average minutes, the usual efforts."""
    force = workforce(company, as_of=as_of)
    minutes = [force.minutes.get(person.pk, CAPACITY_MINUTES) for person in collectors_of(company)]
    at_work = [one for one in minutes if one > 0]
    return Staffing(
        people=len(at_work),
        minutes=sum(at_work) // len(at_work) if at_work else CAPACITY_MINUTES,
        hours=HOURS,
        efforts=dict(PriorityPolicy().minutes),
    )


def what_if(company: Company, staffing: Staffing, *, as_of: date) -> WhatIf:
    """Return what so many people would reach, who would wait, and a fair mix of the work."""
    work, found = _found(company, staffing, as_of=as_of)
    people = collectors_of(company)
    force = workforce(company, as_of=as_of)
    holders = [
        Holder(user_id=one.pk, minutes=force.minutes.get(one.pk, CAPACITY_MINUTES))
        for one in people
    ]
    names = {one.pk: one.username for one in people}
    held = {one.customer_id: one.collector_id for one in work}
    shares, moves = fair_shares(found, holders, held, most=MOST_MOVES)
    return WhatIf(
        staffing=staffing,
        currency=company.currency,
        customers=len(found),
        is_cut=len(work) >= MOST_CUSTOMERS,
        extra_minor=sum(turn.extra_minor for turn in found),
        days=days_reached(found, people=staffing.people),
        waits=waits(found, people=staffing.people),
        headcounts=headcounts(found, most=min(MOST_PEOPLE, staffing.people + EXTRA_ROWS)),
        shares=tuple(ShareRow(name=names[share.user_id], share=share) for share in shares),
        moves=_moves(company, moves, names),
    )


def turn_rows(
    company: Company,
    staffing: Staffing,
    *,
    as_of: date,
    from_day: int = 1,
    to_day: int | None = None,
) -> tuple[TurnRow, ...]:
    """Return the customers whose turn comes in a span of working days, the best first.

    Without `to_day` to the end, with those nobody reaches: the rows behind a figure of
    `what_if`, and they sum to it.
    """
    _, found = _found(company, staffing, as_of=as_of, to_day=to_day or 0)
    shown = [turn for turn in found if _is_within(turn.day(staffing.people), from_day, to_day)]
    known = Customer.objects.filter(company=company).in_bulk([one.customer_id for one in shown])
    names = {one.pk: one.username for one in collectors_of(company)}
    return tuple(
        TurnRow(
            customer_id=turn.customer_id,
            customer_number=known[turn.customer_id].number,
            customer_name=known[turn.customer_id].name,
            collector=names.get(known[turn.customer_id].collector_id or 0, ""),
            action=turn.action,
            minutes=turn.minutes,
            extra_minor=turn.extra_minor,
            owed_minor=turn.owed_minor,
            day=turn.day(staffing.people),
        )
        for turn in shown
    )


def _is_within(day: int | None, from_day: int, to_day: int | None) -> bool:
    if day is None:
        return to_day is None
    return from_day <= day and (to_day is None or day <= to_day)


def _found(
    company: Company, staffing: Staffing, *, as_of: date, to_day: int = 0
) -> tuple[tuple[Work, ...], tuple[Turn, ...]]:
    """Return the work and its turns; there are slots for every day a figure is about."""
    work = _work(company, as_of=as_of)
    slots = min(MOST_PEOPLE, staffing.people + EXTRA_ROWS) * MOST_DAYS
    return work, turns(work, staffing, slots=max(slots, staffing.people * to_day))


def _work(company: Company, *, as_of: date) -> tuple[Work, ...]:
    """Return the customers of the worklist that need a person, the first by rank."""
    rows = (
        WorklistEntry.objects.filter(company=company, to_collect_minor__gt=0)
        .exclude(Q(reasons__suggestion=None) | Q(reasons__suggestion__is_automatic=True))
        .exclude(customer__snooze__until_on__gt=as_of)
        .order_by("rank", "id")
        .values_list(
            "customer_id",
            "customer__collector",
            "to_collect_minor",
            "reasons__suggestion__options",
        )[:MOST_CUSTOMERS]
    )
    return tuple(
        Work(
            customer_id=key,
            collector_id=collector,
            owed_minor=owed,
            options=tuple(_option(one) for one in options or ()),
        )
        for key, collector, owed, options in rows
    )


def _option(told: Mapping[str, Any]) -> Option:
    return Option(
        action=str(told["action"]),
        minutes=int(told["minutes"]),
        extra_minor=int(told["extra_minor"]),
    )


def _moves(
    company: Company, moves: tuple[Move, ...], names: Mapping[int, str]
) -> tuple[HandOverRow, ...]:
    known = Customer.objects.filter(company=company).in_bulk([one.customer_id for one in moves])
    return tuple(
        HandOverRow(
            customer_id=one.customer_id,
            customer_number=known[one.customer_id].number,
            customer_name=known[one.customer_id].name,
            from_name=names.get(one.from_id or 0, ""),
            to_id=one.to_id,
            to_name=names[one.to_id],
            minutes=one.minutes,
            owed_minor=one.owed_minor,
        )
        for one in moves
    )
