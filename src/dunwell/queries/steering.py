"""What steers the steps of a strategy on a day: overrides, signals, the days of each country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.branches import (
    SIGNALS_HEARD,
    Branching,
    branches_frame,
    conditions_frame,
)
from dunwell.engine.calendars import EPOCH, calendar_days, day_date
from dunwell.engine.overrides import OVERRIDES, assigned
from dunwell.engine.strategy import Strategy, branching_steps, in_force_by_segment
from dunwell.engine.strategy_branches import ANSWER_DAYS
from dunwell.models import Company
from dunwell.queries import frames

EARLIEST = timedelta(days=3_650)
"""How far back the calendars of business days reach at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Steering:
    """The overrides in force, the strategies they assign, and the branches with what was heard.

    `overrides` is None where there are none. `branching` is None where no strategy in force has
    branches: then nothing is read for it.
    """

    overrides: nw.LazyFrame | None
    by_hand: frozenset[str]
    branching: Branching | None

    def assigned(self, customers: nw.LazyFrame) -> nw.LazyFrame:
        """Return the customers, those with a strategy of their own in its segment."""
        if self.overrides is None or not self.by_hand:
            return customers
        return assigned(customers, self.overrides)


def steering(company: Company, *, strategies: Sequence[Strategy], as_of: date) -> Steering:
    """Return what steers the steps of the company's strategies on a day: one or two queries."""
    overrides = overrides_frame(company, as_of=as_of)
    rows: pl.DataFrame = overrides.select("kind", "strategy").collect("polars").to_native()
    named = rows.filter(pl.col("kind") == "assign")["strategy"].drop_nulls()
    by_hand = frozenset(named.to_list())
    branching = branching_steps(strategies, as_of=as_of, by_hand=by_hand)
    return Steering(
        overrides=None if rows.is_empty() else overrides,
        by_hand=by_hand,
        branching=Branching(
            branches=branches_frame(branching),
            conditions=conditions_frame(branching),
            signals=signals_frame(company),
        )
        if branching
        else None,
    )


