"""The exposure of every customer of a company in columns: `exposures` of all, read at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.exposure import CoverPart, Exposure, ExposureRate, Part, exposure, order_parts
from dunwell.engine.exposure_frames import AMOUNTS, exposed, held
from dunwell.models import Company
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.exposures import (
    OPEN,
    ORDERS,
    REDUCES,
    UNAPPLIED_OF_ALL,
    Scope,
    covers_in_force,
)
from dunwell.queries.frames import read_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept_frame

KEYS: Mapping[str, type[pl.DataType]] = {"customer_id": pl.Int64, "currency": pl.String}
PARTS: Mapping[str, type[pl.DataType]] = {**KEYS, **dict.fromkeys(AMOUNTS, pl.Int64)}
ROWS: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(("customer_id", "exposure_minor", "covered_minor"), pl.Int64)
}


@dataclass(frozen=True, slots=True, eq=False)
class ExposedFrame:
    """What customers owe on credit, in home minor units.

    `rows` has `customer_id`, `exposure_minor` (none: a rate is missing) and `covered_minor` of
    each customer with something open, ordered, paid or covered; the exposure of the others is 0.
    """

    rows: pl.DataFrame
    parts: pl.DataFrame
    rates: Mapping[str, ExposureRate]
    home: str

    def held(self) -> pl.DataFrame:
        """Return each known exposure by currency: `customer_id`, `currency`, `amount_minor`."""
        found = held(
            nw.from_native(self.parts, eager_only=True),
            self.rates,
            nw.from_native(self.rows, eager_only=True),
            home=self.home,
        )
        rows: pl.DataFrame = found.to_native()
        return rows


def exposed_frame(company: Company, *, as_of: date) -> ExposedFrame:
    """Return the exposure of every customer of a company; four queries, and one for rates.

    Covers are taken off customer by customer, by the rule of `engine.exposure`. Of a large book it
    is kept.
    """
    return kept_frame(
        company,
        ("exposed", as_of),
        lambda: _exposed(company, as_of=as_of),
        is_worth=lambda found: len(found.rows) >= MANY_CUSTOMERS,
    )


def _exposed(company: Company, *, as_of: date) -> ExposedFrame:
    only = Scope(company, None)
    parts = _parts(only)
    covers = covers_in_force(only, effect=REDUCES, as_of=as_of)
    codes = {*parts["currency"].unique(), *(c.currency for some in covers.values() for c in some)}
    rates = rates_on(company, codes, as_of=as_of)
    plain = parts.filter(~pl.col("customer_id").is_in(list(covers)))
    found: pl.DataFrame = exposed(
        nw.from_native(plain, eager_only=True), rates, home=company.currency
    ).to_native()
    rows = found.with_columns(covered_minor=pl.lit(0, dtype=pl.Int64)).select(*ROWS)
    told = [
        (key, one.exposure_minor, one.covered_minor)
        for key, one in _covered(company, parts, covers, rates).items()
    ]
    if told:
        rows = rows.vstack(pl.DataFrame(told, schema=ROWS, orient="row"))
    return ExposedFrame(rows, parts, rates, company.currency)


def _covered(
    company: Company,
    parts: pl.DataFrame,
    covers: Mapping[int, list[CoverPart]],
    rates: Mapping[str, ExposureRate],
) -> dict[int, Exposure]:
    """Return the exposure of the customers with covers."""
    lines: dict[int, list[Part]] = {key: [] for key in covers}
    for key, *values in parts.filter(pl.col("customer_id").is_in(list(covers))).iter_rows():
        lines[key].append(Part(*values))
    return {
        key: exposure(some, covers[key], rates, home=company.currency)
        for key, some in lines.items()
    }


def _parts(only: Scope) -> pl.DataFrame:
    """Return the sums of each customer and currency in columns PARTS; three queries."""
    key, whose = only.company.pk, "company_id = %s"
    open_rows = read_rows(OPEN.format(whose=whose), [key], {**KEYS, "open_minor": pl.Int64})
    spare = read_rows(
        UNAPPLIED_OF_ALL.format(whose=whose), [key, key], {**KEYS, "unapplied_minor": pl.Int64}
    )
    ordered = pl.DataFrame(
        [
            (customer, currency, *_order(status, *amounts))
            for customer, currency, status, *amounts in only.rows(ORDERS)
        ],
        schema={
            **KEYS,
            **dict.fromkeys(("unbilled_minor", "orders_minor", "prepaid_minor"), pl.Int64),
        },
        orient="row",
    )
    if spare.is_empty() and ordered.is_empty():
        return _whole(open_rows)
    every = pl.concat([_whole(one) for one in (open_rows, spare, ordered)])
    return every.group_by(*KEYS).agg(pl.col(*AMOUNTS).sum())


def _order(
    status: str, amount: int, prepaid: int, delivered: int, billed: int
) -> tuple[int, int, int]:
    return order_parts(
        status=status,
        amount_minor=amount,
        prepaid_minor=prepaid,
        delivered_minor=delivered,
        billed_minor=billed,
    )


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in columns PARTS, 0 where they have none."""
    missing = [pl.lit(0, dtype=pl.Int64).alias(name) for name in AMOUNTS if name not in rows]
    return rows.with_columns(missing).select(*PARTS)
