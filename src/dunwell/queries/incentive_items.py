"""Items an incentive watches, and the streaks that were granted before, as engine frames."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.incentives import GRANTED
from dunwell.models import Incentive
from dunwell.queries.frames import day, read_frame, read_rows

_TYPES = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "amount_minor": pl.Int64,
    "due_day": pl.Int32,
    "paid_day": pl.Int32,
}
"""Columns WATCHED_ITEMS as the database gives them."""


def watched_frame(incentive: Incentive, *, as_of: date) -> nw.LazyFrame:
    """Return the invoices an incentive watches, in columns WATCHED_ITEMS; one query.

    Those of its currency and segments due while it runs. Paid is what money alone settled by
    `as_of`: a credit, a discount or a write-off is no payment in time.
    """
    parameters: dict[str, int | str] = {
        "company": incentive.company_id,
        "currency": incentive.currency,
        "first": day_number(incentive.from_on),
        "last": day_number(incentive.until_on),
        "today": day_number(as_of),
    }
    names = [f"segment{n}" for n in range(len(incentive.segments))]
    parameters |= dict(zip(names, incentive.segments, strict=True))
    listed = ", ".join(f"%({name})s" for name in names)
    open_minor = "i.amount_minor - COALESCE(SUM(a.amount_minor), 0)"
    money = "SUM(CASE WHEN a.source = 'payment' THEN a.amount_minor ELSE 0 END)"
    paid_day = (
        f"MAX(CASE WHEN a.source = 'payment' AND a.amount_minor > 0 THEN {day('a.value_on')} END)"
    )
    rows = read_rows(
        f"SELECT i.id, i.customer_id, i.amount_minor, {day('i.due_on')}, "
        f"CASE WHEN {open_minor} = 0 AND {money} > 0 THEN {paid_day} END "
        "FROM dunwell_item i JOIN dunwell_customer c ON c.id = i.customer_id "
        "LEFT JOIN dunwell_allocation a ON a.item_id = i.id "
        f"AND {day('a.applied_on')} <= %(today)s "
        "WHERE i.company_id = %(company)s AND i.kind = 'invoice' AND i.currency = %(currency)s "
        f"AND {day('i.due_on')} BETWEEN %(first)s AND %(last)s "
        f"AND {day('i.issued_on')} <= %(today)s "
        f"{f'AND c.segment IN ({listed})' if names else ''} "
        "GROUP BY i.id, i.customer_id, i.amount_minor, i.due_on",
        parameters,
        _TYPES,
    )
    return nw.from_native(rows.lazy())


def granted_frame(incentive: Incentive) -> nw.LazyFrame:
    """Return what was granted before, in columns GRANTED."""
    return read_frame(
        f"SELECT g.item_id, g.customer_id, {day('g.granted_on')} "
        "FROM dunwell_incentivegrant g WHERE g.incentive_id = %s",
        [incentive.pk],
        GRANTED,
    )
