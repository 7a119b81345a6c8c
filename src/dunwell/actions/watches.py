"""Customers under watch: put there by a person, checked by an agenda, ended with a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.calendars import next_business_day
from dunwell.models import (
    Customer,
    ExposureFreeze,
    Membership,
    Task,
    User,
    Watch,
    WatchCheck,
)
from dunwell.queries.playbooks import people_asked, playbooks_in_force

Status = Watch.Status

LONGEST = 300
MOST_DAYS = 365
MOST_POINTS = 20
"""An agenda nobody gets through is none."""

KINDS = {Watch.Way.CALL: Task.Kind.CHECK_IN, Watch.Way.VISIT: Task.Kind.VISIT}
"""The task a due check is, by how the customer is checked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchTerms:
    """How a customer is watched; what is left out is as the playbook says."""

    agenda: Sequence[str] | None = None
    every_days: int | None = None
    way: str = ""
    sponsor: User | None = None


@transaction.atomic
def start_watch(
    *,
    actor: Actor,
    customer: Customer,
    playbook: str,
    reason: str,
    terms: WatchTerms,
    as_of: date,
    at: datetime,
) -> Watch:
    """Put a customer under watch by hand; its first check is due on the next business day.

    `playbook` names one of the policy, or anything where the terms say all. Raises Refused
    without a reason, and for a customer that is watched or proposed already.
    """
    actor.require("watch.edit")
    open_customer(actor, customer)
    told = _told(reason, "Say why the customer is watched.")
    name = fitting(text=playbook, most=80, what="playbook")
    if not name:
        raise Refused("Name the playbook, or what kind of watch this is.")
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = Watch.objects.filter(customer=locked).exclude(status=Status.ENDED).first()
    if standing is not None:
        what = "is proposed for" if standing.status == Status.PROPOSED else "is under"
        raise Refused(
            f"This customer {what} the watch {standing.playbook!r} since "
            f"{standing.from_on.isoformat()}; start that one or end it first."
        )
    watch = Watch(
        company=actor.company,
        customer=locked,
        status=Status.RUNNING,
        playbook=name,
        reason=told,
        from_on=as_of,
        next_on=next_business_day(as_of, country=actor.company.country),
        by=actor.name,
        recorded_at=at,
    )
    _agree(actor, watch, terms, as_of=as_of)
    watch.save()
    _tell(actor, "watch.started", watch, at=at, playbook=name, reason=told)
    return watch


@transaction.atomic
def accept_watch(
    *, actor: Actor, watch: Watch, terms: WatchTerms, as_of: date, at: datetime
) -> Watch:
    """Start the watch that a playbook proposes; raise Refused for one that is not proposed."""
    actor.require("watch.edit")
    locked = _locked(actor, watch)
    _check_move(locked, Status.RUNNING)
    _agree(actor, locked, terms, as_of=as_of)
    locked.status, locked.from_on, locked.by = Status.RUNNING, as_of, actor.name
    locked.next_on = next_business_day(as_of, country=actor.company.country)
    locked.save()
    _tell(actor, "watch.started", locked, at=at, playbook=locked.playbook, reason=locked.reason)
    return locked


@transaction.atomic
def change_watch(
    *,
    actor: Actor,
    watch: Watch,
    terms: WatchTerms,
    next_on: date | None = None,
    as_of: date,
    at: datetime,
) -> Watch:
    """Change agenda, rhythm, way or sponsor of a running watch, or the day of its next check."""
    actor.require("watch.edit")
    locked = _locked(actor, watch)
    if locked.status != Status.RUNNING:
        raise Refused("Only a running watch can be changed; load the page again.")
    if next_on is not None and next_on < as_of and next_on != locked.next_on:
        raise Refused("The day of the next check has passed; choose one from today on.")
    before = (locked.agenda, locked.every_days, locked.way, locked.sponsor_id, locked.next_on)
    _agree(actor, locked, terms, as_of=as_of)
    locked.next_on = next_on or locked.next_on
    if before == (
        locked.agenda,
        locked.every_days,
        locked.way,
        locked.sponsor_id,
        locked.next_on,
    ):
        return locked
    locked.save()
    if locked.next_on > as_of or locked.way != before[2]:
        _drop_checks(locked, by=actor.name, at=at)
    _tell(actor, "watch.changed", locked, at=at, next_on=locked.next_on.isoformat())
    return locked


@transaction.atomic
def record_check(
    *, actor: Actor, watch: Watch, result: str, way: str = "", as_of: date, at: datetime
) -> WatchCheck:
    """Record what a call or visit brought; the next check is due `every_days` later.

    The open task of the check is done with it. Raises Refused without a result, for a watch
    that does not run, and for a second check on one day, saying who made the first.
    """
    actor.require("watch.edit")
    told = fitting(text=result, most=500, what="result")
    if not told:
        raise Refused("Say what the check brought.")
    locked = _locked(actor, watch)
    if locked.status != Status.RUNNING:
        raise Refused("This watch does not run; load the page again.")
    used = way or locked.way
    if used not in Watch.Way.values:
        raise Refused(f"There is no way {used}; use {', '.join(Watch.Way.values)}.")
    today = WatchCheck.objects.filter(watch=locked, on=as_of).order_by("id").first()
    if today is not None:
        raise Refused(f"{today.by} recorded a check of today already; load the page again.")
    check = WatchCheck.objects.create(
        watch=locked,
        way=used,
        due_on=locked.next_on,
        on=as_of,
        result=told,
        by=actor.name,
        recorded_at=at,
    )
    locked.next_on = next_business_day(
        as_of + timedelta(days=locked.every_days), country=actor.company.country
    )
    locked.save(update_fields=["next_on"])
    Task.objects.filter(
        customer=locked.customer_id, kind__in=KINDS.values(), status=Task.Status.OPEN
    ).update(status=Task.Status.DONE, done_at=at, done_by=actor.name)
    _tell(
        actor,
        "watch.checked",
        locked,
        at=at,
        way=used,
        reason=told,
        due_on=check.due_on.isoformat(),
        next_on=locked.next_on.isoformat(),
    )
    return check


