"""What may be asked of each customer: open, less what is disputed, promised, held or covered.

Every amount is Int64 minor units in the item's currency unless named `home`.
The disputed, promised and held parts of an item never overlap, so that
open = disputed + promised + held + collect for every debit item. An amount promised
without naming items covers what else could be collected, the oldest due first.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.ledger import happened
from dunwell.engine.money import LARGEST_MINOR, share
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

PPM = 1_000_000

HOLD_REASONS = ("on_hold", "plan_active", "legal_hold")
"""What a hold means to the chase gate, weakest first; HOLD_RANKS count from 1 in this order."""

HOLD_KINDS = {"legal": 3, "insolvency": 3, "bankruptcy": 3, "plan": 2}
"""Rank of a hold by its recorded reason; any other reason is 1, none at all the strictest."""

COLLECTABLE: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "due_day": Column(nw.Int32, "due date"),
    "days_past_due": Column(nw.Int32, "days from the due date to as_of"),
    "segment": Column(nw.String, "group of the customer, empty when unknown", nullable=True),
    "strategy": Column(nw.String, "strategy of the segment, empty if none", nullable=True),
    "min_home_minor": Column(nw.Int64, "smallest demand in home currency", nullable=True),
    "min_days_between": Column(nw.Int32, "days between two contacts", nullable=True),
    "grace_days": Column(nw.Int32, "days past due that still count as in time", nullable=True),
    "is_credit": Column(nw.Boolean, "the item is in the customer's favour"),
    "is_overdue": Column(nw.Boolean, "a debit item past due by more than the grace days"),
    "open_minor": Column(nw.Int64, "what is left, signed like the item"),
    "disputed_minor": Column(nw.Int64, "part that is disputed or paused by a dispute"),
    "promised_minor": Column(nw.Int64, "part that is promised or paused by a promise"),
    "held_minor": Column(nw.Int64, "rest of a held item"),
    "hold_rank": Column(nw.Int32, "0 = not held, else place in HOLD_REASONS from 1"),
    "collect_minor": Column(nw.Int64, "part that may be asked for"),
}
PROMISED: Frame = {
    "customer_id": Column(nw.Int64, "who promised"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "item_id": Column(nw.Int64, "promised item; empty: on whatever is oldest", nullable=True),
    "promised_minor": Column(nw.Int64, "sum under open promises"),
}
DEMANDS: Frame = {
    "customer_id": Column(nw.Int64, "who is asked"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "gross_minor": Column(nw.Int64, "sum open of the debit items in question"),
    "disputed_minor": Column(nw.Int64, "part disputed"),
    "promised_minor": Column(nw.Int64, "part promised"),
    "held_minor": Column(nw.Int64, "part held"),
    "hold_rank": Column(nw.Int32, "strictest hold on any of the items, 0 = none"),
    "collect_minor": Column(nw.Int64, "gross less disputed, promised and held"),
    "credits_minor": Column(nw.Int64, "open credit items of the currency, as a positive sum"),
    "unapplied_minor": Column(nw.Int64, "unapplied cash, empty when unknown", nullable=True),
    "net_minor": Column(
        nw.Int64, "safe-net: collect less credits less unapplied; empty if unknown", nullable=True
    ),
    "demand_minor": Column(nw.Int64, "what a message asks for: the safe-net, never below 0"),
    "home_minor": Column(nw.Int64, "demand in home currency, empty without a rate", nullable=True),
}


def promised(
    promises: nw.LazyFrame,
    allocations: nw.LazyFrame,
    items: nw.LazyFrame,
    *,
    as_of: date,
    calendar: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return what open promises cover as of a day, in columns PROMISED.

    A promise protects its amount until it is kept, broken or withdrawn (see
    `promises.assess_promises`). For an item it still protects all of it while it is half paid;
    an amount protects what is not paid yet.
    """
    assessed = assess_promises(promises, allocations, items, as_of=as_of, calendar=calendar)
    outcomes = assessed.filter(nw.col("outcome") == "open").select(
        "promise_id", "currency", "paid_minor"
    )
    rest = nw.when(nw.col("item_id").is_null()).then(nw.col("paid_minor")).otherwise(0)
    return (
        promises.filter(nw.col("made_day") <= day_number(as_of))
        .join(outcomes, on=["promise_id", "currency"], how="inner")
        .with_columns(amount_minor=nw.col("amount_minor") - rest)
        .group_by("customer_id", "currency", "item_id")
        .agg(promised_minor=total("amount_minor"))
        .select(*PROMISED)
    )