def overrides_frame(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return the overrides in force on a day, in columns OVERRIDES.

    Customers drawn into a comparison of strategies that runs have the strategy of their arm; one
    that a person assigned goes before it.
    """
    return frames.read_frame(
        "SELECT o.customer_id, o.item_id, o.kind, NULLIF(o.strategy, ''), o.level, "
        "NULLIF(o.channel, '') FROM dunwell_strategyoverride o WHERE o.company_id = %s "
        "AND o.from_on <= %s AND (o.until_on IS NULL OR o.until_on >= %s) "
        "AND (o.ended_on IS NULL OR o.ended_on > %s) "
        "UNION ALL SELECT d.customer_id, NULL, 'assign', d.arm, NULL, NULL "
        "FROM dunwell_duelcustomer d JOIN dunwell_duel u ON u.experiment_id = d.experiment_id "
        "JOIN dunwell_experiment e ON e.id = d.experiment_id "
        "WHERE d.company_id = %s AND e.status = 'running' AND u.kind = 'strategy' "
        "AND d.enrolled_on <= %s AND NOT EXISTS (SELECT 1 FROM dunwell_strategyoverride o "
        "WHERE o.customer_id = d.customer_id AND o.kind = 'assign' AND o.item_id IS NULL "
        "AND o.from_on <= %s AND (o.until_on IS NULL OR o.until_on >= %s) "
        "AND (o.ended_on IS NULL OR o.ended_on > %s))",
        [company.pk, as_of, as_of, as_of, company.pk, as_of, as_of, as_of, as_of],
        OVERRIDES,
    )


def signals_frame(company: Company) -> nw.LazyFrame:
    """Return what was heard from customers with something open, in columns SIGNALS_HEARD.

    Told signals are about the customer as a whole; payments, promises and disputes about items.
    A follow-up nobody answered within ANSWER_DAYS is told on the day after: an answer that comes
    later is heard as itself, and takes nothing back.
    """
    heard = frames.day('s."on"')
    return frames.read_frame(
        f"SELECT s.customer_id, NULL, s.kind, {heard} FROM dunwell_signal s "  # noqa: S608
        "WHERE s.company_id = %s AND s.kind <> 'delivered' "
        f"UNION ALL SELECT o.customer_id, o.item_id, 'part_paid', {frames.day('a.applied_on')} "
        "FROM dunwell_openitem o JOIN dunwell_allocation a ON a.item_id = o.item_id "
        "LEFT JOIN dunwell_allocation b ON b.reverses_id = a.id "
        "WHERE o.company_id = %s AND a.source = 'payment' AND a.amount_minor > 0 "
        "AND a.reverses_id IS NULL AND b.id IS NULL "
        f"UNION ALL SELECT p.customer_id, l.item_id, 'promised', {frames.day('p.made_on')} "
        "FROM dunwell_promise p LEFT JOIN dunwell_promiseitem l ON l.promise_id = p.id "
        "WHERE p.company_id = %s AND p.outcome <> 'suggested' "
        f"UNION ALL SELECT p.customer_id, l.item_id, 'promise_broken', "
        f"{frames.day('p.settled_on')} "
        "FROM dunwell_promise p LEFT JOIN dunwell_promiseitem l ON l.promise_id = p.id "
        "WHERE p.company_id = %s AND p.outcome IN ('broken', 'partially_kept') "
        "AND p.forgiven_on IS NULL "
        f"UNION ALL SELECT d.customer_id, d.item_id, 'disputed', {frames.day('d.opened_on')} "
        "FROM dunwell_dispute d WHERE d.company_id = %s "
        f"UNION ALL SELECT d.customer_id, d.item_id, 'dispute_closed', "
        f"{frames.day('d.closed_on')} "
        "FROM dunwell_dispute d WHERE d.company_id = %s AND d.closed_on IS NOT NULL "
        f"UNION ALL SELECT m.customer_id, NULL, 'no_answer', {_asked()} + {ANSWER_DAYS} + 1 "
        "FROM dunwell_message m WHERE m.company_id = %s AND m.template = 'follow_up' "
        f"AND m.status IN ('sent', 'delivered') AND {_unanswered()}",
        [company.pk] * 7,
        SIGNALS_HEARD,
    )


def _asked() -> str:
    return frames.day("m.as_of")


def _unanswered() -> str:
    """Return SQL that is true where no answer to the message `m` was heard in its days."""
    answers = (
        ("dunwell_promise", "a.made_on", "AND a.outcome <> 'suggested' "),
        ("dunwell_dispute", "a.opened_on", ""),
        ("dunwell_disputecase", "a.opened_on", ""),
        ("dunwell_signal", 'a."on"', "AND a.kind = 'replied' "),
        ("dunwell_assistantconversation", "a.started_on", "AND a.turns > 0 "),
    )
    return " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} a WHERE a.customer_id = m.customer_id {only}"  # noqa: S608
        f"AND {frames.day(on)} BETWEEN {_asked()} AND {_asked()} + {ANSWER_DAYS})"
        for table, on, only in answers
    )


def counts_business_days(
    strategies: Sequence[Strategy], *, as_of: date, by_hand: frozenset[str]
) -> bool:
    """Return whether a step in force counts business days."""
    return any(
        step.counted == "business"
        for _, strategy in in_force_by_segment(strategies, as_of=as_of, by_hand=by_hand)
        for step in strategy.steps
    )


def customer_calendars(
    company: Company, customers: nw.LazyFrame, *, oldest_day: int | None, as_of: date
) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """Return the business days of every customer's country, and (customer_id, country).

    A customer without a country is taken to be in the company's. The calendars reach from the
    oldest day given (ten years back at most) to `as_of`.
    """
    home = company.country
    known = customers.select("customer_id", "country").collect("polars").to_native()
    countries = known.with_columns(
        country=pl.when(pl.col("country").fill_null("") == "")
        .then(pl.lit(home))
        .otherwise(pl.col("country"))
    )
    first = as_of if oldest_day is None else max(day_date(oldest_day), as_of - EARLIEST, EPOCH)
    # whole months, so that the calendars of one day serve the next ones of a catch-up
    start = min(first, as_of).replace(day=1)
    end = as_of.replace(day=1) + timedelta(days=31)
    calendars = [
        calendar_days(country, first=start, last=end)
        .select("day", "business_day_no")
        .with_columns(country=nw.lit(country))
        for country in countries["country"].unique().sort().to_list() or [home]
    ]
    return nw.concat(calendars, how="vertical"), nw.from_native(countries.lazy())
