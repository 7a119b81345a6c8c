"""What providers tell: kept first, once per id, then applied to the checkouts it is about."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from dunwell.actions.checkout_posting import settle_checkout
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.saved_methods import keep_method
from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import METHOD_SAVED, ProviderFact, parted_document, read_fact
from dunwell.formats.redaction import redacted
from dunwell.models import Checkout, PaymentProvider, ProviderEvent

State = ProviderEvent.State
MOST_ATTEMPTS = 8
"""So often an event is applied before a person has to look at it."""
BATCH = 200
STANDINGS = (
    facts.OPENED,
    facts.PROCESSING,
    facts.PAID,
    facts.FAILED,
    facts.EXPIRED,
    facts.CANCELLED,
)
"""What is told of a checkout itself; `about` is then the provider's id of its payment."""
RETURNS = (
    facts.REFUNDED,
    facts.REFUND_FAILED,
    facts.CHARGED_BACK,
    facts.CHARGEBACK_WON,
    facts.CHARGEBACK_LOST,
)
"""What some providers tell of the payment alone, without a word about its checkout."""


@transaction.atomic
def take_provider_facts(
    *,
    actor: Actor,
    provider: PaymentProvider,
    facts: Sequence[ProviderFact],
    sha256: str = "",
    at: datetime,
) -> int:
    """Keep what a provider told, by its ids; return how many facts were new.

    Nothing is booked here: whoever calls answers the provider at once, and
    `apply_provider_event` does the work.
    """
    actor.require("payment.record")
    own(actor, provider, "payment provider")
    if not facts:
        return 0
    known = set(
        ProviderEvent.objects.filter(
            provider=provider, event_id__in=[fact.event_id for fact in facts]
        ).values_list("event_id", flat=True)
    )
    new = {fact.event_id: fact for fact in facts if fact.event_id not in known}
    documents = {event_id: parted_document(fact) for event_id, fact in new.items()}
    rows = [
        ProviderEvent(
            provider=provider,
            event_id=fact.event_id,
            kind=fact.kind,
            subject_id=fact.subject,
            payload=documents[fact.event_id][0],
            sealed_payload=documents[fact.event_id][1],
            sha256=sha256,
            happened_at=fact.happened_at,
            told_at=at,
        )
        for fact in new.values()
    ]
    ProviderEvent.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        PaymentProvider.objects.filter(pk=provider.pk).update(told_at=at)
    return len(rows)


@transaction.atomic
def apply_provider_event(
    *, actor: Actor, event: ProviderEvent, as_of: date, at: datetime
) -> ProviderEvent:
    """Apply one event: the checkout it is about is settled by all that is told of it.

    News about nothing of ours is kept and ignored. Applied before, it changes nothing.
    """
    actor.require("payment.record")
    own(actor, event.provider, "payment provider")
    checkout = checkout_of(event)
    if checkout is None:
        _mark(event, State.IGNORED, at=at)
        return event
    ProviderEvent.objects.filter(pk=event.pk).update(checkout=checkout)
    _told_before(event, checkout, at=at)
    settle_checkout(actor=actor, checkout=checkout, as_of=as_of, at=at)
    _keep_method(actor, event, checkout, at=at)
    _mark(event, State.APPLIED, at=at)
    return event


