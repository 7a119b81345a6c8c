"""Incentives for paying on time: proposed, approved by another, granted by the day's cycle."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.adjustments import book_adjustment
from dunwell.actions.allocations import locked_items
from dunwell.actions.approvals import drop_approvals, handles, request_approval
from dunwell.actions.authority import authorise, held_in
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.periods import first_open_day
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.texts import fitting
from dunwell.engine.incentives import IncentiveTerms, is_control, on_time_streaks
from dunwell.engine.money import part
from dunwell.engine.plan_schedule import months_until
from dunwell.models import (
    Adjustment,
    ApprovalRequest,
    Company,
    Incentive,
    IncentiveGrant,
    Item,
)
from dunwell.queries.incentive_items import granted_frame, watched_frame
from dunwell.queries.incentives import rebate_targets, spent_minor

ACT = "rebate"
PPM = 1_000_000
LONGEST_NAME, LONGEST_REASON = 80, 300
MOST_STREAK, MOST_DAYS = 60, 365
MOST_CONTROL_PPM = 500_000
Status, Kind = Incentive.Status, Incentive.Kind


@transaction.atomic
def propose_incentive(
    *, actor: Actor, terms: IncentiveTerms, reason: str, as_of: date, at: datetime
) -> Incentive:
    """Propose an incentive; it runs once somebody else has approved its budget.

    Raises Refused for terms outside what is possible, a name that is taken, and for a budget or
    rate the authority policy lets nobody grant.
    """
    actor.require("incentive.edit")
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say what the incentive is to bring.")
    name = fitting(text=terms.name, most=LONGEST_NAME, what="name")
    _check(terms, name, as_of=as_of)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if Incentive.objects.filter(company=actor.company, name=name).exists():
        raise Refused(f"There is an incentive named {name} already; give this one its own name.")
    authority = authorise(
        actor=actor,
        customer=None,
        act=ACT,
        currency=terms.currency,
        amount_minor=terms.budget_minor,
        concession_minor=-(-terms.budget_minor * terms.reward_ppm // PPM),
        months=months_until(terms.until_on, from_on=as_of),
        as_of=as_of,
    )
    incentive = Incentive.objects.create(
        company=actor.company,
        name=name,
        kind=terms.kind,
        segments=list(terms.segments),
        streak=terms.streak,
        reward_ppm=terms.reward_ppm,
        reward_days=terms.reward_days,
        currency=terms.currency,
        budget_minor=terms.budget_minor,
        control_ppm=terms.control_ppm,
        from_on=terms.from_on,
        until_on=terms.until_on,
        author=actor.name,
        recorded_at=at,
    )
    _tell(
        actor, "proposed", incentive, at=at, customer_id=None, reason=told,
        budget_minor=terms.budget_minor, **held_in(authority.document()),
    )  # fmt: skip
    if authority.is_allowed:
        _start(actor, incentive, at=at)
        return incentive
    request_approval(
        actor=actor,
        subject=incentive,
        act=ACT,
        authority=authority,
        reason=told,
        due_on=terms.until_on,
        as_of=as_of,
        at=at,
    )
    return incentive


@transaction.atomic
def end_incentive(
    *, actor: Actor, incentive: Incentive, reason: str, as_of: date, at: datetime
) -> None:
    """End an incentive, or a proposal of one; what was granted stays. Raises Refused when over."""
    actor.require("incentive.edit")
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused("Say why the incentive ends.")
    incentive = _locked(actor.company, incentive.pk)
    was = incentive.status
    _end(actor, incentive, told, at=at)
    if was == Status.PROPOSED:
        drop_approvals(actor=actor, subject=incentive, reason=told, as_of=as_of, at=at)


@transaction.atomic
def grant_incentives(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Reward every streak completed by `as_of`; return how many were granted or watched.

    A rebate lowers the next due open item that is large enough, within the budget: the first
    one that does not fit ends the incentive. Where no item is large enough the reward waits.
    Terms and limits become a task. Incentives whose last day has passed end. A second run
    changes nothing.
    """
    actor.require("cycle.run")
    running = Incentive.objects.filter(company=actor.company, status=Status.RUNNING)
    changed = 0
    for key in running.filter(from_on__lte=as_of).order_by("pk").values_list("pk", flat=True):
        incentive = _locked(actor.company, key)
        if incentive.status != Status.RUNNING:
            continue
        changed += _grant(actor, incentive, as_of=as_of, at=at)
        if incentive.status == Status.RUNNING and as_of > incentive.until_on:
            _end(actor, incentive, "its last day has passed", at=at)
            changed += 1
    return changed


