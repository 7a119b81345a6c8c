"""French audit files (FEC, article A47 A-1 of the Livre des procédures fiscales) to a ledger.

Eighteen columns, tab or pipe, days as yyyymmdd, decimal commas; Montant and Sens may stand for
Debit and Credit. Lines on 411 and 416 are receivables, the auxiliary account the customer, and
lettering says what settles what.
"""

from dataclasses import replace

import polars as pl

from dunwell.formats.books.controls import note_foreign, note_unbalanced, of_file, placed
from dunwell.formats.books.exact import exact_amounts, exact_text
from dunwell.formats.books.lines import LINE, receivable_tables
from dunwell.formats.books.tables import told_table
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words

NEEDED = frozenset({"journalcode", "ecriturenum", "ecrituredate", "comptenum"})
SIDES = (frozenset({"debit", "credit"}), frozenset({"montant", "sens"}))
RECEIVABLE = r"^(411|416)"
MONEY = r"^5[1348]"
OPENING = r"(?i)^(AN|ANO|ANOU|RAN|A_?NOUV.*)$"
_ALL = (
    *("journalcode", "journallib", "ecriturenum", "ecrituredate", "comptenum", "comptelib"),
    *("compauxnum", "compauxlib", "pieceref", "piecedate", "ecriturelib", "debit", "credit"),
    *("montant", "sens", "ecriturelet", "datelet", "validdate", "montantdevise", "idevise"),
)


def is_fec(table: Table) -> bool:
    """Return whether a table has the columns of a FEC."""
    names = set(map(_plain, table.cells.columns))
    return names >= NEEDED and any(names >= sides for sides in SIDES)


def fec_tables(table: Table) -> list[Table]:
    """Return customers, documents, payments and settlements of a FEC.

    Its balance, and that of every booking, is proved; what differs is a finding. Raises
    TableError where no line stands on a receivable account.
    """
    cells = _cells(table)
    log = FindingLog([table.findings])
    detected = {**table.detected, "format": "FEC audit file"}
    _prove(cells, name=table.name, log=log, detected=detected)
    lines = _lines(cells)
    if not lines.height:
        raise TableError(
            f"{table.name}: no line of the FEC stands on an account 411 or 416. Check that the "
            "accounts of customers were exported."
        )
    _report_foreign(cells, name=table.name, log=log)
    found = receivable_tables(lines, name=table.name, detected=detected, log=log)
    customers = lines.unique("customer", keep="first", maintain_order=True).select(
        "row", pl.col("customer").alias("customer_number"), "customer_name"
    )
    told = told_table(
        customers, name=table.name, part="customers", role="customers", detected=detected
    )
    return [replace(told, findings=log.frame()), *found]


def _plain(column: str) -> str:
    return plain_words(column).replace(" ", "")


def _cells(table: Table) -> pl.DataFrame:
    """Return the cells under the plain names of a FEC, with amount, booking and row."""
    names = {_plain(column): column for column in reversed(table.cells.columns)}
    frame = table.cells.select(
        (pl.col(names[one]) if one in names else pl.lit(None, dtype=pl.String)).alias(one)
        for one in _ALL
    ).with_columns(table.rows.alias("row"))
    if {"debit", "credit"} <= set(names):
        sides = {one: exact_amounts(pl.col(one), comma=True) for one in ("debit", "credit")}
        is_bad = pl.any_horizontal(
            pl.col(one).is_not_null() & sides[one].is_null() for one in sides
        )
        amount = sides["debit"].fill_null(0) - sides["credit"].fill_null(0)
    else:
        told = exact_amounts(pl.col("montant"), comma=True)
        is_debit = pl.col("sens").str.to_uppercase().is_in(["D", "+1", "1"])
        is_bad = told.is_null()
        amount = pl.when(is_debit).then(told).otherwise(-told).fill_null(0)
    return frame.with_columns(
        amount.alias("amount"),
        is_bad.alias("is_bad"),
        pl.concat_str("journalcode", "ecriturenum", separator="-", ignore_nulls=True).alias(
            "entry"
        ),
    )


def _prove(
    cells: pl.DataFrame, *, name: str, log: FindingLog, detected: dict[str, str | int]
) -> None:
    bad = cells.filter("is_bad")
    log.rows(
        placed(bad, name),
        code="fec_amount_unreadable",
        value=pl.coalesce("debit", "credit", "montant", pl.lit("")),
        action="refused",
        severity="error",
        reason="is not an amount with at most four decimals, so the line is left out",
    )
    total = int(cells.get_column("amount").sum())
    if total:
        log.rows(
            of_file(name),
            code="fec_unbalanced",
            value=exact_text(total),
            action="kept",
            severity="error",
            reason="debits less credits of the whole file are not zero, so it is cut off or "
            "changed. Export it again",
        )
    sums = cells.group_by("entry", maintain_order=True).agg(
        pl.col("amount").sum(), pl.col("row").min()
    )
    off = sums.filter(pl.col("amount") != 0)
    note_unbalanced(log, placed(off, name), entry=pl.col("entry"), count=off.height)
    detected["bookings"] = sums.height
    if not total and not off.height:
        detected["balance"] = "debits and credits agree, in every booking"


def _lines(cells: pl.DataFrame) -> pl.DataFrame:
    account = pl.col("comptenum")
    is_opening = (
        pl.col("journalcode").str.contains(OPENING)
        | pl.col("journallib").str.to_lowercase().str.contains("nouveau")
    ).fill_null(value=False)
    marked = cells.with_columns(
        account.str.contains(MONEY).fill_null(value=False).any().over("entry").alias("is_money"),
        is_opening.alias("is_opening"),
    )
    owed = marked.filter(account.str.contains(RECEIVABLE) & ~pl.col("is_bad"))
    return owed.select(
        "row",
        "entry",
        pl.coalesce("compauxnum", "comptenum").alias("customer"),
        pl.coalesce("compauxlib", "comptelib").alias("customer_name"),
        pl.col("pieceref").alias("document"),
        pl.col("ecriturelib").alias("text"),
        pl.col("ecriturelet").alias("group"),
        pl.col("datelet").alias("group_day"),
        pl.col("ecrituredate").alias("day"),
        pl.col("piecedate").alias("issued"),
        pl.lit(None, dtype=pl.String).alias("due"),
        pl.lit("EUR").alias("currency"),
        "amount",
        "is_money",
        "is_opening",
    ).select(pl.col(one).cast(dtype) for one, dtype in LINE.items())


def _report_foreign(cells: pl.DataFrame, *, name: str, log: FindingLog) -> None:
    foreign = cells.filter(
        pl.col("comptenum").str.contains(RECEIVABLE)
        & (pl.col("idevise").str.to_uppercase() != "EUR")
        & pl.col("montantdevise").is_not_null()
    )
    note_foreign(log, name, foreign.height)
