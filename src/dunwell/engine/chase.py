"""The chase gate: may this customer be contacted now, and if not, why not?

One pure function for planning (the day's cycle) and for delivery (the moment of
sending). Safe means: one reason is enough to block, and a fact that is not known
blocks like its strictest value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import held_customers
from dunwell.engine.dunning import reaches
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

Stage = Literal["plan", "deliver"]

GATE_REASONS: Mapping[str, str] = {
    "nothing_to_chase": "safe-net is not above 0 in any currency: overdue less disputed, "
    "promised and held, less open credits, less unapplied cash of the same currency",
    "all_disputed": "everything in question is disputed",
    "promise_open": "what is not disputed is promised, or its payment was announced by the "
    "customer's system, and the day with its tolerance has not passed",
    "plan_active": "an instalment plan is running",
    "on_hold": "the customer, or all that is left of the items, is on hold",
    "legal_hold": "a legal hold or insolvency forbids reminders",
    "stale_feed": "bank data is too old to know that nothing was paid",
    "no_contact": "no usable address or number for the channel",
    "bounced": "the e-mail address bounced, or is on the list of those that get nothing",
    "opted_out": "the customer opted out of reminders",
    "contacted_recently": "the last contact is fewer days ago than the strategy asks for",
    "cap_reached": "as many contact days within the window as the policy allows",
    "not_business_day": "not a business day where the customer is",
    "quiet_hours": "outside the hours in which messages are delivered",
    "contact_rule": "a contact rule of law, of the customer's own word or of the company's policy "
    "forbids it",
    "below_minimum": "the demand is smaller than the strategy's minimum",
    "needs_approval": "a second person must agree first; blocks delivery, not planning",
}
"""Every reason the gate gives. In planning, needs_approval is a state and not a block."""

GATE: Frame = {
    "customer_id": Column(nw.Int64, "who is not contacted"),
    "reason": Column(nw.String, "one of GATE_REASONS"),
    "is_block": Column(nw.Boolean, "False only for needs_approval while planning"),
    "measured": Column(nw.Int64, "the fact: minor units, days, count or minute", nullable=True),
    "allowed": Column(nw.Int64, "the bound it is held against", nullable=True),
}
FACTS: Frame = {
    "customer_id": Column(nw.Int64, "who would be contacted"),
    "channel": Column(nw.String, "channel of the contact"),
    "leading_state": Column(nw.String, "state of the leading item, see dunning.STATES"),
    "has_email": Column(nw.Boolean, "usable e-mail contact", nullable=True),
    "has_phone": Column(nw.Boolean, "usable phone contact", nullable=True),
    "has_address": Column(nw.Boolean, "postal address", nullable=True),
    "is_bounced": Column(nw.Boolean, "the e-mail contact bounced", nullable=True),
    "is_opted_out": Column(nw.Boolean, "opted out of reminders", nullable=True),
    "is_business": Column(nw.Boolean, "business day in the customer's country", nullable=True),
    "gross_minor": Column(nw.Int64, "open of the items in question, all currencies added"),
    "disputed_minor": Column(nw.Int64, "part disputed"),
    "promised_minor": Column(nw.Int64, "part promised"),
    "collect_minor": Column(nw.Int64, "gross less disputed, promised and held"),
    "hold_rank": Column(nw.Int32, "strictest hold on the items, see collectable.HOLD_REASONS"),
    "customer_rank": Column(nw.Int32, "strictest hold on the customer, 0 = none"),
    "best_net_minor": Column(nw.Int64, "largest safe-net of a currency", nullable=True),
    "home_minor": Column(
        nw.Int64,
        "demand in home currency, without currencies that have a minimum of their own",
        nullable=True,
    ),
    "min_home_minor": Column(nw.Int64, "strategy's minimum in home currency", nullable=True),
    "is_over_named": Column(nw.Boolean, "a currency with its own minimum reaches it"),
    "days_since": Column(nw.Int32, "days since the last contact, empty if never", nullable=True),
    "min_days_between": Column(nw.Int32, "days the strategy asks between contacts", nullable=True),
    "contact_days": Column(nw.Int32, "days with a contact within the cap's window"),
    "feed_age_days": Column(nw.Int32, "age of the bank data", nullable=True),
    "local_minute": Column(nw.Int32, "minute of the day where the customer is", nullable=True),
    "is_rule_clear": Column(
        nw.Boolean, "contact rules allow it: while planning at some hour of the day", nullable=True
    ),
    "rule_id": Column(nw.String, "the contact rule that forbids it", nullable=True),
    "rule_decision": Column(nw.String, "its word for this moment", nullable=True),
    "rule_next_second": Column(
        nw.Int64, "first moment that is allowed, seconds since 1970; empty if none", nullable=True
    ),
    "needs_approval": Column(nw.Boolean, "a second person must agree", nullable=True),
    "is_approved": Column(nw.Boolean, "a second person agreed", nullable=True),
}
"""What the gate looked at, one row per candidate: stored with the message before it is sent."""

VERDICTS = ("customer_id", "is_rule_clear", "rule_id", "rule_decision", "rule_next_second")
"""What the contact rules say to each candidate: columns of FACTS."""

_SUMS = ("gross_minor", "disputed_minor", "promised_minor", "collect_minor")


@dataclass(frozen=True, kw_only=True, slots=True)
class GatePolicy:
    """Bounds of the gate that hold for the whole company.

    Messages leave from `open_minute` up to but not including `close_minute`,
    minutes of the customer's day.
    """

    max_feed_age_days: int = 3
    contact_cap: int = 8
    cap_window_days: int = 30
    open_minute: int = 8 * 60
    close_minute: int = 18 * 60


def gate_facts(
    contacts: nw.LazyFrame,
    totals: nw.LazyFrame,
    customers: nw.LazyFrame,
    *,
    holds: nw.LazyFrame,
    contact_log: nw.LazyFrame,
    business_days: nw.LazyFrame,
    minimums: nw.LazyFrame,
    policy: GatePolicy,
    fed_on: date | None,
    as_of: date,
    verdicts: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return what the gate looks at, one row per candidate, in columns FACTS.

    `contacts` and `totals` come from `dunning.consolidate`; at delivery the former
    also carries `local_minute` (Int32) and `is_approved` (Boolean). `contact_log`
    holds (customer_id, contacted_day) of every contact by whatever team.
    `business_days` holds (country, is_business) for `as_of`, with a row for the
    empty country if there are such customers. `minimums` is
    `strategy.minimums_frame`. `fed_on` is the last day bank data reaches to. `verdicts` has
    columns VERDICTS; a candidate without a row is blocked. None: no contact rules are asked.
    """
    today = day_number(as_of)
    candidates = _with_column(contacts, "local_minute", nw.lit(None, nw.Int32))
    candidates = _with_column(candidates, "is_approved", nw.lit(value=False))
    candidates = _with_verdicts(candidates, verdicts)
    age = None if fed_on is None else today - day_number(fed_on)
    return (
        candidates.join(_sums(totals, contacts, minimums), on="customer_id", how="left")
        .join(customers.drop("segment"), on="customer_id", how="left")
        .join(business_days.select("country", "is_business"), on="country", how="left")
        .join(held_customers(holds, as_of=as_of), on="customer_id", how="left")
        .join(_contacted(contact_log, policy, today), on="customer_id", how="left")
        .with_columns(
            nw.col("customer_rank", "hold_rank", "contact_days").fill_null(0),
            nw.col(*_SUMS).fill_null(0),
            is_over_named=nw.col("is_over_named").fill_null(value=False),
            days_since=(today - nw.col("last_day")).cast(nw.Int32),
            feed_age_days=nw.lit(age, nw.Int32),
        )
        .select(*FACTS)
    )