@handles("incentive")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Start an approved incentive, or end a rejected one."""
    if is_approved:
        actor.require("incentive.approve")
    incentive = _locked(actor.company, request.subject_id)
    if incentive.status != Status.PROPOSED:
        raise Refused(f"{incentive.name} no longer waits for approval.")
    if is_approved:
        if incentive.until_on < as_of:
            raise Refused(f"{incentive.name} was to end on {incentive.until_on}; reject it.")
        _start(actor, incentive, at=at)
    else:
        _end(actor, incentive, reason, at=at)


def _check(terms: IncentiveTerms, name: str, *, as_of: date) -> None:
    if not name:
        raise Refused("Give the incentive a name.")
    if terms.kind not in Kind.values:
        raise Refused(f"There is no reward {terms.kind}; use {', '.join(Kind.values)}.")
    if not 1 <= terms.streak <= MOST_STREAK:
        raise Refused(f"A streak is 1 to {MOST_STREAK} items.")
    if terms.from_on < as_of or terms.until_on < terms.from_on:
        raise Refused("An incentive begins today or later and ends after it begins.")
    if not 0 <= terms.control_ppm <= MOST_CONTROL_PPM:
        raise Refused("The control group is at most half of the customers.")
    if terms.kind == Kind.REBATE and not (0 < terms.reward_ppm < PPM and terms.budget_minor > 0):
        raise Refused("A rebate needs a rate between 0 and 100 % and a budget above 0.")
    if terms.kind == Kind.TERMS and not 0 < terms.reward_days <= MOST_DAYS:
        raise Refused(f"Longer terms are 1 to {MOST_DAYS} days more.")
    if terms.budget_minor < 0 or terms.reward_ppm < 0:
        raise Refused("Budget and rate cannot be below 0.")


def _locked(company: Company, key: int) -> Incentive:
    found = (
        Incentive.objects.select_for_update(no_key=True).filter(company=company, pk=key).first()
    )
    if found is None:
        raise Refused("This incentive belongs to another company.")
    return found


def _grant(actor: Actor, incentive: Incentive, *, as_of: date, at: datetime) -> int:
    """Grant the streaks of one incentive in the order in which they were completed."""
    streaks = (
        on_time_streaks(
            watched_frame(incentive, as_of=as_of),
            granted_frame(incentive),
            streak=incentive.streak,
            as_of=as_of,
        )
        .sort("completed_day", "item_id")
        .select("item_id", "customer_id", "base_minor")
        .collect()
        .rows()
    )
    if not streaks:
        return 0
    left = incentive.budget_minor - spent_minor(incentive)
    targets = rebate_targets(incentive, sorted({row[1] for row in streaks}), as_of=as_of)
    waiting: set[int] = set()
    granted = 0
    for item_id, customer_id, base in streaks:
        if customer_id in waiting:
            continue
        is_watched = is_control(
            incentive_id=incentive.pk,
            customer_id=customer_id,
            control_ppm=incentive.control_ppm,
        )
        amount = 0
        if incentive.kind == Kind.REBATE and not is_watched:
            amount = part(base, incentive.reward_ppm, PPM)
        if amount > left:
            _end(actor, incentive, "its budget is used", at=at)
            break
        target = _target(targets.get(customer_id, []), amount) if amount else None
        if amount and target is None:
            waiting.add(customer_id)
            continue
        adjustment = None
        if target is not None:
            adjustment = _rebate(incentive, target, amount, as_of=as_of, at=at)
        IncentiveGrant.objects.create(
            incentive=incentive,
            customer_id=customer_id,
            item_id=item_id,
            is_control=is_watched,
            amount_minor=amount,
            adjustment=adjustment,
            granted_on=as_of,
            recorded_at=at,
        )
        if incentive.kind != Kind.REBATE and not is_watched:
            _ask(incentive, customer_id, as_of=as_of, at=at)
        left, granted = left - amount, granted + 1
        _tell(
            actor, "granted", incentive, at=at, customer_id=customer_id, item_id=item_id,
            is_control=is_watched, amount_minor=amount,
        )  # fmt: skip
    return granted


def _target(items: list[tuple[int, int]], amount_minor: int) -> int | None:
    """Return the first item with more open than the rebate, and take the rebate off it."""
    for place, (key, open_minor) in enumerate(items):
        if open_minor > amount_minor:
            items[place] = (key, open_minor - amount_minor)
            return key
    return None


def _rebate(
    incentive: Incentive, item_id: int, amount_minor: int, *, as_of: date, at: datetime
) -> Adjustment:
    """Lower an open item by a rebate."""
    item = Item.objects.get(pk=item_id)
    locked = locked_items(company=incentive.company, items=[item])[item_id]
    if locked.open_minor < amount_minor:
        raise Refused(f"{item.number} was settled meanwhile; run the step again.")
    on = first_open_day(incentive.company, max(as_of, locked.not_before))
    return book_adjustment(
        locked,
        kind=Adjustment.Kind.REBATE,
        amount_minor=amount_minor,
        reason=f"{incentive.name}: {incentive.streak} items paid in time",
        on=on,
        as_of=as_of,
        at=at,
    )


def _ask(incentive: Incentive, customer_id: int, *, as_of: date, at: datetime) -> None:
    """Ask a person to give the reward that is no money, unless such a task is open already."""
    what = "raise the credit limit"
    if incentive.kind == Kind.TERMS:
        what = f"offer {incentive.reward_days} days longer terms"
    ask_follow_up(
        company_id=incentive.company_id,
        customer_id=customer_id,
        reason=f"{incentive.name}: {incentive.streak} items paid in time, {what}",
        as_of=as_of,
        at=at,
    )


def _start(actor: Actor, incentive: Incentive, *, at: datetime) -> None:
    _move(incentive, Status.RUNNING, approver=actor.name)
    _tell(actor, "started", incentive, at=at, budget_minor=incentive.budget_minor)


def _end(actor: Actor, incentive: Incentive, reason: str, *, at: datetime) -> None:
    _move(incentive, Status.ENDED)
    _tell(actor, "ended", incentive, at=at, reason=reason)


def _move(incentive: Incentive, status: Incentive.Status, **fields: str) -> None:
    before = Status(incentive.status)
    if status not in Incentive.MOVES[before]:
        raise Refused(f"{incentive.name} is marked: {before.label.lower()}; load the page again.")
    rows = Incentive.objects.filter(pk=incentive.pk, status=before).update(status=status, **fields)
    if rows != 1:
        raise Refused(f"Somebody else has just changed {incentive.name}; load the page again.")
    incentive.status = status


def _tell(
    actor: Actor,
    verb: str,
    incentive: Incentive,
    *,
    at: datetime,
    customer_id: int | None = None,
    **data: object,
) -> None:
    record_event(
        actor,
        f"incentive.{verb}",
        incentive,
        at=at,
        customer_id=customer_id,
        name=incentive.name,
        **data,
    )
