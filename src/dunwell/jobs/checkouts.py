"""Handing checkouts and refunds to providers, asking them, and applying what they tell.

Every call of a provider is made outside any transaction: claim and commit, call, mark. Whoever is
killed in between leaves a claim that runs out; the provider knows the key and does a thing once.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from dunwell import clock
from dunwell.actions.checkout_hand_over import (
    claim_checkout,
    due_hand_overs,
    mark_asked,
    mark_not_opened,
    mark_opened,
)
from dunwell.actions.checkout_refunds import (
    claim_refund,
    due_refunds,
    mark_refund_not_sent,
    mark_refund_sent,
)
from dunwell.actions.checkouts import start_checkout
from dunwell.actions.credit_hold_reviews import review_credit_holds
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.promises import settle_promises
from dunwell.actions.provider_events import (
    apply_provider_event,
    mark_event_failed,
    take_provider_facts,
    waiting_events,
)
from dunwell.actions.provider_payouts import settle_payout_entries, take_payouts
from dunwell.actions.receipts import write_receipt
from dunwell.engine.checkout_facts import OpenCheckout, OpenedCheckout, PaymentGatewayError
from dunwell.jobs.payment_gateways import gateway_of
from dunwell.models import (
    Checkout,
    CheckoutRefund,
    Company,
    Customer,
    PaymentProvider,
    SavedMethod,
)
from dunwell.models.sealed import mark_of
from dunwell.queries.checkouts import link_of
from dunwell.queries.receipts import waiting_receipts

log = logging.getLogger(__name__)
POLL_AFTER = timedelta(minutes=10)
"""A provider is asked about a checkout it has said nothing of for so long."""
POLL_MOST = 50
LINK_LASTS = timedelta(days=7)
PAYOUTS_BACK = timedelta(days=30)
Status = Checkout.Status


def hand_over_checkout(checkout: Checkout) -> Checkout:
    """Open a checkout at its provider, or charge its saved way to pay; return it as it is then.

    Already handed over, or being so by another worker, it is returned as it is.
    """
    actor = system(checkout.company)
    claimed = claim_checkout(actor=actor, checkout=checkout, at=clock.now())
    if claimed is None:
        return _again(checkout)
    try:
        gateway = gateway_of(claimed.provider)
        asked = asked_of(claimed)
        if claimed.saved_token:
            state = gateway.charge_saved(asked, token=claimed.saved_token)
            opened = OpenedCheckout(provider_id=state.provider_id, address="")
            facts = state.facts
        else:
            opened, facts = gateway.open_checkout(asked), ()
    except PaymentGatewayError as error:
        return mark_not_opened(
            actor=actor,
            checkout=claimed,
            error=str(error),
            is_transient=error.is_transient,
            at=clock.now(),
        )
    if facts:
        take_provider_facts(actor=actor, provider=claimed.provider, facts=facts, at=clock.now())
    mark_opened(actor=actor, checkout=claimed, opened=opened, at=clock.now())
    if facts:
        apply_events(claimed.company)
    return _again(claimed)


def asked_of(checkout: Checkout) -> OpenCheckout:
    """Return what a provider is asked for a checkout; the key names the installation too."""
    lines = [
        (line.item.number, line.amount_minor)
        for line in checkout.lines.select_related("item").order_by("item__due_on", "item_id")
    ]
    if checkout.surcharge_minor:
        lines.append((f"{checkout.number}-S", checkout.surcharge_minor))
    seat, customer = checkout.seat, checkout.customer
    back = checkout.return_to or _back(checkout)
    saved = SavedMethod.objects.filter(
        provider=checkout.provider_id,
        token_mark=mark_of(SavedMethod, "token", checkout.saved_token),
        removed_at=None,
    ).first()
    return OpenCheckout(
        key=f"{checkout.provider.nonce[:8]}-{checkout.number}",
        number=checkout.number,
        currency=checkout.currency,
        total_minor=checkout.total_minor,
        method=checkout.method,
        lines=tuple(lines),
        payer=customer.name,
        email=seat.person.email if seat else "",
        language=(seat.person.language if seat else "") or customer.language,
        return_to=back if "://" in back else f"{settings.SITE}{back}",
        expires_at=checkout.expires_at,
        saves_method=checkout.saves_method,
        payer_token=saved.payer_token if saved else "",
    )


def ask_provider(checkout: Checkout) -> Checkout:
    """Ask the provider where a checkout stands and apply it; for the return page and the poll.

    A provider that cannot be asked now changes nothing: its webhook or the next poll will.
    """
    if not checkout.external_id:
        return _again(checkout)
    actor = system(checkout.company)
    try:
        gateway = gateway_of(checkout.provider)
        is_stopped = checkout.status == Status.CANCELLED
        ask = gateway.close_checkout if is_stopped else gateway.state_of
        state = ask(checkout.external_id)
    except PaymentGatewayError:
        log.warning("provider cannot be asked", extra={"checkout": checkout.pk})
        return _again(checkout)
    take_provider_facts(actor=actor, provider=checkout.provider, facts=state.facts, at=clock.now())
    mark_asked(actor=actor, checkout=checkout, at=clock.now())
    apply_events(checkout.company)
    return _again(checkout)


def take_webhook(provider: PaymentProvider, headers: Mapping[str, str], body: bytes) -> int:
    """Keep what a provider's webhook tells; return how many facts were new. Nothing is applied.

    Raises WebhookRefused unless the provider signed these bytes just now, and then writes nothing.
    """
    facts = gateway_of(provider).read_webhook(headers, body, now=clock.now())
    return take_provider_facts(
        actor=system(provider.company),
        provider=provider,
        facts=facts,
        sha256=hashlib.sha256(body).hexdigest(),
        at=clock.now(),
    )


def apply_events(company: Company) -> Counter[str]:
    """Apply every event that waits, each by itself, and write the receipts of what was paid."""
    actor, counts = system(company), Counter[str]()
    for event in waiting_events(actor):
        as_of, at = clock.today(company.zone), clock.now()
        try:
            done = apply_provider_event(actor=actor, event=event, as_of=as_of, at=at)
        except Refused as error:
            done = mark_event_failed(actor=actor, event=event, error=str(error), at=at)
        counts[f"events {done.state}"] += 1
    counts["receipts"] += confirm_payments(company)
    return +counts


def confirm_payments(company: Company) -> int:
    """Tell payers at once what their payments did; return how many receipts were written.

    Promises are judged and holds asked again first, so that the receipt can name them.
    """
    waiting = waiting_receipts(company)
    if not waiting:
        return 0
    actor, as_of = system(company), clock.today(company.zone)
    settle_promises(actor=actor, as_of=as_of, at=clock.now())
    review_credit_holds(actor=actor, as_of=as_of, at=clock.now())
    for checkout in waiting:
        write_receipt(actor=actor, checkout=checkout, as_of=as_of, at=clock.now())
    return len(waiting)


def hand_over_refunds(company: Company) -> int:
    """Hand approved refunds to their providers; return how many were taken."""
    actor, taken = system(company), 0
    for refund in due_refunds(actor, at=clock.now()):
        claimed = claim_refund(actor=actor, refund=refund, at=clock.now())
        taken += claimed is not None and _refund(actor, claimed)
    if taken:
        apply_events(company)
    return taken


def tend_payments(company: Company) -> Counter[str]:
    """Do everything of payments that waits: hand over, ask, apply, refund, pay out.

    For the command that delivers and for the day's cycle; run again it goes on.
    """
    counts, now = Counter[str](), clock.now()
    for checkout in due_hand_overs(system(company), at=now):
        hand_over_checkout(checkout)
        counts["handed over"] += 1
    for checkout in _silent(company, now):
        ask_provider(checkout)
        counts["asked"] += 1
    counts += apply_events(company)
    counts["refunds"] += hand_over_refunds(company)
    counts["payouts"] += fetch_payouts(company)
    return +counts


def fetch_payouts(company: Company) -> int:
    """Fetch what providers paid out and find it on the statements; return how many were new."""
    actor, as_of, new = system(company), clock.today(company.zone), 0
    for provider in PaymentProvider.objects.filter(company=company).order_by("pk"):
        if not provider.checkouts.filter(status=Status.PAID).exists():
            continue
        try:
            payouts = gateway_of(provider).payouts(since=as_of - PAYOUTS_BACK)
        except PaymentGatewayError:
            log.warning("payouts cannot be fetched", extra={"provider": provider.pk})
            continue
        new += take_payouts(
            actor=actor, provider=provider, payouts=payouts, as_of=as_of, at=clock.now()
        )
    settle_payout_entries(actor=actor, as_of=as_of, at=clock.now())
    return new


def _silent(company: Company, now: datetime) -> list[Checkout]:
    """Return checkouts under way of which nothing was heard lately, the longest first."""
    waits = Checkout.objects.filter(
        company=company, status__in=(Status.OPEN, Status.PROCESSING)
    ) | Checkout.objects.filter(
        # a page that was cancelled here is closed at the provider by asking once more
        company=company,
        status=Status.CANCELLED,
        checked_at=None,
    )
    found = waits.exclude(external_id="").exclude(checked_at__gt=now - POLL_AFTER)
    return list(
        found.exclude(status=Status.OPEN, recorded_at__gt=now - POLL_AFTER)
        .select_related("company", "provider", "customer")
        .order_by("checked_at", "pk")[:POLL_MOST]
    )


def _refund(actor: Actor, refund: CheckoutRefund) -> bool:
    checkout = refund.checkout
    try:
        asked = gateway_of(checkout.provider).refund(
            checkout.external_id,
            key=f"{checkout.provider.nonce[:8]}-{refund.number}",
            currency=checkout.currency,
            amount_minor=refund.amount_minor,
        )
    except PaymentGatewayError as error:
        mark_refund_not_sent(
            actor=actor,
            refund=refund,
            error=str(error),
            is_transient=error.is_transient,
            as_of=clock.today(actor.company.zone),
            at=clock.now(),
        )
        return False
    mark_refund_sent(actor=actor, refund=refund, external_id=asked.provider_id, at=clock.now())
    take_provider_facts(actor=actor, provider=checkout.provider, facts=asked.facts, at=clock.now())
    return True


def _back(checkout: Checkout) -> str:
    """Return where the payer comes back to: the portal, or the page of the payment link."""
    if checkout.purpose == Checkout.Purpose.LINK:
        return reverse("payment-link", args=[link_of(checkout)]) + "?back=1"
    return reverse("portal-pay-done", args=[checkout.pk])


def _again(checkout: Checkout) -> Checkout:
    return Checkout.objects.select_related(
        "company", "customer", "provider", "payment", "seat__person"
    ).get(pk=checkout.pk)


def start_link(
    *,
    actor: Actor,
    customer: Customer,
    provider: PaymentProvider,
    method: str,
    currency: str,
    amount_minor: int,
    key: str,
) -> Checkout:
    """Make a payment link for a customer and open it at the provider; the same key makes one."""
    at = clock.now()
    checkout = start_checkout(
        actor=actor,
        customer=customer,
        provider=provider,
        method=method,
        currency=currency,
        amount_minor=amount_minor,
        key=key,
        purpose=Checkout.Purpose.LINK,
        lasts=LINK_LASTS,
        as_of=clock.today(actor.company.zone),
        at=at,
    )
    return hand_over_checkout(_again(checkout))


def try_provider(provider: PaymentProvider) -> str:
    """Ask a provider for its latest payouts; return what is wrong, "" when it answers."""
    try:
        gateway_of(provider).payouts(since=clock.today(provider.company.zone))
    except PaymentGatewayError as error:
        return str(error)
    return ""
