"""Direct debit: what may be collected on a day, under which mandate, and what a return leads to.

Rules of the scheme are those of the SEPA Direct Debit Core and B2B rulebooks (EPC016-06 and
EPC222-07): a mandate under which nothing was presented for 36 months must not be used again
(section 4.1), and the customer is told before it is debited (section 4.3.4; 14 calendar days
unless a shorter time is agreed).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import (
    TARGET,
    add_business_days,
    day_number,
    is_business_day,
)
from dunwell.engine.cash_policy import DebitPolicy
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

CURRENCY = "EUR"
"""SEPA moves euro only."""

LAPSE_MONTHS = 36
"""Months without a presented debit after which a mandate is not used again."""

STANDARD_NOTICE_DAYS = 14
"""Calendar days of the pre-notification where nothing shorter is agreed."""

Act = Literal["retry", "give_up", "fix", "stop"]

LEFT_OUT = (
    *("unsigned", "suspended", "ended", "lapsed", "other_scheme", "used_up"),
    *("short_notice", "waits_retry", "given_up", "running"),
    *("disputed", "promised", "held", "credits"),
)
"""Every reason for which a customer with a mandate and due items is not debited."""

MANDATES: Frame = {
    "customer_id": Column(nw.Int64, "whose mandate; one row per customer"),
    "mandate_id": Column(nw.Int64, "key of the mandate"),
    "scheme": Column(nw.String, "CORE or B2B"),
    "status": Column(nw.String, "draft, active, suspended or ended"),
    "is_recurring": Column(nw.Boolean, "may be used more than once"),
    "signed_day": Column(nw.Int32, "day of the signature, empty before", nullable=True),
    "used_day": Column(nw.Int32, "day of the last debit presented, empty if none", nullable=True),
    "was_accepted": Column(nw.Boolean, "a debit was presented that the bank did not refuse"),
}
RETRIES: Frame = {
    "item_id": Column(nw.Int64, "item of a returned debit that is due to be tried again"),
    "debit_id": Column(nw.Int64, "the returned debit"),
    "retry_minor": Column(nw.Int64, "what that debit asked for on the item"),
}
DEBIT_LINES: Frame = {
    "customer_id": Column(nw.Int64, "who is debited"),
    "mandate_id": Column(nw.Int64, "under which mandate"),
    "sequence": Column(nw.String, "FRST, RCUR or OOFF"),
    "item_id": Column(nw.Int64, "what is paid by it"),
    "amount_minor": Column(nw.Int64, "part of the item, > 0"),
}
LEFT: Frame = {
    "customer_id": Column(nw.Int64, "who has a mandate and due items and is not debited"),
    "reason": Column(nw.String, "one of LEFT_OUT"),
    "due_minor": Column(nw.Int64, "sum open of the due items"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitPlan:
    """What a run would collect (DEBIT_LINES), and whom it leaves out (LEFT)."""

    lines: nw.LazyFrame
    left_out: nw.LazyFrame


@dataclass(frozen=True, kw_only=True, slots=True)
class Aftermath:
    """What a return leads to; `retry_on` only for retry."""

    act: Act
    retry_on: date | None = None


def earliest_collection(as_of: date, *, lead_days: int) -> date:
    """Return the first day that a run handed over on `as_of` can collect on.

    It is a TARGET business day, `lead_days` of them ahead and never today.
    """
    return add_business_days(as_of, max(lead_days, 1), country=TARGET)


def is_collection_day(on: date) -> bool:
    """Return whether banks settle direct debits on the day (a TARGET business day)."""
    return is_business_day(on, country=TARGET)


def lapse_limit(on: date) -> date:
    """Return the day 36 months before `on`: a mandate last used before it has lapsed.

    A 29 February counts from the 28th in other years.
    """
    years = LAPSE_MONTHS // 12
    is_leap_day = (on.month, on.day) == (2, 29)
    return on.replace(year=on.year - years, day=28 if is_leap_day else on.day)


def is_lapsed(*, signed_on: date, used_on: date | None, on: date) -> bool:
    """Return whether a mandate went without a presented debit for more than 36 months."""
    return (used_on or signed_on) < lapse_limit(on)


def after_return(
    policy: DebitPolicy, *, reason_code: str, attempt: int, returned_on: date
) -> Aftermath:
    """Return what the ladder says of a return; a code it does not know must be looked at (fix).

    The retry after attempt n comes `retry_days[n - 1]` TARGET business days after the return;
    after the last of them it is given up.
    """
    act = policy.ladder.get(reason_code.upper(), "fix")
    if act == "retry":
        if attempt > len(policy.retry_days):
            return Aftermath(act="give_up")
        days = policy.retry_days[attempt - 1]
        return Aftermath(
            act="retry", retry_on=add_business_days(returned_on, days, country=TARGET)
        )
    return Aftermath(act="stop" if act == "stop" else "fix")


def debit_plan(
    items: nw.LazyFrame,
    balances: nw.LazyFrame,
    mandates: nw.LazyFrame,
    *,
    covered: nw.LazyFrame,
    barred: nw.LazyFrame,
    retries: nw.LazyFrame,
    scheme: str,
    collect_on: date,
    as_of: date,
    is_short: bool,
) -> DebitPlan:
    """Return the lines of a run that collects on a day, and who is left out.

    `items` are rows of collectable.COLLECTABLE, `balances` of items.BALANCES, `mandates` one
    row per customer. `covered` holds (item_id, covered_minor) of debits under way, `barred`
    (item_id, reason) of items that wait or were given up. What is asked of a customer is its
    due items less what is disputed, promised, held and under way, less open credits and
    unapplied cash; the oldest items are paid first. With `is_short` there is no time to tell
    anybody, so only what a returned debit announced before may be tried again.
    """
    due = _due(items, covered, barred, retries, collect_on=collect_on, is_short=is_short)
    asked = _asked(due, items, balances)
    judged = _judged(mandates, scheme=scheme, collect_on=collect_on, as_of=as_of)
    usable = judged.filter(nw.col("trouble") == "").select("customer_id", "mandate_id", "sequence")
    nets = asked.filter(nw.col("net_minor") > 0).select("customer_id", "net_minor")
    so_far = nw.col("free_minor").cum_sum().over(
        "customer_id", order_by=["due_day", "item_id"]
    ) - nw.col("free_minor")
    lines = (
        due.filter(nw.col("free_minor") > 0)
        .join(usable, on="customer_id", how="inner")
        .join(nets, on="customer_id", how="inner")
        .with_columns(left=nw.col("net_minor") - so_far)
        .with_columns(amount_minor=nw.min_horizontal("free_minor", "left").cast(nw.Int64))
        .filter(nw.col("amount_minor") > 0)
        .select(*DEBIT_LINES)
    )
    left_out = (
        asked.join(judged.select("customer_id", "trouble"), on="customer_id", how="inner")
        .join(lines.select("customer_id").unique(), on="customer_id", how="anti")
        .with_columns(reason=_reason())
        .select(*LEFT)
    )
    return DebitPlan(lines=lines, left_out=left_out)


def _due(
    items: nw.LazyFrame,
    covered: nw.LazyFrame,
    barred: nw.LazyFrame,
    retries: nw.LazyFrame,
    *,
    collect_on: date,
    is_short: bool,
) -> nw.LazyFrame:
    """Return the debit items due by the day with free_minor, what may be collected of each."""
    is_retry = ~nw.col("retry_minor").is_null()
    free = nw.col("collect_minor") - nw.col("covered_minor")
    bar = nw.col("reason")
    if is_short:
        free = nw.when(is_retry).then(nw.min_horizontal(free, nw.col("retry_minor"))).otherwise(0)
        late = nw.when(~is_retry).then(nw.lit("short_notice"))
        bar = nw.when(bar.is_null()).then(late).otherwise(bar)
    return (
        items.filter(
            ~nw.col("is_credit"),
            nw.col("currency") == CURRENCY,
            nw.col("due_day") <= day_number(collect_on),
        )
        .join(covered, on="item_id", how="left")
        .join(barred, on="item_id", how="left")
        .join(retries, on="item_id", how="left")
        .with_columns(covered_minor=nw.col("covered_minor").fill_null(0))
        .with_columns(free=free, bar=bar)
        .with_columns(
            free_minor=nw.when((nw.col("free") > 0) & nw.col("bar").is_null())
            .then(nw.col("free"))
            .otherwise(0)
            .cast(nw.Int64)
        )
    )


def _asked(due: nw.LazyFrame, items: nw.LazyFrame, balances: nw.LazyFrame) -> nw.LazyFrame:
    """Return the sums of each customer's due items and net_minor, what may be taken at most."""
    own_credits = (
        items.filter(nw.col("is_credit"), nw.col("currency") == CURRENCY)
        .group_by("customer_id")
        .agg(credit_minor=total("open_minor"))
    )
    cash = (
        balances.filter(nw.col("currency") == CURRENCY, ~nw.col("customer_id").is_null())
        .group_by("customer_id")
        .agg(cash_minor=total("unapplied_minor"))
    )
    own_cash = nw.when(nw.col("cash_minor") > 0).then(nw.col("cash_minor")).otherwise(0)
    sums = due.group_by("customer_id").agg(
        due_minor=total("open_minor"),
        free_minor=total("free_minor"),
        covered_minor=total("covered_minor"),
        disputed_minor=total("disputed_minor"),
        promised_minor=total("promised_minor"),
        held_minor=total("held_minor"),
        bar=nw.col("bar").max(),
    )
    return (
        sums.join(own_credits, on="customer_id", how="left")
        .join(cash, on="customer_id", how="left")
        .with_columns(
            net_minor=nw.col("free_minor") + nw.col("credit_minor").fill_null(0) - own_cash
        )
    )


