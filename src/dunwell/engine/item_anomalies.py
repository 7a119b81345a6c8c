"""Items that are unlike the others: by amount, day, terms or number.

`quality` names what is wrong in itself (due before issue, no currency); here an item is
measured against its customer's own past, or the portfolio's where there is little.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.engine.number_forms import core_number, number_forms
from dunwell.engine.schema import ITEMS, Column, Frame
from dunwell.engine.usual import LEAST_DEVIATION, OWN_ROWS, PRIOR_ROWS, TO_DEVIATION, with_usual

HIGH = 3.0
"""Deviations above the median from which an amount is high."""

HIGH_LOG = 1100
"""An amount is high from three times the usual on (e to the 1.1)."""

TEN_LOG = 2303
"""Logarithm of ten, thousandths."""

TEN_HIGH, TEN_FIT = 2.0, 1.5
"""A slipped decimal point: so far above the usual, and a tenth of it so near to it."""

TEN_PERCENT = 33
"""A customer whose amounts end in 0 more often has no slips that could be told."""

ROUND_MINOR = 100_000
"""A sum in whole thousands (of a currency with two decimals)."""

ROUND_HIGH, ROUND_PERCENT = 2.0, 10

FIRST_ROWS = 20
"""First items of other customers that a first item is compared with."""

FIRST_HIGH = 3.5

CLOSED_PERMILLE = 5
"""Where more items are issued on closed days it is a habit."""

RECORDED_DAYS = 30
"""Days between issue and record beyond the usual that are far."""

LOAD_ROWS = 20
"""So many far rows written on one day are a load of history, not an exception."""

TERMS_ROWS, TERMS_PERCENT, TERMS_DAYS, TERMS_SEEN = 8, 80, 5, 2
"""Terms are usual when four in five of eight invoices have them; an exception differs by five
days and was seen at most twice."""

SERIES_ROWS, SERIES_PERMILLE = 50, 990
"""A series of numbers is gapless when so many of a thousand follow the one before."""

STRAY_DAYS, TOGETHER_DAYS, ORDER_PERMILLE = 30, 7, 980
"""A number is out of order when its neighbours were issued together and it was not; only in a
series whose numbers run with the days."""

SIGN_NAMES = (
    *("amount_high", "ten_times", "amount_round", "first_large", "closed_day"),
    *("recorded_far", "terms_unusual", "number_order", "number_gap"),
)
ITEM_SIGNS: Frame = {
    **{name: ITEMS[name] for name in ("item_id", "customer_id", "currency", "amount_minor")},
    "issued_day": ITEMS["issued_day"],
    **{name: Column(nw.Boolean, "the sign is there") for name in SIGN_NAMES},
    "far": Column(nw.Float64, "deviations above the customer's median amount"),
    "usual_minor": Column(nw.Int64, "the customer's median amount"),
    "own_rows": Column(nw.Int64, "items of the customer in the currency"),
    "first_far": Column(nw.Float64, "deviations above the median of first items"),
    "first_minor": Column(nw.Int64, "median of first items in the currency"),
    "firsts": Column(nw.Int64, "first items in the currency"),
    "lag_days": Column(nw.Int64, "recorded day less issue day"),
    "usual_lag": Column(nw.Int64, "median of all items"),
    "terms": Column(nw.Int64, "due day less issue day"),
    "usual_terms": Column(nw.Int64, "the customer's most frequent terms"),
    "terms_rows": Column(nw.Int64, "invoices of the customer"),
    "before_day": Column(nw.Int64, "issue day of the number before"),
    "missing": Column(nw.Int64, "numbers missing before this one"),
    "series_rows": Column(nw.Int64, "items of the series"),
    "all_items": Column(nw.Int64, "items looked at"),
}


def item_signs(
    ledger: Ledger, texts: nw.LazyFrame, calendar: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the items with at least one sign of being unlike the others, as ITEM_SIGNS.

    `texts` has columns ITEM_TEXTS, `calendar` CALENDAR and covers the items' issue days.
    Known and issued by `as_of`, refunds left out. Amounts are judged for debit items only.
    Collect the answer before `anomalies` reads it.
    """
    seen = known_ledger(ledger, on=as_of).items
    rows = seen.filter(
        nw.col("issued_day") <= day_number(as_of),
        nw.col("amount_minor") != 0,
        nw.col("kind") != REFUND,
    )
    signed = _number_signs(_term_signs(_day_signs(_amount_signs(rows), calendar)), texts)
    return signed.filter(nw.any_horizontal(*SIGN_NAMES, ignore_nulls=True)).select(*ITEM_SIGNS)


