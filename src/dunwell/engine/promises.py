"""Promises to pay: were they kept?

A promise is judged by the day money reached us (value day), as far as it is
booked by `as_of`: on the promised item, or, for a promise of an amount (no item),
on any item of the customer. One money keeps one promise: what counts for an item's
own promise does not count for an amount, and a newer amount takes over from the last.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.ledger import happened
from dunwell.engine.schema import PROMISES, Column, Frame

ASSESSED_PROMISES: Frame = {
    "promise_id": Column(nw.Int64, "key of the promise"),
    "customer_id": Column(nw.Int64, "who promised"),
    "currency": Column(nw.String, "ISO 4217 code of what is promised"),
    "made_day": Column(nw.Int32, "day it was made"),
    "due_day": Column(nw.Int32, "day it is due"),
    "judged_day": Column(nw.Int32, "last day on which money still keeps it: due plus tolerance"),
    "withdrawn_day": Column(nw.Int32, "day it was withdrawn by as_of, else empty", nullable=True),
    "promised_minor": Column(nw.Int64, "sum promised"),
    "paid_minor": Column(nw.Int64, "money in time, per item at most what was promised for it"),
    "credited_minor": Column(nw.Int64, "credit in time on the items, at most the unpaid rest"),
    "outcome": Column(nw.String, "open, kept, partially_kept, broken or withdrawn"),
}
OUTCOMES = ("open", "kept", "partially_kept", "broken", "withdrawn")
_JUDGED = tuple(name for name in ASSESSED_PROMISES if name != "outcome")


def assess_promises(
    promises: nw.LazyFrame,
    allocations: nw.LazyFrame,
    items: nw.LazyFrame,
    *,
    as_of: date,
    calendar: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return one row per promise and currency made by `as_of`, in columns ASSESSED_PROMISES.

    Money counts when its value day lies from the day the promise was made to its
    due day plus `tolerance_days`: calendar days, or business days when a
    `calendar` (columns CALENDAR) is given. A reversed payment stops counting when
    the reversal is booked. Credit lowers what is left to pay: with money it helps
    to keep the promise, alone it leaves nothing to judge and the outcome is
    `withdrawn`. Write-offs never help. In order: covered is `kept`, withdrawn is
    `withdrawn`, until the judged day `open`, then `partially_kept` or `broken`.

    A promise of an amount counts money from the day after it was made: what came the
    same day may have been there already. Credit does not pay it. `items` say whose
    items the money is on.
    """
    made = happened(promises, "made_day", ends="withdrawn_day", as_of=as_of)
    judged = _with_judged_day(made, calendar)
    parts = [
        _named(judged.filter(~nw.col("item_id").is_null()), allocations, as_of=as_of),
        _amounts(judged, allocations, items, as_of=as_of),
    ]
    return (
        nw.concat(parts, how="vertical")
        .with_columns(outcome=_outcome(day_number(as_of)))
        .select(*ASSESSED_PROMISES)
    )


