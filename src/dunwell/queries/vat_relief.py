"""VAT of bad debts: what may be claimed back from when to when, was claimed, has to go back."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.vat_relief import (
    BAD_DEBTS,
    LOST,
    VatRule,
    read_vat_rules,
    vat_relief,
    vat_rule,
    vat_within,
)
from dunwell.formats.policies import read_policy
from dunwell.models import Company
from dunwell.queries.frames import day, read_rows
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.recoveries import written_off_frame

WAITING, DUE, MISSED, CLAIMED, REPAY = "waiting", "due", "missed", "claimed", "repay"
STATES = (DUE, WAITING, REPAY, CLAIMED, MISSED)
"""May be claimed now, not yet, claimed and now to be repaid, claimed, too late."""

_RELIEF_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "rate_ppm": pl.Int64,
    "base_minor": pl.Int64,
    "vat_minor": pl.Int64,
    "claimed_day": pl.Int32,
    "reference": pl.String,
    "repaid_minor": pl.Int64,
    "paid_minor": pl.Int64,
}
_INSOLVENT_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "number": pl.String,
    "customer_id": pl.Int64,
    "customer_name": pl.String,
    "currency": pl.String,
    "due_day": pl.Int32,
    "issued_day": pl.Int32,
    "insolvent_day": pl.Int32,
    "open_minor": pl.Int64,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VatReliefRow:
    """A bad debt and its VAT. `base_minor` is the lost amount with VAT, in the item's currency.

    `until_on` is the last day to claim, empty without one; `to_repay_minor` what has to go back
    as money has come in since the claim.
    """

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    base_minor: int
    rule: str
    from_on: date
    until_on: date | None
    state: str
    rate_ppm: int | None
    vat_minor: int | None
    claimed_on: date | None
    reference: str
    repaid_minor: int
    to_repay_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VatTotal:
    """Bad debts of a state and currency, in minor units; VAT is known once it is claimed."""

    state: str
    currency: str
    debts: int
    base_minor: int
    vat_minor: int
    to_repay_minor: int


@cache
def vat_rules() -> tuple[VatRule, ...]:
    """Return the shipped rules."""
    path = files("dunwell").joinpath("policies", "vat_relief.yaml")
    return read_vat_rules(read_policy(path.read_text(encoding="utf-8")).document)


def company_vat_rule(company: Company) -> VatRule | None:
    """Return the rule of the company's country, None where none is known."""
    return vat_rule(vat_rules(), country=company.country)


def vat_rows_of(
    company: Company, *, as_of: date, item_id: int | None = None
) -> tuple[VatReliefRow, ...]:
    """Return every bad debt with its VAT, the first to end first; three queries."""
    rule = company_vat_rule(company)
    if rule is None:
        return ()
    debts = _debts(company, rule)
    if item_id is not None:
        debts = debts.filter(pl.col("item_id") == item_id)
    frame = nw.from_native(debts.select(*BAD_DEBTS).lazy())
    native: pl.LazyFrame = nw.to_native(vat_relief(frame, rule))
    found = debts.join(native.collect(), on="item_id").join(
        _claimed(company), on="item_id", how="left"
    )
    rows = [_row(row, rule, as_of=as_of) for row in found.iter_rows(named=True)]
    return tuple(sorted(rows, key=_order))


def vat_totals(rows: tuple[VatReliefRow, ...]) -> tuple[VatTotal, ...]:
    """Return the sums by state and currency, in the order of STATES."""
    keys = sorted({(STATES.index(row.state), row.currency) for row in rows})
    totals = []
    for place, currency in keys:
        some = [row for row in rows if row.state == STATES[place] and row.currency == currency]
        totals.append(
            VatTotal(
                state=STATES[place],
                currency=currency,
                debts=len(some),
                base_minor=sum(row.base_minor for row in some),
                vat_minor=sum(row.vat_minor or 0 for row in some),
                to_repay_minor=sum(row.to_repay_minor for row in some),
            )
        )
    return tuple(totals)


