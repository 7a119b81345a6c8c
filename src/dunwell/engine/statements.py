"""Statements of account: opening balance, what moved it, closing balance, for many customers.

A customer's balance is what is open on its items less the unapplied cash of its payments
(`items.balances`). An item moves it on its issue day, money on its value day, an adjustment
on the day it was booked. Putting money or credit on items moves nothing, with two exceptions:
money of one customer put on another's item moves both balances, and money put on an item in
another currency moves both currencies. Opening and closing come from the open items of their
day, the lines from the rows of the ledger: two ways that have to meet.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.aging import bucketed
from dunwell.engine.calendars import day_number
from dunwell.engine.items import OPEN_ITEMS, UNAPPLIED, balances, open_items, total, unapplied
from dunwell.engine.schema import ALLOCATIONS, ITEMS, PAYMENTS, Column, Frame, check

STATEMENT_ALLOCATIONS: Frame = {
    **ALLOCATIONS,
    "allocation_id": Column(nw.Int64, "key of the allocation"),
    "counter_item_id": Column(
        nw.Int64, "the other item of a netting, empty for the rest", nullable=True
    ),
}
ACCOUNT_MOVES: Frame = {
    "customer_id": Column(nw.Int64, "whose balance moves", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "day": Column(nw.Int32, "day from which the balance holds it"),
    "source": Column(nw.String, "item, payment, allocation or netting: what `source_id` is"),
    "source_no": Column(nw.Int32, "position of the source within a day, 1 to 4"),
    "source_id": Column(nw.Int64, "key of the row; of a netting the smaller of its items"),
    "other_id": Column(nw.Int64, "of a netting the larger of its items, else 0"),
    "kind": Column(
        nw.String,
        "kind of the item; payment or payment_returned; kind of the adjustment; paid_by_other, "
        "paid_for_other, exchange, applied or netting",
    ),
    "amount_minor": Column(nw.Int64, "what it adds to the balance; money received is below 0"),
}
STATEMENT_LINES: Frame = {
    **ACCOUNT_MOVES,
    "balance_minor": Column(nw.Int64, "balance after the line, in the order of the lines"),
}
STATEMENT_TOTALS: Frame = {
    "customer_id": Column(nw.Int64, "whose account"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "opening_minor": Column(nw.Int64, "balance at the end of the day before the span"),
    "movements_minor": Column(nw.Int64, "sum of the lines of the span"),
    "closing_minor": Column(nw.Int64, "balance at the end of the span"),
    "open_minor": Column(nw.Int64, "open items at the end of the span, credit notes included"),
    "overdue_minor": Column(nw.Int64, "the part of them that is past due"),
    "unapplied_minor": Column(nw.Int64, "unapplied cash at the end of the span"),
}
STATEMENT_ITEMS: Frame = {
    **OPEN_ITEMS,
    "bucket": Column(nw.String, "not_due, 1-30, 31-60, 61-90 or 91+"),
    "bucket_no": Column(nw.Int32, "position of the bucket, 0 = not due"),
}
LINE_ORDER = ("day", "source_no", "source_id", "other_id")
"""Order of a statement's lines: unique within a customer and currency."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements of many customers: totals, lines, open items and unapplied cash as frames."""

    totals: nw.LazyFrame
    lines: nw.LazyFrame
    open_items: nw.LazyFrame
    unapplied: nw.LazyFrame


