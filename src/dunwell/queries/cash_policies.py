"""The cash policy in force."""

from datetime import date

from dunwell.engine.cash_policy import STANDARD_CASH, CashPolicy
from dunwell.models import Company


def cash_policy_in_force(company: Company, *, as_of: date) -> CashPolicy:
    """Return what the company decided about cash as of a day; the standard where it did not."""
    return STANDARD_CASH
