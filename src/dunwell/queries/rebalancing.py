"""Rebalancing proposals: what brings the book of the day within its appetite, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.rebalancing import LeverTerms, Rebalanced, rebalanced
from dunwell.models import Company
from dunwell.queries.credit_portfolio import Portfolio, PortfolioRow, portfolio


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebalancing:
    """The proposals with the customers they are about, by id."""

    book: Portfolio
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

    `without` names levers that are not to be used.
    """
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
    return Rebalancing(
        book=book,
        terms=terms,
        found=rebalanced(book.engine_rows, book.policy.appetite, terms=terms),
        named={row.customer_id: row for row in book.rows},
    )
