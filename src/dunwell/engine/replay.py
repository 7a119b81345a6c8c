"""Past days gone through again under other strategies: which contacts would have been made.

Every day is seen as it was known on that day, and every course carries the contacts it made
itself forward, so that a ladder begun earlier is further on later. What customers would have
done otherwise is not guessed: they pay, promise and dispute as they did.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import narwhals.stable.v2 as nw

from dunwell.engine.branches import Branching, branches_frame, conditions_frame
from dunwell.engine.calendars import day_number, is_business_day
from dunwell.engine.chase import GatePolicy
from dunwell.engine.collectable import promised
from dunwell.engine.fx import rates_in_force
from dunwell.engine.items import balances, open_items, total, unapplied
from dunwell.engine.ledger import Keep, Ledger, known_ledger
from dunwell.engine.overrides import OVERRIDES, assigned
from dunwell.engine.proposals import Facts, Proposals, proposals
from dunwell.engine.schema import CONTACTS, Column, Frame, table
from dunwell.engine.strategy import Strategy, branching_steps, minimums_frame, steps_frame

REPLAYED: Frame = {
    "customer_id": Column(nw.Int64, "who would have been contacted"),
    "contacted_day": Column(nw.Int32, "day of the contact"),
    "strategy": Column(nw.String, "strategy that asked for it", nullable=True),
    "level": Column(nw.Int32, "leading level"),
    "channel": Column(nw.String, "its channel"),
    "template": Column(nw.String, "its wording"),
    "needs_approval": Column(nw.Boolean, "a second person would have had to agree"),
    "demand_home_minor": Column(
        nw.Int64, "what it would have asked for, home minor units", nullable=True
    ),
}
OWN: Frame = {
    "customer_id": Column(nw.Int64, "who was contacted"),
    "contacted_day": Column(nw.Int32, "day of the contact"),
    "channel": Column(nw.String, "by what"),
    "at_second": Column(
        nw.Int64, "first moment of the day the contact rules allowed", nullable=True
    ),
}
"""The contacts a course made itself."""

PAST_OVERRIDES: Frame = {
    **OVERRIDES,
    "from_day": Column(nw.Int32, "first day in force"),
    "until_day": Column(nw.Int32, "last day in force, empty = still", nullable=True),
}


Verdicts = Callable[[nw.LazyFrame, nw.LazyFrame, date], nw.LazyFrame]
"""Says to the contacts of a day what the contact rules said, as `chase.gate_facts` takes it.

