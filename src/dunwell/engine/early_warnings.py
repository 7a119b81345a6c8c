"""Early warning per customer: what changed against its own past, and what kind of sign it is.

Part payments, promises and returned debits are signs of hardship: the customer tries.
Silence and disputes that come only after a reminder are signs of refusal. Everything
else is unclear by itself. A warning compares the last 90 days with the customer's own
earlier rate, so a customer that always was difficult is a matter for its score.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.change_points import change_points
from dunwell.engine.contact_answers import EFFECT_DAYS, contact_answers, no_contacts
from dunwell.engine.items import REFUND, open_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.open_levels import open_levels
from dunwell.engine.schema import Column, Frame
from dunwell.engine.sign_bursts import RECENT_DAYS, sign_bursts

WARNING_CODES = (
    "paying_later",
    "promises_broken",
    "payments_returned",
    "part_payments",
    "disputes",
    "slower_answers",
    "open_above_usual",
    "silence",
    "orders_stopped",
)
KINDS = ("hardship", "refusal", "unclear")

EARLY_WARNINGS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "code": Column(nw.String, "one of WARNING_CODES; a customer has each at most once"),
    "kind": Column(nw.String, "hardship, refusal or unclear"),
    "unit": Column(nw.String, "days, count (in 90 days) or ppm"),
    "measured": Column(nw.Int64, "what is seen now, in its unit"),
    "usual": Column(nw.Int64, "what was usual for this customer, in the same unit"),
    "since_day": Column(nw.Int32, "day of the first sign; for a level the day asked about"),
    "evidence": Column(nw.Int64, "weeks, rows or contacts behind it"),
    "severity": Column(nw.Int32, "1 notable, 2 serious, 3 urgent"),
}
STANCES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "warnings": Column(nw.Int64, "number of warnings"),
    "severity": Column(nw.Int32, "that of the gravest"),
    "hardship": Column(nw.Int64, "sum of severities of signs of hardship"),
    "refusal": Column(nw.Int64, "sum of severities of signs of refusal"),
    "stance": Column(nw.String, "hardship, refusal, mixed or unclear"),
}

SLOWER_DAYS, SLOWER_TIMES = 7, 2
"""Answers are slower when they take so many days more and so many times as long as usual."""

RECENT_CONTACTS, PAST_CONTACTS = 2, 3
"""Fewer contacts than these, lately and before, say nothing about answers."""

OPEN_TIMES_PPM, OPEN_FAR_PPM, OPEN_PEAK_PPM = 2_500_000, 4_000_000, 1_500_000
"""The open amount is far above usual from 2.5 times its mean, serious from 4 times; it must
also be 1.5 times its highest level, or every lumpy order book would warn."""

OPEN_ITEMS, KNOWN_ITEMS = 3, 12
"""Fewer items than these, open now and issued in the year, show no level."""

SILENT_DAYS, SILENT_TIMES, SILENT_LONG_DAYS = 45, 3, 90
"""Silent after 45 days and three times the usual gap between payments; urgent after 90."""

SILENT_OVERDUE_DAYS = 30
"""Silence counts only while an item is so many days past due."""

UNANSWERED_CONTACTS = 2
"""Silence is refusal after so many contacts without a word, unclear before."""

PAST_DAYS = 730
USUAL_ORDERS = 6
MONTH_LATER, FORTNIGHT_LATER = 30, 15
PPM = 1_000_000


def early_warnings(
    ledger: Ledger,
    *,
    as_of: date,
    contacts: nw.LazyFrame | None = None,
    replies: nw.LazyFrame | None = None,
    calendar: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return the warnings about every customer, in columns EARLY_WARNINGS.

    `contacts` has columns CONTACTS, `replies` REPLIES, `calendar` CALENDAR; each may be
    left out, then its signs are missing and silence is judged by payments, promises and
    disputes alone.
    """
    told = no_contacts(ledger) if contacts is None else contacts
    seen = told.filter(nw.col("contacted_day") <= day_number(as_of))
    answers = contact_answers(
        ledger,
        contacts=contacts,
        replies=replies,
        calendar=calendar,
        days=PAST_DAYS,
        as_of=as_of,
    )
    parts = [
        _paying_later(ledger, as_of=as_of),
        sign_bursts(ledger, seen, calendar=calendar, as_of=as_of),
        _slower_answers(answers, day_number(as_of)),
        _open_above_usual(ledger, as_of=as_of),
        _silence(ledger, seen, replies, as_of=as_of),
        _orders_stopped(ledger, as_of=as_of),
    ]
    return nw.concat([part.select(*EARLY_WARNINGS) for part in parts], how="vertical")


