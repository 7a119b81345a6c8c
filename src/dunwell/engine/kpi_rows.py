"""The rows behind an input of a figure: they sum to it, currency by currency."""

from collections.abc import Callable, Mapping
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.aging import BUCKETS, bucketed
from dunwell.engine.calendars import month_start
from dunwell.engine.items import total
from dunwell.engine.kpi_book import KpiBook
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import SALES_KINDS, WRITE_OFF_SOURCES
from dunwell.engine.schema import Column, Frame

INPUT_ROWS: Frame = {
    "subject": Column(nw.String, "item, payment, promise, dispute or customer"),
    "subject_id": Column(nw.Int64, "key of the subject"),
    "customer_id": Column(nw.Int64, "whose it is, empty for an unknown payer", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "what the row adds to the input, in the input's unit"),
}

Rows = Callable[[KpiBook], nw.LazyFrame]

DELINQUENT_DAYS = 30
"""An item is delinquent once it is more days than this past due."""


def input_rows(ledger: Ledger, name: str, *, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return the rows behind an input of `kpi_tables.kpi_table`, in columns INPUT_ROWS.

    Raises ValueError for an input that has no rows of its own; DRILLS names those that do.
    """
    if name not in DRILLS:
        raise ValueError(f"no rows behind {name}; choose one of {', '.join(DRILLS)}")
    return DRILLS[name](KpiBook(ledger, as_of, window_days)).select(*INPUT_ROWS)


def _rows(frame: nw.LazyFrame, subject: str, amount: str | nw.Expr | int = 1) -> nw.LazyFrame:
    """Return a row per subject of the frame with what it adds: a column, a formula, or 1 each."""
    value = nw.lit(amount) if isinstance(amount, int) else amount
    value = nw.col(value) if isinstance(value, str) else value
    return frame.select(
        "customer_id",
        "currency",
        subject=nw.lit(subject),
        subject_id=nw.col(f"{subject}_id"),
        amount_minor=value.cast(nw.Int64),
    )


def _open(book: KpiBook) -> nw.LazyFrame:
    return _rows(book.opened, "item", "open_minor")


def _current(book: KpiBook) -> nw.LazyFrame:
    return _rows(book.opened.filter(nw.col("days_past_due") <= 0), "item", "open_minor")


def _late(days: int) -> Rows:
    """Return the rows of what is more days past due than these."""
    return lambda book: _rows(
        book.opened.filter(nw.col("days_past_due") > days), "item", "open_minor"
    )


def _sales(book: KpiBook) -> nw.LazyFrame:
    return _rows(book.sales.filter(nw.col("issued_day") >= book.first), "item", "amount_minor")


def _month() -> nw.Expr:
    return month_start(nw.col("issued_day"))


def _covered(book: KpiBook) -> nw.LazyFrame:
    """Return what is open of the sales of months that sold more than they credited."""
    by = ["currency", "month"]
    months = (
        book.sales.with_columns(month=_month())
        .group_by(*by)
        .agg(sold=total("amount_minor"))
        .filter(nw.col("sold") > 0)
    )
    opened = book.opened.filter(nw.col("kind").is_in(SALES_KINDS)).with_columns(month=_month())
    return _rows(opened.join(months, on=by, how="semi"), "item", "open_minor")


def _written_off(book: KpiBook) -> nw.LazyFrame:
    given_up = book.booked.filter(
        nw.col("booked_day") >= book.first, nw.col("source").is_in(WRITE_OFF_SOURCES)
    )
    return _rows(given_up, "item", "amount_minor")


def _booked(source: str, sign: int) -> Rows:
    """Return the rows of what was ever booked from a kind of adjustment."""
    return lambda book: _rows(
        book.booked.filter(nw.col("source") == source), "item", nw.col("amount_minor") * sign
    )


def _paid(amount: str | nw.Expr | int) -> Rows:
    return lambda book: _rows(book.paid, "item", amount)


def _promises(amount: str | int, *, is_kept: bool) -> Rows:
    def rows(book: KpiBook) -> nw.LazyFrame:
        kept = nw.col("outcome") == "kept"
        return _rows(book.judged.filter(kept) if is_kept else book.judged, "promise", amount)

    return rows


def _rolled(number: int, *, has_moved: bool) -> Rows:
    """Return what was in a bucket one bucket's days ago, or what of it is in the next one now."""

    def rows(book: KpiBook) -> nw.LazyFrame:
        then = bucketed(book.opened_earlier.filter(nw.col("open_minor") > 0)).filter(
            nw.col("bucket_no") == number
        )
        if not has_moved:
            return _rows(then, "item", "open_minor")
        now = bucketed(book.opened).filter(nw.col("bucket_no") == number + 1)
        return _rows(now.join(then, on="item_id", how="semi"), "item", "open_minor")

    return rows


def _disputes(amount: str | int) -> Rows:
    return lambda book: _rows(book.closed_disputes, "dispute", amount)


def _disputed(book: KpiBook) -> nw.LazyFrame:
    return _rows(book.disputed, "item", "disputed_minor")


def _disputed_current(book: KpiBook) -> nw.LazyFrame:
    return _rows(book.disputed.filter(nw.col("days_past_due") <= 0), "item", "disputed_minor")


def _largest(book: KpiBook) -> nw.LazyFrame:
    """Return the customer that owes most per currency, of equals the first."""
    most = book.owing.with_columns(most=nw.col("owed_minor").max().over("currency")).filter(
        nw.col("owed_minor") == nw.col("most")
    )
    first = most.with_columns(first=nw.col("customer_id").min().over("currency"))
    return _rows(first.filter(nw.col("customer_id") == nw.col("first")), "customer", "owed_minor")


def _risk_billed(book: KpiBook) -> nw.LazyFrame:
    first, last = book.risk_month
    billed = book.sales.filter(nw.col("issued_day").is_between(first, last))
    return _rows(billed, "item", "amount_minor")


_AMOUNT = nw.col("amount_minor")
_FLOORED = nw.when(nw.col("days_late") > 0).then(nw.col("days_late")).otherwise(0)

STATED: Mapping[str, Rows] = {
    "at_risk_billed_minor": _risk_billed,
    "at_risk_unpaid_minor": lambda book: _rows(book.at_risk, "item", "open_minor"),
    "delinquent_minor": _late(DELINQUENT_DAYS),
    "lost_minor": _booked("write_off", 1),
    "recovered_minor": _booked("recovery", -1),
    "to_collect_minor": lambda book: _rows(book.to_collect, "item", "to_collect_minor"),
    "promised_open_minor": lambda book: _rows(
        book.promised_today, "customer", "promised_open_minor"
    ),
    "disputed_minor": _disputed,
    "disputed_current_minor": _disputed_current,
    "begin_disputed_minor": lambda book: _rows(book.disputed_at_begin, "item", "disputed_minor"),
}
"""Inputs that `kpi_facts` gets by summing these rows."""

DRILLS: Mapping[str, Rows] = {
    "receivables_minor": _open,
    "end_minor": _open,
    "current_minor": _current,
    "end_current_minor": _current,
    "overdue_minor": _late(0),
    "begin_minor": lambda book: _rows(book.opened_at_begin, "item", "open_minor"),
    "sales_minor": _sales,
    "sales_ever_minor": lambda book: _rows(book.sales, "item", "amount_minor"),
    "covered_minor": _covered,
    "collected_minor": lambda book: _rows(book.collected, "item", "amount_minor"),
    "written_off_minor": _written_off,
    "settled_amount_minor": _paid("amount_minor"),
    "settled_items": _paid(1),
    "days_to_pay": _paid("days_to_pay"),
    "amount_days_to_pay": _paid(_AMOUNT * nw.col("days_to_pay")),
    "amount_days_late": _paid(_AMOUNT * nw.col("days_late")),
    "amount_days_late_floored": _paid(_AMOUNT * _FLOORED),
    "unapplied_minor": lambda book: _rows(book.unapplied, "payment", "unapplied_minor"),
    "promises": _promises(1, is_kept=False),
    "promises_kept": _promises(1, is_kept=True),
    "promised_minor": _promises("promised_minor", is_kept=False),
    "promised_kept_minor": _promises("promised_minor", is_kept=True),
    **{
        f"roll_{name}_{n}_minor": _rolled(n, has_moved=name == "moved")
        for n in range(len(BUCKETS) - 1)
        for name in ("before", "moved")
    },
    "disputes_closed": _disputes(1),
    "cycle_days": _disputes("cycle_days"),
    "owed_minor": lambda book: _rows(book.owing, "customer", "owed_minor"),
    "owing_customers": lambda book: _rows(book.owing, "customer"),
    "largest_owed_minor": _largest,
    **STATED,
}
"""What can be drilled into."""