def gate(facts: nw.LazyFrame, *, policy: GatePolicy, stage: Stage) -> nw.LazyFrame:
    """Return one row per (customer, reason) that stands against a contact, in columns GATE.

    No row for a candidate: it may be contacted. `stage` "plan" asks for the day,
    "deliver" also for the hour and the approval.
    """
    found = [
        facts.filter(~clear.fill_null(value=False)).select(
            "customer_id",
            reason=nw.lit(reason),
            is_block=nw.lit(value=reason != "needs_approval" or stage == "deliver"),
            measured=measured.cast(nw.Int64),
            allowed=allowed.cast(nw.Int64),
        )
        for reason, (clear, measured, allowed) in _rules(policy, stage).items()
    ]
    return nw.concat(found, how="vertical").select(*GATE)


def decisions(contacts: nw.LazyFrame, reasons: nw.LazyFrame) -> nw.LazyFrame:
    """Return customer_id, decision per candidate: blocked, needs_approval or clear."""
    per_customer = reasons.group_by("customer_id").agg(is_blocked=nw.col("is_block").any())
    blocked = nw.col("is_blocked")
    stopped = nw.when(blocked).then(nw.lit("blocked")).otherwise(nw.lit("needs_approval"))
    return (
        contacts.select("customer_id")
        .join(per_customer, on="customer_id", how="left")
        .select(
            "customer_id",
            decision=nw.when(blocked.is_null()).then(nw.lit("clear")).otherwise(stopped),
        )
    )


