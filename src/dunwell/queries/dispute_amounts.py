"""The amounts of dispute cases as of a day: what is open, and what became of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import QuerySet

from dunwell.engine import dispute_amounts as amounts
from dunwell.engine.schema import table
from dunwell.models import Company, DisputeCase
from dunwell.queries.frames import day, keys_of, read_frame
from dunwell.queries.reminders import native

MOST = 500
"""Cases read by one statement."""

_CLAIMS = """
SELECT d.id, d.case_id, d.item_id, i.currency, i.amount_minor, d.amount_minor,
       {opened}, {closed}, d.split_from_id
FROM dunwell_dispute d JOIN dunwell_item i ON i.id = d.item_id
WHERE d.company_id = %s AND d.case_id IN ({cases})
"""
_SETTLED = """
SELECT d.id, CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END, a.amount_minor,
       {applied},
       a.applied_on > d.opened_on OR (a.applied_on = d.opened_on AND (
           a.recorded_at > d.recorded_at OR (a.recorded_at = d.recorded_at
               AND d.split_from_id IS NULL AND c.source <> 'short_payment'))),
       n.went_on_at IS NULL OR a.recorded_at <= n.went_on_at
FROM dunwell_dispute d
JOIN dunwell_disputecase c ON c.id = d.case_id
JOIN dunwell_allocation a ON a.item_id = d.item_id
LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id
LEFT JOIN (SELECT split_from_id, MIN(recorded_at) AS went_on_at FROM dunwell_dispute
           WHERE company_id = %s AND split_from_id IS NOT NULL GROUP BY split_from_id) n
  ON n.split_from_id = d.id
WHERE d.company_id = %s AND d.case_id IN ({cases})
"""
"""Bookings on disputed items. Those of the day a part was opened on count by their moment; what a
short payment booked itself came before the part it left, and what split a part before the rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAmounts:
    """What became of what a case disputes, in one currency; the first is the sum of the others."""

    case_id: int
    currency: str
    original_minor: int
    open_minor: int
    credited_minor: int
    paid_minor: int
    written_off_minor: int
    cleared_minor: int
    removed_minor: int


def case_amounts(
    company: Company, *, case_ids: Sequence[int], as_of: date
) -> dict[int, tuple[CaseAmounts, ...]]:
    """Return the amounts of cases per currency, in its order; two queries per MOST cases.

    A case without a disputed part on the day has no row.
    """
    found: dict[int, tuple[CaseAmounts, ...]] = {}
    keys = sorted(set(case_ids))
    for start in range(0, len(keys), MOST):
        claims, settled = _frames(company, keys[start : start + MOST])
        found |= amounts_by_case(native(amounts.case_amounts(claims, settled, as_of=as_of)))
    return found


def amounts_by_case(frame: pl.DataFrame) -> dict[int, tuple[CaseAmounts, ...]]:
    """Return rows of `amounts_frame` by case, each per currency in its order."""
    found: dict[int, tuple[CaseAmounts, ...]] = {}
    for row in frame.sort("case_id", "currency").iter_rows(named=True):
        key = int(row["case_id"])
        found[key] = (*found.get(key, ()), CaseAmounts(**row))
    return found


def amounts_frame(company: Company, cases: QuerySet[DisputeCase], *, as_of: date) -> pl.DataFrame:
    """Return the amounts of all cases of a query in columns CASE_AMOUNTS; two queries.

    What many cases come to is added up on this: no object is made for a case.
    """
    claims, settled = _read(company, *keys_of(cases))
    return native(amounts.case_amounts(claims, settled, as_of=as_of))


def claim_amounts(company: Company, *, case_id: int, as_of: date) -> dict[int, CaseAmounts]:
    """Return the amounts of each disputed part of one case, by its key; two queries."""
    claims, settled = _frames(company, [case_id])
    rows = amounts.claim_amounts(claims, settled, as_of=as_of).collect()
    return {
        int(row["dispute_id"]): CaseAmounts(**{name: row[name] for name in amounts.CASE_AMOUNTS})
        for row in rows.sort("dispute_id").iter_rows(named=True)
    }


def _frames(company: Company, keys: Sequence[int]) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    if not keys:
        return table([], amounts.CLAIMS), table([], amounts.SETTLED)
    return _read(company, ", ".join(["%s"] * len(keys)), keys)


def _read(company: Company, cases: str, keys: Sequence[Any]) -> tuple[nw.LazyFrame, nw.LazyFrame]:
    """Return CLAIMS and SETTLED of the cases whose keys a piece of SQL names."""
    parameters = [company.pk, *keys]
    claims = _CLAIMS.format(opened=day("d.opened_on"), closed=day("d.closed_on"), cases=cases)
    settled = _SETTLED.format(applied=day("a.applied_on"), cases=cases)
    return (
        read_frame(claims, parameters, amounts.CLAIMS),
        read_frame(settled, [company.pk, *parameters], amounts.SETTLED),
    )
