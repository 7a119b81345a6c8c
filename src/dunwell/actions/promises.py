"""Recording, withdrawing and judging promises to pay."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.promise_confirmations import confirm_promise, stop_confirmations
from dunwell.actions.promise_consequences import (
    FAILED,
    close_follow_ups,
    draw_consequences,
    failures_before,
)
from dunwell.actions.promise_reopening import give_way, hold_customers
from dunwell.actions.texts import fitting
from dunwell.engine.authority import STAFF
from dunwell.engine.calendars import calendar_days
from dunwell.engine.money import from_minor
from dunwell.engine.promises import assess_promises
from dunwell.models import Customer, Dispute, Item, OpenItem, Promise, PromiseItem, Task
from dunwell.queries.frames import promises_frame
from dunwell.queries.plan_items import planned_items
from dunwell.queries.promise_policies import no_promises_until, promises_policy
from dunwell.queries.promised_amounts import amount_frames, no_amounts
from dunwell.queries.promises import keep_chance_ppm, promised_allocations_frame

CALENDAR_SLACK_DAYS = 40
"""Days of calendar beyond the last due date, so that every tolerance ends inside it."""

MOST_KEYS = 1000
"""Keys per IN list, far below what either database allows."""

FINAL = (Promise.Outcome.WITHDRAWN, Promise.Outcome.SUPERSEDED)


@transaction.atomic
def record_promise(
    *,
    actor: Actor,
    customer: Customer,
    amounts: Mapping[Item, int],
    due_on: date,
    as_of: date,
    at: datetime,
    note: str = "",
    source: str = STAFF,
    supersede: bool = False,
) -> Promise:
    """Record that a customer will pay the given minor units of its items by a day.

    With `supersede`, open promises on the same items are replaced. Raises Refused
    when nothing is promised, a date or an amount is outside what is possible, an
    item is another customer's, or an open promise already covers one of them.
    """
    actor.require("promise.record")
    open_customer(actor, customer)
    # Two people at once: the second one waits here and then sees the first one's promise.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    policy = promises_policy(actor.company, as_of=as_of)
    check_date(due_on, as_of, most_days=policy.most_days)
    check_trust(customer, as_of)
    _check_amounts(customer, amounts)
    _clear_the_way(actor, amounts, supersede=supersede, as_of=as_of, at=at)
    promise = Promise.objects.create(
        company=actor.company,
        customer=customer,
        made_on=as_of,
        due_on=due_on,
        tolerance_days=policy.tolerance_days,
        rung=failures_before([item.pk for item in amounts]),
        keep_ppm=keep_chance_ppm(customer),
        note=fitting(text=note, most=500, what="note"),
        source=source,
        recorded_at=at,
    )
    PromiseItem.objects.bulk_create(
        PromiseItem(promise=promise, item=item, amount_minor=amount)
        for item, amount in amounts.items()
    )
    currency = next(iter(amounts)).currency
    confirm_promise(
        actor,
        promise,
        policy,
        amount_minor=sum(amounts.values()),
        currency=currency,
        as_of=as_of,
        at=at,
    )
    record_event(
        actor,
        "promise.recorded",
        promise,
        at=at,
        customer_id=customer.pk,
        due_on=due_on.isoformat(),
        **({} if source == STAFF else {"source": source}),
        currency=currency,
        amounts={item.number: amount for item, amount in amounts.items()},
    )
    return promise


@transaction.atomic
def withdraw_promise(
    *, actor: Actor, promise: Promise, reason: str, as_of: date, at: datetime
) -> None:
    """Withdraw an open promise, so that reminders go on; raise Refused for any other."""
    actor.require("promise.withdraw")
    if promise.company_id != actor.company.pk:
        raise Refused("This promise belongs to another company.")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the promise is withdrawn.")
    _settle(actor, promise, Promise.Outcome.WITHDRAWN, as_of=as_of, at=at, reason=told)


@transaction.atomic
def settle_promises(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Judge every promise by the money booked until `as_of`; return how many outcomes changed.

    Tolerance counts business days of the company's country. A returned payment
    re-opens the judgement, or supersedes the promise where something newer was agreed on its
    items. A promise that fails opens one follow-up task per
    customer; a failed one that turns out kept closes it. A second run changes nothing.
    """
    actor.require("cycle.run")
    found = _judged(actor, as_of)
    hold_customers(actor, [key for key, now in found.items() if now == Promise.Outcome.OPEN])
    judged = [
        (promise, found[promise.pk])
        for promise in _locked(actor, list(found))
        if found[promise.pk] in Promise.MOVES[Promise.Outcome(promise.outcome)]
    ]
    changed = give_way(actor, judged)
    for before in Promise.Outcome:
        for outcome in Promise.Outcome:
            keys = [p.pk for p, now in changed if (p.outcome, now) == (before, outcome)]
            settled_on = None if outcome == Promise.Outcome.OPEN else as_of
            for chunk in _chunks(keys):
                Promise.objects.filter(pk__in=chunk, outcome=before).update(
                    outcome=outcome, settled_on=settled_on
                )
    followed = draw_consequences(actor, changed, as_of=as_of, at=at)
    _follow_up(actor, changed, followed, as_of=as_of, at=at)
    for promise, outcome in changed:
        record_event(
            actor,
            f"promise.{outcome}",
            promise,
            at=at,
            customer_id=promise.customer_id,
            before=promise.outcome,
            due_on=promise.due_on.isoformat(),
        )
    return len(changed)


