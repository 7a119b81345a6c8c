"""Payments that are unlike the others: too much, for nothing open, too early, from a stranger.

Money that found items to settle explains itself; amounts are doubted only while a part
of the payment is unapplied.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, total
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.engine.number_forms import plain_text
from dunwell.engine.schema import PAYMENTS, Column, Frame
from dunwell.engine.usual import TO_DEVIATION, with_usual

HIGH, HIGH_LOG = 3.0, 1100
"""Deviations above the usual, and three times the usual, from which a payment is high."""

OVER_PERMILLE = 10
"""A surplus below this share of what was owed is rounding, not an overpayment."""

PAYER_ROWS, PAYER_SEEN, PAYER_LETTERS = 6, 2, 6
"""A payer is unusual after five payments of others; names are told apart by their start."""

EARLY_ROWS, EARLY_DAYS, EARLY_DEVIATIONS = 10, 15, 5
"""Earlier payments a customer's earliness is known from; how much before the median is odd. It
must be earlier than ever as well."""

NO_LEAD = 1_000_000

SMALL_LOG = 2303
"""A payment is small from a tenth of the usual down."""

BURST_PAYMENTS, BURST_DAYS = 4, 7
"""So many small payments within so many days are a burst."""

SMALL_PERCENT = 5
"""Customers with more small payments than this, a burst apart, pay so by habit."""

AGAIN_DAYS = 60
"""A returned payment made again within so many days."""

SIGN_NAMES = (
    *("payment_high", "no_open_items", "overpayment", "item_already_paid", "payer_unusual"),
    *("paid_early", "small_burst", "returned_again"),
)
PAYMENT_SIGNS: Frame = {
    **{name: PAYMENTS[name] for name in ("payment_id", "customer_id", "currency")},
    "amount_minor": PAYMENTS["amount_minor"],
    "value_day": PAYMENTS["value_day"],
    **{name: Column(nw.Boolean, "the sign is there") for name in SIGN_NAMES},
    "far": Column(nw.Float64, "deviations above the customer's median payment"),
    "usual_minor": Column(nw.Int64, "the customer's median payment"),
    "own_rows": Column(nw.Int64, "payments of the customer in the currency"),
    "unapplied_minor": Column(nw.Int64, "part not put on an item"),
    "owed_minor": Column(nw.Int64, "what the customer owed when the money came"),
    "paid_item_id": Column(nw.Int64, "item named that was settled before", nullable=True),
    "lead_days": Column(nw.Int64, "value day less due day of its oldest item", nullable=True),
    "usual_lead": Column(nw.Int64, "the customer's median", nullable=True),
    "lead_rows": Column(nw.Int64, "payments with a due day the median rests on"),
    "payer_rows": Column(nw.Int64, "payments of the customer by this payer"),
    "named_rows": Column(nw.Int64, "payments of the customer with a payer's name"),
    "burst": Column(nw.Int64, "small payments in the week up to this one"),
    "returned_days": Column(nw.Int64, "days since the return, 0 without one"),
    "all_payments": Column(nw.Int64, "payments looked at"),
}
OWN = ("customer_id", "currency")
ORDER = ("value_day", "payment_id")


def payment_signs(
    ledger: Ledger, texts: nw.LazyFrame, item_texts: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the payments with at least one sign of being unlike the others, as PAYMENT_SIGNS.

    `texts` has columns PAYMENT_TEXTS, `item_texts` ITEM_TEXTS. Payments of known customers,
    known and with value by `as_of`. Collect the answer before `anomalies` reads it.
    """
    seen, day = known_ledger(ledger, on=as_of), day_number(as_of)
    paid = seen.payments.filter(nw.col("value_day") <= day, ~nw.col("customer_id").is_null())
    items = seen.items.filter(nw.col("issued_day") <= day, nw.col("kind") != REFUND)
    booked = seen.allocations.filter(nw.col("applied_day") <= day)
    rows = _run_signs(_early_sign(_with_use(with_usual(paid), items, booked)))
    rows = _payer_signs(rows.join(texts, on="payment_id", how="left"))
    rows = rows.join(_owed(items, booked, paid), on="payment_id", how="left")
    rows = rows.join(_already_paid(rows, items, booked, item_texts), on="payment_id", how="left")
    return (
        rows.with_columns(nw.col("owed_minor").fill_null(0), **_money_flags())
        .filter(nw.any_horizontal(*SIGN_NAMES, ignore_nulls=True))
        .select(*PAYMENT_SIGNS)
    )


