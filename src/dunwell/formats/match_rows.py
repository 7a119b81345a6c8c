"""The plain layout for matching on files: payments, items, remittance lines, who pays for whom.

CSV, XLSX or Parquet with these headers (any order; columns named optional may be absent):

* payments: payment_id, value_on, amount, currency, payer, reference, text; optional account,
  end_to_end_id. A negative amount is money out.
* items: item_id, customer_id, customer, issued_on, due_on, amount, open, currency, terms; optional
  number (else item_id), reference (the customer's order numbers, structured references), status
  (disputed, on_hold, legal_hold). Credit notes are negative; settled items have open 0.
* remittances: remittance_id, payment_id, item_ref, amount, memo. An empty amount says nothing.
* aliases: payer, customer_id. accounts: account, customer_id.
* relations: payer, payer_customer_id, customer_id, kind, amount (kind: parent, factor, agent, or
  netting with the amount we owe).

Dates are written 2026-11-22, amounts 1234.56 without thousands marks: nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.money import LARGEST_MINOR, MINOR_DIGITS
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table
from dunwell.formats.refusals import refuse
from dunwell.formats.table import read_table

AMOUNT = r"^[+-]?\d{1,15}(\.\d{1,4})?$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
KINDS = ("parent", "factor", "agent", "netting")


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Columns of one file: needed, optional, and which of them are dates, amounts or keys."""

    noun: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    blank_amounts: tuple[str, ...] = ()


