"""The items and payments in which duplicates are looked for, brought to one shape."""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.engine.number_forms import FORMS, number_forms, plain_text
from dunwell.engine.pairing import shared_rows, with_crowds
from dunwell.engine.schema import Column, Frame

CANDIDATES: Frame = {
    "subject": Column(nw.String, "item or payment"),
    "id": Column(nw.Int64, "key of the item or payment"),
    "party": Column(nw.String, "customer key, or name of a payer without one"),
    "customer_id": Column(nw.Int64, "whose row it is, empty for an unknown payer", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "amount"),
    "day": Column(nw.Int32, "issue day or value day"),
    "due_day": Column(nw.Int32, "due day of an item, value day of a payment"),
    "kind": Column(nw.String, "kind of the item, else payment"),
    **{name: Column(nw.String, "form of the number, see number_forms") for name in FORMS},
    "reference": Column(nw.String, "reference in plain form, empty when it says nothing"),
    "use": Column(nw.String, "what became of a payment: applied, part, unapplied; else empty"),
    "is_left": Column(nw.Boolean, "not settled by credit or adjustment"),
    "backs": Column(nw.Int64, "rows of the opposite amount so far"),
    "alikes": Column(nw.Int64, "rows of this amount so far"),
    "back_day": Column(nw.Int32, "day of the next row of the opposite amount, else far ahead"),
    "ref_rows": Column(nw.Int64, "rows of this amount with the same reference"),
    "number_rows": Column(nw.Int64, "payments of this amount with the same number, whoever paid"),
    "bucket_rows": Column(nw.Int64, "rows of the party with this amount"),
    "span": Column(nw.Int32, "number of the span of sixty days"),
    "crowd": Column(nw.Int64, "rows of the party with this amount in the span"),
}
BY = ("subject", "party", "currency", "amount_minor")


def item_rows(ledger: Ledger, texts: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the items whose amount their customer has again, in columns CANDIDATES."""
    seen = known_ledger(ledger, on=as_of)
    day = day_number(as_of)
    given_up = (
        seen.allocations.filter(nw.col("applied_day") <= day, nw.col("source") != "payment")
        .group_by("item_id")
        .agg(given_up=total("amount_minor"))
    )
    amount = nw.col("amount_minor")
    # a credit note put on an invoice has done its work; it can still be one too many
    is_left = (nw.col("given_up").fill_null(0) != amount) | (amount < 0)
    rows = seen.items.filter(nw.col("issued_day") <= day, amount != 0)
    return (
        shared_rows(
            rows.with_columns(id=nw.col("item_id"), day=nw.col("issued_day")),
            ("customer_id", "currency"),
            also=nw.lit(value=False),
        )
        .join(given_up, on="item_id", how="left")
        .join(texts, on="item_id", how="left")
        .with_columns(**number_forms(nw.col("number")), reference=_plain_reference())
        .with_columns(
            subject=nw.lit("item"),
            party=nw.col("customer_id").cast(nw.String),
            use=nw.lit(""),
            is_left=is_left,
            number_rows=nw.lit(1, nw.Int64),
        )
        .pipe(_counted)
    )


def payment_rows(ledger: Ledger, texts: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the payments whose amount or number comes again, in columns CANDIDATES."""
    seen = known_ledger(ledger, on=as_of)
    day = day_number(as_of)
    used = (
        seen.allocations.filter(nw.col("applied_day") <= day, ~nw.col("payment_id").is_null())
        .group_by("payment_id")
        .agg(used=total("paid_minor"))
    )
    amount, done = nw.col("amount_minor"), nw.col("used").fill_null(0)
    part = nw.when(done == 0).then(nw.lit("unapplied")).otherwise(nw.lit("part"))
    rows = (
        seen.payments.filter(nw.col("value_day") <= day, amount != 0)
        .join(texts, on="payment_id", how="left")
        .with_columns(id=nw.col("payment_id"), day=nw.col("value_day"), party=_payer())
        .with_columns(told=_with_digits(plain_text(nw.col("number"))), one=nw.lit(1, nw.Int64))
        .with_columns(
            number_rows=nw.when(nw.col("told") == "")
            .then(nw.lit(1, nw.Int64))
            .otherwise(nw.col("one").sum().over("currency", "amount_minor", "told"))
        )
    )
    return (
        shared_rows(rows, ("party", "currency"), also=nw.col("number_rows") > 1)
        .join(used, on="payment_id", how="left")
        .with_columns(**number_forms(nw.col("number")), reference=_plain_reference())
        .with_columns(
            subject=nw.lit("payment"),
            kind=nw.lit("payment"),
            due_day=nw.col("day"),
            use=nw.when(done == amount).then(nw.lit("applied")).otherwise(part),
            is_left=nw.lit(value=True),
        )
        .pipe(_counted)
    )


def _payer() -> nw.Expr:
    """Return the customer's key, else the payer's name, else a party of its own."""
    name, key = plain_text(nw.col("payer")), nw.col("payment_id").cast(nw.String)
    named = nw.when(name == "").then(nw.concat_str(nw.lit("?"), key)).otherwise(name)
    known = nw.col("customer_id").cast(nw.String)
    return nw.when(nw.col("customer_id").is_null()).then(named).otherwise(known)


def _plain_reference() -> nw.Expr:
    """Return the reference in plain form; one without a digit ("settlement") says nothing."""
    return _with_digits(plain_text(nw.col("reference")))


def _with_digits(plain: nw.Expr) -> nw.Expr:
    return nw.when(plain.str.contains("[0-9]")).then(plain).otherwise(nw.lit(""))


def _counted(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Return the rows with the counts of their bucket, in columns CANDIDATES."""
    return (
        with_crowds(rows, BY)
        .with_columns(ref_rows=nw.col("one").sum().over(*BY, "reference"))
        .select(*CANDIDATES)
    )
