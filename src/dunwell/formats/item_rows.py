"""Rows of an items table to ledger items: signs, kinds, states, issue dates, refusals."""

from dataclasses import dataclass
from functools import partial

import polars as pl

from dunwell.formats.columns import Recognition
from dunwell.formats.findings import FindingLog
from dunwell.formats.refusals import (
    AMOUNT_REASONS,
    DATE_REASONS,
    refuse,
    refuse_problems,
)
from dunwell.formats.values import (
    CREDIT_SIDES,
    OPEN_FLAG_HEADERS,
    flag_of,
    is_open_flag,
    kind_of,
    mapped,
    state_of,
    way_of,
)
from dunwell.formats.words import plain_words

TEXTS = (
    "customer_number",
    "customer_name",
    "item_number",
    "item_key",
    "instalment",
    "kind",
    "side",
    "status",
    "is_disputed",
    "is_paper",
    "terms",
    "reference",
    "company_code",
    "currency",
    "payment_number",
    "country",
    "language",
    "email",
    "phone",
    "segment",
    "parent",
)
AMOUNTS = ("amount", "open_amount", "applied_amount", "debit", "credit")
DATES = ("issued", "due", "settled", "posted")
ELECTRONIC_HEADERS = frozenset(
    {"paperless", "electronic", "electronique", "electronica", "elektronische", "e"}
)
"""Words of headers under which a bare yes means that nothing was printed."""
UNREADABLE = ("unreadable_date", "ambiguous_date", "impossible_date", "implausible_date")


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRows:
    """All rows of items tables, refused ones marked, and those that are payments in truth."""

    items: pl.DataFrame
    payments: pl.DataFrame


