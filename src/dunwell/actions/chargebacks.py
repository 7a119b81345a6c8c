"""Payments the payer's bank took back: off the books at once, answered by a day, won or lost."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.checkout_discounts import take_discounts_back
from dunwell.actions.checkout_money import come_in, give_back
from dunwell.actions.checkouts import locked_checkout
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, own
from dunwell.actions.returns import return_payment
from dunwell.engine.checkout_state import ChargebackState
from dunwell.engine.return_reasons import OTHER
from dunwell.models import Allocation, Chargeback, Checkout, Task

ANSWER_WITHIN = timedelta(days=7)
"""Where the provider names no day by which a chargeback is to be answered."""
Status = Chargeback.Status


def settle_chargebacks(
    actor: Actor, checkout: Checkout, told: Sequence[ChargebackState], *, as_of: date, at: datetime
) -> None:
    """Bring a locked checkout's chargebacks to what is told of them. Part of `settle_checkout`."""
    for one in told:
        row = Chargeback.objects.filter(checkout=checkout, external_id=one.provider_id).first()
        if row is None:
            row = _open(actor, checkout, one, as_of=as_of, at=at)
        if row.status == Status.OPENED and one.outcome == "won":
            _win(actor, checkout, row, one, as_of=as_of, at=at)
        elif row.status == Status.OPENED and one.outcome == "lost":
            _close(actor, row, Status.LOST, as_of=as_of, at=at)


@transaction.atomic
def note_evidence(*, actor: Actor, chargeback: Chargeback, at: datetime) -> Chargeback:
    """Note that the evidence was handed to the provider; its task is done."""
    actor.require("checkout.edit")
    own(actor, chargeback, "chargeback")
    locked_checkout(actor, chargeback.checkout)
    rows = Chargeback.objects.filter(pk=chargeback.pk, status=Status.OPENED, evidence_at=None)
    if rows.update(evidence_at=at, evidence_by=actor.name) != 1:
        raise Refused("This chargeback is answered or closed already; load the page again.")
    chargeback.refresh_from_db()
    _end_task(chargeback, Task.Status.DONE, actor.name, at=at)
    _note(actor, "answered", chargeback, at=at)
    return chargeback


def _open(
    actor: Actor, checkout: Checkout, told: ChargebackState, *, as_of: date, at: datetime
) -> Chargeback:
    payment = checkout.payment
    if payment is None:
        raise Refused(f"{checkout.number} was charged back, but is not paid.")
    place = checkout.chargebacks.count() + 1
    amount_minor = told.amount_minor or payment.amount_minor
    is_whole = (
        amount_minor >= payment.amount_minor
        and not Allocation.objects.filter(payment=payment, item__kind="refund").exists()
    )
    item = None
    if is_whole:
        return_payment(
            actor=lent(actor, "payment.reverse", "item.add"),
            payment=payment,
            reason_code=OTHER,
            reason=f"Chargeback {told.provider_id}: {told.reason or 'no reason given'}"[:290],
            charge_fee=bool(checkout.provider.settings.get("charge_returns")),
            as_of=as_of,
            at=at,
        )
        take_discounts_back(actor, checkout, as_of=as_of, at=at)
    else:
        item = give_back(
            actor,
            checkout,
            number=f"{checkout.number}-B{place}",
            amount_minor=amount_minor,
            as_of=as_of,
            at=at,
        )
    due_on = told.due_on or as_of + ANSWER_WITHIN
    chargeback = Chargeback.objects.create(
        company=actor.company,
        checkout=checkout,
        external_id=told.provider_id,
        amount_minor=amount_minor,
        fee_minor=told.fee_minor,
        reason=told.reason[:300],
        evidence_due_on=due_on,
        opened_on=as_of,
        item=item,
        task=_task(checkout, due_on, as_of=as_of, at=at),
        recorded_at=at,
    )
    _note(actor, "opened", chargeback, at=at, due_on=due_on.isoformat(), reason=told.reason[:300])
    return chargeback


def _task(checkout: Checkout, due_on: date, *, as_of: date, at: datetime) -> Task:
    """Return the task to answer chargebacks of a customer; one is open at a time."""
    task, is_new = Task.objects.get_or_create(
        customer=checkout.customer,
        kind=Task.Kind.CHARGEBACK,
        status=Task.Status.OPEN,
        defaults={
            "company": checkout.company,
            "reason": f"{checkout.number} was charged back; answer by {due_on}.",
            "due_on": due_on,
            "as_of": as_of,
            "recorded_at": at,
        },
    )
    if not is_new and due_on < task.due_on:
        Task.objects.filter(pk=task.pk).update(due_on=due_on)
    return task


def _win(
    actor: Actor,
    checkout: Checkout,
    row: Chargeback,
    told: ChargebackState,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Book the money that came again, as a payment of its own put on the same items."""
    moment = told.closed.happened_at if told.closed else at
    payment = come_in(
        actor,
        checkout,
        number=f"{checkout.number}-W{row.pk}",
        amount_minor=row.amount_minor,
        value_on=min(moment.astimezone(ZoneInfo(actor.company.zone)).date(), as_of),
        as_of=as_of,
        at=at,
    )
    _close(actor, row, Status.WON, as_of=as_of, at=at, regained=payment)


def _close(
    actor: Actor, row: Chargeback, status: Status, *, as_of: date, at: datetime, **fields: object
) -> None:
    rows = Chargeback.objects.filter(pk=row.pk, status=Status.OPENED)
    if rows.update(status=status, closed_on=as_of, **fields) != 1:
        raise Refused("This chargeback has just changed; load the page again.")
    row.refresh_from_db()
    _end_task(row, Task.Status.CANCELLED, actor.name, at=at)
    _note(actor, str(status.value), row, at=at)


def _end_task(row: Chargeback, status: Task.Status, by: str, *, at: datetime) -> None:
    """End the task unless another chargeback still waits for the same answer."""
    waiting = Chargeback.objects.filter(
        task=row.task_id, status=Status.OPENED, evidence_at=None
    ).exclude(pk=row.pk)
    if row.task_id is None or waiting.exists():
        return
    Task.objects.filter(pk=row.task_id, status=Task.Status.OPEN).update(
        status=status, done_at=at, done_by=by
    )


def _note(actor: Actor, verb: str, row: Chargeback, *, at: datetime, **data: str) -> None:
    record_event(
        actor,
        f"chargeback.{verb}",
        row,
        at=at,
        customer_id=row.checkout.customer_id,
        checkout=row.checkout.number,
        currency=row.checkout.currency,
        amount_minor=row.amount_minor,
        fee_minor=row.fee_minor,
        **data,
    )
