"""Items that an export of everything open no longer lists: they were settled where it comes from.

Only items that came by files are looked for: what a connected ledger brought or was issued here
stands in no such list. One number is one item here, whoever it is of: what might be listed is.
"""

import polars as pl

from dunwell.actions.merging.batch import Merge, lock_rows
from dunwell.actions.merging.implied import without_spare
from dunwell.engine.calendars import day_number
from dunwell.formats.findings import FindingLog
from dunwell.formats.ledger import Ledger
from dunwell.models import Company
from dunwell.queries.frames import day, read_rows

FEW = 20
"""So many items may always go at once where nobody looks at an import before it is made."""
OPEN = {
    "item_id": pl.Int64,
    "item_number": pl.String,
    "kind": pl.String,
    "customer_id": pl.Int64,
    "customer_number": pl.String,
    "currency": pl.String,
    "open_minor": pl.Int64,
    "issued_day": pl.Int32,
}
_OPEN = """
SELECT o.item_id, i.number, i.kind, i.customer_id, c.number, o.currency, o.open_minor, {issued}
FROM dunwell_openitem o JOIN dunwell_item i ON i.id = o.item_id
JOIN dunwell_customer c ON c.id = i.customer_id
JOIN dunwell_importbatch b ON b.id = i.batch_id
WHERE o.company_id = %s AND b.sha256 <> ''
ORDER BY o.item_id
"""
"""A batch of files has a hash, a page of a connected ledger has none."""


def unlisted_items(company: Company, ledger: Ledger) -> pl.DataFrame:
    """Return what is open here of items that came by files and the files do not list.

    Columns of OPEN; nothing where the files do not say that they list all, or list nothing.
    """
    if not ledger.profile.lists_all_open or not ledger.items.height:
        return pl.DataFrame(schema=OPEN)
    rows = read_rows(_OPEN.format(issued=day("i.issued_on")), [company.pk], OPEN)
    listed = ledger.items.select("kind", pl.col("number").alias("item_number"))
    return rows.join(listed, on=["kind", "item_number"], how="anti", maintain_order="left")


def unlisted_findings(company: Company, ledger: Ledger) -> pl.DataFrame:
    """Return a finding for each item that an import of the ledger would settle as not listed."""
    log = FindingLog()
    log.rows(
        unlisted_items(company, ledger).pipe(_placed, ledger),
        code="unlisted",
        value=pl.col("item_number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "is open here and not listed; its {} minor units of {} would count as settled",
            pl.col("open_minor").abs(), "currency",
        ),
    )  # fmt: skip
    return log.frame()


def settled_unlisted(merge: Merge, ledger: Ledger) -> pl.DataFrame:
    """Return the items to settle with what `implied_money` asks for, and `new` and `sign`.

    Empty, with a finding, where rows were refused (what they listed is not known), or where nobody
    looked at the import and more than half of what is open, and more than a few, would go.
    """
    found = unlisted_items(merge.company, ledger)
    if found.height:
        lock_rows("item", found.select("item_id"))
        # nobody settles them any more, but somebody may have until now
        found = unlisted_items(merge.company, ledger)
    if found.height and (why := _doubt(merge, ledger, found.height)):
        merge.log.rows(
            found.pipe(_placed, ledger),
            code="unlisted_kept",
            value=pl.col("item_number"),
            action="kept",
            severity="warning",
            reason=why,
        )
        found = found.clear()
    today = day_number(merge.as_of)
    days = ("value_day", "applied_day", "back_day")
    rows = found.with_columns(
        pl.when(pl.col("open_minor") < 0).then(-1).otherwise(1).alias("sign"),
        pl.col("open_minor").abs().alias("rest"),
        *(pl.lit(today, dtype=pl.Int32).alias(name) for name in days),
    ).pipe(_placed, ledger)
    rows = without_spare(merge, rows).filter(pl.col("rest") > 0)
    merge.log.rows(
        rows,
        code="unlisted_settled",
        value=pl.col("item_number"),
        action="changed",
        severity="warning",
        reason=pl.format(
            "is no longer listed, so the {} minor units of {} that were open count as settled",
            "rest", "currency",
        ),
    )  # fmt: skip
    return rows.with_columns(
        pl.col("rest").alias("new"), (pl.col("rest") * pl.col("sign")).alias("paid_minor")
    )


def _doubt(merge: Merge, ledger: Ledger, unlisted: int) -> str:
    refused = ledger.totals.filter(pl.col("role") == "items").get_column("rows_refused").sum()
    if refused:
        return (
            "is not listed, but rows of the files were refused, so what they list is not known; "
            "it stays open. Correct the rows and import again"
        )
    is_most = unlisted > FEW and unlisted > ledger.items.height
    if merge.batch.user_id is None and is_most:
        return (
            "is not listed, nor is most of what is open, and nobody looked at this import; it "
            "stays open. Import the files by hand if they are whole"
        )
    return ""


def _placed(rows: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Return rows with the file whose list does not name them, for findings."""
    file = ledger.items.get_column("file").first() or ""
    return rows.with_columns(
        pl.lit(file, dtype=pl.String).alias("file"), pl.lit("").alias("part"),
        pl.lit(None, dtype=pl.Int64).alias("row"),
    )  # fmt: skip
