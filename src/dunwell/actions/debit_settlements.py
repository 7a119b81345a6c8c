"""Debits that the bank settled: entries of its statements turned into payments, or returns.

A debit counts as paid when the bank's credit is on the statement: by its end-to-end id, or in
one sum for a batch. Sums are recognised by the ids we gave, or where the bank tells none, by
account, amount and day, if only one batch can be meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from dunwell.actions.debit_returns import return_debit
from dunwell.actions.debit_runs import locked_run
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payments import apply_payment, record_payment, reverse_payment
from dunwell.actions.periods import first_open_day
from dunwell.engine.debits import CURRENCY
from dunwell.formats.pain008 import batch_id
from dunwell.models import (
    Allocation,
    BankEntry,
    BankStatement,
    Company,
    Debit,
    DebitRun,
    OpenItem,
    Payment,
)

METHOD = "debit"
BEFORE, AFTER = timedelta(days=1), timedelta(days=6)
"""Days around the collection within which a sum without any id may be that of a batch."""

STALE = timedelta(days=60)
"""An account whose last statement is older than this before a run has no feed any more."""

Treatment = BankEntry.Treatment
Status = Debit.Status
UNDECIDED = (Treatment.OPEN, Treatment.OTHER, Treatment.PENDING)
"""Entries nobody has decided about: new ones, and what looked like no customer's money."""

TELLING = ("end_to_end", "reference", "bank_reference", "group_id", "text")
"""Fields of an entry in which banks repeat the ids of a batch."""

