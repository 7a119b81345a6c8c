"""Records as engine frames: the columns of `engine.schema`, read by plain SQL.

Read through Django's own connection, so that a running transaction sees what it wrote.
Day numbers are computed by the database. `only_open` reads what is open now and what
touches it, for the day's cycle; such frames answer for today, not for days gone by.
"""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.core.exceptions import EmptyResultSet
from django.db import DataError, connection
from django.db.models import Model, QuerySet

from dunwell.engine import schema
from dunwell.models import Company, Customer
from dunwell.models.sealed import opened_texts

CHUNK = 25_000
"""Rows taken from the driver at a time; bounds memory."""
_NO_ROWS = "[]"
PLAIN = frozenset((pl.Int64, pl.Int32, pl.String, pl.Boolean))
"""Types of columns that are made of what a driver tells without a look at each value."""
_TYPES: Mapping[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int64: pl.Int64,
    nw.Int32: pl.Int32,
    nw.String: pl.String,
    nw.Boolean: pl.Boolean,
}
_SPARE = """
SELECT p.id FROM dunwell_payment p
LEFT JOIN (SELECT payment_id, SUM(COALESCE(paid_minor, amount_minor)) AS used
           FROM dunwell_allocation WHERE company_id = %s AND payment_id IS NOT NULL
           GROUP BY payment_id) u
  ON u.payment_id = p.id
WHERE p.company_id = %s AND p.amount_minor <> COALESCE(u.used, 0)
"""
"""Payments with unapplied cash now, returns included."""


_PAYS_AMOUNTS = """SELECT a.item_id FROM dunwell_promise p
    JOIN dunwell_item i ON i.customer_id = p.customer_id AND i.currency = p.currency
    JOIN dunwell_allocation a ON a.item_id = i.id AND a.value_on > p.made_on
    WHERE p.company_id = %s AND p.level = 'customer' AND p.outcome = 'open'"""
"""Items with money since an open promise of an amount was made: they say what of it is paid."""


def day(column: str) -> str:
    """Return SQL for the day number of a date column, on either database."""
    if connection.vendor == "postgresql":
        return f"({column} - DATE '1970-01-01')"
    return f"CAST(julianday({column}) - 2440587.5 AS INTEGER)"


def date_of(name: str) -> str:
    """Return SQL for the date of a named parameter that is a day number, on either database.

    A column compared with it is found by an index, which one within `day` is not.
    """
    if connection.vendor == "postgresql":
        return f"(DATE '1970-01-01' + CAST(%({name})s AS integer))"
    return f"date(%({name})s * 86400, 'unixepoch')"


def listed(name: str) -> str:
    """Return SQL for the whole numbers of a named parameter, a list in JSON of any length."""
    if connection.vendor == "postgresql":
        return f"(SELECT CAST(value AS bigint) FROM json_array_elements_text(%({name})s::json))"
    return f"(SELECT value FROM json_each(%({name})s))"


def read_rows(
    query: str,
    parameters: Sequence[int | str | date] | Mapping[str, int | str | date],
    types: Mapping[str, type[pl.DataType]],
) -> pl.DataFrame:
    """Return the rows of a query; its columns come in the order of `types`."""
    is_postgresql = connection.vendor == "postgresql"
    if not is_postgresql and PLAIN.issuperset(types.values()):
        with suppress(DataError, OddColumnError):
            return _read_columns(query, parameters, types)
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return rows_of(cursor, types, has_booleans=is_postgresql)