PAYMENTS = Layout(
    noun="payment",
    needed=("payment_id", "value_on", "amount", "currency", "payer", "reference", "text"),
    optional=("account", "end_to_end_id"),
    keys=("payment_id",),
    filled=("payment_id",),
    dates=("value_on",),
    amounts=("amount",),
)
ITEMS = Layout(
    noun="item",
    needed=(
        *("item_id", "customer_id", "customer", "issued_on", "due_on"),
        *("amount", "open", "currency", "terms"),
    ),
    optional=("number", "reference", "status"),
    keys=("item_id",),
    filled=("item_id", "customer_id"),
    dates=("issued_on", "due_on"),
    amounts=("amount", "open"),
)
REMITTANCES = Layout(
    noun="remittance line",
    needed=("remittance_id", "payment_id", "item_ref", "amount", "memo"),
    keys=("remittance_id",),
    filled=("remittance_id", "payment_id"),
    amounts=("amount",),
    blank_amounts=("amount",),
)
ALIASES = Layout(noun="alias", needed=("payer", "customer_id"), filled=("payer", "customer_id"))
ACCOUNTS = Layout(
    noun="account", needed=("account", "customer_id"), filled=("account", "customer_id")
)
RELATIONS = Layout(
    noun="relation",
    needed=("payer", "payer_customer_id", "customer_id", "kind", "amount"),
    filled=("customer_id", "kind"),
    amounts=("amount",),
    blank_amounts=("amount",),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchRows:
    """Rows ready for `engine.matching.match`, and a finding per row that was refused.

    `findings`: file, row, column, value, code and reason (see `findings.SCHEMA`).
    """

    frame: nw.LazyFrame
    findings: pl.DataFrame
    rows_read: int


def read_payments(source: Path | bytes, *, name: str = "") -> MatchRows:
    """Return payments: payment_id, value_day, amount_minor, currency and texts.

    Raises TableError (file, what, what to do) when the file is no table or lacks a column.
    """
    return _read(source, PAYMENTS, name=name)


def read_items(source: Path | bytes, *, name: str = "") -> MatchRows:
    """Return items: keys, texts, issued_day, due_day, amount_minor, open_minor; errors as above.

    An empty due date is the issue date.
    An item whose open amount is beyond its amount or of the other sign is refused.
    """
    return _read(source, ITEMS, name=name)


def read_remittances(source: Path | bytes, *, payments: nw.LazyFrame, name: str = "") -> MatchRows:
    """Return remittance lines, amounts in the currency of their payment; errors as above.

    `payments`: the frame of `read_payments`. A line of a payment that is not there is refused.
    """
    known = pl.DataFrame(payments.select("payment_id", "currency").collect().to_native())
    return _read(source, REMITTANCES, name=name, currencies=known)


def read_aliases(source: Path | bytes, *, name: str = "") -> MatchRows:
    """Return learned payer names: payer, customer_id; errors as above."""
    return _read(source, ALIASES, name=name)


def read_accounts(source: Path | bytes, *, name: str = "") -> MatchRows:
    """Return known accounts: account, customer_id; errors as above."""
    return _read(source, ACCOUNTS, name=name)


def read_relations(source: Path | bytes, *, currency: str, name: str = "") -> MatchRows:
    """Return who pays for whom; netting amounts are in `currency`; errors as above."""
    return _read(source, RELATIONS, name=name, currency=currency)


def _read(
    source: Path | bytes,
    layout: Layout,
    *,
    name: str,
    currencies: pl.DataFrame | None = None,
    currency: str = "",
) -> MatchRows:
    table = read_table(source, name=name)
    log = FindingLog([table.findings])
    frame = _laid_out(table, layout)
    rows_read = frame.height + table.refused_rows
    for column in layout.filled:
        frame = refuse(
            frame,
            pl.col(column).is_null(),
            log=log,
            code="missing",
            reason=f"the {column} is missing. Fill it in",
            column=column,
        )
    frame = _unique(frame, layout, log=log)
    frame = _with_currency(frame, layout, log=log, currencies=currencies, currency=currency)
    if layout is ITEMS:
        frame = frame.with_columns(pl.col("due_on").fill_null(pl.col("issued_on")))
    for column in layout.dates:
        frame = _dated(frame, column, log=log)
    for column in layout.amounts:
        may_be_blank = column in layout.blank_amounts
        frame = _counted(frame, column, log=log, may_be_blank=may_be_blank)
    frame = _checked(frame, layout, log=log)
    kept = frame.filter(~pl.col("is_refused")).select(_columns(layout))
    return MatchRows(frame=nw.from_native(kept.lazy()), findings=log.frame(), rows_read=rows_read)


def _laid_out(table: Table, layout: Layout) -> pl.DataFrame:
    """Return the layout's columns as text, with file, part and row; absent optional ones empty."""
    found = {column.strip().lower(): column for column in table.cells.columns}
    missing = [column for column in layout.needed if column not in found]
    if missing:
        raise TableError(
            f"{table.label}: column {missing[0]} is missing. The columns of {layout.noun} files "
            f"are {', '.join(layout.needed)}."
        )
    wanted = [*layout.needed, *layout.optional]
    texts = [
        pl.col(found[column]).alias(column)
        if column in found
        else pl.lit(None, dtype=pl.String).alias(column)
        for column in wanted
    ]
    return table.cells.select(
        pl.lit(table.name).alias("file"),
        pl.lit(table.part).alias("part"),
        table.rows.alias("row"),
        pl.lit(value=False).alias("is_refused"),
        *texts,
    )


def _unique(frame: pl.DataFrame, layout: Layout, *, log: FindingLog) -> pl.DataFrame:
    """Refuse rows whose key came before; the first row stays."""
    for key in layout.keys:
        frame = refuse(
            frame,
            ~pl.col("is_refused") & ~pl.col(key).is_first_distinct(),
            log=log,
            code="repeated_key",
            reason=f"repeats a {key} of an earlier row, which is kept. Give each its own",
            column=key,
            value=pl.col(key),
        )
    return frame


def _with_currency(
    frame: pl.DataFrame,
    layout: Layout,
    *,
    log: FindingLog,
    currencies: pl.DataFrame | None,
    currency: str,
) -> pl.DataFrame:
    """Return the frame with the currency its amounts are counted in; unknown ones are refused."""
    if currencies is not None:
        frame = frame.join(currencies, on="payment_id", how="left", maintain_order="left")
        return refuse(
            frame,
            pl.col("currency").is_null(),
            log=log,
            code="unknown_payment",
            reason="names a payment that is not in the payments file. Correct the payment_id",
            column="payment_id",
            value=pl.col("payment_id"),
        )
    if "currency" not in layout.needed:
        return frame.with_columns(pl.lit(currency).alias("currency"))
    frame = frame.with_columns(pl.col("currency").str.to_uppercase())
    return refuse(
        frame,
        ~pl.col("currency").is_in(sorted(ISO_CODES)).fill_null(value=False),
        log=log,
        code="unknown_currency",
        reason="is no ISO 4217 currency code. Write it as EUR, USD ...",
        column="currency",
        value=pl.col("currency"),
    )


def _dated(frame: pl.DataFrame, column: str, *, log: FindingLog) -> pl.DataFrame:
    day = column.removesuffix("_on") + "_day"
    text = pl.col(column)
    read = pl.when(text.str.contains(DAY)).then(text).str.to_date("%Y-%m-%d", strict=False)
    frame = frame.with_columns(read.to_physical().cast(pl.Int32).alias(day))
    return refuse(
        frame,
        pl.col(day).is_null(),
        log=log,
        code="unreadable_date",
        reason="is not a date. Write it as 2026-11-22",
        column=column,
        value=text,
    )


def _counted(
    frame: pl.DataFrame, column: str, *, log: FindingLog, may_be_blank: bool
) -> pl.DataFrame:
    """Return the frame with an amount in minor units; finer or unreadable amounts are refused."""
    minor = f"{column}_minor"
    text = pl.col(column)
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1)
    plain = text.str.strip_chars_start("+-")
    whole = plain.str.replace(r"\..*$", "")
    part = plain.str.replace(r"^[^.]*\.?", "").str.strip_chars_end("0")
    digits = pl.col("currency").replace_strict(
        dict(MINOR_DIGITS), default=2, return_dtype=pl.UInt32
    )
    is_number = text.str.contains(AMOUNT).fill_null(value=False)
    too_fine = is_number & (part.str.len_chars() > digits)
    padded = pl.concat_str([whole, part, pl.lit("0000")])
    scaled = padded.str.slice(0, whole.str.len_chars() + digits).cast(pl.Int64, strict=False)
    frame = frame.with_columns(
        pl.when(is_number & ~too_fine).then(scaled * sign).alias(minor),
        too_fine.alias(":fine"),
    )
    value: pl.Expr = text
    frame = refuse(
        frame,
        pl.col(":fine"),
        log=log,
        code="too_many_decimals",
        reason="has more decimals than its currency allows; amounts are never rounded",
        column=column,
        value=value,
    )
    unread = ~is_number & ~(text.is_null() if may_be_blank else pl.lit(value=False))
    frame = refuse(
        frame,
        unread,
        log=log,
        code="unreadable_amount",
        reason="is not an amount. Write it as 1234.56, without marks for thousands",
        column=column,
        value=value,
    )
    return refuse(
        frame,
        pl.col(minor).abs() > LARGEST_MINOR,
        log=log,
        code="too_large_amount",
        reason="is larger than a ledger can hold",
        column=column,
        value=value,
    ).drop(":fine")


