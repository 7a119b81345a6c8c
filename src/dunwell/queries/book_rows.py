"""The book of credit of a company in columns, with everything its measures ask of a customer."""

from collections.abc import Mapping
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db import connection

from dunwell.engine.appetite_measures import CURRENCY_SHARE, GROUP_SHARE, NEW_SHARE
from dunwell.engine.credit_book import CreditBook, credit_book
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.hierarchies import PARENT, Graph
from dunwell.models import Company
from dunwell.queries.credit_policies import CreditPolicyInForce
from dunwell.queries.credit_ratings import rating_frame
from dunwell.queries.exposure_frames import exposed_frame
from dunwell.queries.frames import read_rows
from dunwell.queries.hierarchies import company_links
from dunwell.queries.kept_book import NEW_DAYS
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept_frame
from dunwell.queries.limit_frames import limit_frame

_CUSTOMERS = """
SELECT id, number, name, country, segment, sector, COALESCE(collector_id, 0), credit_limit_minor
FROM dunwell_customer WHERE company_id = %s ORDER BY id
"""
_NEW = """
SELECT c.id FROM dunwell_customer c WHERE c.company_id = %s AND NOT EXISTS (
    SELECT 1 FROM dunwell_item i WHERE i.customer_id = c.id AND i.issued_on < %s)
"""
CUSTOMERS: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    **dict.fromkeys(("customer_number", "customer_name", "country"), pl.String),
    **dict.fromkeys(("segment", "sector"), pl.String),
    **dict.fromkeys(("collector_id", "stated_minor"), pl.Int64),
}

_HELD = {"customer_id": pl.Int64, "currency": pl.String, "amount_minor": pl.Int64}
_GROUPS = {"customer_id": pl.Int64, "group_id": pl.Int64}
_CLASSES = {
    "risk_class": pl.String,
    "class_risk": pl.String,
    "class_pd_ppm": pl.Int64,
    "lgd_ppm": pl.Int64,
}


def group_roots(company: Company, *, as_of: date) -> dict[int, int]:
    """Return the customer each group hangs under, by the id of each that lies below; two queries.

    Who has no parent is left out: it is its own root.
    """
    links = company_links(company, kinds=(PARENT,), since=as_of)
    graph = Graph(links, on=as_of)
    return {link.customer_id: graph.root(link.customer_id) for link in links if link.holds(as_of)}


def new_customers(company: Company, *, as_of: date) -> set[int]:
    """Return the customers none of whose items is NEW_DAYS old; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [company.pk, as_of - timedelta(days=NEW_DAYS)])
        return {key for (key,) in cursor.fetchall()}


def book_in_force(
    company: Company,
    in_force: CreditPolicyInForce,
    *,
    as_of: date,
    is_whole: bool = False,
    with_limits: bool = True,
) -> CreditBook:
    """Return `company_book` by the policy in force on the day; of a large book it is kept."""
    return kept_frame(
        company,
        ("company book", as_of, is_whole, with_limits),
        lambda: company_book(
            company, in_force.policy, as_of=as_of, is_whole=is_whole, with_limits=with_limits
        ),
        is_worth=lambda found: len(found.rows) >= MANY_CUSTOMERS,
    )


def company_book(
    company: Company,
    policy: CreditPolicy,
    *,
    as_of: date,
    is_whole: bool = False,
    with_limits: bool = True,
) -> CreditBook:
    """Return every customer of a company by id; 16 queries at most, whatever their number.

    Groups, currencies and who is new are read where the appetite asks for them, or `is_whole`.
    Besides the columns of a book there are `customer_number`, `customer_name`, `risk`,
    `is_rated`, `until_on` and `is_suspended`. Whoever has no rating counts as the class of the
    unscored.
    """
    measures = {one.measure for one in policy.appetite}
    rows = read_rows(_CUSTOMERS, [company.pk], CUSTOMERS)
    found = exposed_frame(company, as_of=as_of)
    rows = _joined(rows, found.rows).with_columns(
        # who is not among them owes nothing; who is and has none lacks a rate
        exposure_minor=pl.when(pl.col("covered_minor").is_null())
        .then(0)
        .otherwise(pl.col("exposure_minor")),
        covered_minor=pl.col("covered_minor").fill_null(0),
    )
    if with_limits:
        rows = _joined(rows, limit_frame(company, rows, as_of=as_of))
    else:
        rows = rows.with_columns(limit_minor=pl.lit(None, dtype=pl.Int64))
    rows = _rated(rows, company, policy, as_of=as_of)
    roots: dict[int, int] = {}
    fresh: set[int] = set()
    held = pl.DataFrame(schema=_HELD)
    if is_whole or GROUP_SHARE in measures:
        roots = group_roots(company, as_of=as_of)
    if is_whole or CURRENCY_SHARE in measures:
        held = found.held()
    if is_whole or NEW_SHARE in measures:
        fresh = new_customers(company, as_of=as_of)
    groups = pl.DataFrame(list(roots.items()), schema=_GROUPS, orient="row")
    rows = _joined(rows, groups).with_columns(
        group_id=pl.col("group_id").fill_null(0),
        is_new=pl.col("customer_id").is_in(pl.Series(list(fresh), dtype=pl.Int64).implode()),
    )
    return credit_book(
        nw.from_native(rows, eager_only=True), nw.from_native(held, eager_only=True)
    )


def _rated(
    rows: pl.DataFrame, company: Company, policy: CreditPolicy, *, as_of: date
) -> pl.DataFrame:
    """Return rows with class, risk and what is lost: the class's chance where no score has one.

    A class that the policy has no more loses as the unscored do.
    """
    classes, unscored = policy.classes.table, policy.classes.unscored
    table = pl.DataFrame(
        [(one.name, one.risk, one.pd_ppm or 0, one.lgd_ppm) for one in classes],
        schema=_CLASSES,
        orient="row",
    )
    (other,) = (one for one in classes if one.name == unscored)
    rated = _joined(rows, rating_frame(company, as_of=as_of)).with_columns(
        is_rated=pl.col("risk_class").is_not_null(),
        risk_class=pl.col("risk_class").fill_null(unscored),
    )
    return rated.join(table, on="risk_class", how="left", maintain_order="left").with_columns(
        risk=pl.coalesce("risk", "class_risk"),
        pd_ppm=pl.coalesce("pd_ppm", "class_pd_ppm", pl.lit(other.pd_ppm or 0)),
        lgd_ppm=pl.col("lgd_ppm").fill_null(other.lgd_ppm),
    )


def _joined(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return rows in their order, with the columns of the others of the same customers."""
    return rows.join(others, on="customer_id", how="left", maintain_order="left")
