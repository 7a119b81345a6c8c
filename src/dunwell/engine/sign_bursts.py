"""Signs that come in bursts: broken promises, returned payments, part payments, disputes.

A burst is more of a sign in the last 90 days than the customer's own earlier rate lets
expect. The earlier rate is counted over the days the customer has been known, up to two years.
"""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_answers import item_money
from dunwell.engine.items import open_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

RECENT_DAYS, PAST_DAYS = 90, 640
"""The last 90 days against the 640 before them."""

TIMES_TWICE = 5
"""Twice 2.5: a burst is more than 2.5 times the usual number."""

REST_SHARE = 20
"""An item with at most 1/20 left open was short-paid, not paid in part."""

PPM = 1_000_000

SIGN_BURSTS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "code": Column(nw.String, "promises_broken, payments_returned, part_payments or disputes"),
    "kind": Column(nw.String, "hardship, refusal or unclear"),
    "unit": Column(nw.String, "count"),
    "measured": Column(nw.Int64, "number in the last 90 days"),
    "usual": Column(nw.Int64, "number usual in 90 days, rounded"),
    "since_day": Column(nw.Int32, "day of the first of them"),
    "evidence": Column(nw.Int64, "number in the last 90 days"),
    "severity": Column(nw.Int32, "1 notable, 2 serious, 3 urgent"),
}


@dataclass(frozen=True, slots=True)
class _Sign:
    """How many make a burst, what kind it is, and from how many it is graver.

    One more is needed when it happened before. `known_days`: a customer known for less
    has no past to compare with.
    """

    code: str
    kind: str
    least: int
    severity: int
    graver_from: int
    known_days: int = 0


_PROMISES = _Sign("promises_broken", "hardship", 2, 2, 3)
_RETURNED = _Sign("payments_returned", "hardship", 1, 2, 2)
_PARTS = _Sign("part_payments", "hardship", 1, 1, 3, known_days=180)
_DISPUTES = _Sign("disputes", "unclear", 3, 1, 6, known_days=180)
AFTER_REMINDER = 2
"""So many disputes are told when every one of them came after a reminder of the item."""


def sign_bursts(
    ledger: Ledger, contacts: nw.LazyFrame, *, calendar: nw.LazyFrame | None, as_of: date
) -> nw.LazyFrame:
    """Return the bursts of every customer, in columns SIGN_BURSTS.

    `contacts` (columns CONTACTS) tell which disputes came after a reminder: when all
    recent ones did they are a sign of refusal. Part payments in round amounts, of at
    most two significant digits, are graver: the customer pays what it can.
    """
    day = day_number(as_of)
    known = (
        ledger.items.filter(nw.col("issued_day") <= day)
        .group_by("customer_id")
        .agg(first_day=nw.col("issued_day").min())
    )
    bursts = [
        _burst(_broken(ledger, calendar, as_of=as_of), known, _PROMISES, day),
        _burst(_returned(ledger, day), known, _RETURNED, day),
        _burst(_part_paid(ledger, as_of=as_of), known, _PARTS, day),
        _burst(_disputed(ledger, contacts, day), known, _DISPUTES, day),
    ]
    return nw.concat([burst.select(*SIGN_BURSTS) for burst in bursts], how="vertical")


