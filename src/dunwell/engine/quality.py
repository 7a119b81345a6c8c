"""What is wrong or doubtful in the data, each finding with its reason and the money behind it.

Findings are about rows recorded by `as_of`; nothing is repaired or left out here.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.findings import FINDING_KINDS, finding
from dunwell.engine.items import open_items, total
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.engine.names import normalised_name
from dunwell.engine.schema import Column, Frame

STALE_DAYS = 7
"""A feed that recorded nothing for longer is stale."""

FAR_AHEAD_DAYS = 366
"""A due day further than this from the issue day is doubtful."""

FULL_SCORE = 100

QUALITY_SCORES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "score": Column(nw.Int64, "100 less the points of each kind of finding, not below 0"),
    "findings": Column(nw.Int64, "number of kinds of finding"),
}


def findings(ledger: Ledger, details: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return every finding in what was recorded by `as_of`, in columns FINDINGS.

    `details` has columns CUSTOMER_DETAILS. Money at risk is what is open for a
    finding about a customer (a row per currency) or an item, the surplus for an
    over-allocation, and the amount itself for a payment or an orphan.
    """
    seen = known_ledger(ledger, on=as_of)
    opened = open_items(seen.items, seen.allocations, as_of=as_of)
    parts = [
        *_customer_findings(details, opened),
        *_item_findings(seen, opened, as_of=as_of),
        *_allocation_findings(seen),
        *_feed_findings(seen, as_of=as_of),
    ]
    return nw.concat(parts, how="vertical")


def quality_scores(found: nw.LazyFrame, details: nw.LazyFrame) -> nw.LazyFrame:
    """Return the score of each customer of `details` from the findings, as QUALITY_SCORES."""
    points = nw.lit(0, nw.Int64)
    for code, kind in FINDING_KINDS.items():
        is_kind = nw.col("code") == code
        points = nw.when(is_kind).then(nw.lit(kind.points, nw.Int64)).otherwise(points)
    lost = (
        found.select("customer_id", "code")
        .unique()
        .with_columns(points=points)
        .group_by("customer_id")
        .agg(points=total("points"), findings=nw.len().cast(nw.Int64))
    )
    left = nw.lit(FULL_SCORE, nw.Int64) - nw.col("points").fill_null(0)
    return (
        details.select("customer_id")
        .join(lost, on="customer_id", how="left")
        .with_columns(
            score=nw.when(left > 0).then(left).otherwise(0),
            findings=nw.col("findings").fill_null(0),
        )
        .select(*QUALITY_SCORES)
    )


def _customer_findings(details: nw.LazyFrame, opened: nw.LazyFrame) -> list[nw.LazyFrame]:
    """Return what is missing or double in the customers' details, with what they owe."""
    owed = opened.group_by("customer_id", "currency").agg(owed_minor=total("open_minor"))
    known = details.with_columns(
        plain_name=normalised_name(nw.col("name")),
        plain_vat=nw.col("vat_id").str.to_uppercase().str.replace_all("[^A-Z0-9]", ""),
    ).join(owed, on="customer_id", how="left")
    cases = {
        "missing_email": nw.col("email").str.strip_chars(" ") == "",
        "missing_vat_id": nw.col("plain_vat") == "",
        "missing_country": nw.col("country") == "",
        "missing_terms": nw.col("terms_days").is_null(),
    }
    rows = [(known.filter(is_case), code) for code, is_case in cases.items()]
    missing = [_of_customer(frame, code) for frame, code in rows]
    doubles = (("plain_name", "duplicate_customer"), ("plain_vat", "duplicate_vat_id"))
    return [*missing, *[_double_customers(known, column, code) for column, code in doubles]]


def _double_customers(known: nw.LazyFrame, column: str, code: str) -> nw.LazyFrame:
    """Return the customers that share a non-empty column with one of a smaller key."""
    first = (
        known.filter(nw.col(column) != "")
        .group_by(column)
        .agg(first_id=nw.col("customer_id").min())
    )
    doubled = known.join(first, on=column, how="inner").filter(
        nw.col("customer_id") != nw.col("first_id")
    )
    return _of_customer(doubled, code, other=nw.col("first_id"))


def _of_customer(frame: nw.LazyFrame, code: str, other: nw.Expr | None = None) -> nw.LazyFrame:
    return finding(
        frame,
        code,
        subject="customer",
        key=nw.col("customer_id"),
        other=other,
        customer=nw.col("customer_id"),
        currency=nw.col("currency"),
        at_risk=nw.col("owed_minor"),
    )


