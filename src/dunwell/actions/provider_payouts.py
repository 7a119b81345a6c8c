"""What providers pay out: kept as told, booked to bank and fees, found on the statement again."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.entries import post_payout
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, own
from dunwell.actions.payments import reverse_payment
from dunwell.engine.checkout_facts import PayoutFacts, PayoutLine
from dunwell.models import (
    Allocation,
    BankEntry,
    Chargeback,
    Checkout,
    Company,
    EntryLine,
    Payment,
    PaymentProvider,
    ProviderPayout,
    ProviderPayoutLine,
)

BEFORE, AFTER = timedelta(days=1), timedelta(days=7)
"""Days around a payout within which its money may be on the statement."""
Account = EntryLine.Account
Kind = ProviderPayoutLine.Kind
Treatment = BankEntry.Treatment
UNDECIDED = (Treatment.OPEN, Treatment.OTHER, Treatment.PENDING, Treatment.PAYMENT)


@transaction.atomic
def take_payouts(
    *,
    actor: Actor,
    provider: PaymentProvider,
    payouts: Sequence[PayoutFacts],
    as_of: date,
    at: datetime,
) -> int:
    """Keep and book payouts a provider told, each once; return how many were new.

    Net goes to bank, fees to fees, what was refunded against refunds; the rest is taken from what
    the provider held. What it holds then that no payment explains stays visible there.
    """
    actor.require("payment.record")
    own(actor, provider, "payment provider")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    new = 0
    for told in payouts:
        if told.paid_on > as_of:
            continue
        document = json.dumps(asdict(told), sort_keys=True, default=str).encode()
        payout, is_new = ProviderPayout.objects.get_or_create(
            provider=provider,
            payout_id=told.payout_id,
            defaults={
                "currency": told.currency,
                "net_minor": told.net_minor,
                "paid_on": told.paid_on,
                "sha256": hashlib.sha256(document).hexdigest(),
                "recorded_at": at,
            },
        )
        if not is_new:
            continue
        new += 1
        lines = [_line(payout, line) for line in told.lines]
        ProviderPayoutLine.objects.bulk_create(lines)
        post_payout(payout=payout, amounts=_accounts(payout, lines), as_of=as_of)
        record_event(
            actor,
            "provider_payout.told",
            payout,
            at=at,
            payout_id=told.payout_id,
            currency=told.currency,
            amount_minor=told.net_minor,
            lines=len(lines),
        )
    return new


@transaction.atomic
def settle_payout_entries(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Find the money of payouts on the bank's statements; return how many were found.

    An entry fits by account, currency and amount within a week, if it is the only one or names
    the payout. The payment of nobody it had become is taken back, for the payments it holds are
    booked one by one.
    """
    actor.require("payment.record")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = 0
    for payout in (
        ProviderPayout.objects.filter(provider__company=company, entry=None, net_minor__gt=0)
        .select_related("provider")
        .order_by("paid_on", "pk")
    ):
        entry = _entry(payout)
        if entry is None or not _freed(actor, entry, as_of=as_of, at=at):
            continue
        BankEntry.objects.filter(pk=entry.pk).update(treatment=Treatment.PAYOUT, payment=None)
        ProviderPayout.objects.filter(pk=payout.pk, entry=None).update(entry=entry)
        record_event(
            actor,
            "provider_payout.arrived",
            payout,
            at=at,
            payout_id=payout.payout_id,
            currency=payout.currency,
            amount_minor=entry.amount_minor,
            entry=entry.pk,
        )
        found += 1
    return found


def _line(payout: ProviderPayout, told: PayoutLine) -> ProviderPayoutLine:
    mine = Checkout.objects.filter(provider=payout.provider_id)
    checkout = mine.filter(external_id=told.subject).first() if told.subject else None
    if checkout is None and told.number:
        checkout = mine.filter(number=told.number).first()
    return ProviderPayoutLine(
        payout=payout,
        line_id=told.line_id,
        kind=told.kind if told.kind in Kind.values else Kind.OTHER,
        subject_id=told.subject,
        number=told.number,
        about=told.about,
        checkout=checkout,
        currency=told.currency,
        amount_minor=told.amount_minor,
        fee_minor=told.fee_minor,
    )


def _accounts(payout: ProviderPayout, lines: Sequence[ProviderPayoutLine]) -> dict[str, int]:
    """Return what a payout books by account, in minor units; it sums to 0."""
    mine = [line for line in lines if line.currency == payout.currency]
    booked: Counter[str] = Counter()
    booked[str(Account.BANK.value)] = payout.net_minor
    for line in mine:
        fee = line.fee_minor - (line.amount_minor if line.kind == Kind.FEE else 0)
        booked[str(Account.FEES.value)] += fee
        if line.kind == Kind.REFUND or _is_part(line):
            # our side is a debit item of kind refund, which waits in that account
            booked[str(Account.REFUNDS.value)] -= line.amount_minor
    booked[str(Account.PROVIDER.value)] = -sum(booked.values())
    return dict(booked)


def _is_part(line: ProviderPayoutLine) -> bool:
    """Return whether a chargeback was of a part, and so booked as a refund item."""
    return (
        line.kind == Kind.CHARGEBACK
        and line.checkout is not None
        and Chargeback.objects.filter(
            checkout=line.checkout, external_id=line.about, item__isnull=False
        ).exists()
    )


def _entry(payout: ProviderPayout) -> BankEntry | None:
    """Return the one entry that is a payout's money, None while none or more than one may be."""
    fitting = list(
        BankEntry.objects.filter(
            company=payout.provider.company_id,
            account=payout.provider.account_id,
            status="booked",
            currency=payout.currency,
            amount_minor=payout.net_minor,
            is_reversal=False,
            treatment__in=UNDECIDED,
            value_on__range=(payout.paid_on - BEFORE, payout.paid_on + AFTER),
            provider_payout=None,
        )
        .select_related("payment")
        .order_by("value_on", "pk")
    )
    named = [one for one in fitting if payout.payout_id in f"{one.reference} {one.text}"]
    if named:
        return named[0]
    twins = ProviderPayout.objects.filter(
        provider__account=payout.provider.account_id,
        currency=payout.currency,
        net_minor=payout.net_minor,
        entry=None,
        paid_on__range=(payout.paid_on - AFTER, payout.paid_on + AFTER),
    ).exclude(pk=payout.pk)
    return fitting[0] if len(fitting) == 1 and not twins.exists() else None


def _freed(actor: Actor, entry: BankEntry, *, as_of: date, at: datetime) -> bool:
    """Take back the payment of nobody an entry became; False when somebody used it already."""
    payment = entry.payment
    if payment is None:
        return True
    if payment.customer_id is not None or Allocation.objects.filter(payment=payment).exists():
        return False
    if not Payment.objects.filter(reverses=payment).exists():
        reverse_payment(
            actor=actor,
            payment=payment,
            reason="The payout of a payment provider; its payments are booked one by one.",
            as_of=as_of,
            at=at,
        )
    return True
