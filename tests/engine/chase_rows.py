"""From ledger rows to what happens to each customer: the whole way, for tests that tell a story."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine import items as ledger_items
from dunwell.engine.branches import Branching, branches_frame, conditions_frame
from dunwell.engine.calendars import calendar_days
from dunwell.engine.chase import GatePolicy
from dunwell.engine.collectable import promised
from dunwell.engine.fx import rates_in_force
from dunwell.engine.overrides import assigned
from dunwell.engine.proposals import Facts, Proposals, proposals
from dunwell.engine.strategy import (
    Strategy,
    branching_steps,
    minimums_frame,
    read_strategy,
    steps_frame,
)
from tests.engine import rows

DAY = date(2026, 3, 18)
"""A Wednesday; the stories happen on it."""

LADDER = {
    "name": "ladder",
    "valid_from": "2025-01-01",
    "segments": ["standard"],
    "min_days_between": 5,
    "steps": [
        {"level": 0, "day": -5, "channel": "email", "template": "upcoming"},
        {"level": 1, "day": 5, "channel": "email", "template": "reminder"},
        {"level": 2, "day": 14, "channel": "email", "template": "second_reminder"},
        {"level": 3, "day": 30, "channel": "letter", "template": "final_notice"},
    ],
}
"""A ladder plain enough to reckon with in the head."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The frames of a test; what is left out is empty."""

    items: nw.LazyFrame
    allocations: nw.LazyFrame = field(default_factory=rows.allocations)
    payments: nw.LazyFrame = field(default_factory=rows.payments)
    disputes: nw.LazyFrame = field(default_factory=rows.disputes)
    promises: nw.LazyFrame = field(default_factory=rows.promises)
    customers: nw.LazyFrame = field(
        default_factory=lambda: rows.customers({"has_phone": True, "has_address": True})
    )
    holds: nw.LazyFrame = field(default_factory=rows.holds)
    contacts: nw.LazyFrame = field(default_factory=rows.contacts)
    other_contacts: nw.LazyFrame = field(default_factory=rows.contacts)
    rates: nw.LazyFrame = field(default_factory=rows.fx)
    strategies: tuple[Strategy, ...] = field(default_factory=lambda: (read_strategy(LADDER),))
    signals: nw.LazyFrame = field(default_factory=rows.signals)
    overrides: nw.LazyFrame = field(default_factory=rows.overrides)


def keep(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.collect("polars").lazy("polars")


def propose(
    desk: Desk,
    as_of: date,
    *,
    fed_on: date | None = None,
    is_business: bool = True,
    policy: GatePolicy | None = None,
) -> Proposals:
    opened = keep(ledger_items.open_items(desk.items, desk.allocations, as_of=as_of))
    left = ledger_items.unapplied(desk.payments, desk.allocations, as_of=as_of)
    by_hand = {row["strategy"] for row in dicts(desk.overrides) if row["kind"] == "assign"}
    branching = branching_steps(desk.strategies, as_of=as_of, by_hand=by_hand)
    countries = desk.customers.select("country").unique()
    facts = Facts(
        open_items=opened,
        customers=assigned(desk.customers, desk.overrides),
        contacts=desk.contacts,
        contact_log=nw.concat([desk.contacts, desk.other_contacts], how="vertical"),
        disputes=desk.disputes,
        promised=promised(desk.promises, desk.allocations, desk.items, as_of=as_of),
        holds=desk.holds,
        balances=ledger_items.balances(opened, left),
        rates=rates_in_force(desk.rates, as_of=as_of),
        steps=steps_frame(desk.strategies, as_of=as_of, by_hand=by_hand),
        minimums=minimums_frame(desk.strategies, as_of=as_of, by_hand=by_hand),
        branching=Branching(
            branches=branches_frame(branching),
            conditions=conditions_frame(branching),
            signals=desk.signals,
        ),
        overrides=desk.overrides,
        business_days=countries.with_columns(is_business=nw.lit(value=is_business)),
        calendar=calendar_days("DE", first=as_of - timedelta(400), last=as_of + timedelta(120)),
        fed_on=as_of if fed_on is None else fed_on,
        home="EUR",
    )
    return proposals(facts, policy=policy or GatePolicy(), as_of=as_of, keep=keep)


def dicts(frame: nw.LazyFrame) -> list[dict]:
    return frame.collect("polars").to_native().to_dicts()


def states(made: Proposals) -> dict[int, str]:
    """Return the state of each open item."""
    return {row["item_id"]: row["state"] for row in dicts(made.next_steps)}


def sent(made: Proposals) -> dict[int, dict]:
    """Return what goes out, by customer: level, demand per currency, items, levels to record."""
    clear = {r["customer_id"] for r in dicts(made.decisions) if r["decision"] != "blocked"}
    messages = {
        row["customer_id"]: {
            "level": row["level"],
            "channel": row["channel"],
            "template": row["template"],
            "demand": {},
            "items": [],
            "steps": {},
        }
        for row in dicts(made.contacts)
        if row["customer_id"] in clear
    }
    for row in dicts(made.totals):
        if row["customer_id"] in clear and row["demand_minor"]:
            messages[row["customer_id"]]["demand"][row["currency"]] = row["demand_minor"]
    for row in sorted(dicts(made.contact_items), key=lambda row: row["item_id"]):
        if row["customer_id"] in clear:
            messages[row["customer_id"]]["items"].append(row["item_id"])
            if row["step_level"] is not None:
                messages[row["customer_id"]]["steps"][row["item_id"]] = row["step_level"]
    return messages


def reasons(made: Proposals) -> dict[int, list[str]]:
    """Return what stands against each blocked customer."""
    found: dict[int, list[str]] = {}
    for row in dicts(made.reasons):
        if row["is_block"]:
            found.setdefault(row["customer_id"], []).append(row["reason"])
    return {customer: sorted(told) for customer, told in found.items()}


def shuffled(frame: nw.LazyFrame, seed: int) -> nw.LazyFrame:
    native = frame.collect("polars").to_native()
    assert isinstance(native, pl.DataFrame)
    return nw.from_native(native.sample(fraction=1.0, shuffle=True, seed=seed).lazy())


def due(days_past_due, **change):
    """Return an invoice so many days past due on DAY."""
    return {
        "due_day": DAY - timedelta(days_past_due),
        "issued_day": DAY - timedelta(days_past_due + 30),
        **change,
    }


def taken(item, **levels):
    """Return contacts about an item, as l1=20: level 1 twenty days before DAY."""
    return [
        {"item_id": item, "level": int(name[1:]), "contacted_day": DAY - timedelta(ago)}
        for name, ago in levels.items()
    ]


def message(level, template, demand, items, steps, channel="email"):
    return {
        "level": level,
        "channel": channel,
        "template": template,
        "demand": demand,
        "items": items,
        "steps": steps,
    }


REMINDER = message(1, "reminder", {"EUR": 10_000}, [1], {1: 1})
