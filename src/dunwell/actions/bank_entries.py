"""Entries of bank statements: a person's word on each, and money whose value day has come."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import money_text
from dunwell.actions.banking.booking import METHOD, best_reference, book_entries, free_number
from dunwell.actions.banking.returns import take_back
from dunwell.actions.entries import post_entries
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payments import reverse_payment
from dunwell.actions.periods import first_open_day
from dunwell.actions.texts import fitting
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.models import BankEntry, Company, Payment

Treatment = BankEntry.Treatment

MOVES: Mapping[str, frozenset[str]] = {
    Treatment.OPEN: frozenset({Treatment.PAYMENT, Treatment.RETURN, Treatment.OTHER}),
    Treatment.OTHER: frozenset({Treatment.PAYMENT, Treatment.RETURN, Treatment.OPEN}),
    Treatment.PAYMENT: frozenset({Treatment.OTHER}),
}
"""What a person may make of an entry; everything else the desk decides by itself."""


@transaction.atomic
def decide_entry(
    *,
    actor: Actor,
    entry: BankEntry,
    treatment: str,
    payment: Payment | None = None,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> BankEntry:
    """Say what an entry is: a payment, the return of `payment`, or no customer's; return it.

    A payment found to be no customer's is taken back, with everything it was put on. Raises
    Refused for a move that is not allowed, for money of the wrong sign, currency or amount, and
    for what has happened meanwhile.
    """
    actor.require("match.decide")
    if payment is not None and payment.company_id != actor.company.pk:
        raise Refused(f"Payment {payment.number} does not belong to {actor.company.name}.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = (
        BankEntry.objects.select_for_update(of=("self",), no_key=True)
        .filter(company=actor.company, pk=entry.pk)
        .first()
    )
    if found is None:
        raise Refused(f"This bank entry does not belong to {actor.company.name}.")
    before = Treatment(found.treatment)
    if treatment not in MOVES.get(before, frozenset()):
        raise Refused(
            f"This entry is: {before.label.lower()}. That cannot be changed to "
            f"{Treatment(treatment).label.lower() if treatment in Treatment.values else treatment}"
            " here."
        )
    told = fitting(text=reason, most=300, what="reason")
    if treatment == Treatment.RETURN:
        _return(actor, found, payment, as_of=as_of, at=at)
    elif treatment == Treatment.PAYMENT:
        _pay(found, as_of=as_of, at=at)
    else:
        _leave(actor, found, treatment, told, as_of=as_of, at=at)
    record_event(
        actor,
        "bank_entry.decided",
        found,
        at=at,
        treatment=treatment,
        before=str(before.value),
        amount_minor=found.amount_minor,
        currency=found.currency,
        reason=told,
    )
    found.refresh_from_db()
    return found


@transaction.atomic
def book_due_entries(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Make payments of booked money whose value day has come; return how many.

    Files with later value days leave such entries waiting; the day's cycle asks for them. A
    second time on the same day adds nothing.
    """
    actor.require("bank.import")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    booked = book_entries(company=company, as_of=as_of, at=at)
    if booked.added or booked.met:
        record_event(
            actor,
            "bank_entries.booked",
            company,
            at=at,
            as_of=as_of.isoformat(),
            payments=booked.added,
            met=booked.met,
        )
    return booked.added


def _return(
    actor: Actor, entry: BankEntry, payment: Payment | None, *, as_of: date, at: datetime
) -> None:
    if payment is None:
        raise Refused("Name the payment that came back.")
    if entry.amount_minor >= 0:
        raise Refused("Money that came in returns nothing; only money that went out does.")
    if entry.currency != payment.currency or -entry.amount_minor < payment.amount_minor:
        raise Refused(
            f"{money_text(-entry.amount_minor, entry.currency)} went out, less than or other than "
            f"payment {payment.number} of {money_text(payment.amount_minor, payment.currency)}. "
            "Payments come back whole."
        )
    take_back(by=actor, entry=entry, payment=payment, as_of=as_of, at=at)


def _pay(entry: BankEntry, *, as_of: date, at: datetime) -> None:
    """Make a payment of an entry that the desk did not take for one."""
    if entry.amount_minor <= 0 or entry.status != "booked":
        raise Refused("Only booked money that came in is a payment.")
    if entry.currency == UNKNOWN_CURRENCY:
        raise Refused(
            "The file tells no currency. Read it again with the currency of the account."
        )
    if entry.value_on > as_of:
        raise Refused(f"The money counts from {entry.value_on}; decide then.")
    company = entry.company
    payment = Payment.objects.create(
        company=company,
        number=free_number(company, entry.entry_id),
        currency=entry.currency,
        amount_minor=entry.amount_minor,
        value_on=first_open_day(company, entry.value_on),
        method=METHOD,
        payer=entry.counterparty,
        reference=best_reference(entry),
        recorded_on=as_of,
        recorded_at=at,
    )
    post_entries(company=company, payments=[payment.pk])
    BankEntry.objects.filter(pk=entry.pk).update(treatment=Treatment.PAYMENT, payment=payment)


def _leave(
    actor: Actor, entry: BankEntry, treatment: str, reason: str, *, as_of: date, at: datetime
) -> None:
    """Say that an entry is no customer's, or that it is to be decided anew."""
    if entry.treatment == Treatment.PAYMENT:
        if not reason:
            raise Refused("Say why this is not from a customer; its payment is taken back.")
        if entry.payment is not None:
            # the bank returned nothing, so the books give the person's reason; who may decide what
            # an entry is may take back the payment it became
            reverse_payment(
                actor=replace(actor, rights=actor.rights | {"payment.reverse"}),
                payment=entry.payment,
                reason=reason,
                as_of=as_of,
                at=at,
            )
    BankEntry.objects.filter(pk=entry.pk).update(treatment=treatment)
