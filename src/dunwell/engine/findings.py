"""The kinds of finding in a ledger's data, and the shape every finding has."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

FINDINGS: Frame = {
    "code": Column(nw.String, "one of FINDING_KINDS"),
    "subject": Column(nw.String, "customer, item, payment, items feed or payments feed"),
    "subject_id": Column(nw.Int64, "key of the subject, empty for a feed", nullable=True),
    "other_id": Column(nw.Int64, "key of what it duplicates, else empty", nullable=True),
    "customer_id": Column(nw.Int64, "whose row it is, empty if unknown", nullable=True),
    "currency": Column(nw.String, "currency of the amount, empty without one", nullable=True),
    "at_risk_minor": Column(nw.Int64, "money that may be wrong or hard to get, >= 0"),
    "reason": Column(nw.String, "what is wrong and what to do, one sentence each"),
}


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of finding: points it takes off a customer's score of 100, and its reason."""

    points: int
    reason: str


FINDING_KINDS: Mapping[str, FindingKind] = {
    "duplicate_customer": FindingKind(
        20, "Another customer has the same name. Merge them or tell them apart."
    ),
    "duplicate_vat_id": FindingKind(
        20, "Another customer has the same VAT number. Merge them or correct one number."
    ),
    "missing_email": FindingKind(
        25, "No e-mail address for reminders. Ask the customer for one and enter it."
    ),
    "missing_vat_id": FindingKind(5, "No VAT number. Enter it from the customer's letterhead."),
    "missing_terms": FindingKind(10, "No payment terms. Enter the agreed days to pay."),
    "missing_country": FindingKind(
        10, "No country, so no law, calendar or language applies. Enter it."
    ),
    "due_before_issue": FindingKind(15, "Due before it was issued. Correct one of the two dates."),
    "due_far_ahead": FindingKind(
        10, "Due more than a year after issue. Check the due date for a wrong year."
    ),
    "future_dated": FindingKind(
        15, "Issued in the future. Check the issue date; the item counts from that day."
    ),
    "negative_invoice": FindingKind(
        15, "An invoice below zero. Record it as a credit note if it is one."
    ),
    "positive_credit_note": FindingKind(
        15, "A credit note that raises the balance. Check its sign."
    ),
    "zero_amount": FindingKind(5, "An item of zero. Check that its amount was read."),
    "duplicate_item": FindingKind(
        20, "Same customer, kind, day and amount as another item. Credit it if it is a copy."
    ),
    "unknown_currency": FindingKind(
        20, "The currency is not known, so the item stands apart from all sums. Enter it."
    ),
    "over_allocated_item": FindingKind(
        25, "More is allocated than the item is worth. Move the surplus to another item."
    ),
    "orphan_allocation": FindingKind(
        0, "Money is put on an item that is not in the ledger. Import the item or move the money."
    ),
    "orphan_payment": FindingKind(
        10, "An allocation names a payment that is not in the ledger. Import the payment."
    ),
    "over_allocated_payment": FindingKind(
        25, "More is allocated than was paid. Take the surplus off one of the items."
    ),
    "unknown_payer": FindingKind(0, "Nobody knows who paid. Find the payer and apply the money."),
    "stale_feed": FindingKind(
        0, "Nothing was recorded for more than a week. Check that the import still runs."
    ),
}
"""Every finding; points 0 for those that are nobody's fault in particular."""


def finding(
    frame: nw.LazyFrame,
    code: str,
    *,
    subject: str,
    key: nw.Expr | None = None,
    other: nw.Expr | None = None,
    customer: nw.Expr | None = None,
    currency: nw.Expr | None = None,
    at_risk: nw.Expr | None = None,
) -> nw.LazyFrame:
    """Return one finding of a kind for each row of the frame, in columns FINDINGS.

    What is not given is empty; money at risk that is not given or empty is 0.
    """
    no_key = nw.lit(None, nw.Int64)
    risk = nw.lit(0, nw.Int64) if at_risk is None else at_risk.abs().cast(nw.Int64).fill_null(0)
    return frame.with_columns(
        code=nw.lit(code),
        subject=nw.lit(subject),
        subject_id=no_key if key is None else key,
        other_id=no_key if other is None else other,
        customer_id=no_key if customer is None else customer,
        currency=nw.lit(None, nw.String) if currency is None else currency,
        at_risk_minor=risk,
        reason=nw.lit(FINDING_KINDS[code].reason),
    ).select(*FINDINGS)
