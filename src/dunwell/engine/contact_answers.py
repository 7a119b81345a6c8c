"""How a customer answers when it is contacted: with money, a promise, a reply, or not at all.

An answer belongs to the item named in the contact, so money that came for another
item is none. A promise that was broken or withdrawn is no answer either; that keeps
a law of the score: breaking a promise never pays.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import settled_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import CONTACTS, Column, Frame

LONGEST_WAIT_DAYS = 30
"""A wait for an answer counts as at most so long; an unanswered contact waits until as_of."""

EFFECT_DAYS = 14
"""A contact should bring money or a promise within so many days."""

REPLIES: Frame = {
    "customer_id": Column(nw.Int64, "who wrote, called or used the portal"),
    "replied_day": Column(nw.Int32, "day it did"),
}
CONTACT_ANSWERS: Frame = {
    "customer_id": Column(nw.Int64, "who was contacted"),
    "contacted_day": Column(nw.Int32, "day of the contact"),
    "answered_day": Column(
        nw.Int32,
        "first money, promise or reply, else empty; not before the contact",
        nullable=True,
    ),
    "effect_day": Column(nw.Int32, "first money or promise, else empty", nullable=True),
    "wait_days": Column(
        nw.Int64, "days to the answer, or to as_of without one; at most LONGEST_WAIT_DAYS"
    ),
}


def contact_answers(
    ledger: Ledger,
    *,
    contacts: nw.LazyFrame | None,
    replies: nw.LazyFrame | None,
    calendar: nw.LazyFrame | None,
    days: int,
    as_of: date,
) -> nw.LazyFrame:
    """Return one row per customer and day of contact in the last `days`, as CONTACT_ANSWERS.

    `contacts` has columns CONTACTS, `replies` REPLIES; without them nobody was contacted
    or replied. `calendar` judges promises by business days. Answered is a contact by the
    first of: money on a named item after that day, a promise of a named item, a reply.
    An item that was already paid on the day of the contact counts as answered that day.
    """
    day = day_number(as_of)
    named = (
        (no_contacts(ledger) if contacts is None else contacts)
        .filter(nw.col("contacted_day") > day - days, nw.col("contacted_day") <= day)
        .select("customer_id", "item_id", "contacted_day")
        .unique()
    )
    parts = [
        _money(named, ledger, as_of=as_of),
        _paid_before(named, ledger, as_of=as_of),
        _promised(named, ledger, calendar, as_of=as_of),
    ]
    if replies is not None:
        parts.append(_replied(named, replies.filter(nw.col("replied_day") <= day)))
    first = (
        nw.concat(parts, how="vertical")
        .group_by("customer_id", "contacted_day")
        .agg(nw.col("answered_day").min(), nw.col("effect_day").min())
    )
    waited = nw.col("answered_day").fill_null(day) - nw.col("contacted_day")
    return (
        named.select("customer_id", "contacted_day")
        .unique()
        .join(first, on=["customer_id", "contacted_day"], how="left")
        .with_columns(wait_days=waited.cast(nw.Int64).clip(0, LONGEST_WAIT_DAYS))
        .select(*CONTACT_ANSWERS)
    )


def no_contacts(ledger: Ledger) -> nw.LazyFrame:
    """Return no rows in columns CONTACTS, on the engine the ledger lives on."""
    empty = ledger.items.head(0)
    return empty.select(
        "customer_id", "item_id", level=nw.lit(0, nw.Int32), contacted_day=nw.col("issued_day")
    ).select(*CONTACTS)


def item_money(allocations: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return item_id, value_day, money_minor: money on each item by payment, > 0.

    What was booked or reached us later does not exist; a reversal takes its payment back.
    """
    day = day_number(as_of)
    return (
        allocations.filter(nw.col("applied_day") <= day, nw.col("source") == "payment")
        .group_by("item_id", "payment_id")
        .agg(money_minor=total("amount_minor"), value_day=nw.col("value_day").min())
        .filter(nw.col("money_minor") > 0, nw.col("value_day") <= day)
        .select("item_id", "value_day", "money_minor")
    )


def _answers(joined: nw.LazyFrame, day: nw.Expr, *, is_effect: bool) -> nw.LazyFrame:
    """Return customer_id, contacted_day, answered_day, effect_day."""
    none = nw.lit(None, nw.Int32)
    return joined.select(
        "customer_id",
        "contacted_day",
        answered_day=day.cast(nw.Int32),
        effect_day=day.cast(nw.Int32) if is_effect else none,
    )


def _money(named: nw.LazyFrame, ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    joined = named.join(item_money(ledger.allocations, as_of=as_of), on="item_id", how="inner")
    after = joined.filter(nw.col("value_day") > nw.col("contacted_day"))
    return _answers(after, nw.col("value_day"), is_effect=True)


def _paid_before(named: nw.LazyFrame, ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the contacts that crossed the money."""
    paid = settled_items(ledger.items, ledger.allocations, as_of=as_of).select(
        "item_id", "paid_day"
    )
    joined = named.join(paid, on="item_id", how="inner")
    crossed = joined.filter(nw.col("paid_day") <= nw.col("contacted_day"))
    return _answers(crossed, nw.col("contacted_day"), is_effect=True)


def _promised(
    named: nw.LazyFrame, ledger: Ledger, calendar: nw.LazyFrame | None, *, as_of: date
) -> nw.LazyFrame:
    standing = (
        assess_promises(
            ledger.promises, ledger.allocations, ledger.items, as_of=as_of, calendar=calendar
        )
        .filter(nw.col("outcome").is_in(["open", "kept", "partially_kept"]))
        .select("promise_id", "currency")
    )
    made = ledger.promises.join(standing, on=["promise_id", "currency"], how="inner").filter(
        nw.col("made_day") <= day_number(as_of)
    )
    columns = ("customer_id", "contacted_day", "made_day")
    # an amount promised without naming items answers whatever the contact was about
    amounts = made.filter(nw.col("item_id").is_null()).select("customer_id", "made_day")
    joined = nw.concat(
        [
            named.join(made.select("item_id", "made_day"), on="item_id", how="inner").select(
                *columns
            ),
            named.join(amounts, on="customer_id", how="inner").select(*columns),
        ],
        how="vertical",
    )
    after = joined.filter(nw.col("made_day") >= nw.col("contacted_day"))
    return _answers(after, nw.col("made_day"), is_effect=True)


def _replied(named: nw.LazyFrame, replies: nw.LazyFrame) -> nw.LazyFrame:
    days = named.select("customer_id", "contacted_day").unique()
    joined = days.join(
        replies.select("customer_id", "replied_day"), on="customer_id", how="inner"
    ).filter(nw.col("replied_day") >= nw.col("contacted_day"))
    return _answers(joined, nw.col("replied_day"), is_effect=False)
