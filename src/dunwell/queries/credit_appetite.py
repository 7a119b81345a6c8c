"""The company's risk appetite against its book: gauges, and what is left for a customer."""

from dataclasses import dataclass, replace
from datetime import date

from dunwell.engine.appetite_measures import WATCH, BookRow, Sums
from dunwell.engine.credit_appetite import Gauge, breaches, gauges, headroom, without
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.stress import book_row
from dunwell.models import Company
from dunwell.queries.book_rows import book_customers, book_rows
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_ratings import ratings
from dunwell.queries.exposures import exposures


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteLeft:
    """What the appetite leaves one customer: `others` measures the book without it."""

    others: tuple[Sums, ...]
    row: BookRow

    def most(self, limit_minor: int) -> int:
        """Return how much of a limit for the customer fits, what it owes now included."""
        now = self.row.exposure_minor or 0
        more = max(0, limit_minor - now)
        return limit_minor - more + headroom(self.others, self.row, more_minor=more)

    def breached(self, limit_minor: int) -> tuple[Gauge, ...]:
        """Return the limits of the appetite that a limit used in full would pass."""
        more = max(0, limit_minor - (self.row.exposure_minor or 0))
        return breaches(self.others, self.row, more_minor=more) if more else ()


def credit_book(company: Company, policy: CreditPolicy, *, as_of: date) -> tuple[BookRow, ...]:
    """Return every customer with its exposure, class, places and loss rates.

    Whoever has no rating counts as the class of the unscored. 16 queries at most.
    """
    rows = book_rows(
        company,
        policy,
        customers=book_customers(company),
        exposed=exposures(company, as_of=as_of),
        rated=ratings(company, as_of=as_of, with_reasons=False),
        limits={},
        as_of=as_of,
    )
    return tuple(book_row(row) for row in rows)


def appetite_gauges(company: Company, *, as_of: date) -> tuple[Gauge, ...]:
    """Return every limit of the appetite with how much of it is used."""
    policy = credit_policy_in_force(company, as_of=as_of).policy
    if not policy.appetite:
        return ()
    return gauges(policy.appetite, credit_book(company, policy, as_of=as_of))


def appetite_left(
    company: Company, policy: CreditPolicy, *, row: BookRow, as_of: date
) -> AppetiteLeft | None:
    """Return what is left for a customer of a class, None where nothing is stopped or referred.

    `row` says who it is and the class it would be in; its exposure is read here.
    """
    acting = [limit for limit in policy.appetite if limit.then != WATCH]
    if not acting:
        return None
    book = credit_book(company, policy, as_of=as_of)
    now = next((one for one in book if one.customer_id == row.customer_id), None)
    own = replace(
        now or replace(row, exposure_minor=0),
        risk_class=row.risk_class,
        country=row.country,
        pd_ppm=row.pd_ppm,
        lgd_ppm=row.lgd_ppm,
    )
    return AppetiteLeft(others=without(acting, book, customer_id=row.customer_id), row=own)