def _judged(mandates: nw.LazyFrame, *, scheme: str, collect_on: date, as_of: date) -> nw.LazyFrame:
    """Return the mandates with `trouble`, why each may not be used (empty: usable), and sequence.

    A first debit that the bank refused before it was presented to the customer's bank is
    followed by another first one.
    """
    used = nw.col("used_day")
    last = nw.when(used.is_null()).then(nw.col("signed_day")).otherwise(used)
    unsigned = nw.col("signed_day").is_null() | (nw.col("signed_day") > day_number(as_of))
    rules: Sequence[tuple[nw.Expr, str]] = (
        (nw.col("status") == "ended", "ended"),
        ((nw.col("status") == "draft") | unsigned, "unsigned"),
        (nw.col("status") == "suspended", "suspended"),
        (nw.col("scheme") != scheme, "other_scheme"),
        (last < day_number(lapse_limit(collect_on)), "lapsed"),
        (~nw.col("is_recurring") & nw.col("was_accepted"), "used_up"),
    )
    trouble = nw.lit("")
    for is_so, name in reversed(rules):
        trouble = nw.when(is_so).then(nw.lit(name)).otherwise(trouble)
    recurring = nw.when(nw.col("was_accepted")).then(nw.lit("RCUR")).otherwise(nw.lit("FRST"))
    sequence = nw.when(nw.col("is_recurring")).then(recurring).otherwise(nw.lit("OOFF"))
    return mandates.with_columns(trouble=trouble, sequence=sequence)


def _reason() -> nw.Expr:
    """Return why a customer is left out: the mandate first, then what stands against its items."""
    nothing_free = nw.col("free_minor") == 0
    rules: Sequence[tuple[nw.Expr, nw.Expr]] = (
        (nw.col("trouble") != "", nw.col("trouble")),
        (nothing_free & ~nw.col("bar").is_null(), nw.col("bar")),
        (nothing_free & (nw.col("covered_minor") > 0), nw.lit("running")),
        (nothing_free & (nw.col("disputed_minor") > 0), nw.lit("disputed")),
        (nothing_free & (nw.col("promised_minor") > 0), nw.lit("promised")),
        (nothing_free & (nw.col("held_minor") > 0), nw.lit("held")),
    )
    reason: nw.Expr = nw.lit("credits")
    for is_so, name in reversed(rules):
        reason = nw.when(is_so).then(name).otherwise(reason)
    return reason
