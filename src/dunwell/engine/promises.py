"""Promises to pay: were they kept?

A promise is judged by the day money reached us (value day), as far as it is
booked on the promised item by `as_of`.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.ledger import happened
from dunwell.engine.schema import Column, Frame

ASSESSED_PROMISES: Frame = {
    "promise_id": Column(nw.Int64, "key of the promise"),
    "customer_id": Column(nw.Int64, "who promised"),
    "currency": Column(nw.String, "ISO 4217 code of the promised items"),
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


def assess_promises(
    promises: nw.LazyFrame,
    allocations: nw.LazyFrame,
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
    """
    made = happened(promises, "made_day", ends="withdrawn_day", as_of=as_of)
    judged = _with_judged_day(made, calendar)
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
        .with_columns(outcome=_outcome(day_number(as_of)))
        .select(*ASSESSED_PROMISES)
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
    received = nw.concat([_money(allocations, as_of), _credit(allocations, as_of)], how="vertical")
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
        .select("item_id", "value_day", "money_minor", credit_minor=nw.lit(0, nw.Int64))
    )


def _credit(allocations: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the credit per item, in the shape of `_money`."""
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
