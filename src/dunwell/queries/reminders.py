"""Who is due for which contact on a day, and what the chase gate says: the plan behind the
day's reminders, the dry run of a strategy, and the worklist's blocked reasons. Never writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Max, Min

from dunwell.engine.calendars import EPOCH, calendar_days, day_date, is_business_day
from dunwell.engine.chase import GatePolicy
from dunwell.engine.collectable import PROMISED, promised
from dunwell.engine.fx import rates_in_force
from dunwell.engine.items import balances, open_items, unapplied
from dunwell.engine.ledger import Ledger
from dunwell.engine.proposals import Facts, Proposals, proposals
from dunwell.engine.schema import Column, Frame
from dunwell.engine.strategy import Strategy, minimums_frame, steps_frame
from dunwell.formats.frames import kept_whole
from dunwell.models import Company, Feed, Message
from dunwell.queries import frames
from dunwell.queries.contact_groups import (
    CALLED,
    CONTACT_LOG,
    ContactGroup,
    contact_group,
    group_log,
)
from dunwell.queries.contact_leads import Going, led_by_others
from dunwell.queries.contact_rules import plan_verdicts
from dunwell.queries.debit_notices import debit_holds_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.merged_records import MERGED_INTO
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.steering import (
    Steering,
    counts_business_days,
    customer_calendars,
    steering,
)

WAITING = "contact_waiting"
"""Reason of our own beside the gate's: what was planned before has not been dealt with."""

LED = "led_by_another"
"""Another company of ours contacts the debtor first on this day."""

REASONS: Mapping[str, str] = {
    WAITING: "an earlier message has not gone out, or a task of it is still open",
    LED: "another company of ours to which the debtor owes money contacts it on this day; ours "
    "waits",
}
"""Reasons the plan adds to `engine.chase.GATE_REASONS`."""

WAITING_CUSTOMERS: Frame = {"customer_id": Column(nw.Int64, "whose earlier contact waits")}
EARLIEST = timedelta(days=3_650)
"""How far back the calendar of business days reaches at most."""

SLACK = timedelta(days=62)
"""How far it reaches beyond the day, so that the tolerance of a promise ends inside it."""


@dataclass(frozen=True, slots=True)
class ContactPlan:
    """What a day asks for, as frames of the engine (see `dunning`, `collectable`, `chase`).

    `documents` are kind, issued_day and due_day of the items. `reasons` are the rows that
    block; `decisions` says clear, needs_approval or blocked for every contact. `hours` holds the
    minute of the customer's day before which a mail is not delivered, by customer, where a
    timing experiment chose one.
    """

    company: Company
    as_of: date
    items: pl.DataFrame
    documents: pl.DataFrame
    balances: pl.DataFrame
    cash: pl.DataFrame
    rates: pl.DataFrame
    steps: pl.DataFrame
    contacts: pl.DataFrame
    lines: pl.DataFrame
    totals: pl.DataFrame
    facts: pl.DataFrame
    reasons: pl.DataFrame
    decisions: pl.DataFrame
    hours: Mapping[int, int] = field(default_factory=dict)


def gate_policy(company: Company) -> GatePolicy:
    """Return the bounds of the chase gate for a company."""
    return GatePolicy(max_feed_age_days=company.feed_max_age_days)


def fed_on(company: Company) -> date | None:
    """Return the day up to which payments are known, None without a feed.

    The slowest bank account decides: money may lie on any of them. Without bank feeds
    it is the newest ledger export, which brings its payments along.
    """
    banks = Feed.objects.filter(company=company, kind=Feed.Kind.BANK)
    slowest: date | None = banks.aggregate(on=Min("covers_until_on"))["on"]
    if slowest is not None:
        return slowest
    ledgers = Feed.objects.filter(company=company, kind=Feed.Kind.LEDGER)
    newest: date | None = ledgers.aggregate(on=Max("covers_until_on"))["on"]
    return newest


