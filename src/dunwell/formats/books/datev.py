"""DATEV exports: posting batches (EXTF and DTVF, Buchungsstapel) and lists of open items.

A posting batch has a header line of its own, then the names of its columns: amounts without sign
beside S or H, days as ddmm without a year, personal accounts of customers one digit longer than
those of the general ledger and beginning with 1 to 6. Source: DATEV-Format, Buchungsstapel 700.
"""

import csv
import io
import re
from dataclasses import replace

import polars as pl

from dunwell.formats.books.controls import of_file, placed
from dunwell.formats.books.exact import exact_amounts, exact_texts
from dunwell.formats.books.lines import LINE, receivable_tables
from dunwell.formats.encoding import decode
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table

MARK = re.compile(rb'^(?:\xef\xbb\xbf)?"?(EXTF|DTVF)"?;')
BATCH, OPEN_ITEMS = "21", "51"
USUAL_DIGITS = 4
_COLUMNS = {
    "amount": "umsatz (ohne soll/haben-kz)",
    "side": "soll/haben-kennzeichen",
    "currency": "wkz umsatz",
    "account": "konto",
    "contra": "gegenkonto (ohne bu-schlüssel)",
    "day": "belegdatum",
    "document": "belegfeld 1",
    "due": "belegfeld 2",
    "text": "buchungstext",
    "due_on": "fälligkeit",
    "reversal": "generalumkehr (gu)",
}
_MONEY = r"^(1[0-2]|1[6-8])\d{2}"
"""Cash and bank in SKR03 (1000 to 1299) and SKR04 (1600 to 1899)."""


def looks_like_datev(head: bytes) -> bool:
    """Return whether a file begins with the header line of a DATEV batch."""
    return bool(MARK.match(head))


def read_datev(data: bytes, *, name: str) -> list[Table]:
    """Return the tables of a posting batch: what its lines do to personal accounts of customers.

    Belegfeld 1 is the number of the document: what carries the same number of one customer
    belongs together. Raises TableError for another category and for a file without such lines.
    """
    decoded = decode(data, name=name)
    text = io.StringIO(decoded.data.decode(), newline="")
    try:
        rows = list(csv.reader(text, delimiter=";"))
    except csv.Error as error:
        raise TableError(
            f"{name}: cannot be read as DATEV text ({error}). Export again."
        ) from error
    head = [cell.strip() for cell in rows[0]]
    category = _at(head, 2)
    if category != BATCH or len(rows) < 3:  # noqa: PLR2004 -- header, names, one line
        raise TableError(
            f"{name}: is the DATEV export {_at(head, 3) or category}; posting batches "
            "(Buchungsstapel) and lists of open items are read. Export one of those."
        )
    log = FindingLog()
    frame = _frame(rows)
    year_from, year_to = (_day8(head, 14), _day8(head, 15))
    digits = int(told) if (told := _at(head, 13)).isdigit() else USUAL_DIGITS
    currency = _at(head, 21).upper() or "EUR"
    lines = _lines(frame, digits=digits, currency=currency, since=year_from, until=year_to)
    detected: dict[str, str | int] = {
        "format": "DATEV posting batch",
        "version": _at(head, 1),
        "encoding": decoded.encoding,
        "lines": frame.height,
    }
    _report(frame, lines, name=name, log=log)
    tables = receivable_tables(lines, name=name, detected=detected, log=log)
    if not tables:
        raise TableError(
            f"{name}: no line of the batch stands on a personal account of a customer. Check "
            "which accounts were exported."
        )
    return [replace(tables[0], findings=log.frame()), *tables[1:]]


def _frame(rows: list[list[str]]) -> pl.DataFrame:
    """Return the lines under our names, with their row in the file and their amount."""
    names = [" ".join(cell.split()).casefold() for cell in rows[1]]
    at = {field: names.index(column) for field, column in _COLUMNS.items() if column in names}
    body = [(number, row) for number, row in enumerate(rows[2:], 3) if any(map(str.strip, row))]
    data = {
        field: [
            row[place].strip() or None if (place := at.get(field, len(row))) < len(row) else None
            for _, row in body
        ]
        for field in _COLUMNS
    }
    frame = pl.DataFrame(data, schema=dict.fromkeys(_COLUMNS, pl.String))
    plain = pl.col("amount").str.replace_all(".", "", literal=True)
    return frame.with_columns(
        pl.Series("row", [number for number, _ in body], dtype=pl.Int64),
        exact_amounts(plain, comma=True).alias("exact"),
    )


