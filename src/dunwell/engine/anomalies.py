"""Items and payments unlike the others: what was measured, what is usual, how odd it is.

Every row can be explained by its own columns. Two steps, so that a million rows are read
once: `item_anomalies.item_signs` and `payment_anomalies.payment_signs` keep the rows
with a sign (collect them), `anomalies` tells them. What is wrong in itself is found by
`quality`, what came twice by `duplicates`; neither is repeated here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

ANOMALIES: Frame = {
    "subject": Column(nw.String, "item or payment"),
    "subject_id": Column(nw.Int64, "key of the item or payment"),
    "code": Column(nw.String, "one of ANOMALY_KINDS"),
    "customer_id": Column(nw.Int64, "whose row it is"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "amount of the row"),
    "day": Column(nw.Int32, "issue day or value day"),
    "measured": Column(nw.Int64, "what was found, in the unit of the kind"),
    "usual": Column(nw.Int64, "what it was compared with, in the same unit"),
    "rests_on": Column(nw.Int64, "rows the usual value rests on"),
    "basis": Column(nw.String, "whose rows those are: customer, portfolio or series"),
    "other_id": Column(nw.Int64, "item already paid, else empty", nullable=True),
    "severity": Column(nw.Int64, "0 to 100"),
    "rank": Column(nw.Int64, "1 = the most severe of its subject; unique"),
    "is_within_limit": Column(nw.Boolean, "among the most severe rows that fit the limit"),
}
LIMIT_PPM = 10_000
"""Share of all items, and of all payments, that the desk is asked to look at."""

MOST_SEVERE = 100


@dataclass(frozen=True, slots=True)
class AnomalyKind:
    """One kind of anomaly: columns it is told from, its severity, and its reason.

    `severity` is that of a row just over the bar; `per_deviation` is added for every
    deviation of `far_column` beyond `bar`. `unit` is minor, days, day, numbers or count.
    """

    subject: str
    unit: str
    measured: str
    usual: str
    rests_on: str
    basis: str
    severity: int
    reason: str
    far_column: str = ""
    bar: float = 0.0
    per_deviation: int = 0


ANOMALY_KINDS: Mapping[str, AnomalyKind] = {
    "ten_times": AnomalyKind(
        *("item", "minor", "amount_minor", "usual_minor", "own_rows", "customer", 50),
        "About ten times the customer's usual amount. Check the decimal point.",
        *("far", 2.0, 12),
    ),
    "amount_high": AnomalyKind(
        *("item", "minor", "amount_minor", "usual_minor", "own_rows", "customer", 50),
        "Far above the customer's usual amount. Check quantity and price before it is chased.",
        *("far", 3.0, 10),
    ),
    "amount_round": AnomalyKind(
        *("item", "minor", "amount_minor", "usual_minor", "own_rows", "customer", 40),
        "A large round sum from a customer billed exact amounts. Check that it is no estimate.",
        *("far", 2.0, 10),
    ),
    "first_large": AnomalyKind(
        *("item", "minor", "amount_minor", "first_minor", "firsts", "portfolio", 60),
        "A new customer's first item, far above other first items. Check the credit limit.",
        *("first_far", 3.5, 10),
    ),
    "closed_day": AnomalyKind(
        *("item", "day", "issued_day", "issued_day", "all_items", "portfolio", 25),
        "Issued on a day the office is closed. Check the issue date.",
    ),
    "recorded_far": AnomalyKind(
        *("item", "days", "lag_days", "usual_lag", "all_items", "portfolio", 35),
        "Recorded long after or before its issue date. Check the issue date.",
    ),
    "terms_unusual": AnomalyKind(
        *("item", "days", "terms", "usual_terms", "terms_rows", "customer", 40),
        "Other days to pay than the customer's invoices have. Check the due date.",
    ),
    "number_order": AnomalyKind(
        *("item", "day", "issued_day", "before_day", "series_rows", "series", 45),
        "Its number was given out at another time. Check number and issue date.",
    ),
    "number_gap": AnomalyKind(
        *("item", "numbers", "missing", "no_number", "series_rows", "series", 45),
        "Numbers before it are missing in a gapless series. Ask for the missing documents.",
    ),
    "payment_high": AnomalyKind(
        *("payment", "minor", "amount_minor", "usual_minor", "own_rows", "customer", 60),
        "Far above the customer's usual payment, and not explained by items. Ask what it is for.",
        *("far", 3.0, 10),
    ),
    "no_open_items": AnomalyKind(
        *("payment", "minor", "amount_minor", "owed_minor", "own_rows", "customer", 55),
        "Nothing was open when the money came. Ask what it is for; it may be for another payer.",
    ),
    "overpayment": AnomalyKind(
        *("payment", "minor", "amount_minor", "owed_minor", "own_rows", "customer", 50),
        "More than the customer owed in all. Agree whether the rest is kept or paid back.",
    ),
    "item_already_paid": AnomalyKind(
        *("payment", "minor", "amount_minor", "owed_minor", "own_rows", "customer", 80),
        "Names an item that was settled before. Probably paid twice: keep the money unapplied.",
    ),
    "payer_unusual": AnomalyKind(
        *("payment", "count", "payer_rows", "no_number", "named_rows", "customer", 45),
        "Paid by a name that never paid for this customer. Check that the payer was recognised.",
    ),
    "paid_early": AnomalyKind(
        *("payment", "days", "lead_days", "usual_lead", "lead_rows", "customer", 30),
        "Paid far earlier than the customer ever pays. Check the items it was put on.",
    ),
    "small_burst": AnomalyKind(
        *("payment", "count", "burst", "no_number", "own_rows", "customer", 55),
        "Several small payments within a week. Ask whether the customer is short of money.",
    ),
    "returned_again": AnomalyKind(
        *("payment", "days", "returned_days", "no_number", "own_rows", "customer", 30),
        "Returned and made again. Watch whether it stands this time.",
    ),
}
"""Every anomaly; `measured`, `usual` and `rests_on` name columns of the signs."""


def anomalies(
    item_signs: nw.LazyFrame, payment_signs: nw.LazyFrame, *, limit_ppm: int = LIMIT_PPM
) -> nw.LazyFrame:
    """Return one row per item or payment and kind of anomaly, in columns ANOMALIES.

    `item_signs` has columns ITEM_SIGNS, `payment_signs` PAYMENT_SIGNS. Nothing is cut off: the
    rows beyond `limit_ppm` of all items (or payments) come with `is_within_limit` false.
    """
    items = item_signs.rename(
        {"item_id": "subject_id", "issued_day": "day", "all_items": "all_rows"}
    ).with_columns(issued_day=nw.col("day"), all_items=nw.col("all_rows"))
    payments = payment_signs.rename(
        {"payment_id": "subject_id", "value_day": "day", "all_payments": "all_rows"}
    )
    frames = {"item": items, "payment": payments}
    parts = [_of_kind(frames[kind.subject], code, kind) for code, kind in ANOMALY_KINDS.items()]
    order = ["worse", "subject_id", "code"]
    return (
        nw.concat(parts, how="vertical")
        .with_columns(worse=nw.lit(0, nw.Int64) - nw.col("severity"), one=nw.lit(1, nw.Int64))
        .with_columns(rank=nw.col("one").cum_sum().over("subject", order_by=order))
        .with_columns(is_within_limit=nw.col("rank") * 1_000_000 <= nw.col("all_rows") * limit_ppm)
        .select(*ANOMALIES)
    )


def _of_kind(signs: nw.LazyFrame, code: str, kind: AnomalyKind) -> nw.LazyFrame:
    """Return the rows with one sign, in columns ANOMALIES but for the rank."""
    severity = nw.lit(kind.severity, nw.Int64)
    if kind.far_column:
        beyond = (nw.col(kind.far_column) - kind.bar) * kind.per_deviation
        severity = severity + beyond.clip(0, MOST_SEVERE).cast(nw.Int64)
    other = nw.col("paid_item_id") if code == "item_already_paid" else nw.lit(None, nw.Int64)
    facts = signs.filter(nw.col(code)).with_columns(no_number=nw.lit(0, nw.Int64))
    return facts.with_columns(
        subject=nw.lit(kind.subject),
        code=nw.lit(code),
        measured=nw.col(kind.measured).cast(nw.Int64),
        usual=nw.col(kind.usual).cast(nw.Int64),
        rests_on=nw.col(kind.rests_on),
        basis=nw.lit(kind.basis),
        other_id=other,
        severity=severity.clip(0, MOST_SEVERE),
    ).select(*[name for name in ANOMALIES if name not in ("rank", "is_within_limit")], "all_rows")