def keys_of(asked: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return SQL for the keys of a query, to stand in `IN (...)`, and its parameters."""
    try:
        keys, parameters = asked.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "NULL", ()
    return keys, tuple(parameters)


def rows_of(
    cursor: Any, types: Mapping[str, type[pl.DataType]], *, has_booleans: bool
) -> pl.DataFrame:
    """Return the rows a cursor holds; without booleans a yes or no comes as 1 or 0."""
    sent = {n: pl.Int64 if t is pl.Boolean and not has_booleans else t for n, t in types.items()}
    parts = [pl.DataFrame(schema=types)]
    while rows := cursor.fetchmany(CHUNK):
        columns = [_column(rows, at, *one) for at, one in enumerate(sent.items())]
        parts.append(pl.DataFrame(columns).cast(pl.Schema(types)))
    return pl.concat(parts)


def _read_columns(
    query: str,
    parameters: Sequence[int | str | date] | Mapping[str, int | str | date],
    types: Mapping[str, type[pl.DataType]],
) -> pl.DataFrame:
    """Return the rows as SQLite tells them column by column, each one a list in JSON.

    No tuple is made per row, which halves the work of reading a hundred thousand. Raises
    DataError for a column longer than a text of SQLite can be, OddColumnError for a fraction among
    whole numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute(columns_query(query, types), parameters)
        return columns_of(cursor.fetchone(), types)


def columns_query(query: str, types: Mapping[str, type[pl.DataType]]) -> str:
    """Return a query of SQLite that answers one row: each column of another as a list in JSON."""
    names = ", ".join(f"c{at}" for at in range(len(types)))
    told = names.replace("c", "json_group_array(c").replace(",", "),") + ")"
    return f"WITH found ({names}) AS ({query}) SELECT {told} FROM found"


def columns_of(texts: Sequence[str], types: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Return what `columns_query` answered; raises OddColumnError for a fraction."""
    if texts[0] == _NO_ROWS:
        return pl.DataFrame(schema=types)
    # SQLite answers a yes or no with 1 or 0
    sent = {name: pl.String if kind is pl.String else pl.Int64 for name, kind in types.items()}
    told = dict(zip(types, texts, strict=True))
    if any("." in told[name] for name, kind in sent.items() if kind is pl.Int64):
        raise OddColumnError
    # in one go: a column by itself costs a millisecond before its first row
    return pl.DataFrame({name: [text] for name, text in told.items()}).select(
        pl.col(name).str.json_decode(pl.List(kind)).explode().cast(types[name])
        for name, kind in sent.items()
    )


class OddColumnError(Exception):
    """A column is not what it was said to be; reading by rows tells what is wrong."""


def _column(
    rows: Sequence[tuple[Any, ...]], at: int, name: str, kind: type[pl.DataType]
) -> pl.Series:
    """Return one column of rows: half the work of making them a frame row by row."""
    if kind in PLAIN:
        # a sum comes as a Decimal from PostgreSQL and is no plain whole number
        with suppress(TypeError):
            return pl.Series(name, [row[at] for row in rows], dtype=kind)
    made = pl.DataFrame([(row[at],) for row in rows], schema={name: kind}, orient="row")
    return made.to_series()


def column_types(columns: schema.Frame) -> dict[str, type[pl.DataType]]:
    """Return the types of a frame's columns on the embedded engine."""
    return {name: _TYPES[column.dtype] for name, column in columns.items()}


def read_frame(
    query: str, parameters: Sequence[int | date], columns: schema.Frame
) -> nw.LazyFrame:
    """Return the rows of a query as an engine frame; its columns come in the order declared."""
    return nw.from_native(read_rows(query, parameters, column_types(columns)).lazy())


def opened_column(rows: pl.DataFrame, model: type[Model], name: str) -> pl.DataFrame:
    """Return rows with a sealed column of a model opened; raise SealError where it cannot be."""
    return rows.with_columns(
        pl.Series(name, opened_texts(model, name, rows[name]), dtype=pl.String)
    )


def item_columns() -> str:
    """Return SQL for the columns ITEMS of a row `i` of the items."""
    return (
        "i.id, i.customer_id, i.kind, i.currency, i.amount_minor, "
        f"{day('i.issued_on')}, {day('i.due_on')}, {day('i.recorded_on')}"
    )


def allocation_columns() -> str:
    """Return SQL for the columns ALLOCATIONS of a row `a`, its adjustment being `j`."""
    return (
        "a.item_id, a.payment_id, "
        "CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END, a.amount_minor, "
        "COALESCE(a.paid_minor, a.amount_minor), "
        f"{day('a.value_on')}, {day('a.applied_on')}, {day('a.recorded_on')}"
    )


def payment_columns() -> str:
    """Return SQL for the columns PAYMENTS of a row `p` of the payments."""
    return (
        "p.id, p.customer_id, p.currency, p.amount_minor, "
        f"{day('p.value_on')}, {day('p.recorded_on')}"
    )


def items_frame(company: Company, *, only_open: bool = False) -> nw.LazyFrame:
    """Return a company's items in columns ITEMS.

    `only_open`: those open now, and what was settled by money that pays an open promise of an
    amount.
    """
    columns = f"SELECT {item_columns()} FROM dunwell_item i"
    if not only_open:
        return read_frame(f"{columns} WHERE i.company_id = %s", [company.pk], schema.ITEMS)
    # SQLite reads tables in the order of a CROSS JOIN: by the few that are open, not by all items
    opened = f"SELECT {item_columns()} FROM dunwell_openitem o CROSS JOIN dunwell_item i"
    return read_frame(
        f"{opened} WHERE i.id = o.item_id AND i.company_id = %s "
        f"UNION ALL {columns} WHERE i.id IN ({_PAYS_AMOUNTS}) "
        "AND NOT EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.item_id = i.id)",
        [company.pk] * 2,
        schema.ITEMS,
    )


def allocations_frame(company: Company, *, only_open: bool = False) -> nw.LazyFrame:
    """Return a company's allocations in columns ALLOCATIONS.

    `only_open`: those on open items, on items of open promises, and of payments with
    unapplied cash, so that open amounts, promises and unapplied cash of today come out.
    """
    which, parameters = "", [company.pk]
    if only_open:
        which = f"""AND (
            EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.item_id = a.item_id)
            OR a.item_id IN (SELECT l.item_id FROM dunwell_promiseitem l
                             JOIN dunwell_promise p ON p.id = l.promise_id
                             WHERE p.company_id = %s AND p.outcome = 'open')
            OR a.item_id IN ({_PAYS_AMOUNTS})
            OR a.payment_id IN ({_SPARE}))"""
        parameters *= 5
    return read_frame(
        f"SELECT {allocation_columns()} "
        "FROM dunwell_allocation a LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id "
        f"WHERE a.company_id = %s {which}",
        [*parameters],
        schema.ALLOCATIONS,
    )


def payments_frame(company: Company, *, only_open: bool = False) -> nw.LazyFrame:
    """Return a company's payments in columns PAYMENTS; `only_open`: with unapplied cash now."""
    which = f"AND p.id IN ({_SPARE})" if only_open else ""
    return read_frame(
        f"SELECT {payment_columns()} FROM dunwell_payment p WHERE p.company_id = %s {which}",
        [company.pk] * (3 if only_open else 1),
        schema.PAYMENTS,
    )


def disputes_frame(company: Company, *, only_open: bool = False) -> nw.LazyFrame:
    """Return a company's disputes in columns DISPUTES; `only_open`: not closed, on open items."""
    which = "JOIN dunwell_openitem o ON o.item_id = d.item_id" if only_open else ""
    closed = "AND d.closed_on IS NULL" if only_open else ""
    return read_frame(
        "SELECT d.id, d.item_id, d.customer_id, d.amount_minor, "
        f"{day('d.opened_on')}, {day('d.closed_on')} "
        f"FROM dunwell_dispute d {which} WHERE d.company_id = %s {closed}",
        [company.pk],
        schema.DISPUTES,
    )


def promises_frame(
    company: Company, *, only_open: bool = False, customers: Collection[int] = ()
) -> nw.LazyFrame:
    """Return a company's promises in columns PROMISES: a row per promised item, or the amount.

    `customers`: of these alone.
    """
    which = "AND p.outcome = 'open'" if only_open else ""
    if customers:
        which += f" AND p.customer_id IN ({', '.join(['%s'] * len(customers))})"
    days = (
        f"{day('p.made_on')}, {day('p.due_on')}, "
        f"CASE WHEN p.outcome IN ('withdrawn', 'superseded') THEN {day('p.settled_on')} END, "
        "p.tolerance_days FROM dunwell_promise p"
    )
    return read_frame(
        f"SELECT p.id, p.customer_id, l.item_id, i.currency, l.amount_minor, {days} "
        "JOIN dunwell_promiseitem l ON l.promise_id = p.id "
        f"JOIN dunwell_item i ON i.id = l.item_id WHERE p.company_id = %s {which} "
        f"UNION ALL SELECT p.id, p.customer_id, NULL, p.currency, p.amount_minor, {days} "
        f"WHERE p.company_id = %s AND p.level = 'customer' {which}",
        [company.pk, *customers] * 2,
        schema.PROMISES,
    )


def customers_frame(company: Company, *, only_open: bool = False) -> nw.LazyFrame:
    """Return a company's customers in columns CUSTOMERS, judged by the primary payables contact.

    A bounced address is still an address: `is_bounced` says that it cannot be used. So is one on
    the list of those that get nothing.
    """
    which = (
        "AND c.id IN (SELECT customer_id FROM dunwell_openitem WHERE company_id = %s)"
        if only_open
        else ""
    )
    return read_frame(
        "SELECT c.id, c.segment, c.country, COALESCE(t.email, '') <> '', "
        "COALESCE(t.phone, '') <> '', c.address <> '', "
        "t.bounced_on IS NOT NULL OR s.id IS NOT NULL, c.is_opted_out AND TRUE "
        "FROM dunwell_customer c LEFT JOIN dunwell_contact t "
        "ON t.customer_id = c.id AND t.role = 'payables' AND t.is_primary "
        "LEFT JOIN dunwell_suppression s ON s.company_id = c.company_id "
        "AND s.channel = 'email' AND s.address = LOWER(t.email) AND s.lifted_at IS NULL "
        f"WHERE c.company_id = %s {which}",
        [company.pk] * (2 if only_open else 1),
        schema.CUSTOMERS,
    )


def customer_details_frame(company: Company) -> nw.LazyFrame:
    """Return what data quality looks at, in columns CUSTOMER_DETAILS.

    `terms_days` is the last number of the terms: 30 for `2/10 net 30`.
    """
    columns = {
        name: schema.Column(nw.String, column.meaning) if name == "terms_days" else column
        for name, column in schema.CUSTOMER_DETAILS.items()
    }
    rows = read_rows(
        "SELECT c.id, c.name, COALESCE(t.email, ''), c.vat_id, c.country, c.terms "
        "FROM dunwell_customer c LEFT JOIN dunwell_contact t "
        "ON t.customer_id = c.id AND t.role = 'payables' AND t.is_primary "
        "WHERE c.company_id = %s",
        [company.pk],
        {name: _TYPES[column.dtype] for name, column in columns.items()},
    )
    days = pl.col("terms_days").str.extract(r"(\d{1,4})\D*$").cast(pl.Int32)
    return nw.from_native(opened_column(rows, Customer, "vat_id").lazy().with_columns(days))


def holds_frame(company: Company) -> nw.LazyFrame:
    """Return a company's holds in columns HOLDS; a hold ends the day before it is released."""
    until, released = day("h.until_on"), f"{day('h.released_on')} - 1"
    return read_frame(
        f"SELECT h.customer_id, h.item_id, h.reason, {day('h.from_on')}, "
        f"CASE WHEN h.released_on IS NULL THEN {until} "
        f"WHEN h.until_on IS NULL OR h.until_on >= h.released_on THEN {released} "
        f"ELSE {until} END "
        "FROM dunwell_hold h WHERE h.company_id = %s",
        [company.pk],
        schema.HOLDS,
    )


def contacts_frame(company: Company, *, with_drafts: bool = False) -> nw.LazyFrame:
    """Return what customers were told, in columns CONTACTS, on the day of the cycle that said it.

    A message counts from the moment it is ready to be sent; cancelled and given-up ones
    do not, drafts only when asked for. The day is worked out once per message, not per line of it.
    """
    drafts = ", 'draft'" if with_drafts else ""
    return read_frame(
        "WITH told (id, customer_id, told_day) AS MATERIALIZED ("
        f"SELECT m.id, m.customer_id, {day('m.as_of')} FROM dunwell_message m "
        "WHERE m.company_id = %s AND m.template <> 'debit_notice' AND m.status IN "
        f"('ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed'{drafts})) "
        "SELECT t.customer_id, l.item_id, l.level, t.told_day FROM told t "
        "JOIN dunwell_messageitem l ON l.message_id = t.id",
        [company.pk],
        schema.CONTACTS,
    )


def fx_frame(company: Company) -> nw.LazyFrame:
    """Return a company's exchange rates in columns FX."""
    return read_frame(
        f"SELECT r.currency, {day('r.from_on')}, r.rate_ppm "
        "FROM dunwell_fxrate r WHERE r.company_id = %s",
        [company.pk],
        schema.FX,
    )