def collectable(
    open_items: nw.LazyFrame,
    customers: nw.LazyFrame,
    steps: nw.LazyFrame,
    *,
    disputes: nw.LazyFrame,
    promised: nw.LazyFrame,
    holds: nw.LazyFrame,
    as_of: date,
) -> nw.LazyFrame:
    """Return every open item with the part that may be asked for, in columns COLLECTABLE.

    `steps` is `strategy.steps_frame`, `promised` is `promised(...)`. The strategy
    decides the grace days and whether a dispute or promise about a part pauses the
    whole item. An amount that is not known counts as the whole item.
    """
    is_credit = nw.col("open_minor") < 0
    past_grace = nw.col("days_past_due") > nw.col("grace_days").fill_null(0)
    parts = (
        open_items.select(
            "item_id", "customer_id", "currency", "due_day", "days_past_due", "open_minor"
        )
        .join(_terms(customers, steps), on="customer_id", how="left")
        .join(_disputed(disputes, as_of), on="item_id", how="left")
        .join(_named(promised), on="item_id", how="left")
        .join(_held_items(holds, as_of), on="item_id", how="left")
        .join(held_customers(holds, as_of=as_of), on="customer_id", how="left")
        .with_columns(
            is_credit=is_credit,
            is_overdue=~is_credit & past_grace,
            debit=_at_least_zero(nw.col("open_minor")),
            hold_rank=nw.max_horizontal(
                nw.col("item_rank").fill_null(0), nw.col("customer_rank").fill_null(0)
            ).cast(nw.Int32),
        )
        .with_columns(disputed_minor=_part("disputed", "pause_disputed", nw.col("debit")))
        .with_columns(rest=nw.col("debit") - nw.col("disputed_minor"))
        .with_columns(promised_minor=_part("promised", "pause_promised", nw.col("rest")))
        .with_columns(rest=nw.col("rest") - nw.col("promised_minor"))
        .with_columns(
            held_minor=nw.when(nw.col("hold_rank") > 0).then(nw.col("rest")).otherwise(0)
        )
        .with_columns(collect_minor=nw.col("rest") - nw.col("held_minor"))
    )
    covered = nw.col("covered_minor").fill_null(0)
    return (
        parts.join(_covered(parts, promised), on="item_id", how="left")
        .with_columns(
            promised_minor=nw.col("promised_minor") + covered,
            collect_minor=nw.col("collect_minor") - covered,
        )
        .select(*COLLECTABLE)
    )


def demands(
    asked: nw.LazyFrame,
    items: nw.LazyFrame,
    balances: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    home: str,
) -> nw.LazyFrame:
    """Return what may be asked per customer and currency, in columns DEMANDS.

    `asked` are the rows of COLLECTABLE in question (usually the overdue ones),
    `items` all of them (for the open credits), `balances` is `items.balances`,
    `rates` is `fx.rates_in_force`. Credits and unapplied cash lower the demand in
    their own currency only. A customer without a row in `balances` has no unapplied
    cash; a row with an empty amount leaves the safe-net unknown.
    """
    sums = (
        asked.filter(~nw.col("is_credit"))
        .group_by("customer_id", "currency")
        .agg(
            gross_minor=total("open_minor"),
            disputed_minor=total("disputed_minor"),
            promised_minor=total("promised_minor"),
            held_minor=total("held_minor"),
            collect_minor=total("collect_minor"),
            hold_rank=nw.col("hold_rank").max(),
        )
    )
    cash = _at_least_zero(nw.col("unapplied").fill_null(0))
    is_unknown = nw.col("is_unknown").fill_null(value=False)
    return (
        sums.join(_credits(items), on=["customer_id", "currency"], how="left")
        .join(_unapplied(balances), on=["customer_id", "currency"], how="left")
        .with_columns(
            credits_minor=0 - nw.col("credit_minor").fill_null(0),
            unapplied_minor=nw.when(~is_unknown).then(cash),
        )
        .with_columns(
            net_minor=nw.col("collect_minor") - nw.col("credits_minor") - nw.col("unapplied_minor")
        )
        .with_columns(demand_minor=_at_least_zero(nw.col("net_minor").fill_null(0)))
        .join(rates.select("currency", "rate_ppm"), on="currency", how="left")
        .with_columns(home_minor=in_home(nw.col("demand_minor"), home=home))
        .select(*DEMANDS)
    )


def _named(promised: nw.LazyFrame) -> nw.LazyFrame:
    """Return item_id, promised: what the items' own promises cover."""
    return (
        promised.filter(~nw.col("item_id").is_null())
        .group_by("item_id")
        .agg(promised=total("promised_minor"))
    )


