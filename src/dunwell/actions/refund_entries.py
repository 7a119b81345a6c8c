"""Refunds that the bank settled: entries of its statements turned into paid or failed refunds."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.refunds import fail_refund, mark_refunds_paid
from dunwell.models import BankEntry, Company, Refund

Treatment, Status = BankEntry.Treatment, Refund.Status

PAYABLE = (Status.APPROVED, Status.PAID)
UNDECIDED = (Treatment.OPEN, Treatment.OTHER)
"""Entries nobody has decided about: new ones, and what looked like no customer's money."""

_NUMBER = re.compile(r"(?<![A-Z0-9])RF-([1-9]\d{0,17})(?!\d)", re.IGNORECASE)


@transaction.atomic
def settle_refund_entries(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Settle what the bank's entries say of our refunds; return how many entries that were.

    Money that went out pays the approved refund whose number stands in its end-to-end id,
    reference or text and whose amount and currency it has. Money that came back with such a
    number fails the refund. The same entries again change nothing, and entries that fit no
    refund, several, or one that an entry has paid already, stay untouched.
    """
    actor.require("bank.import")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if not Refund.objects.filter(company=company, status__in=PAYABLE).exists():
        return 0
    # who may record what the bank says may say what it means for a refund
    by = replace(actor, rights=actor.rights | {"refund.propose"})
    settled = 0
    for entry in _entries(company, as_of=as_of):
        refund = _meant(company, entry)
        if refund is None:
            continue
        try:
            with transaction.atomic():
                _settle(by, refund, entry, as_of=as_of, at=at)
        except Refused:
            continue  # such as a day of a closed period: a person decides
        BankEntry.objects.filter(pk=entry.pk).update(treatment=Treatment.REFUND)
        settled += 1
    return settled


def refund_numbers(texts: Iterable[str]) -> frozenset[str]:
    """Return the numbers of refunds that stand in the texts of an entry."""
    return frozenset(f"RF-{found[1]}" for text in texts for found in _NUMBER.finditer(text))


def _entries(company: Company, *, as_of: date) -> list[BankEntry]:
    """Return the undecided entries that name a refund, in the order they were booked."""
    return list(
        BankEntry.objects.filter(
            _naming("RF-"),
            company=company,
            status="booked",
            treatment__in=UNDECIDED,
            booked_on__lte=as_of,
        ).order_by("booked_on", "pk")
    )


def _meant(company: Company, entry: BankEntry) -> Refund | None:
    """Return the one refund an entry names and whose amount it is, if nothing told it before."""
    found = Refund.objects.filter(
        company=company,
        number__in=refund_numbers((entry.end_to_end, entry.reference, entry.text)),
        currency=entry.currency,
        amount_minor=abs(entry.amount_minor),
        status__in=PAYABLE,
    )
    refunds = list(found[:2])
    if len(refunds) != 1 or (entry.amount_minor < 0 and _is_told(company, refunds[0])):
        return None
    return refunds[0]


def _is_told(company: Company, refund: Refund) -> bool:
    """Return whether an entry has paid the refund: a second one is a payout too many."""
    told = BankEntry.objects.filter(
        _naming(refund.number),
        company=company,
        treatment=Treatment.REFUND,
        amount_minor=-refund.amount_minor,
    )
    return any(
        refund.number in refund_numbers((one.end_to_end, one.reference, one.text)) for one in told
    )


def _naming(text: str) -> Q:
    named = Q(end_to_end__icontains=text) | Q(reference__icontains=text)
    return named | Q(text__icontains=text)


def _settle(actor: Actor, refund: Refund, entry: BankEntry, *, as_of: date, at: datetime) -> None:
    """Note the refund as paid, or take it back when the money returned."""
    if entry.amount_minor > 0:
        fail_refund(actor=actor, refund=refund, reason=_why(entry), as_of=as_of, at=at)
        return
    paid_on = max(entry.booked_on, refund.decided_on or entry.booked_on)
    mark_refunds_paid(actor=actor, refunds=[refund], paid_on=paid_on, as_of=as_of, at=at)


def _why(entry: BankEntry) -> str:
    told = entry.return_reason or " ".join(entry.text.split())
    return f"came back from the bank on {entry.booked_on}: {told}"[:300].rstrip(": ")