Given the contacts, those the course has made (columns OWN), and the day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What was written down up to now: the ledger, and all that steers contacts.

    `contacts` are those made before the first day, `other_contacts` (customer_id,
    contacted_day) those by phone or other teams at any time. `calendars` and `countries` are
    for steps that count business days, see `dunning.next_steps`; `country` and `home` are the
    company's own. `overrides` in columns PAST_OVERRIDES.
    """

    ledger: Ledger
    customers: nw.LazyFrame
    holds: nw.LazyFrame
    rates: nw.LazyFrame
    contacts: nw.LazyFrame
    other_contacts: nw.LazyFrame
    signals: nw.LazyFrame
    overrides: nw.LazyFrame
    calendar: nw.LazyFrame
    calendars: nw.LazyFrame
    countries: nw.LazyFrame
    country: str
    home: str


def replay(
    past: Past,
    *,
    strategies_on: Callable[[date], Sequence[Strategy]],
    days: Sequence[date],
    policy: GatePolicy,
    keep: Keep,
    verdicts: Verdicts | None = None,
) -> Iterator[nw.DataFrame]:
    """Yield, day by day, the contacts that would have been made, in columns REPLAYED.

    `strategies_on` says which strategies hold on a day. What needs approval counts as approved,
    bank data as complete, and sending as done on the day. `verdicts` None: no contact rules are
    asked.
    """
    steps: list[nw.LazyFrame] = [past.contacts.select(*CONTACTS)]
    log: list[nw.LazyFrame] = [past.other_contacts, _log_of(past.contacts)]
    own: list[nw.LazyFrame] = [table([], OWN)]
    for day in days:
        made = proposals(
            _facts(past, strategies_on(day), nw.concat(steps), nw.concat(log), day, keep),
            policy=policy,
            as_of=day,
            keep=keep,
            verdicts=None
            if verdicts is None
            else partial(_asked, verdicts=verdicts, own=nw.concat(own), day=day),
        )
        contacts = _going(made, day).collect()
        told = _taken(made, day).collect()
        if len(contacts):
            steps.append(told.lazy())
            log.append(contacts.select("customer_id", "contacted_day").lazy())
            own.append(_moments(contacts.lazy(), made).collect().lazy())
        yield contacts


def differences(before: nw.LazyFrame, after: nw.LazyFrame) -> nw.LazyFrame:
    """Return both courses side by side, a row per customer and day on which they differ.

    Columns customer_id, contacted_day and, for `before_` and `after_` each, level, channel,
    template: empty where that course made no contact.
    """
    keys = ["customer_id", "contacted_day"]
    sides = []
    for name, frame, other in (("before", before, "after"), ("after", after, "before")):
        own = {f"{name}_{column}": nw.col(column) for column in _COMPARED}
        empty = {
            f"{other}_{column}": nw.lit(None, REPLAYED[column].dtype()) for column in _COMPARED
        }
        sides.append(frame.select(*keys, **own, **empty).select(*keys, *_SIDES))
    both = nw.concat(sides, how="vertical")
    merged = both.group_by(keys).agg(*[nw.col(name).max().alias(name) for name in _SIDES])
    is_same = nw.all_horizontal(
        *[
            (nw.col(f"before_{column}") == nw.col(f"after_{column}")).fill_null(value=False)
            for column in _COMPARED
        ],
        ignore_nulls=False,
    )
    return merged.filter(~is_same)


_COMPARED = ("level", "channel", "template")
_SIDES = tuple(f"{side}_{column}" for side in ("before", "after") for column in _COMPARED)


def _facts(
    past: Past,
    strategies: Sequence[Strategy],
    contacts: nw.LazyFrame,
    log: nw.LazyFrame,
    day: date,
    keep: Keep,
) -> Facts:
    ledger = known_ledger(past.ledger, on=day)
    opened = keep(open_items(ledger.items, ledger.allocations, as_of=day))
    overrides = keep(_in_force(past.overrides, day))
    by_hand = {
        str(name)
        for name in overrides.filter(nw.col("kind") == "assign").collect()["strategy"].to_list()
    }
    customers = assigned(past.customers, overrides) if by_hand else past.customers
    branching = branching_steps(strategies, as_of=day, by_hand=by_hand)
    cash = unapplied(ledger.payments, ledger.allocations, as_of=day)
    return Facts(
        open_items=opened,
        customers=customers,
        contacts=contacts,
        contact_log=log.filter(nw.col("contacted_day") <= day_number(day)),
        disputes=ledger.disputes,
        promised=promised(
            ledger.promises, ledger.allocations, ledger.items, as_of=day, calendar=past.calendar
        ),
        holds=past.holds,
        balances=keep(balances(opened, cash)),
        rates=keep(rates_in_force(past.rates, as_of=day)),
        steps=steps_frame(strategies, as_of=day, by_hand=by_hand),
        minimums=minimums_frame(strategies, as_of=day, by_hand=by_hand),
        business_days=_business_days(past, day),
        calendar=past.calendars,
        countries=past.countries,
        branching=Branching(
            branches=branches_frame(branching),
            conditions=conditions_frame(branching),
            signals=past.signals,
        )
        if branching
        else None,
        overrides=overrides,
        fed_on=day,
        home=past.home,
    )


def _going(made: Proposals, day: date) -> nw.LazyFrame:
    """Return the contacts nothing stands against."""
    is_rated = ~nw.col("home_minor").is_null()
    demand = made.totals.group_by("customer_id").agg(
        demand=total("home_minor"), is_rated=is_rated.all()
    )
    return (
        made.contacts.join(made.decisions, on="customer_id", how="inner")
        .filter(nw.col("decision") != "blocked")
        .join(demand, on="customer_id", how="left")
        .with_columns(
            contacted_day=nw.lit(day_number(day), nw.Int32),
            demand_home_minor=nw.when(nw.col("is_rated")).then(nw.col("demand")),
        )
        .select(*REPLAYED)
    )


def _asked(
    contacts: nw.LazyFrame, *, verdicts: Verdicts, own: nw.LazyFrame, day: date
) -> nw.LazyFrame:
    return verdicts(contacts, own, day)


def _moments(contacts: nw.LazyFrame, made: Proposals) -> nw.LazyFrame:
    """Return the contacts with the moment each was first allowed, in columns OWN."""
    moments = made.facts.select("customer_id", at_second="rule_next_second")
    return contacts.join(moments, on="customer_id", how="left").select(*OWN)


def _taken(made: Proposals, day: date) -> nw.LazyFrame:
    """Return the levels these contacts record, in columns CONTACTS."""
    going = made.decisions.filter(nw.col("decision") != "blocked").select("customer_id")
    return (
        made.contact_items.filter(~nw.col("step_level").is_null())
        .join(going, on="customer_id", how="semi")
        .select(
            "customer_id",
            "item_id",
            level=nw.col("step_level"),
            contacted_day=nw.lit(day_number(day), nw.Int32),
        )
        .select(*CONTACTS)
    )


def _log_of(contacts: nw.LazyFrame) -> nw.LazyFrame:
    return contacts.select("customer_id", "contacted_day").unique()


def _in_force(overrides: nw.LazyFrame, day: date) -> nw.LazyFrame:
    today, until = day_number(day), nw.col("until_day")
    return overrides.filter(
        nw.col("from_day") <= today, until.is_null() | (until >= today)
    ).select(*OVERRIDES)


def _business_days(past: Past, day: date) -> nw.LazyFrame:
    countries = past.customers.select("country").unique().collect()["country"].to_list()
    data = {
        "country": countries,
        "is_business": [is_business_day(day, country=c or past.country) for c in countries],
    }
    types = {"country": nw.String(), "is_business": nw.Boolean()}
    return nw.from_dict(data, schema=types, backend="polars").lazy()
