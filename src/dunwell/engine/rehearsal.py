"""Plays the cases of a strategy: the policy is tested by those who own it, before it is in force.

Every case becomes one customer; all of them run at once through the same
functions the day's cycle uses, at home in euros at a rate of 1 for every currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.branches import (
    SIGNALS_HEARD,
    Branching,
    branches_frame,
    conditions_frame,
)
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.cases import Case, CaseItem, Expectation
from dunwell.engine.chase import GatePolicy
from dunwell.engine.collectable import PPM, PROMISED
from dunwell.engine.proposals import Facts, proposals
from dunwell.engine.schema import CONTACTS, CUSTOMERS, DISPUTES, HOLDS, Column, Frame, table
from dunwell.engine.strategy import (
    Strategy,
    branching_steps,
    minimums_frame,
    steps_frame,
)

HOME = "EUR"
REHEARSAL_DAY = date(2026, 3, 18)
"""A Wednesday without a holiday near it; cases count their days from here."""

_WEEKDAYS_ONLY = "ZZ"
"""No country has this code, so its calendar is Monday to Friday."""

_HOLDS = {"plan_active": "plan", "on_hold": "manual", "legal_hold": "legal"}

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """How one case came out; `found` has every field, `reasons` all that stood against it."""

    name: str
    is_passed: bool
    expected: Expectation
    found: Expectation
    reasons: tuple[str, ...]

    def message(self) -> str:
        """Return one sentence for the person who publishes."""
        if self.is_passed:
            return f"{self.name}: as expected"
        return f"{self.name}: expected {_told(self.expected)}, found {_told(self.found)}"


def run_cases(
    strategy: Strategy,
    cases: Sequence[Case] | None = None,
    *,
    policy: GatePolicy | None = None,
) -> tuple[CaseResult, ...]:
    """Return one result per case, in order; without `cases`, the strategy's own.

    Publishing a strategy runs this and refuses it when a result is not passed.
    """
    played = strategy.cases if cases is None else tuple(cases)
    bounds = GatePolicy() if policy is None else policy
    in_force = replace(strategy, valid_from=min(strategy.valid_from, REHEARSAL_DAY))
    results: list[CaseResult] = []
    # Age of bank data and business day are facts of a whole run, so each pair is one run.
    for age, is_business in sorted({(c.feed_age_days, c.is_business_day) for c in played}):
        chosen = {
            n: case
            for n, case in enumerate(played, 1)
            if (case.feed_age_days, case.is_business_day) == (age, is_business)
        }
        found = _played(in_force, chosen, bounds, age, is_business=is_business)
        results += [_judged(case, *found[n]) for n, case in chosen.items()]
    order = {case.name: n for n, case in enumerate(played)}
    return tuple(sorted(results, key=lambda result: order[result.name]))


def _played(
    strategy: Strategy,
    cases: Mapping[int, Case],
    policy: GatePolicy,
    feed_age: int,
    *,
    is_business: bool,
) -> dict[int, tuple[Expectation, tuple[str, ...]]]:
    """Return what happens to the customer of each case, and all reasons against it."""
    facts = _facts(strategy, cases, feed_age, is_business=is_business)
    made = proposals(facts, policy=policy, as_of=REHEARSAL_DAY, keep=_kept)
    reasons: dict[int, list[str]] = {number: [] for number in cases}
    for row in _rows(made.reasons.filter(nw.col("is_block"))):
        reasons[_whole(row["customer_id"])].append(str(row["reason"]))
    demand = dict.fromkeys(cases, 0)
    for row in _rows(made.totals):
        demand[_whole(row["customer_id"])] += _whole(row["demand_minor"])
    contacts = {_whole(row["customer_id"]): row for row in _rows(made.contacts)}
    found: dict[int, tuple[Expectation, tuple[str, ...]]] = {}
    for number, case in cases.items():
        told = tuple(sorted(reasons[number]))
        found[number] = (_found(contacts.get(number), told, demand[number], case), told)
    return found


def _found(
    contact: Row | None, reasons: Sequence[str], demand_minor: int, case: Case
) -> Expectation:
    if contact is None:
        return Expectation(level=None, demand_minor=0)
    blocked = case.expect.blocked
    told = blocked if blocked in reasons else next(iter(reasons), None)
    return Expectation(
        level=None if reasons else _whole(contact["level"]),
        channel=str(contact["channel"]),
        template=str(contact["template"]),
        blocked=told,
        needs_approval=bool(contact["needs_approval"]) and not case.is_approved,
        demand_minor=demand_minor,
    )


def _judged(case: Case, found: Expectation, reasons: tuple[str, ...]) -> CaseResult:
    expected = case.expect
    stated = ("channel", "template", "blocked", "needs_approval", "demand_minor")
    is_passed = expected.level == found.level and all(
        getattr(expected, name) in {None, getattr(found, name)} for name in stated
    )
    return CaseResult(
        name=case.name, is_passed=is_passed, expected=expected, found=found, reasons=reasons
    )


def _facts(
    strategy: Strategy, cases: Mapping[int, Case], feed_age: int, *, is_business: bool
) -> Facts:
    """Return the frames of all cases: one customer per case, items numbered within it."""
    today = day_number(REHEARSAL_DAY)
    told = [
        (number, number * 1_000 + place, item)
        for number, case in cases.items()
        for place, item in enumerate(case.items)
    ]
    contacts = [row for n, i, item in told for row in _contacts(n, i, item, today)]
    others = [row for n, case in cases.items() for row in _other_contacts(n, case, today)]
    holds = [_hold(n, i, item, today) for n, i, item in told if item.paused in _HOLDS]
    currencies = sorted({item.currency for _, _, item in told})
    branching = branching_steps((strategy,), as_of=REHEARSAL_DAY)
    furthest = timedelta(days=max((abs(item.days_past_due) for _, _, item in told), default=0))
    return Facts(
        open_items=table([_open(n, i, item, today) for n, i, item in told], _OPEN),
        customers=table([_customer(n, c, strategy) for n, c in cases.items()], CUSTOMERS),
        contacts=table(contacts, CONTACTS),
        contact_log=table(contacts + others, CONTACTS),
        disputes=table([_dispute(n, i, item, today) for n, i, item in told], DISPUTES),
        promised=table(
            [
                {
                    "customer_id": n,
                    "currency": item.currency,
                    "item_id": i,
                    "promised_minor": _promised(item),
                }
                for n, i, item in told
            ],
            PROMISED,
        ),
        holds=table(holds, HOLDS),
        balances=table([_balance(n, case) for n, case in cases.items()], _UNAPPLIED),
        rates=table([{"currency": code, "rate_ppm": PPM} for code in currencies], _RATES),
        steps=steps_frame((strategy,), as_of=REHEARSAL_DAY),
        minimums=minimums_frame((strategy,), as_of=REHEARSAL_DAY),
        business_days=table([{"country": "", "is_business": is_business}], _BUSINESS_DAYS),
        calendar=calendar_days(
            _WEEKDAYS_ONLY, first=REHEARSAL_DAY - furthest, last=REHEARSAL_DAY + furthest
        ),
        branching=Branching(
            branches=branches_frame(branching),
            conditions=conditions_frame(branching),
            signals=table([row for told_of in told for row in _signals(*told_of)], SIGNALS_HEARD),
        ),
        fed_on=REHEARSAL_DAY - timedelta(days=feed_age),
        home=HOME,
    )


_OPEN: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "due_day": Column(nw.Int32, "due date"),
    "days_past_due": Column(nw.Int32, "lateness"),
    "open_minor": Column(nw.Int64, "open amount"),
}
_UNAPPLIED: Frame = {
    "customer_id": Column(nw.Int64, "who paid"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "unapplied_minor": Column(nw.Int64, "money not yet put on an item"),
}
_RATES: Frame = {
    "currency": Column(nw.String, "ISO 4217 code"),
    "rate_ppm": Column(nw.Int64, "home minor units per million of it"),
}
_BUSINESS_DAYS: Frame = {
    "country": Column(nw.String, "ISO 3166-1 alpha-2"),
    "is_business": Column(nw.Boolean, "banks and offices work on the day"),
}


def _customer(number: int, case: Case, strategy: Strategy) -> Row:
    return {
        "customer_id": number,
        "segment": strategy.segments[0],
        "country": "",
        "has_email": case.has_email,
        "has_phone": case.has_phone,
        "has_address": case.has_address,
        "is_bounced": case.is_bounced,
        "is_opted_out": case.is_opted_out,
    }


def _open(number: int, item_id: int, item: CaseItem, today: int) -> Row:
    return {
        "item_id": item_id,
        "customer_id": number,
        "currency": item.currency,
        "due_day": today - item.days_past_due,
        "days_past_due": item.days_past_due,
        "open_minor": -item.open_minor if item.is_credit else item.open_minor,
    }


def _contacts(number: int, item_id: int, item: CaseItem, today: int) -> list[Row]:
    return [
        {"customer_id": number, "item_id": item_id, "level": level, "contacted_day": today - ago}
        for level, ago in item.contacted.items()
    ]


def _signals(number: int, item_id: int, item: CaseItem) -> list[Row]:
    today = day_number(REHEARSAL_DAY)
    return [
        {
            "customer_id": number,
            "item_id": item_id,
            "signal": signal,
            "signal_day": today - ago,
        }
        for signal, ago in item.signals.items()
    ]


def _other_contacts(number: int, case: Case, today: int) -> list[Row]:
    """Return contacts by other teams, one a day, the last of them fifteen days ago."""
    return [
        {"customer_id": number, "item_id": 0, "level": 0, "contacted_day": today - 15 - n}
        for n in range(case.other_contacts)
    ]


def _dispute(number: int, item_id: int, item: CaseItem, today: int) -> Row:
    whole = item.open_minor if item.paused == "disputed" else 0
    return {
        "dispute_id": item_id,
        "item_id": item_id,
        "customer_id": number,
        "amount_minor": max(whole, item.disputed_minor),
        "opened_day": today,
        "closed_day": None,
    }


def _promised(item: CaseItem) -> int:
    return item.open_minor if item.paused == "promise_open" else item.promised_minor


def _hold(number: int, item_id: int, item: CaseItem, today: int) -> Row:
    return {
        "customer_id": number,
        "item_id": item_id,
        "reason": _HOLDS[str(item.paused)],
        "from_day": today,
        "until_day": None,
    }


def _balance(number: int, case: Case) -> Row:
    return {
        "customer_id": number,
        "currency": case.items[0].currency,
        "unapplied_minor": case.unapplied_minor,
    }


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame computed once: what is used twice would be planned twice."""
    return frame.collect().lazy()


def _rows(frame: nw.LazyFrame) -> list[dict[str, object]]:
    """Return the rows of the few cases; a rehearsal is a report, so it collects."""
    return frame.collect().rows(named=True)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected a whole number, found {value!r}")
    return value


def _told(stated: Expectation) -> str:
    if stated.blocked is not None:
        return f"no contact ({stated.blocked})"
    if stated.level is None:
        return "no contact"
    words = [f"level {stated.level}"]
    words += [text for text in (stated.channel, stated.template) if text is not None]
    words += ["with approval"] if stated.needs_approval else []
    words += [] if stated.demand_minor is None else [f"asking for {stated.demand_minor}"]
    return ", ".join(words)
