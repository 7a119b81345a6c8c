"""Debts that were written off: which are worth asking for, and what has come in of them."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.models import Company
from dunwell.queries.frames import day, read_rows
from dunwell.queries.limitation_frames import BARRED, limitation_frame
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

ASKED, OVER = "ask", "over"
WHICH = ("", ASKED, OVER)
PPM = 1_000_000

_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "number": pl.String,
    "customer_id": pl.Int64,
    "customer_name": pl.String,
    "currency": pl.String,
    "due_day": pl.Int32,
    "issued_day": pl.Int32,
    "written_off_day": pl.Int32,
    "written_off_minor": pl.Int64,
    "recovered_minor": pl.Int64,
    "insolvent_day": pl.Int32,
    "is_insolvency_closed": pl.Boolean,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryRow:
    """A written-off debt. `over` says why it is not asked for any more, empty where it is."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    due_on: date
    written_off_on: date
    written_off_minor: int
    recovered_minor: int
    last_on: date | None
    over: str

    @property
    def left_minor(self) -> int:
        """Return what is written off and has not come in."""
        return self.written_off_minor - self.recovered_minor

    @property
    def recovered_ppm(self) -> int:
        """Return the part that has come in, in ppm."""
        return self.recovered_minor * PPM // self.written_off_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryTotal:
    """Sums of one currency, in minor units."""

    currency: str
    debts: int
    written_off_minor: int
    recovered_minor: int

    @property
    def recovered_ppm(self) -> int:
        """Return the part that has come in, in ppm."""
        return self.recovered_minor * PPM // self.written_off_minor


def written_off_frame(company: Company) -> pl.DataFrame:
    """Return what was written off, less what was taken back, by item; one query."""
    return read_rows(
        f"""
SELECT i.id, i.number, i.customer_id, c.name, i.currency, {day("i.due_on")},
       {day("i.issued_on")}, {day("w.first_on")}, w.lost, w.back, {day("n.opened_on")},
       EXISTS (SELECT 1 FROM dunwell_legalmatter d JOIN dunwell_legalmatteritem l
               ON l.matter_id = d.id WHERE l.item_id = i.id AND d.kind = 'insolvency'
               AND d.status = 'closed')
FROM (SELECT item_id, SUM(CASE WHEN kind = 'write_off' THEN amount_minor ELSE 0 END) AS lost,
             -SUM(CASE WHEN kind = 'recovery' THEN amount_minor ELSE 0 END) AS back,
             MIN(CASE WHEN kind = 'write_off' AND reverses_id IS NULL AND NOT EXISTS (
                 SELECT 1 FROM dunwell_adjustment b WHERE b.reverses_id = j.id)
                 THEN effective_on END) AS first_on
      FROM dunwell_adjustment j
      WHERE company_id = %s AND kind IN ('write_off', 'recovery')
      GROUP BY item_id) w
JOIN dunwell_item i ON i.id = w.item_id AND i.amount_minor > 0 AND w.lost > 0
JOIN dunwell_customer c ON c.id = i.customer_id
LEFT JOIN (SELECT l.item_id, MIN(m.opened_on) AS opened_on FROM dunwell_legalmatter m
           JOIN dunwell_legalmatteritem l ON l.matter_id = m.id
           WHERE m.company_id = %s AND m.kind = 'insolvency' GROUP BY l.item_id) n
  ON n.item_id = i.id
""",
        [company.pk, company.pk],
        _TYPES,
    )


def recovery_frame(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return every written-off debt with its last day and why it is over, three queries."""
    lost = written_off_frame(company)
    claims = limitation_frame(company, as_of=as_of, written_off=True).select(
        "item_id", "last_day", "bucket"
    )
    left = pl.col("written_off_minor") - pl.col("recovered_minor")
    return lost.join(claims, on="item_id", how="left").with_columns(
        over=pl.when(left <= 0)
        .then(pl.lit("recovered"))
        .when(pl.col("is_insolvency_closed"))
        .then(pl.lit("insolvency"))
        .when(pl.col("bucket") == BARRED)
        .then(pl.lit(BARRED))
        .otherwise(pl.lit(""))
    )


def recovery_totals(found: pl.DataFrame, *, which: str = "") -> tuple[RecoveryTotal, ...]:
    """Return the sums of the debts under a filter, one per currency."""
    sums = (
        _chosen(found, which, None)
        .group_by("currency")
        .agg(
            debts=pl.len().cast(pl.Int64),
            written_off_minor=pl.col("written_off_minor").sum(),
            recovered_minor=pl.col("recovered_minor").sum(),
        )
        .sort("currency")
    )
    return tuple(RecoveryTotal(**row) for row in sums.iter_rows(named=True))


def recovery_rows(
    found: pl.DataFrame,
    *,
    which: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[RecoveryRow]:
    """Return one page of debts, the largest left first; `which` is one of WHICH."""
    limit = page_limit(limit)
    ordered = (
        _chosen(found, which, customer_id)
        .with_columns(order=pl.col("recovered_minor") - pl.col("written_off_minor"))
        .sort("order", "item_id")
    )
    if cursor:
        order, key = read_cursor(cursor, (int, int))
        beyond = (pl.col("order") == order) & (pl.col("item_id") > key)
        ordered = ordered.filter((pl.col("order") > order) | beyond)
    rows = [
        RecoveryRow(
            item_id=row["item_id"],
            number=row["number"],
            customer_id=row["customer_id"],
            customer_name=row["customer_name"],
            currency=row["currency"],
            due_on=day_date(row["due_day"]),
            written_off_on=day_date(row["written_off_day"]),
            written_off_minor=row["written_off_minor"],
            recovered_minor=row["recovered_minor"],
            last_on=None if row["last_day"] is None else day_date(row["last_day"]),
            over=row["over"],
        )
        for row in ordered.head(limit + 1).iter_rows(named=True)
    ]
    return page_of(rows, limit=limit, key=lambda row: (-row.left_minor, row.item_id))


def _chosen(found: pl.DataFrame, which: str, customer_id: int | None) -> pl.DataFrame:
    if which == ASKED:
        found = found.filter(pl.col("over") == "")
    elif which == OVER:
        found = found.filter(pl.col("over") != "")
    return found if customer_id is None else found.filter(pl.col("customer_id") == customer_id)
