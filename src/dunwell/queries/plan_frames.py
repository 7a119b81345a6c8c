"""Accepted payment plans as engine frames: what is due, what came, and when items are paid."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Iterable, Mapping

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.plans import PLAN_INSTALMENTS, PLAN_RECEIPTS, PlanRule, item_days
from dunwell.engine.schema import PROMISES, Column, Frame
from dunwell.models import Company, PaymentPlan
from dunwell.queries.frames import day, read_frame

_RECEIPTS: Frame = {
    **PLAN_RECEIPTS,
    "allocation_id": Column(nw.Int64, "key of the allocation"),
    "reverses_id": Column(nw.Int64, "allocation it takes back", nullable=True),
}
_LINES: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "item_id": Column(nw.Int64, "item it covers"),
    "place": Column(nw.Int64, "place among the items in the order they are paid"),
    "amount_minor": Column(nw.Int64, "what the plan covers of it"),
}
_SPANS: Frame = {
    "plan_id": Column(nw.Int64, "key of the plan"),
    "item_id": Column(nw.Int64, "item it covers"),
    "customer_id": Column(nw.Int64, "who agreed"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "what the plan covers of it"),
    "made_day": Column(nw.Int32, "day from which the plan holds the item"),
    "withdrawn_day": Column(nw.Int32, "day on which that ended", nullable=True),
}
STANDING = (
    PaymentPlan.Status.ACTIVE,
    PaymentPlan.Status.DEFAULTED,
    PaymentPlan.Status.ACCELERATED,
    PaymentPlan.Status.COMPLETED,
)
"""Statuses in which money decides what becomes of a plan."""

_STANDS = "p.status IN ('active', 'defaulted', 'accelerated', 'completed')"

CALENDAR_SLACK_DAYS = 100
"""Days of calendar beyond the last due day, so that every tolerance ends inside it."""


def rule_of(plan: PaymentPlan) -> PlanRule:
    """Return when the plan fails and is cured, as it was offered, whatever policy holds now."""
    return PlanRule(**plan.authority["terms"]["rule"])


def booked_before(plan: PaymentPlan) -> int:
    """Return the key of the last allocation that was booked before the plan was accepted."""
    return int(plan.acceptance.get("after_allocation", 0))


def instalments_frame(company: Company, plans: Iterable[PaymentPlan]) -> nw.LazyFrame:
    """Return the instalments of plans of a company that stand, in columns PLAN_INSTALMENTS."""
    graces = {plan.pk: rule_of(plan).tolerance_days for plan in plans}
    found = read_frame(
        f"SELECT n.plan_id, n.id, n.number, {day('n.due_on')}, n.amount_minor, 0 "
        "FROM dunwell_planinstalment n JOIN dunwell_paymentplan p ON p.id = n.plan_id "
        f"WHERE p.company_id = %s AND {_STANDS}",
        [company.pk],
        PLAN_INSTALMENTS,
    )
    grace = _column("tolerance_days", graces, pl.Int32)
    with_grace = found.drop("tolerance_days").join(grace, on="plan_id", how="inner")
    return with_grace.select(*PLAN_INSTALMENTS)


def receipts_frame(company: Company, plans: Iterable[PaymentPlan]) -> nw.LazyFrame:
    """Return what was put on the plans' items after they were accepted, as PLAN_RECEIPTS.

    What takes back an earlier booking is no part of it: that debt is not the plan's.
    """
    befores = {plan.pk: booked_before(plan) for plan in plans}
    found = read_frame(
        "SELECT l.plan_id, a.payment_id, "
        "CASE WHEN a.source = 'adjustment' THEN j.kind ELSE a.source END, a.amount_minor, "
        f"{day('a.value_on')}, {day('a.applied_on')}, a.id, a.reverses_id "
        "FROM dunwell_paymentplan p JOIN dunwell_planitem l ON l.plan_id = p.id "
        "JOIN dunwell_allocation a ON a.item_id = l.item_id "
        "LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id "
        f"WHERE p.company_id = %s AND {_STANDS}",
        [company.pk],
        _RECEIPTS,
    )
    before = _column("before", befores, pl.Int64)
    is_later = nw.col("allocation_id") > nw.col("before")
    takes_back_later = nw.col("reverses_id").is_null() | (nw.col("reverses_id") > nw.col("before"))
    return (
        found.join(before, on="plan_id", how="inner")
        .filter(is_later & takes_back_later)
        .select(*PLAN_RECEIPTS)
    )


def plan_promises_frame(company: Company) -> nw.LazyFrame:
    """Return what plans say about when their items are paid, in columns PROMISES.

    A row per item and span in which a plan held it: promised for the instalment that pays the
    last of it, withdrawn when the hold ended. Keys are below 0, beside those of promises.
    """
    spans = read_frame(
        "SELECT l.plan_id, l.item_id, p.customer_id, p.currency, l.amount_minor, "
        f"{day('h.from_on')}, {day('h.released_on')} "
        "FROM dunwell_paymentplan p JOIN dunwell_planitem l ON l.plan_id = p.id "
        "JOIN dunwell_hold h ON h.item_id = l.item_id AND h.reason = 'plan' AND h.note = p.number "
        "WHERE p.company_id = %s AND h.company_id = p.company_id",
        [company.pk],
        _SPANS,
    )
    return (
        spans.join(_item_days(company), on=["plan_id", "item_id"], how="inner")
        .with_columns(
            promise_id=nw.lit(-1, nw.Int64) - nw.col("plan_id"),
            tolerance_days=nw.lit(0, nw.Int32),
        )
        .select(*PROMISES)
    )


def _item_days(company: Company) -> nw.LazyFrame:
    """Return the day by which each item of an accepted plan is paid, in columns ITEM_DAYS."""
    lines = read_frame(
        "SELECT l.plan_id, l.item_id, "
        "ROW_NUMBER() OVER (PARTITION BY l.plan_id ORDER BY i.due_on, i.id), l.amount_minor "
        "FROM dunwell_planitem l JOIN dunwell_item i ON i.id = l.item_id "
        "JOIN dunwell_paymentplan p ON p.id = l.plan_id "
        "WHERE p.company_id = %s AND p.accepted_on IS NOT NULL",
        [company.pk],
        _LINES,
    )
    instalments = read_frame(
        f"SELECT n.plan_id, n.id, n.number, {day('n.due_on')}, n.amount_minor, 0 "
        "FROM dunwell_planinstalment n JOIN dunwell_paymentplan p ON p.id = n.plan_id "
        "WHERE p.company_id = %s AND p.accepted_on IS NOT NULL",
        [company.pk],
        PLAN_INSTALMENTS,
    )
    return item_days(lines, instalments)


def _column(name: str, values: Mapping[int, int], kind: type[pl.DataType]) -> nw.LazyFrame:
    """Return one value per plan as a frame to join."""
    frame = pl.LazyFrame(
        {"plan_id": list(values), name: list(values.values())},
        schema={"plan_id": pl.Int64, name: kind},
    )
    return nw.from_native(frame)