def _item_findings(ledger: Ledger, opened: nw.LazyFrame, *, as_of: date) -> list[nw.LazyFrame]:
    """Return what is wrong with items taken one by one, and copies."""
    day = day_number(as_of)
    amount, kind = nw.col("amount_minor"), nw.col("kind")
    cases = {
        "due_before_issue": nw.col("due_day") < nw.col("issued_day"),
        "due_far_ahead": nw.col("due_day") > nw.col("issued_day") + FAR_AHEAD_DAYS,
        "negative_invoice": (kind == "invoice") & (amount < 0),
        "positive_credit_note": (kind == "credit_note") & (amount > 0),
        "zero_amount": amount == 0,
        "unknown_currency": nw.col("currency") == UNKNOWN_CURRENCY,
    }
    items = ledger.items.join(opened.select("item_id", "open_minor"), on="item_id", how="left")
    rows = [
        _of_item(items.filter(is_case), code, at_risk="open_minor")
        for code, is_case in cases.items()
    ]
    future = _of_item(
        items.filter(nw.col("issued_day") > day), "future_dated", at_risk="amount_minor"
    )
    same = ["customer_id", "currency", "kind", "amount_minor", "issued_day"]
    first = items.group_by(*same).agg(first_id=nw.col("item_id").min(), copies=nw.len())
    copies = items.join(first.filter(nw.col("copies") > 1), on=same, how="inner").filter(
        nw.col("item_id") != nw.col("first_id"), amount != 0
    )
    doubled = _of_item(copies, "duplicate_item", at_risk="open_minor", other=nw.col("first_id"))
    return [
        *rows,
        future,
        doubled,
        _of_item(_overfull(ledger), "over_allocated_item", at_risk="surplus"),
    ]


def _of_item(
    frame: nw.LazyFrame, code: str, *, at_risk: str, other: nw.Expr | None = None
) -> nw.LazyFrame:
    return finding(
        frame,
        code,
        subject="item",
        key=nw.col("item_id"),
        other=other,
        customer=nw.col("customer_id"),
        currency=nw.col("currency"),
        at_risk=nw.col(at_risk),
    )


def _overfull(ledger: Ledger) -> nw.LazyFrame:
    """Return the items whose allocations exceed the amount or have the other sign."""
    amount, allocated = nw.col("amount_minor"), nw.col("allocated")
    booked = ledger.allocations.group_by("item_id").agg(allocated=total("amount_minor"))
    beyond = nw.when(allocated.abs() > amount.abs()).then(allocated - amount).otherwise(0)
    is_opposite = ((amount > 0) & (allocated < 0)) | ((amount < 0) & (allocated > 0))
    return (
        ledger.items.join(booked, on="item_id", how="inner")
        .with_columns(surplus=nw.when(is_opposite).then(allocated).otherwise(beyond))
        .filter(nw.col("surplus") != 0)
    )


def _allocation_findings(ledger: Ledger) -> list[nw.LazyFrame]:
    """Return allocations without their item or payment, overdrawn payments, unknown payers."""
    items = ledger.items.select("item_id", "customer_id", "currency")
    payments = ledger.payments.select(
        "payment_id", "amount_minor", "currency", payer_id=nw.col("customer_id")
    )
    booked = ledger.allocations.group_by("item_id").agg(allocated=total("amount_minor"))
    drawn = (
        ledger.allocations.filter(~nw.col("payment_id").is_null())
        .group_by("payment_id")
        .agg(allocated=total("paid_minor"), first_item=nw.col("item_id").min())
    )
    paid = drawn.join(payments, on="payment_id", how="left")
    owner = items.select("customer_id", first_item=nw.col("item_id"))
    lost = paid.filter(nw.col("amount_minor").is_null()).join(owner, on="first_item", how="left")
    allocated, amount = nw.col("allocated"), nw.col("amount_minor")
    overdrawn = paid.filter(
        ((amount >= 0) & ((allocated > amount) | (allocated < 0)))
        | ((amount < 0) & ((allocated < amount) | (allocated > 0)))
    ).with_columns(surplus=allocated - amount)
    payment = nw.col("payment_id")
    return [
        finding(
            booked.join(items, on="item_id", how="left").filter(nw.col("currency").is_null()),
            "orphan_allocation",
            subject="item",
            key=nw.col("item_id"),
            at_risk=allocated,
        ),
        finding(
            lost,
            "orphan_payment",
            subject="payment",
            key=payment,
            customer=nw.col("customer_id"),
            at_risk=allocated,
        ),
        finding(
            overdrawn,
            "over_allocated_payment",
            subject="payment",
            key=payment,
            customer=nw.col("payer_id"),
            currency=nw.col("currency"),
            at_risk=nw.col("surplus"),
        ),
        finding(
            ledger.payments.filter(nw.col("customer_id").is_null()),
            "unknown_payer",
            subject="payment",
            key=payment,
            currency=nw.col("currency"),
            at_risk=amount,
        ),
    ]


def _feed_findings(ledger: Ledger, *, as_of: date) -> list[nw.LazyFrame]:
    """Return a finding for items and for payments if the last was recorded too long ago."""
    oldest = day_number(as_of) - STALE_DAYS
    feeds = (("items feed", ledger.items), ("payments feed", ledger.payments))
    return [
        finding(
            feed.select(last_day=nw.col("recorded_day").max()).filter(nw.col("last_day") < oldest),
            "stale_feed",
            subject=subject,
        )
        for subject, feed in feeds
    ]
