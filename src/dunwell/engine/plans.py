"""Payment plans: what came of every instalment, and whether a plan runs, failed or is done.

Instalments are paid by the money and credit put on the plan's items since it was accepted, the
oldest first, judged by the day it reached us. What is written off or discounted meanwhile lowers
what is left to pay from the end: it never heals an instalment that is due before.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

PLAN_INSTALMENTS: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "instalment_id": Column(nw.Int64, "key of the instalment"),
    "number": Column(nw.Int32, "its place in the plan, from 1"),
    "due_day": Column(nw.Int32, "day it is due; not before that of the one before it"),
    "amount_minor": Column(nw.Int64, "what is due, > 0"),
    "tolerance_days": Column(nw.Int32, "business days of grace after the due day"),
}
PLAN_RECEIPTS: Frame = {
    "plan_id": Column(nw.Int64, "plan on whose item it was put after acceptance"),
    "payment_id": Column(nw.Int64, "payment it comes from, empty for all else", nullable=True),
    "source": Column(nw.String, "payment, credit or the kind of an adjustment"),
    "amount_minor": Column(nw.Int64, "what lowers the item; a reversal is negative"),
    "value_day": Column(nw.Int32, "day the money reached us"),
    "applied_day": Column(nw.Int32, "day it was booked on the item"),
}
JUDGED_INSTALMENTS: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "instalment_id": Column(nw.Int64, "key of the instalment"),
    "number": Column(nw.Int32, "its place in the plan, from 1"),
    "due_day": Column(nw.Int32, "day it is due"),
    "judged_day": Column(nw.Int32, "last day on which money still is in time"),
    "amount_minor": Column(nw.Int64, "what is due"),
    "paid_minor": Column(nw.Int64, "what of it is paid, the oldest instalment first"),
    "is_covered": Column(nw.Boolean, "nothing of it is left to pay"),
    "paid_day": Column(nw.Int32, "value day that covered it, empty before", nullable=True),
    "status": Column(nw.String, "scheduled, due, paid, late, part or missed"),
}
PLAN_STANDINGS: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "total_minor": Column(nw.Int64, "sum of the instalments"),
    "paid_minor": Column(nw.Int64, "what of it is paid"),
    "arrears_minor": Column(nw.Int64, "left to pay of failed instalments"),
    "failed": Column(nw.Int64, "instalments whose tolerance is over and that are not covered"),
    "days_late": Column(nw.Int64, "days since the oldest of them was due, 0 without"),
    "cleared_day": Column(
        nw.Int32, "value day that covered the last of the due ones, empty if none", nullable=True
    ),
    "is_paid": Column(nw.Boolean, "every instalment is covered"),
}
ITEM_DAYS: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "item_id": Column(nw.Int64, "item the plan covers"),
    "due_day": Column(nw.Int32, "due day of the instalment that pays the last of it"),
}

INSTALMENT_STATUSES = ("scheduled", "due", "paid", "late", "part", "missed")
MONEY = ("payment", "credit")
"""Sources that pay an instalment."""

OWN = "concession"
"""What the plan itself gives up at its end: it pays nothing and lowers nothing before."""


def judged_instalments(
    instalments: nw.LazyFrame,
    receipts: nw.LazyFrame,
    *,
    as_of: date,
    calendar: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return one row per instalment, in columns JUDGED_INSTALMENTS.

    Paid in time (value day by due day plus tolerance) is `paid`, later `late`. Before the due day
    an instalment is `scheduled`, until the tolerance is over `due`, after it `part` or `missed`.
    Tolerance counts business days when a `calendar` (columns CALENDAR) is given. A receipt booked
    after `as_of` does not exist yet; a returned payment stops counting when its return is booked.
    """
    day = day_number(as_of)
    booked = receipts.filter(nw.col("applied_day") <= day)
    placed = _placed(_with_judged_day(instalments, calendar), _waived(booked))
    money = _money(booked)
    so_far = money.group_by("plan_id").agg(received_minor=total("money_minor"))
    covering = (
        placed.select("plan_id", "instalment_id", "until_minor")
        .join(money, on="plan_id", how="inner")
        .filter(nw.col("so_far_minor") >= nw.col("until_minor"))
        .group_by("instalment_id")
        .agg(covered_day=nw.col("value_day").min())
    )
    return (
        placed.join(so_far, on="plan_id", how="left")
        .join(covering, on="instalment_id", how="left")
        .with_columns(received_minor=nw.col("received_minor").fill_null(0).cast(nw.Int64))
        .with_columns(
            is_covered=nw.col("received_minor") >= nw.col("until_minor"),
            paid_minor=_clipped(
                nw.col("received_minor") - nw.col("before_minor"), nw.col("amount_minor")
            ),
        )
        .with_columns(
            paid_day=nw.when(nw.col("is_covered"))
            .then(nw.col("covered_day"))
            .otherwise(nw.lit(None, nw.Int32))
        )
        .with_columns(status=_status(day))
        .select(*JUDGED_INSTALMENTS)
    )


