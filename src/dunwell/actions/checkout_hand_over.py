"""Handing a checkout to its provider: claimed, asked outside any transaction, marked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from dunwell.actions.checkouts import locked_checkout, move, note
from dunwell.actions.gate import Actor
from dunwell.engine.backoff import wait_after
from dunwell.engine.checkout_facts import OpenedCheckout
from dunwell.models import Checkout, PaymentProvider

LEASE = timedelta(minutes=2)
"""A worker that died leaves its claim behind for so long; then another one asks again."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
MOST_ATTEMPTS = 6
REST_AFTER = 3
"""Failures in a row after which a provider is left alone for a while."""
Status = Checkout.Status


@transaction.atomic
def claim_checkout(*, actor: Actor, checkout: Checkout, at: datetime) -> Checkout | None:
    """Take a checkout to hand it over; None where it is not due, or somebody is at it."""
    actor.require("message.send")
    found = locked_checkout(actor, checkout)
    is_taken = found.claimed_at is not None and found.claimed_at > at - LEASE
    is_early = found.retry_at is not None and found.retry_at > at
    if found.status != Status.CREATED or is_taken or is_early:
        return None
    Checkout.objects.filter(pk=found.pk).update(claimed_at=at, attempts=F("attempts") + 1)
    found.claimed_at, found.attempts = at, found.attempts + 1
    return found


@transaction.atomic
def mark_opened(
    *, actor: Actor, checkout: Checkout, opened: OpenedCheckout, at: datetime
) -> Checkout:
    """Note the provider's id and page of a checkout; marked twice it stays as it was.

    A webhook may have moved it on meanwhile: then only id and page are noted.
    """
    actor.require("message.send")
    found = locked_checkout(actor, checkout)
    fields = {
        "external_id": opened.provider_id,
        "address": opened.address,
        "expires_at": opened.expires_at or found.expires_at,
        "claimed_at": None,
        "retry_at": None,
        "error": "",
    }
    _well(found.provider, at)
    if found.status != Status.CREATED:
        kept = {"external_id": fields["external_id"], "claimed_at": None}
        Checkout.objects.filter(pk=found.pk, external_id="").update(**kept)
        found.refresh_from_db()
        return found
    move(found, Status.OPEN, **fields)
    note(actor, "checkout.opened", found, at=at, provider=found.provider.name)
    return found


@transaction.atomic
def mark_not_opened(
    *, actor: Actor, checkout: Checkout, error: str, is_transient: bool, at: datetime
) -> Checkout:
    """Note why the provider did not open a checkout; it is tried again, or failed for good."""
    actor.require("message.send")
    found = locked_checkout(actor, checkout)
    if found.status != Status.CREATED:
        return found
    if is_transient:
        _unwell(found.provider, error, at)
    told = error[:300]
    if is_transient and found.attempts < MOST_ATTEMPTS and found.expires_at > at:
        retry_at = at + wait_after(PAUSES, attempts=found.attempts, key=found.number)
        Checkout.objects.filter(pk=found.pk).update(claimed_at=None, retry_at=retry_at, error=told)
        found.refresh_from_db()
        return found
    move(found, Status.FAILED, error=told, claimed_at=None, closed_at=at)
    note(actor, "checkout.failed", found, at=at, reason=told)
    return found


@transaction.atomic
def mark_asked(*, actor: Actor, checkout: Checkout, at: datetime) -> None:
    """Note that the provider was asked where a checkout stands, and answered."""
    actor.require("message.send")
    found = locked_checkout(actor, checkout)
    Checkout.objects.filter(pk=found.pk).update(checked_at=at)
    _well(found.provider, at)


def due_hand_overs(actor: Actor, *, at: datetime) -> list[Checkout]:
    """Return the checkouts that wait to be handed over, the oldest first."""
    free = Q(claimed_at=None) | Q(claimed_at__lte=at - LEASE)
    due = Q(retry_at=None) | Q(retry_at__lte=at)
    rested = Q(provider__rest_until=None) | Q(provider__rest_until__lte=at)
    return list(
        Checkout.objects.filter(free, due, rested, company=actor.company, status=Status.CREATED)
        .select_related("provider", "customer", "company")
        .order_by("pk")
    )


def _well(provider: PaymentProvider, at: datetime) -> None:
    PaymentProvider.objects.filter(pk=provider.pk).update(
        failures=0, rest_until=None, last_ok_at=at, error=""
    )


def _unwell(provider: PaymentProvider, error: str, at: datetime) -> None:
    """Count a failure; after some in a row the provider is left alone for a while."""
    failures = provider.failures + 1
    rest = None
    if failures >= REST_AFTER:
        rest = at + wait_after(
            PAUSES, attempts=failures - REST_AFTER + 1, key=f"provider {provider.pk}"
        )
    PaymentProvider.objects.filter(pk=provider.pk).update(
        failures=F("failures") + 1, rest_until=rest, error=error[:300]
    )