def with_columns_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with every field an items table may have; absent ones are empty."""
    absent = [
        pl.lit(None, dtype=pl.String).alias(name) for name in TEXTS if name not in frame.columns
    ]
    for names, dtype in ((AMOUNTS, pl.Int64), (DATES, pl.Int32)):
        for name in names:
            if name not in frame.columns:
                absent += [
                    pl.lit(None, dtype=dtype).alias(name),
                    pl.lit(None, dtype=pl.String).alias(f"{name}:text"),
                    pl.lit(None, dtype=pl.String).alias(f"{name}:problem"),
                ]
    return frame.with_columns(*absent, pl.lit(value=False).alias("is_refused"))


def item_rows(frame: pl.DataFrame, found: Recognition, *, log: FindingLog) -> ItemRows:
    """Return the rows of one typed items table as items, with every finding logged.

    `amount_minor` is signed; `open_minor` and `applied_minor` are what the row says (empty when it
    does not). Payments listed among the items come back separately.
    """
    columns = found.fields
    frame = with_columns_of(frame)
    frame = _stated_amounts(frame, columns, log=log)
    frame = _kinds(frame, columns, log=log)
    is_payment = (pl.col("kind") == "payment").fill_null(value=False)
    payments = frame.filter(is_payment)
    frame = _signs(frame.filter(~is_payment), columns, log=log)
    frame = _refuse_unusable(frame, columns, log=log)
    frame = _states(frame, columns, log=log)
    frame = _papers(frame, columns, log=log)
    frame = _issued(frame, columns, log=log)
    frame = _numbers(frame, columns, log=log)
    return ItemRows(items=frame, payments=payments)


def _stated_amounts(
    frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog
) -> pl.DataFrame:
    """Settle which column is the amount: amount, debit less credit, or the open amount alone."""
    if "amount" in columns:
        frame = frame.with_columns(pl.col("open_amount").alias("open_minor"))
    elif {"debit", "credit"} & set(columns):
        debit, credit = pl.col("debit"), pl.col("credit")
        frame = frame.with_columns(
            pl.when(debit.is_not_null() | credit.is_not_null())
            .then(debit.fill_null(0) - credit.fill_null(0))
            .alias("amount"),
            pl.coalesce("debit:text", "credit:text").alias("amount:text"),
            pl.when(debit.is_null() & credit.is_null())
            .then(
                pl.coalesce(
                    *(
                        pl.when(pl.col(f"{name}:problem") != "missing_amount").then(
                            pl.col(f"{name}:problem")
                        )
                        for name in ("debit", "credit")
                    ),
                    pl.lit("missing_amount"),
                )
            )
            .alias("amount:problem"),
            pl.col("open_amount").alias("open_minor"),
        )
    else:
        frame = frame.with_columns(
            pl.col("open_amount").alias("amount"),
            pl.col("open_amount:text").alias("amount:text"),
            pl.col("open_amount:problem").alias("amount:problem"),
            pl.lit(None, dtype=pl.Int64).alias("open_minor"),
        )
        log.rows(
            frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="open_amount_only",
            column=columns.get("open_amount", ""),
            action="kept",
            severity="info",
            reason="there is no column of original amounts; the open amount is taken for it",
        )
    return frame.with_columns(
        pl.col("amount").alias("amount_minor"), pl.col("applied_amount").alias("applied_minor")
    )


def _kinds(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    read = mapped(frame.get_column("kind"), kind_of)
    frame = frame.with_columns(pl.col("kind").alias("kind:text"), read.alias("kind"))
    unknown = frame.filter(pl.col("kind") == "").unique(
        "kind:text", keep="first", maintain_order=True
    )
    log.rows(
        unknown,
        code="unknown_kind",
        column=columns.get("kind", ""),
        value=pl.col("kind:text"),
        reason="is not a known kind of document; such rows are read as invoices, or as credit "
        "notes when the amount is negative",
        action="kept",
        severity="info",
    )
    side = mapped(frame.get_column("side"), plain_words)
    is_credit = side.is_in(list(CREDIT_SIDES)).fill_null(value=False)
    flip = pl.when(is_credit).then(-1).otherwise(1)
    return frame.with_columns(
        pl.when(pl.col("kind") != "").then(pl.col("kind")).alias("kind"),
        (pl.col("amount_minor") * flip).alias("amount_minor"),
        (pl.col("open_minor") * flip).alias("open_minor"),
    )


def _signs(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    """Give credit notes a negative amount and rows with a negative amount the kind credit note."""
    amount, kind = pl.col("amount_minor"), pl.col("kind")
    positive_credit = (kind == "credit_note") & (amount > 0)
    flipped = frame.filter(positive_credit)
    if flipped.height:
        log.rows(
            flipped.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="credit_sign",
            column=columns.get("amount", ""),
            action="changed",
            severity="info",
            reason=f"{flipped.height} credit notes have no minus; they lower the balance",
        )
    negative = (amount < 0) & (kind.is_null() | (kind != "credit_note"))
    log.rows(
        frame.filter(negative),
        code="negative_invoice",
        column=columns.get("amount", ""),
        value=pl.col("amount:text"),
        action="changed",
        severity="info",
        reason="has a negative amount, so it is kept as a credit note",
    )
    flip = pl.when(positive_credit).then(-1).otherwise(1)
    open_flip = pl.when((kind == "credit_note") & (pl.col("open_minor") > 0)).then(-1).otherwise(1)
    paid_flip = (
        pl.when(((kind == "credit_note") | negative) & (pl.col("applied_minor") > 0))
        .then(-1)
        .otherwise(1)
    )
    return frame.with_columns(
        (amount * flip).alias("amount_minor"),
        (pl.col("open_minor") * open_flip).alias("open_minor"),
        (pl.col("applied_minor") * paid_flip).alias("applied_minor"),
        pl.when(negative)
        .then(pl.lit("credit_note"))
        .otherwise(kind.fill_null("invoice"))
        .alias("kind"),
    )


def _refuse_unusable(
    frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog
) -> pl.DataFrame:
    amount = next(
        (columns[n] for n in ("amount", "debit", "credit", "open_amount") if n in columns), ""
    )
    frame = refuse_problems(frame, "amount", reasons=AMOUNT_REASONS, column=amount, log=log)
    frame = refuse(
        frame,
        pl.col("amount_minor") == 0,
        log=log,
        code="zero_amount",
        column=amount,
        value=pl.col("amount:text"),
        severity="info",
        reason="is zero, so there is nothing to collect",
    )
    readable = tuple(code for code in AMOUNT_REASONS if code != "missing_amount")
    for name in ("open_amount", "applied_amount"):
        if name in columns and "amount" in columns:
            frame = refuse_problems(
                frame, name, reasons=AMOUNT_REASONS, column=columns[name], log=log, only=readable
            )
    for name in DATES:
        if name in columns and name != "posted":
            frame = refuse_problems(
                frame, name, reasons=DATE_REASONS, column=columns[name], log=log, only=UNREADABLE
            )
    return refuse(
        frame,
        pl.col("customer_number").is_null(),
        log=log,
        code="missing_customer",
        column=columns.get("customer_number", ""),
        value=pl.col("customer_name"),
        reason="has no customer number, so nobody can be asked to pay. Fill it in, import again",
    )


def _disputed_flag(text: str) -> str:
    """Return yes or no for a cell of a disputed column; text but no or zero is a dispute."""
    return flag_of(text) or ("no" if not text.strip("0., ") else "yes")


def _states(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    header = plain_words(columns.get("status", ""))
    read = is_open_flag if header in OPEN_FLAG_HEADERS else state_of
    state = mapped(frame.get_column("status"), read)
    flag = mapped(frame.get_column("is_disputed"), _disputed_flag)
    frame = frame.with_columns(
        pl.col("status").alias("status:text"),
        state.alias("status"),
        (
            (flag == "yes").fill_null(value=False) | (state == "disputed").fill_null(value=False)
        ).alias("is_disputed"),
    )
    unknown = frame.filter(pl.col("status") == "").unique(
        "status:text", keep="first", maintain_order=True
    )
    log.rows(
        unknown,
        code="unknown_status",
        column=columns.get("status", ""),
        value=pl.col("status:text"),
        reason="is not a known state; such rows are judged by their amounts and dates alone",
        action="kept",
        severity="info",
    )
    for state_name, reason in (
        ("cancelled", "is cancelled, so it is not owed"),
        ("draft", "is a draft, so it is not owed yet"),
    ):
        frame = refuse(
            frame,
            pl.col("status") == state_name,
            log=log,
            code=state_name,
            reason=reason,
            column=columns.get("status", ""),
            value=pl.col("status:text"),
            severity="warning",
        )
    return frame


def _papers(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    """Settle whether each document went out on paper; empty where the file does not say."""
    header = plain_words(columns.get("is_paper", ""))
    yes = "electronic" if set(header.split()) & ELECTRONIC_HEADERS else "paper"
    way = mapped(frame.get_column("is_paper"), partial(way_of, yes=yes))
    unknown = frame.filter(way == "").unique("is_paper", keep="first", maintain_order=True)
    log.rows(
        unknown,
        code="unknown_way",
        column=columns.get("is_paper", ""),
        value=pl.col("is_paper"),
        reason="says neither paper nor electronic; how such rows were sent counts as not known",
        action="kept",
        severity="info",
    )
    said = {"paper": True, "electronic": False}
    is_paper = way.replace_strict(said, default=None, return_dtype=pl.Boolean)
    return frame.with_columns(is_paper.alias("is_paper"))


def _issued(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    frame = frame.with_columns(pl.coalesce("issued", "posted", "due").alias("issued_day"))
    alive = ~pl.col("is_refused")
    if "issued" in columns or "posted" in columns:
        log.rows(
            frame.filter(alive & pl.col("issued").is_null() & pl.col("issued_day").is_not_null()),
            code="issued_missing",
            column=columns.get("issued", ""),
            action="changed",
            severity="warning",
            reason="the issue date is missing; the posting date, else the due date, is taken",
        )
    else:
        log.rows(
            frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="no_issue_column",
            action="changed",
            severity="warning",
            reason="there is no column of issue dates; the due date is taken as the issue date",
        )
    return refuse(
        frame,
        alive & pl.col("issued_day").is_null(),
        log=log,
        code="missing_date",
        column=columns.get("issued", columns.get("due", "")),
        reason=DATE_REASONS["missing_date"],
    )


def _numbers(frame: pl.DataFrame, columns: dict[str, str], *, log: FindingLog) -> pl.DataFrame:
    """Give each row its number: with the instalment where it repeats, made of content if none."""
    made = pl.concat_str(
        pl.lit("no-number/"),
        pl.col("customer_number"),
        pl.lit("/"),
        pl.col("issued_day").cast(pl.Date).cast(pl.String),
        pl.lit("/"),
        pl.col("amount_minor").cast(pl.String),
    )
    stated = pl.coalesce("item_number", "item_key")
    frame = frame.with_columns(stated.alias("stated_number"))
    repeats = pl.col("stated_number").is_duplicated() & pl.col("instalment").is_not_null()
    number = (
        pl.when(repeats)
        .then(pl.concat_str(pl.col("stated_number"), pl.lit("/"), pl.col("instalment")))
        .otherwise(pl.col("stated_number"))
    )
    frame = frame.with_columns(pl.coalesce(number, made).alias("number"))
    log.rows(
        frame.filter(~pl.col("is_refused") & pl.col("stated_number").is_null()),
        code="missing_number",
        column=columns.get("item_number", ""),
        value=pl.col("number"),
        reason="has no number; one was made of customer, date and amount",
        action="changed",
        severity="warning",
    )
    return frame
