"""Short row builders: a test says only what matters, the rest is a sensible default.

Each builder takes one dict per row and returns a lazy frame in the exact types
of `dunwell.engine.schema`. A column that ends in `_day` (or is `day`) may be
given as a date. Keys count up from 1 when they are left out.
"""

from collections.abc import Mapping
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine import schema
from dunwell.engine.branches import SIGNALS_HEARD
from dunwell.engine.calendars import day_number
from dunwell.engine.overrides import OVERRIDES

Value = int | str | bool | date | None
Row = Mapping[str, Value]

START = date(2026, 1, 1)
"""Day used where a test does not care about the day."""


def table(columns: schema.Frame, rows: list[dict[str, Value]]) -> nw.LazyFrame:
    """Return the rows as a lazy frame with exactly the declared columns and types."""
    unknown = {name for row in rows for name in row} - set(columns)
    if unknown:
        raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
    data = {name: [_plain(row[name]) for row in rows] for name in columns}
    native = pl.DataFrame(data, schema={name: _POLARS[c.dtype] for name, c in columns.items()})
    return nw.from_native(native.lazy())


def items(*rows: Row) -> nw.LazyFrame:
    """Return items; by default an invoice of 100.00 EUR, issued 1 January 2026, due 30 days later.

    `due_day` follows `issued_day` by 30 days and `recorded_day` equals it unless given.
    """
    return table(schema.ITEMS, [_item(n, row) for n, row in enumerate(rows, 1)])


def allocations(*rows: Row) -> nw.LazyFrame:
    """Return allocations; `value_day` and `recorded_day` equal `applied_day` unless given."""
    return table(schema.ALLOCATIONS, [_allocation(row) for row in rows])


def payments(*rows: Row) -> nw.LazyFrame:
    """Return payments of 100.00 EUR; `recorded_day` equals `value_day` unless given."""
    return table(schema.PAYMENTS, [_payment(n, row) for n, row in enumerate(rows, 1)])


def disputes(*rows: Row) -> nw.LazyFrame:
    """Return disputes about 100.00 on item 1, open unless `closed_day` is given."""
    default: Row = {
        "item_id": 1,
        "customer_id": 1,
        "amount_minor": 10_000,
        "opened_day": START,
        "closed_day": None,
    }
    return table(
        schema.DISPUTES, [{"dispute_id": n, **default, **row} for n, row in enumerate(rows, 1)]
    )


def promises(*rows: Row) -> nw.LazyFrame:
    """Return promises of 100.00 EUR on item 1, made on START, due ten days later, no tolerance."""
    default: Row = {
        "customer_id": 1,
        "item_id": 1,
        "currency": "EUR",
        "amount_minor": 10_000,
        "made_day": START,
        "due_day": day_number(START) + 10,
        "withdrawn_day": None,
        "tolerance_days": 0,
    }
    return table(
        schema.PROMISES, [{"promise_id": n, **default, **row} for n, row in enumerate(rows, 1)]
    )


def customers(*rows: Row) -> nw.LazyFrame:
    """Return customers of segment `standard` in Germany, reachable by e-mail only."""
    default: Row = {
        "segment": "standard",
        "country": "DE",
        "has_email": True,
        "has_phone": False,
        "has_address": False,
        "is_bounced": False,
        "is_opted_out": False,
    }
    return table(
        schema.CUSTOMERS, [{"customer_id": n, **default, **row} for n, row in enumerate(rows, 1)]
    )


def holds(*rows: Row) -> nw.LazyFrame:
    """Return manual holds of whole customer 1 from START until released."""
    default: Row = {
        "customer_id": 1,
        "item_id": None,
        "reason": "manual",
        "from_day": START,
        "until_day": None,
    }
    return table(schema.HOLDS, [{**default, **row} for row in rows])


def contacts(*rows: Row) -> nw.LazyFrame:
    """Return contacts of level 1 about item 1 of customer 1 on START."""
    default: Row = {"customer_id": 1, "item_id": 1, "level": 1, "contacted_day": START}
    return table(schema.CONTACTS, [{**default, **row} for row in rows])


def signals(*rows: Row) -> nw.LazyFrame:
    """Return signals of customer 1 as a whole, heard on START."""
    default: Row = {
        "customer_id": 1,
        "item_id": None,
        "signal": "viewed",
        "signal_day": START,
    }
    return table(SIGNALS_HEARD, [{**default, **row} for row in rows])


def overrides(*rows: Row) -> nw.LazyFrame:
    """Return overrides about customer 1 as a whole that say nothing yet."""
    default: Row = {
        "customer_id": 1,
        "item_id": None,
        "kind": "skip",
        "strategy": None,
        "level": None,
        "channel": None,
    }
    return table(OVERRIDES, [{**default, **row} for row in rows])


def fx(*rows: Row) -> nw.LazyFrame:
    """Return rates of USD that hold from START, one home minor unit per foreign one."""
    default: Row = {"currency": "USD", "day": START, "rate_ppm": 1_000_000}
    return table(schema.FX, [{**default, **row} for row in rows])


def answers(frame: nw.LazyFrame, *columns: str) -> list[dict[str, object]]:
    """Return the rows of a frame as dicts, sorted by all shown columns, for `==` in a test."""
    shown = list(columns) or frame.collect_schema().names()
    rows = frame.select(*shown).collect("polars").rows(named=True)
    return sorted(rows, key=lambda row: [(v is None, str(type(v)), v or 0) for v in row.values()])


def _item(number: int, row: Row) -> dict[str, Value]:
    given: dict[str, Value] = {
        "item_id": number,
        "customer_id": 1,
        "kind": "invoice",
        "currency": "EUR",
        "amount_minor": 10_000,
        "issued_day": START,
        **row,
    }
    issued = _plain(given["issued_day"])
    assert isinstance(issued, int)
    return {"due_day": issued + 30, "recorded_day": issued, **given}


def _allocation(row: Row) -> dict[str, Value]:
    given: dict[str, Value] = {
        "item_id": 1,
        "payment_id": None,
        "source": "payment",
        "amount_minor": 10_000,
        "applied_day": START,
        **row,
    }
    return {
        "value_day": given["applied_day"],
        "recorded_day": given["applied_day"],
        "paid_minor": given["amount_minor"],
        **given,
    }


def _payment(number: int, row: Row) -> dict[str, Value]:
    given: dict[str, Value] = {
        "payment_id": number,
        "customer_id": 1,
        "currency": "EUR",
        "amount_minor": 10_000,
        "value_day": START,
        **row,
    }
    return {"recorded_day": given["value_day"], **given}


def _plain(value: Value) -> int | str | bool | None:
    return day_number(value) if isinstance(value, date) else value


_POLARS: Mapping[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int64: pl.Int64,
    nw.Int32: pl.Int32,
    nw.String: pl.String,
    nw.Boolean: pl.Boolean,
    nw.Float64: pl.Float64,
}
