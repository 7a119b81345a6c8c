"""Wishing to pay: a checkout with its lines, written before any provider is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.allocations import LockedItem, check_amounts, locked_items, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, marked, open_customer, own, own_customer
from dunwell.actions.texts import fitting
from dunwell.models import (
    Checkout,
    CheckoutLine,
    Customer,
    Dispute,
    EarlyPaymentOffer,
    Item,
    OpenItem,
    Payment,
    PaymentProvider,
    PortalSeat,
)
from dunwell.queries.early_payment import discounts_on

LASTS = timedelta(hours=24)
"""So long a payer has, unless something else is said."""
MOST_LINES = 200
LONGEST_KEY = 80
Status = Checkout.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Discounted:
    """What is taken off an item that is paid early, in minor units besides the money.

    `offer` is None where the customer's own terms grant it.
    """

    offer: EarlyPaymentOffer | None
    discount_minor: int


@transaction.atomic
def start_checkout(
    *,
    actor: Actor,
    customer: Customer,
    provider: PaymentProvider,
    method: str,
    currency: str,
    amounts: Mapping[Item, int] | None = None,
    amount_minor: int | None = None,
    discounts: Mapping[Item, Discounted] | None = None,
    surcharge_minor: int = 0,
    key: str,
    purpose: str,
    seat: PortalSeat | None = None,
    saves_method: bool = False,
    saved_token: str = "",
    return_to: str = "",
    lasts: timedelta = LASTS,
    as_of: date,
    at: datetime,
) -> Checkout:
    """Write down a wish to pay; the same `key` of the customer again returns the first one.

    `amounts` says what goes on which item; with `amount_minor` alone the oldest open items that
    are not disputed take it. Amounts are compared with the ledger under lock. Raises Refused for
    items of others or another currency, more than is open, a currency or method the provider does
    not take, an item whose money is under way already, and for a key used for something else.
    """
    actor.require("portal.pay" if actor.customer_id is not None else "payment.link")
    open_customer(actor, customer)
    own(actor, provider, "payment provider")
    if not key.strip() or len(key) > LONGEST_KEY:
        raise Refused(f"The key of a payment must have 1 to {LONGEST_KEY} characters.")
    # one customer's wishes queue here: a double click finds the first one
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    asked = amounts if amounts is not None else {}
    before = Checkout.objects.filter(company=actor.company, customer=customer, key=key).first()
    if before is not None:
        return _same(before, currency, asked, amount_minor)
    _check_provider(provider, currency=currency, method=method)
    if (amounts is None) == (amount_minor is None):
        raise Refused("Say either which items are paid or how much.")
    if amount_minor is not None:
        asked = _oldest_first(customer, currency, amount_minor)
    locked = locked_items(company=actor.company, items=asked)
    lines = _lines(customer, asked, discounts or {}, locked, currency=currency, as_of=as_of)
    if surcharge_minor < 0:
        raise Refused("A surcharge cannot be below 0.")
    checkout = Checkout.objects.create(
        company=actor.company,
        customer=customer,
        seat=seat,
        provider=provider,
        number=_number(actor),
        key=key,
        currency=currency,
        amount_minor=sum(line.amount_minor for line in lines),
        surcharge_minor=surcharge_minor,
        method=method,
        purpose=purpose,
        saves_method=saves_method,
        saved_token=saved_token,
        return_to=return_to,
        started_by=actor.name,
        started_on=as_of,
        expires_at=at + lasts,
        recorded_at=at,
    )
    for line in lines:
        line.checkout = checkout
    CheckoutLine.objects.bulk_create(lines)
    note(actor, "checkout.started", checkout, at=at, method=method, purpose=purpose)
    return checkout


@transaction.atomic
def cancel_checkout(*, actor: Actor, checkout: Checkout, reason: str, at: datetime) -> Checkout:
    """Stop a checkout nobody has paid; the provider's page is closed by the next hand-over.

    Staff and the customer's own people may. Raises Refused where money is under way or has come.
    """
    actor.require("portal.pay" if actor.customer_id is not None else "checkout.edit")
    found = locked_checkout(actor, checkout)
    if found.status == Status.CANCELLED:
        return found
    if found.status not in {Status.CREATED, Status.OPEN}:
        raise Refused(marked(found.number, Status(found.status)))
    why = fitting(text=reason, most=300, what="reason")
    move(found, Status.CANCELLED, error=why, closed_at=at)
    note(actor, "checkout.cancelled", found, at=at, reason=why)
    return found


def locked_checkout(actor: Actor, checkout: Checkout) -> Checkout:
    """Lock a checkout and return it as it is now; Refused for another company's or customer's."""
    found = (
        Checkout.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "provider", "payment", "company")
        .filter(company=actor.company, pk=checkout.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Payment {checkout.number} does not belong to {actor.company.name}.")
    own_customer(actor, found.customer)
    return found


def move(checkout: Checkout, status: Status, **fields: object) -> None:
    """Move a locked checkout to another status; Refused where its moves do not lead there."""
    before = Status(checkout.status)
    if status != before and status not in Checkout.MOVES[before]:
        raise Refused(marked(checkout.number, before))
    values = {"status": status, **fields}
    if Checkout.objects.filter(pk=checkout.pk, status=before).update(**values) != 1:
        raise Refused(f"{checkout.number} has just changed; load the page again.")
    for name, value in values.items():
        setattr(checkout, name, value)


def note(actor: Actor, verb: str, checkout: Checkout, *, at: datetime, **data: object) -> None:
    """Record an event of a checkout with its number and what it is about."""
    record_event(
        actor,
        verb,
        checkout,
        at=at,
        customer_id=checkout.customer_id,
        number=checkout.number,
        currency=checkout.currency,
        amount_minor=checkout.amount_minor,
        surcharge_minor=checkout.surcharge_minor,
        **data,
    )


def _same(
    before: Checkout, currency: str, asked: Mapping[Item, int], amount_minor: int | None
) -> Checkout:
    """Return the checkout of a key; Refused where the key now stands for something else."""
    lines = dict(before.lines.values_list("item_id", "amount_minor"))
    told = {item.pk: amount for item, amount in asked.items()}
    is_same = before.currency == currency and (
        told == lines if amount_minor is None else amount_minor == before.amount_minor
    )
    if not is_same:
        raise Refused(
            f"This payment was begun as {before.number} with other amounts. Load the page again "
            "to begin another one."
        )
    return before


def _check_provider(provider: PaymentProvider, *, currency: str, method: str) -> None:
    if provider.ended_on is not None:
        raise Refused(f"{provider.name} is no longer used; choose another way to pay.")
    if currency not in provider.currencies:
        raise Refused(f"{provider.name} does not take {currency}; pay by bank transfer instead.")
    if method not in provider.methods or method not in Checkout.Method.values:
        raise Refused(f"{provider.name} does not offer this way to pay; choose another one.")


def _oldest_first(customer: Customer, currency: str, amount_minor: int) -> dict[Item, int]:
    """Return how an amount is put on open items, the oldest due first; disputed ones are left."""
    if amount_minor <= 0:
        raise Refused("The amount must be more than 0.")
    disputed = dict(
        Dispute.objects.filter(item__customer=customer, closed_on=None).values_list(
            "item_id", "amount_minor"
        )
    )
    rows = (
        OpenItem.objects.filter(item__customer=customer, item__currency=currency, open_minor__gt=0)
        .select_related("item")
        .order_by("item__due_on", "item_id")
    )
    found: dict[Item, int] = {}
    left = amount_minor
    for row in rows:
        free = row.open_minor - min(disputed.get(row.item_id, 0), row.open_minor)
        if free > 0 and left > 0:
            found[row.item] = min(free, left)
            left -= found[row.item]
    if left:
        raise Refused(
            f"{money_text(amount_minor, currency)} is more than the "
            f"{money_text(amount_minor - left, currency)} that can be paid. Choose disputed "
            "invoices one by one to pay them too."
        )
    return found


def _lines(
    customer: Customer,
    asked: Mapping[Item, int],
    discounts: Mapping[Item, Discounted],
    locked: Mapping[int, LockedItem],
    *,
    currency: str,
    as_of: date,
) -> list[CheckoutLine]:
    if len(asked) > MOST_LINES:
        raise Refused(f"Pay at most {MOST_LINES} invoices at once.")
    own_items(customer, asked)
    check_amounts(
        {item.pk: amount for item, amount in asked.items()},
        locked,
        currency=currency,
        as_of=as_of,
    )
    _check_under_way(asked)
    off = {item.pk: one for item, one in discounts.items()}
    granted = discounts_on(customer.company, customer, on=as_of, as_of=as_of) if off else {}
    lines = []
    for item, amount in sorted(asked.items(), key=lambda pair: (pair[0].due_on, pair[0].pk)):
        discount = off.get(item.pk)
        if discount:
            _check_discount(locked[item.pk], amount, discount, granted.get(item.pk))
        lines.append(
            CheckoutLine(
                item=item,
                amount_minor=amount,
                discount_minor=discount.discount_minor if discount else 0,
                offer=discount.offer if discount else None,
            )
        )
    return lines


def _check_discount(
    locked: LockedItem,
    amount_minor: int,
    discount: Discounted,
    granted: tuple[int | None, int] | None,
) -> None:
    """Raise Refused unless the item is paid in full but for the discount that is granted today."""
    number, currency = locked.item.number, locked.item.currency
    offer = discount.offer.pk if discount.offer else None
    if granted != (offer, discount.discount_minor):
        raise Refused(
            f"{money_text(discount.discount_minor, currency)} is not the discount for paying "
            f"{number} today. Load the page again to see what is."
        )
    if amount_minor + discount.discount_minor != locked.open_minor:
        raise Refused(
            f"A discount is for paying {number} in full; "
            f"{money_text(locked.open_minor, currency)} is open on it."
        )


def own_items(customer: Customer, items: Iterable[Item]) -> None:
    """Raise Refused where an item is not the customer's, without a word about whose it is."""
    if any(item.customer_id != customer.pk for item in items):
        raise Refused("One of these invoices is not known here; load the page again.")


def _check_under_way(asked: Mapping[Item, int]) -> None:
    """Raise Refused where the bank is already at work on the money of one of the items."""
    under_way = (
        CheckoutLine.objects.filter(item__in=list(asked), checkout__status=Status.PROCESSING)
        .select_related("checkout", "item")
        .order_by("pk")
        .first()
    )
    if under_way is not None:
        raise Refused(
            f"{under_way.item.number} is being paid by {under_way.checkout.number} already; wait "
            "until the bank has answered."
        )


def _number(actor: Actor) -> str:
    """Return the next free number of a checkout; a payment of another door may have taken one."""
    count = Checkout.objects.filter(company=actor.company).count()
    while True:
        count += 1
        number = f"CK-{count}"
        if not (
            Checkout.objects.filter(company=actor.company, number=number).exists()
            or Payment.objects.filter(company=actor.company, number=number).exists()
        ):
            return number