def _amount_signs(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the signs of their amounts; a credit item has none."""
    own = ("customer_id", "currency")
    amount, nothing = nw.col("amount_minor"), nw.lit(0, nw.Int64)
    is_first = (nw.col("place") == 1) & (amount > 0)
    known = (
        with_usual(rows)
        .with_columns(
            place=nw.col("one").cum_sum().over(*own, order_by=["issued_day", "item_id"]),
            tens=nw.when(amount % 10 == 0).then(nw.col("one")).otherwise(nothing),
            rounds=nw.when(amount % ROUND_MINOR == 0).then(nw.col("one")).otherwise(nothing),
        )
        .with_columns(
            own_tens=nw.col("tens").sum().over(*own),
            all_tens=nw.col("tens").sum() / nw.col("one").sum(),
            own_rounds=nw.col("rounds").sum().over(*own),
            first_log=nw.when(is_first).then(nw.col("log_size")),
            first_amount=nw.when(is_first).then(amount),
        )
        .with_columns(
            firsts=nw.col("first_log").count().over("currency").cast(nw.Int64),
            first_middle=nw.col("first_log").median().over("currency"),
            first_minor=nw.col("first_amount")
            .median()
            .over("currency")
            .fill_null(0)
            .cast(nw.Int64),
        )
        .with_columns(
            tens_share=(nw.col("own_tens") + nw.col("all_tens") * PRIOR_ROWS)
            / (nw.col("own_rows") + PRIOR_ROWS)
        )
        .with_columns(first_stray=(nw.col("first_log") - nw.col("first_middle")).abs())
        .with_columns(first_deviation=nw.col("first_stray").median().over("currency"))
    )
    return known.with_columns(first_far=_first_far()).with_columns(**_amount_flags())


def _first_far() -> nw.Expr:
    """Return how far a customer's first item lies above other first items, in deviations."""
    spread = nw.max_horizontal(nw.col("first_deviation") * TO_DEVIATION, nw.lit(LEAST_DEVIATION))
    is_first = ~nw.col("first_log").is_null()
    is_told = is_first & (nw.col("firsts") >= FIRST_ROWS)
    return (
        nw.when(is_told)
        .then((nw.col("first_log") - nw.col("first_middle")) / spread)
        .otherwise(0.0)
    )


def _amount_flags() -> dict[str, nw.Expr]:
    amount, far, rows = nw.col("amount_minor"), nw.col("far"), nw.col("own_rows")
    above = nw.col("log_size") - nw.col("own_middle")
    tenth = (above - TEN_LOG).abs() / nw.col("deviation")
    is_ten = (
        (amount > 0)
        & (amount % 10 == 0)
        & (nw.col("tens_share") * 100 <= TEN_PERCENT)
        & (far >= TEN_HIGH)
        & (tenth <= TEN_FIT)
    )
    is_high = (far >= HIGH) & (above >= HIGH_LOG)
    is_round = (
        (amount % ROUND_MINOR == 0)
        & (far >= ROUND_HIGH)
        & (nw.col("own_rounds") * 100 <= rows * ROUND_PERCENT)
    )
    return {
        "ten_times": is_ten,
        "amount_high": is_high & ~is_ten,
        "amount_round": is_round & ~is_high & ~is_ten,
        "first_large": (nw.col("first_far") >= FIRST_HIGH) & (rows < OWN_ROWS),
    }


def _day_signs(rows: nw.LazyFrame, calendar: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the signs of their issue day and of the day they were recorded."""
    one, nothing = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    days = calendar.select("is_business", issued_day=nw.col("day"))
    is_closed = nw.col("closed") == 1
    has_far_lag = (nw.col("lag_days") - nw.col("usual_lag")).abs() > RECORDED_DAYS
    return (
        rows.join(days, on="issued_day", how="left")
        .with_columns(
            each=one,
            closed=nw.when(nw.col("is_business")).then(nothing).otherwise(one),
            lag_days=(nw.col("recorded_day") - nw.col("issued_day")).cast(nw.Int64),
        )
        .with_columns(
            closed=nw.when(nw.col("is_business").is_null()).then(0).otherwise(nw.col("closed"))
        )
        .with_columns(
            all_items=nw.col("each").sum(),
            all_closed=nw.col("closed").sum(),
            usual_lag=nw.col("lag_days").median().cast(nw.Int64),
        )
        .with_columns(late_record=nw.when(has_far_lag).then(one).otherwise(nothing))
        .with_columns(load=nw.col("late_record").sum().over("recorded_day"))
        .with_columns(
            closed_day=is_closed
            & (nw.col("all_closed") * 1000 <= nw.col("all_items") * CLOSED_PERMILLE),
            recorded_far=(nw.col("late_record") == 1) & (nw.col("load") < LOAD_ROWS),
        )
    )


def _term_signs(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the sign of terms that are not the customer's."""
    own = ("customer_id", "kind")
    terms, usual = nw.col("terms"), nw.col("usual_terms")
    return (
        rows.with_columns(terms=(nw.col("due_day") - nw.col("issued_day")).cast(nw.Int64))
        .with_columns(
            terms_rows=nw.col("each").sum().over(*own),
            like_terms=nw.col("each").sum().over(*own, "terms"),
        )
        .with_columns(most=nw.col("like_terms").max().over(*own))
        .with_columns(top=nw.when(nw.col("like_terms") == nw.col("most")).then(terms))
        .with_columns(usual_terms=nw.col("top").min().over(*own))
        .with_columns(
            terms_unusual=(nw.col("kind") == "invoice")
            & (nw.col("terms_rows") >= TERMS_ROWS)
            & (nw.col("most") * 100 >= nw.col("terms_rows") * TERMS_PERCENT)
            & (nw.col("like_terms") <= TERMS_SEEN)
            & ((terms - usual).abs() >= TERMS_DAYS)
        )
    )


def _number_signs(rows: nw.LazyFrame, texts: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items with the signs of their number in its series (letters and kind)."""
    forms = number_forms(nw.col("number"))
    series, order = ("kind", "head"), ["serial", "item_id"]
    day, serial = nw.col("issued_day"), nw.col("serial")
    before, after = nw.col("before_day"), nw.col("after_day")
    near = nw.lit(1, nw.Int64)
    is_next = nw.when(nw.col("missing") <= 0).then(near).otherwise(nw.lit(0, nw.Int64))
    in_series = nw.col("series_rows") >= SERIES_ROWS
    return (
        rows.join(texts.select("item_id", "number"), on="item_id", how="left")
        .with_columns(head=forms["head"], serial=core_number(forms["core"]))
        .with_columns(in_order=nw.when(serial.is_null()).then(0).otherwise(near))
        .with_columns(
            before_day=day.shift(1).over(*series, order_by=order).cast(nw.Int64),
            after_day=day.shift(-1).over(*series, order_by=order).cast(nw.Int64),
            missing=serial - serial.shift(1).over(*series, order_by=order) - 1,
            series_rows=nw.col("in_order").sum().over(*series),
        )
        .with_columns(
            follower=is_next,
            close=nw.when((day - before).abs() <= TOGETHER_DAYS).then(near).otherwise(0),
        )
        .with_columns(
            followers=nw.col("follower").sum().over(*series),
            close_rows=nw.col("close").sum().over(*series),
        )
        .with_columns(
            number_order=in_series
            & (nw.col("close_rows") * 1000 >= nw.col("series_rows") * ORDER_PERMILLE)
            & ((before - after).abs() <= TOGETHER_DAYS)
            & ((day - before).abs() > STRAY_DAYS)
            & ((day - after).abs() > STRAY_DAYS),
            number_gap=in_series
            & (nw.col("missing") > 0)
            & (nw.col("followers") * 1000 >= nw.col("series_rows") * SERIES_PERMILLE),
        )
        .with_columns(
            nw.col("before_day", "missing").fill_null(0),
            nw.col("number_order", "number_gap").fill_null(value=False),
        )
    )
