"""What is done against causes of disputes, and whether fewer disputes came of it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dunwell.actions.dispute_intake import check_cause
from dunwell.actions.dispute_parts import check_colleague
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import needed
from dunwell.engine.cause_effects import EFFECTIVE, NOT_EFFECTIVE, effect
from dunwell.models import CauseAction, Dispute, Item, User
from dunwell.queries.dispute_policies import dispute_policy_in_force

Status = CauseAction.Status

BEFORE_DAYS = 180
"""So many days before the action are its past."""
SETTLING_DAYS = 30
"""Invoices issued in the last days are left out: their disputes may still come."""
LONGEST_WATCH_DAYS = 365
"""After so many days an action that has not shown an effect counts as one without."""


@transaction.atomic
def add_cause_action(
    *,
    actor: Actor,
    root_cause: str,
    action: str,
    owner: User | None = None,
    due_on: date,
    as_of: date,
    at: datetime,
) -> CauseAction:
    """Record what is to be done against a root cause, by whom and by when.

    Raises Refused for an unknown cause, without words, for somebody who does not work here, and
    for a day that has passed.
    """
    actor.require("cause.edit")
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    check_cause(root_cause, policy)
    told = needed(text=action, most=500, what="action", missing="Say what is to be done.")
    if due_on < as_of:
        raise Refused("The day by which it is to be done has passed already.")
    if owner is not None:
        check_colleague(actor, owner)
    found = CauseAction.objects.create(
        company=actor.company,
        root_cause=root_cause,
        action=told,
        owner=owner,
        due_on=due_on,
        by=actor.name,
        recorded_at=at,
    )
    _tell(actor, "added", found, at=at, due_on=due_on.isoformat(), action=told)
    return found


@transaction.atomic
def finish_cause_action(
    *, actor: Actor, cause_action: CauseAction, as_of: date, at: datetime
) -> CauseAction:
    """Say that it is done: from this day on its effect is watched."""
    actor.require("cause.edit")
    found = _locked(actor, cause_action)
    _move(found, Status.DONE, done_on=as_of, figures={})
    _tell(actor, "finished", found, at=at, done_on=as_of.isoformat())
    return found


@transaction.atomic
def drop_cause_action(
    *, actor: Actor, cause_action: CauseAction, reason: str, as_of: date, at: datetime
) -> CauseAction:
    """Give an action up before it is done; raise Refused without a reason."""
    actor.require("cause.edit")
    told = needed(text=reason, most=300, what="reason", missing="Say why it is dropped.")
    found = _locked(actor, cause_action)
    _move(found, Status.DROPPED)
    _tell(actor, "dropped", found, at=at, reason=told, on=as_of.isoformat())
    return found


@transaction.atomic
def reopen_cause_action(
    *, actor: Actor, cause_action: CauseAction, as_of: date, at: datetime
) -> CauseAction:
    """Take an action up again that was done and did not work, or not well enough."""
    actor.require("cause.edit")
    found = _locked(actor, cause_action)
    _move(found, Status.OPEN, done_on=None)
    _tell(actor, "reopened", found, at=at, on=as_of.isoformat())
    return found


def verify_cause_actions(actor: Actor, *, as_of: date, at: datetime) -> int:
    """Count disputed invoices before and after every action that is done; return the verdicts.

    Cases of the cause per invoice issued, in the days before the action and in those after it
    whose disputes have had time to come. A verdict is given once the interval says so. For the
    day's cycle, which holds the transaction and checked its right.
    """
    verdicts = 0
    rows = CauseAction.objects.select_for_update(no_key=True).filter(
        company=actor.company, status=Status.DONE
    )
    for found in rows.order_by("pk"):
        if found.done_on is None:
            continue
        last = as_of - timedelta(days=SETTLING_DAYS)
        before = _counts(found, found.done_on - timedelta(days=BEFORE_DAYS), found.done_on)
        after = _counts(found, found.done_on, max(last, found.done_on))
        seen = effect(
            cases_before=before[0],
            invoices_before=before[1],
            cases_after=after[0],
            invoices_after=after[1],
            is_last=as_of > found.done_on + timedelta(days=LONGEST_WATCH_DAYS),
        )
        if seen.verdict not in (EFFECTIVE, NOT_EFFECTIVE):
            CauseAction.objects.filter(pk=found.pk).update(figures=seen.document())
            continue
        _move(found, Status(seen.verdict), figures=seen.document())
        _tell(actor, "verified", found, at=at, **seen.document())
        verdicts += 1
    return verdicts


def _counts(found: CauseAction, first: date, until: date) -> tuple[int, int]:
    """Return invoices disputed for the cause, and all invoices, issued between two days."""
    issued = Item.objects.filter(
        company=found.company_id,
        kind=Item.Kind.INVOICE,
        issued_on__gte=first,
        issued_on__lt=until,
    )
    disputed = Dispute.objects.filter(
        item__in=issued.values("pk"), case__root_cause=found.root_cause
    )
    return disputed.values("item").distinct().count(), issued.count()


def _locked(actor: Actor, cause_action: CauseAction) -> CauseAction:
    own(actor, cause_action, "action")
    return CauseAction.objects.select_for_update(no_key=True).get(pk=cause_action.pk)


def _move(found: CauseAction, status: Status, **fields: object) -> None:
    check_status(CauseAction.MOVES, Status(found.status), status, "This action")
    rows = CauseAction.objects.filter(pk=found.pk, status=found.status)
    if rows.update(status=status, **fields) != 1:
        raise Refused("Somebody else has just changed this action; load the page again.")
    found.status = status
    for name, value in fields.items():
        setattr(found, name, value)


def _tell(actor: Actor, verb: str, found: CauseAction, *, at: datetime, **data: Any) -> None:
    record_event(actor, f"cause_action.{verb}", found, at=at, root_cause=found.root_cause, **data)