def plan_contacts(
    company: Company,
    *,
    books: Books,
    strategies: Sequence[Strategy],
    as_of: date,
    is_alone: bool = False,
) -> ContactPlan:
    """Return the contacts of the day under the given strategies, with what stands against them.

    `is_alone`: no other company of ours goes before it, see `contact_leads`.
    """
    group = contact_group(company, as_of=as_of)
    ledger = books.still_open(as_of=as_of)
    steered = steering(company, strategies=strategies, as_of=as_of)
    customers = steered.assigned(books.customers)
    rates = kept_whole(rates_in_force(frames.fx_frame(company), as_of=as_of))
    opened = kept_whole(open_items(ledger.items, ledger.allocations, as_of=as_of))
    cash = kept_whole(unapplied(ledger.payments, ledger.allocations, as_of=as_of))
    owed = kept_whole(balances(opened, cash))
    days, countries = _step_days(company, customers, opened, strategies, steered, as_of)
    facts = Facts(
        open_items=opened,
        customers=customers,
        contacts=frames.contacts_frame(company, with_drafts=True),
        contact_log=contact_log(company, group=group),
        disputes=ledger.disputes,
        promised=_promised(company, ledger, opened, as_of),
        holds=kept_whole(nw.concat([frames.holds_frame(company), debit_holds_frame(company)])),
        balances=owed,
        rates=rates,
        steps=steps_frame(strategies, as_of=as_of, by_hand=steered.by_hand),
        minimums=minimums_frame(strategies, as_of=as_of, by_hand=steered.by_hand),
        business_days=business_days(company, customers, as_of),
        calendar=days,
        branching=steered.branching,
        overrides=steered.overrides,
        countries=countries,
        fed_on=fed_on(company),
        home=company.currency,
    )
    made = proposals(
        facts,
        policy=gate_policy(company),
        as_of=as_of,
        keep=kept_whole,
        verdicts=partial(plan_verdicts, company, as_of=as_of),
    )
    reasons = _with_waiting(native(made.reasons), made.contacts, company)
    if group is not None and not is_alone:
        reasons = _with_leaders(reasons, made, group, as_of)
    return ContactPlan(
        company=company,
        as_of=as_of,
        items=native(made.items),
        documents=native(opened.select("item_id", "kind", "issued_day", "due_day")),
        balances=native(owed),
        cash=native(cash),
        rates=native(rates),
        steps=native(made.next_steps),
        contacts=native(made.contacts).sort("customer_id"),
        lines=native(made.contact_items).sort("customer_id", "item_id"),
        totals=native(made.totals).sort("customer_id", "currency"),
        facts=native(made.facts).sort("customer_id"),
        reasons=reasons.sort("customer_id", "reason"),
        decisions=_decisions(native(made.contacts), reasons),
    )


def has_messages(company: Company, as_of: date) -> bool:
    """Return whether messages were written for the day."""
    return Message.objects.filter(company=company, as_of=as_of).exists()


def native(frame: nw.LazyFrame) -> pl.DataFrame:
    """Return the rows of an engine frame."""
    rows: pl.DataFrame = frame.collect(backend="polars").to_native()
    return rows


def contact_log(
    company: Company,
    *,
    besides: Sequence[int] = (),
    group: ContactGroup | None = None,
    sending: bool = False,
) -> nw.LazyFrame:
    """Return the days on which customers heard from us, by message or in a call.

    From the companies of the group too; `sending` as in `contact_groups.group_log`.

    `besides` are messages that do not count, since they are the ones in question. Telling of a
    direct debit is no contact in this sense: it asks for nothing.
    """
    left_out = f"AND m.id NOT IN ({_marks(besides)})" if besides else ""
    told = (
        "m.company_id = %s AND m.template NOT IN ('debit_notice', 'account_statement') "
        "AND m.status IN "
        f"('draft', 'ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed') {left_out}"
    )
    called = f"n.company_id = %s AND n.kind = 'call' AND n.result IN ({CALLED})"
    on_told, on_called = frames.day("m.as_of"), frames.day('n."on"')
    values = [company.pk, *besides, company.pk]
    own = frames.read_frame(
        f"{MERGED_INTO} SELECT m.customer_id, {on_told} FROM dunwell_message m WHERE {told} "  # noqa: S608
        f"UNION ALL SELECT n.customer_id, {on_called} FROM dunwell_note n WHERE {called} "
        # what a merged record heard counts for the one it went into
        f"UNION ALL SELECT l.to_id, {on_told} FROM led l "
        f"JOIN dunwell_message m ON m.customer_id = l.from_id WHERE {told} "
        f"UNION ALL SELECT l.to_id, {on_called} FROM led l "
        f"JOIN dunwell_note n ON n.customer_id = l.from_id WHERE {called}",
        [company.pk, *values, *values],
        CONTACT_LOG,
    )
    others = group_log(group, sending=sending)
    return own if others is None else nw.concat([own, others], how="vertical")