def _covered(parts: nw.LazyFrame, promised: nw.LazyFrame) -> nw.LazyFrame:
    """Return item_id, covered_minor: what amounts promised cover of what could be collected.

    The oldest due first, and never more than that; what is disputed, held or promised by
    itself is passed over. An item covered in part is paused where the strategy says so.
    """
    by = ["customer_id", "currency"]
    amounts = (
        promised.filter(nw.col("item_id").is_null())
        .group_by(*by)
        .agg(amount=total("promised_minor"))
    )
    running = nw.col("collect_minor").cum_sum().over(*by, order_by=["due_day", "item_id"])
    until = running.cast(nw.Int64)
    return (
        parts.select("item_id", *by, "due_day", "collect_minor", "pause_promised")
        .join(amounts, on=by, how="inner")
        .with_columns(words=nw.col("amount") - until + nw.col("collect_minor"))
        .with_columns(covered_minor=_part("words", "pause_promised", nw.col("collect_minor")))
        .select("item_id", "covered_minor")
    )


def _terms(customers: nw.LazyFrame, steps: nw.LazyFrame) -> nw.LazyFrame:
    """Return what the strategy of each customer's segment says, empty without a strategy."""
    terms = steps.filter(nw.col("is_first")).select(
        "segment",
        "strategy",
        "min_home_minor",
        "min_days_between",
        "grace_days",
        "pause_disputed",
        "pause_promised",
    )
    return customers.select("customer_id", "segment").join(terms, on="segment", how="left")


def _credits(items: nw.LazyFrame) -> nw.LazyFrame:
    """Return credit_minor, the open credit items per customer and currency, <= 0."""
    return (
        items.filter(nw.col("is_credit"))
        .group_by("customer_id", "currency")
        .agg(credit_minor=total("open_minor"))
    )


def _unapplied(balances: nw.LazyFrame) -> nw.LazyFrame:
    """Return unapplied cash per customer and currency, and whether any of it is unknown."""
    return (
        balances.filter(~nw.col("customer_id").is_null())
        .group_by("customer_id", "currency")
        .agg(
            unapplied=total("unapplied_minor"),
            is_unknown=nw.col("unapplied_minor").is_null().any(),
        )
    )


def in_home(amount: nw.Expr, *, home: str) -> nw.Expr:
    """Return an amount in home minor units by the row's `currency` and `rate_ppm`, else empty."""
    rate = nw.col("rate_ppm")
    exchanged = nw.when(rate > 0).then(share(amount, rate, PPM))
    nothing = nw.when(amount == 0).then(nw.lit(0, nw.Int64)).otherwise(exchanged)
    return nw.when(nw.col("currency") == home).then(amount).otherwise(nothing)


def held_customers(holds: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return customer_id, customer_rank: customers held as a whole, by the strictest hold."""
    return (
        _ranked(holds, as_of)
        .filter(nw.col("item_id").is_null())
        .group_by("customer_id")
        .agg(customer_rank=nw.col("rank").max())
    )


def _held_items(holds: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return item_id, item_rank: items held one by one, by the strictest hold."""
    return (
        _ranked(holds, as_of)
        .filter(~nw.col("item_id").is_null())
        .group_by("item_id")
        .agg(item_rank=nw.col("rank").max())
    )


def _ranked(holds: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the holds in force with their rank; a hold ends with its last day."""
    day = day_number(as_of)
    rank = nw.when(nw.col("reason").is_null()).then(nw.lit(len(HOLD_REASONS))).otherwise(1)
    for reason, number in HOLD_KINDS.items():
        rank = nw.when(nw.col("reason") == reason).then(nw.lit(number)).otherwise(rank)
    return holds.filter(
        nw.col("from_day").fill_null(day) <= day,
        nw.col("until_day").is_null() | (nw.col("until_day") >= day),
    ).with_columns(rank=rank.cast(nw.Int32))


def _disputed(disputes: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return item_id, disputed: the sum of the disputes open on the day."""
    return (
        happened(disputes, "opened_day", ends="closed_day", as_of=as_of)
        .filter(nw.col("closed_day").is_null())
        .with_columns(nw.col("amount_minor").fill_null(LARGEST_MINOR))
        .group_by("item_id")
        .agg(disputed=total("amount_minor"))
    )


def _part(amount: str, pause: str, limit: nw.Expr) -> nw.Expr:
    """Return the part of `limit` an amount takes: all of it when the strategy pauses the item."""
    stated = _at_least_zero(nw.col(amount).fill_null(0))
    whole = (stated > 0) & nw.col(pause).fill_null(value=False)
    return nw.when(whole | (stated > limit)).then(limit).otherwise(stated)


def _at_least_zero(amount: nw.Expr) -> nw.Expr:
    return nw.when(amount > 0).then(amount).otherwise(0)
