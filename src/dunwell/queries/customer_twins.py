"""Customers of a company that may be one, from their numbers, accounts, addresses and names."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.customer_twins import FREE_MAIL, Twins, shared_traits, twins
from dunwell.engine.names import normalised_name
from dunwell.models import Company, Customer, CustomerMerge, DistinctCustomers
from dunwell.queries.customer_merges import survivors
from dunwell.queries.frames import read_rows
from dunwell.queries.kept_sums import kept
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

MOST = 1_000
"""So many pairs are listed, the surest ones; whoever works through them sees the next."""

_TRAITS = {"customer_id": pl.Int64, "kind": pl.String, "value": pl.String}
_KNOWN = """
SELECT c.id, 'tax', c.vat_id_mark FROM dunwell_customer c
WHERE c.company_id = %(company)s AND c.vat_id_mark <> ''
UNION ALL
SELECT p.customer_id, 'account', p.account_mark FROM dunwell_payee p
WHERE p.company_id = %(company)s AND p.account_mark <> ''
UNION ALL
SELECT a.customer_id, 'account', a.text FROM dunwell_payeralias a
WHERE a.company_id = %(company)s AND a.kind = 'account'
UNION ALL
SELECT k.customer_id, 'email', LOWER(k.email) FROM dunwell_contact k
JOIN dunwell_customer c ON c.id = k.customer_id
WHERE c.company_id = %(company)s AND k.email <> ''
"""
_NAMES = "SELECT c.id, c.name FROM dunwell_customer c WHERE c.company_id = %(company)s"


@dataclass(frozen=True, kw_only=True, slots=True)
class TwinRow:
    """Two customers that may be one: who, why (kinds of traits), and how sure of 100."""

    first: Customer
    second: Customer
    reasons: tuple[str, ...]
    points: int


def twin_rows(company: Company, *, limit: int = MOST) -> list[TwinRow]:
    """Return the pairs nobody has decided about yet, the surest first.

    Left out are closed records, pairs said not to be the same, and those with a proposal.
    """
    return _rows(_left(company)[:limit])


def twin_page(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[TwinRow]:
    """Return one page of the same pairs, every one in the end; raises CursorError."""
    left = _left(company)
    if cursor:
        last = read_cursor(cursor, (int, int, int))
        left = [one for one in left if _order(one) > last]
    limit = page_limit(limit)
    page = page_of(left[: limit + 1], limit=limit, key=_order)
    return Page(rows=tuple(_rows(page.rows)), next=page.next)


def _order(one: Twins) -> tuple[int, int, int]:
    """Return the place of a pair in the list, the surest first."""
    return (-one.points, one.first_id, one.second_id)


def _left(company: Company) -> list[Twins]:
    """Return the pairs nobody has decided about, in their order."""
    found = kept(company, "customer twins", lambda: _found(company), is_worth=bool)
    settled, closed = _settled(company), survivors(company)
    return [
        one
        for one in found
        if (one.first_id, one.second_id) not in settled
        and one.first_id not in closed
        and one.second_id not in closed
    ]


def _rows(found: Sequence[Twins]) -> list[TwinRow]:
    keys = {key for one in found for key in (one.first_id, one.second_id)}
    customers = Customer.objects.in_bulk(keys)
    return [
        TwinRow(
            first=customers[one.first_id],
            second=customers[one.second_id],
            reasons=one.reasons,
            points=one.points,
        )
        for one in found
    ]


def _settled(company: Company) -> set[tuple[int, int]]:
    """Return the pairs somebody has decided about, the lower key first."""
    said = DistinctCustomers.objects.filter(company=company).values_list("first_id", "second_id")
    asked = CustomerMerge.objects.filter(company=company, status="proposed")
    pairs = {*said, *asked.values_list("merged_id", "survivor_id")}
    return {(min(pair), max(pair)) for pair in pairs}


def _found(company: Company) -> tuple[Twins, ...]:
    asked = {"company": company.pk}
    known = read_rows(_KNOWN, asked, _TRAITS)
    names = read_rows(_NAMES, asked, {"customer_id": pl.Int64, "name": pl.String})
    plain = (
        nw.from_native(names, eager_only=True)
        .with_columns(value=normalised_name(nw.col("name")), kind=nw.lit("name"))
        .filter(nw.col("value") != "")
        .to_native()
    )
    domains = known.filter(pl.col("kind") == "email").with_columns(
        pl.lit("domain").alias("kind"), pl.col("value").str.split("@").list.last()
    )
    traits = pl.concat(
        [
            known,
            domains.filter(~pl.col("value").is_in(list(FREE_MAIL))),
            plain.select(*_TRAITS),
        ]
    )
    shared = shared_traits(nw.from_native(traits.lazy())).collect().to_native()
    by_key = dict(plain.select("customer_id", "value").iter_rows())
    return twins(shared.iter_rows(), by_key)
