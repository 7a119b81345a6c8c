"""The rows behind an input of a figure: they sum to it, currency by currency."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import REFUND, open_items, settled_items, unapplied
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import SALES_KINDS, WRITE_OFF_SOURCES
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

INPUT_ROWS: Frame = {
    "subject": Column(nw.String, "item, payment or promise"),
    "subject_id": Column(nw.Int64, "key of the subject"),
    "customer_id": Column(nw.Int64, "whose it is, empty for an unknown payer", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "what the row adds to the input"),
}


def input_rows(ledger: Ledger, name: str, *, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return the rows behind an input of `kpi_tables.kpi_table`, in columns INPUT_ROWS.

    Raises ValueError for an input that has no rows of its own; DRILLS names those that do.
    """
    if name not in DRILLS:
        raise ValueError(f"no rows behind {name}; choose one of {', '.join(DRILLS)}")
    return DRILLS[name](ledger, as_of, window_days).select(*INPUT_ROWS)


def _of_items(items: nw.LazyFrame, amount: str) -> nw.LazyFrame:
    return items.with_columns(
        subject=nw.lit("item"), subject_id=nw.col("item_id"), amount_minor=nw.col(amount)
    )


def _open(ledger: Ledger, as_of: date) -> nw.LazyFrame:
    return _of_items(open_items(ledger.items, ledger.allocations, as_of=as_of), "open_minor")


def _receivables(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:  # noqa: ARG001
    return _open(ledger, as_of)


def _current(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:  # noqa: ARG001
    return _open(ledger, as_of).filter(nw.col("days_past_due") <= 0)


def _overdue(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:  # noqa: ARG001
    return _open(ledger, as_of).filter(nw.col("days_past_due") > 0)


def _begin(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    return _open(ledger, as_of - timedelta(days=window_days))


def _sales(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    last = day_number(as_of)
    sold = ledger.items.filter(
        nw.col("kind").is_in(SALES_KINDS),
        nw.col("issued_day").is_between(last - window_days + 1, last),
    )
    return _of_items(sold, "amount_minor")


def _booked(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    """Return the allocations booked in the window; on an item not issued yet, on its issue day."""
    last = day_number(as_of)
    items = ledger.items.filter(nw.col("issued_day") <= last).select(
        "item_id", "customer_id", "currency", "kind", "issued_day"
    )
    booked_day = nw.max_horizontal("applied_day", "issued_day")
    booked = ledger.allocations.join(items, on="item_id", how="inner").filter(
        nw.col("applied_day") <= last, booked_day.is_between(last - window_days + 1, last)
    )
    return _of_items(booked, "amount_minor")


def _collected(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    return _booked(ledger, as_of, window_days).filter(
        nw.col("source") == "payment", nw.col("kind") != REFUND
    )


def _written_off(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    return _booked(ledger, as_of, window_days).filter(nw.col("source").is_in(WRITE_OFF_SOURCES))


def _settled(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    last = day_number(as_of)
    settled = settled_items(ledger.items, ledger.allocations, as_of=as_of).filter(
        nw.col("settled_day").is_between(last - window_days + 1, last),
        ~nw.col("paid_day").is_null(),
        nw.col("amount_minor") > 0,
    )
    return _of_items(settled, "amount_minor")


def _unapplied(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:  # noqa: ARG001
    return unapplied(ledger.payments, ledger.allocations, as_of=as_of).with_columns(
        subject=nw.lit("payment"),
        subject_id=nw.col("payment_id"),
        amount_minor=nw.col("unapplied_minor"),
    )


def _promised(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    last = day_number(as_of)
    return (
        assess_promises(ledger.promises, ledger.allocations, ledger.items, as_of=as_of)
        .filter(
            nw.col("judged_day").is_between(last - window_days + 1, last),
            nw.col("outcome").is_in(["kept", "partially_kept", "broken"]),
        )
        .with_columns(
            subject=nw.lit("promise"),
            subject_id=nw.col("promise_id"),
            amount_minor=nw.col("promised_minor"),
        )
    )


def _promised_kept(ledger: Ledger, as_of: date, window_days: int) -> nw.LazyFrame:
    return _promised(ledger, as_of, window_days).filter(nw.col("outcome") == "kept")


DRILLS: Mapping[str, Callable[[Ledger, date, int], nw.LazyFrame]] = {
    "receivables_minor": _receivables,
    "end_minor": _receivables,
    "current_minor": _current,
    "end_current_minor": _current,
    "overdue_minor": _overdue,
    "begin_minor": _begin,
    "sales_minor": _sales,
    "collected_minor": _collected,
    "written_off_minor": _written_off,
    "settled_amount_minor": _settled,
    "unapplied_minor": _unapplied,
    "promised_minor": _promised,
    "promised_kept_minor": _promised_kept,
}
"""What can be drilled into."""
