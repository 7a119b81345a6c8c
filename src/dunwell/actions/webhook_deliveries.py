"""Deliveries to webhooks: derived from events, claimed, and marked with what became of them.

No event is written here: a delivery tells of events, and would tell of itself for ever. The
delivery's own row is the record.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from dunwell.actions.gate import Actor
from dunwell.engine.backoff import wait_after
from dunwell.models import Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.webhooks import wants

LEASE = timedelta(minutes=10)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1_440))
"""Waits after the first, second ... failure; about two and a half days in all."""

ATTEMPTS = len(BACKOFF) + 1
REST = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 1, 5, 15, 60))
"""How long an endpoint rests after so many failures in a row."""

CHUNK = 1_000
Status = WebhookDelivery.Status


@transaction.atomic
def plan_deliveries(*, actor: Actor, endpoint: WebhookEndpoint, at: datetime) -> int:
    """Write down deliveries of the next events an endpoint has not been told of; return how many.

    At most CHUNK events a call; 0 when all are written down. Run twice it adds nothing.
    """
    actor.require("webhook.manage")
    found = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if not found.is_active or found.ended_at is not None:
        return 0
    events = list(
        Event.objects.filter(company=actor.company, seq__gt=found.told_seq)
        .order_by("seq")
        .values_list("id", "seq", "verb")[:CHUNK]
    )
    if not events:
        return 0
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(endpoint=found, event_id=key, recorded_at=at)
            for key, _, verb in events
            if wants(found.verbs, verb)
        ],
        ignore_conflicts=True,
    )
    WebhookEndpoint.objects.filter(pk=found.pk).update(told_seq=events[-1][1])
    return len(events)


@transaction.atomic
def claim_deliveries(
    *, actor: Actor, endpoint: WebhookEndpoint, limit: int, at: datetime
) -> list[WebhookDelivery]:
    """Take up to `limit` deliveries that may be sent now, in the order of events.

    Claims of workers that died are taken over after LEASE. Two workers never hold the same one.
    """
    actor.require("webhook.manage")
    may = Q(status=Status.READY) | Q(status=Status.FAILED, retry_at__lte=at)
    may |= Q(status=Status.CLAIMED, claimed_at__lte=at - LEASE)
    found = (
        WebhookDelivery.objects.filter(may, endpoint=endpoint)
        .order_by("event_id")
        .values_list("id", "status", "claimed_at")[:limit]
    )
    taken = [
        key
        for key, status, claimed_at in list(found)
        if WebhookDelivery.objects.filter(pk=key, status=status, claimed_at=claimed_at).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    return list(
        WebhookDelivery.objects.filter(pk__in=taken).select_related("event").order_by("event_id")
    )


@transaction.atomic
def mark_told(*, actor: Actor, delivery: WebhookDelivery, code: int, at: datetime) -> None:
    """Write down that an endpoint took a delivery; its count of failures begins anew."""
    actor.require("webhook.manage")
    if _move(delivery, Status.DONE, code=code, error="", done_at=at):
        WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(
            failures=0, rest_until=None, last_ok_at=at, error=""
        )


@transaction.atomic
def mark_untold(
    *,
    actor: Actor,
    delivery: WebhookDelivery,
    error: str,
    code: int | None = None,
    permanent: bool = False,
    at: datetime,
) -> str:
    """Write down a failure; return whether it is tried again (failed) or not (dead).

    The endpoint rests longer the more fail in a row, so that one that is down is left in peace.
    """
    actor.require("webhook.manage")
    is_over = permanent or delivery.attempts >= ATTEMPTS
    status = Status.DEAD if is_over else Status.FAILED
    wait = None if is_over else at + _wait(delivery)
    if _move(delivery, status, code=code, error=error[:500], retry_at=wait):
        endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
        failures = endpoint.failures + 1
        rest = REST[min(failures, len(REST) - 1)]
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            failures=failures, rest_until=at + rest if rest else None, error=error[:500]
        )
    return status


@transaction.atomic
def put_back_deliveries(*, actor: Actor, deliveries: Sequence[WebhookDelivery]) -> int:
    """Put claimed deliveries back unsent; the attempt does not count. Return how many."""
    actor.require("webhook.manage")
    return sum(_move(one, Status.READY, attempts=F("attempts") - 1) for one in deliveries)


def _wait(delivery: WebhookDelivery) -> timedelta:
    return wait_after(BACKOFF, attempts=delivery.attempts, key=f"webhook {delivery.pk}")


def _move(delivery: WebhookDelivery, status: str, **changes: object) -> int:
    """Move a claimed delivery on by compare-and-set; 0 when the claim is lost."""
    return WebhookDelivery.objects.filter(
        pk=delivery.pk, status=Status.CLAIMED, claimed_at=delivery.claimed_at
    ).update(status=status, **changes)
