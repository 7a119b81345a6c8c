"""Promises made, moved and taken back by the debtor's people in the portal."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.authority import authorise
from dunwell.actions.gate import Actor, Refused, lent, own_customer
from dunwell.actions.portal_requests import Kind, begin_request, keep_request
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.engine.authority import PORTAL
from dunwell.engine.plan_schedule import months_until
from dunwell.models import Customer, Item, Promise
from dunwell.queries.portal_promises import (
    ACT,
    MOST_MOVES,
    promisable_items,
    promise_bounds,
    times_moved,
)

RECORD, WITHDRAW = "promise.record", "promise.withdraw"


@transaction.atomic
def promise_in_portal(
    *,
    actor: Actor,
    customer: Customer,
    amounts: Mapping[Item, int],
    due_on: date,
    note: str = "",
    key: str,
    as_of: date,
    at: datetime,
) -> Promise:
    """Record that a customer pays given minor units of its items by a day; sent twice it is one.

    Raises Refused beyond what the promise policy takes and the portal may decide, with the
    latest day, and for all that `record_promise` refuses: an item promised already is moved.
    """
    actor.require("portal.ask")
    before = begin_request(actor, customer, key, Promise.objects.all(), kind=Kind.PROMISE)
    if before is not None:
        return before
    _check_day(actor, customer, amounts, due_on, as_of=as_of)
    promise = record_promise(
        actor=lent(actor, RECORD),
        customer=customer,
        amounts=amounts,
        due_on=due_on,
        note=note,
        source=PORTAL,
        as_of=as_of,
        at=at,
    )
    keep_request(actor, customer, key, promise, kind=Kind.PROMISE, at=at)
    return promise


@transaction.atomic
def move_own_promise(
    *,
    actor: Actor,
    promise: Promise,
    due_on: date,
    note: str = "",
    key: str,
    as_of: date,
    at: datetime,
) -> Promise:
    """Replace an open promise by one of another day, for what is still open of its items.

    Raises Refused once its day has passed, when it was moved as often as the portal lets, and
    beyond the latest day.
    """
    actor.require("portal.ask")
    customer = promise.customer
    before = begin_request(actor, customer, key, Promise.objects.all(), kind=Kind.PROMISE)
    if before is not None:
        return before
    promise = _own_open(actor, promise)
    if promise.due_on < as_of:
        raise Refused("The promised day has passed. Please write to us about a new one.")
    if due_on == promise.due_on:
        raise Refused("This is the day that is promised already; choose another one.")
    lines = list(promise.lines.select_related("item").order_by("item"))
    if not lines:
        raise Refused("This promise names no invoices. Please write to us about another day.")
    if times_moved([line.item_id for line in lines], as_of=as_of) >= MOST_MOVES:
        raise Refused(
            "This promise was moved before. Please write to us, so that we find a day together."
        )
    free = {row.id: row.free_minor for row in promisable_items(customer, as_of=as_of)}
    amounts = {
        line.item: min(line.amount_minor, free[line.item_id])
        for line in lines
        if free.get(line.item_id, 0) > 0
    }
    if not amounts:
        raise Refused("Nothing of these invoices is left to be promised. Thank you.")
    _check_day(actor, customer, amounts, due_on, as_of=as_of)
    moved = record_promise(
        actor=lent(actor, RECORD),
        customer=customer,
        amounts=amounts,
        due_on=due_on,
        note=note or promise.note,
        source=PORTAL,
        supersede=True,
        as_of=as_of,
        at=at,
    )
    keep_request(actor, customer, key, moved, kind=Kind.PROMISE, at=at)
    return moved


@transaction.atomic
def withdraw_own_promise(
    *, actor: Actor, promise: Promise, reason: str, as_of: date, at: datetime
) -> None:
    """Take an open promise back before its day has passed; reminders go on from then."""
    actor.require("portal.ask")
    own_customer(actor, promise.customer)
    Customer.objects.select_for_update(no_key=True).get(pk=promise.customer_id)
    promise = _own_open(actor, promise)
    if promise.due_on < as_of:
        raise Refused("The promised day has passed; this promise cannot be taken back any more.")
    withdraw_promise(
        actor=lent(actor, WITHDRAW), promise=promise, reason=reason, as_of=as_of, at=at
    )


def _own_open(actor: Actor, promise: Promise) -> Promise:
    """Return the promise as it is now, under the customer's lock."""
    own_customer(actor, promise.customer)
    found = Promise.objects.select_related("customer__company").get(pk=promise.pk)
    if found.outcome != Promise.Outcome.OPEN:
        raise Refused("This promise is over; load the page again.")
    return found


def _check_day(
    actor: Actor, customer: Customer, amounts: Mapping[Item, int], due_on: date, *, as_of: date
) -> None:
    """Refuse a day beyond the latest one, in words for the debtor."""
    if due_on < as_of:
        raise Refused("This day has already passed; choose a later one.")
    bounds = promise_bounds(customer, as_of=as_of)
    if bounds.until_on is not None:
        raise Refused(
            f"Until {bounds.until_on.isoformat()} no promise can be taken here. A payment plan "
            "may help, or write to us."
        )
    if bounds.latest_on is None:
        raise Refused("Promises are not taken here; please write to us.")
    if due_on > bounds.latest_on:
        raise Refused(
            f"The latest day that can be promised here is {bounds.latest_on.isoformat()}. For a "
            "later day, ask for a payment plan or write to us."
        )
    for currency in sorted({item.currency for item in amounts}):
        asked = sum(amount for item, amount in amounts.items() if item.currency == currency)
        authority = authorise(
            actor=actor,
            customer=customer,
            act=ACT,
            currency=currency,
            amount_minor=max(asked, 0),
            months=months_until(due_on, from_on=as_of),
            source=PORTAL,
            as_of=as_of,
        )
        if not authority.is_allowed:
            raise Refused("This much cannot be promised for so late a day here; write to us.")