def _burst(signs: nw.LazyFrame, known: nw.LazyFrame, sign: _Sign, day: int) -> nw.LazyFrame:
    """Return the customers with a burst of signs (customer_id, sign_day, is_marked).

    What a mark means is the sign's: a round part payment makes it one degree graver, and
    disputes are refusal when all are marked.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    is_recent = nw.col("sign_day") > day - RECENT_DAYS
    counted = {
        "measured": nw.when(is_recent).then(one).otherwise(zero),
        "past": nw.when(is_recent).then(zero).otherwise(one),
        "marked": nw.when(is_recent & nw.col("is_marked")).then(one).otherwise(zero),
    }
    span = (nw.lit(day - RECENT_DAYS) - nw.col("first_day")).cast(nw.Int64)
    measured, past = nw.col("measured"), nw.col("past")
    is_refusal = (
        (nw.col("marked") == measured) & (measured >= AFTER_REMINDER)
        if sign is _DISPUTES
        else nw.lit(value=False)
    )
    is_graver = (measured >= sign.graver_from) | (
        is_refusal if sign is _DISPUTES else nw.col("marked") > 0
    )
    grade = nw.when(is_graver).then(nw.lit(sign.severity + 1)).otherwise(nw.lit(sign.severity))
    return (
        signs.filter(nw.col("sign_day") <= day, nw.col("sign_day") > day - RECENT_DAYS - PAST_DAYS)
        .with_columns(recent_day=nw.when(is_recent).then(nw.col("sign_day")), **counted)
        .group_by("customer_id")
        .agg(*[total(name).alias(name) for name in counted], since_day=nw.col("recent_day").min())
        .join(known, on="customer_id", how="inner")
        .with_columns(span=span.clip(RECENT_DAYS, PAST_DAYS))
        .filter(
            ((measured >= sign.least) & (past == 0)) | (measured > sign.least) | is_refusal,
            nw.col("first_day") <= day - sign.known_days,
            measured * 2 * nw.col("span") > past * TIMES_TWICE * RECENT_DAYS,
        )
        .with_columns(
            code=nw.lit(sign.code),
            kind=nw.when(is_refusal).then(nw.lit("refusal")).otherwise(nw.lit(sign.kind)),
            unit=nw.lit("count"),
            usual=share(past, nw.lit(RECENT_DAYS, nw.Int64), nw.col("span")),
            evidence=measured,
            severity=grade.cast(nw.Int32),
        )
    )


def _sign(frame: nw.LazyFrame, day: str, *, is_marked: nw.Expr) -> nw.LazyFrame:
    return frame.select("customer_id", sign_day=nw.col(day), is_marked=is_marked)


def _broken(ledger: Ledger, calendar: nw.LazyFrame | None, *, as_of: date) -> nw.LazyFrame:
    """Return broken promises by the first day they were known to be broken; partly kept too."""
    assessed = assess_promises(
        ledger.promises, ledger.allocations, ledger.items, as_of=as_of, calendar=calendar
    )
    broken = assessed.filter(nw.col("outcome").is_in(["broken", "partially_kept"])).with_columns(
        known_day=(nw.col("judged_day") + 1).cast(nw.Int32)
    )
    return _sign(broken, "known_day", is_marked=nw.lit(value=False))


def _returned(ledger: Ledger, day: int) -> nw.LazyFrame:
    reversals = ledger.payments.filter(
        nw.col("amount_minor") < 0, ~nw.col("customer_id").is_null(), nw.col("value_day") <= day
    )
    return _sign(reversals, "value_day", is_marked=nw.lit(value=False))


def _part_paid(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return items paid on several days, or in part so far, by the day of the first money."""
    day = day_number(as_of)
    is_round = _has_two_digits(nw.col("money_minor"))
    rounds = nw.when(is_round).then(nw.lit(1, nw.Int64)).otherwise(0)
    money = (
        item_money(ledger.allocations, as_of=as_of)
        .with_columns(rounds=rounds)
        .group_by("item_id")
        .agg(
            first_day=nw.col("value_day").min(),
            last_day=nw.col("value_day").max(),
            rounds=total("rounds"),
        )
        .filter(nw.col("first_day") > day - RECENT_DAYS - PAST_DAYS)
    )
    rest = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .filter(nw.col("open_minor") * REST_SHARE > nw.col("amount_minor"))
        .select("item_id", "open_minor")
    )
    is_part = (nw.col("last_day") > nw.col("first_day")) | ~nw.col("open_minor").is_null()
    parts = (
        ledger.items.filter(nw.col("amount_minor") > 0, nw.col("issued_day") <= day)
        .select("item_id", "customer_id")
        .join(money, on="item_id", how="inner")
        .join(rest, on="item_id", how="left")
        .filter(is_part)
    )
    return _sign(parts, "first_day", is_marked=nw.col("rounds") > 0)


def _has_two_digits(amount: nw.Expr) -> nw.Expr:
    """Return whether an amount of 100 minor units or more has at most two significant digits."""
    found = nw.lit(value=False)
    for digits in range(3, 17):
        is_long = (amount >= 10 ** (digits - 1)) & (amount < 10**digits)
        found = found | (is_long & (amount % 10 ** (digits - 2) == 0))
    return found


def _disputed(ledger: Ledger, contacts: nw.LazyFrame, day: int) -> nw.LazyFrame:
    """Return disputes by their day, marked when a reminder had named the item before."""
    reminded = contacts.group_by("item_id").agg(reminded_day=nw.col("contacted_day").min())
    opened = ledger.disputes.filter(nw.col("opened_day") <= day).join(
        reminded, on="item_id", how="left"
    )
    is_after = (nw.col("reminded_day") <= nw.col("opened_day")).fill_null(value=False)
    return _sign(opened, "opened_day", is_marked=is_after)
