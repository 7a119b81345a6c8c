"""Which items bear charges, from which day, and what of them was open on each day.

An item is late from the day after it was due. A payment counts from the day after the money
reached us, so the days that bear interest are the days late. Only debts bear interest: never a
credit, nor interest, a fee or a refund.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

CHARGED_KINDS = ("invoice", "opening")
"""Kinds of items that bear charges."""

CANDIDATES: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "kind": Column(nw.String, "kind of the item"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "what was owed at first"),
    "issued_day": Column(nw.Int32, "issue date"),
    "due_day": Column(nw.Int32, "due date"),
}
TERMS_IN_FORCE: Frame = {
    "customer_id": Column(nw.Int64, "who owes"),
    "terms_no": Column(nw.Int32, "number of the terms"),
    "from_day": Column(nw.Int32, "first day on which default under these terms may begin"),
    "until_day": Column(nw.Int32, "first day on which it may not any more"),
}
NOTICES: Frame = {
    "item_id": Column(nw.Int64, "item named"),
    "terms_no": Column(nw.Int32, "number of the terms the delivery is reckoned for"),
    "sent_day": Column(nw.Int32, "day the reminder went out"),
    "counts_day": Column(nw.Int32, "first day of the waiting period"),
}
SUBJECTS: Frame = {
    **CANDIDATES,
    "terms_no": Column(nw.Int32, "number of the terms"),
    "default_day": Column(nw.Int32, "first day late"),
    "start_day": Column(nw.Int32, "first day late that may be charged"),
    "end_day": Column(nw.Int32, "first day not looked at any more"),
    "counts_day": Column(nw.Int32, "first day of a letter's waiting period", nullable=True),
}
MOVES: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "day": Column(nw.Int32, "first day on which it counts"),
    "open_minor": Column(nw.Int64, "change of what is open"),
    "disputed_minor": Column(nw.Int64, "change of what is disputed and bears nothing meanwhile"),
}


def charge_subjects(
    candidates: nw.LazyFrame,
    terms_in_force: nw.LazyFrame,
    terms: nw.LazyFrame,
    notices: nw.LazyFrame,
    *,
    as_of: date,
) -> nw.LazyFrame:
    """Return the items that are late under some terms by `as_of`, in columns SUBJECTS.

    `terms` are columns `terms.TERMS`; of `notices` the first after the due day counts. Whether
    anything was open beyond the days of grace is asked by `late_subjects`.
    """
    found = (
        candidates.filter(nw.col("kind").is_in(CHARGED_KINDS), nw.col("amount_minor") > 0)
        .join(terms_in_force, on="customer_id", how="inner")
        .join(terms, on="terms_no", how="inner")
        .join(_first_notices(candidates, notices), on=["item_id", "terms_no"], how="left")
    )
    latest = nw.col("issued_day") + nw.col("terms_cap_days")
    due = nw.when(latest < nw.col("due_day")).then(latest).otherwise(nw.col("due_day"))
    told = nw.when(nw.col("told_days") > 0).then(nw.col("due_day") + nw.col("told_days"))
    noticed = nw.col("sent_day")
    both = nw.when(noticed < told).then(noticed).otherwise(nw.coalesce(told, noticed))
    last_in_time = nw.when(nw.col("is_on_notice")).then(both).otherwise(due)
    since, default = nw.col("since_day"), nw.col("default_day")
    return (
        found.with_columns(default_day=(last_in_time + 1).cast(nw.Int32))
        .filter(
            ~default.is_null(),
            default >= nw.col("from_day"),
            default < nw.col("until_day"),
            default + nw.col("grace_days") <= day_number(as_of),
        )
        .with_columns(
            start_day=nw.when(default > since).then(default).otherwise(since).cast(nw.Int32),
            end_day=nw.lit(day_number(as_of) + 1, nw.Int32),
        )
        .select(*SUBJECTS)
    )


def moves(
    subjects: nw.LazyFrame,
    allocations: nw.LazyFrame,
    disputes: nw.LazyFrame,
    terms: nw.LazyFrame,
    *,
    as_of: date,
) -> nw.LazyFrame:
    """Return what changed the open and the disputed amount of the subjects, in columns MOVES.

    Allocations booked by `as_of` count from the day after their value day; one taken back
    leaves nothing of it. A dispute counts on its days, the closing day not among them.
    """
    day, nothing = day_number(as_of), nw.lit(0, nw.Int64)
    owed = subjects.select(
        "item_id", day=nw.lit(0, nw.Int32), open_minor="amount_minor", disputed_minor=nothing
    )
    paid = (
        allocations.filter(nw.col("applied_day") <= day)
        .join(subjects.select("item_id"), on="item_id", how="inner")
        .select(
            "item_id",
            day=(nw.col("value_day") + 1).cast(nw.Int32),
            open_minor=nothing - nw.col("amount_minor"),
            disputed_minor=nothing,
        )
    )
    pausing = (
        subjects.join(terms, on="terms_no", how="inner")
        .filter(nw.col("pauses_disputed"))
        .select("item_id")
    )
    disputed = disputes.filter(nw.col("opened_day") <= day).join(
        pausing, on="item_id", how="inner"
    )
    opened = disputed.select(
        "item_id", day="opened_day", open_minor=nothing, disputed_minor="amount_minor"
    )
    closed = disputed.filter(nw.col("closed_day") <= day).select(
        "item_id",
        day="closed_day",
        open_minor=nothing,
        disputed_minor=nothing - nw.col("amount_minor"),
    )
    return nw.concat([owed, paid, opened, closed], how="vertical").select(*MOVES)


def open_at(days: nw.LazyFrame, moved: nw.LazyFrame, *, at: str, alias: str) -> nw.LazyFrame:
    """Return the rows with the undisputed open amount on their day `at` added as `alias`.

    `days` has one row per item; what is disputed beyond the open amount counts as all of it.
    """
    sums = (
        moved.join(days.select("item_id", at), on="item_id", how="inner")
        .filter(nw.col("day") <= nw.col(at))
        .group_by("item_id")
        .agg(open_sum=total("open_minor"), disputed_sum=total("disputed_minor"))
        .select("item_id", **{alias: _undisputed(nw.col("open_sum"), nw.col("disputed_sum"))})
    )
    return days.join(sums, on="item_id", how="left").with_columns(nw.col(alias).fill_null(0))


def late_subjects(
    subjects: nw.LazyFrame, moved: nw.LazyFrame, terms: nw.LazyFrame
) -> nw.LazyFrame:
    """Return the subjects of which something was still open when the days of grace were over."""
    tested = subjects.join(
        terms.select("terms_no", "grace_days"), on="terms_no", how="inner"
    ).with_columns(test_day=(nw.col("default_day") + nw.col("grace_days")).cast(nw.Int32))
    return (
        open_at(tested, moved, at="test_day", alias="late_minor")
        .filter(nw.col("late_minor") > 0)
        .select(*SUBJECTS)
    )


def _undisputed(opened: nw.Expr, disputed: nw.Expr) -> nw.Expr:
    left = opened - nw.when(disputed > 0).then(disputed).otherwise(0)
    return nw.when(left > 0).then(left).otherwise(0).cast(nw.Int64)


def _first_notices(candidates: nw.LazyFrame, notices: nw.LazyFrame) -> nw.LazyFrame:
    """Return per item and terms its first reminder after the due day."""
    return (
        notices.join(candidates.select("item_id", "due_day"), on="item_id", how="inner")
        .filter(nw.col("sent_day") > nw.col("due_day"))
        .group_by("item_id", "terms_no")
        .agg(sent_day=nw.col("sent_day").min(), counts_day=nw.col("counts_day").min())
    )
