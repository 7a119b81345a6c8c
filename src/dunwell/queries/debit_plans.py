"""What a direct debit run would collect: the company's records as the engine's debit plan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import DebitPolicy
from dunwell.engine.collectable import collectable, promised
from dunwell.engine.debits import MANDATES, RETRIES, debit_plan
from dunwell.engine.items import balances, open_items, unapplied
from dunwell.engine.schema import Column, Frame
from dunwell.engine.strategy import steps_frame
from dunwell.formats.frames import kept
from dunwell.models import Company, Debit, DebitRun
from dunwell.queries import frames
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import native

LIVE = (Debit.Status.PLANNED, Debit.Status.SENT)
"""Debits under way: what they ask for is not asked for again."""

_COVERED: Frame = {
    "item_id": Column(nw.Int64, "item a debit under way pays"),
    "covered_minor": Column(nw.Int64, "what such debits ask for on it"),
}
_BARRED: Frame = {
    "item_id": Column(nw.Int64, "item that must not be debited on the day"),
    "reason": Column(nw.String, "waits_retry or given_up"),
}
# One mandate a customer: the usable kind first, then the newest.
_MANDATES = """
SELECT customer_id, id, scheme, status, is_recurring AND TRUE, {signed}, {used}, was_accepted = 1
FROM (
    SELECT m.customer_id, m.id, m.scheme, m.status, m.is_recurring, m.signed_on,
           (SELECT MAX(r.collect_on) FROM dunwell_debit d
            JOIN dunwell_debitrun r ON r.id = d.run_id
            WHERE d.mandate_id = m.id AND d.status NOT IN ('planned', 'cancelled')) AS used_on,
           CASE WHEN EXISTS (SELECT 1 FROM dunwell_debit d WHERE d.mandate_id = m.id
                AND d.status IN ('sent', 'paid', 'returned')) THEN 1 ELSE 0 END AS was_accepted,
           ROW_NUMBER() OVER (PARTITION BY m.customer_id ORDER BY CASE m.status
               WHEN 'active' THEN 0 WHEN 'suspended' THEN 1 WHEN 'draft' THEN 2 ELSE 3 END,
               m.id DESC) AS place
    FROM dunwell_mandate m WHERE m.company_id = %s
) chosen WHERE place = 1
"""
_WAITING = """
FROM dunwell_debititem l JOIN dunwell_debit d ON d.id = l.debit_id
JOIN dunwell_debitrun r ON r.id = d.run_id
WHERE r.company_id = %s AND d.status IN ('returned', 'refused') AND d.retry_on IS NOT NULL
AND NOT EXISTS (
    SELECT 1 FROM dunwell_debit n
    WHERE n.retry_of_id = d.id AND n.status <> 'cancelled' AND n.run_id <> %s)
"""
"""Lines of returned debits that are to be tried again and were not yet."""
# The last debit of an item came back, may be tried again by its reason, and was often enough.
_GIVEN_UP = """
SELECT l.item_id, d.reason_code
FROM dunwell_debititem l JOIN dunwell_debit d ON d.id = l.debit_id
JOIN dunwell_debitrun r ON r.id = d.run_id JOIN dunwell_mandate m ON m.id = d.mandate_id
WHERE r.company_id = %s AND d.status IN ('returned', 'refused') AND d.retry_on IS NULL
AND m.status = 'active' AND d.attempt > %s
AND d.id = (SELECT MAX(n.id) FROM dunwell_debititem k JOIN dunwell_debit n ON n.id = k.debit_id
            WHERE k.item_id = l.item_id AND n.status <> 'cancelled')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLine:
    """One item of a planned debit, in cents."""

    customer_id: int
    mandate_id: int
    sequence: str
    item_id: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A customer with a mandate and due items that is not debited, and why."""

    customer_id: int
    reason: str
    due_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A plan as rows by customer and item; `retries` maps an item to its returned debit."""

    lines: tuple[PlannedLine, ...]
    left_out: tuple[LeftOut, ...]
    retries: Mapping[int, int]


