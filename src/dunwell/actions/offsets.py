"""Netting with what we owe: items settled by our own debt to the customer, no money moves."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import live, money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.refunds import NETTING
from dunwell.actions.texts import fitting
from dunwell.models import Allocation, Customer, Item, PayerRelation, Payment

LONGEST_REFERENCE, LONGEST_REASON = 80, 300


@transaction.atomic
def record_offset(
    *,
    actor: Actor,
    customer: Customer,
    reference: str,
    currency: str,
    amount_minor: int,
    amounts: Mapping[Item, int],
    reason: str,
    as_of: date,
    at: datetime,
) -> Payment:
    """Settle items by what we owe the customer; `reference` is our debt's, and comes once.

    Books the account of offsets instead of the bank, and puts all of it on the items at once.
    The same again returns what is there. Raises Refused without an agreement to net (an active
    relation of kind netting), beyond its currency or amount, when the amounts of the items do
    not sum to the amount, and for a reference that is used with other figures.
    """
    actor.require("payment.apply")
    if not Customer.objects.filter(company=actor.company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {actor.company.name}.")
    open_customer(actor, customer)
    name = fitting(text=reference, most=LONGEST_REFERENCE, what="reference")
    why = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not name or not why:
        raise Refused("Name our debt that is offset, and say why.")
    if (total := sum(amounts.values())) != amount_minor:
        raise Refused(
            f"{money_text(total, currency)} is put on items, {money_text(amount_minor, currency)} "
            "is offset; both must be the same, as what is left would be nobody's money."
        )
    _check_agreement(customer, currency=currency, amount_minor=amount_minor)
    number = f"OFF-{name}"
    known = Payment.objects.filter(company=actor.company, number=number).first()
    if known is not None:
        return _same(known, customer, currency=currency, amounts=amounts)
    payment = record_payment(
        actor=actor,
        number=number,
        customer=customer,
        currency=currency,
        amount_minor=amount_minor,
        value_on=as_of,
        method=NETTING,
        payer=customer.name[:200],
        reference=why,
        as_of=as_of,
        at=at,
    )
    apply_payment(actor=actor, payment=payment, amounts=amounts, as_of=as_of, at=at)
    record_event(
        actor,
        "offset.recorded",
        payment,
        at=at,
        customer_id=customer.pk,
        reference=name,
        currency=currency,
        amount_minor=amount_minor,
        reason=why,
    )
    return payment


def _check_agreement(customer: Customer, *, currency: str, amount_minor: int) -> None:
    """Raise Refused unless the customer agreed to netting in the currency, up to the amount."""
    agreed = list(
        PayerRelation.objects.filter(
            customer=customer, kind=PayerRelation.Kind.NETTING, is_active=True
        )
    )
    if not agreed:
        raise Refused(
            f"There is no agreement to net with {customer.name}; enter one as a payer relation "
            "of kind netting first."
        )
    fitting_ones = [one for one in agreed if one.currency in {"", currency}]
    if not fitting_ones:
        raise Refused(f"The agreement with {customer.name} is not for {currency}.")
    most = [one.amount_minor for one in fitting_ones if one.amount_minor is not None]
    if len(most) == len(fitting_ones) and amount_minor > max(most):
        raise Refused(
            f"{money_text(amount_minor, currency)} is more than the "
            f"{money_text(max(most), currency)} we owe {customer.name} by the agreement."
        )


def _same(
    known: Payment, customer: Customer, *, currency: str, amounts: Mapping[Item, int]
) -> Payment:
    """Return the offset that is there, or refuse to use its reference for another one."""
    put = {row.item_id: row.amount_minor for row in live(Allocation.objects.filter(payment=known))}
    told = {item.pk: amount for item, amount in amounts.items()}
    same = (known.customer_id, known.currency, known.method) == (customer.pk, currency, NETTING)
    if same and put == told:
        return known
    raise Refused(f"{known.number} is recorded already, with other figures.")