_CODE = re.compile(r"\b[A-Z]{2}\d{2}\b|\b(?:CNOR|DNOR|CUST|DUPL|FOCR|FRAD|NOAS|SVNR|TECH)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitSettlement:
    """How many debits were collected and how many came back."""

    collected: int
    returned: int


@transaction.atomic
def settle_debit_entries(*, actor: Actor, as_of: date, at: datetime) -> DebitSettlement:
    """Settle what the bank's entries say of our debits; the same entries again change nothing.

    Each collected debit becomes a payment of its customer, put on the debit's items; what was
    paid meanwhile in another way leaves unapplied cash. Where the money of a sum became a
    payment of nobody before, that one is taken back. Entries that fit no debit stay untouched.
    """
    actor.require("payment.record")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    waiting = _locked(Debit.objects.filter(run__company=company, status=Status.SENT))
    collected = sum(
        _credit(actor, entry, waiting, as_of=as_of, at=at)
        for entry in _credits(company, waiting, as_of=as_of)
    )
    returned = sum(_came_back(actor, entry, as_of=as_of, at=at) for entry in _debits(company))
    return DebitSettlement(collected=collected, returned=returned)


@transaction.atomic
def record_collected(
    *, actor: Actor, run: DebitRun, value_on: date, as_of: date, at: datetime
) -> int:
    """Count all debits of a run as collected, where no bank statement is read; return how many.

    Raises Refused for a run that is not with the bank, and before the day of the collection.
    """
    actor.require("payment.record")
    run = locked_run(actor, run)
    if run.status != DebitRun.Status.SENT:
        raise Refused(f"Run {run.number} was not handed to the bank.")
    if not run.collect_on <= value_on <= as_of:
        raise Refused(f"The money can have come from {run.collect_on} to {as_of}.")
    read = BankStatement.objects.filter(account=run.account).aggregate(on=Max("closing_on"))["on"]
    if read is not None and run.collect_on - STALE <= read < value_on:
        raise Refused(
            f"Statements of {run.account.name} are read up to {read}; wait for the one of "
            f"{value_on}, the money is recognised by itself."
        )
    found = _locked(Debit.objects.filter(run=run, status=Status.SENT))
    if not found:
        raise Refused(f"No debit of run {run.number} waits for its money.")
    for debit in found:
        _collect(actor, debit, value_on=value_on, as_of=as_of, at=at)
    return len(found)


def _locked(debits: QuerySet[Debit]) -> list[Debit]:
    """Return debits with what a payment needs, locked in the order of their keys."""
    return list(
        debits.select_for_update(no_key=True, of=("self",))
        .select_related("run__account", "customer", "mandate")
        .prefetch_related("lines")
        .order_by("pk")
    )


def _credits(company: Company, waiting: Sequence[Debit], *, as_of: date) -> list[BankEntry]:
    """Return the credits that may be ours: on the accounts of the runs, from their days on."""
    if not waiting:
        return []
    first = min(debit.run.collect_on for debit in waiting) - BEFORE
    return list(
        BankEntry.objects.filter(
            company=company,
            account__in={debit.run.account_id for debit in waiting},
            status="booked",
            currency=CURRENCY,
            amount_minor__gt=0,
            is_reversal=False,
            value_on__gte=first,
            value_on__lte=as_of,
            treatment__in=(*UNDECIDED, Treatment.PAYMENT),
        )
        .select_related("payment")
        .order_by("value_on", "pk")
    )


def _debits(company: Company) -> list[BankEntry]:
    """Return what the bank took back and names one of our debits, the earliest first."""
    ours = Debit.objects.filter(
        run__company=company, status__in=(Status.SENT, Status.PAID)
    ).values("end_to_end")
    return list(
        BankEntry.objects.filter(
            company=company,
            status="booked",
            currency=CURRENCY,
            amount_minor__lt=0,
            treatment__in=(*UNDECIDED, Treatment.RETURN),
            end_to_end__in=ours,
        ).order_by("booked_on", "pk")
    )


def _credit(
    actor: Actor, entry: BankEntry, waiting: Sequence[Debit], *, as_of: date, at: datetime
) -> int:
    """Settle one credit if it is the money of our debits; return how many were collected."""
    meant = _meant(entry, [debit for debit in waiting if debit.status == Status.SENT])
    if not meant:
        return 0
    if entry.treatment == Treatment.PAYMENT and not _freed(actor, entry, as_of=as_of, at=at):
        return 0
    payments = [
        _collect(actor, debit, value_on=entry.value_on, as_of=as_of, at=at) for debit in meant
    ]
    alone = payments[0] if len(payments) == 1 else None
    BankEntry.objects.filter(pk=entry.pk).update(treatment=Treatment.DEBIT, payment=alone)
    return len(payments)


def _meant(entry: BankEntry, waiting: Sequence[Debit]) -> list[Debit]:
    """Return the debits whose money an entry is, none if it fits none or more than one way."""
    by_id = [
        debit
        for debit in waiting
        if entry.end_to_end == debit.end_to_end and entry.amount_minor == debit.amount_minor
    ]
    if by_id:
        return by_id
    told = " ".join(getattr(entry, name) for name in TELLING)
    batches: dict[str, list[Debit]] = {}
    for debit in waiting:
        if debit.run.account_id == entry.account_id:
            batches.setdefault(batch_id(debit.run.message_id, debit.sequence), []).append(debit)
            batches.setdefault(debit.run.message_id, []).append(debit)
    sums = {
        name: debits
        for name, debits in batches.items()
        if sum(debit.amount_minor for debit in debits) == entry.amount_minor
    }
    named = [debits for name, debits in sums.items() if _holds(told, name)]
    if named:
        return max(named, key=len)
    if entry.counterparty_account or entry.treatment == Treatment.PAYMENT:
        return []
    near = {
        tuple(debit.pk for debit in debits): debits
        for debits in sums.values()
        if -BEFORE <= entry.value_on - debits[0].run.collect_on <= AFTER
    }
    return next(iter(near.values())) if len(near) == 1 else []


def _holds(text: str, name: str) -> bool:
    """Return whether an id stands in the text for itself, not as the beginning of another."""
    return re.search(rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![A-Za-z0-9-])", text) is not None


def _freed(actor: Actor, entry: BankEntry, *, as_of: date, at: datetime) -> bool:
    """Take back the payment of nobody that a sum became; False when somebody used it already."""
    payment = entry.payment
    if payment is None or payment.customer_id is not None:
        return False
    if Allocation.objects.filter(payment=payment).exists():
        return False
    if Payment.objects.filter(reverses=payment).exists():
        return False
    reverse_payment(
        actor=actor,
        payment=payment,
        reason="The money of direct debits; each is booked as a payment of its customer.",
        as_of=as_of,
        at=at,
    )
    return True


def _collect(actor: Actor, debit: Debit, *, value_on: date, as_of: date, at: datetime) -> Payment:
    """Record the money of a debit and put it on the items it was for, as far as they are open."""
    payment = record_payment(
        actor=actor,
        number=debit.end_to_end,
        customer=debit.customer,
        currency=CURRENCY,
        amount_minor=debit.amount_minor,
        value_on=min(first_open_day(actor.company, value_on), as_of),
        method=METHOD,
        payer=debit.mandate.debtor,
        reference=f"direct debit {debit.end_to_end}, mandate {debit.mandate.reference}",
        as_of=as_of,
        at=at,
    )
    wanted = {line.item_id: line.amount_minor for line in debit.lines.all()}
    rows = OpenItem.objects.filter(item__in=wanted, open_minor__gt=0).select_related("item")
    amounts = {row.item: min(wanted[row.item_id], row.open_minor) for row in rows.order_by("item")}
    if amounts:
        apply_payment(actor=actor, payment=payment, amounts=amounts, as_of=as_of, at=at)
    if not Debit.objects.filter(pk=debit.pk, status=Status.SENT).update(
        status=Status.PAID, payment=payment
    ):
        raise Refused(f"Debit {debit.end_to_end} has just changed; try again.")
    debit.status, debit.payment = Status.PAID, payment
    record_event(
        actor,
        "debit.collected",
        debit,
        at=at,
        customer_id=debit.customer_id,
        end_to_end=debit.end_to_end,
        amount_minor=debit.amount_minor,
        value_on=value_on.isoformat(),
    )
    return payment


def _came_back(actor: Actor, entry: BankEntry, *, as_of: date, at: datetime) -> int:
    """Return a collected debit that the bank took back by an entry; 1, or 0 when unclear.

    A return of what was not credited yet waits for the credit, or for a person.
    """
    debit = Debit.objects.filter(
        run__company=actor.company, end_to_end=entry.end_to_end, status=Status.PAID
    ).first()
    if debit is None or entry.booked_on > as_of:
        return 0
    if -entry.amount_minor not in {
        debit.amount_minor,
        debit.amount_minor + entry.charges_minor,
    }:
        return 0
    found = _CODE.search(f"{entry.return_reason} {entry.text}".upper())
    return_debit(
        actor=actor,
        debit=debit,
        reason_code=found.group() if found else "MS03",
        returned_on=entry.booked_on,
        text=f"{entry.return_reason} {entry.text}",
        as_of=as_of,
        at=at,
    )
    BankEntry.objects.filter(pk=entry.pk).filter(treatment__in=UNDECIDED).update(
        treatment=Treatment.RETURN, payment=debit.payment_id
    )
    return 1