Rule = tuple[nw.Expr, nw.Expr, nw.Expr]
"""Known to be harmless; the fact; the bound. Anything but a known yes in the first blocks."""


def _rules(policy: GatePolicy, stage: Stage) -> dict[str, Rule]:
    """Return the rule of every reason."""
    none, zero = nw.lit(None, nw.Int64), nw.lit(0)
    minute, cap, age = nw.col("local_minute"), nw.col("contact_days"), nw.col("feed_age_days")
    by_mail = nw.col("channel").is_in(["email", "portal"])
    gap = nw.when(nw.col("min_days_between") > 1).then(nw.col("min_days_between"))
    gap = nw.when(~nw.col("min_days_between").is_null()).then(gap.otherwise(1))
    never = nw.col("days_since").is_null()
    not_soon = nw.col("leading_state") != "too_soon"
    home = nw.col("home_minor")
    enough = (home > 0) & (home >= nw.col("min_home_minor"))
    is_open = (minute >= policy.open_minute) & (minute < policy.close_minute)
    rules: dict[str, Rule] = {
        **_money_rules(),
        "stale_feed": (age <= policy.max_feed_age_days, age, nw.lit(policy.max_feed_age_days)),
        # A bounced address has a reason of its own; where none was ever given there is no contact.
        "no_contact": (_has_route(), none, none),
        "bounced": (~by_mail | ~nw.col("is_bounced"), none, none),
        "opted_out": (~nw.col("is_opted_out"), none, none),
        "contacted_recently": (
            (never | (nw.col("days_since") >= gap)) & not_soon,
            nw.col("days_since"),
            gap,
        ),
        "cap_reached": (cap < policy.contact_cap, cap, nw.lit(policy.contact_cap)),
        "not_business_day": (nw.col("is_business"), none, none),
        "contact_rule": (nw.col("is_rule_clear"), nw.col("rule_next_second"), none),
        "below_minimum": (
            enough | nw.col("is_over_named") | (nw.col("best_net_minor") <= 0),
            home,
            nw.col("min_home_minor"),
        ),
        "needs_approval": (~nw.col("needs_approval") | nw.col("is_approved"), none, none),
    }
    if stage == "deliver":
        rules["quiet_hours"] = (is_open, minute, zero + policy.open_minute)
    return rules