def statements(
    items: nw.LazyFrame,
    allocations: nw.LazyFrame,
    payments: nw.LazyFrame,
    *,
    from_on: date,
    to_on: date,
) -> Statements:
    """Return the statements of every customer over a span, both days within it.

    `allocations` has columns STATEMENT_ALLOCATIONS; whoever is to be stated needs all rows of
    its own, and the items and payments at the other end of its allocations. Totals, lines,
    open items and unapplied cash come in columns STATEMENT_TOTALS, STATEMENT_LINES,
    STATEMENT_ITEMS and UNAPPLIED. Opening + movements = closing, and closing = open items -
    unapplied cash, in every row of the totals. Payments of an unknown payer are nobody's.
    Raises ValueError for a span that ends before it begins.
    """
    if to_on < from_on:
        raise ValueError(f"The span ends on {to_on}, before it begins on {from_on}.")
    items = check(items, ITEMS, name="items")
    payments = check(payments, PAYMENTS, name="payments").filter(~nw.col("customer_id").is_null())
    booked = check(allocations, STATEMENT_ALLOCATIONS, name="allocations")
    moves = account_moves(items, booked, payments, as_of=to_on).filter(
        nw.col("day") >= day_number(from_on)
    )
    open_now = open_items(items, booked, as_of=to_on)
    cash = unapplied(payments, booked, as_of=to_on)
    before = from_on - timedelta(days=1)
    opening = balances(
        open_items(items, booked, as_of=before), unapplied(payments, booked, as_of=before)
    )
    totals = _totals(opening, moves, balances(open_now, cash))
    return Statements(
        totals=totals,
        lines=_lines(moves, totals),
        open_items=bucketed(open_now).select(*STATEMENT_ITEMS),
        unapplied=cash.select(*UNAPPLIED),
    )


