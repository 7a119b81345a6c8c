"""Customers of a ledger: rows of customer tables merged with those the items and payments name."""

from collections.abc import Mapping, Sequence

import polars as pl

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.countries import country_code
from dunwell.formats.customer_places import with_places
from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import refuse, refuse_repeats
from dunwell.formats.roles import CUSTOMER_DETAILS
from dunwell.formats.values import mapped

TEXTS = ("customer_number", "customer_alias", *CUSTOMER_DETAILS)


def customer_rows(frame: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    """Return the rows of one typed customers table; repeated ones are refused."""
    absent = [
        pl.lit(None, dtype=pl.String).alias(name) for name in TEXTS if name not in frame.columns
    ]
    if "credit_limit" not in frame.columns:
        absent += [
            pl.lit(None, dtype=pl.Int64).alias("credit_limit"),
            pl.lit(None, dtype=pl.String).alias("credit_limit:text"),
            pl.lit(None, dtype=pl.String).alias("credit_limit:problem"),
        ]
    frame = frame.with_columns(*absent, pl.lit(value=False).alias("is_refused"))
    frame = refuse(
        frame,
        pl.col("customer_number").is_null(),
        log=log,
        code="missing_customer",
        value=pl.col("customer_name"),
        reason="has no customer number. Fill it in and import again",
    )
    problem = pl.col("credit_limit:problem")
    log.rows(
        frame.filter(problem.is_not_null() & (problem != "missing_amount")),
        code="unreadable_limit",
        value=pl.col("credit_limit:text"),
        action="changed",
        severity="warning",
        reason="is not an amount, so the customer is kept without a credit limit",
    )
    frame = refuse_repeats(
        frame,
        key=["customer_number"],
        content=[*CUSTOMER_DETAILS, "credit_limit", "currency"],
        log=log,
        noun="customer number",
    )
    return frame.select(
        "file",
        "part",
        "row",
        *TEXTS,
        "currency",
        "currency:known",
        pl.col("credit_limit").alias("credit_limit_minor"),
        "is_refused",
    )


def aliases(tables: Sequence[pl.DataFrame]) -> dict[str, str]:
    """Return other names of customers -> customer number, where they are unambiguous."""
    if not tables:
        return {}
    rows = pl.concat(tables).filter(~pl.col("is_refused"))
    numbers = set(rows.get_column("customer_number"))
    found: dict[str, str] = {}
    for name in ("customer_alias", "customer_name"):
        known = rows.filter(pl.col(name).is_not_null()).unique(name, keep="none")
        for alias, number in known.select(name, "customer_number").iter_rows():
            if alias not in numbers:
                found.setdefault(alias, number)
    return found


def with_numbers(frame: pl.DataFrame, known: Mapping[str, str]) -> pl.DataFrame:
    """Return rows with the customer's number where they use another of its names."""
    if not known or "customer_number" not in frame.columns:
        return frame
    number = pl.col("customer_number").replace(known)
    if "customer_name" in frame.columns:
        by_name = pl.col("customer_name").replace_strict(
            known, default=None, return_dtype=pl.String
        )
        number = pl.coalesce(number, by_name)
    return frame.with_columns(number.alias("customer_number"))


def merged(
    tables: Sequence[pl.DataFrame], named: pl.DataFrame, *, currency: str, log: FindingLog
) -> pl.DataFrame:
    """Return one row per customer number: tables first, then what items and payments name.

    `named` carries the details that item and payment rows repeat. `currency` stands in where a
    customer has none.
    """
    columns = [
        "customer_number",
        "customer_alias",
        *CUSTOMER_DETAILS,
        "currency",
        "currency:known",
        "credit_limit_minor",
        "file",
        "part",
        "row",
    ]
    parts = [table.filter(~pl.col("is_refused")).select(columns) for table in tables]
    parts.append(_seen(named, columns))
    rows = pl.concat(parts).with_columns(
        pl.when(pl.col("currency:known")).then(pl.col("currency")).alias("currency"),
        pl.when(pl.col("parent") != "0").then(pl.col("parent")).alias("parent"),
    )
    _report_differences(rows, log=log)
    merged_rows = rows.group_by("customer_number", maintain_order=True).agg(
        *(
            pl.col(name).drop_nulls().first()
            for name in ("customer_alias", *CUSTOMER_DETAILS, "currency", "credit_limit_minor")
        ),
        *(pl.col(name).first() for name in ("file", "part", "row")),
    )
    merged_rows = with_places(_countries(merged_rows, log=log), log=log)
    contact = pl.concat_str(
        pl.col("contact_first_name").str.strip_chars(),
        pl.col("contact_last_name").str.strip_chars(),
        separator=" ",
        ignore_nulls=True,
    )
    return merged_rows.select(
        "customer_number",
        pl.col("customer_alias").alias("alias"),
        pl.coalesce("customer_name", "customer_number").alias("name"),
        "country",
        pl.col("currency").fill_null(currency or UNKNOWN_CURRENCY),
        "email",
        "phone",
        pl.col("language").str.to_lowercase().str.slice(0, 2).alias("language"),
        "segment",
        "terms",
        "credit_limit_minor",
        pl.col("parent").alias("parent_number"),
        pl.when(contact != "").then(contact).alias("contact"),
        "street",
        "street2",
        "postcode",
        "city",
        "region",
        "region_code",
        "party",
        "zones",
        "vat_number",
        "sector",
        "iban",
        "file",
        "part",
        "row",
    )


def _seen(named: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    absent = {
        "credit_limit_minor": pl.Int64,
        "currency:known": pl.Boolean,
        "row": pl.Int64,
    }
    frame = named.filter(pl.col("customer_number").is_not_null()).with_columns(
        pl.lit(None, dtype=absent.get(name, pl.String)).alias(name)
        for name in columns
        if name not in named.columns
    )
    details = [name for name in columns if name in named.columns]
    return frame.unique(
        details[: len(details)]
        if "row" not in details
        else [n for n in details if n not in {"file", "part", "row"}],
        keep="first",
        maintain_order=True,
    ).select(columns)


def _report_differences(rows: pl.DataFrame, *, log: FindingLog) -> None:
    for name, noun in (
        ("customer_name", "names"),
        ("credit_limit_minor", "credit limits"),
        ("terms", "terms"),
    ):
        known = rows.filter(pl.col(name).is_not_null())
        several = (
            known.group_by("customer_number", maintain_order=True)
            .agg(
                pl.col(name).n_unique().alias(":count"),
                pl.col(name).first().alias(":first"),
                pl.col("file").first(),
                pl.col("part").first(),
                pl.col("row").first(),
            )
            .filter(pl.col(":count") > 1)
        )
        log.rows(
            several,
            code=f"several_{noun.replace(' ', '_')}",
            value=pl.col("customer_number"),
            action="kept",
            severity="info" if name != "credit_limit_minor" else "warning",
            reason=pl.format(
                "has {} different " + noun + "; the first one is kept: {}",
                ":count",
                pl.col(":first").cast(pl.String),
            ),
        )


def _countries(rows: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    code = mapped(rows.get_column("country"), country_code)
    rows = rows.with_columns(code.alias(":code"))
    unknown = rows.filter(pl.col(":code") == "").unique(
        "country", keep="first", maintain_order=True
    )
    log.rows(
        unknown,
        code="unknown_country",
        value=pl.col("country"),
        action="changed",
        severity="info",
        reason="is not a country this reader knows; customers with it are kept without a country",
    )
    return rows.with_columns(pl.col(":code").fill_null("").alias("country")).drop(":code")
