"""What becomes of accepted payment plans: judged by the money, cured, due at once, completed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dunwell.actions.agreements import (
    bind_items,
    check_move,
    hold_items,
    locked_agreement,
    move,
    release_items,
)
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.plan_moves import (
    Status,
    close_task,
    drop_unearned,
    grant_concession,
    open_task,
    take_back_concession,
    tell,
)
from dunwell.actions.texts import fitting
from dunwell.engine.calendars import calendar_days, day_date
from dunwell.engine.plans import Standing, judged_instalments, plan_standings, state_after
from dunwell.models import Company, PaymentPlan, PlanInstalment, PlanItem
from dunwell.queries.plan_frames import (
    CALENDAR_SLACK_DAYS,
    STANDING,
    instalments_frame,
    receipts_frame,
    rule_of,
)

FAILED = (PlanInstalment.Status.PART, PlanInstalment.Status.MISSED)
LONGEST_REASON = 300
Told = tuple[str, dict[str, int]]
"""What a move was, as the verb and the figures of its event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judgement:
    """What the frames say: the instalments that changed, and how each plan stands."""

    instalments: Sequence[PlanInstalment]
    standings: Mapping[int, Standing]
    arrears: Mapping[int, int]


@transaction.atomic
def judge_plans(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Judge every accepted plan by the money booked until `as_of`; return how much changed.

    Instalments get their status, and a plan is completed (what was agreed is given up then),
    fails (its items may be chased, and a task asks for a follow-up), is cured, or falls due at
    once. A returned payment re-opens the judgement. Offers nobody accepted end. Counted are
    instalments and plans; a second run changes nothing.
    """
    actor.require("cycle.run")
    changed = _expire(actor, as_of=as_of, at=at)
    plans = list(
        PaymentPlan.objects.filter(
            company=actor.company, status__in=STANDING, accepted_on__lte=as_of
        )
        .select_related("customer", "company")
        .order_by("customer_id", "pk")
    )
    if not plans:
        return changed
    found = _judged(actor.company, plans, as_of=as_of)
    PlanInstalment.objects.bulk_update(
        found.instalments, ["status", "paid_minor", "paid_on"], batch_size=500
    )
    _tell_missed(actor, plans, found.instalments, at=at)
    for plan in plans:
        after = state_after(
            plan.status,
            found.standings[plan.pk],
            rule_of(plan),
            defaulted_on=plan.defaulted_on,
            as_of=as_of,
        )
        if after != plan.status:
            arrears = found.arrears[plan.pk]
            changed += _change(actor, plan, Status(after), arrears, as_of=as_of, at=at)
    return changed + len(found.instalments)


@transaction.atomic
def cure_plan(*, actor: Actor, plan: PaymentPlan, reason: str, as_of: date, at: datetime) -> None:
    """Put a failed plan in force again, as a person decides, although the days to cure are over.

    Raises Refused without a reason, for a plan that has not failed, and while what failed is
    still not paid: the next day would find the same default.
    """
    actor.require("plan.propose")
    plan = locked_agreement(actor.company, plan)
    why = _reason(reason, "Say why the plan goes on.")
    if plan.status != Status.DEFAULTED:
        raise Refused(f"{plan.number} is not in default; there is nothing to cure.")
    found = _judged(actor.company, [plan], as_of=as_of)
    if found.standings[plan.pk].failed:
        raise Refused(
            f"Instalments of {plan.number} are still not paid; take the money first, or agree on "
            "another plan."
        )
    _to_active(plan, as_of=as_of, at=at)
    close_task(plan, by=actor.name, at=at)
    tell(actor, "cured", plan, at=at, reason=why)


@transaction.atomic
def accelerate_plan(
    *, actor: Actor, plan: PaymentPlan, reason: str, as_of: date, at: datetime
) -> None:
    """Let all that is left of a failed plan be due at once; the plan no longer binds its items.

    Interest of instalments that were not due yet falls away. Raises Refused without a reason,
    for a plan that has not failed, within the days to cure, and where its terms rule it out.
    """
    actor.require("plan.propose")
    plan = locked_agreement(actor.company, plan)
    why = _reason(reason, "Say why all is due at once.")
    check_move(plan, Status.ACCELERATED)
    rule = rule_of(plan)
    if rule.acceleration == "never":
        raise Refused(f"The terms of {plan.number} do not let all fall due at once.")
    if plan.defaulted_on is not None:
        last = plan.defaulted_on + timedelta(days=rule.cure_days)
        if as_of <= last:
            raise Refused(f"The customer may cure {plan.number} until {last}; wait until then.")
    dropped = _to_accelerated(plan, as_of=as_of, at=at)
    close_task(plan, by=actor.name, at=at)
    tell(actor, "accelerated", plan, at=at, reason=why, dropped_interest_minor=dropped)


def _judged(company: Company, plans: Sequence[PaymentPlan], *, as_of: date) -> _Judgement:
    """Return what the money says of the plans."""
    rows = {
        row.pk: row for row in PlanInstalment.objects.filter(plan__in=[plan.pk for plan in plans])
    }
    days = [row.due_on for row in rows.values()]
    calendar = calendar_days(
        company.country,
        first=min(*days, as_of),
        last=max(*days, as_of) + timedelta(days=CALENDAR_SLACK_DAYS),
    )
    judged = judged_instalments(
        instalments_frame(company, plans),
        receipts_frame(company, plans),
        as_of=as_of,
        calendar=calendar,
    )
    told = judged.select("instalment_id", "status", "paid_minor", "paid_day").collect().rows()
    standings = (
        plan_standings(judged, as_of=as_of)
        .select("plan_id", "is_paid", "failed", "days_late", "cleared_day", "arrears_minor")
        .collect()
        .rows()
    )
    return _Judgement(
        instalments=_changed(rows, told),
        standings={
            key: Standing(
                is_paid=is_paid,
                failed=failed,
                days_late=late,
                cleared_on=None if cleared is None else day_date(cleared),
            )
            for key, is_paid, failed, late, cleared, _ in standings
        },
        arrears={row[0]: row[-1] for row in standings},
    )


def _changed(
    rows: Mapping[int, PlanInstalment], told: Iterable[tuple[Any, ...]]
) -> list[PlanInstalment]:
    """Return the instalments that are not as recorded, with what they are now, by key."""
    changed = []
    for key, status, paid_minor, paid_day in sorted(told):
        row, paid_on = rows[key], None if paid_day is None else day_date(paid_day)
        if (row.status, row.paid_minor, row.paid_on) != (status, paid_minor, paid_on):
            row.status, row.paid_minor, row.paid_on = status, paid_minor, paid_on
            changed.append(row)
    return changed


def _expire(actor: Actor, *, as_of: date, at: datetime) -> int:
    """End the offers whose last day has passed; return how many."""
    late = PaymentPlan.objects.filter(
        company=actor.company, status=Status.OFFERED, expires_on__lt=as_of
    )
    locked = [locked_agreement(actor.company, plan) for plan in late.order_by("customer_id", "pk")]
    plans = [plan for plan in locked if plan.status == Status.OFFERED]
    for plan in plans:
        move(plan, Status.EXPIRED, ended_on=as_of)
        tell(actor, "expired", plan, at=at)
    return len(plans)


def _tell_missed(
    actor: Actor,
    plans: Iterable[PaymentPlan],
    changed: Iterable[PlanInstalment],
    *,
    at: datetime,
) -> None:
    """Write one event per plan of which instalments failed just now."""
    numbers: dict[int, list[int]] = {}
    for row in changed:
        if row.status in FAILED:
            numbers.setdefault(row.plan_id, []).append(row.number)
    for plan in plans:
        if plan.pk in numbers:
            tell(actor, "missed", plan, at=at, instalments=sorted(numbers[plan.pk]))


def _change(
    actor: Actor, seen: PaymentPlan, after: Status, arrears: int, *, as_of: date, at: datetime
) -> int:
    """Move one plan on; one that cannot be moved gets a task that says why, the rest goes on."""
    try:
        with transaction.atomic():
            plan = locked_agreement(actor.company, seen)
            if (plan.status, plan.version) != (seen.status, seen.version):
                return 0
            close_task(plan, by=actor.name, at=at)
            verb, data = _MOVES[after](plan, as_of=as_of, at=at)
            tell(actor, verb, plan, at=at, arrears_minor=arrears, **data)
    except Refused as refusal:
        open_task(seen, reason=str(refusal), as_of=as_of, at=at)
        return 0
    return 1


def _completed(plan: PaymentPlan, *, as_of: date, at: datetime) -> Told:
    given = grant_concession(plan, as_of=as_of, at=at)
    move(plan, Status.COMPLETED, ended_on=as_of)
    bind_items(plan, is_live=False)
    release_items(plan, as_of=as_of)
    return "completed", {"conceded_minor": given}


def _defaulted(plan: PaymentPlan, *, as_of: date, at: datetime) -> Told:
    taken = _reopen(plan, as_of=as_of, at=at)
    move(plan, Status.DEFAULTED, defaulted_on=as_of, ended_on=None)
    release_items(plan, as_of=as_of)
    open_task(plan, reason="the payment plan is in default.", as_of=as_of, at=at)
    return "defaulted", {"taken_back_minor": taken}


def _active(plan: PaymentPlan, *, as_of: date, at: datetime) -> Told:
    verb = "cured" if plan.status == Status.DEFAULTED else "reopened"
    taken = _reopen(plan, as_of=as_of, at=at)
    _to_active(plan, as_of=as_of, at=at)
    return verb, {"taken_back_minor": taken}


def _accelerated(plan: PaymentPlan, *, as_of: date, at: datetime) -> Told:
    dropped = _to_accelerated(plan, as_of=as_of, at=at)
    open_task(plan, reason="all that is left is due at once.", as_of=as_of, at=at)
    return "accelerated", {"dropped_interest_minor": dropped}


_MOVES = {
    Status.COMPLETED: _completed,
    Status.DEFAULTED: _defaulted,
    Status.ACTIVE: _active,
    Status.ACCELERATED: _accelerated,
}


def _reopen(plan: PaymentPlan, *, as_of: date, at: datetime) -> int:
    """Bind the items of a completed plan again and let its concession be owed; return that."""
    if plan.status != Status.COMPLETED:
        return 0
    others = PlanItem.objects.filter(item__in=plan.lines.values("item"), is_live=True)
    other = others.exclude(plan=plan).select_related("plan").order_by("pk").first()
    if other is not None:
        raise Refused(f"Money of {plan.number} came back, but {other.plan.number} has its items.")
    bind_items(plan, is_live=True)
    return take_back_concession(plan, as_of=as_of, at=at)


def _to_active(plan: PaymentPlan, *, as_of: date, at: datetime) -> None:
    move(plan, Status.ACTIVE, defaulted_on=None, ended_on=None)
    hold_items(plan, as_of=as_of, at=at)


def _to_accelerated(plan: PaymentPlan, *, as_of: date, at: datetime) -> int:
    move(plan, Status.ACCELERATED)
    bind_items(plan, is_live=False)
    release_items(plan, as_of=as_of)
    return drop_unearned(plan, as_of=as_of, at=at)


def _reason(text: str, sentence: str) -> str:
    why = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not why:
        raise Refused(sentence)
    return why