def check_date(due_on: date, as_of: date, *, most_days: int) -> None:
    """Refuse a day that has passed or lies further ahead than the policy allows."""
    last = as_of + timedelta(days=most_days)
    if due_on < as_of:
        raise Refused("The promised date has already passed.")
    if due_on > last:
        raise Refused(
            f"The promised date is more than {most_days} days away; "
            f"agree on {last.isoformat()} or earlier."
        )


def check_trust(customer: Customer, as_of: date) -> None:
    """Refuse while no promise of the customer is taken because others were not kept."""
    until = no_promises_until(customer, as_of=as_of)
    if until is not None:
        raise Refused(
            f"Promises of {customer.name} were not kept; none is taken until {until.isoformat()}. "
            "Agree on a payment plan, or forgive the failure if it was not theirs."
        )


def _check_amounts(customer: Customer, amounts: Mapping[Item, int]) -> None:
    """Refuse amounts that are not the open, undisputed part of this customer's items."""
    if not amounts:
        raise Refused("Choose at least one item to promise.")
    if any(item.customer_id != customer.pk for item in amounts):
        raise Refused("An item belongs to another customer.")
    if len({item.currency for item in amounts}) > 1:
        raise Refused("A promise is in one currency; record one promise per currency.")
    for number, plan in planned_items(amounts):
        raise Refused(
            f"{number} is covered by plan {plan}, which says when it is paid; a promise beside it "
            "is not taken."
        )
    still_open = dict(
        OpenItem.objects.filter(item__in=amounts).values_list("item_id", "open_minor")
    )
    disputed = dict(
        Dispute.objects.filter(item__in=amounts, closed_on=None).values_list(
            "item_id", "amount_minor"
        )
    )
    for item, amount in amounts.items():
        left = still_open.get(item.pk, 0) - disputed.get(item.pk, 0)
        if amount <= 0:
            raise Refused(f"The amount promised for {item.number} must be more than 0.")
        if item.pk not in still_open:
            raise Refused(f"{item.number} is settled; nothing of it is left to promise.")
        if amount > left:
            most = from_minor(max(left, 0), item.currency)
            raise Refused(
                f"Of {item.number} at most {most} {item.currency} is open and not disputed."
            )


def _clear_the_way(
    actor: Actor, amounts: Mapping[Item, int], *, supersede: bool, as_of: date, at: datetime
) -> None:
    """Replace the open promises on the items, or refuse because of the first of them."""
    standing = (
        Promise.objects.filter(outcome=Promise.Outcome.OPEN, lines__item__in=amounts)
        .distinct()
        .order_by("due_on", "id")
    )
    for promise in standing:
        if not supersede:
            raise Refused(
                f"A promise for {promise.due_on.isoformat()} already covers one of these items; "
                "replace or withdraw it first."
            )
        supersede_promise(actor, promise, as_of=as_of, at=at)


def supersede_promise(actor: Actor, promise: Promise, *, as_of: date, at: datetime) -> None:
    """End an open promise because another takes its place; raise Refused for any other.

    For actions that hold the customer's lock.
    """
    _settle(actor, promise, Promise.Outcome.SUPERSEDED, as_of=as_of, at=at)


def end_promises(
    actor: Actor, items: QuerySet[Any, Any], *, as_of: date, at: datetime, **by: str
) -> None:
    """End the open promises on items that something else was agreed for: what came last holds.

    A promise of an amount ends too: the money for the items is spoken for now. `by` names the
    plan or settlement in the event. For actions that hold the customer's lock.
    """
    standing = Promise.objects.filter(
        Q(lines__item__in=items) | amounts_of(items), outcome=Promise.Outcome.OPEN
    )
    for promise in standing.distinct().order_by("pk"):
        rows = Promise.objects.filter(pk=promise.pk, outcome=Promise.Outcome.OPEN)
        if rows.update(outcome=Promise.Outcome.SUPERSEDED, settled_on=as_of) == 1:
            stop_confirmations([promise.pk], reason="something else was agreed")
            record_event(
                actor,
                "promise.superseded",
                promise,
                at=at,
                customer_id=promise.customer_id,
                **by,
            )


