"""Who pays for whom, as matching reads it: learned names and accounts, relations, parents."""

from collections.abc import Mapping

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.names import normalised_name
from dunwell.models import Company
from dunwell.queries.frames import read_rows


def plain_name(text: str) -> str:
    """Return a payer's name as matching compares it."""
    rows = nw.from_native(pl.DataFrame({"name": [text]}), eager_only=True)
    return str(rows.select(normalised_name(nw.col("name"))).item())


def names_of_payers(company: Company) -> pl.DataFrame:
    """Return the names that pay for a customer: payer, customer_id."""
    return _known_as(company, "name", "payer")


def accounts_of_payers(company: Company) -> pl.DataFrame:
    """Return the accounts that pay for a customer: account, customer_id."""
    return _known_as(company, "account", "account")


def _known_as(company: Company, kind: str, column: str) -> pl.DataFrame:
    known = read_rows(
        "SELECT kind, text, customer_id FROM dunwell_payeralias WHERE company_id = %s",
        [company.pk],
        {"kind": pl.String, column: pl.String, "customer_id": pl.Int64},
    )
    return known.filter(pl.col("kind") == kind).drop("kind")


def who_pays_for(company: Company, with_items: pl.Series) -> pl.DataFrame:
    """Return who pays for whom: as entered, and parents for their subsidiaries.

    A payer without items of its own is met by its name, which matching cannot know otherwise.
    """
    types: Mapping[str, type[pl.DataType]] = {
        "payer": pl.String,
        "payer_customer_id": pl.Int64,
        "customer_id": pl.Int64,
        "kind": pl.String,
        "amount_minor": pl.Int64,
        "name": pl.String,
    }
    rows = read_rows(
        "SELECT r.payer, r.payer_customer_id, r.customer_id, r.kind, r.amount_minor, "
        "COALESCE(k.name, '') FROM dunwell_payerrelation r "
        "LEFT JOIN dunwell_customer k ON k.id = r.payer_customer_id "
        "WHERE r.company_id = %s AND r.is_active "
        "UNION SELECT '', k.parent_id, k.id, 'parent', NULL, p.name FROM dunwell_customer k "
        "JOIN dunwell_customer p ON p.id = k.parent_id WHERE k.company_id = %s",
        [company.pk, company.pk],
        types,
    )
    has_items = pl.col("payer_customer_id").is_in(with_items.implode())
    named = pl.when((pl.col("payer") == "") & ~has_items).then("name").otherwise("payer")
    return rows.with_columns(payer=named).drop("name")
