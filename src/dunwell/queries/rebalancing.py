"""Rebalancing proposals: what brings the book of the day within its appetite, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.rebalancing import LeverTerms, Rebalanced, rebalanced
from dunwell.models import Company
from dunwell.queries.credit_portfolio import PortfolioRow, portfolio, shown_rows
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebalancing:
    """The proposals with the customers they are about, by id; amounts in `currency`."""

    currency: str
    terms: LeverTerms
    found: Rebalanced
    named: Mapping[int, PortfolioRow]


def rebalancing(
    company: Company,
    *,
    as_of: date,
    premium_ppm: int | None = None,
    fee_ppm: int | None = None,
    without: tuple[str, ...] = (),
) -> Rebalancing:
    """Return what brings the book within its appetite; margin and carry are the credit policy's.

    `without` names levers that are not to be used. Of a large book it is kept.
    """
    wanted = (premium_ppm, fee_ppm, tuple(without))
    found, _customers = kept(
        company,
        ("rebalancing", as_of, wanted),
        lambda: _rebalancing(company, *wanted, as_of=as_of),
        is_worth=lambda told: told[1] >= MANY_CUSTOMERS,
    )
    return found


def _rebalancing(
    company: Company,
    premium_ppm: int | None,
    fee_ppm: int | None,
    without: tuple[str, ...],
    *,
    as_of: date,
) -> tuple[Rebalancing, int]:
    """Return the proposals and how many customers the book has."""
    book = portfolio(company, as_of=as_of, is_whole=True)
    worth, standard = book.policy.limits.worth, LeverTerms()
    terms = LeverTerms(
        margin_ppm=worth.margin_ppm,
        carry_ppm=worth.carry_ppm,
        sales_per_day_ppm=worth.growth_per_day_ppm or standard.sales_per_day_ppm,
        premium_ppm=standard.premium_ppm if premium_ppm is None else premium_ppm,
        fee_ppm=standard.fee_ppm if fee_ppm is None else fee_ppm,
        most={name: ppm for name, ppm in standard.most.items() if name not in without},
    )
    found = rebalanced(book.book, book.policy.appetite, terms=terms)
    about = {step.customer_id for step in found.steps}
    about |= {one.customer_id for one in found.raises}
    rows = book.book.rows.filter(nw.col("customer_id").is_in(sorted(about)))
    told = Rebalancing(
        currency=book.currency,
        terms=terms,
        found=found,
        named={row.customer_id: row for row in shown_rows(book, rows)},
    )
    return told, len(book.book.rows)