def account_moves(
    items: nw.LazyFrame, allocations: nw.LazyFrame, payments: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return everything that moved a balance by the end of `as_of`, in columns ACCOUNT_MOVES.

    The sum per customer and currency equals `owed_minor` of `items.balances` on that day. What
    adds up to 0 within one customer, currency and day, as money on the payer's own item does,
    is left out.
    """
    issued = items.select(
        "customer_id",
        "currency",
        "kind",
        "amount_minor",
        day="issued_day",
        source_id="item_id",
        other_id=nw.lit(0, nw.Int64),
        source=nw.lit("item"),
        source_no=nw.lit(1, nw.Int32),
    )
    is_return = nw.col("amount_minor") < 0
    received = payments.select(
        "customer_id",
        "currency",
        kind=nw.when(is_return).then(nw.lit("payment_returned")).otherwise(nw.lit("payment")),
        amount_minor=nw.lit(0, nw.Int64) - nw.col("amount_minor"),
        day="value_day",
        source_id="payment_id",
        other_id=nw.lit(0, nw.Int64),
        source=nw.lit("payment"),
        source_no=nw.lit(2, nw.Int32),
    )
    parts = [issued, received, _booked(items, allocations, payments)]
    found = nw.concat([part.select(*ACCOUNT_MOVES) for part in parts], how="vertical")
    return found.filter(nw.col("day") <= day_number(as_of))


def _booked(
    items: nw.LazyFrame, allocations: nw.LazyFrame, payments: nw.LazyFrame
) -> nw.LazyFrame:
    """Return what is left of allocations once both of their ends are added up, day by day."""
    owed = items.select("item_id", "issued_day", debtor="customer_id", item_currency="currency")
    paid = payments.select(
        "payment_id", "value_day", payer="customer_id", cash_currency="currency"
    )
    ends = (
        allocations.drop("value_day")
        .join(owed, on="item_id", how="left")
        .join(paid, on="payment_id", how="left")
    )
    keys = ("customer_id", "currency", "day", "source", "source_no", "source_id", "other_id")
    both = [_item_end(ends), _cash_end(ends)]
    return (
        nw.concat(both, how="vertical")
        .group_by(*keys, "kind")
        .agg(amount_minor=total("amount_minor"))
        .filter(nw.col("amount_minor") != 0)
        .select(*ACCOUNT_MOVES)
    )


def _item_end(ends: nw.LazyFrame) -> nw.LazyFrame:
    """Return the end at the item: it lowers what its customer owes, from its issue day on."""
    is_netting = nw.col("source") == "credit"
    is_money = nw.col("source") == "payment"
    other = nw.coalesce(nw.col("counter_item_id"), nw.col("item_id"))
    kind = (
        nw.when(is_netting)
        .then(nw.lit("netting"))
        .otherwise(nw.when(is_money).then(_kind("paid_by_other")).otherwise(nw.col("source")))
    )
    smaller, larger = nw.min_horizontal("item_id", other), nw.max_horizontal("item_id", other)
    known_items = ends.filter(~nw.col("debtor").is_null())
    return known_items.select(
        customer_id=nw.col("debtor"),
        currency=nw.col("item_currency"),
        day=nw.max_horizontal("applied_day", "issued_day"),
        source=nw.when(is_netting).then(nw.lit("netting")).otherwise(nw.lit("allocation")),
        source_no=nw.when(is_netting).then(nw.lit(4)).otherwise(nw.lit(3)).cast(nw.Int32),
        source_id=nw.when(is_netting).then(smaller).otherwise(nw.col("allocation_id")),
        other_id=nw.when(is_netting).then(larger).otherwise(nw.lit(0, nw.Int64)),
        kind=kind,
        amount_minor=nw.lit(0, nw.Int64) - nw.col("amount_minor"),
    ).select(*ACCOUNT_MOVES)


def _cash_end(ends: nw.LazyFrame) -> nw.LazyFrame:
    """Return the end at the payment: it uses up its payer's unapplied cash, once received."""
    return (
        ends.filter(~nw.col("payer").is_null())
        .select(
            customer_id=nw.col("payer"),
            currency=nw.col("cash_currency"),
            day=nw.max_horizontal("applied_day", "value_day"),
            source=nw.lit("allocation"),
            source_no=nw.lit(3, nw.Int32),
            source_id=nw.col("allocation_id"),
            other_id=nw.lit(0, nw.Int64),
            kind=_kind("paid_for_other"),
            amount_minor=nw.col("paid_minor"),
        )
        .select(*ACCOUNT_MOVES)
    )


def _kind(of_another: str) -> nw.Expr:
    """Return what money put on an item is: another's, an exchange, or a matter of days."""
    same_currency = nw.col("cash_currency") == nw.col("item_currency")
    own = nw.when(same_currency).then(nw.lit("applied")).otherwise(nw.lit("exchange"))
    return nw.when(nw.col("payer") == nw.col("debtor")).then(own).otherwise(nw.lit(of_another))


def _totals(opening: nw.LazyFrame, moves: nw.LazyFrame, closing: nw.LazyFrame) -> nw.LazyFrame:
    sums = [name for name in STATEMENT_TOTALS if name.endswith("_minor")]
    parts = [
        opening.select("customer_id", "currency", opening_minor="owed_minor"),
        moves.select("customer_id", "currency", movements_minor="amount_minor"),
        closing.select(
            "customer_id",
            "currency",
            "open_minor",
            "overdue_minor",
            "unapplied_minor",
            closing_minor="owed_minor",
        ),
    ]
    filled = []
    for part in parts:
        names = part.collect_schema().names()
        empty = {name: nw.lit(0, nw.Int64) for name in sums if name not in names}
        filled.append(part.with_columns(**empty).select(*STATEMENT_TOTALS))
    return (
        nw.concat(filled, how="vertical")
        .group_by("customer_id", "currency")
        .agg(*[total(name).alias(name) for name in sums])
        .select(*STATEMENT_TOTALS)
    )


def _lines(moves: nw.LazyFrame, totals: nw.LazyFrame) -> nw.LazyFrame:
    account = ("customer_id", "currency")
    opening = totals.select(*account, "opening_minor")
    running = nw.col("amount_minor").cum_sum().over(*account, order_by=list(LINE_ORDER))
    return (
        moves.join(opening, on=list(account), how="inner")
        .with_columns(balance_minor=(nw.col("opening_minor") + running).cast(nw.Int64))
        .select(*STATEMENT_LINES)
    )
