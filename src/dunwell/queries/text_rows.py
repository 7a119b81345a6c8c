"""What is read for the texts of a day: whom they go to, and the numbers of items."""

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.schema import Column, Frame
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.reminders import native

MOST_KEYS = 500
"""Keys per IN list, below what every SQLite allows."""

ADDRESSEES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "number": Column(nw.String, "the customer's number, quoted when paying"),
    "name": Column(nw.String, "the customer's name"),
    "agreed_language": Column(nw.String, "agreed language, may be empty"),
    "segment": Column(nw.String, "group of customers it belongs to"),
    "country": Column(nw.String, "where it is, may be empty"),
    "party": Column(nw.String, "kind of party, may be empty"),
    "debt_use": Column(nw.String, "use of the debt, may be empty"),
    "contact_name": Column(nw.String, "whom we write to, may be empty"),
    "contact_language": Column(nw.String, "their language, may be empty"),
    "email": Column(nw.String, "their address, may be empty"),
    "collector": Column(nw.String, "who looks after the customer, may be empty"),
}
NUMBERS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "number": Column(nw.String, "number on the document"),
}


def numbers_of(company: Company, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers of the items of lines, which are of customers whose keys follow.

    Those open now are read in one go; a day gone by also names items settled since.
    """
    items, customers = lines["item_id"], lines["customer_id"].unique().sort()
    if items.is_empty():
        return pl.DataFrame(schema=frames.column_types(NUMBERS))
    first, last = customers.head(1).item(), customers.tail(1).item()
    opened = native(
        frames.read_frame(
            # in this order SQLite looks up the open ones instead of reading all items
            "SELECT i.id, i.number FROM dunwell_openitem o CROSS JOIN dunwell_item i "
            "WHERE i.id = o.item_id AND i.company_id = %s AND o.customer_id BETWEEN %s AND %s",
            [company.pk, first, last],
            NUMBERS,
        )
    )
    settled = items.filter(~items.is_in(opened["item_id"].implode())).to_list()
    parts = [opened]
    for start in range(0, len(settled), MOST_KEYS):
        keys = settled[start : start + MOST_KEYS]
        marks = ", ".join(["%s"] * len(keys))
        query = (
            "SELECT i.id, i.number FROM dunwell_item i "  # noqa: S608
            f"WHERE i.company_id = %s AND i.id IN ({marks})"
        )
        parts.append(native(frames.read_frame(query, [company.pk, *keys], NUMBERS)))
    return pl.concat(parts)


def addressees(company: Company) -> pl.DataFrame:
    """Return whom messages to customers go to, in columns ADDRESSEES."""
    return native(
        frames.read_frame(
            "SELECT c.id, c.number, c.name, c.language, c.segment, c.country, c.party, "
            "c.debt_use, "
            "COALESCE(t.name, ''), "
            "COALESCE(t.language, ''), COALESCE(t.email, ''), "
            "COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.username, '') "
            "FROM dunwell_customer c LEFT JOIN dunwell_contact t "
            "ON t.customer_id = c.id AND t.role = 'payables' AND t.is_primary "
            "LEFT JOIN dunwell_user u ON u.id = c.collector_id WHERE c.company_id = %s",
            [company.pk],
            ADDRESSEES,
        )
    )
