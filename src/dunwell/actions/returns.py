"""Payments that came back: no funds, a dispute at the bank, a chargeback, with the fee for it."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import LONGEST_NUMBER, add_item
from dunwell.actions.payments import reverse_payment
from dunwell.actions.texts import fitting
from dunwell.engine.return_reasons import OTHER, RETURN_REASONS
from dunwell.models import Customer, Event, Item, Payment
from dunwell.queries.cash_policies import cash_policy_in_force

LONGEST_REASON = 300


@transaction.atomic
def return_payment(
    *,
    actor: Actor,
    payment: Payment,
    reason_code: str,
    reason: str = "",
    charge_fee: bool,
    as_of: date,
    at: datetime,
) -> Payment:
    """Record that a payment came back, why, and the fee the customer owes for it.

    What it settled is owed again from `as_of` on, and promises judged by it are judged again.
    The fee is the one of the cash policy in force, an item in the company's currency; 0 there
    charges nothing. Returns the negative payment; a payment returned before with the same
    reason code stays as it is. Raises Refused for an unknown code, for a code that needs words
    without them, for another code than before, and for a fee when the customer is not known.
    """
    actor.require("payment.reverse")
    code, words = reason_code.strip().upper(), _words(reason_code, reason)
    found = _own(actor, payment)
    if (before := Payment.objects.filter(reverses=found).first()) is not None:
        return _same(found, before, code)
    fee_minor = cash_policy_in_force(actor.company, as_of=as_of).returned.fee_minor
    if charge_fee and fee_minor and found.customer is None:
        raise Refused(
            f"Whose payment {found.number} was, is not known, so nobody can be charged a fee."
        )
    back = reverse_payment(actor=actor, payment=found, reason=words, as_of=as_of, at=at)
    fee = None
    if charge_fee and fee_minor and found.customer is not None:
        fee = _fee(actor, found.customer, found, fee_minor, as_of=as_of, at=at)
    record_event(
        actor,
        "payment.returned",
        found,
        at=at,
        customer_id=found.customer_id,
        reason_code=code,
        reason=words,
        number=back.number,
        currency=found.currency,
        amount_minor=found.amount_minor,
        fee=fee.number if fee else "",
        fee_minor=fee_minor if fee else 0,
    )
    return back


def _own(actor: Actor, payment: Payment) -> Payment:
    """Lock a payment of the company and return it as it is now."""
    found = (
        Payment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer")
        .filter(company=actor.company, pk=payment.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Payment {payment.number} does not belong to {actor.company.name}.")
    return found


def _words(reason_code: str, reason: str) -> str:
    """Return the reason as it is written down: what was said, else what the code means."""
    code = reason_code.strip().upper()
    if code not in RETURN_REASONS:
        raise Refused(
            f"{reason_code.strip() or 'Nothing'} is no reason code of a return; use one such as "
            f"AM04 (not enough money) or MD06, and {OTHER} for another reason."
        )
    told = fitting(text=reason, most=LONGEST_REASON - len(code) - 2, what="reason")
    if code == OTHER and not told:
        raise Refused("Say why the payment came back.")
    return f"{code}: {told or RETURN_REASONS[code]}"


def _same(payment: Payment, before: Payment, code: str) -> Payment:
    """Return what is recorded already, or refuse to record it otherwise."""
    told = Event.objects.filter(
        company=payment.company_id,
        subject="payment",
        subject_id=payment.pk,
        verb="payment.returned",
    ).first()
    if told is None or told.data.get("reason_code") == code:
        return before
    raise Refused(
        f"Payment {payment.number} was returned already, with reason {told.data['reason_code']} "
        f"({money_text(-before.amount_minor, before.currency)} on {before.value_on})."
    )


def _fee(
    actor: Actor,
    customer: Customer,
    payment: Payment,
    fee_minor: int,
    *,
    as_of: date,
    at: datetime,
) -> Item:
    number = f"RET-{payment.number}"[:LONGEST_NUMBER]
    if Item.objects.filter(customer=customer, kind=Item.Kind.FEE, number=number).exists():
        raise Refused(f"The fee would be numbered {number}, and that number is taken.")
    return add_item(
        actor=actor,
        customer=customer,
        number=number,
        kind=Item.Kind.FEE,
        currency=actor.company.currency,
        amount_minor=fee_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=payment.number,
        as_of=as_of,
        at=at,
    )