def vat_relief_page(
    rows: tuple[VatReliefRow, ...], *, state: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[VatReliefRow]:
    """Return one page of rows of a state, an empty one shows all."""
    limit = page_limit(limit)
    chosen = [row for row in rows if not state or row.state == state]
    if cursor:
        order, key = read_cursor(cursor, (int, int))
        chosen = [row for row in chosen if _order(row) > (order, key)]
    return page_of(chosen, limit=limit, key=_order)


def _order(row: VatReliefRow) -> tuple[int, int]:
    return (day_number(row.until_on) if row.until_on else 3_000_000, row.item_id)


def _debts(company: Company, rule: VatRule) -> pl.DataFrame:
    """Return written-off debts and, where an insolvency is enough, those claimed in one."""
    columns = (
        "item_id", "number", "customer_id", "customer_name", "currency", "due_day",
        "supply_day", "written_off_day", "insolvent_day", "lost_minor",
    )  # fmt: skip
    lost = written_off_frame(company).with_columns(
        supply_day="issued_day",
        lost_minor=pl.col("written_off_minor"),
    )
    if rule.when != LOST:
        return lost.select(columns)
    insolvent = read_rows(
        f"SELECT i.id, i.number, i.customer_id, c.name, i.currency, {day('i.due_on')}, "
        f"{day('i.issued_on')}, {day('MIN(m.opened_on)')}, MIN(l.amount_minor) "
        "FROM dunwell_legalmatter m JOIN dunwell_legalmatteritem l ON l.matter_id = m.id "
        "JOIN dunwell_item i ON i.id = l.item_id JOIN dunwell_customer c ON c.id = i.customer_id "
        "WHERE m.company_id = %s AND m.kind = 'insolvency' "
        "GROUP BY i.id, i.number, i.customer_id, c.name, i.currency, i.due_on, i.issued_on",
        [company.pk],
        _INSOLVENT_TYPES,
    ).with_columns(
        supply_day="issued_day",
        written_off_day=pl.lit(None, pl.Int32),
        lost_minor=pl.col("open_minor"),
    )
    more = insolvent.join(lost, on="item_id", how="anti").select(columns)
    claimed = insolvent.select("item_id", claimed_minor="open_minor")
    # of a debt of an insolvent customer all that was claimed is lost, written off or not
    both = lost.join(claimed, on="item_id", how="left").with_columns(
        lost_minor=pl.max_horizontal("lost_minor", "claimed_minor")
    )
    return pl.concat([both.select(columns), more])


def _claimed(company: Company) -> pl.DataFrame:
    """Return the claims made, with the money put on each item since."""
    return read_rows(
        f"SELECT v.item_id, v.rate_ppm, v.base_minor, v.vat_minor, {day('v.claimed_on')}, "
        "v.reference, v.repaid_minor, COALESCE((SELECT SUM(a.amount_minor) "
        "FROM dunwell_allocation a WHERE a.item_id = v.item_id AND a.source = 'payment' "
        "AND a.recorded_at >= v.recorded_at), 0) "
        "FROM dunwell_vatrelief v WHERE v.company_id = %s",
        [company.pk],
        _RELIEF_TYPES,
    )


def _row(row: Mapping[str, object], rule: VatRule, *, as_of: date) -> VatReliefRow:
    def number(name: str) -> int:
        return int(str(row[name]))

    def on(name: str) -> date | None:
        return None if row[name] is None else day_date(number(name))

    from_on, until_on = day_date(number("from_day")), on("until_day")
    is_claimed = row["rate_ppm"] is not None
    vat = number("vat_minor") if is_claimed else None
    repay = 0
    if is_claimed:
        paid = min(number("paid_minor"), number("base_minor"))
        owed = vat_within(max(paid, 0), rate_ppm=number("rate_ppm"))
        repay = max(min(owed, number("vat_minor")) - number("repaid_minor"), 0)
    state = WAITING if as_of < from_on else DUE
    if is_claimed:
        state = REPAY if repay else CLAIMED
    elif until_on is not None and as_of > until_on:
        state = MISSED
    return VatReliefRow(
        item_id=number("item_id"),
        number=str(row["number"]),
        customer_id=number("customer_id"),
        customer_name=str(row["customer_name"]),
        currency=str(row["currency"]),
        base_minor=number("base_minor") if is_claimed else number("lost_minor"),
        rule=rule.id,
        from_on=from_on,
        until_on=until_on,
        state=state,
        rate_ppm=number("rate_ppm") if is_claimed else None,
        vat_minor=vat,
        claimed_on=on("claimed_day"),
        reference=str(row["reference"] or ""),
        repaid_minor=number("repaid_minor") if is_claimed else 0,
        to_repay_minor=repay,
    )
