"""Interest, compensation and fees as a reminder tells them: accrued, not billed, to the cent those
of the charges pages. Of the items it asks for, and of items that were paid late; never of an item
that is open and not asked for, since what is disputed, promised or held is not chased."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.schema import Column, Frame
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.wordings import KINDS, day_text, money_text

ACCRUED: Frame = {
    "customer_id": Column(nw.Int64, "who owes it"),
    "item_id": Column(nw.Int64, "the item that was or is late"),
    "kind": Column(nw.String, "kind of its document"),
    "number": Column(nw.String, "number on the document"),
    "due_day": Column(nw.Int32, "its due date"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "interest_minor": Column(nw.Int64, "interest accrued and not billed"),
    "fees_minor": Column(nw.Int64, "compensation and fees accrued and not billed"),
    "until_day": Column(nw.Int32, "last day that counts"),
    "is_open": Column(nw.Boolean, "something of the item is still open"),
}
"""What has accrued on an item."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeTexts:
    """The charges of one customer in words, as `engine.wording.Facts` takes them."""

    values: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...] = ()
    totals: tuple[Mapping[str, str], ...] = ()


NOTHING = ChargeTexts(values={})
"""For a text that does not say what has accrued."""

Told = Mapping[int, list[dict[str, object]]]
"""Rows in columns ACCRUED by customer, oldest first."""


def accrued_charges(company: Company, *, customer_id: int | None = None) -> pl.DataFrame:
    """Return what has accrued and is not billed, one row per item, in columns ACCRUED: one query.

    Of one customer where one is named. The amounts are those the cycle's step wrote last.
    """
    one = "" if customer_id is None else "AND c.customer_id = %s "
    chosen = [] if customer_id is None else [customer_id]
    return _native(
        frames.read_frame(
            "SELECT c.customer_id, c.item_id, i.kind, i.number, "  # noqa: S608
            f"{frames.day('i.due_on')}, c.currency, "
            "CAST(SUM(CASE WHEN c.kind = 'interest' THEN c.amount_minor ELSE 0 END) AS BIGINT), "
            "CAST(SUM(CASE WHEN c.kind = 'interest' THEN 0 ELSE c.amount_minor END) AS BIGINT), "
            f"MAX({frames.day('c.until_on')}), "
            "MAX(CASE WHEN o.item_id IS NULL THEN 0 ELSE 1 END) = 1 "
            "FROM dunwell_charge c JOIN dunwell_item i ON i.id = c.item_id "
            "LEFT JOIN dunwell_openitem o ON o.item_id = c.item_id "
            f"WHERE c.company_id = %s AND c.status = 'accrued' {one}"
            "GROUP BY c.customer_id, c.item_id, i.kind, i.number, i.due_on, c.currency",
            [company.pk, *chosen],
            ACCRUED,
        )
    )


def charges_told(company: Company, lines: pl.DataFrame) -> Told:
    """Return the charges told to each customer of a plan's lines (customer_id, item_id)."""
    accrued = accrued_charges(company).join(
        lines.select("customer_id").unique(), on="customer_id", how="semi"
    )
    asked = accrued.join(lines.select("item_id").unique(), on="item_id", how="semi")
    rows = pl.concat([asked, accrued.filter(~pl.col("is_open"))]).unique()
    found: dict[int, list[dict[str, object]]] = {}
    for row in rows.sort("customer_id", "due_day", "number", "item_id").iter_rows(named=True):
        found.setdefault(row["customer_id"], []).append(row)
    return found


def charge_texts(
    rows: list[dict[str, object]], *, demand: Mapping[str, int], language: str
) -> ChargeTexts:
    """Return a customer's charges in words; `demand`: minor units that are asked for by currency.

    `charges_total` and `total_with_charges` name every currency of the demand, at zero too.
    """
    sums = dict.fromkeys(demand, 0)
    for row in rows:
        currency = str(row["currency"])
        sums[currency] = sums.get(currency, 0) + _all(row)
    last = max((_whole(row["until_day"]) for row in rows), default=None)
    with_claim = {code: amount + demand.get(code, 0) for code, amount in sums.items()}
    return ChargeTexts(
        values={
            "charges_total": _joined(sums, language),
            "total_with_charges": _joined(with_claim, language),
            "charges_until": "" if last is None else day_text(day_date(last), language),
        },
        lines=tuple(_line(row, language) for row in rows),
        totals=tuple(
            {
                "currency": code,
                "accrued": money_text(sums[code], code, language),
                "with_claim": money_text(with_claim[code], code, language),
            }
            for code in sorted(sums)
            if sums[code]
        ),
    )


def _line(row: Mapping[str, object], language: str) -> Mapping[str, str]:
    code = str(row["currency"])
    return {
        "kind": KINDS[language][str(row["kind"])],
        "number": str(row["number"]),
        "currency": code,
        "interest": money_text(_whole(row["interest_minor"]), code, language),
        "fees": money_text(_whole(row["fees_minor"]), code, language),
        "accrued": money_text(_all(row), code, language),
    }


def _all(row: Mapping[str, object]) -> int:
    return _whole(row["interest_minor"]) + _whole(row["fees_minor"])


def _joined(sums: Mapping[str, int], language: str) -> str:
    return "; ".join(money_text(sums[code], code, language) for code in sorted(sums))


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"expected a whole number, found {value!r}")
    return value


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    rows: pl.DataFrame = frame.collect(backend="polars").to_native()
    return rows
