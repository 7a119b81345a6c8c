"""Customers and their main contact of an import: new ones added, known ones filled where empty."""

from dataclasses import dataclass

import polars as pl
from django.db import connection

from dunwell.actions.bulk import insert_rows, is_postgresql, staged, with_sealed
from dunwell.actions.merging.batch import Merge, text
from dunwell.engine.sectors import read_sector
from dunwell.formats.findings import finding
from dunwell.models import Contact, Customer
from dunwell.queries.frames import opened_column

LONGEST_NUMBER = 80
TEXTS = {
    "name": 200,
    "segment": 40,
    "country": 2,
    "language": 5,
    "currency": 3,
    "terms": 80,
    "vat_id": 40,
    "address": 300,
    "party": 8,
    "region": 12,
    "sector": 2,
}
"""Texts a customer takes from a file and how long each may be."""
KNOWN = {"customer_id": pl.Int64, "number": pl.String, **dict.fromkeys(TEXTS, pl.String)}
CONTACT = {"email": 254, "phone": 40}
_FILL = """
UPDATE dunwell_customer SET {changes}, credit_limit_minor = s.credit_limit_minor
FROM {staged} s WHERE dunwell_customer.id = s.customer_id
"""
_ZONES = """
UPDATE dunwell_customer SET zones = {zones}
FROM {staged} s WHERE dunwell_customer.id = s.customer_id
AND CAST(dunwell_customer.zones AS text) = '[]'
"""
_PARENTS = """
UPDATE dunwell_customer SET parent_id = s.parent_id
FROM {staged} s WHERE dunwell_customer.id = s.customer_id
"""
_CONTACTS = """
UPDATE dunwell_contact SET email = s.email, phone = s.phone, phone_mark = s.phone_mark
FROM {staged} s WHERE dunwell_contact.id = s.contact_id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedCustomers:
    """The keys of all customers of the files (customer_number, customer_id), and the counts."""

    keys: pl.DataFrame
    added: int
    filled: int


def merge_customers(merge: Merge, customers: pl.DataFrame) -> MergedCustomers:
    """Add new customers and fill what was empty; never overwrite what is known."""
    told = _incoming(merge, customers)
    closed = _closed_records(merge)
    incoming = told.join(closed, on="number", how="anti", maintain_order="left")
    known = _known(merge)
    joined = incoming.join(known, on="number", how="left", suffix=":known", maintain_order="left")
    new = joined.filter(pl.col("customer_id").is_null())
    merge.insert(
        "customer",
        with_sealed(new, Customer, "vat_id").select(
            *("number", *TEXTS, "vat_id_mark", "credit_limit_minor"),
            pl.lit(value=False).alias("is_opted_out"),
        ),
        is_ledger=False,
    )
    filled = _fill(joined.filter(pl.col("customer_id").is_not_null()))
    own = merge.known("id, number", {"customer_id": pl.Int64, "number": pl.String}, of="customer")
    keys = pl.concat([own.join(closed, on="number", how="anti"), closed.select(own.columns)])
    here = incoming.join(keys, on="number", how="inner", maintain_order="left")
    _link_parents(here, keys, new)
    _fill_zones(here)
    _merge_contacts(merge, here)
    led = told.join(closed, on="number", how="inner", maintain_order="left")
    return MergedCustomers(
        keys=pl.concat(
            [here.select("number", "customer_id"), led.select("number", "customer_id")]
        ).select(pl.col("number").alias("customer_number"), "customer_id"),
        added=new.height,
        filled=filled,
    )


def _closed_records(merge: Merge) -> pl.DataFrame:
    """Return the numbers of merged records with the customer each leads to."""
    return pl.DataFrame(
        [(number, way[-1].after_id) for number, way in merge.ways.items()],
        schema={"number": pl.String, "customer_id": pl.Int64},
        orient="row",
    )


def _incoming(merge: Merge, customers: pl.DataFrame) -> pl.DataFrame:
    too_long = pl.col("customer_number").str.len_chars() > LONGEST_NUMBER
    for place in (
        customers.filter(too_long).select("file", "part", "row", "customer_number").rows()
    ):
        merge.log.add(
            finding(
                place[0] or "",
                part=place[1] or "",
                row=place[2],
                value=place[3],
                code="number_too_long",
                action="refused",
                severity="error",
                reason=f"a customer number has at most {LONGEST_NUMBER} characters",
            )
        )
    parts = [pl.col(name) for name in ("street", "street2", "postcode", "city", "region")]
    return (
        customers.filter(~too_long)
        .rename({"customer_number": "number", "vat_number": "vat_id"})
        .with_columns(
            pl.col("name").fill_null(pl.col("number")),
            pl.col("segment").fill_null("standard"),
            pl.concat_str(parts, separator=", ", ignore_nulls=True).alias("address"),
        )
        .with_columns(pl.col("region_code").alias("region"), _sector())
        .with_columns(*[text(name, longest) for name, longest in (TEXTS | CONTACT).items()])
        .select("number", *TEXTS, *CONTACT, "zones", "credit_limit_minor", "parent_number")
    )


def _sector() -> pl.Expr:
    """Return the sector by its code; what is no code is not known rather than refused."""
    return pl.col("sector").map_batches(_codes, return_dtype=pl.String)


def _codes(told: pl.Series) -> pl.Series:
    known: dict[str | None, str] = {None: ""}
    for one in told.unique().drop_nulls():
        try:
            known[one] = read_sector(one)
        except ValueError:
            known[one] = ""
    return pl.Series(told.name, [known[one] for one in told], dtype=pl.String)


def _known(merge: Merge) -> pl.DataFrame:
    columns = f"id, number, {', '.join(TEXTS)}, credit_limit_minor"
    rows = merge.known(columns, {**KNOWN, "credit_limit_minor": pl.Int64}, of="customer")
    return opened_column(rows, Customer, "vat_id")


def _fill(joined: pl.DataFrame) -> int:
    """Fill empty fields of known customers; a name that is only the number counts as empty."""
    is_empty = {name: pl.col(f"{name}:known") == "" for name in TEXTS}
    is_empty["name"] |= pl.col("name:known") == pl.col("number")
    is_empty["segment"] |= pl.col("segment:known") == "standard"
    merged = joined.select(
        "customer_id",
        *[
            pl.when(empty).then(pl.col(name)).otherwise(pl.col(f"{name}:known")).alias(name)
            for name, empty in is_empty.items()
        ],
        pl.coalesce("credit_limit_minor:known", "credit_limit_minor").alias("credit_limit_minor"),
        *[pl.col(f"{name}:known") for name in (*TEXTS, "credit_limit_minor")],
    )
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}:known")) for name in (*TEXTS, "credit_limit_minor")
    )
    changed = merged.filter(differs).select("customer_id", *TEXTS, "credit_limit_minor")
    changes = ", ".join(f"{name} = s.{name}" for name in (*TEXTS, "vat_id_mark"))
    rows = with_sealed(changed, Customer, "vat_id")
    return _update(_FILL.replace("{changes}", changes), rows)


def _link_parents(here: pl.DataFrame, keys: pl.DataFrame, new: pl.DataFrame) -> None:
    parents = keys.select(
        pl.col("number").alias("parent_number"), pl.col("customer_id").alias("parent_id")
    )
    linked = (
        here.join(new.select("number"), on="number", how="semi")
        .join(parents, on="parent_number", how="inner", maintain_order="left")
        .filter(pl.col("parent_id") != pl.col("customer_id"))
    )
    _update(_PARENTS, linked.select("customer_id", "parent_id"))


def _fill_zones(here: pl.DataFrame) -> None:
    """Give the time zones of the file to customers that have none yet."""
    told = here.filter(pl.col("zones") != "").select("customer_id", "zones")
    value = "CAST(s.zones AS jsonb)" if is_postgresql() else "s.zones"
    _update(_ZONES.replace("{zones}", value), told)


def _merge_contacts(merge: Merge, here: pl.DataFrame) -> None:
    """Give customers without a main payables contact the file's, and fill its empty fields."""
    sealed = merge.known(
        "t.id, t.customer_id, t.email, t.phone",
        {"contact_id": pl.Int64, "customer_id": pl.Int64, "email": pl.String, "phone": pl.String},
        of="contact t JOIN dunwell_customer c ON c.id = t.customer_id",
        which="AND t.role = 'payables' AND t.is_primary",
    )
    known = opened_column(sealed, Contact, "phone")
    told = here.filter((pl.col("email") != "") | (pl.col("phone") != ""))
    joined = told.join(known, on="customer_id", how="left", suffix=":known", maintain_order="left")
    new = joined.filter(pl.col("contact_id").is_null()).select(
        "customer_id",
        *CONTACT,
        pl.lit("payables").alias("role"),
        pl.lit("").alias("name"),
        pl.lit("").alias("language"),
        pl.lit(value=True).alias("is_primary"),
        pl.lit(merge.at).cast(pl.Datetime("us", "UTC")).alias("recorded_at"),
    )
    insert_rows(table="dunwell_contact", rows=with_sealed(new, Contact, "phone"))
    filled = [
        pl.when(pl.col(f"{name}:known") == "").then(name).otherwise(f"{name}:known").alias(name)
        for name in CONTACT
    ]
    changed = joined.filter(
        pl.col("contact_id").is_not_null()
        & pl.any_horizontal(
            (pl.col(f"{name}:known") == "") & (pl.col(name) != "") for name in CONTACT
        )
    )
    rows = changed.select("contact_id", *filled)
    _update(_CONTACTS, with_sealed(rows, Contact, "phone"))


def _update(statement: str, rows: pl.DataFrame) -> int:
    if not rows.height:
        return 0
    with staged("import_changes", rows) as table, connection.cursor() as cursor:
        cursor.execute(statement.replace("{staged}", table))
        return int(cursor.rowcount)