def _money_rules() -> dict[str, Rule]:
    """Return the rules on what is left to ask for: at most one of them tells why it is nothing."""
    gross, collect = nw.col("gross_minor"), nw.col("collect_minor")
    rest = gross - nw.col("disputed_minor")
    unpromised = rest - nw.col("promised_minor")
    state, zero = nw.col("leading_state"), nw.lit(0)
    is_disputed = ((gross > 0) & (rest <= 0)) | (state == "disputed")
    is_promised = ((rest > 0) & (unpromised <= 0)) | (state == "promised")
    is_held = ((unpromised > 0) & (collect <= 0)) | (state == "held")
    item_rank = nw.when(is_held).then(nw.col("hold_rank")).otherwise(0)
    rank = nw.max_horizontal(item_rank, nw.col("customer_rank"))
    is_told = is_disputed | is_promised | is_held
    has_net = (nw.col("best_net_minor") > 0) & (state != "covered")
    return {
        "nothing_to_chase": (is_told | has_net, nw.col("best_net_minor"), zero),
        "all_disputed": (~is_disputed, nw.col("disputed_minor"), gross),
        "promise_open": (~is_promised, nw.col("promised_minor"), rest),
        "on_hold": (rank != 1, rank, zero),
        "plan_active": (rank != 2, rank, zero),  # noqa: PLR2004  place in HOLD_REASONS
        "legal_hold": (rank < 3, rank, zero),  # noqa: PLR2004  place in HOLD_REASONS
    }


def _has_route() -> nw.Expr:
    """Return whether the channel has an address at all, bounced or not."""
    by_mail = nw.col("channel").is_in(["email", "portal"])
    return (by_mail & nw.col("has_email")) | (~by_mail & reaches(nw.col("channel")))


def _sums(totals: nw.LazyFrame, contacts: nw.LazyFrame, minimums: nw.LazyFrame) -> nw.LazyFrame:
    """Return the totals per customer over all currencies.

    Amounts of different currencies are added only to be compared with each other's
    parts (is all of it disputed?); a message shows each currency by itself.
    """
    demand, minimum = nw.col("demand_minor"), nw.col("min_minor")
    named = (
        totals.join(contacts.select("customer_id", "segment"), on="customer_id", how="inner")
        .join(minimums, on=["segment", "currency"], how="left")
        .with_columns(
            is_over=((demand > 0) & (demand >= minimum)).fill_null(value=False),
            home_minor=nw.when(minimum.is_null()).then(nw.col("home_minor")).otherwise(0),
        )
    )
    return (
        named.group_by("customer_id")
        .agg(
            *[total(name).alias(name) for name in _SUMS],
            best_net_minor=nw.col("net_minor").max(),
            home=total("home_minor"),
            has_unknown_home=nw.col("home_minor").is_null().any(),
            hold_rank=nw.col("hold_rank").max(),
            is_over_named=nw.col("is_over").any(),
        )
        .with_columns(home_minor=nw.when(~nw.col("has_unknown_home")).then(nw.col("home")))
    )


def _contacted(contact_log: nw.LazyFrame, policy: GatePolicy, today: int) -> nw.LazyFrame:
    """Return last_day and contact_days per customer; contacts after today are not seen."""
    seen = (
        contact_log.filter(nw.col("contacted_day") <= today)
        .group_by("customer_id", "contacted_day")
        .agg(is_recent=(nw.col("contacted_day") > today - policy.cap_window_days).any())
    )
    recent = nw.when(nw.col("is_recent")).then(nw.lit(1)).otherwise(0)
    return (
        seen.with_columns(recent=recent)
        .group_by("customer_id")
        .agg(last_day=nw.col("contacted_day").max(), contact_days=nw.col("recent").sum())
    )


def _with_verdicts(candidates: nw.LazyFrame, verdicts: nw.LazyFrame | None) -> nw.LazyFrame:
    """Return the candidates with what the contact rules say to them."""
    if verdicts is not None:
        return candidates.join(verdicts.select(*VERDICTS), on="customer_id", how="left")
    return candidates.with_columns(
        is_rule_clear=nw.lit(value=True),
        rule_id=nw.lit(None, nw.String),
        rule_decision=nw.lit(None, nw.String),
        rule_next_second=nw.lit(None, nw.Int64),
    )


def _with_column(frame: nw.LazyFrame, name: str, default: nw.Expr) -> nw.LazyFrame:
    """Return the frame with the column, as given or by default."""
    return frame if name in frame.collect_schema() else frame.with_columns(default.alias(name))