def amounts_of(items: QuerySet[Any, Any] | Collection[int]) -> Q:
    """Return the condition on promises of amounts of whoever owes items, in their currency."""
    theirs = Item.objects.filter(
        pk__in=items, customer=OuterRef("customer"), currency=OuterRef("currency")
    )
    return Q(Exists(theirs), level=Promise.Level.CUSTOMER)


def _settle(
    actor: Actor,
    promise: Promise,
    outcome: Promise.Outcome,
    *,
    as_of: date,
    at: datetime,
    **data: str,
) -> None:
    before = Promise.Outcome(promise.outcome)
    if outcome not in Promise.MOVES[before] or before != Promise.Outcome.OPEN:
        raise Refused(
            f"A promise that is {before.label.lower()} cannot become {outcome.label.lower()}."
        )
    # Compare and set: if somebody else settled it first, nothing is overwritten.
    rows = Promise.objects.filter(pk=promise.pk, outcome=before).update(
        outcome=outcome, settled_on=as_of
    )
    if rows != 1:
        raise Refused("Somebody else has just changed this promise; load the page again.")
    stop_confirmations([promise.pk], reason=f"the promise was {outcome}")
    record_event(
        actor, f"promise.{outcome}", promise, at=at, customer_id=promise.customer_id, **data
    )


def _judged(actor: Actor, as_of: date) -> dict[int, Promise.Outcome]:
    """Return the outcome that differs from the recorded one, by promise."""
    made = (
        Promise.objects.filter(company=actor.company, made_on__lte=as_of)
        .exclude(outcome__in=FINAL)
        .values_list("pk", "outcome", "level")
    )
    recorded = {key: outcome for key, outcome, _ in made}
    if not recorded:
        return {}
    span = Promise.objects.filter(company=actor.company).aggregate(
        first=Min("due_on"), last=Max("due_on")
    )
    calendar = calendar_days(
        actor.company.country,
        first=min(span["first"], as_of),
        last=max(span["last"], as_of) + timedelta(days=CALENDAR_SLACK_DAYS),
    )
    has_amounts = any(level == Promise.Level.CUSTOMER for _, _, level in made)
    amounts = amount_frames(actor.company, as_of=as_of) if has_amounts else no_amounts()
    assessed = assess_promises(
        nw.concat([promises_frame(actor.company), amounts.agreed], how="vertical"),
        promised_allocations_frame(actor.company),
        amounts.items,
        as_of=as_of,
        calendar=calendar,
    )
    found = assessed.select("promise_id", "outcome").collect().rows()
    return {
        int(key): Promise.Outcome(outcome)
        for key, outcome in found
        if key in recorded and recorded[key] != outcome
    }


def _locked(actor: Actor, keys: Sequence[int]) -> list[Promise]:
    """Return the promises, locked in the order of their keys so that two runs never deadlock."""
    return [
        promise
        for chunk in _chunks(sorted(keys))
        for promise in Promise.objects.select_for_update(no_key=True)
        .filter(company=actor.company, pk__in=chunk)
        .order_by("pk")
    ]


def _follow_up(
    actor: Actor,
    changed: Sequence[tuple[Promise, Promise.Outcome]],
    followed: Collection[int],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Open a task for customers with a promise to be followed up; close it where none is left."""
    failed = {
        promise.customer_id: f"Promise for {promise.due_on.isoformat()} was "
        f"{outcome.label.lower()}."
        for promise, outcome in reversed(changed)
        if promise.pk in followed
    }
    Task.objects.bulk_create(
        (
            Task(
                company=actor.company,
                customer_id=customer_id,
                kind=Task.Kind.BROKEN_PROMISE,
                reason=reason,
                due_on=as_of,
                as_of=as_of,
                recorded_at=at,
            )
            for customer_id, reason in sorted(failed.items())
        ),
        ignore_conflicts=True,
    )
    healed = {p.customer_id for p, now in changed if p.outcome in FAILED and now not in FAILED}
    for chunk in _chunks(sorted(healed - failed.keys())):
        close_follow_ups(chunk, at=at, by=actor.name)


def _chunks(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[n : n + MOST_KEYS] for n in range(0, len(keys), MOST_KEYS)]
