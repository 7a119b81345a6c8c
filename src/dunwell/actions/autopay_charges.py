"""What standing orders charge: announced, taken on their day through a checkout, and settled."""

import hashlib
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from dunwell.actions.autopay import move_autopay
from dunwell.actions.checkouts import start_checkout
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.engine.autopay import FIX, STOP, PlannedCharge, next_try, planned_charges
from dunwell.formats.autopay_words import autopay_language, charge_mail, next_step_text
from dunwell.models import (
    Autopay,
    AutopayCharge,
    AutopayLine,
    Checkout,
    Customer,
    Item,
    Message,
    PortalSeat,
    ProviderEvent,
)
from dunwell.queries.autopay import (
    chargeable,
    method_label,
    order_of,
    taken_charges,
    waiting_charges,
)
from dunwell.queries.wordings import day_text, money_text

Status = AutopayCharge.Status
STRATEGY, TEMPLATE = "autopay", "autopay"
MOST_TOLD = 5
"""People one charge is told to."""


@transaction.atomic
def run_autopay(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Settle, announce and take the charges of a day; return how many records changed.

    Run twice on a day it changes nothing more. What is taken is handed to the provider by the
    worker, outside any transaction.
    """
    actor.require("cycle.run")
    changed = sum(
        settle_charge(actor=actor, charge=charge, as_of=as_of, at=at)
        for charge in taken_charges(actor.company)
    )
    orders = Autopay.objects.filter(company=actor.company, status=Autopay.Status.ACTIVE)
    for autopay in orders.order_by("pk"):
        changed += announce_charges(actor=actor, autopay=autopay, as_of=as_of, at=at)
    for charge in waiting_charges(actor.company, as_of=as_of):
        changed += take_charge(actor=actor, charge=charge, as_of=as_of, at=at)
    return changed


@transaction.atomic
def announce_charges(*, actor: Actor, autopay: Autopay, as_of: date, at: datetime) -> int:
    """Announce what a standing order charges next, with a notice; return how many charges."""
    actor.require("cycle.run")
    found = _locked(autopay)
    if found.status != Autopay.Status.ACTIVE or found.agreed_on > as_of:
        return 0
    plans = planned_charges(order_of(found), chargeable(found, as_of=as_of), as_of=as_of)
    made = 0
    for plan in plans:
        is_taken = AutopayCharge.objects.filter(
            autopay=found, charge_on=plan.charge_on, attempt=1
        ).exclude(status=Status.DROPPED)
        if plan.lines and not is_taken.exists():
            _announce(actor, found, plan, as_of=as_of, at=at)
            made += 1
    return made


@transaction.atomic
def take_charge(*, actor: Actor, charge: AutopayCharge, as_of: date, at: datetime) -> int:
    """Begin the checkout of an announced charge whose day has come; return 1 where it moved.

    It charges what is still open of what was announced, never more; what is contested meanwhile
    is left out. With nothing left, or where the provider no longer takes it, it is dropped.
    """
    actor.require("cycle.run")
    autopay = _locked(charge.autopay)
    found = AutopayCharge.objects.get(pk=charge.pk)
    if found.status != Status.PLANNED or found.charge_on > as_of:
        return 0
    if autopay.status != Autopay.Status.ACTIVE:
        return _drop(actor, found, autopay.status, at=at)
    free: dict[tuple[int, int | None], int] = {}
    for one in chargeable(autopay, as_of=as_of, beside=found.pk):
        free[one.item_id, one.instalment_id] = one.free_minor
    amounts: dict[Item, int] = {}
    for line in found.lines.select_related("item").order_by("pk"):
        amount = min(line.amount_minor, free.get((line.item_id, line.instalment_id), 0))
        if amount > 0:
            amounts[line.item] = amounts.get(line.item, 0) + amount
    if not amounts:
        return _drop(actor, found, "nothing_left", at=at)
    try:
        with transaction.atomic():
            checkout = start_checkout(
                actor=lent(actor, "payment.link"),
                customer=autopay.customer,
                provider=autopay.method.provider,
                method=autopay.method.kind,
                currency=autopay.currency,
                amounts=amounts,
                key=f"autopay-{found.pk}",
                purpose=Checkout.Purpose.AUTOPAY,
                saved_token=autopay.method.token,
                as_of=as_of,
                at=at,
            )
    except Refused as refusal:
        return _drop(actor, found, str(refusal)[:60], at=at)
    AutopayCharge.objects.filter(pk=found.pk, status=Status.PLANNED).update(
        status=Status.TAKEN, checkout=checkout, amount_minor=checkout.amount_minor
    )
    _event(actor, "autopay_charge.taken", found, at=at, checkout=checkout.number)
    return 1


@transaction.atomic
def settle_charge(*, actor: Actor, charge: AutopayCharge, as_of: date, at: datetime) -> int:
    """Note how the checkout of a charge ended, and what follows; return 1 where it has ended.

    After a decline it is tried again, or the order pauses or ends, by the provider's reason.
    """
    actor.require("cycle.run")
    autopay = _locked(charge.autopay)
    found = AutopayCharge.objects.select_related("checkout").get(pk=charge.pk)
    checkout = found.checkout
    if found.status != Status.TAKEN or checkout is None or checkout.status in Checkout.WAITING:
        return 0
    if checkout.status == Checkout.Status.PAID:
        AutopayCharge.objects.filter(pk=found.pk).update(status=Status.PAID)
        _event(actor, "autopay_charge.paid", found, at=at, checkout=checkout.number)
        return 1
    reason = _decline_reason(checkout)
    step = next_try(reason, attempt=found.attempt, declined_on=as_of)
    AutopayCharge.objects.filter(pk=found.pk).update(
        status=Status.DECLINED, reason=reason[:60], retry_on=step.on
    )
    if step.on is not None and autopay.status == Autopay.Status.ACTIVE:
        _retry(found, on=step.on, as_of=as_of, at=at)
    elif step.step == FIX and autopay.status == Autopay.Status.ACTIVE:
        move_autopay(actor, autopay, Autopay.Status.PAUSED, reason=reason, at=at)
    elif step.step == STOP and autopay.status != Autopay.Status.ENDED:
        ended = Autopay.Status.ENDED
        move_autopay(actor, autopay, ended, reason=reason, at=at, ended_on=as_of)
    language = _language(autopay.customer)
    told = next_step_text(language, step.step, day=day_text(step.on, language) if step.on else "")
    _tell(autopay, found, key="declined", is_declined=True, as_of=as_of, at=at, next=told)
    _event(actor, "autopay_charge.declined", found, at=at, reason=reason, next=step.step)
    return 1


@transaction.atomic
def drop_charge(*, actor: Actor, charge: AutopayCharge, at: datetime) -> AutopayCharge:
    """Leave out one announced charge, as staff or the customer's people ask; raise Refused later.

    What it would have paid is announced again only when it is still open and due the next time.
    """
    actor.require("autopay.edit" if actor.customer_id is None else "portal.pay")
    autopay = _locked(charge.autopay)
    if autopay.company_id != actor.company.pk or actor.customer_id not in {
        None,
        autopay.customer_id,
    }:
        raise Refused("This charge belongs to somebody else.")
    found = AutopayCharge.objects.get(pk=charge.pk)
    if found.status == Status.PLANNED:
        _drop(actor, found, "cancelled", at=at)
        found.refresh_from_db()
    if found.status != Status.DROPPED:
        raise Refused("This charge is under way already; it can be refunded once it is paid.")
    return found


def _announce(
    actor: Actor, autopay: Autopay, plan: PlannedCharge, *, as_of: date, at: datetime
) -> None:
    charge = AutopayCharge.objects.create(
        autopay=autopay,
        charge_on=plan.charge_on,
        amount_minor=plan.amount_minor,
        made_on=as_of,
        recorded_at=at,
    )
    AutopayLine.objects.bulk_create(
        AutopayLine(
            charge=charge,
            item_id=line.item_id,
            instalment_id=line.instalment_id,
            amount_minor=line.free_minor,
        )
        for line in plan.lines
    )
    messages = _tell(autopay, charge, key="notice", as_of=as_of, at=at)
    if messages:
        AutopayCharge.objects.filter(pk=charge.pk).update(notice=messages[0])
    left_out = [line.item_id for line in plan.left_out]
    _event(
        actor,
        "autopay_charge.announced",
        charge,
        at=at,
        charge_on=plan.charge_on.isoformat(),
        amount_minor=plan.amount_minor,
        above_cap=left_out,
    )


def _retry(charge: AutopayCharge, *, on: date, as_of: date, at: datetime) -> None:
    again = AutopayCharge.objects.create(
        autopay=charge.autopay,
        charge_on=on,
        attempt=charge.attempt + 1,
        amount_minor=charge.amount_minor,
        retry_of=charge,
        made_on=as_of,
        recorded_at=at,
    )
    AutopayLine.objects.bulk_create(
        AutopayLine(
            charge=again,
            item_id=line.item_id,
            instalment_id=line.instalment_id,
            amount_minor=line.amount_minor,
        )
        for line in charge.lines.order_by("pk")
    )


def _drop(actor: Actor, charge: AutopayCharge, reason: str, *, at: datetime) -> int:
    AutopayCharge.objects.filter(pk=charge.pk, status=Status.PLANNED).update(
        status=Status.DROPPED, reason=reason
    )
    _event(actor, "autopay_charge.dropped", charge, at=at, reason=reason)
    return 1


def _decline_reason(checkout: Checkout) -> str:
    """Return the provider's newest word on why, empty where it gave none."""
    told = ProviderEvent.objects.filter(checkout=checkout, kind="failed")
    newest = told.order_by("-happened_at", "-pk").first()
    return str(newest.payload.get("reason", "")) if newest is not None else ""


def _tell(
    autopay: Autopay,
    charge: AutopayCharge,
    *,
    key: str,
    is_declined: bool = False,
    as_of: date,
    at: datetime,
    **more: str,
) -> list[Message]:
    """Put a mail about a charge into the outbox for those who manage the access."""
    customer, company = autopay.customer, autopay.company
    language = _language(customer)
    page = reverse("portal-ways")
    lines = charge.lines.select_related("item").order_by("pk")
    seats = PortalSeat.objects.filter(
        customer=customer, ended_on=None, role=PortalSeat.Role.MANAGER
    ).select_related("person")
    found = []
    for seat in seats.order_by("pk")[:MOST_TOLD]:
        mail = charge_mail(
            language,
            is_declined=is_declined,
            company=company.name,
            name=seat.person.name or customer.name,
            method=method_label(autopay.method),
            amount=money_text(charge.amount_minor, autopay.currency, language),
            day=day_text(charge.charge_on, language),
            lines="\n".join(
                f"  {line.item.number}: "
                f"{money_text(line.amount_minor, autopay.currency, language)}"
                for line in lines
            ),
            address=f"{settings.SITE}{page}" if settings.SITE else "",
            **more,
        )
        message, _ = Message.objects.get_or_create(
            message_id=f"<autopay.{charge.pk}.{seat.pk}.{key}@dunwell>",
            defaults={
                "company": company,
                "customer": customer,
                "channel": "email",
                "strategy": STRATEGY,
                "level": 0,
                "template": TEMPLATE,
                "language": mail.language,
                "to": seat.person.email,
                "subject": mail.subject,
                "body": mail.body,
                "body_sha256": hashlib.sha256(mail.body.encode()).hexdigest(),
                "decision": {"as_of": as_of.isoformat(), "demand_minor": {}, "charge": charge.pk},
                "author": "automatic payment",
                "as_of": as_of,
                "recorded_at": at,
            },
        )
        found.append(message)
    return found


def _language(customer: Customer) -> str:
    return autopay_language(customer.language or customer.company.language)


def _locked(autopay: Autopay) -> Autopay:
    """Lock the customer, whose payments queue there, and return the order as it is now."""
    Customer.objects.select_for_update(no_key=True).get(pk=autopay.customer_id)
    rows = Autopay.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("customer", "company", "method__provider").get(pk=autopay.pk)


def _event(
    actor: Actor, verb: str, charge: AutopayCharge, *, at: datetime, **data: object
) -> None:
    customer_id = charge.autopay.customer_id
    record_event(actor, verb, charge, at=at, customer_id=customer_id, **data)
