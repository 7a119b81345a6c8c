"""The whole way from open items to proposed contacts, in one call.

The day's cycle, the dry run and the rehearsal of a strategy's cases all go
through here, so what was rehearsed is what happens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.branches import Branching
from dunwell.engine.chase import GatePolicy, decisions, gate, gate_facts
from dunwell.engine.collectable import collectable
from dunwell.engine.dunning import consolidate, next_steps
from dunwell.engine.ledger import Keep


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What proposals rest on; every frame as of the same day.

    `open_items` and `balances` are those of `items`, `promised` of `collectable`,
    `rates` of `fx.rates_in_force`, `steps` and `minimums` of `strategy`,
    `calendar` of `calendars.calendar_days` (it reaches back to the oldest due date
    where steps count business days), `branching`, `overrides` and `countries` of
    `next_steps`. `contact_log` holds contacts of every team, `business_days` says per
    country whether `as_of` is one. `fed_on` is the last day bank data reaches to, None
    when there is none.
    """

    open_items: nw.LazyFrame
    customers: nw.LazyFrame
    contacts: nw.LazyFrame
    contact_log: nw.LazyFrame
    disputes: nw.LazyFrame
    promised: nw.LazyFrame
    holds: nw.LazyFrame
    balances: nw.LazyFrame
    rates: nw.LazyFrame
    steps: nw.LazyFrame
    minimums: nw.LazyFrame
    business_days: nw.LazyFrame
    calendar: nw.LazyFrame | None
    branching: Branching | None = None
    overrides: nw.LazyFrame | None = None
    countries: nw.LazyFrame | None = None
    fed_on: date | None
    home: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposals:
    """Who would be contacted, about what, and who not and why.

    `items` in columns COLLECTABLE, `next_steps` NEXT_STEPS, `contacts` CONTACT,
    `contact_items` CONTACT_ITEMS, `totals` DEMANDS, `facts` FACTS, `reasons` GATE,
    `decisions` (customer_id, decision).
    """

    items: nw.LazyFrame
    next_steps: nw.LazyFrame
    contacts: nw.LazyFrame
    contact_items: nw.LazyFrame
    totals: nw.LazyFrame
    facts: nw.LazyFrame
    reasons: nw.LazyFrame
    decisions: nw.LazyFrame


def proposals(
    facts: Facts,
    *,
    policy: GatePolicy,
    as_of: date,
    keep: Keep,
    verdicts: Callable[[nw.LazyFrame], nw.LazyFrame] | None = None,
) -> Proposals:
    """Return the contacts proposed for a day, each with its decision.

    `verdicts` answers for the contacts what the contact rules say, see `chase.gate_facts`.

    `keep` matters: results are used several times, and a plan that is not kept is
    planned again for every use.
    """
    items = keep(
        collectable(
            facts.open_items,
            facts.customers,
            facts.steps,
            disputes=facts.disputes,
            promised=facts.promised,
            holds=facts.holds,
            as_of=as_of,
        )
    )
    upcoming = keep(
        next_steps(
            items,
            facts.contacts,
            facts.balances,
            facts.steps,
            facts.rates,
            home=facts.home,
            as_of=as_of,
            calendar=facts.calendar,
            branching=facts.branching,
            overrides=facts.overrides,
            countries=facts.countries,
        )
    )
    made = consolidate(
        upcoming, items, facts.customers, facts.balances, facts.rates, home=facts.home, keep=keep
    )
    seen = keep(
        gate_facts(
            made.contacts,
            made.totals,
            facts.customers,
            holds=facts.holds,
            contact_log=facts.contact_log,
            business_days=facts.business_days,
            minimums=facts.minimums,
            policy=policy,
            fed_on=facts.fed_on,
            as_of=as_of,
            verdicts=None if verdicts is None else verdicts(made.contacts),
        )
    )
    reasons = keep(gate(seen, policy=policy, stage="plan"))
    return Proposals(
        items=items,
        next_steps=upcoming,
        contacts=made.contacts,
        contact_items=keep(made.items),
        totals=made.totals,
        facts=seen,
        reasons=reasons,
        decisions=keep(decisions(made.contacts, reasons)),
    )
