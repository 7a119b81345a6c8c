"""What begins the limitation of a claim anew or stops it: recorded and taken back by hand."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.limitation_rules import SPANS
from dunwell.models import Customer, Item, LimitationEvent

Kind = LimitationEvent.Kind


@transaction.atomic
def record_limitation_event(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    on: date,
    evidence: str,
    as_of: date,
    at: datetime,
    item: Item | None = None,
    until_on: date | None = None,
) -> LimitationEvent:
    """Record what happened to one item's claim, or to all of the customer's; return the event.

    The same again changes nothing. Raises Refused without evidence, for a day to come, an end
    before the start, an end of what is of one day, and somebody else's item.
    """
    actor.require("legal.edit")
    open_customer(actor, customer)
    if item is not None and item.customer_id != customer.pk:
        raise Refused(f"{item.number} belongs to another customer.")
    if kind not in Kind.values:
        raise Refused(f"There is no event {kind}; use {', '.join(Kind.values)}.")
    told = fitting(text=evidence, most=300, what="evidence")
    if not told:
        raise Refused("Say what proves it: a letter with its date, a file number.")
    if on > as_of:
        raise Refused(f"{on} has not come yet; record it when it has happened.")
    if until_on is not None and kind not in SPANS:
        raise Refused(f"{Kind(kind).label} is of one day; leave its end empty.")
    if until_on is not None and until_on < on:
        raise Refused(f"It cannot end on {until_on}, before it began on {on}.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    facts = {"customer": customer, "item": item, "kind": kind, "on": on, "until_on": until_on}
    event, is_new = LimitationEvent.objects.get_or_create(
        company=actor.company,
        taken_back_on=None,
        **facts,
        defaults={"evidence": told, "by": actor.name, "recorded_at": at},
    )
    if is_new:
        _tell(actor, "recorded", event, at=at, evidence=told)
    return event


@transaction.atomic
def end_limitation_event(
    *, actor: Actor, event: LimitationEvent, until_on: date, as_of: date, at: datetime
) -> None:
    """Record the last day of what ran until now, as talks that failed; raise Refused otherwise."""
    actor.require("legal.edit")
    event = _locked(actor, event)
    if event.kind not in SPANS:
        raise Refused(f"{Kind(event.kind).label} is of one day; it has no end.")
    if event.until_on is not None:
        raise Refused(f"It ended on {event.until_on} already.")
    if not event.on <= until_on <= as_of:
        raise Refused(f"The end must lie between {event.on} and {as_of}.")
    LimitationEvent.objects.filter(pk=event.pk).update(until_on=until_on)
    event.until_on = until_on
    _tell(actor, "ended", event, at=at, until_on=until_on.isoformat())


@transaction.atomic
def take_back_limitation_event(
    *, actor: Actor, event: LimitationEvent, reason: str, as_of: date, at: datetime
) -> None:
    """Take a wrong event back: from the day on it counts no more; Refused if done before."""
    actor.require("legal.edit")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the event is taken back.")
    event = _locked(actor, event)
    LimitationEvent.objects.filter(pk=event.pk).update(taken_back_on=as_of)
    _tell(actor, "taken_back", event, at=at, reason=told)


def _locked(actor: Actor, event: LimitationEvent) -> LimitationEvent:
    found = (
        LimitationEvent.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=event.pk)
        .first()
    )
    if found is None:
        raise Refused("This event belongs to another company.")
    if found.taken_back_on is not None:
        raise Refused(f"This event was taken back on {found.taken_back_on}.")
    return found


def _tell(
    actor: Actor, verb: str, event: LimitationEvent, *, at: datetime, **data: object
) -> None:
    record_event(
        actor,
        f"limitation.{verb}",
        event,
        at=at,
        customer_id=event.customer_id,
        kind=event.kind,
        on=event.on.isoformat(),
        item_id=event.item_id,
        **data,
    )