def _checked(frame: pl.DataFrame, layout: Layout, *, log: FindingLog) -> pl.DataFrame:
    """Refuse what is readable but cannot be: an open amount beyond its item, an unknown kind."""
    if layout is ITEMS:
        amount, left = pl.col("amount_minor"), pl.col("open_minor")
        frame = refuse(
            frame,
            ~pl.col("is_refused") & ((amount * left.sign() < 0) | (left.abs() > amount.abs())),
            log=log,
            code="open_beyond_amount",
            reason="is beyond the amount of the item, or of the other sign. Correct one of them",
            column="open",
            value=pl.col("open"),
        )
    if layout is RELATIONS:
        frame = refuse(
            frame,
            ~pl.col("kind").is_in(KINDS),
            log=log,
            code="unknown_kind",
            reason=f"is no kind of relation. Write one of {', '.join(KINDS)}",
            column="kind",
            value=pl.col("kind"),
        )
    return frame


def _columns(layout: Layout) -> Sequence[pl.Expr]:
    """Return the columns as `engine.matching` reads them."""
    names: Mapping[str, str] = {
        **{one: one.removesuffix("_on") + "_day" for one in layout.dates},
        **{one: f"{one}_minor" for one in layout.amounts},
    }
    wanted = (*layout.needed, *layout.optional)
    nullable = {"payer_customer_id"}
    return [
        pl.col(names[one])
        if one in names
        else pl.col(one)
        if one in nullable
        else pl.col(one).fill_null("")
        for one in wanted
    ]
