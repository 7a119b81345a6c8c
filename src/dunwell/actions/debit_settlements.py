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

from dunwell.actions.debit_money import Collected, write_collected
from dunwell.actions.debit_returns import return_debit
from dunwell.actions.debit_runs import locked_run
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.payments import reverse_payment
from dunwell.engine.debits import CURRENCY
from dunwell.formats.pain008 import batch_id
from dunwell.models import (
    Allocation,
    BankEntry,
    BankStatement,
    Company,
    Debit,
    DebitRun,
    Payment,
)

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
    money = _meant(actor, _credits(company, waiting, as_of=as_of), waiting, as_of=as_of, at=at)
    collected = [
        Collected(debit=debit, value_on=entry.value_on)
        for entry, meant in money
        for debit in meant
    ]
    payments = write_collected(actor, collected, as_of=as_of, at=at)
    for entry, meant in money:
        entry.treatment = Treatment.DEBIT
        entry.payment = payments[meant[0].pk] if len(meant) == 1 else None
    entries = [entry for entry, _ in money]
    BankEntry.objects.bulk_update(entries, ["treatment", "payment"], batch_size=500)
    returned = sum(_came_back(actor, entry, as_of=as_of, at=at) for entry in _debits(company))
    return DebitSettlement(collected=len(collected), returned=returned)


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
    collected = [Collected(debit=debit, value_on=value_on) for debit in found]
    return len(write_collected(actor, collected, as_of=as_of, at=at))


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


def _meant(
    actor: Actor,
    credits_: Sequence[BankEntry],
    waiting: Sequence[Debit],
    *,
    as_of: date,
    at: datetime,
) -> list[tuple[BankEntry, list[Debit]]]:
    """Return the credits that are the money of our debits, each with those it is the money of."""
    sent, found = _Sent(waiting), []
    for entry in credits_:
        meant = sent.meant(entry)
        if not meant:
            continue
        if entry.treatment == Treatment.PAYMENT and not _freed(actor, entry, as_of=as_of, at=at):
            continue
        sent.take(meant)
        found.append((entry, meant))
    return found


class _Sent:
    """The debits that wait for their money: by their id, and in the batches banks book as one."""

    def __init__(self, waiting: Sequence[Debit]) -> None:
        """Put every debit into its batches: one of its sequence, and the run as a whole."""
        self.by_id = {debit.end_to_end: debit for debit in waiting}
        self.batches: dict[int, dict[str, dict[int, Debit]]] = {}
        self.sums: dict[tuple[int, str], int] = {}
        for debit in waiting:
            account = debit.run.account_id
            for name in _batches(debit):
                self.batches.setdefault(account, {}).setdefault(name, {})[debit.pk] = debit
                self.sums[account, name] = self.sums.get((account, name), 0) + debit.amount_minor

    def take(self, debits: Sequence[Debit]) -> None:
        """Let debits go whose money was found."""
        for debit in debits:
            del self.by_id[debit.end_to_end]
            account = debit.run.account_id
            for name in _batches(debit):
                del self.batches[account][name][debit.pk]
                self.sums[account, name] -= debit.amount_minor

    def meant(self, entry: BankEntry) -> list[Debit]:
        """Return the debits whose money an entry is, none if it fits none or more than one way."""
        alone = self.by_id.get(entry.end_to_end)
        if alone is not None and alone.amount_minor == entry.amount_minor:
            return [alone]
        told = " ".join(getattr(entry, name) for name in TELLING)
        fitting = {
            name: list(batch.values())
            for name, batch in self.batches.get(entry.account_id, {}).items()
            if self.sums[entry.account_id, name] == entry.amount_minor
        }
        named = [debits for name, debits in fitting.items() if _holds(told, name)]
        if named:
            return max(named, key=len)
        if entry.counterparty_account or entry.treatment == Treatment.PAYMENT:
            return []
        near = {
            tuple(debit.pk for debit in debits): debits
            for debits in fitting.values()
            if -BEFORE <= entry.value_on - debits[0].run.collect_on <= AFTER
        }
        return next(iter(near.values())) if len(near) == 1 else []


def _batches(debit: Debit) -> tuple[str, str]:
    """Return the ids under which a bank may book a debit with others as one sum."""
    return batch_id(debit.run.message_id, debit.sequence), debit.run.message_id


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