def plan_standings(judged: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return one row per plan in columns PLAN_STANDINGS, from its judged instalments."""
    day = day_number(as_of)
    is_failed = nw.col("status").is_in(["part", "missed"])
    nothing = nw.lit(None, nw.Int32)
    left = nw.col("amount_minor") - nw.col("paid_minor")
    zero, one = nw.lit(0, nw.Int64), nw.lit(1, nw.Int64)
    return (
        judged.with_columns(
            left_minor=nw.when(is_failed).then(left).otherwise(zero),
            failure=nw.when(is_failed).then(one).otherwise(zero),
            failed_day=nw.when(is_failed).then(nw.col("due_day")).otherwise(nothing),
            due_paid_day=nw.when(nw.col("due_day") <= day)
            .then(nw.col("paid_day"))
            .otherwise(nothing),
            uncovered=nw.when(nw.col("is_covered")).then(zero).otherwise(one),
        )
        .group_by("plan_id")
        .agg(
            total_minor=total("amount_minor"),
            paid_minor=total("paid_minor"),
            arrears_minor=total("left_minor"),
            failed=total("failure"),
            failed_day=nw.col("failed_day").min(),
            cleared_day=nw.col("due_paid_day").max(),
            uncovered=total("uncovered"),
        )
        .with_columns(
            days_late=(nw.lit(day, nw.Int64) - nw.col("failed_day").cast(nw.Int64)).fill_null(0),
            is_paid=nw.col("uncovered") == 0,
        )
        .select(*PLAN_STANDINGS)
    )


def item_days(lines: nw.LazyFrame, instalments: nw.LazyFrame) -> nw.LazyFrame:
    """Return the day by which a plan pays each of its items in full, in columns ITEM_DAYS.

    `lines` (plan_id, item_id, place, amount_minor) name the items in the order in which they are
    paid; what a concession leaves unpaid counts as paid with the last instalment.
    """
    by_place = nw.col("amount_minor").cum_sum().over("plan_id", order_by=["place"])
    sums = _placed(instalments, None).with_columns(
        whole_minor=nw.col("amount_minor").sum().over("plan_id").cast(nw.Int64)
    )
    return (
        lines.with_columns(line_minor=by_place)
        .select("plan_id", "item_id", "line_minor")
        .join(
            sums.select("plan_id", "due_day", "until_minor", "whole_minor"),
            on="plan_id",
            how="inner",
        )
        .filter(
            (nw.col("until_minor") >= nw.col("line_minor"))
            | (nw.col("until_minor") == nw.col("whole_minor"))
        )
        .group_by("plan_id", "item_id")
        .agg(due_day=nw.col("due_day").min())
        .select(*ITEM_DAYS)
    )


def has_failed(missed_limit: int, days_limit: int, *, missed: int, days_late: int) -> bool:
    """Return whether a plan is in default; a limit of 0 never is reached."""
    return bool(
        (missed_limit and missed >= missed_limit) or (days_limit and days_late >= days_limit)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRule:
    """When a plan fails, is cured and falls due at once, as agreed at its offer."""

    tolerance_days: int
    missed: int
    days: int
    cure_days: int
    acceleration: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a plan stands on a day: the row of PLAN_STANDINGS the decision needs."""

    is_paid: bool
    failed: int
    days_late: int
    cleared_on: date | None


def state_after(
    state: str, standing: Standing, rule: PlanRule, *, defaulted_on: date | None, as_of: date
) -> str:
    """Return the state of an accepted plan on a day: active, defaulted, accelerated, completed.

    A default is cured when nothing has failed any more by money that came within the days to
    cure, or at any time where nothing is ever accelerated. A completed plan whose money came back
    runs or fails again. What is all due at once can only be completed.
    """
    if standing.is_paid:
        return "completed"
    if state == "accelerated":
        return state
    is_failed = has_failed(
        rule.missed, rule.days, missed=standing.failed, days_late=standing.days_late
    )
    if state != "defaulted" or defaulted_on is None:
        return "defaulted" if is_failed else "active"
    last = defaulted_on + timedelta(days=rule.cure_days)
    cleared_on = standing.cleared_on or as_of
    if standing.failed == 0 and (cleared_on <= last or rule.acceleration == "never"):
        return "active"
    if rule.acceleration == "auto" and as_of > last:
        return "accelerated"
    return state


def _with_judged_day(instalments: nw.LazyFrame, calendar: nw.LazyFrame | None) -> nw.LazyFrame:
    """Return the instalments with the last day on which money still is in time."""
    by_days = nw.col("due_day") + nw.col("tolerance_days")
    if calendar is None:
        return instalments.with_columns(judged_day=by_days)
    due = calendar.select(due_day=nw.col("day"), due_no=nw.col("business_day_no"))
    last = calendar.filter(nw.col("is_business")).select(
        last_no=nw.col("business_day_no"), business_day=nw.col("day")
    )
    return (
        instalments.join(due, on="due_day", how="left")
        .with_columns(last_no=nw.col("due_no") + nw.col("tolerance_days"))
        .join(last, on="last_no", how="left")
        # days outside the calendar fall back to calendar days
        .with_columns(
            judged_day=nw.when(~nw.col("business_day").is_null())
            .then(nw.max_horizontal("business_day", "due_day"))
            .otherwise(by_days)
        )
        .drop("due_no", "last_no", "business_day")
    )


def _placed(instalments: nw.LazyFrame, waived: nw.LazyFrame | None) -> nw.LazyFrame:
    """Return the instalments with what must have come before each, and until it is covered."""
    summed = instalments.with_columns(
        until_minor=nw.col("amount_minor").cum_sum().over("plan_id", order_by=["number"])
    ).with_columns(before_minor=nw.col("until_minor") - nw.col("amount_minor"))
    if waived is None:
        return summed
    whole = nw.col("amount_minor").sum().over("plan_id").cast(nw.Int64)
    return (
        summed.join(waived, on="plan_id", how="left")
        .with_columns(to_pay_minor=whole - nw.col("waived_minor").fill_null(0))
        .with_columns(until_minor=nw.min_horizontal("until_minor", "to_pay_minor"))
        .drop("waived_minor", "to_pay_minor")
    )


def _waived(booked: nw.LazyFrame) -> nw.LazyFrame:
    """Return what was given up of each plan's items meanwhile, its own concession left out."""
    return (
        booked.filter(~nw.col("source").is_in([*MONEY, OWN]))
        .group_by("plan_id")
        .agg(waived_minor=total("amount_minor"))
    )


def _money(booked: nw.LazyFrame) -> nw.LazyFrame:
    """Return money and credit per plan and value day, with the sum so far.

    A return is netted against its payment, so that it is dated like the money it takes back.
    """
    payments = (
        booked.filter(nw.col("source") == "payment")
        .group_by("plan_id", "payment_id")
        .agg(minor=total("amount_minor"), value_day=nw.col("value_day").min())
        .select("plan_id", "value_day", "minor")
    )
    netted = booked.filter(nw.col("source") == "credit").select(
        "plan_id", "value_day", minor=nw.col("amount_minor")
    )
    return (
        nw.concat([payments, netted], how="vertical")
        .group_by("plan_id", "value_day")
        .agg(money_minor=total("minor"))
        .with_columns(
            so_far_minor=nw.col("money_minor").cum_sum().over("plan_id", order_by=["value_day"])
        )
    )


def _clipped(amount: nw.Expr, most: nw.Expr) -> nw.Expr:
    """Return the amount, but not below zero and not above `most`."""
    at_most = nw.when(amount > most).then(most).otherwise(amount)
    return nw.when(amount > 0).then(at_most).otherwise(nw.lit(0, nw.Int64))


def _status(day: int) -> nw.Expr:
    """Return the status of an instalment as of a day number."""
    in_time = nw.col("paid_day").is_null() | (nw.col("paid_day") <= nw.col("judged_day"))
    covered = nw.when(in_time).then(nw.lit("paid")).otherwise(nw.lit("late"))
    failed = nw.when(nw.col("paid_minor") > 0).then(nw.lit("part")).otherwise(nw.lit("missed"))
    waiting = nw.when(nw.col("judged_day") >= day).then(nw.lit("due")).otherwise(failed)
    waiting = nw.when(nw.col("due_day") > day).then(nw.lit("scheduled")).otherwise(waiting)
    return nw.when(nw.col("is_covered")).then(covered).otherwise(waiting)