def covered_items(
    promises: nw.LazyFrame, allocations: nw.LazyFrame, items: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the promises made by `as_of` in columns PROMISES, amounts spread over items.

    An amount was about the debit items that were open when it was made, the oldest due first.
    For readers that ask item by item when money is promised; judging goes by the amount itself.
    """
    made = happened(promises, "made_day", ends="withdrawn_day", as_of=as_of)
    named = made.filter(~nw.col("item_id").is_null())
    amounts = made.filter(nw.col("item_id").is_null()).drop("item_id")
    theirs = items.join(amounts, on="customer_id", how="semi")
    booked = (
        allocations.join(theirs, on="item_id", how="semi")
        .join(theirs.select("item_id", "customer_id"), on="item_id", how="inner")
        .join(amounts.select("customer_id", "promise_id", "made_day"), on="customer_id")
        .filter(nw.col("applied_day") <= nw.col("made_day"))
        .group_by("promise_id", "item_id")
        .agg(allocated=total("amount_minor"))
    )
    debits = theirs.select(
        "item_id",
        "customer_id",
        "currency",
        "issued_day",
        item_minor="amount_minor",
        day="due_day",
    )
    left = nw.col("item_minor") - nw.col("allocated").fill_null(0)
    spread = (
        amounts.join(debits, on=["customer_id", "currency"], how="inner")
        .filter(nw.col("issued_day") <= nw.col("made_day"))
        .join(booked, on=["promise_id", "item_id"], how="left")
        .with_columns(left=left)
        .filter(nw.col("left") > 0)
        .with_columns(
            until=nw.col("left").cum_sum().over("promise_id", order_by=["day", "item_id"])
        )
        .with_columns(rest=nw.col("amount_minor") - nw.col("until") + nw.col("left"))
        .filter(nw.col("rest") > 0)
        .with_columns(amount_minor=nw.min_horizontal("rest", "left"))
    )
    return nw.concat([named.select(*PROMISES), spread.select(*PROMISES)], how="vertical")


def _named(judged: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the promises of items, each with what came on its items in time."""
    covered = _covered(judged, allocations, as_of=as_of)
    return (
        judged.join(covered, on=["promise_id", "item_id"], how="left")
        .with_columns(nw.col("paid_minor", "credited_minor").fill_null(0))
        .group_by("promise_id", "customer_id", "currency")
        .agg(
            *[nw.col(name).max().alias(name) for name in ("made_day", "due_day", "judged_day")],
            withdrawn_day=nw.col("withdrawn_day").max(),
            promised_minor=total("amount_minor"),
            paid_minor=total("paid_minor"),
            credited_minor=total("credited_minor"),
        )
        .select(*_JUDGED)
    )


def _amounts(
    judged: nw.LazyFrame, allocations: nw.LazyFrame, items: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the promises of amounts, each with the money in time that is its own.

    There is one at a time per customer and currency: the next one ends the one before it, so the
    money until then is the one's and what came since the other's. An item's own promise comes
    first.
    """
    by = ["customer_id", "currency"]
    next_day = nw.col("made_day").shift(-1).over(*by, order_by=["made_day", "promise_id"])
    amounts = (
        judged.filter(nw.col("item_id").is_null())
        .with_columns(next_day=next_day)
        .with_columns(judged_day=nw.min_horizontal("judged_day", "next_day"))
        .with_columns(last_day=nw.min_horizontal("judged_day", "withdrawn_day"))
    )
    theirs = items.join(amounts, on=by, how="semi").select("item_id", *by)
    money = _money(allocations.join(theirs, on="item_id", how="semi"), as_of)
    own = judged.filter(~nw.col("item_id").is_null(), nw.col("withdrawn_day").is_null())
    is_theirs = (nw.col("value_day") > nw.col("made_day")) & (
        nw.col("value_day") <= nw.col("last_day")
    )
    paid = (
        _without_named(money, own)
        .join(theirs, on="item_id", how="inner")
        .join(amounts.select("promise_id", "made_day", "last_day", *by), on=by, how="inner")
        .filter(is_theirs)
        .group_by("promise_id")
        .agg(paid=total("money_minor"))
    )
    most = nw.col("amount_minor")
    return (
        amounts.join(paid, on="promise_id", how="left")
        .with_columns(
            promised_minor=most,
            paid_minor=_between_zero_and(nw.col("paid").fill_null(0), most),
            credited_minor=nw.lit(0, nw.Int64),
        )
        .select(*_JUDGED)
    )


def _without_named(money: nw.LazyFrame, own: nw.LazyFrame) -> nw.LazyFrame:
    """Return the money less what counts for the items' own promises, the first to come first."""
    window = own.select(
        "promise_id", "item_id", "made_day", "judged_day", promised=nw.col("amount_minor")
    )
    order = ["value_day", "payment_id"]
    until = nw.col("money_minor").cum_sum().over("promise_id", "item_id", order_by=order)
    counted = (
        window.join(money, on="item_id", how="inner")
        .filter(nw.col("value_day").is_between(nw.col("made_day"), nw.col("judged_day")))
        .with_columns(rest=nw.col("promised") - until + nw.col("money_minor"))
        .with_columns(counted=_between_zero_and(nw.col("rest"), nw.col("money_minor")))
        .group_by("item_id", "payment_id")
        .agg(counted=total("counted"))
    )
    spare = nw.col("money_minor") - nw.col("counted").fill_null(0)
    return money.join(counted, on=["item_id", "payment_id"], how="left").select(
        "item_id", "value_day", money_minor=_between_zero_and(spare, nw.col("money_minor"))
    )


def _outcome(day: int) -> nw.Expr:
    """Return the outcome as of a day number."""
    is_covered = nw.col("paid_minor") + nw.col("credited_minor") >= nw.col("promised_minor")
    is_withdrawn = ~nw.col("withdrawn_day").is_null()
    has_money = nw.col("paid_minor") > 0
    outcome = nw.when(has_money).then(nw.lit("partially_kept")).otherwise(nw.lit("broken"))
    outcome = nw.when(nw.col("judged_day") >= day).then(nw.lit("open")).otherwise(outcome)
    ended_early = is_withdrawn & (nw.col("withdrawn_day") <= nw.col("judged_day"))
    outcome = nw.when(ended_early).then(nw.lit("withdrawn")).otherwise(outcome)
    settled = nw.when(has_money).then(nw.lit("kept")).otherwise(nw.lit("withdrawn"))
    return nw.when(is_covered).then(settled).otherwise(outcome)


def _with_judged_day(promises: nw.LazyFrame, calendar: nw.LazyFrame | None) -> nw.LazyFrame:
    """Return the promises with the last day on which money keeps them."""
    by_calendar = nw.col("due_day") + nw.col("tolerance_days")
    if calendar is None:
        return promises.with_columns(judged_day=by_calendar)
    due = calendar.select(due_day=nw.col("day"), due_no=nw.col("business_day_no"))
    judged = calendar.filter(nw.col("is_business")).select(
        judged_no=nw.col("business_day_no"), business_day=nw.col("day")
    )
    later = nw.max_horizontal("business_day", "due_day")
    return (
        promises.join(due, on="due_day", how="left")
        .with_columns(judged_no=nw.col("due_no") + nw.col("tolerance_days"))
        .join(judged, on="judged_no", how="left")
        # Days outside the calendar fall back to calendar days.
        .with_columns(
            judged_day=nw.when(~nw.col("business_day").is_null())
            .then(later)
            .otherwise(by_calendar)
        )
        .drop("due_no", "judged_no", "business_day")
    )


def _covered(promises: nw.LazyFrame, allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return money and credit in time per promise and item, capped by what was promised for it."""
    last = nw.min_horizontal("judged_day", "withdrawn_day")
    window = promises.select(
        "promise_id", "item_id", "made_day", promised=nw.col("amount_minor"), last_day=last
    )
    # few items are promised, and all that was ever booked is much to put together
    theirs = allocations.join(promises, on="item_id", how="semi")
    money = _money(theirs, as_of).select(
        "item_id", "value_day", "money_minor", credit_minor=nw.lit(0, nw.Int64)
    )
    received = nw.concat([money, _credit(theirs, as_of)], how="vertical")
    is_in_time = nw.col("value_day").is_between(nw.col("made_day"), nw.col("last_day"))
    in_time = (
        window.join(received, on="item_id", how="inner")
        .filter(is_in_time)
        .group_by("promise_id", "item_id", "promised")
        .agg(paid=total("money_minor"), credited=total("credit_minor"))
    )
    rest = nw.col("promised") - nw.col("paid_minor")
    return (
        in_time.with_columns(paid_minor=_between_zero_and(nw.col("paid"), nw.col("promised")))
        .with_columns(credited_minor=_between_zero_and(nw.col("credited"), rest))
        .select("promise_id", "item_id", "paid_minor", "credited_minor")
    )


def _money(allocations: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the money per item and payment.

    A reversal carries a value day of its own; netting per payment dates it like
    the money it takes back.
    """
    return (
        allocations.filter(
            nw.col("applied_day") <= day_number(as_of), nw.col("source") == "payment"
        )
        .group_by("item_id", "payment_id")
        .agg(money_minor=total("amount_minor"), value_day=nw.col("value_day").min())
    )


def _credit(allocations: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the credit per item, beside no money."""
    return allocations.filter(
        nw.col("applied_day") <= day_number(as_of), nw.col("source") == "credit"
    ).select(
        "item_id",
        "value_day",
        money_minor=nw.lit(0, nw.Int64),
        credit_minor=nw.col("amount_minor"),
    )


def _between_zero_and(amount: nw.Expr, most: nw.Expr) -> nw.Expr:
    """Return the amount, but not below zero and not above `most`."""
    at_most = nw.when(amount > most).then(most).otherwise(amount)
    return nw.when(amount > 0).then(at_most).otherwise(0)
