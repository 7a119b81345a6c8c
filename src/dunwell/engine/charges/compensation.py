"""Fixed compensation for late payment, once an item, and reminder fees, once an item and level."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from dunwell.engine.charges.subjects import SUBJECTS, open_at
from dunwell.engine.charges.terms import ChargeTerms
from dunwell.engine.schema import Column, Frame

CLAIMS: Frame = {
    **SUBJECTS,
    "claim_day": Column(nw.Int32, "day on which the compensation is owed"),
    "base_minor": Column(nw.Int64, "undisputed open amount of that day, above 0"),
}
REMINDERS: Frame = {
    "message_id": Column(nw.Int64, "key of the message"),
    "item_id": Column(nw.Int64, "item it names"),
    "level": Column(nw.Int32, "level of the item in it"),
    "sent_day": Column(nw.Int32, "day it went out"),
}
FEE_LEVELS: Frame = {
    "terms_no": Column(nw.Int32, "number of the terms"),
    "currency": Column(nw.String, "currency of the fee, and of the item"),
    "level": Column(nw.Int32, "level of the reminder"),
    "fee_minor": Column(nw.Int64, "fee, above 0"),
    "free_reminders": Column(nw.Int32, "so many reminders of an item are free"),
}
FEES: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "terms_no": Column(nw.Int32, "number of the terms"),
    "level": Column(nw.Int32, "level of the reminder"),
    "sent_day": Column(nw.Int32, "day it went out"),
    "amount_minor": Column(nw.Int64, "fee"),
}


def claims(subjects: nw.LazyFrame, moved: nw.LazyFrame, terms: nw.LazyFrame) -> nw.LazyFrame:
    """Return the late items whose compensation is owed by now, in columns CLAIMS.

    Owed on the first day late, or when the waiting period of a letter is over, if something is
    open that day. What was owed before charges began is not charged.
    """
    bounds = terms.select("terms_no", "with_compensation", "wait_days", "since_day")
    waits = ~nw.col("wait_days").is_null()
    owed_on = nw.col("counts_day") + nw.col("wait_days")
    found = (
        subjects.join(bounds, on="terms_no", how="inner")
        .filter(nw.col("with_compensation"))
        .with_columns(
            claim_day=nw.when(waits).then(owed_on).otherwise(nw.col("default_day")).cast(nw.Int32)
        )
        .filter(
            ~nw.col("claim_day").is_null(),
            nw.col("claim_day") < nw.col("end_day"),
            nw.col("claim_day") >= nw.col("since_day"),
        )
    )
    return (
        open_at(found, moved, at="claim_day", alias="base_minor")
        .filter(nw.col("base_minor") > 0)
        .select(*CLAIMS)
    )


def compensated(claimed: nw.LazyFrame, terms: Sequence[ChargeTerms]) -> nw.LazyFrame:
    """Return item_id and the compensation by its terms, in the currency of their schedule.

    `claimed` has CLAIMS and `rated_minor`, the open amount in the currency the schedule reads.
    """
    found = [
        claimed.filter(nw.col("terms_no") == number).select(
            "item_id", compensation_minor=one.rule.compensation.of(nw.col("rated_minor"))
        )
        for number, one in enumerate(terms)
        if one.rule.compensation is not None and one.with_compensation
    ]
    if not found:
        return claimed.filter(nw.col("item_id").is_null()).select(
            "item_id", compensation_minor=nw.col("base_minor")
        )
    return nw.concat(found, how="vertical")


def reminder_fees(
    subjects: nw.LazyFrame, reminders: nw.LazyFrame, fee_levels: nw.LazyFrame, terms: nw.LazyFrame
) -> nw.LazyFrame:
    """Return the fees for reminders that went out after the due day, in columns FEES.

    One fee a message, on the item that reached the highest level in it, of equals the oldest;
    an item pays each level once. Reminders a rule leaves free count from an item's first one.
    """
    late = reminders.join(
        subjects.select("item_id", "terms_no", "currency", "due_day"), on="item_id", how="inner"
    ).filter(nw.col("sent_day") > nw.col("due_day"))
    once = late.group_by("item_id", "terms_no", "currency", "level").agg(
        sent_day=nw.col("sent_day").min(), message_id=nw.col("message_id").min()
    )
    numbered = once.with_columns(one=nw.lit(1, nw.Int64)).with_columns(
        ordinal=nw.col("one").cum_sum().over("item_id", order_by=["sent_day", "message_id"])
    )
    top = reminders.group_by("message_id").agg(level=nw.col("level").max())
    leading = (
        reminders.join(top, on=["message_id", "level"], how="inner")
        .group_by("message_id")
        .agg(item_id=nw.col("item_id").min())
    )
    return (
        numbered.join(leading, on=["message_id", "item_id"], how="inner")
        .join(fee_levels, on=["terms_no", "currency", "level"], how="inner")
        .join(terms.select("terms_no", "since_day"), on="terms_no", how="inner")
        .filter(
            nw.col("ordinal") > nw.col("free_reminders"),
            nw.col("sent_day") >= nw.col("since_day"),
        )
        .with_columns(amount_minor="fee_minor")
        .select(*FEES)
    )
