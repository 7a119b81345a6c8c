"""Items of the whole set: duplicates refused, due days settled.

Due before issue happens in real ledgers (billed late for a date agreed before): the date stays as
stated, with a finding, so that every ageing of the file agrees with the file.
"""

import polars as pl

from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import refuse_repeats
from dunwell.formats.terms import due_days

CONTENT = [
    "customer_number",
    "customer_name",
    "kind",
    "currency",
    "amount_minor",
    "open_minor",
    "applied_minor",
    "issued_day",
    "due",
    "settled",
    "posted",
    "terms",
    "reference",
    "status",
    "is_disputed",
    "company_code",
]


def finished_items(frame: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    """Return all items of the set after duplicates are refused and due days are settled."""
    frame = refuse_repeats(frame, key=["number"], content=CONTENT, log=log, noun="number")
    return _due(frame, log=log)


def _due(frame: pl.DataFrame, *, log: FindingLog) -> pl.DataFrame:
    by_terms = due_days(frame.get_column("terms"), frame.get_column("issued_day"))
    by_customer = due_days(frame.get_column("customer_terms"), frame.get_column("issued_day"))
    frame = frame.with_columns(
        by_terms.alias(":terms_due"),
        pl.coalesce(by_terms, by_customer).alias(":by_terms"),
    )
    alive = ~pl.col("is_refused")
    missing = alive & pl.col("due").is_null()
    said = (
        pl.when(pl.col(":terms_due").is_not_null())
        .then(pl.col("terms"))
        .otherwise(pl.col("customer_terms"))
    )
    log.rows(
        frame.filter(missing & pl.col(":by_terms").is_not_null()),
        code="due_from_terms",
        value=said,
        action="changed",
        severity="info",
        reason=pl.concat_str(
            pl.lit("the due date is missing; it is taken from the terms: "),
            pl.col(":by_terms").cast(pl.Date).cast(pl.String),
        ),
    )
    log.rows(
        frame.filter(missing & pl.col(":by_terms").is_null()),
        code="due_missing",
        value=pl.col("terms"),
        action="changed",
        severity="warning",
        reason="the due date is missing and no terms are understood; the issue date is taken",
    )
    early = alive & (pl.col("due") < pl.col("issued_day"))
    log.rows(
        frame.filter(early),
        code="due_before_issue",
        value=pl.col("due:text"),
        action="kept",
        severity="warning",
        reason="is due before it was issued; both dates are kept as stated, check which is wrong",
    )
    due = pl.coalesce("due", ":by_terms", "issued_day")
    return frame.with_columns(due.cast(pl.Int32).alias("due_day")).drop(":by_terms", ":terms_due")