def _at(head: list[str], place: int) -> str:
    """Return a field of the header line by its place in the format, "" where it ends before."""
    return head[place] if len(head) > place else ""


def _day8(head: list[str], place: int) -> str:
    text = _at(head, place)
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else ""


def _lines(
    frame: pl.DataFrame, *, digits: int, currency: str, since: str, until: str
) -> pl.DataFrame:
    """Return the receivable side of each posting; debit (S) is said of the column Konto."""
    is_credit = pl.col("side").str.to_uppercase() == "H"
    turned = pl.col("reversal").is_in(["1", "G"]).fill_null(value=False)
    sign = pl.when(is_credit).then(-1).otherwise(1) * pl.when(turned).then(-1).otherwise(1)
    frame = frame.with_columns(
        (pl.col("exact") * sign).alias("signed"), _day(since, until).alias("on")
    )
    personal = rf"^[1-6]\d{{{digits}}}$"
    money = pl.col("other").str.contains(_MONEY) & (pl.col("other").str.len_bytes() <= digits)
    sides = [
        frame.with_columns(
            pl.col(own).alias("customer"), pl.col(other).alias("other"), (pl.col("signed") * turn)
        ).filter(pl.col("customer").str.contains(personal))
        for own, other, turn in (("account", "contra", 1), ("contra", "account", -1))
    ]
    owed = pl.concat(sides).filter(pl.col("signed").is_not_null()).sort("row")
    due = pl.coalesce(
        _written(pl.col("due_on"), r"^(\d{2})(\d{2})(\d{4})$"),
        _written(pl.col("due"), r"^(\d{2})(\d{2})(\d{2})$"),
    )
    return owed.select(
        "row",
        # of the posting's own content: its row is another one in the next export
        pl.concat_str(
            pl.coalesce("on", pl.lit("-")),
            pl.coalesce("document", pl.lit("-")),
            exact_texts(pl.col("signed").abs()),
            separator="/",
        ).alias("entry"),
        "customer",
        pl.lit(None, dtype=pl.String).alias("customer_name"),
        "document",
        "text",
        pl.col("document").alias("group"),
        pl.lit(None, dtype=pl.String).alias("group_day"),
        pl.col("on").alias("day"),
        pl.lit(None, dtype=pl.String).alias("issued"),
        due.alias("due"),
        pl.coalesce("currency", pl.lit(currency)).alias("currency"),
        pl.col("signed").alias("amount"),
        money.fill_null(value=False).alias("is_money"),
        pl.lit(value=False).alias("is_opening"),
    ).select(pl.col(one).cast(dtype) for one, dtype in LINE.items())


def _day(since: str, until: str) -> pl.Expr:
    """Return ddmm as a day of the batch's own years: the year in which it lies in the batch."""
    parts = pl.col("day").str.zfill(4).str.extract_groups(r"^(\d{2})(\d{2})$")
    tail = pl.format("-{}-{}", parts.struct.field("2"), parts.struct.field("1"))
    first, last = pl.lit(since[:4]) + tail, pl.lit(until[:4]) + tail
    return pl.when(first >= since).then(first).otherwise(last)


def _written(text: pl.Expr, pattern: str) -> pl.Expr:
    parts = text.str.extract_groups(pattern)
    year = parts.struct.field("3")
    full = pl.when(year.str.len_bytes() == 2).then(pl.lit("20") + year).otherwise(year)  # noqa: PLR2004
    return pl.format("{}-{}-{}", full, parts.struct.field("2"), parts.struct.field("1"))


def _report(frame: pl.DataFrame, lines: pl.DataFrame, *, name: str, log: FindingLog) -> None:
    bad = frame.filter(pl.col("exact").is_null())
    log.rows(
        placed(bad, name),
        code="batch_amount_unreadable",
        column="Umsatz",
        value=pl.col("amount").fill_null(""),
        action="refused",
        severity="error",
        reason="is not an amount with a decimal comma, so the posting is left out",
    )
    left = frame.height - bad.height - lines.get_column("row").n_unique()
    if left:
        log.rows(
            of_file(name),
            code="no_receivable",
            value=str(left),
            action="kept",
            severity="info",
            reason="so many postings stand on no personal account of a customer and are no "
            "receivables",
        )