def business_days(company: Company, customers: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return (country, is_business) for every country of the customers, the empty one included.

    A customer without a country is taken to be in the company's.
    """
    countries = native(customers.select("country").unique())["country"].sort().to_list()
    rows = [
        (country, is_business_day(as_of, country=country or company.country))
        for country in countries
    ]
    frame = pl.DataFrame(
        rows, schema={"country": pl.String, "is_business": pl.Boolean}, orient="row"
    )
    return nw.from_native(frame.lazy())


def _promised(company: Company, ledger: Ledger, opened: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return what open promises cover; nothing is worked out where nobody promised anything."""
    if native(ledger.promises.select(nw.len())).item() == 0:
        return nw.from_native(pl.LazyFrame(schema=frames.column_types(PROMISED)))
    calendar = _calendar(company, opened, as_of)
    covered = promised(
        ledger.promises, ledger.allocations, ledger.items, as_of=as_of, calendar=calendar
    )
    return kept_whole(covered)


def _calendar(company: Company, opened: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the company's business days from the oldest open due date to beyond the day."""
    oldest = native(opened.select(nw.col("due_day").min()))["due_day"].item()
    first = as_of if oldest is None else max(day_date(oldest), as_of - EARLIEST, EPOCH)
    last = as_of + SLACK
    return calendar_days(
        company.country, first=min(first, as_of), last=last.replace(day=1) + timedelta(days=31)
    )


def _step_days(
    company: Company,
    customers: nw.LazyFrame,
    opened: nw.LazyFrame,
    strategies: Sequence[Strategy],
    steered: Steering,
    as_of: date,
) -> tuple[nw.LazyFrame | None, nw.LazyFrame | None]:
    """Return each country's business days and the countries, where a step counts them."""
    if not counts_business_days(strategies, as_of=as_of, by_hand=steered.by_hand):
        return None, None
    owing = customers.join(opened.select("customer_id").unique(), on="customer_id", how="semi")
    oldest = native(opened.select(nw.col("due_day").min()))["due_day"].item()
    return customer_calendars(company, owing, oldest_day=oldest, as_of=as_of)


def _with_waiting(reasons: pl.DataFrame, contacts: nw.LazyFrame, company: Company) -> pl.DataFrame:
    """Return the gate's reasons and WAITING for customers with an earlier contact unfinished."""
    waiting = native(
        frames.read_frame(
            "SELECT DISTINCT m.customer_id FROM dunwell_message m WHERE m.company_id = %s AND "
            "m.template NOT IN ('debit_notice', 'account_statement') "
            "AND (m.status IN ('draft', 'claimed', 'failed') "
            "OR m.status = 'ready' AND m.channel IN ('email', 'portal') "
            "OR m.status = 'ready' AND EXISTS (SELECT 1 FROM dunwell_task t "
            "WHERE t.message_id = m.id AND t.status = 'open'))",
            [company.pk],
            WAITING_CUSTOMERS,
        )
    )
    found = (
        native(contacts)
        .select("customer_id")
        .join(waiting, on="customer_id", how="semi")
        .with_columns(
            reason=pl.lit(WAITING),
            is_block=pl.lit(value=True),
            measured=pl.lit(None, pl.Int64),
            allowed=pl.lit(None, pl.Int64),
        )
    )
    return pl.concat([reasons, found])


def _with_leaders(
    reasons: pl.DataFrame, made: Proposals, group: ContactGroup, as_of: date
) -> pl.DataFrame:
    """Return the reasons and LED for the contacts another company makes in our place."""
    going = _going(native(made.contacts), reasons, native(made.totals))
    led = led_by_others(group, going, as_of=as_of, plan_of=partial(_alone, as_of=as_of))
    found = led.select(
        "customer_id",
        reason=pl.lit(LED),
        is_block=pl.lit(value=True),
        measured=pl.lit(None, pl.Int64),
        allowed=pl.lit(None, pl.Int64),
    )
    return pl.concat([reasons, found])


def _alone(company: Company, *, as_of: date) -> Going:
    """Return the contacts another company would make by itself."""
    strategies = [policy.strategy for policy in strategies_in_force(company, as_of=as_of)]
    plan = plan_contacts(
        company, books=Books(company), strategies=strategies, as_of=as_of, is_alone=True
    )
    return _going(plan.contacts, plan.reasons, plan.totals)


def _going(contacts: pl.DataFrame, reasons: pl.DataFrame, totals: pl.DataFrame) -> Going:
    blocked = reasons.filter(pl.col("is_block"))
    customers = contacts.select("customer_id").join(blocked, on="customer_id", how="anti")
    return Going(
        customers=customers,
        totals=totals.select("customer_id", "currency", "demand_minor"),
    )


def _decisions(contacts: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, decision per contact: blocked, needs_approval or clear."""
    blocked = reasons.group_by("customer_id").agg(is_blocked=pl.col("is_block").any())
    return (
        contacts.select("customer_id")
        .join(blocked, on="customer_id", how="left")
        .select(
            "customer_id",
            decision=pl.when(pl.col("is_blocked").is_null())
            .then(pl.lit("clear"))
            .when(pl.col("is_blocked"))
            .then(pl.lit("blocked"))
            .otherwise(pl.lit("needs_approval")),
        )
        .sort("customer_id")
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
