"""Paying in the portal: credits the payer chose are used, and a checkout or transfer begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import money_text
from dunwell.actions.checkouts import Discounted, start_checkout
from dunwell.actions.gate import Actor, Refused, lent, open_customer
from dunwell.actions.payments import apply_credit
from dunwell.actions.transfers import announce_transfer
from dunwell.engine.payment_choices import less_credit
from dunwell.models import (
    Checkout,
    Customer,
    EarlyPaymentOffer,
    Item,
    PaymentProvider,
    PortalSeat,
    SavedMethod,
    Transfer,
)
from dunwell.queries.payables import Payables, payables
from dunwell.queries.surcharges import surcharge_for

TRANSFER = "transfer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody wants to pay: minor units by item, and credit notes to use for it.

    `shown_minor` is what the page asked for, surcharge included; the ledger's figure must be it.
    """

    currency: str
    amounts: Mapping[int, int]
    credits: tuple[int, ...] = ()
    shown_minor: int | None = None


@transaction.atomic
def pay_in_portal(
    *,
    actor: Actor,
    customer: Customer,
    wish: Wish,
    provider: PaymentProvider,
    method: str,
    saved: SavedMethod | None = None,
    saves_method: bool = False,
    purpose: str = Checkout.Purpose.PORTAL,
    seat: PortalSeat | None = None,
    key: str,
    as_of: date,
    at: datetime,
) -> Checkout:
    """Begin a payment through a provider, with the surcharge the law allows; one for each key.

    Discounts for paying items in full today, offered or by the customer's terms, are taken off.
    Raises Refused when
    the amount is another one now than was shown, and for all that `start_checkout` refuses.
    """
    actor.require("portal.pay")
    open_customer(actor, customer)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = Checkout.objects.filter(company=actor.company, customer=customer, key=key).first()
    if before is not None:
        return before
    if saved is not None and (saved.customer_id != customer.pk or saved.removed_at is not None):
        raise Refused("This way to pay is not saved any more; choose another one.")
    found = payables(customer, currency=wish.currency, as_of=as_of)
    amounts = _less_credits(actor, found, wish, as_of=as_of, at=at)
    items = Item.objects.in_bulk(amounts)
    discounts = _discounts(found, amounts, as_of=as_of)
    paid = {
        items[key]: amount - (discounts[key].discount_minor if key in discounts else 0)
        for key, amount in amounts.items()
    }
    total = sum(paid.values())
    added = surcharge_for(
        customer, provider, method=method, amount_minor=total, saved=saved, on=as_of
    ).amount_minor
    if wish.shown_minor is not None and wish.shown_minor != total + added:
        raise Refused(
            f"It is {money_text(total + added, wish.currency)} now, not "
            f"{money_text(wish.shown_minor, wish.currency)}. Look at it again before you pay."
        )
    return start_checkout(
        actor=actor,
        customer=customer,
        provider=provider,
        method=method,
        currency=wish.currency,
        amounts=paid,
        discounts={items[key]: one for key, one in discounts.items()},
        surcharge_minor=added,
        key=key,
        purpose=purpose,
        seat=seat,
        saves_method=saves_method and saved is None,
        saved_token=saved.token if saved else "",
        as_of=as_of,
        at=at,
    )


@transaction.atomic
def transfer_in_portal(
    *, actor: Actor, customer: Customer, wish: Wish, as_of: date, at: datetime
) -> Transfer:
    """Announce a bank transfer for what was chosen, credits first; see `announce_transfer`."""
    actor.require("portal.pay")
    open_customer(actor, customer)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = payables(customer, currency=wish.currency, as_of=as_of)
    amounts = _less_credits(actor, found, wish, as_of=as_of, at=at)
    items = Item.objects.in_bulk(amounts)
    return announce_transfer(
        actor=actor,
        customer=customer,
        amounts={items[key]: amount for key, amount in amounts.items()},
        as_of=as_of,
        at=at,
    )


def _less_credits(
    actor: Actor, found: Payables, wish: Wish, *, as_of: date, at: datetime
) -> dict[int, int]:
    """Use the chosen credits on the items, and return what is left to pay by item."""
    items = {one.item_id: one for one in found.items}
    if unknown := [key for key in wish.amounts if key not in items]:
        raise Refused(f"{len(unknown)} of these invoices are not open any more; choose again.")
    amounts = dict(wish.amounts)
    for key, amount in amounts.items():
        if not 0 < amount <= items[key].open_minor:
            left = money_text(items[key].open_minor, wish.currency)
            raise Refused(f"{left} is open on {items[key].number}; pay that or less.")
    usable = {one.item_id: one for one in found.credits}
    for key in wish.credits:
        credit = usable.get(key)
        if credit is None:
            raise Refused("A credit you chose is used already; choose again.")
        amounts, settled = less_credit(
            amounts, [one.part for one in found.items], credit.free_minor
        )
        if settled:
            booked = Item.objects.in_bulk([key, *settled])
            apply_credit(
                actor=lent(actor, "payment.apply"),
                credit=booked[key],
                amounts={booked[one]: amount for one, amount in settled.items()},
                as_of=as_of,
                at=at,
            )
    if not amounts:
        raise Refused("The credits cover all of it; there is nothing left to pay. Choose less.")
    return amounts


def _discounts(
    found: Payables, amounts: Mapping[int, int], *, as_of: date
) -> dict[int, Discounted]:
    """Return what is taken off the items that are paid in full today, offered or by terms."""
    earned = {
        one.item_id: (one.offer, discount)
        for one in found.items
        if one.offer is not None
        and amounts.get(one.item_id) == one.open_minor
        and (discount := one.discount_on(as_of)) > 0
    }
    offers = EarlyPaymentOffer.objects.in_bulk(
        [offer.offer_id for offer, _ in earned.values() if offer.offer_id is not None]
    )
    return {
        key: Discounted(
            offer=offers[offer.offer_id] if offer.offer_id is not None else None,
            discount_minor=discount,
        )
        for key, (offer, discount) in earned.items()
    }
