"""Settling a checkout by all that is told of it: the one way its money reaches the ledger.

Webhook, return page and poll all end here. The state is derived from the kept events under the
checkout's lock, so whoever comes second finds everything booked.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from dunwell.actions.allocations import money_text
from dunwell.actions.chargebacks import settle_chargebacks
from dunwell.actions.checkout_money import come_in
from dunwell.actions.checkout_refunds import settle_told_refunds
from dunwell.actions.checkouts import locked_checkout, move, note
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.items import add_item
from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import ProviderFact, read_fact
from dunwell.engine.checkout_state import CheckoutState, checkout_state
from dunwell.models import Checkout, Item, ProviderEvent

Status = Checkout.Status
STANDINGS = {
    facts.OPENED: Status.OPEN,
    facts.PROCESSING: Status.PROCESSING,
    facts.FAILED: Status.FAILED,
    facts.EXPIRED: Status.EXPIRED,
    facts.CANCELLED: Status.CANCELLED,
}
ENDED = (Status.FAILED, Status.EXPIRED, Status.CANCELLED)


@transaction.atomic
def settle_checkout(*, actor: Actor, checkout: Checkout, as_of: date, at: datetime) -> Checkout:
    """Bring a checkout to where its events put it: paid once, refunds and chargebacks once each.

    Money that came is one payment numbered like the checkout, put on its items as far as they
    are open; the rest stays on account. Nothing new told changes nothing. Raises Refused for
    money in another currency than asked, which a person has to look at.
    """
    actor.require("payment.record")
    found = locked_checkout(actor, checkout)
    state = checkout_state(told_of(found))
    if state.paid is not None:
        if found.payment_id is None:
            _pay(actor, found, state, as_of=as_of, at=at)
        settle_told_refunds(actor, found, state.refunds, as_of=as_of, at=at)
        settle_chargebacks(actor, found, state.chargebacks, as_of=as_of, at=at)
        return found
    status = STANDINGS.get(state.standing)
    before = Status(found.status)
    if status is None or status == before or status not in Checkout.MOVES[before]:
        return found
    if before in ENDED and status == Status.OPEN:
        return found
    closed_at = at if status in ENDED else None
    move(found, status, error=state.reason[:300], closed_at=closed_at, claimed_at=None)
    note(actor, f"checkout.{status}", found, at=at, reason=state.reason[:300])
    return found


def told_of(checkout: Checkout) -> list[ProviderFact]:
    """Return every fact kept of a checkout."""
    mine = Q(checkout=checkout)
    if checkout.external_id:
        mine |= Q(subject_id=checkout.external_id)
    return [
        read_fact(
            row.told,
            event_id=row.event_id,
            kind=row.kind,
            subject=row.subject_id,
            happened_at=row.happened_at,
        )
        for row in ProviderEvent.objects.filter(mine, provider=checkout.provider_id)
    ]


def _pay(
    actor: Actor, checkout: Checkout, state: CheckoutState, *, as_of: date, at: datetime
) -> None:
    paid = state.paid
    if paid is None or paid.amount_minor <= 0:
        raise Refused(f"{checkout.provider.name} says {checkout.number} is paid, but no amount.")
    if paid.currency != checkout.currency:
        raise Refused(
            f"{checkout.number} asked for {checkout.currency}, and {checkout.provider.name} took "
            f"{money_text(paid.amount_minor, paid.currency)}. Look at it with the provider."
        )
    happened_on = paid.happened_at.astimezone(ZoneInfo(actor.company.zone)).date()
    surcharge = _surcharge(actor, checkout, as_of=as_of, at=at)
    payment = come_in(
        actor,
        checkout,
        number=checkout.number,
        amount_minor=paid.amount_minor,
        value_on=min(happened_on, as_of),
        extra=surcharge,
        as_of=as_of,
        at=at,
    )
    fields: dict[str, object] = {"external_id": checkout.external_id or paid.subject}
    move(
        checkout,
        Status.PAID,
        payment=payment,
        surcharge_item=surcharge,
        claimed_at=None,
        error="",
        closed_at=at,
        **fields,
    )
    note(
        actor,
        "checkout.paid",
        checkout,
        at=at,
        payment=payment.number,
        paid_minor=paid.amount_minor,
        method=checkout.method,
        provider=checkout.provider.name,
    )


def _surcharge(actor: Actor, checkout: Checkout, *, as_of: date, at: datetime) -> Item | None:
    """Return the fee item of what is charged on top: owed and paid like any other."""
    if not checkout.surcharge_minor:
        return None
    return add_item(
        actor=lent(actor, "item.add"),
        customer=checkout.customer,
        number=f"{checkout.number}-S",
        kind=Item.Kind.FEE,
        currency=checkout.currency,
        amount_minor=checkout.surcharge_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=checkout.number,
        as_of=as_of,
        at=at,
    )
