"""Parts of items that are due later: held until an event, released when it has happened."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.engine.money import amount_words
from dunwell.models import Item, Retention

Status = Retention.Status
LONGEST_EVENT, LONGEST = 200, 300


@transaction.atomic
def hold_retention(
    *,
    actor: Actor,
    item: Item,
    kind: str,
    amount_minor: int,
    due_on: date,
    event: str,
    at: datetime,
) -> Retention:
    """Note that a part of an invoice is due on a later day, and on what event.

    The same part again returns the one there is. Raises Refused for a day before the invoice is
    due, for more than is left of its amount, and without the event.
    """
    actor.require("retention.edit")
    own(actor, item, "item")
    locked = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    told = event.strip()[:LONGEST_EVENT]
    if kind not in Retention.Kind.values:
        raise Refused(f"There is no retention of kind {kind}.")
    if not told:
        raise Refused(
            "Say what makes this part due: acceptance, the end of a period, a milestone."
        )
    if due_on <= locked.due_on:
        raise Refused(
            f"{locked.number} is due on {locked.due_on}; a part that is held back is due later."
        )
    held = Retention.objects.filter(item=locked, status=Status.HELD)
    same = held.filter(kind=kind, due_on=due_on, amount_minor=amount_minor).first()
    if same is not None:
        return same
    taken = held.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    if not 0 < amount_minor <= locked.amount_minor - taken:
        free = amount_words(locked.amount_minor - taken, locked.currency)
        raise Refused(
            f"{amount_words(amount_minor, locked.currency)} is not between 0 and the {free} of "
            f"{locked.number} that is not held back yet."
        )
    try:
        with transaction.atomic():
            found = Retention.objects.create(
                company=actor.company,
                customer_id=locked.customer_id,
                item=locked,
                kind=kind,
                amount_minor=amount_minor,
                due_on=due_on,
                event=told,
                by=actor.name,
                recorded_at=at,
            )
    except IntegrityError as error:
        raise Refused(
            f"A part of {locked.number} of this kind is due on {due_on} already; drop it first."
        ) from error
    record_event(
        actor,
        "retention.held",
        found,
        at=at,
        customer_id=found.customer_id,
        item=locked.number,
        amount_minor=amount_minor,
        currency=locked.currency,
        due_on=due_on.isoformat(),
    )
    return found


@transaction.atomic
def release_retention(
    *, actor: Actor, retention: Retention, evidence: str, as_of: date, at: datetime
) -> Retention:
    """Note that what makes a part due has happened; it is due from then on."""
    actor.require("retention.edit")
    shown = evidence.strip()[:LONGEST]
    if not shown:
        raise Refused("Name the evidence: the acceptance record, the letter, the date.")
    locked = _locked(actor, retention)
    check_status(Retention.MOVES, Status(locked.status), Status.RELEASED, "This retention")
    _end(locked, Status.RELEASED, actor=actor, released_on=as_of, evidence=shown)
    record_event(
        actor, "retention.released", locked, at=at, customer_id=locked.customer_id, evidence=shown
    )
    return locked


@transaction.atomic
def drop_retention(*, actor: Actor, retention: Retention, reason: str, at: datetime) -> Retention:
    """Take back a part noted in error; it is due with its item again."""
    actor.require("retention.edit")
    told = reason.strip()[:LONGEST]
    if not told:
        raise Refused("Say why it is dropped.")
    locked = _locked(actor, retention)
    check_status(Retention.MOVES, Status(locked.status), Status.DROPPED, "This retention")
    _end(locked, Status.DROPPED, actor=actor, evidence=told)
    record_event(
        actor, "retention.dropped", locked, at=at, customer_id=locked.customer_id, reason=told
    )
    return locked


def _locked(actor: Actor, retention: Retention) -> Retention:
    own(actor, retention, "retention")
    return Retention.objects.select_for_update(no_key=True).get(pk=retention.pk)


def _end(locked: Retention, status: Status, *, actor: Actor, **fields: str | date) -> None:
    locked.status, locked.ended_by = status, actor.name
    locked.version += 1
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", "ended_by", "version", *fields])