def _with_use(paid: nw.LazyFrame, items: nw.LazyFrame, booked: nw.LazyFrame) -> nw.LazyFrame:
    """Return the payments with what is unapplied and the oldest due day they settle."""
    due = items.select("item_id", "due_day")
    used = (
        booked.filter(~nw.col("payment_id").is_null())
        .join(due, on="item_id", how="left")
        .group_by("payment_id")
        .agg(used=total("paid_minor"), oldest_due=nw.col("due_day").min())
    )
    lead = (nw.col("value_day") - nw.col("oldest_due")).cast(nw.Int64)
    return paid.join(used, on="payment_id", how="left").with_columns(
        unapplied_minor=nw.col("amount_minor") - nw.col("used").fill_null(0),
        lead_days=nw.when(nw.col("amount_minor") > 0).then(lead),
    )


def _early_sign(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the payments with the sign of money far earlier than the customer ever paid."""
    one, nothing = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    lead, usual = nw.col("lead_days"), nw.col("lead_middle")
    spread = nw.col("lead_stray") * TO_DEVIATION * EARLY_DEVIATIONS
    early = usual - nw.max_horizontal(spread, nw.lit(float(EARLY_DAYS)))
    return (
        rows.with_columns(
            lead_rows=lead.count().over(*OWN).cast(nw.Int64),
            lead_middle=lead.median().over(*OWN),
            told_lead=nw.when(lead.is_null()).then(nothing).otherwise(one),
            least=lead.fill_null(NO_LEAD).cum_min().over(*OWN, order_by=[*ORDER]),
        )
        .with_columns(
            lead_far=(lead - usual).abs(),
            least_before=nw.col("least").shift(1).over(*OWN, order_by=[*ORDER]),
            leads_so_far=nw.col("told_lead").cum_sum().over(*OWN, order_by=[*ORDER]),
        )
        .with_columns(lead_stray=nw.col("lead_far").median().over(*OWN))
        .with_columns(
            usual_lead=usual.cast(nw.Int64),
            paid_early=(nw.col("leads_so_far") > EARLY_ROWS)
            & (lead < early)
            & (lead < nw.col("least_before")),
        )
    )


def _run_signs(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the payments with the signs of a burst of small ones and of a return made again."""
    one, nothing = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    day, sized = nw.col("value_day"), (*OWN, "size")
    is_small = nw.col("log_size") <= nw.col("own_middle") - SMALL_LOG
    waited = day - nw.col("day_before")
    is_again = (nw.col("sign_before") < 0) & (nw.col("amount_minor") > 0) & (waited <= AGAIN_DAYS)
    more_than_burst = (nw.col("small_rows") - BURST_PAYMENTS) * 100
    is_habit = more_than_burst > nw.col("own_rows") * SMALL_PERCENT
    is_burst = day - nw.col("burst_day") < BURST_DAYS
    return (
        rows.with_columns(
            all_payments=nw.len().cast(nw.Int64),
            size=nw.col("amount_minor").abs(),
            burst=nw.lit(BURST_PAYMENTS, nw.Int64),
            small=nw.when(is_small & (nw.col("own_rows") >= EARLY_ROWS))
            .then(one)
            .otherwise(nothing),
        )
        .with_columns(
            small_rows=nw.col("small").sum().over(*OWN),
            burst_day=day.shift(BURST_PAYMENTS - 1).over(*OWN, "small", order_by=[*ORDER]),
            sign_before=nw.col("amount_minor").shift(1).over(*sized, order_by=[*ORDER]),
            day_before=day.shift(1).over(*sized, order_by=[*ORDER]),
        )
        .with_columns(
            small_burst=(nw.col("small") == 1) & is_burst & ~is_habit,
            returned_again=is_again,
            returned_days=nw.when(is_again).then(waited).otherwise(0).cast(nw.Int64),
        )
    )


def _payer_signs(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the payments with the sign of a payer's name not seen before for the customer."""
    one, nothing = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    name = plain_text(nw.col("payer")).str.slice(0, PAYER_LETTERS)
    is_named = (nw.col("start") != "") & (nw.col("amount_minor") > 0)
    own, by_payer = ("customer_id",), ("customer_id", "start")
    return (
        rows.with_columns(start=name)
        .with_columns(named=nw.when(is_named).then(one).otherwise(nothing))
        .with_columns(
            named_rows=nw.col("named").sum().over(*own),
            payer_rows=nw.col("named").sum().over(*by_payer),
            so_far=nw.col("named").cum_sum().over(*own, order_by=[*ORDER]),
            payer_so_far=nw.col("named").cum_sum().over(*by_payer, order_by=[*ORDER]),
        )
        .with_columns(
            payer_unusual=(nw.col("named") == 1)
            & (nw.col("payer_so_far") == 1)
            & (nw.col("so_far") >= PAYER_ROWS)
            & (nw.col("payer_rows") <= PAYER_SEEN)
        )
    )


def _owed(items: nw.LazyFrame, booked: nw.LazyFrame, paid: nw.LazyFrame) -> nw.LazyFrame:
    """Return (payment_id, owed_minor): the customer's balance just before each payment.

    Items count from their issue day, credits and adjustments from the day they are booked,
    payments in the order they came; later bookings of a payment belong to its own place.
    """
    nobody = nw.lit(0, nw.Int64)
    owner = items.select("item_id", *OWN)
    billed = items.select(
        *OWN, day=nw.col("issued_day"), rank=nobody, payment_id=nobody, moved="amount_minor"
    )
    is_money = ~nw.col("payment_id").is_null()
    lowered = booked.join(owner, on="item_id", how="inner").select(
        *OWN,
        day=nw.when(is_money).then(nw.col("value_day")).otherwise(nw.col("applied_day")),
        rank=nw.when(is_money).then(nw.lit(2, nw.Int64)).otherwise(nobody),
        payment_id=nw.col("payment_id").fill_null(0),
        moved=nw.lit(0, nw.Int64) - nw.col("amount_minor"),
    )
    marks = paid.select(
        *OWN, "payment_id", day=nw.col("value_day"), rank=nw.lit(1, nw.Int64), moved=nobody
    )
    columns = (*OWN, "day", "rank", "payment_id", "moved")
    events = nw.concat([frame.select(*columns) for frame in (billed, lowered, marks)])
    return (
        events.with_columns(late=nw.when(nw.col("rank") > 0).then(1).otherwise(0))
        .group_by(*OWN, "day", "late", "payment_id", "rank")
        .agg(moved=total("moved"))
        .with_columns(
            owed_minor=nw.col("moved")
            .cum_sum()
            .over(*OWN, order_by=["day", "late", "payment_id", "rank"])
        )
        .filter(nw.col("rank") == 1)
        .select("payment_id", "owed_minor")
    )


def _already_paid(
    rows: nw.LazyFrame, items: nw.LazyFrame, booked: nw.LazyFrame, texts: nw.LazyFrame
) -> nw.LazyFrame:
    """Return (payment_id, paid_item_id) where the reference names an item others had settled."""
    left = rows.filter(nw.col("unapplied_minor") > 0).select(
        "payment_id", "customer_id", "value_day", named=plain_text(nw.col("reference"))
    )
    settled = booked.group_by("item_id").agg(
        done=total("amount_minor"), done_day=nw.col("value_day").max()
    )
    numbers = (
        items.filter(nw.col("amount_minor") > 0)
        .join(settled, on="item_id", how="inner")
        .filter(nw.col("done") >= nw.col("amount_minor"))
        .join(texts.select("item_id", "number"), on="item_id", how="inner")
        .select("item_id", "customer_id", "done_day", named=plain_text(nw.col("number")))
        .filter(nw.col("named") != "")
    )
    # an overpaid item is settled by the payment itself: that is an overpayment
    own = booked.select("payment_id", "item_id").filter(~nw.col("payment_id").is_null())
    return (
        left.join(numbers, on=["customer_id", "named"], how="inner")
        .filter(nw.col("done_day") <= nw.col("value_day"))
        .join(own, on=["payment_id", "item_id"], how="anti")
        .group_by("payment_id")
        .agg(paid_item_id=nw.col("item_id").min())
    )


def _money_flags() -> dict[str, nw.Expr]:
    amount, owed = nw.col("amount_minor"), nw.col("owed_minor").fill_null(0)
    is_left = (nw.col("unapplied_minor") > 0) & (amount > 0)
    above = nw.col("log_size") - nw.col("own_middle")
    surplus = amount - owed
    return {
        "payment_high": is_left & (nw.col("far") >= HIGH) & (above >= HIGH_LOG),
        "no_open_items": is_left & (owed <= 0),
        "overpayment": is_left & (owed > 0) & (surplus * 1000 > owed * OVER_PERMILLE),
        "item_already_paid": is_left & ~nw.col("paid_item_id").is_null(),
    }
