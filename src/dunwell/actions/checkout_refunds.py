"""Giving money of a checkout back the way it came: proposed, approved by another, handed over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Sum

from dunwell.actions.allocations import money_text
from dunwell.actions.checkout_money import give_back, keep_after_all
from dunwell.actions.checkouts import locked_checkout
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import fitting
from dunwell.engine.backoff import wait_after
from dunwell.engine.checkout_state import RefundState
from dunwell.models import Chargeback, Checkout, CheckoutRefund

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
MOST_ATTEMPTS = 8
PROVIDER = "provider"
"""Stands for author and approver of a refund made at the provider's own desk."""
Status = CheckoutRefund.Status


@transaction.atomic
def refund_checkout(
    *,
    actor: Actor,
    checkout: Checkout,
    amount_minor: int,
    reason: str,
    as_of: date,
    at: datetime,
) -> CheckoutRefund:
    """Propose to give money of a paid checkout back; nothing is booked before it is approved.

    Raises Refused for more than is left of it, counting what others proposed.
    """
    actor.require("refund.propose")
    found = locked_checkout(actor, checkout)
    why = fitting(text=reason, most=300, what="reason")
    if not why:
        raise Refused("Say why the money is given back.")
    left = left_of(found)
    if not 0 < amount_minor <= left:
        raise Refused(
            f"{money_text(left, found.currency)} of {found.number} can be given back, not "
            f"{money_text(amount_minor, found.currency)}."
        )
    refund = CheckoutRefund.objects.create(
        company=actor.company,
        checkout=found,
        number=f"{found.number}-F{found.refunds.count() + 1}",
        amount_minor=amount_minor,
        reason=why,
        author=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    _note(actor, "proposed", refund, at=at, reason=why)
    return refund


@transaction.atomic
def approve_checkout_refund(
    *, actor: Actor, refund: CheckoutRefund, as_of: date, at: datetime
) -> CheckoutRefund:
    """Approve a refund: it is booked at once, and the provider is asked to carry it out.

    What it was put on last is owed again. The author may not approve, except where nobody else
    works here.
    """
    actor.require("refund.approve")
    found = _locked(actor, refund)
    check_status(CheckoutRefund.MOVES, Status(found.status), Status.APPROVED, found.number)
    override = own_approval(
        actor,
        author=found.author,
        refusal="You proposed this refund; somebody else has to approve it.",
    )
    item = give_back(
        actor,
        found.checkout,
        number=found.number,
        amount_minor=found.amount_minor,
        as_of=as_of,
        at=at,
    )
    _move(found, Status.APPROVED, item=item, approver=actor.name, decided_on=as_of)
    _note(actor, "approved", found, at=at, author=found.author, override=override)
    return found


@transaction.atomic
def reject_checkout_refund(
    *, actor: Actor, refund: CheckoutRefund, reason: str, as_of: date, at: datetime
) -> CheckoutRefund:
    """Refuse a proposed refund, with the reason."""
    actor.require("refund.approve")
    found = _locked(actor, refund)
    why = fitting(text=reason, most=300, what="reason")
    if not why:
        raise Refused("Say why the refund is rejected.")
    check_status(CheckoutRefund.MOVES, Status(found.status), Status.REJECTED, found.number)
    _move(found, Status.REJECTED, approver=actor.name, decision=why, decided_on=as_of)
    _note(actor, "rejected", found, at=at, reason=why)
    return found


@transaction.atomic
def claim_refund(*, actor: Actor, refund: CheckoutRefund, at: datetime) -> CheckoutRefund | None:
    """Take an approved refund to hand it over; None where it is not due or somebody is at it."""
    actor.require("message.send")
    found = _locked(actor, refund)
    is_taken = found.claimed_at is not None and found.claimed_at > at - LEASE
    is_early = found.retry_at is not None and found.retry_at > at
    if found.status != Status.APPROVED or is_taken or is_early:
        return None
    CheckoutRefund.objects.filter(pk=found.pk).update(claimed_at=at, attempts=F("attempts") + 1)
    found.attempts += 1
    return found


@transaction.atomic
def mark_refund_sent(
    *, actor: Actor, refund: CheckoutRefund, external_id: str, at: datetime
) -> CheckoutRefund:
    """Note that the provider took a refund, under its own id."""
    actor.require("message.send")
    found = _locked(actor, refund)
    if found.status == Status.APPROVED:
        _move(found, Status.SENT, external_id=external_id, claimed_at=None, error="")
        _note(actor, "sent", found, at=at, external_id=external_id)
    return found


@transaction.atomic
def mark_refund_not_sent(
    *,
    actor: Actor,
    refund: CheckoutRefund,
    error: str,
    is_transient: bool,
    as_of: date,
    at: datetime,
) -> CheckoutRefund:
    """Note why the provider did not take a refund: tried again, or taken back in the books."""
    actor.require("message.send")
    found = _locked(actor, refund)
    if found.status != Status.APPROVED:
        return found
    if is_transient and found.attempts < MOST_ATTEMPTS:
        retry_at = at + wait_after(PAUSES, attempts=found.attempts, key=found.number)
        CheckoutRefund.objects.filter(pk=found.pk).update(
            claimed_at=None, retry_at=retry_at, error=error[:300]
        )
        found.refresh_from_db()
        return found
    _fail(actor, found, error, as_of=as_of, at=at)
    return found


def settle_told_refunds(
    actor: Actor, checkout: Checkout, told: Sequence[RefundState], *, as_of: date, at: datetime
) -> None:
    """Bring a locked checkout's refunds to what the provider tells of them.

    One made at the provider's own desk is booked here too. Part of `settle_checkout`.
    """
    for one in told:
        found = CheckoutRefund.objects.filter(
            checkout=checkout, external_id=one.provider_id
        ).first() or _unnamed(checkout, one)
        if found is None and not one.is_failed:
            found = _from_outside(actor, checkout, one, as_of=as_of, at=at)
        if found is None:
            continue
        if one.is_failed and found.status in {Status.APPROVED, Status.SENT, Status.DONE}:
            _fail(actor, found, one.reason, as_of=as_of, at=at)
        elif not one.is_failed and found.status in {Status.APPROVED, Status.SENT}:
            _move(found, Status.DONE, external_id=one.provider_id, claimed_at=None, error="")
            _note(actor, "done", found, at=at)


def due_refunds(actor: Actor, *, at: datetime) -> list[CheckoutRefund]:
    """Return approved refunds that wait to be handed over, the oldest first."""
    free = Q(claimed_at=None) | Q(claimed_at__lte=at - LEASE)
    due = Q(retry_at=None) | Q(retry_at__lte=at)
    return list(
        CheckoutRefund.objects.filter(free, due, company=actor.company, status=Status.APPROVED)
        .select_related("checkout__provider__company")
        .order_by("pk")
    )


def left_of(checkout: Checkout) -> int:
    """Return what of a paid checkout is neither given back, asked for so, nor charged back."""
    if checkout.payment is None:
        return 0
    given = CheckoutRefund.objects.filter(checkout=checkout, status__in=CheckoutRefund.LIVE)
    taken = Chargeback.objects.filter(checkout=checkout)
    gone = (given.aggregate(minor=Sum("amount_minor"))["minor"] or 0) + (
        taken.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    )
    return max(checkout.payment.amount_minor - gone, 0)


def _unnamed(checkout: Checkout, told: RefundState) -> CheckoutRefund | None:
    """Return our refund whose answer we have not noted: the provider's word came before it."""
    return (
        CheckoutRefund.objects.filter(
            checkout=checkout,
            external_id="",
            status=Status.APPROVED,
            amount_minor=told.amount_minor,
        )
        .order_by("pk")
        .first()
    )


def _from_outside(
    actor: Actor, checkout: Checkout, told: RefundState, *, as_of: date, at: datetime
) -> CheckoutRefund:
    """Book a refund that was made at the provider's own desk."""
    number = f"{checkout.number}-F{checkout.refunds.count() + 1}"
    item = give_back(
        actor, checkout, number=number, amount_minor=told.amount_minor, as_of=as_of, at=at
    )
    refund = CheckoutRefund.objects.create(
        company=actor.company,
        checkout=checkout,
        number=number,
        amount_minor=told.amount_minor,
        reason="Made at the provider",
        status=Status.DONE,
        external_id=told.provider_id,
        item=item,
        author=PROVIDER,
        approver=PROVIDER,
        proposed_on=as_of,
        decided_on=as_of,
        recorded_at=at,
    )
    _note(actor, "done", refund, at=at, reason=refund.reason)
    return refund


def _fail(actor: Actor, refund: CheckoutRefund, error: str, *, as_of: date, at: datetime) -> None:
    if refund.item is not None:
        keep_after_all(actor, refund.item, as_of=as_of, at=at)
    _move(refund, Status.FAILED, error=error[:300], claimed_at=None)
    _note(actor, "failed", refund, at=at, reason=error[:300])


def _locked(actor: Actor, refund: CheckoutRefund) -> CheckoutRefund:
    """Lock a refund behind its checkout, and return it as it is now."""
    own(actor, refund, "refund")
    checkout = locked_checkout(actor, refund.checkout)
    found = (
        CheckoutRefund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("item")
        .get(pk=refund.pk)
    )
    found.checkout = checkout
    return found


def _move(refund: CheckoutRefund, status: Status, **fields: object) -> None:
    before = Status(refund.status)
    check_status(CheckoutRefund.MOVES, before, status, refund.number)
    values = {"status": status, **fields}
    if CheckoutRefund.objects.filter(pk=refund.pk, status=before).update(**values) != 1:
        raise Refused(f"{refund.number} has just changed; load the page again.")
    for name, value in values.items():
        setattr(refund, name, value)


def _note(actor: Actor, verb: str, refund: CheckoutRefund, *, at: datetime, **data: str) -> None:
    record_event(
        actor,
        f"checkout_refund.{verb}",
        refund,
        at=at,
        customer_id=refund.checkout.customer_id,
        number=refund.number,
        checkout=refund.checkout.number,
        currency=refund.checkout.currency,
        amount_minor=refund.amount_minor,
        **data,
    )
