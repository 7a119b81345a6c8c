"""What people say of an invoice's way: noted once a day, never changed; alarms of the day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.contacts import mark_bounced
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, own
from dunwell.actions.texts import fitting
from dunwell.models import Contact, Customer, DeliveryNote, Item, Task
from dunwell.queries.delivery_ladders import KINDS, DeliveryAlarm

MOST_KEYS = 1000
Stage = DeliveryNote.Stage

ASKED: dict[str, str] = {
    "never_sent": "was never sent from here",
    "no_proof": "was sent, but nothing shows that it arrived",
    "bounced": "came back",
    "not_received": "was not received, as the customer says",
}
"""Why somebody is to look after an invoice, as the task says it."""

STEPS: dict[str, str] = {
    "send": "send it",
    "other_address": "send it to another address",
    "phone": "ring up and ask",
    "portal": "point to the portal",
    "letter": "send it by post",
}
"""What to do next, as the task says it."""


@transaction.atomic
def note_delivery(
    *,
    actor: Actor,
    item: Item,
    stage: str,
    on: date,
    as_of: date,
    at: datetime,
    contact: Contact | None = None,
    note: str = "",
) -> DeliveryNote:
    """Keep a person's word on where an invoice is; the same of a day again returns what is known.

    A wrong address (`bounced`) marks the contact's address too, so that nothing more goes there.
    Raises Refused for an unknown stage, a day to come or before the invoice, an item that has no
    document, and somebody else's contact.
    """
    actor.require("delivery.note")
    own(actor, item, "item")
    if stage not in Stage.values:
        raise Refused(f"There is no stage {stage}; use {', '.join(Stage.values)}.")
    if item.kind not in KINDS:
        raise Refused(f"{item.number} is no invoice; only invoices are delivered.")
    if on > as_of:
        raise Refused(f"{on.isoformat()} has not come; give the day it happened.")
    if on < item.issued_on:
        raise Refused(
            f"{item.number} was issued on {item.issued_on.isoformat()}; give that day or a later."
        )
    if contact is not None and contact.customer_id != item.customer_id:
        raise Refused("This contact belongs to another customer.")
    if stage == Stage.BOUNCED and (contact is None or not contact.email):
        raise Refused("Choose the contact whose mail address is wrong.")
    told = fitting(text=note, most=500, what="note")
    # two people at once: the second one waits here and then sees the first one's word
    Customer.objects.select_for_update(no_key=True).get(pk=item.customer_id)
    kept, is_new = DeliveryNote.objects.get_or_create(
        item=item,
        stage=stage,
        on=on,
        defaults={
            "company": actor.company,
            "customer_id": item.customer_id,
            "contact": contact,
            "note": told,
            "by": actor.name,
            "recorded_on": as_of,
            "recorded_at": at,
        },
    )
    if not is_new:
        return kept
    if stage == Stage.BOUNCED and contact is not None:
        mark_bounced(actor=lent(actor, "contact.edit"), contact=contact, as_of=as_of, at=at)
    record_event(
        actor,
        "delivery.noted",
        kept,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        stage=stage,
        on=on.isoformat(),
        note=told,
    )
    return kept


@transaction.atomic
def watch_deliveries(
    *, actor: Actor, alarms: Sequence[DeliveryAlarm], as_of: date, at: datetime
) -> int:
    """Ask a person to look after every invoice that counts as never received; one task each.

    A task ends by itself when the alarm does: proof came, or the invoice is settled. What a
    person has ended is not asked again. Returns how many tasks were added or ended; a second
    run of a day changes nothing.
    """
    actor.require("cycle.run")
    wanted = {alarm.item_id: alarm for alarm in alarms}
    tasks = Task.objects.filter(company=actor.company, kind=Task.Kind.NOT_RECEIVED)
    waiting = list(
        tasks.select_for_update(no_key=True)
        .filter(status=Task.Status.OPEN)
        .order_by("pk")
        .values_list("pk", "item")
    )
    over = [key for key, item_id in waiting if item_id not in wanted]
    for start in range(0, len(over), MOST_KEYS):
        tasks.filter(pk__in=over[start : start + MOST_KEYS], status=Task.Status.OPEN).update(
            status=Task.Status.DONE, done_at=at, done_by=actor.name
        )
    ended = set(
        tasks.exclude(status=Task.Status.OPEN)
        .exclude(done_by=actor.name)
        .values_list("item", flat=True)
    )
    known = {item_id for _, item_id in waiting} | ended
    fresh = [alarm for alarm in alarms if alarm.item_id not in known]
    numbers = _numbers([alarm.item_id for alarm in fresh])
    Task.objects.bulk_create(
        [_task(actor, alarm, numbers[alarm.item_id], as_of=as_of, at=at) for alarm in fresh],
        batch_size=500,
        ignore_conflicts=True,
    )
    changed = len(over) + len(fresh)
    if changed:
        record_event(
            actor,
            "deliveries.watched",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            asked=[numbers[alarm.item_id] for alarm in fresh],
            ended=len(over),
        )
    return changed


def _task(actor: Actor, alarm: DeliveryAlarm, number: str, *, as_of: date, at: datetime) -> Task:
    due = alarm.due_on.isoformat()
    return Task(
        company=actor.company,
        customer_id=alarm.customer_id,
        item_id=alarm.item_id,
        kind=Task.Kind.NOT_RECEIVED,
        reason=f"{number}, due {due}, {ASKED[alarm.why]}: {STEPS[alarm.next_step]}."[:300],
        due_on=as_of,
        as_of=as_of,
        recorded_at=at,
    )


def _numbers(keys: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(keys), MOST_KEYS):
        chunk = keys[start : start + MOST_KEYS]
        found |= dict(Item.objects.filter(pk__in=chunk).values_list("pk", "number"))
    return found
