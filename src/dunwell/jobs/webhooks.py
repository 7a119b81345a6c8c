"""Telling programs of events: every active webhook of a company, oldest event first."""

from collections import Counter

from django.conf import settings
from django.db.models import Q

from dunwell import clock
from dunwell.actions.gate import Actor, system
from dunwell.actions.webhook_deliveries import (
    LEASE,
    claim_deliveries,
    mark_told,
    mark_untold,
    plan_deliveries,
    put_back_deliveries,
)
from dunwell.connectors.webhook_http import WebhookDoor, WebhookError
from dunwell.models import Company, WebhookDelivery, WebhookEndpoint
from dunwell.queries.webhooks import event_letter, webhook_secrets

BATCH = 20
"""Deliveries claimed together: even at the longest wait for answers they end within the lease."""

TAKEN = range(200, 300)
GONE = 410
"""The receiver says for good that nobody listens here any more."""


def tell_webhooks(company_id: int) -> Counter[str]:
    """Tell every active webhook what it has not been told; return how many told, failed, dead.

    Killed in between, a later call goes on: an event may then be told twice, under the same id.
    """
    company = Company.objects.get(pk=company_id)
    actor, counts = system(company), Counter[str]()
    door = WebhookDoor(inside=settings.WEBHOOK_HOSTS)
    due = Q(rest_until=None) | Q(rest_until__lte=clock.now())
    for endpoint in WebhookEndpoint.objects.filter(
        due, company=company, is_active=True, ended_at=None
    ).order_by("id"):
        while plan_deliveries(actor=actor, endpoint=endpoint, at=clock.now()):
            pass
        while batch := claim_deliveries(
            actor=actor, endpoint=endpoint, limit=BATCH, at=clock.now()
        ):
            outcomes = _tell_batch(actor, door, endpoint, batch)
            counts += outcomes
            if outcomes.keys() != {"told"}:
                # it is down, or this worker is late: the next call goes on
                break
    return counts


def _tell_batch(
    actor: Actor, door: WebhookDoor, endpoint: WebhookEndpoint, batch: list[WebhookDelivery]
) -> Counter[str]:
    """Tell a claimed batch; after a failure the rest is put back, for the endpoint is down."""
    counts = Counter[str]()
    for place, delivery in enumerate(batch):
        if delivery.claimed_at is None or clock.now() - delivery.claimed_at > LEASE / 2:
            put_back_deliveries(actor=actor, deliveries=batch[place:])
            break
        outcome = _tell_one(actor, door, endpoint, delivery)
        counts[outcome] += 1
        if outcome != "told":
            put_back_deliveries(actor=actor, deliveries=batch[place + 1 :])
            break
    return counts


def _tell_one(
    actor: Actor, door: WebhookDoor, endpoint: WebhookEndpoint, delivery: WebhookDelivery
) -> str:
    letter = event_letter(actor.company, delivery.event)
    headers = letter.headers(webhook_secrets(endpoint), at=clock.now())
    try:
        code = door.tell(endpoint.address, letter.body, headers)
    except WebhookError as error:
        return mark_untold(
            actor=actor, delivery=delivery, error=str(error), permanent=error.permanent,
            at=clock.now(),
        )  # fmt: skip
    if code in TAKEN:
        mark_told(actor=actor, delivery=delivery, code=code, at=clock.now())
        return "told"
    return mark_untold(
        actor=actor,
        delivery=delivery,
        error=f"answered with status {code}",
        code=code,
        permanent=code == GONE,
        at=clock.now(),
    )
