"""Late interest on a customer's items up to a day, as the company's charges policy has it."""

from datetime import date

import polars as pl

from dunwell.models import Company, Customer
from dunwell.queries.charges_due import charges_due


def interest_until(company: Company, customer: Customer, *, until_on: date) -> dict[int, int]:
    """Return the interest by item up to a day, in minor units; nothing where none is charged."""
    due = charges_due(company, as_of=until_on, customer_id=customer.pk)
    if due is None:
        return {}
    sums = (
        due.rows.filter(pl.col("kind") == "interest")
        .group_by("item_id")
        .agg(interest_minor=pl.col("amount_minor").sum())
    )
    return dict(sums.select("item_id", "interest_minor").iter_rows())