def stances(warnings: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per customer with a warning, in columns STANCES.

    `hardship` or `refusal` when only signs of that kind are there, `mixed` with both.
    """
    severity = nw.col("severity").cast(nw.Int64)
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    by_kind = {
        kind: nw.when(nw.col("kind") == kind).then(severity).otherwise(zero)
        for kind in ("hardship", "refusal")
    }
    sums = (
        warnings.with_columns(one=one, **by_kind)
        .group_by("customer_id")
        .agg(
            warnings=total("one"),
            severity=nw.col("severity").max(),
            hardship=total("hardship"),
            refusal=total("refusal"),
        )
    )
    is_hardship, is_refusal = nw.col("hardship") > 0, nw.col("refusal") > 0
    one_kind = (
        nw.when(is_hardship)
        .then(nw.lit("hardship"))
        .otherwise(nw.when(is_refusal).then(nw.lit("refusal")).otherwise(nw.lit("unclear")))
    )
    stance = nw.when(is_hardship & is_refusal).then(nw.lit("mixed")).otherwise(one_kind)
    return sums.with_columns(stance=stance).select(*STANCES)


def _warning(code: str, kind: str, unit: str, severity: nw.Expr) -> dict[str, nw.Expr]:
    return {
        "code": nw.lit(code),
        "kind": nw.lit(kind),
        "unit": nw.lit(unit),
        "severity": severity.cast(nw.Int32),
    }


def _graded(*steps: tuple[nw.Expr, int]) -> nw.Expr:
    """Return 1, or the number of the last step that holds."""
    grade = nw.lit(1, nw.Int32)
    for holds, number in steps:
        grade = nw.when(holds).then(nw.lit(number, nw.Int32)).otherwise(grade)
    return grade


def _paying_later(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the change points of days late; graver from 15 and from 30 days more."""
    shift = nw.col("measured_days") - nw.col("usual_days")
    grade = _graded((shift >= FORTNIGHT_LATER, 2), (shift >= MONTH_LATER, 3))
    return change_points(ledger, as_of=as_of).with_columns(
        measured=nw.col("measured_days"),
        usual=nw.col("usual_days"),
        evidence=nw.col("weeks"),
        **_warning("paying_later", "unclear", "days", grade),
    )


def _slower_answers(answers: nw.LazyFrame, day: int) -> nw.LazyFrame:
    """Return customers whose answers take longer than before.

    A contact younger than EFFECT_DAYS without an answer is not judged yet.
    """
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    is_recent = nw.col("contacted_day") > day - RECENT_DAYS
    is_judged = ~nw.col("answered_day").is_null() | (nw.col("contacted_day") <= day - EFFECT_DAYS)
    counted = {
        "evidence": nw.when(is_recent).then(one).otherwise(zero),
        "recent_wait": nw.when(is_recent).then(nw.col("wait_days")).otherwise(zero),
        "past": nw.when(is_recent).then(zero).otherwise(one),
        "past_wait": nw.when(is_recent).then(zero).otherwise(nw.col("wait_days")),
    }
    sums = (
        answers.filter(is_judged)
        .with_columns(recent_day=nw.when(is_recent).then(nw.col("contacted_day")), **counted)
        .group_by("customer_id")
        .agg(*[total(name).alias(name) for name in counted], since_day=nw.col("recent_day").min())
        .filter(nw.col("evidence") >= RECENT_CONTACTS, nw.col("past") >= PAST_CONTACTS)
        .with_columns(
            measured=share(nw.col("recent_wait"), one, nw.col("evidence")),
            usual=share(nw.col("past_wait"), one, nw.col("past")),
        )
    )
    measured, usual = nw.col("measured"), nw.col("usual")
    return sums.filter(
        measured >= usual + SLOWER_DAYS, measured >= usual * SLOWER_TIMES
    ).with_columns(**_warning("slower_answers", "unclear", "days", _graded()))


def _open_above_usual(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return customers whose open amount is far above its levels in the year before."""
    ratio = nw.col("usual_ppm")
    return (
        open_levels(ledger, as_of=as_of)
        .filter(
            ratio >= OPEN_TIMES_PPM,
            nw.col("peak_ppm") >= OPEN_PEAK_PPM,
            nw.col("open_items") >= OPEN_ITEMS,
            nw.col("known_items") >= KNOWN_ITEMS,
        )
        .with_columns(
            measured=ratio,
            usual=nw.lit(PPM, nw.Int64),
            since_day=nw.lit(day_number(as_of), nw.Int32),
            evidence=nw.col("open_items"),
            **_warning("open_above_usual", "unclear", "ppm", _graded((ratio >= OPEN_FAR_PPM, 2))),
        )
    )


def _silence(
    ledger: Ledger, contacts: nw.LazyFrame, replies: nw.LazyFrame | None, *, as_of: date
) -> nw.LazyFrame:
    """Return overdue customers not heard of for long: no payment, promise, reply or dispute."""
    day = day_number(as_of)
    signs = [_days(ledger.promises, "made_day", day), _days(ledger.disputes, "opened_day", day)]
    if replies is not None:
        signs.append(_days(replies, "replied_day", day))
    paid = _days(ledger.payments.filter(nw.col("amount_minor") > 0), "value_day", day)
    heard = (
        nw.concat([paid, *signs], how="vertical")
        .group_by("customer_id")
        .agg(last_day=nw.col("sign_day").max())
    )
    gaps = (
        paid.unique()
        .group_by("customer_id")
        .agg(
            first_paid=nw.col("sign_day").min(),
            last_paid=nw.col("sign_day").max(),
            pay_days=nw.len().cast(nw.Int64),
        )
        .filter(nw.col("pay_days") > 1)
    )
    one = nw.lit(1, nw.Int64)
    span = (nw.col("last_paid") - nw.col("first_paid")).cast(nw.Int64)
    overdue = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .filter(nw.col("open_minor") > 0, nw.col("days_past_due") >= SILENT_OVERDUE_DAYS)
        .select("customer_id")
        .unique()
    )
    silent = (
        overdue.join(heard, on="customer_id", how="inner")
        .join(gaps, on="customer_id", how="inner")
        .with_columns(
            measured=(day - nw.col("last_day")).cast(nw.Int64),
            usual=share(span, one, nw.col("pay_days") - 1),
            since_day=(nw.col("last_day") + 1).cast(nw.Int32),
        )
        .filter(
            nw.col("measured") >= SILENT_DAYS,
            nw.col("measured") >= nw.col("usual") * SILENT_TIMES,
        )
    )
    unanswered = (
        contacts.select("customer_id", "contacted_day")
        .unique()
        .join(silent.select("customer_id", "last_day"), on="customer_id", how="inner")
        .filter(nw.col("contacted_day") > nw.col("last_day"))
        .group_by("customer_id")
        .agg(evidence=nw.len().cast(nw.Int64))
    )
    measured = nw.col("measured")
    is_refusal = nw.col("evidence") >= UNANSWERED_CONTACTS
    grade = _graded((is_refusal, 2), (measured >= SILENT_LONG_DAYS, 3))
    return (
        silent.join(unanswered, on="customer_id", how="left")
        .with_columns(nw.col("evidence").fill_null(0))
        .with_columns(**_warning("silence", "unclear", "days", grade))
        .with_columns(
            kind=nw.when(is_refusal).then(nw.lit("refusal")).otherwise(nw.lit("unclear"))
        )
    )


def _days(frame: nw.LazyFrame, column: str, day: int) -> nw.LazyFrame:
    """Return customer_id, sign_day of the rows up to a day, of the customers known."""
    return frame.filter(nw.col(column) <= day, ~nw.col("customer_id").is_null()).select(
        "customer_id", sign_day=nw.col(column)
    )


def _orders_stopped(ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return overdue customers with nothing issued in 90 days and 6 items in the year before."""
    day = day_number(as_of)
    overdue = (
        open_items(ledger.items, ledger.allocations, as_of=as_of)
        .filter(nw.col("open_minor") > 0, nw.col("days_past_due") > 0)
        .select("customer_id")
        .unique()
    )
    one, year = nw.lit(1, nw.Int64), 360
    usual = share(nw.col("evidence"), nw.lit(RECENT_DAYS, nw.Int64), year)
    return (
        ledger.items.filter(
            nw.col("amount_minor") > 0,
            nw.col("kind") != REFUND,
            nw.col("issued_day") <= day,
            nw.col("issued_day") > day - RECENT_DAYS - year,
        )
        .with_columns(one=one)
        .group_by("customer_id")
        .agg(evidence=total("one"), last_day=nw.col("issued_day").max())
        .filter(nw.col("last_day") <= day - RECENT_DAYS, nw.col("evidence") >= USUAL_ORDERS)
        .join(overdue, on="customer_id", how="inner")
        .with_columns(
            measured=nw.lit(0, nw.Int64),
            usual=usual,
            since_day=(nw.col("last_day") + 1).cast(nw.Int32),
            **_warning("orders_stopped", "unclear", "count", _graded()),
        )
    )
