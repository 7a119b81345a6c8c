"""Which item is due for which step, and the one contact that follows for its customer."""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.branches import Branching
from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import demands, in_home
from dunwell.engine.items import total
from dunwell.engine.ledger import Keep, as_it_is
from dunwell.engine.overrides import allowed_levels, with_channel
from dunwell.engine.schema import Column, Frame
from dunwell.engine.step_days import with_branch, with_position

STATES = {
    "due": "the step is due now",
    "too_soon": "the day has come, but the item was named in a contact too short a time ago",
    "covered": "the day has come, but credits or unapplied cash cover the currency",
    "held": "the day has come, but the item or its customer is on hold",
    "promised": "the day has come, but all of it is promised",
    "disputed": "the day has come, but all of the item is disputed",
    "after_overdue": "a note before the due date waits while something overdue is asked for",
    "waiting": "the day of the next step has not come",
    "unknown_day": "the step counts business days and the calendar does not reach the due date",
    "finished": "the last step was taken",
    "no_strategy": "no strategy in force covers the customer's segment",
    "credit": "credit in the customer's favour; lowers what is asked and is never chased",
}
"""Where an item stands; where several are true, the lower one in this list is told."""

REACHED = ("due", "too_soon", "covered", "held", "promised", "disputed")
"""States of an item whose day has come: its customer is a candidate for a contact."""