@transaction.atomic
def end_watch(*, actor: Actor, watch: Watch, result: str, as_of: date, at: datetime) -> Watch:
    """End a watch with its result, or decline a proposal with the reason.

    Raises Refused without one, for a watch that has ended, and while the exposure is frozen or
    its freeze waits for approval.
    """
    actor.require("watch.edit")
    told = _told(result, "Say what came of the watch, or why it is declined.")
    locked = _locked(actor, watch)
    was_running = locked.status == Status.RUNNING
    _check_move(locked, Status.ENDED)
    freeze = (
        ExposureFreeze.objects.filter(
            customer=locked.customer_id,
            status__in=(ExposureFreeze.Status.PENDING, ExposureFreeze.Status.STANDING),
        )
        .order_by("id")
        .first()
    )
    if freeze is not None:
        what = "is frozen" if freeze.status == ExposureFreeze.Status.STANDING else "may be frozen"
        raise Refused(f"The exposure {what}; lift or withdraw that first.")
    locked.status, locked.ended_on, locked.ended_by = Status.ENDED, as_of, actor.name
    locked.result = told
    locked.save(update_fields=["status", "ended_on", "ended_by", "result"])
    _drop_checks(locked, by=actor.name, at=at)
    verb = "watch.ended" if was_running else "watch.declined"
    _tell(actor, verb, locked, at=at, reason=told)
    return locked


def _agree(actor: Actor, watch: Watch, terms: WatchTerms, *, as_of: date) -> None:
    """Put terms into a watch; what they leave out comes from the playbook of its name."""
    if watch.pk is None:
        _as_the_playbook_says(actor, watch, as_of=as_of)
    if terms.agenda is not None:
        watch.agenda = _agenda(terms.agenda)
    if terms.every_days is not None:
        if not 1 <= terms.every_days <= MOST_DAYS:
            raise Refused(f"Check every 1 to {MOST_DAYS} days.")
        watch.every_days = terms.every_days
    if terms.way:
        if terms.way not in Watch.Way.values:
            raise Refused(f"There is no way {terms.way}; use {', '.join(Watch.Way.values)}.")
        watch.way = terms.way
    if terms.sponsor is not None:
        _check_works_here(actor, terms.sponsor)
        watch.sponsor = terms.sponsor


def _as_the_playbook_says(actor: Actor, watch: Watch, *, as_of: date) -> None:
    book = playbooks_in_force(actor.company, as_of=as_of).playbook(watch.playbook)
    if book is None:
        return
    watch.agenda, watch.every_days, watch.way = list(book.agenda), book.every_days, book.way
    if book.sponsor:
        watch.sponsor_id = people_asked(actor.company).keys.get(book.sponsor)


def _agenda(points: Sequence[str]) -> list[str]:
    found = [told for one in points if (told := fitting(text=one, most=200, what="agenda point"))]
    if len(found) > MOST_POINTS:
        raise Refused(f"An agenda has at most {MOST_POINTS} points.")
    return found


def _check_works_here(actor: Actor, user: User) -> None:
    found = Membership.objects.filter(company=actor.company, user=user, user__is_active=True)
    if not found.exists():
        raise Refused(f"{user.username} does not work for {actor.company.name}.")


def _locked(actor: Actor, watch: Watch) -> Watch:
    if watch.company_id != actor.company.pk:
        raise Refused("This watch belongs to another company.")
    Customer.objects.select_for_update(no_key=True).get(pk=watch.customer_id)
    return Watch.objects.select_for_update(no_key=True).get(pk=watch.pk)


def _check_move(watch: Watch, status: Status) -> None:
    before = Status(watch.status)
    if status in Watch.MOVES[before]:
        return
    by = f" by {watch.ended_by} on {watch.ended_on}" if watch.ended_on else ""
    raise Refused(f"This watch is marked: {before.label.lower()}{by}; load the page again.")


def _told(text: str, missing: str) -> str:
    told = fitting(text=text, most=LONGEST, what="text")
    if not told:
        raise Refused(missing)
    return told


def _drop_checks(watch: Watch, *, by: str, at: datetime) -> None:
    Task.objects.filter(
        customer=watch.customer_id, kind__in=KINDS.values(), status=Task.Status.OPEN
    ).update(status=Task.Status.CANCELLED, done_at=at, done_by=by)


def _tell(actor: Actor, verb: str, watch: Watch, *, at: datetime, **data: object) -> None:
    record_event(actor, verb, watch, at=at, customer_id=watch.customer_id, **data)