def plan_debits(
    company: Company,
    *,
    scheme: str,
    collect_on: date,
    policy: DebitPolicy,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    besides: DebitRun | None = None,
) -> Planned:
    """Return what a run of a scheme would collect on a day, as known now; euro only.

    `besides` is a draft that is made anew: what it asks for does not count as under way.
    """
    anew = besides.pk if besides else 0
    books = Books(company)
    ledger = books.still_open(as_of=as_of)
    strategies = [found.strategy for found in strategies_in_force(company, as_of=as_of)]
    opened = kept(open_items(ledger.items, ledger.allocations, as_of=as_of))
    items = kept(
        collectable(
            opened,
            books.customers,
            steps_frame(strategies, as_of=as_of),
            disputes=ledger.disputes,
            promised=promised(ledger.promises, ledger.allocations, ledger.items, as_of=as_of),
            holds=frames.holds_frame(company),
            as_of=as_of,
        )
    )
    cash = unapplied(ledger.payments, ledger.allocations, as_of=as_of)
    is_short = collect_on < as_of + timedelta(days=policy.notice_days)
    retries = native(_retries(company, until=collect_on, anew=anew))
    plan = debit_plan(
        items,
        balances(opened, cash),
        _mandates(company, customer_ids),
        covered=_covered(company, anew=anew),
        barred=_barred(company, policy, after=collect_on, anew=anew),
        retries=nw.from_native(retries.lazy()),
        scheme=scheme,
        collect_on=collect_on,
        as_of=as_of,
        is_short=is_short,
    )
    lines = native(plan.lines).sort("customer_id", "item_id")
    left_out = native(plan.left_out).sort("customer_id")
    return Planned(
        lines=tuple(PlannedLine(**row) for row in lines.iter_rows(named=True)),
        left_out=tuple(LeftOut(**row) for row in left_out.iter_rows(named=True)),
        retries=dict(retries.select("item_id", "debit_id").iter_rows()),
    )


def _mandates(company: Company, customer_ids: Collection[int] | None) -> nw.LazyFrame:
    frame = frames.read_frame(
        _MANDATES.format(signed=frames.day("signed_on"), used=frames.day("used_on")),
        [company.pk],
        MANDATES,
    )
    if customer_ids is None:
        return frame
    return frame.filter(nw.col("customer_id").is_in(sorted(set(customer_ids))))


def _covered(company: Company, *, anew: int) -> nw.LazyFrame:
    return frames.read_frame(
        "SELECT l.item_id, CAST(SUM(l.amount_minor) AS BIGINT) FROM dunwell_debititem l "
        "JOIN dunwell_debit d ON d.id = l.debit_id JOIN dunwell_debitrun r ON r.id = d.run_id "
        "WHERE r.company_id = %s AND d.status IN ('planned', 'sent') AND r.id <> %s "
        "GROUP BY l.item_id",
        [company.pk, anew],
        _COVERED,
    )


def _retries(company: Company, *, until: date, anew: int) -> nw.LazyFrame:
    """Return the retries due by a day; an item of several takes the newest returned debit."""
    rows = native(
        frames.read_frame(
            f"SELECT l.item_id, d.id, l.amount_minor {_WAITING} "
            f"AND {frames.day('d.retry_on')} <= %s",
            [company.pk, anew, day_number(until)],
            RETRIES,
        )
    )
    newest = rows.sort("item_id", "debit_id").unique("item_id", keep="last", maintain_order=True)
    return nw.from_native(newest.lazy())


def _barred(company: Company, policy: DebitPolicy, *, after: date, anew: int) -> nw.LazyFrame:
    """Return the items that wait for a retry later than the day, or were tried often enough."""
    waiting = native(
        frames.read_frame(
            f"SELECT l.item_id, 'waits_retry' {_WAITING} AND {frames.day('d.retry_on')} > %s",
            [company.pk, anew, day_number(after)],
            _BARRED,
        )
    )
    codes = [code for code, act in policy.ladder.items() if act == "retry"]
    returned = native(frames.read_frame(_GIVEN_UP, [company.pk, len(policy.retry_days)], _BARRED))
    given_up = returned.filter(pl.col("reason").is_in(codes)).with_columns(
        reason=pl.lit("given_up")
    )
    rows = pl.concat([waiting, given_up]).sort("item_id", "reason", descending=[False, True])
    return nw.from_native(rows.unique("item_id", keep="first", maintain_order=True).lazy())