@transaction.atomic
def apply_waiting_events(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Apply every event that waits, for the day's cycle; return how many were applied.

    Each stands by itself: one that is refused is noted and does not hold up the others.
    """
    actor.require("payment.record")
    applied = 0
    for event in waiting_events(actor):
        try:
            applied += (
                apply_provider_event(actor=actor, event=event, as_of=as_of, at=at).state
                == State.APPLIED
            )
        except Refused as error:
            mark_event_failed(actor=actor, event=event, error=str(error), at=at)
    return applied


@transaction.atomic
def mark_event_failed(
    *, actor: Actor, event: ProviderEvent, error: str, at: datetime
) -> ProviderEvent:
    """Note why an event cannot be applied; it is tried again, and then waits for a person."""
    actor.require("payment.record")
    own(actor, event.provider, "payment provider")
    attempts = event.attempts + 1
    state = State.FAILED if attempts >= MOST_ATTEMPTS else State.NEW
    ProviderEvent.objects.filter(pk=event.pk, state=State.NEW).update(
        attempts=F("attempts") + 1, error=error[:300], state=state
    )
    event.refresh_from_db()
    if event.state == State.FAILED:
        record_event(
            actor,
            "provider_event.failed",
            event,
            at=at,
            kind=event.kind,
            event_id=event.event_id,
            reason=redacted(error)[:300],
        )
    return event


@transaction.atomic
def retry_provider_event(*, actor: Actor, event: ProviderEvent, at: datetime) -> ProviderEvent:
    """Put an event that failed or was ignored back, so that it is applied again."""
    actor.require("checkout.edit")
    own(actor, event.provider, "payment provider")
    rows = ProviderEvent.objects.filter(pk=event.pk, state__in=(State.FAILED, State.IGNORED))
    if rows.update(state=State.NEW, attempts=0, error="") != 1:
        raise Refused("This event waits already or was applied; load the page again.")
    record_event(
        actor, "provider_event.retried", event, at=at, kind=event.kind, event_id=event.event_id
    )
    event.refresh_from_db()
    return event


def waiting_events(actor: Actor) -> list[ProviderEvent]:
    """Return events of the company that wait to be applied, the oldest first."""
    return list(
        ProviderEvent.objects.filter(provider__company=actor.company, state=State.NEW)
        .select_related("provider__company", "checkout")
        .order_by("pk")[:BATCH]
    )


def checkout_of(event: ProviderEvent) -> Checkout | None:
    """Return the checkout an event is about: by the provider's id, our number, or its payment.

    A webhook may come before the answer to the call that opened the checkout.
    """
    mine = Checkout.objects.filter(provider=event.provider)
    if event.subject_id:
        found = mine.filter(external_id=event.subject_id).first()
        if found is not None:
            return found
    number = event.payload.get("number", "")
    found = mine.filter(number=number).first() if number else None
    return found or _checkout_paid_by(event)


def _checkout_paid_by(event: ProviderEvent) -> Checkout | None:
    """Return the checkout whose payment came back: Stripe names the payment, not the page."""
    if event.kind not in RETURNS or not event.subject_id:
        return None
    named = ProviderEvent.objects.filter(
        provider=event.provider,
        kind__in=STANDINGS,
        payload__about=event.subject_id,
        checkout__isnull=False,
    )
    first = named.select_related("checkout").order_by("pk").first()
    return first.checkout if first else None


def _told_before(event: ProviderEvent, checkout: Checkout, *, at: datetime) -> None:
    """Put with a checkout what came back of its payment before anybody knew whose it was."""
    payment = event.payload.get("about", "")
    if event.kind in STANDINGS and payment:
        ProviderEvent.objects.filter(
            provider=event.provider,
            subject_id=payment,
            kind__in=RETURNS,
            checkout=None,
            state=State.IGNORED,
        ).update(checkout=checkout, state=State.APPLIED, applied_at=at)


def _keep_method(actor: Actor, event: ProviderEvent, checkout: Checkout, *, at: datetime) -> None:
    """Keep a way to pay that the payer asked to have saved; one nobody asked for is not kept."""
    if event.kind != METHOD_SAVED or not checkout.saves_method:
        return
    method = read_fact(
        event.told,
        event_id=event.event_id,
        kind=event.kind,
        subject=event.subject_id,
        happened_at=event.happened_at,
    ).method
    if method is not None:
        keep_method(
            actor=actor,
            customer=checkout.customer,
            provider=checkout.provider,
            method=method,
            at=at,
        )


def _mark(event: ProviderEvent, state: State, *, at: datetime) -> None:
    ProviderEvent.objects.filter(pk=event.pk).update(state=state, applied_at=at, error="")
    event.state, event.applied_at, event.error = state, at, ""