NEXT_STEPS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "segment": Column(nw.String, "group of the customer", nullable=True),
    "strategy": Column(nw.String, "strategy in force", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "days_past_due": Column(nw.Int32, "days from the due date to as_of"),
    "is_overdue": Column(nw.Boolean, "past due by more than the grace days"),
    "collect_minor": Column(nw.Int64, "part that may be asked for"),
    "last_level": Column(nw.Int32, "highest level taken so far, empty if none", nullable=True),
    "last_day": Column(nw.Int32, "day of the item's last contact, empty if none", nullable=True),
    "level": Column(nw.Int32, "level of the next step, empty if none", nullable=True),
    "step_day": Column(nw.Int32, "its day, counted from the due date", nullable=True),
    "channel": Column(nw.String, "its channel", nullable=True),
    "template": Column(nw.String, "its wording", nullable=True),
    "fallback": Column(nw.String, "channel where the first cannot reach", nullable=True),
    "needs_approval": Column(nw.Boolean, "a second person must agree", nullable=True),
    "min_days_between": Column(nw.Int32, "days between two contacts", nullable=True),
    "min_home_minor": Column(nw.Int64, "smallest demand in home currency", nullable=True),
    "branch": Column(nw.Int32, "branch of the step that is taken, if any", nullable=True),
    "state": Column(nw.String, "one of STATES"),
}
CONTACT: Frame = {
    "customer_id": Column(nw.Int64, "who is contacted; one row per customer"),
    "segment": Column(nw.String, "group of the customer", nullable=True),
    "strategy": Column(nw.String, "strategy in force", nullable=True),
    "level": Column(nw.Int32, "leading level: the highest step due"),
    "channel": Column(nw.String, "channel of the leading step that can reach the customer"),
    "template": Column(nw.String, "wording of the leading step"),
    "needs_approval": Column(nw.Boolean, "a second person must agree first"),
    "is_before_due": Column(nw.Boolean, "a note about items that are not due yet"),
    "leading_item_id": Column(nw.Int64, "item whose step leads"),
    "leading_state": Column(nw.String, "its state; anything but due is blocked by the gate"),
    "days_past_due": Column(nw.Int32, "lateness of the leading item"),
    "min_days_between": Column(nw.Int32, "days between two contacts", nullable=True),
    "min_home_minor": Column(nw.Int64, "smallest demand in home currency", nullable=True),
}
CONTACT_ITEMS: Frame = {
    "customer_id": Column(nw.Int64, "who is contacted"),
    "item_id": Column(nw.Int64, "item listed in the message"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "is_credit": Column(nw.Boolean, "listed as a credit that lowers the demand"),
    "days_past_due": Column(nw.Int32, "days from the due date to as_of"),
    "open_minor": Column(nw.Int64, "what is left, signed like the item"),
    "collect_minor": Column(nw.Int64, "part that is asked for, 0 for a credit"),
    "step_level": Column(
        nw.Int32, "level to record for the item, empty if it is only listed", nullable=True
    ),
}


_LISTED = tuple(name for name in CONTACT_ITEMS if name != "step_level")
_DECIDING = ("segment", "last_given", "is_early", "is_owed_unknown", "owed_given")
"""What the next level of an item depends on, beside what people override."""
LEVELS_WIDE = 1_000
DAYS_WIDE = 1_000_000
"""Room for a level and for days past due in one sort number."""


@dataclass(frozen=True, slots=True)
class Consolidation:
    """One contact per customer (CONTACT), its items (CONTACT_ITEMS), its sums (DEMANDS)."""

    contacts: nw.LazyFrame
    items: nw.LazyFrame
    totals: nw.LazyFrame


def next_steps(
    items: nw.LazyFrame,
    contacts: nw.LazyFrame,
    balances: nw.LazyFrame,
    steps: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
    as_of: date,
    calendar: nw.LazyFrame | None = None,
    branching: Branching | None = None,
    overrides: nw.LazyFrame | None = None,
    countries: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return every open item with its next step and where it stands, in columns NEXT_STEPS.

    `items` is `collectable.collectable`; `calendar` is needed once a step counts
    business days. The next level is the smallest one above the last that applies
    to the item: a level rises by one contact at a time and never falls, so an old
    import starts friendly. Level 0 lapses on the due date, and a step with
    `only_amount_over` does not apply to customers who owe no more than that.
    Contacts after `as_of` are not seen. `branching` may change the day, channel and wording of
    the step by what was heard since the last contact; `overrides` (columns OVERRIDES) are those
    of people, in force on the day. `countries` (customer_id, country) goes with a `calendar`
    that holds several countries.
    """
    owed = demands(items.filter(nw.col("is_overdue")), items, balances, rates, home=home)
    placed = _placed(items, contacts, owed, rates, home=home, as_of=as_of)
    if countries is not None:
        placed = placed.join(countries, on="customer_id", how="left")
    laid = _with_next_step(placed, steps, overrides).with_columns(
        channel=_late("channel"), template=_late("template"), fallback=_late("fallback")
    )
    branched = with_branch(laid, branching, as_of)
    steered = branched if overrides is None else with_channel(branched, overrides)
    return (
        with_position(steered, calendar, as_of)
        .with_columns(state=_state(day_number(as_of)))
        .select(*NEXT_STEPS)
    )


def due_steps(next_steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items whose step is due now, in columns NEXT_STEPS."""
    return next_steps.filter(nw.col("state") == "due")


def consolidate(
    next_steps: nw.LazyFrame,
    items: nw.LazyFrame,
    customers: nw.LazyFrame,
    balances: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
    keep: Keep = as_it_is,
) -> Consolidation:
    """Return one contact per customer whose day has come, over all currencies and levels.

    The leading step is the highest one due; only when none is due does one that
    is blocked stand for the customer, so that the chase gate can say why. An
    overdue contact lists every overdue item with something to ask for, and the
    credits of the same currencies; a note before the due date lists the items it
    is due for. Only items whose own step is due rise a level. `keep` computes a
    frame that is used more than once.
    """
    reached = next_steps.filter(nw.col("state").is_in(REACHED))
    leading = _leading(reached)
    contacts = keep(_reachable(leading, customers).select(*CONTACT))
    kinds = contacts.select("customer_id", "is_before_due")
    due = due_steps(next_steps).select("item_id", step_level=nw.col("level"))
    came = reached.select("item_id", has_come=nw.lit(value=True))
    in_question = keep(
        items.join(kinds, on="customer_id", how="inner")
        .join(came, on="item_id", how="left")
        .filter(
            (nw.col("is_overdue") & ~nw.col("is_before_due"))
            | (~nw.col("is_overdue") & nw.col("is_before_due") & ~nw.col("has_come").is_null())
        )
    )
    totals = keep(demands(in_question, items, balances, rates, home=home))
    asked = totals.filter(nw.col("demand_minor") > 0).select("customer_id", "currency")
    listed = in_question.filter(nw.col("collect_minor") > 0).select(*_LISTED)
    credit = items.filter(nw.col("is_credit")).select(*_LISTED)
    listing = (
        nw.concat([listed, credit], how="vertical")
        .join(asked, on=["customer_id", "currency"], how="inner")
        .join(due, on="item_id", how="left")
        .select(*CONTACT_ITEMS)
    )
    return Consolidation(contacts=contacts, items=listing, totals=totals)


def _placed(
    items: nw.LazyFrame,
    contacts: nw.LazyFrame,
    owed: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
    as_of: date,
) -> nw.LazyFrame:
    """Return the items with their past contacts and what their customer is asked for.

    `owed_home` is empty when a rate is missing: a step for large amounts then applies.
    """
    so_far = (
        contacts.filter(nw.col("contacted_day") <= day_number(as_of))
        .group_by("item_id")
        .agg(last_level=nw.col("level").max(), last_day=nw.col("contacted_day").max())
    )
    nets = owed.select("customer_id", "currency", "net_minor")
    asked = owed.group_by("customer_id").agg(
        asked_minor=total("demand_minor"),
        customer_home=total("home_minor"),
        is_unrated=nw.col("home_minor").is_null().any(),
    )
    own, customer = nw.col("own_home"), nw.col("customer_home").fill_null(0)
    larger = nw.when(own > customer).then(own).otherwise(customer)
    is_unrated = nw.col("is_unrated").fill_null(value=False) | own.is_null()
    return (
        items.join(so_far, on="item_id", how="left")
        .join(nets, on=["customer_id", "currency"], how="left")
        .join(asked, on="customer_id", how="left")
        .join(rates.select("currency", "rate_ppm"), on="currency", how="left")
        .with_columns(own_home=in_home(nw.col("collect_minor"), home=home))
        .with_columns(
            asked_minor=nw.col("asked_minor").fill_null(0),
            owed_home=nw.when(~is_unrated).then(larger),
        )
    )


def _with_next_step(
    placed: nw.LazyFrame, steps: nw.LazyFrame, overrides: nw.LazyFrame | None
) -> nw.LazyFrame:
    """Return the items with their step: that of `level`, the smallest one that still applies.

    Items alike in all that decides about it are looked at once, a tenth of a large book. What
    people override is about an item or its customer, so then each is looked at by itself. A
    credit has no step, whatever item it is like.
    """
    told = placed.with_columns(
        last_given=nw.col("last_level").fill_null(-1),
        is_early=nw.col("days_past_due") < 0,
        is_owed_unknown=nw.col("owed_home").is_null(),
        owed_given=nw.col("owed_home").fill_null(0),
    )
    asked = told.filter(~nw.col("is_credit"))
    by = [*_DECIDING, "is_credit"] if overrides is None else ["item_id", "segment"]
    upward = (
        (asked.select(*by).unique() if overrides is None else asked)
        .join(steps.select("segment", "level", "only_over_minor"), on="segment", how="inner")
        .filter(
            nw.col("level") > nw.col("last_given"),
            (nw.col("level") > 0) | nw.col("is_early"),
            (nw.col("only_over_minor") == 0)
            | nw.col("is_owed_unknown")
            | (nw.col("owed_given") > nw.col("only_over_minor")),
        )
    )
    open_to = upward if overrides is None else allowed_levels(upward, overrides)
    next_level = open_to.group_by(*by).agg(level=nw.col("level").min())
    ladder = steps.drop("strategy", "is_first", "min_home_minor", "min_days_between", "grace_days")
    # few rows take the ladder along, not each item
    laid = next_level.join(ladder, on=["segment", "level"], how="left")
    return told.join(laid, on=by, how="left").drop(
        "last_given", "is_early", "is_owed_unknown", "owed_given"
    )


def _late(column: str) -> nw.Expr:
    """Return the step's column, or the one of the first step after the due date if taken late."""
    is_late = (nw.col("day") < 0) & (nw.col("days_past_due") > 0)
    return nw.when(is_late).then(nw.col(f"late_{column}")).otherwise(nw.col(column))


def _state(today: int) -> nw.Expr:
    """Return one of STATES: the conditions are laid over each other, the last one wins."""
    past_due, debit, position = (
        nw.col("days_past_due"),
        nw.col("open_minor"),
        nw.col("position"),
    )
    gap = nw.col("min_days_between").fill_null(1)
    gap = nw.when(gap > 1).then(gap).otherwise(1)
    nothing_left = nw.col("collect_minor") <= 0
    spoken_for = nw.col("disputed_minor") + nw.col("promised_minor")
    laid = (
        ("too_soon", today - nw.col("last_day") < gap),
        ("covered", nw.col("is_overdue") & (nw.col("net_minor").fill_null(0) <= 0)),
        ("held", nothing_left),
        ("promised", nothing_left & (spoken_for >= debit)),
        ("disputed", nothing_left & (nw.col("disputed_minor") >= debit)),
        ("after_overdue", ~nw.col("is_overdue") & (nw.col("asked_minor") > 0)),
        ("waiting", (position < nw.col("step_day")) | (~nw.col("is_overdue") & (past_due > 0))),
        ("unknown_day", position.is_null()),
        ("finished", nw.col("level").is_null()),
        ("no_strategy", nw.col("strategy").is_null()),
        ("credit", nw.col("is_credit")),
    )
    state = nw.lit("due")
    for name, condition in laid:
        state = nw.when(condition).then(nw.lit(name)).otherwise(state)
    return state


def _leading(reached: nw.LazyFrame) -> nw.LazyFrame:
    """Return one item per customer: due before blocked, overdue before not due, highest level.

    The order is packed into one number, so that two sums find the row; ties go
    to the smallest item key.
    """
    days = nw.col("days_past_due").cast(nw.Int64) + DAYS_WIDE // 2
    first = nw.when(nw.col("state") == "due").then(nw.lit(2, nw.Int64)).otherwise(0)
    second = nw.when(nw.col("is_overdue")).then(nw.lit(1, nw.Int64)).otherwise(0)
    order = ((first + second) * LEVELS_WIDE + nw.col("level")) * DAYS_WIDE + days
    is_first = nw.col("is_due") & nw.col("needs_approval")
    keyed = reached.with_columns(order=order, is_due=nw.col("state") == "due")
    best = keyed.group_by("customer_id").agg(
        order=nw.col("order").max(), is_sensitive=is_first.any()
    )
    rows = keyed.join(best, on=["customer_id", "order"], how="inner")
    chosen = rows.group_by("customer_id").agg(item_id=nw.col("item_id").min())
    return rows.join(chosen, on=["customer_id", "item_id"], how="inner").with_columns(
        needs_approval=nw.col("needs_approval") | nw.col("is_sensitive"),
        leading_item_id=nw.col("item_id"),
        leading_state=nw.col("state"),
        is_before_due=~nw.col("is_overdue"),
    )


def _reachable(leading: nw.LazyFrame, customers: nw.LazyFrame) -> nw.LazyFrame:
    """Return the contacts with the fallback channel where only that one reaches the customer."""
    takes_fallback = ~reaches(nw.col("channel")) & reaches(nw.col("fallback"))
    return (
        leading.join(customers.drop("segment"), on="customer_id", how="left")
        .with_columns(takes_fallback=takes_fallback)
        .with_columns(
            channel=nw.when(nw.col("takes_fallback"))
            .then(nw.col("fallback"))
            .otherwise(nw.col("channel"))
        )
    )


def reaches(channel: nw.Expr) -> nw.Expr:
    """Return whether a channel can reach the row's customer; what is not known cannot.

    The portal writes to the same address as e-mail.
    """
    mail = nw.col("has_email").fill_null(value=False) & ~nw.col("is_bounced").fill_null(value=True)
    phone = nw.col("has_phone").fill_null(value=False)
    post = nw.col("has_address").fill_null(value=False)
    return (
        (channel.is_in(["email", "portal"]) & mail)
        | (channel.is_in(["call", "sms"]) & phone)
        | ((channel == "letter") & post)
    ).fill_null(value=False)
