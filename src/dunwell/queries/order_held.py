"""What people decided about orders: forced holds that stand, and releases that go on counting."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dunwell.engine.order_facts import Waiver
from dunwell.queries import order_sql as sql
from dunwell.queries.dated_rates import day_of
from dunwell.queries.exposures import Scope


@dataclass(frozen=True, slots=True)
class Held:
    """Forced holds of customers and orders, and what of earlier holds was released for longer.

    Forced: (who, why) by customer, and by order. Waivers by customer, and by order.
    """

    forced: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    forced_orders: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    waivers: Mapping[int, tuple[Waiver, ...]] = field(default_factory=dict)
    order_waivers: Mapping[int, tuple[Waiver, ...]] = field(default_factory=dict)


def held_orders(only: Scope, *, as_of: date) -> Held:
    """Return what people hold of the customers asked for, and what they let pass; one query."""
    forced: dict[int, tuple[str, str]] = {}
    forced_orders: dict[int, tuple[str, str]] = {}
    waivers: dict[int, list[Waiver]] = defaultdict(list)
    order_waivers: dict[int, list[Waiver]] = defaultdict(list)
    for row in only.rows(sql.HOLDS, as_of):
        customer, order, kind, _status, by, reasons, rules, scope, until_on, over, ended_by = row
        if kind == "forced":
            place, key = (forced, customer) if order is None else (forced_orders, order)
            place[key] = (by, _first_text(reasons))
            continue
        until = day_of(until_on) if scope == "until" and until_on is not None else None
        passed = [
            Waiver(rule=rule, by=ended_by, until_on=until, most_minor=over)
            for rule in rules.strip(",").split(",")
            if rule
        ]
        if until is not None:
            waivers[customer] += passed
        elif order is not None:
            order_waivers[order] += passed
    return Held(
        forced=forced,
        forced_orders=forced_orders,
        waivers={key: tuple(some) for key, some in waivers.items()},
        order_waivers={key: tuple(some) for key, some in order_waivers.items()},
    )


def _first_text(reasons: Any) -> str:
    """Return the text of the first reason of a hold, whichever driver told the JSON."""
    if isinstance(reasons, str):
        reasons = json.loads(reasons)
    return str(reasons[0].get("text", "")) if reasons else ""
